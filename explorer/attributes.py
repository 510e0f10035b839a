"""Attributes of phrases: the paper's five of melodies, three more, and those of drums.

**Conventions.** A melody is an array of events, one per sixteenth: a pitch starts
a note (an *onset*), `NO_EVENT` goes on, `NOTE_OFF` ends it. A *roll* of drums says for
each sixteenth which of the nine drums are hit (*hits*). Leading axes are
batches. Positions count from 0 at the start of the phrase, which is a bar line.
Where an attribute is undefined (no onset, or a single one for intervals) it is 0.

The paper defines the attributes of melodies in words only [1]_ and its code was never
published; "odd position" is read here as odd counted from 0, the off-beat sixteenths.
How high, how wide and how long the notes are, and all that is measured on drums, are
this project's. A trio has what its melody has, and how busy the bass and the drums are.

References
----------
.. [1] Roberts et al. (2018), MusicVAE, arXiv:1803.05428, appendix, "Attribute
   definitions".
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int, Integer, Shaped
from numpy import ndarray

from explorer import drums
from explorer.converters import tokens_to_melody
from explorer.encodings import ENCODINGS, EncodingName, PartName
from explorer.notes import NO_EVENT, STEPS_PER_BAR

KICK: Final = drums.DRUM_NAMES.index("kick")
SNARE: Final = drums.DRUM_NAMES.index("snare")
HATS: Final = [
    drums.DRUM_NAMES.index(name) for name in ("closed hi-hat", "open hi-hat")
]
STEPS_PER_BEAT: Final = 4
HIGHEST: Final = 127  # MIDI pitch
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


def average_pitch(melody: Int[ndarray, "*batch steps"]) -> Float[ndarray, "*batch"]:
    """Mean pitch of the onsets, a MIDI number; 0 without onsets."""
    onsets = _onsets(melody)
    return _share(np.where(onsets, melody, 0), onsets)


def pitch_range(melody: Int[ndarray, "*batch steps"]) -> Float[ndarray, "*batch"]:
    """Semitones from the lowest onset to the highest; 0 without onsets."""
    onsets = _onsets(melody)
    pitches = melody.astype(np.int64)
    highest = np.where(onsets, pitches, 0).max(axis=-1, initial=0)
    lowest = np.where(onsets, pitches, HIGHEST).min(axis=-1, initial=HIGHEST)
    return np.asarray(np.maximum(highest - lowest, 0), np.float64)


def average_duration(
    melody: Int[ndarray, "*batch steps"],
) -> Float[ndarray, "*batch"]:
    """Mean length of the notes in steps, rests not counted; 0 without onsets."""
    onsets = _onsets(melody)
    events = np.where(melody == NO_EVENT, -1, np.arange(melody.shape[-1]))
    latest = np.maximum.accumulate(events, axis=-1)  # last onset or end up to each step
    sounds = np.take_along_axis(onsets, np.maximum(latest, 0), -1) & (latest >= 0)
    return _share(sounds, onsets)


def hit_density(
    roll: Bool[ndarray, "*batch steps drums"],
) -> Float[ndarray, "*batch"]:
    """Hits per step, of all drums together, in [0, 9]."""
    return _share(roll.sum(axis=-1), np.ones(roll.shape[:-1], bool))


def drum_syncopation(
    roll: Bool[ndarray, "*batch steps drums"],
) -> Float[ndarray, "*batch"]:
    """Share of kicks and snares that come between beats with none on the beat.

    A hit counts if it is off the beat and its own drum was silent from the beat
    before up to it. In [0, 1]; 0 without kicks and snares. Hats and cymbals, which
    fill the beat, are left out: they would drown what the two say.
    """
    hits = roll[..., [KICK, SNARE]]
    place = np.arange(hits.shape[-2]) % STEPS_PER_BEAT
    since_beat = np.zeros_like(hits)
    for back in range(1, STEPS_PER_BEAT):
        reaches = (place >= back)[:, None]  # the beat, or a step after it
        since_beat |= reaches & _delayed(hits.swapaxes(-1, -2), back).swapaxes(-1, -2)
    syncopated = hits & (place > 0)[:, None] & ~since_beat
    return _share(syncopated.sum(axis=-1), hits.sum(axis=-1))


def kick_hat_balance(
    roll: Bool[ndarray, "*batch steps drums"],
) -> Float[ndarray, "*batch"]:
    """Share of hi-hats, closed or open, among hi-hats and kicks, in [0, 1].

    0 with kicks only, and without either.
    """
    hats = roll[..., HATS].sum(axis=-1)
    return _share(hats, hats + roll[..., KICK])


def drum_variety(
    roll: Bool[ndarray, "*batch steps drums"],
) -> Float[ndarray, "*batch"]:
    """Share of what neighbouring bars hit that only one of the two hits.

    Places (step of the bar and drum) of only one bar over places of either, over all
    pairs of neighbours together, in [0, 1]: 0 if a bar is repeated all the way, 1 if
    neighbours share nothing. 0 for a single bar and without hits.
    """
    before, after = roll[..., :-STEPS_PER_BAR, :], roll[..., STEPS_PER_BAR:, :]
    return _share((before ^ after).sum(axis=-1), (before | after).sum(axis=-1))


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute: how it is measured and how it is spoken of."""

    name: str  # in code, files and the paper
    label: str  # on a slider
    low: str  # what a tune with little of it is called
    high: str
    unit: str  # of the measured value
    function: Callable[[ndarray], Float[ndarray, "*batch"]]  # of a melody, or a roll
    part: PartName = "melody"  # which it is measured on
    most: float = math.inf  # a phrase with so much cannot have more; none is below 0


_MELODY: Final = (
    Attribute(
        name="c_diatonic",
        label="White keys",
        low="many black keys",
        high="all white keys",
        unit="share of notes on white keys",
        function=c_diatonic,
        most=1.0,
    ),
    Attribute(
        name="note_density",
        label="Busier",
        low="calm",
        high="busy",
        unit="notes per sixteenth",
        function=note_density,
        most=1.0,
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
        most=1.0,
    ),
    Attribute(
        name="syncopation_8th",
        label="Swaying off-beats",
        low="on the beat",
        high="between the beats",
        unit="share of notes on an off-beat eighth",
        function=syncopation_8th,
        most=1.0,
    ),
    Attribute(
        name="average_pitch",
        label="Higher",
        low="low",
        high="high",
        unit="mean pitch, a MIDI number",
        function=average_pitch,
    ),
    Attribute(
        name="pitch_range",
        label="Wider range",
        low="in a narrow range",
        high="over a wide range",
        unit="semitones from the lowest note to the highest",
        function=pitch_range,
    ),
    Attribute(
        name="average_duration",
        label="Longer notes",
        low="short notes",
        high="long notes",
        unit="sixteenths a note",
        function=average_duration,
    ),
)
_DRUMS: Final = (
    Attribute(
        name="hit_density",
        label="Busier",
        low="sparse",
        high="busy",
        unit="hits per sixteenth",
        function=hit_density,
        part="drums",
    ),
    Attribute(
        name="syncopation",
        label="Off the beat",
        low="square on the beat",
        high="between the beats",
        unit="share of kicks and snares between the beats",
        function=drum_syncopation,
        most=1.0,
        part="drums",
    ),
    Attribute(
        name="kick_hat_balance",
        label="More hi-hat",
        low="mostly kick",
        high="mostly hi-hat",
        unit="share of hi-hats among hi-hats and kicks",
        function=kick_hat_balance,
        most=1.0,
        part="drums",
    ),
    Attribute(
        name="variety",
        label="More varied",
        low="the same in every bar",
        high="another beat in every bar",
        unit="share of hits that the next bar lacks or adds",
        function=drum_variety,
        most=1.0,
        part="drums",
    ),
)
_TRIO_LABELS: Final = {
    "note_density": "Busier melody",
    "average_pitch": "Higher melody",
    "pitch_range": "Wider melody",
    "average_duration": "Longer melody notes",
}
_TRIO: Final = (
    *(
        replace(attribute, label=_TRIO_LABELS.get(attribute.name, attribute.label))
        for attribute in _MELODY
    ),
    Attribute(
        name="bass_density",
        label="Busier bass",
        low="a calm bass",
        high="a busy bass",
        unit="bass notes per sixteenth",
        function=note_density,
        part="bass",
    ),
    Attribute(
        name="drum_density",
        label="Busier drums",
        low="sparse drums",
        high="busy drums",
        unit="drum hits per sixteenth",
        function=hit_density,
        part="drums",
    ),
)
_OF_ENCODING: Final[dict[EncodingName, dict[str, Attribute]]] = {
    "melody": {attribute.name: attribute for attribute in _MELODY},
    "drums": {attribute.name: attribute for attribute in _DRUMS},
    "trio": {attribute.name: attribute for attribute in _TRIO},
}


def attributes_of(encoding: EncodingName) -> dict[str, Attribute]:
    """The attributes of one kind of music by name, in the order they are shown."""
    return _OF_ENCODING[encoding]


def measure(
    tokens: Integer[ndarray, "*shape"], encoding: EncodingName
) -> Float[ndarray, "*batch attributes"]:
    """All attributes of phrases, in the order of `attributes_of`.

    Parameters
    ----------
    tokens
        (..., steps), or (..., steps, parts) where the encoding has several.
    encoding
        What the tokens are.
    """
    music = ENCODINGS[encoding]
    of_part = music.by_part(tokens)
    read = {
        part.name: (tokens_to_melody if part.is_pitched else drums.roll)(
            of_part[part.name]
        )
        for part in music.parts
    }
    values = [a.function(read[a.part]) for a in attributes_of(encoding).values()]
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


def _share(
    part: Shaped[ndarray, "*batch steps"], whole: Shaped[ndarray, "*batch steps"]
) -> Float[ndarray, "*batch"]:
    """Sum of `part` over the sum of `whole`, along the steps; 0 / 0 is 0."""
    count = whole.sum(axis=-1)
    return np.asarray(part.sum(axis=-1) / np.maximum(count, 1), np.float64)
