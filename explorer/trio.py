"""Trios of melody, bass and drums to the tokens a model reads, and back.

**Conventions.** Tokens are (steps, 3): melody, bass and drums side by side (see
`encodings`). Drum notes are drums, General MIDI's programs 32 to 39 are bass and all
else is melody. Melody and bass follow the rules of `MelodyConverter`: of notes that
start together the highest is kept, in the bass too, as in Magenta [1]_.

A window is taken from where all three parts play. A part may rest for two bars on
either side of what it plays, so for four bars in all; in the first and the last two
bars of a window it is enough that one part plays.

References
----------
.. [1] magenta/magenta 526d3eb1, `TrioConverter` of `models/music_vae/data.py`
   (Apache-2.0).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from jaxtyping import Bool, Int16, Integer
from numpy import ndarray

from explorer.converters import (
    MelodyConverter,
    melody_to_sequence,
    melody_to_tokens,
    slice_melody,
    tokens_to_melody,
)
from explorer.drums import hits_to_tokens, tokens_to_notes
from explorer.encodings import NUM_SPECIAL_EVENTS, EncodingName, PartName
from explorer.errors import ConversionError
from explorer.notes import STEPS_PER_BAR, Note, NoteSequence, sequence

PART_NAMES: Final[tuple[PartName, ...]] = ("melody", "bass", "drums")
BASS_PROGRAMS: Final = range(32, 40)
MELODY_PROGRAM, BASS_PROGRAM = 0, 33  # a piano and a fingered electric bass
MELODY_INSTRUMENT, BASS_INSTRUMENT = 0, 1
REST_BARS: Final = 2  # that a part may rest on either side of what it plays

_NOTE_OFF: Final = 1


def part_of(note: Note) -> PartName:
    """Which part of a trio a note belongs to."""
    if note.is_drum:
        return "drums"
    return "bass" if note.program in BASS_PROGRAMS else "melody"


@dataclass(frozen=True, kw_only=True)
class TrioConverter:
    """NoteSequence to and from the tokens of a trio model of `num_bars` bars."""

    num_bars: int  # 16
    encoding: EncodingName = field(default="trio", init=False)

    @property
    def num_steps(self) -> int:
        """Sixteenths in one phrase."""
        return self.num_bars * STEPS_PER_BAR

    def to_tokens(
        self, tune: NoteSequence, *, may_rest: bool = False
    ) -> Int16[ndarray, "steps 3"]:
        """The tune's parts from its first step on, padded or cut to `num_steps`.

        Raises
        ------
        ConversionError
            If one of the parts has no note in the model's range within the phrase,
            unless it `may_rest`.
        """
        tokens = trio_tokens(
            [n for n in tune.notes if part_of(n) == "melody"],
            [n for n in tune.notes if part_of(n) == "bass"],
            hits_to_tokens(tune.notes, self.num_steps),
        )
        missing = [
            name for part, name in enumerate(PART_NAMES) if not tokens[:, part].any()
        ]
        if missing and not may_rest:
            raise ConversionError(
                f"No {' and no '.join(missing)} in the first {self.num_bars} bars. A "
                "trio needs a melody, a bass (a General MIDI bass, programs 32 to 39) "
                "and drums (MIDI channel 10). Pick another song or another place."
            )
        return tokens

    def from_tokens(
        self,
        tokens: Integer[ndarray, "steps 3"],
        *,
        qpm: float = 120.0,
        title: str = "",
    ) -> NoteSequence:
        """The trio that tokens spell."""
        melody, bass = (
            melody_to_sequence(tokens_to_melody(tokens[:, part]), program=program)
            for part, program in enumerate((MELODY_PROGRAM, BASS_PROGRAM))
        )
        notes = [
            *(replace(note, instrument=MELODY_INSTRUMENT) for note in melody.notes),
            *(replace(note, instrument=BASS_INSTRUMENT) for note in bass.notes),
            *tokens_to_notes(tokens[:, 2]),
        ]
        return sequence(notes, total_steps=len(tokens), qpm=qpm, title=title)


def trio_tokens(
    melody: Sequence[Note], bass: Sequence[Note], drums: Integer[ndarray, " steps"]
) -> Int16[ndarray, "steps 3"]:
    """Tokens of three parts, as many steps as `drums` has; a part may be empty."""
    columns = [_pitched_tokens(notes, len(drums)) for notes in (melody, bass)]
    return np.stack([*columns, drums], axis=1).astype(np.int16)


def _pitched_tokens(
    notes: Sequence[Note], num_steps: int
) -> Int16[ndarray, " num_steps"]:
    """Tokens by the rules of `MelodyConverter`, nothing where there is no note."""
    converter = MelodyConverter(num_bars=-(-num_steps // STEPS_PER_BAR))
    tokens = converter.to_tokens(sequence(notes), may_rest=True)
    return tokens[:num_steps].astype(np.int16)


def trio_windows(
    tokens: Integer[ndarray, "steps 3"], num_bars: int
) -> Iterator[tuple[int, Int16[ndarray, "num_steps 3"]]]:
    """(first bar, tokens) of every window, one bar apart, in which all parts play.

    As with melodies, note-offs before a window's first note are left out.
    """
    plays = _rests_bridged(plays_in_bar(tokens))
    edge = min(REST_BARS, num_bars // 8)  # two of sixteen
    size = num_bars * STEPS_PER_BAR
    for bar in range(len(plays) - num_bars + 1):
        window = plays[bar : bar + num_bars]
        if window.any(axis=1).all() and window[edge : num_bars - edge].all():
            start = bar * STEPS_PER_BAR
            yield bar, _slice(tokens, start, size)


def plays_in_bar(tokens: Integer[ndarray, "steps 3"]) -> Bool[ndarray, "bars 3"]:
    """In which whole 4/4 bars each part sounds."""
    num_bars = len(tokens) // STEPS_PER_BAR
    sounding = np.stack(
        [_sounding(tokens[:, 0]), _sounding(tokens[:, 1]), tokens[:, 2] > 0], axis=1
    )
    by_bar = sounding[: num_bars * STEPS_PER_BAR].reshape(num_bars, STEPS_PER_BAR, 3)
    return np.asarray(by_bar.any(axis=1))


def _sounding(tokens: Integer[ndarray, " steps"]) -> Bool[ndarray, " steps"]:
    """Where a note of a pitched part starts or goes on."""
    steps = np.where(tokens >= _NOTE_OFF, np.arange(len(tokens)), 0)
    latest = tokens[np.maximum.accumulate(steps)]
    return np.asarray(latest >= NUM_SPECIAL_EVENTS)


def _rests_bridged(plays: Bool[ndarray, "bars 3"]) -> Bool[ndarray, "bars 3"]:
    """The same with `REST_BARS` bars more on either side of what is played."""
    wider = plays.copy()
    for shift in range(1, REST_BARS + 1):
        wider[shift:] |= plays[:-shift]
        wider[:-shift] |= plays[shift:]
    return wider


def _slice(
    tokens: Integer[ndarray, "steps 3"], start: int, num_steps: int
) -> Int16[ndarray, "num_steps 3"]:
    part = tokens[start : start + num_steps].astype(np.int16)
    for column in (0, 1):
        melody = tokens_to_melody(tokens[:, column])
        part[:, column] = melody_to_tokens(slice_melody(melody, start, num_steps))
    return part
