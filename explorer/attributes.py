"""The five musical attributes of the MusicVAE paper, measured on melodies.

**Conventions.** A melody is an array of events, one per sixteenth: a pitch starts
a note (an *onset*), `NO_EVENT` goes on, `NOTE_OFF` ends it. Leading axes are
batches. Positions count from 0 at the start of the phrase, which is a bar line.
Where an attribute is undefined (no onset, or a single one for intervals) it is 0.

The paper defines the attributes in words only [1]_ and its code was never
published; "odd position" is read here as odd counted from 0, the off-beat sixteenths.

References
----------
.. [1] Roberts et al. (2018), MusicVAE, arXiv:1803.05428, appendix, "Attribute
   definitions".
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

C_MAJOR = (0, 2, 4, 5, 7, 9, 11)  # pitch classes of the white keys


def c_diatonic(melody: Int[ndarray, "*batch steps"]) -> Float[ndarray, "*batch"]:
    """Share of onsets on the white keys, in [0, 1]; 0 without onsets."""
    onsets = _onsets(melody)
    return _share(onsets & np.isin(melody % 12, C_MAJOR), onsets)


def note_density(melody: Int[ndarray, "*batch steps"]) -> Float[ndarray, "*batch"]:
    """Onsets per step, in [0, 1]. A held note counts once."""
    onsets = _onsets(melody)
    return _share(onsets, np.ones_like(onsets))


def average_interval(melody: Int[ndarray, "*batch steps"]) -> Float[ndarray, "*batch"]:
    """Mean distance in semitones from each onset to the one before, at least 0.

    0 with fewer than two onsets.
    """
    onsets = _onsets(melody)
    step = np.where(onsets, np.arange(melody.shape[-1]), -1)
    latest = np.maximum.accumulate(step, axis=-1)  # last onset up to each step
    before = np.concatenate([np.full_like(latest[..., :1], -1), latest[..., :-1]], -1)
    has_before = onsets & (before >= 0)
    pitches = melody.astype(np.int64)
    leap = np.abs(pitches - np.take_along_axis(pitches, np.maximum(before, 0), -1))
    return _share(np.where(has_before, leap, 0), has_before)


def syncopation_16th(melody: Int[ndarray, "*batch steps"]) -> Float[ndarray, "*batch"]:
    """Share of onsets on an odd sixteenth without one on the sixteenth before.

    In [0, 1]; 0 without onsets.
    """
    onsets = _onsets(melody)
    odd = np.arange(melody.shape[-1]) % 2 == 1
    return _share(onsets & odd & ~_delayed(onsets, 1), onsets)


def syncopation_8th(melody: Int[ndarray, "*batch steps"]) -> Float[ndarray, "*batch"]:
    """Share of onsets on an off-beat eighth without one in the eighth before.

    In [0, 1]; 0 without onsets.
    """
    onsets = _onsets(melody)
    off_beat = np.arange(melody.shape[-1]) % 4 == 2
    just_before = _delayed(onsets, 1) | _delayed(onsets, 2)
    return _share(onsets & off_beat & ~just_before, onsets)


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute: how it is measured and how it is spoken of."""

    name: str  # in code, files and the paper
    label: str  # on a slider
    low: str  # what a tune with little of it is called
    high: str
    unit: str  # of the measured value
    function: Callable[[Int[ndarray, "*batch steps"]], Float[ndarray, "*batch"]]


ATTRIBUTES: dict[str, Attribute] = {
    attribute.name: attribute
    for attribute in (
        Attribute(
            name="c_diatonic",
            label="White keys",
            low="many black keys",
            high="all white keys",
            unit="share of notes on white keys",
            function=c_diatonic,
        ),
        Attribute(
            name="note_density",
            label="Busier",
            low="calm",
            high="busy",
            unit="notes per sixteenth",
            function=note_density,
        ),
        Attribute(
            name="average_interval",
            label="Jumpier",
            low="in small steps",
            high="full of leaps",
            unit="semitones from note to note",
            function=average_interval,
        ),
        Attribute(
            name="syncopation_16th",
            label="Quick off-beats",
            low="no quick off-beats",
            high="many quick off-beats",
            unit="share of notes on an off-beat sixteenth",
            function=syncopation_16th,
        ),
        Attribute(
            name="syncopation_8th",
            label="Swaying off-beats",
            low="on the beat",
            high="between the beats",
            unit="share of notes on an off-beat eighth",
            function=syncopation_8th,
        ),
    )
}


def measure(
    melody: Int[ndarray, "*batch steps"],
) -> Float[ndarray, "*batch attributes"]:
    """All attributes, in the order of `ATTRIBUTES`."""
    values = [attribute.function(melody) for attribute in ATTRIBUTES.values()]
    return np.stack(values, axis=-1)


def _onsets(melody: Int[ndarray, "*batch steps"]) -> Bool[ndarray, "*batch steps"]:
    return np.asarray(melody >= 0)


def _delayed(
    onsets: Bool[ndarray, "*batch steps"], steps: int
) -> Bool[ndarray, "*batch steps"]:
    """The onsets moved later; nothing sounds before the phrase."""
    moved = np.zeros_like(onsets)
    moved[..., steps:] = onsets[..., :-steps]
    return moved


def _share(part: ndarray, whole: ndarray) -> Float[ndarray, "*batch"]:
    """Sum of `part` over the sum of `whole`, along the steps; 0 / 0 is 0."""
    count = whole.sum(axis=-1)
    return np.asarray(part.sum(axis=-1) / np.maximum(count, 1), np.float64)
