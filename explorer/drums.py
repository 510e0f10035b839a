"""Drum beats to the tokens a model reads, and back, by Magenta's rules.

**Conventions.** Nine *drum classes* stand for all of General MIDI's percussion, in
the order of `DRUM_NAMES`; the class number is its bit in a token (`encodings`). A
class sounds as its *exemplar*, the first pitch of its row. A *roll* is the same as
booleans (..., steps, 9). Drums have no length: a hit takes one step.

Two tables say which pitch is of which class. *today*'s is note-seq's [1]_. The
*older* one is what the released checkpoints were trained with and magenta.js still
has: 43 is a high tom there, 52 a ride, and 22 and 26 are unknown. Pitches that a
table lacks are skipped.

References
----------
.. [1] magenta/note-seq 3582550, `drums_encoder_decoder.py` (Apache-2.0).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from jaxtyping import Bool, Int16, Integer
from numpy import ndarray

from explorer.encodings import NUM_DRUM_CLASSES, EncodingName
from explorer.errors import ConversionError
from explorer.notes import STEPS_PER_BAR, Note, NoteSequence, sequence

DRUM_NAMES: Final = (
    "kick",
    "snare",
    "closed hi-hat",
    "open hi-hat",
    "low tom",
    "mid tom",
    "high tom",
    "crash",
    "ride",
)
EXEMPLARS: Final = (36, 38, 42, 46, 45, 48, 50, 49, 51)  # pitch each class sounds as
VELOCITIES: Final = (100, 92, 72, 78, 88, 88, 88, 90, 74)  # hands lighter than feet
DRUM_INSTRUMENT: Final = 9  # MIDI's drum channel, counted from 0

ClassMap = Literal["today", "older"]

_BITS: Final = 1 << np.arange(NUM_DRUM_CLASSES, dtype=np.int16)
_TODAY: Final = (
    (36, 35),
    (38, 27, 28, 31, 32, 33, 34, 37, 39, 40, 56, 65, 66, 75, 85),
    (42, 22, 44, 54, 68, 69, 70, 71, 73, 78, 80),
    (46, 26, 67, 72, 74, 79, 81),
    (45, 29, 41, 43, 61, 64, 84),
    (48, 47, 60, 63, 77, 86, 87),
    (50, 30, 62, 76, 83),
    (49, 52, 55, 57, 58),
    (51, 53, 59, 82),
)
_MOVED: Final = {43: 6, 52: 8}  # where the older table has another class
_UNKNOWN_TO_OLDER: Final = frozenset({22, 26})


def _class_maps() -> dict[ClassMap, Mapping[int, int]]:
    today = {p: c for c, pitches in enumerate(_TODAY) for p in pitches}
    older = {p: c for p, c in today.items() if p not in _UNKNOWN_TO_OLDER} | _MOVED
    return {"today": MappingProxyType(today), "older": MappingProxyType(older)}


CLASS_MAPS: Final = _class_maps()  # drum class of each pitch


def hits_to_tokens(
    notes: Sequence[Note], num_steps: int, *, class_map: ClassMap = "today"
) -> Int16[ndarray, " num_steps"]:
    """Tokens of the drum notes that start within `num_steps`; other notes count not."""
    tokens = np.zeros(num_steps, np.int16)
    class_of = CLASS_MAPS[class_map]
    for note in notes:
        if note.is_drum and note.pitch in class_of and note.start_step < num_steps:
            tokens[note.start_step] |= 1 << class_of[note.pitch]
    return tokens


def tokens_to_notes(tokens: Integer[ndarray, " steps"]) -> list[Note]:
    """One note of one step for every hit, at its class's pitch and loudness."""
    return [
        Note(
            pitch=EXEMPLARS[drum],
            start_step=int(step),
            end_step=int(step) + 1,
            velocity=VELOCITIES[drum],
            instrument=DRUM_INSTRUMENT,
            is_drum=True,
        )
        for step, drum in np.argwhere(roll(tokens))
    ]


def roll(tokens: Integer[ndarray, "*batch"]) -> Bool[ndarray, "*batch drums"]:
    """Which of the nine drums are hit, from token numbers 0..511."""
    return (tokens[..., None] & _BITS) != 0


def roll_to_tokens(roll: Bool[ndarray, "*batch drums"]) -> Int16[ndarray, "*batch"]:
    """The inverse of `roll`."""
    return (roll * _BITS).sum(axis=-1).astype(np.int16)


def extract_beats(
    tokens: Integer[ndarray, " steps"], *, gap_bars: int = 1
) -> list[tuple[int, Integer[ndarray, " beat_steps"]]]:
    """(first bar, tokens of whole bars) of every beat in a drum track.

    A beat starts on the bar line before its first hit and ends after the hit that
    `gap_bars` 4/4 bars or more of silence follow.
    """
    hits = np.flatnonzero(tokens)
    if not len(hits):
        return []
    breaks = np.flatnonzero(np.diff(hits) - 1 >= gap_bars * STEPS_PER_BAR) + 1
    beats = []
    for group in np.split(hits, breaks):
        first_bar = int(group[0]) // STEPS_PER_BAR
        end_bar = int(group[-1]) // STEPS_PER_BAR + 1
        part = tokens[first_bar * STEPS_PER_BAR : end_bar * STEPS_PER_BAR]
        missing = (end_bar - first_bar) * STEPS_PER_BAR - len(part)
        beats.append((first_bar, np.pad(part, (0, missing))))
    return beats


@dataclass(frozen=True, kw_only=True)
class DrumsConverter:
    """NoteSequence to and from the tokens of a drum model of `num_bars` bars."""

    num_bars: int  # 2 or 16
    class_map: ClassMap = "today"  # "older" for the released checkpoints
    encoding: EncodingName = field(default="drums", init=False)

    @property
    def num_steps(self) -> int:
        """Sixteenths in one phrase."""
        return self.num_bars * STEPS_PER_BAR

    def to_tokens(
        self, tune: NoteSequence, *, may_rest: bool = False
    ) -> Int16[ndarray, " steps"]:
        """The tune's drums from its first step on, padded or cut to `num_steps`.

        Raises
        ------
        ConversionError
            If no drum is hit within the phrase, unless they `may_rest`.
        """
        tokens = hits_to_tokens(tune.notes, self.num_steps, class_map=self.class_map)
        if not tokens.any() and not may_rest:
            raise ConversionError(
                f"No drum is hit in the first {self.num_bars} bars (MIDI channel 10, "
                "percussion with a place in a drum kit). Pick another track or "
                "another place."
            )
        return tokens

    def from_tokens(
        self,
        tokens: Integer[ndarray, " steps"],
        *,
        qpm: float = 120.0,
        title: str = "",
    ) -> NoteSequence:
        """The beat that tokens spell."""
        return sequence(
            tokens_to_notes(tokens), total_steps=len(tokens), qpm=qpm, title=title
        )
