"""How what a decoder writes responds to its code: slopes, and directions made of them.

**Conventions.** Codes are *whitened* here: `basis` (z_size, d) takes d numbers of
variance 1 to differences of codes, along the directions in which the codes of real
phrases differ at all. An attribute changes in *gaps*, from its mean over the quarter of
phrases with least of it to that over the quarter with most.

The mean difference of codes [1]_ says which codes phrases with much of an attribute
have, not what the decoder does on the way there: where a code holds hundreds of bits,
it writes nearly the same phrase. The slope of the attribute, smoothed by Gaussian noise
[2]_, says just that, and a few steps of evolution strategies [3]_ follow it.

References
----------
.. [1] Roberts et al. (2018), MusicVAE, arXiv:1803.05428, section 5.
.. [2] Nesterov and Spokoiny (2017), Random gradient-free minimization.
.. [3] Salimans et al. (2017), Evolution strategies, arXiv:1703.03864.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from jaxtyping import Float
from numpy import ndarray

SMOOTHING: Final = 0.5  # standard deviation of the noise, whitened
INACTIVE: Final = 0.01  # variance of a direction in which codes do not differ
SPREAD: Final = 0.35  # standard deviation of a trial, whitened
STEP: Final = 0.25  # of a direction's length
MOMENTUM: Final = 0.6
STEEP: Final = 2.0  # of the squashing, so that a few phrases that jump do not rule

Play = Callable[[Float[ndarray, "n z_size"]], Float[ndarray, "n attributes"]]
"""Attributes of the phrases that a decoder writes from codes."""
Gain = Callable[[Float[ndarray, "n z_size"]], Float[ndarray, " n"]]
"""Of an offset for each of some codes: what moving them by it is worth."""


def whitening(mu: Float[ndarray, "n z_size"]) -> Float[ndarray, "z_size d"]:
    """The basis of whitened codes: principal directions times standard deviations."""
    variances, directions = np.linalg.eigh(np.cov(mu.astype(np.float64).T))
    active = variances > INACTIVE
    if not active.any():
        active[-1] = True
    return directions[:, active] * np.sqrt(np.maximum(variances[active], 1e-12))


def slopes(
    codes: Float[ndarray, "n z_size"],
    basis: Float[ndarray, "z_size d"],
    gaps: Float[ndarray, " attributes"],
    play: Play,
    generator: np.random.Generator,
) -> Float[ndarray, "d attributes"]:
    """Mean slope of each attribute around codes, in gaps by whitened unit.

    Each code is moved once by noise and once by its opposite, so that what does not
    depend on the direction cancels. Changes are squashed at about half a gap.
    """
    noise = generator.standard_normal((len(codes), basis.shape[1]))
    offsets = SMOOTHING * noise @ basis.T
    change = (play(codes + offsets) - play(codes - offsets)) / (2 * gaps)
    squashed = np.tanh(STEEP * change) / STEEP
    return noise.T @ squashed / (len(codes) * SMOOTHING)


def independent(
    slope: Float[ndarray, "d attributes"],
) -> Float[ndarray, "attributes d"]:
    """The shortest directions along which one attribute grows and the others stay.

    To first order: the rows of the pseudo-inverse. Slopes that are (nearly) one and
    the same are not torn apart by force; there the others move a little.
    """
    product = slope.T @ slope
    ridge = max(0.01 * np.trace(product) / len(product), 1e-12)
    return np.linalg.solve(product + ridge * np.eye(len(product)), slope.T)


def climb(
    start: Float[ndarray, " d"],
    draw: Callable[[], Gain],
    num: int,
    basis: Float[ndarray, "z_size d"],
    generator: np.random.Generator,
    *,
    num_steps: int,
) -> Float[ndarray, " d"]:
    """A direction as long as `start` that gains more, by evolution strategies.

    Parameters
    ----------
    start
        Where to begin, whitened.
    draw
        Called once a step, for other codes; what it gives is asked twice.
    num
        Codes, and offsets, of each step.
    basis
        Of whitened codes.
    generator
        Of the trials.
    num_steps
        How many steps, each `STEP` of the length.
    """
    length = float(np.linalg.norm(start))
    direction, momentum = start.copy(), np.zeros_like(start)
    for _ in range(num_steps):
        gain = draw()
        noise = SPREAD * generator.standard_normal((num, len(start)))
        better = gain((direction + noise) @ basis.T)
        worse = gain((direction - noise) @ basis.T)
        momentum = MOMENTUM * momentum + noise.T @ (better - worse) / num
        size = float(np.linalg.norm(momentum))
        if size == 0:
            break
        direction = direction + STEP * length * momentum / size
        direction *= length / float(np.linalg.norm(direction))
    return direction
