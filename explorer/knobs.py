"""Single numbers of a code: which of them carry anything, and what one of them does.

The numbers are the model's own axes, which nobody named: an attribute vector turns
nearly all of them a little.
"""

import math
from typing import Final

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from explorer.measured import Metrics, look_up

NUM_STOPS: Final = 7  # of a sweep, one a standard deviation
SWEEP: Final = 3  # standard deviations to both sides


def bits(metrics: Metrics) -> Float[ndarray, " z_size"]:
    """How much of a tune each number carries: its KL from the prior, in bits."""
    return np.array(metrics["kl_bits_by_dimension"], np.float64)


def least_bits(metrics: Metrics) -> float | None:
    """The bits from which on a number counts as active; None: it was not said."""
    nats = look_up(metrics, ("posterior", "carrying_nats"))
    return None if nats is None else float(nats) / math.log(2)


def stops() -> list[int]:
    """Where a sweep stops, in standard deviations."""
    return np.linspace(-SWEEP, SWEEP, NUM_STOPS).round().astype(int).tolist()


def sweep(
    z: Float[ndarray, " z_size"], dimension: int, sigma: float
) -> Float[ndarray, "stops z_size"]:
    """A code with one of its numbers moved, all others kept.

    Parameters
    ----------
    z
        The code; it is the middle stop.
    dimension
        Which number.
    sigma
        Standard deviation of that number over the codes of real phrases.
    """
    found = np.repeat(z[None].astype(np.float64), NUM_STOPS, axis=0)
    found[:, dimension] += sigma * np.array(stops())
    return found.astype(np.float32)


def most_changed(
    values: Float[ndarray, "stops attributes"], spans: Float[ndarray, " attributes"]
) -> tuple[int, float]:
    """The attribute that differs most between two stops, and by how many spans.

    A span is what parts the top quarter of all phrases from the bottom quarter.
    """
    ranges = np.ptp(values, axis=0) / np.maximum(spans, 1e-6)
    return int(ranges.argmax()), float(ranges.max())
