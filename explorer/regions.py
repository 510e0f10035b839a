"""What a map shows besides its dots: where dots are dense, and what is common where.

**Conventions.** Places are in a map's own coordinates, (x, y). Values on a grid have
the rows of y first. Nothing here is drawn or put in words.

A region has a trait only if it is *common in it and rare elsewhere*: of a map on which
nothing is, no region has a name, and that is the truth about it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

GRID = 96  # places along a side of the grid
MARGIN = 0.06  # of the map's size, around the outermost dots
CLEAR_SHARE = 0.98  # of the dots that are never in the fog
MIN_SIZE = 12  # dots of a region that is worth a name
MIN_TUNES = 5  # of a word in titles, or it may be one tune cut into many phrases
HIGH = 0.75  # middle rank from which a region has much of an attribute
RATHER = 0.6  # and rather much, which only tells it from another of the same name
NEAR = 15  # others that a typical dot has within the width of the smoothing
_LOOKING = 2_000  # dots whose distances are measured
_FITTED = 20_000  # dots from which regions are found; all are counted
_WORD = re.compile(r"[^\W\d_]{3,}")


View = tuple[tuple[float, float], tuple[float, float]]
"""What of a map is in view: ((least x, greatest x), (least y, greatest y))."""


@dataclass(frozen=True, kw_only=True)
class Density:
    """How many dots there are around each place of a grid over a map."""

    x: Float[ndarray, " columns"]
    y: Float[ndarray, " rows"]
    values: Float[ndarray, "rows columns"]  # dots in a cell, smoothed
    least: float  # below it there is fog: `CLEAR_SHARE` of the dots have more around

    @property
    def whole(self) -> View:
        """What the grid spans."""
        (x0, x1), (y0, y1) = self.x[[0, -1]], self.y[[0, -1]]
        return (float(x0), float(x1)), (float(y0), float(y1))

    def at(self, points: Float[ndarray, "n 2"]) -> Float[ndarray, " n"]:
        """The density in the cells where points lie; 0 outside the grid."""
        column = _nearest(self.x, points[:, 0])
        row = _nearest(self.y, points[:, 1])
        inside = (column >= 0) & (row >= 0)
        return np.where(inside, self.values[row, column], 0.0)

    def fog(self, columns: int = 1, rows: int = 1) -> Float[ndarray, "places 2"]:
        """Places with too few dots around to speak of; every so many of the grid."""
        row, column = np.nonzero(self.values[::rows, ::columns] < self.least)
        return np.stack([self.x[::columns][column], self.y[::rows][row]], axis=1)


def density(points: Float[ndarray, "n 2"], num_cells: int = GRID) -> Density:
    """Count the dots of a map in cells and smooth the counts.

    The Gaussian is as wide as a typical dot must look to see `NEAR` others, so that
    it follows the clusters of a map and not the map's whole size.

    Raises
    ------
    ValueError
        If there are no dots.
    """
    from scipy.ndimage import gaussian_filter

    if not len(points):
        raise ValueError("there are no dots")
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    half = max(float((high - low).max()) / 2 * (1 + 2 * MARGIN), 1e-6)
    edges = [
        np.linspace(centre - half, centre + half, num_cells + 1) for centre in middle
    ]
    counts, *_ = np.histogram2d(points[:, 0], points[:, 1], bins=edges)
    cell = 2 * half / num_cells
    width = max(_spacing(points) / cell, 0.7)
    smooth = gaussian_filter(counts.T, sigma=width, mode="constant")
    x, y = ((each[1:] + each[:-1]) / 2 for each in edges)
    found = Density(x=x, y=y, values=smooth, least=0.0)
    least = float(np.quantile(found.at(points), 1 - CLEAR_SHARE))
    return replace(found, least=least)


def _spacing(points: Float[ndarray, "n 2"]) -> float:
    """How far a typical dot must look to see `NEAR` others."""
    from scipy.spatial import cKDTree

    chosen = points[_some(len(points), _LOOKING)]
    nth = min(NEAR, len(points) - 1) + 1  # the dot itself comes first
    distances, _ = cKDTree(points).query(chosen, k=[nth])
    return float(np.median(distances))


def _nearest(
    centres: Float[ndarray, " cells"], values: Float[ndarray, " n"]
) -> Int[ndarray, " n"]:
    """The cell of each value, by the cells' centres; -1 outside."""
    cell = centres[1] - centres[0]
    index = np.floor((values - centres[0]) / cell + 0.5).astype(np.int64)
    return np.where((index >= 0) & (index < len(centres)), index, -1)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of each dot; a region is described by what its dots share."""

    attributes: Float[ndarray, "n attributes"]
    titles: Sequence[str]
    keys: Sequence[str]  # "" where unknown
    sources: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Region:
    """A part of a map, and what is common in it and rare elsewhere."""

    x: float  # of a dot in its middle
    y: float
    size: int  # dots
    attributes: tuple[tuple[int, bool], ...]  # index, and whether there is much of it
    leanings: tuple[
        tuple[int, bool], ...
    ]  # the same of attributes it leans to a little
    word: str  # of titles, lower case; "" for none
    key: str
    source: str


class Regions:
    """Divides a map and says what is common in each part; one for a map.

    What it counts of the whole map is counted once, so that a closer look is quick.
    """

    def __init__(self, points: Float[ndarray, "n 2"], facts: Facts) -> None:
        self.points = points
        self.ranks = _ranks(facts.attributes)
        self.keys, self.sources = np.array(facts.keys), np.array(facts.sources)
        tunes, self.tune = np.unique(np.array(facts.titles), return_inverse=True)
        self.words = [
            frozenset(word.casefold() for word in _WORD.findall(str(title)))
            for title in tunes
        ]
        self.counts = _counted(self.words)

    def named(
        self,
        count: int,
        view: View | None = None,
    ) -> list[Region]:
        """The regions that have a name, of about `count` within a view; largest first.

        Parameters
        ----------
        count
            Parts to divide the view into; those of which nothing can be said, or
            with fewer than `MIN_SIZE` dots, are left out.
        view
            What of the map is in view; None is the whole of it.
        """
        rows = np.arange(len(self.points)) if view is None else self._within(view)
        if len(rows) < MIN_SIZE:
            return []
        parts = _divide(self.points[rows], min(count, len(rows) // MIN_SIZE))
        found = [self.describe(rows[members]) for members in parts]
        said = [region for region in found if region is not None]
        return sorted(said, key=lambda region: -region.size)

    def _within(self, view: View) -> Int[ndarray, " rows"]:
        low, high = np.array(view).T
        inside = (self.points >= low) & (self.points <= high)
        return np.nonzero(inside.all(axis=1))[0]

    def describe(self, rows: Int[ndarray, " rows"]) -> Region | None:
        """What is common in some dots and rare elsewhere; None for nothing or a few."""
        if len(rows) < MIN_SIZE:
            return None
        attributes, leanings = self._attributes(rows)
        word = self._word(rows)
        key = _common(self.keys, rows, least=0.4)
        source = _common(self.sources, rows, least=0.6)
        if not (attributes or word or key or source):
            return None
        places = self.points[rows]
        middle = np.median(places, axis=0)
        x, y = places[np.square(places - middle).sum(axis=1).argmin()]
        return Region(
            x=float(x),
            y=float(y),
            size=len(rows),
            attributes=attributes,
            leanings=leanings,
            word=word,
            key=key,
            source=source,
        )

    def _attributes(
        self, rows: Int[ndarray, " rows"]
    ) -> tuple[tuple[tuple[int, bool], ...], tuple[tuple[int, bool], ...]]:
        """What its middle dot has much or little of, and rather; most unusual first."""
        middle = np.median(self.ranks[rows], axis=0)
        unusual = np.abs(middle - 0.5)
        order = [int(index) for index in np.argsort(-unusual, kind="stable")]
        found = [(index, bool(middle[index] > 0.5)) for index in order]
        strong = sum(unusual >= HIGH - 0.5)
        told = sum(unusual >= RATHER - 0.5)
        return tuple(found[:strong]), tuple(found[strong:told])

    def _word(self, rows: Int[ndarray, " rows"]) -> str:
        """The word that stands in many of the region's titles and in few others."""
        tunes = np.unique(self.tune[rows])
        here = _counted([self.words[tune] for tune in tunes])
        found = [
            (number / len(tunes), word)
            for word, number in here.items()
            if number >= MIN_TUNES
            and number >= 0.3 * len(tunes)
            and number / len(tunes) >= 2 * self.counts[word] / len(self.words)
        ]
        return max(found, default=(0.0, ""))[1]


def _counted(titles: Sequence[frozenset[str]]) -> dict[str, int]:
    """In how many titles each word stands."""
    counts: dict[str, int] = {}
    for words in titles:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    return counts


def _common(labels: ndarray, rows: Int[ndarray, " rows"], *, least: float) -> str:
    """The label that at least that share of rows has, and 1.5 times the whole map's."""
    names, counts = np.unique(labels[rows], return_counts=True)
    best = int(counts.argmax())
    share = counts[best] / len(rows)
    everywhere = float(np.mean(labels == names[best]))
    return str(names[best]) if share >= least and share >= 1.5 * everywhere else ""


def _ranks(values: Float[ndarray, "n attributes"]) -> Float[ndarray, "n attributes"]:
    """The rank of each value in its column, in (0, 1); equal ones share the mean."""
    from scipy.stats import rankdata

    return (rankdata(values, axis=0) - 0.5) / max(len(values), 1)


def _divide(points: Float[ndarray, "n 2"], count: int) -> list[Int[ndarray, " rows"]]:
    """Rows of the parts that k-means finds, always the same ones."""
    from sklearn.cluster import KMeans

    chosen = points[_some(len(points), _FITTED)]
    count = max(min(count, len(np.unique(chosen, axis=0))), 1)
    found = KMeans(count, n_init=1, random_state=0).fit(chosen.astype(np.float64))
    part = found.predict(points.astype(np.float64))
    return [np.nonzero(part == index)[0] for index in range(count)]


def _some(num: int, most: int) -> Int[ndarray, " rows"]:
    """At most that many rows of `num`, evenly spread."""
    return np.linspace(0, num - 1, min(most, num)).astype(np.int64)
