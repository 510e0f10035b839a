"""Blends of pairs of held-out phrases, measured as the paper does.

**Conventions.** A position s runs from 0 at A to 1 at B in equal steps. The model's
blends follow `slerp` between the means of A and B and are drawn at temperature 1.0.
Blends in data space take each step, all its parts, from B with probability s, else from
A. Distance is the share of steps (of each part, where there are several) that differ
from the real A. The cost of a phrase is that of a
language model, in bits a step; the *relative* cost divides it by (1 - s) cost(A) +
s cost(B), the costs of the real ends: 1 is as usual as they are. All are means over
the pairs.

References
----------
.. [1] Roberts et al. (2018), MusicVAE, arXiv:1803.05428, section 5, "Interpolations".
"""

from typing import Any, Final

import numpy as np
from jaxtyping import Float, Int, Integer
from numpy import ndarray

from explorer import latent
from explorer.codes import Writer
from explorer.language_model import ORDER, SMOOTHING, LanguageModel

NUM_PAIRS: Final = 1024  # the paper's
NUM_POINTS: Final = 11  # from A to B, both included


def interpolation_curves(
    tokens: Integer[ndarray, "n steps *parts"],
    mu: Float[ndarray, "n z_size"],
    written: Integer[ndarray, "n steps *parts"],
    *,
    language_model: LanguageModel,
    write: Writer,
    generator: np.random.Generator,
    num_pairs: int = NUM_PAIRS,
) -> dict[str, Any]:
    """Distance and cost along the way from A to B, by model and in data space.

    Parameters
    ----------
    tokens, mu
        Held-out phrases and the means of their codes.
    written
        What `write` made of each `mu`: the ends of the blends, not decoded again.
    language_model
        That says what a phrase costs.
    write
        The model, drawing at temperature 1.0.
    generator
        Of the pairs and of the draws in data space.
    num_pairs
        At most; each phrase is A once.
    """
    a, b = choose_pairs(len(tokens), num_pairs, generator)
    positions = np.linspace(0, 1, NUM_POINTS)
    paths = [latent.slerp(mu[i], mu[j], NUM_POINTS) for i, j in zip(a, b, strict=True)]
    inner = np.stack(paths)[:, 1:-1]
    between = write(inner.reshape(-1, inner.shape[2]))
    between = between.reshape(*inner.shape[:2], *tokens.shape[1:])
    blends = np.concatenate([written[a][:, None], between, written[b][:, None]], axis=1)
    mixed = mix(tokens[a], tokens[b], positions, generator)
    ends = tokens[a], tokens[b]
    return {
        "num_pairs": len(a),
        "positions": [round(float(s), 4) for s in positions],
        "model": curves(blends, *ends, language_model),
        "data_space": curves(mixed, *ends, language_model),
        "real_cost_bits": round(float(language_model.cost_bits(tokens[a]).mean()), 4),
        "language_model": {
            "order": ORDER,
            "smoothing": SMOOTHING,
            "num_tokens": language_model.num_tokens,
        },
    }


def choose_pairs(
    num: int, num_pairs: int, generator: np.random.Generator
) -> tuple[Int[ndarray, " pairs"], Int[ndarray, " pairs"]]:
    """Rows A and B of `num` phrases; no phrase is A twice or B twice."""
    order = generator.permutation(num)
    return order[:num_pairs], np.roll(order, 1)[:num_pairs]


def mix(
    a: Integer[ndarray, "pairs steps *parts"],
    b: Integer[ndarray, "pairs steps *parts"],
    positions: Float[ndarray, " points"],
    generator: np.random.Generator,
) -> Integer[ndarray, "pairs points steps *parts"]:
    """Each step from B with the probability of the position, else from A."""
    chance = generator.random((len(a), len(positions), a.shape[1]))
    from_b = chance < positions[:, None]
    from_b = from_b.reshape(*chance.shape, *[1] * (a.ndim - 2))  # all parts together
    return np.where(from_b, b[:, None], a[:, None])


def curves(
    blends: Integer[ndarray, "pairs points steps *parts"],
    a: Integer[ndarray, "pairs steps *parts"],
    b: Integer[ndarray, "pairs steps *parts"],
    language_model: LanguageModel,
) -> dict[str, list[float]]:
    """Distances to the ends and costs at each position."""
    positions = np.linspace(0, 1, blends.shape[1])
    cost = np.stack(
        [language_model.cost_bits(at_one) for at_one in blends.swapaxes(0, 1)], axis=1
    )
    cost_a, cost_b = language_model.cost_bits(a), language_model.cost_bits(b)
    ends = cost_a[:, None] * (1 - positions) + cost_b[:, None] * positions
    steps = (0, *range(2, blends.ndim))  # of all pairs and parts
    found = {
        "distance_to_a": (blends != a[:, None]).mean(axis=steps),
        "distance_to_b": (blends != b[:, None]).mean(axis=steps),
        "cost_bits": cost.mean(axis=0),
        "relative_cost": (cost / ends).mean(axis=0),
    }
    return {name: [round(float(v), 4) for v in row] for name, row in found.items()}
