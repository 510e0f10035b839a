"""Teaching a slider: a direction in latent space from phrases somebody marked.

**Conventions.** A *mark* is a phrase's code that its listener likes or does not. The
*direction* is the difference of the mean codes [1]_: with ten marks in hundreds of
dimensions nothing that was tried is clearly better, and it needs no number to be tuned
(``bench/teach.py``, ADR 0011).

References
----------
.. [1] Roberts et al. (2018), MusicVAE, arXiv:1803.05428, section 5: attribute vectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray
from scipy.stats import binomtest

from explorer.attributes import attributes_of, measure
from explorer.trained_model import TrainedModel

FEWEST: Final = 5  # marks of each kind
CHANCE: Final = 0.05  # a check that guessing passes this often says nothing
NUM_HEARD: Final = 32  # phrases that the direction is tried on
LEAST_CHANGE: Final = 0.25  # of what parts the quarters, on average, to be named
LEAST_AGREEMENT: Final = 0.7  # of the phrases that change, how many change that way
MOST_NAMED: Final = 3


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A phrase that somebody likes or does not."""

    title: str
    z: tuple[float, ...]
    is_liked: bool


@dataclass(frozen=True, kw_only=True)
class Check:
    """How many marks were put on the right side, each left out in its turn."""

    right: int
    num: int
    chance: float  # how often guessing does as well or better, 0..1

    @property
    def share(self) -> float:
        """Share of the marks on the right side."""
        return self.right / self.num

    @property
    def says_something(self) -> bool:
        """Whether guessing would hardly do as well."""
        return self.chance < CHANCE


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What moving phrases along a direction does to one attribute."""

    name: str
    change: float  # mean, from one length back to one forth, in quartile gaps
    agreement: float  # share of the phrases that change at all that change that way


def missing(marks: Sequence[Mark]) -> tuple[int, int]:
    """How many liked and how many disliked phrases are still needed."""
    liked = sum(mark.is_liked for mark in marks)
    return max(0, FEWEST - liked), max(0, FEWEST - (len(marks) - liked))


def direction(marks: Sequence[Mark]) -> Float[ndarray, " z_size"]:
    """From the middle of the disliked phrases to that of the liked ones.

    Raises
    ------
    ValueError
        If marks of a kind are missing.
    """
    codes, liked = _as_arrays(marks)
    return _gap(codes, liked)[0]


def check(marks: Sequence[Mark]) -> Check:
    """Leave each mark out, teach with the others, and see on which side it falls.

    Raises
    ------
    ValueError
        If there are fewer than two marks of a kind.
    """
    codes, liked = _as_arrays(marks)
    right = 0
    for index in range(len(codes)):
        others = np.arange(len(codes)) != index
        vector, middle = _gap(codes[others], liked[others])
        is_up = float(vector @ (codes[index] - middle)) > 0
        right += bool(is_up == liked[index])
    guessed = binomtest(right, len(codes), 0.5, alternative="greater")
    return Check(right=right, num=len(codes), chance=float(guessed.pvalue))


def effects(
    model: TrainedModel,
    vector: Float[ndarray, " z_size"],
    *,
    without: Sequence[Mark] = (),
    seed: int = 0,
) -> tuple[Effect, ...]:
    """What a direction does to the attributes of phrases, the strongest first.

    Phrases of the map are moved one length back and one length forth and decoded,
    those first that the model did not learn from; of the attributes those are named
    that most phrases change alike, and by much.

    Parameters
    ----------
    model
        What decodes.
    vector
        The direction.
    without
        Marks, whose phrases are not tried.
    seed
        Of the choice of phrases.
    """
    library, vectors = model.library, model.attribute_vectors
    marked = {mark.title for mark in without}
    shuffled = np.random.default_rng(seed).permutation(len(library))
    others = [int(row) for row in shuffled if library.titles[row] not in marked]
    others.sort(key=lambda row: library.splits[row] == "train")
    chosen = others[:NUM_HEARD]
    if not chosen:
        return ()
    codes = library.mu[chosen].astype(np.float32)
    both = np.concatenate([codes - vector, codes + vector]).astype(np.float32)
    tokens = np.stack([tune.tokens for tune in model.decode(both)])
    less, more = np.split(measure(tokens, model.encoding), 2)
    gaps = np.maximum(vectors.top - vectors.bottom, 1e-6)
    found = []
    for column, name in enumerate(attributes_of(model.encoding)):
        change = (more - less)[:, column]
        mean = float(change.mean() / gaps[column])
        differs = change[change != 0]
        agreement = float((np.sign(differs) == np.sign(mean)).mean()) if mean else 0.0
        found.append(Effect(name=name, change=mean, agreement=agreement))
    found.sort(key=lambda effect: -abs(effect.change))
    return tuple(
        effect
        for effect in found
        if abs(effect.change) >= LEAST_CHANGE and effect.agreement >= LEAST_AGREEMENT
    )[:MOST_NAMED]


def _as_arrays(
    marks: Sequence[Mark],
) -> tuple[Float[ndarray, "marks z_size"], Bool[ndarray, " marks"]]:
    codes = np.array([mark.z for mark in marks], np.float64)
    liked = np.array([mark.is_liked for mark in marks], bool)
    return codes, liked


def _gap(
    codes: Float[ndarray, "marks z_size"], liked: Bool[ndarray, " marks"]
) -> tuple[Float[ndarray, " z_size"], Float[ndarray, " z_size"]]:
    """From one kind's middle to the other's, and the place between."""
    if not len(liked) or liked.all() or not liked.any():
        raise ValueError("a direction needs marks of both kinds")
    up, down = codes[liked].mean(axis=0), codes[~liked].mean(axis=0)
    return up - down, (up + down) / 2
