"""How often an attribute follows when a code is moved along its vector.

**Conventions.** A phrase that has all or nothing of an attribute already cannot have
more or less of it, so each vector is tried, in each direction, on phrases that can
follow. What counts is the sign of the measured change, not its size; no change counts
as a failure.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from explorer.attributes import attributes_of, measure
from explorer.codes import Writer
from explorer.encodings import EncodingName
from explorer.latent import AttributeVectors

NUM_CASES: Final = 256  # of each vector and direction
LEAST: Final = 1e-9  # a change, or a distance from the most or least


def attribute_success(
    z: Float[ndarray, "n z_size"],
    vectors: AttributeVectors,
    write: Writer,
    encoding: EncodingName,
) -> dict[str, Any]:
    """Shares of phrases that follow, by vector and direction.

    Parameters
    ----------
    z
        Codes of phrases, in random order; of those that can follow, the first
        `NUM_CASES` are tried.
    vectors
        Each is added and subtracted once, whole.
    write
        How the codes are played, before and after.
    encoding
        What is written.

    Returns
    -------
    `num`: cases at most; `works`: by attribute, the mean of both shares; `add` and
    `subtract`: the share that followed, the share that stayed as it was, and of all
    phrases the share that could follow, each by attribute. None: no phrase could.
    """
    before = measure(write(z), encoding)
    attributes = attributes_of(encoding)
    found: dict[str, Any] = {"num": NUM_CASES}
    for way, sign in (("add", 1.0), ("subtract", -1.0)):
        kept: dict[str, Any] = {"followed": {}, "same": {}, "could": {}}
        for index, name in enumerate(vectors.names):
            own = before[:, index]
            could = can_follow(own, sign, attributes[name].most)
            rows = np.flatnonzero(could)[:NUM_CASES]
            moved = write(vectors.move(z[rows], {name: sign}))
            change = sign * (measure(moved, encoding)[:, index] - own[rows])
            kept["followed"][name] = _share(change > LEAST)
            kept["same"][name] = _share(np.abs(change) <= LEAST)
            kept["could"][name] = _share(could)
        found[way] = kept
    found["works"] = {
        name: _mean([found[way]["followed"][name] for way in ("add", "subtract")])
        for name in vectors.names
    }
    return found


def can_follow(
    values: Float[ndarray, " n"], sign: float, most: float
) -> Bool[ndarray, " n"]:
    """Which values can grow (sign above 0), up to `most`, or shrink, down to 0."""
    return values < most - LEAST if sign > 0 else values > LEAST


def _share(hits: Bool[ndarray, " n"]) -> float | None:
    return round(float(hits.mean()), 4) if len(hits) else None


def _mean(shares: Sequence[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return round(sum(known) / len(known), 4) if known else None
