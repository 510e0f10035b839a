"""Moves in latent space: between two codes, near codes, along an attribute.

**Conventions.** A code `z` is a vector of `z_size` numbers; matrices hold one code
a row. The prior is N(0, I). Distances are Euclidean in the full space, never on a
map. All randomness comes from the `generator` passed in. Only numpy here.

References
----------
.. [1] Roberts et al. (2018), MusicVAE, arXiv:1803.05428, sections 3 and 5.
.. [2] Shoemake (1985), Animating rotation with quaternion curves (slerp).
.. [3] Chawla et al. (2002), SMOTE: new points between a point and its neighbours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

MIDDLE: Final = (0.35, 0.65)  # of the way between two codes, where neither end is heard

Way = Literal["mean difference", "slope", "independent slope", "climbed"]
"""How an attribute vector was found; the first is the paper's."""
MEAN_DIFFERENCE: Final[Way] = "mean difference"
SLOPE: Final[Way] = "slope"  # of what the decoder writes, see `explorer.response`
INDEPENDENT: Final[Way] = "independent slope"  # the same, the other attributes kept
CLIMBED: Final[Way] = "climbed"  # from the best of these on, by trial

PARALLEL = 1e-6  # radians; closer to 0 or pi than this, a great circle is undefined
MANY_PAIRS: Final = 2**23  # of codes compared at a time, to bound memory
ROUNDING = 1e-9  # of the longest code's square: what squared distances are exact to
FLOAT32_ROUNDING: Final = 1e-4  # the same in float32, with hundreds of dimensions


def lerp(
    a: Float[ndarray, " z_size"],
    b: Float[ndarray, " z_size"],
    num_steps: int,
) -> Float[ndarray, "num_steps z_size"]:
    """Codes evenly spaced on the straight line from a to b, both included.

    Raises
    ------
    ValueError
        If there are fewer than two steps.
    """
    t = _fractions(num_steps)[:, None]
    return ((1 - t) * a + t * b).astype(a.dtype)


def slerp(
    a: Float[ndarray, " z_size"],
    b: Float[ndarray, " z_size"],
    num_steps: int,
) -> Float[ndarray, "num_steps z_size"]:
    """Codes on the way from a to b that turns at an even pace, both included.

    Of two codes of one length, all between have that length [2]_; a straight line
    would pass nearer to zero, where few phrases are. Where the turn is undefined
    (parallel, opposite or zero codes) the line is taken; Magenta divides by zero.

    Raises
    ------
    ValueError
        If there are fewer than two steps.
    """
    norms = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if min(norms) == 0:
        return lerp(a, b, num_steps)
    unit_a, unit_b = a.astype(np.float64) / norms[0], b.astype(np.float64) / norms[1]
    angle = 2 * np.arctan2(
        np.linalg.norm(unit_a - unit_b), np.linalg.norm(unit_a + unit_b)
    )
    if not PARALLEL < angle < np.pi - PARALLEL:
        return lerp(a, b, num_steps)
    t = _fractions(num_steps)[:, None]
    path = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
    path[0], path[-1] = a, b  # exactly
    return path.astype(a.dtype)


def square(
    corners: Float[ndarray, "4 z_size"], size: int, *, spherical: bool = True
) -> Float[ndarray, "cells z_size"]:
    """Codes of a grid between four corners, row by row from the top left.

    The top edge goes from A to B and the bottom edge from C to D; each column goes
    from the one to the other. Corners that are mirrored give the mirrored grid; turned
    by a quarter they give another inside, unless the way is straight.

    Parameters
    ----------
    corners
        A (top left), B (top right), C (bottom left) and D (bottom right); they are
        kept exactly.
    size
        Codes along each edge; there are `size` squared in all.
    spherical
        Whether each way is `slerp` or `lerp`.

    Raises
    ------
    ValueError
        If an edge has fewer than two codes.
    """
    if size < 2:
        raise ValueError(f"size {size} must be at least 2: every corner counts")
    path = slerp if spherical else lerp
    a, b, c, d = corners
    top, bottom = path(a, b, size), path(c, d, size)
    columns = [path(*ends, size) for ends in zip(top, bottom, strict=True)]
    return np.stack(columns, axis=1).reshape(size * size, -1)


def _fractions(num_steps: int) -> Float[ndarray, " num_steps"]:
    if num_steps < 2:
        raise ValueError(f"num_steps {num_steps} must be at least 2: both ends count")
    return np.linspace(0, 1, num_steps)


def sample_prior(
    num: int, z_size: int, generator: np.random.Generator, *, spread: float = 1.0
) -> Float[ndarray, "num z_size"]:
    """Codes from N(0, spread^2 I); spread 1 is the model's own prior."""
    draws = generator.standard_normal((num, z_size))
    return (spread * draws).astype(np.float32)


def sample_near(
    codes: Float[ndarray, "n z_size"],
    num: int,
    generator: np.random.Generator,
    *,
    spread: float = 1.0,
    num_neighbours: int = 20,
) -> Float[ndarray, "num z_size"]:
    """New codes between real ones [3]_.

    Each starts at a random row of `codes` and goes to the middle third or so of the
    way to one of that row's nearest neighbours, times `spread`. Unlike draws from the
    prior these stay where phrases were seen; and near an end the decoder writes that
    phrase itself: of draws from the whole way of a 2-bar model 42 % were copies of
    training phrases, of draws from its middle 2 to 4 %.
    """
    if not len(codes):
        raise ValueError("there are no codes to sample near")
    starts = codes[generator.integers(len(codes), size=num)]
    near = neighbours(codes, starts, min(num_neighbours + 1, len(codes)))[:, 1:]
    if not near.shape[1]:
        return starts.astype(np.float32)
    chosen = near[np.arange(num), generator.integers(near.shape[1], size=num)]
    share = spread * generator.uniform(*MIDDLE, size=(num, 1))
    return (starts + share * (codes[chosen] - starts)).astype(np.float32)


def neighbours(
    codes: Float[ndarray, "n z_size"], z: Float[ndarray, "queries z_size"], k: int
) -> Int[ndarray, "queries k"]:
    """Rows of the `k` codes nearest to each z, nearest first; ties by row.

    Raises
    ------
    ValueError
        If `k` is not in 1..n.
    """
    if not 1 <= k <= len(codes):
        raise ValueError(f"k {k} is outside 1..{len(codes)}")
    rows = [
        near[np.lexsort((near, _squares(codes[near], own)))[:k]]
        for part in _parts(z, len(codes))
        for own, near in zip(part, _candidates(codes, part, k), strict=True)
    ]
    return np.stack(rows) if rows else np.empty((0, k), np.int64)


def _candidates(
    codes: Float[ndarray, "n z_size"], z: Float[ndarray, "queries z_size"], k: int
) -> Iterator[Int[ndarray, " some"]]:
    """Rows that may be among the `k` nearest to each z, and few that are not.

    In float32, so that all codes need not be copied; what rounding may have moved
    across the border comes along, and is compared exactly after.
    """
    known = codes.astype(np.float32, copy=False)
    lengths = np.einsum("ij,ij->i", known, known)
    own = z.astype(np.float32)
    found = lengths - 2 * own @ known.T
    longest = lengths.max(initial=0) + np.square(own).sum(axis=1)
    border = np.partition(found, k - 1, axis=1)[:, k - 1] + FLOAT32_ROUNDING * longest
    return (np.nonzero(row <= edge)[0] for row, edge in zip(found, border, strict=True))


def _parts(
    z: Float[ndarray, "queries z_size"], num_codes: int
) -> Iterator[Float[ndarray, "some z_size"]]:
    """Codes to compare with so many others, some at a time."""
    size = max(1, MANY_PAIRS // max(1, num_codes))
    return (z[start : start + size] for start in range(0, len(z), size))


def _squares(
    codes: Float[ndarray, "some z_size"], z: Float[ndarray, " z_size"]
) -> Float[ndarray, " some"]:
    """Squared distances of codes to one, in float64."""
    return np.square(codes.astype(np.float64) - z).sum(axis=1)


def near_radius(
    codes: Float[ndarray, "n z_size"], num_near: int, *, most: int = 500
) -> float:
    """The distance within which a typical code has `num_near` others.

    It is the median, over at most `most` evenly chosen codes, of the distance to the
    `num_near`-th nearest other one; to the farthest where there are fewer. Of tens of
    thousands of codes fewer are chosen, but 50 always, so that it takes no longer.

    Raises
    ------
    ValueError
        If there are no codes.
    """
    if not len(codes):
        raise ValueError("there are no codes to be near to")
    most = min(most, max(50, most * 10_000 // len(codes)), len(codes))
    chosen = np.linspace(0, len(codes) - 1, most).astype(int)
    nth = min(num_near, len(codes) - 1)  # the code itself comes first
    squares = [
        np.partition(part, nth, axis=1)[:, nth] + own
        for part, own in _compare(codes, codes[chosen])
    ]
    return float(np.sqrt(np.median(np.concatenate(squares)).clip(min=0)))


def count_near(
    codes: Float[ndarray, "n z_size"],
    z: Float[ndarray, "queries z_size"],
    radius: float,
) -> Int[ndarray, " queries"]:
    """How many codes lie within `radius` of each z; a code counts itself."""
    counts = [np.empty(0, np.int64)]
    for part, own in _compare(codes, z):
        slack = ROUNDING * own.max(initial=0)
        counts.append((part + own[:, None] <= radius**2 + slack).sum(axis=1))
    return np.concatenate(counts)


def _compare(
    codes: Float[ndarray, "n z_size"], z: Float[ndarray, "queries z_size"]
) -> Iterator[tuple[Float[ndarray, "some n"], Float[ndarray, " some"]]]:
    """|z - c|^2 less |z|^2, which is the same for every code; and |z|^2."""
    known = codes.astype(np.float64)
    lengths = np.square(known).sum(axis=1)
    for rows in _parts(z, len(codes)):
        part = rows.astype(np.float64)
        yield lengths - 2 * part @ known.T, np.square(part).sum(axis=1)


@dataclass(frozen=True, kw_only=True)
class AttributeVectors:
    """One direction in latent space per attribute."""

    names: tuple[str, ...]
    vectors: Float[ndarray, "attributes z_size"]
    ways: tuple[Way, ...]  # how each was found
    top: Float[ndarray, " attributes"]  # mean value in the top quartile
    bottom: Float[ndarray, " attributes"]  # mean value in the bottom quartile
    num_examples: int  # phrases averaged over

    def vector(self, name: str) -> Float[ndarray, " z_size"]:
        """The direction of one attribute.

        Raises
        ------
        ValueError
            If the attribute is unknown.
        """
        if name not in self.names:
            raise ValueError(
                f"attribute {name!r} is not one of {', '.join(self.names)}"
            )
        return self.vectors[self.names.index(name)]

    def move(
        self, z: Float[ndarray, "*batch z_size"], amounts: dict[str, float]
    ) -> Float[ndarray, "*batch z_size"]:
        """Codes moved by `amounts` of the vectors, each a number of them by name."""
        moved = z.astype(np.float64)
        for name, amount in amounts.items():
            moved = moved + amount * self.vector(name)
        return moved.astype(np.float32)


def attribute_vectors(
    mu: Float[ndarray, "n z_size"],
    values: Float[ndarray, "n attributes"],
    names: tuple[str, ...],
    generator: np.random.Generator,
) -> AttributeVectors:
    """Mean code of the top quartile less that of the bottom one, per attribute [1]_.

    Quartiles are by rank. Equal values are ranked at random: most phrases have no
    syncopation at all, and a threshold would put them in both quartiles.

    Raises
    ------
    ValueError
        If there are fewer than four phrases.
    """
    quarter = len(mu) // 4
    if not quarter:
        raise ValueError(f"{len(mu)} phrases are too few for quartiles; give 4 or more")
    vectors, tops, bottoms = [], [], []
    for column in values.T:
        order = np.lexsort((generator.random(len(mu)), column))
        bottom, top = order[:quarter], order[-quarter:]
        difference = mu[top].mean(axis=0, dtype=np.float64) - mu[bottom].mean(
            axis=0, dtype=np.float64
        )
        vectors.append(difference.astype(np.float32))
        tops.append(column[top].mean())
        bottoms.append(column[bottom].mean())
    return AttributeVectors(
        names=names,
        vectors=np.stack(vectors),
        ways=(MEAN_DIFFERENCE,) * len(names),
        top=np.array(tops, np.float32),
        bottom=np.array(bottoms, np.float32),
        num_examples=len(mu),
    )
