"""Tunes to the tokens a model reads, and back, by Magenta's rules.

**Conventions.** A *melody* is an integer array with one event per sixteenth:
a MIDI pitch starts a note, `NO_EVENT` (-2) goes on, `NOTE_OFF` (-1) ends the
note. *Tokens* are the same events as class numbers 0..89: 0 no event, 1 note-off,
`pitch - 19` a note-on (A0 = 21 is 2, C8 = 108 is 89). One-hot tensors of tokens
are (batch, time, depth). Rules and names follow note-seq's `melodies_lib` and
Magenta's `OneHotMelodyConverter` [1]_, [2]_.

References
----------
.. [1] Roberts et al. (2018), MusicVAE, arXiv:1803.05428.
.. [2] magenta/magenta 526d3eb1, magenta/note-seq 3582550 (Apache-2.0).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Int, Integer, UInt8
from numpy import ndarray

from explorer.encodings import NUM_SPECIAL_EVENTS, EncodingName
from explorer.errors import ConversionError
from explorer.notes import (
    NO_EVENT,
    NOTE_OFF,
    STEPS_PER_BAR,
    Note,
    NoteSequence,
    sequence,
)

MIN_PITCH = 21  # A0, lowest piano key
MAX_PITCH = 108  # C8, highest piano key


def extract_melodies(
    notes: Sequence[Note],
    *,
    gap_bars: float = 1.0,
    min_bars: int = 1,
    max_bars: int = 100,
    min_unique_pitches: int = 1,
) -> list[Int[ndarray, " steps"]]:
    """Monophonic melodies in one instrument's notes, each a whole number of bars.

    Of notes that start together the highest is kept; a later note cuts the one
    before it. A melody starts on the bar line before its first note and ends when
    `gap_bars` pass without a sounding note; the search goes on at the next bar.
    Drums and notes outside 21..108 are skipped.

    Parameters
    ----------
    notes
        Notes of one instrument, in any order.
    gap_bars
        Silence that ends a melody, in 4/4 bars.
    min_bars, max_bars
        Shorter melodies are left out, longer ones cut.
    min_unique_pitches
        Least number of pitch classes.
    """
    usable = sorted(
        (n for n in notes if not n.is_drum and MIN_PITCH <= n.pitch <= MAX_PITCH),
        key=lambda note: (note.start_step, -note.pitch),
    )
    melodies = []
    search_start_step = 0
    while usable:
        events, start_step, used = _first_melody(usable, gap_bars)
        end_step = start_step + len(events)
        search_start_step = -(-end_step // STEPS_PER_BAR) * STEPS_PER_BAR
        usable = [n for n in usable[used:] if n.start_step >= search_start_step]
        if len(events) < min_bars * STEPS_PER_BAR:
            continue
        melody = np.array(events[: max_bars * STEPS_PER_BAR], np.int16)
        if len(np.unique(melody[melody >= 0] % 12)) >= min_unique_pitches:
            melodies.append(melody)
    return melodies


def _first_melody(notes: list[Note], gap_bars: float) -> tuple[list[int], int, int]:
    """(events, first step, notes looked at) of the melody that `notes` begin with."""
    start_step = notes[0].start_step // STEPS_PER_BAR * STEPS_PER_BAR
    events: list[int] = []
    last_on = last_off = -1
    used = 0
    for note in notes:
        on, off = note.start_step - start_step, note.end_step - start_step
        if events and on == last_on:
            used += 1
            continue
        if events and on - last_off >= gap_bars * STEPS_PER_BAR:
            break
        used += 1
        del events[on:]
        events += [NO_EVENT] * (on - len(events))
        events += [note.pitch, *[NO_EVENT] * (off - on - 1), NOTE_OFF]
        last_on, last_off = on, off
    if len(events) % STEPS_PER_BAR == 1:  # only the last note-off is past the bar line
        del events[-1]
    events += [NO_EVENT] * (-len(events) % STEPS_PER_BAR)
    return events, start_step, used


def slice_melody(
    melody: Int[ndarray, " steps"], start_step: int, num_steps: int
) -> Int[ndarray, " num_steps"]:
    """`num_steps` events from `start_step` on, without note-offs before a note."""
    if start_step < 0 or start_step + num_steps > len(melody):
        raise ValueError(
            f"cannot take {num_steps} steps from {start_step} of {len(melody)}"
        )
    part = melody[start_step : start_step + num_steps].copy()
    onsets = np.flatnonzero(part >= 0)
    part[: onsets[0] if len(onsets) else num_steps] = NO_EVENT
    return part


def windows(
    melody: Int[ndarray, " steps"], num_bars: int, *, hop_bars: int = 1
) -> list[Int[ndarray, " num_steps"]]:
    """Every whole window of `num_bars` bars, `hop_bars` apart."""
    size = num_bars * STEPS_PER_BAR
    starts = range(0, len(melody) - size + 1, hop_bars * STEPS_PER_BAR)
    return [slice_melody(melody, start, size) for start in starts]


def melody_to_tokens(
    melody: Int[ndarray, "*batch steps"],
) -> UInt8[ndarray, "*batch steps"]:
    """Class numbers 0..89 of melody events.

    Raises
    ------
    ConversionError
        If a pitch is outside 21..108.
    """
    pitched = melody >= 0
    bad = melody[pitched & ((melody < MIN_PITCH) | (melody > MAX_PITCH))]
    if len(bad):
        raise ConversionError(
            f"Pitch {int(bad[0])} is outside the model's range {MIN_PITCH} to "
            f"{MAX_PITCH}. Transpose the tune."
        )
    tokens = np.where(pitched, melody - MIN_PITCH + NUM_SPECIAL_EVENTS, melody + 2)
    return tokens.astype(np.uint8)


def tokens_to_melody(
    tokens: Integer[ndarray, "*batch steps"],
) -> Int[ndarray, "*batch steps"]:
    """Melody events of class numbers; the inverse of `melody_to_tokens`."""
    tokens = tokens.astype(np.int16)
    pitches = tokens - NUM_SPECIAL_EVENTS + MIN_PITCH
    return np.where(tokens >= NUM_SPECIAL_EVENTS, pitches, tokens - 2)


def melody_to_sequence(
    melody: Int[ndarray, " steps"],
    *,
    qpm: float = 120.0,
    velocity: int = 80,
    program: int = 0,
    title: str = "",
) -> NoteSequence:
    """Notes of melody events; a note lasts to the next onset, note-off or the end."""
    notes = []
    boundaries = [int(step) for step in np.flatnonzero(melody != NO_EVENT)]
    for step, following in itertools.pairwise([*boundaries, len(melody)]):
        if melody[step] >= 0:
            note = Note(
                pitch=int(melody[step]),
                start_step=step,
                end_step=following,
                velocity=velocity,
                program=program,
            )
            notes.append(note)
    return sequence(notes, total_steps=len(melody), qpm=qpm, title=title)


class Converter(Protocol):
    """NoteSequence to and from the tokens of one phrase of a model."""

    @property
    def encoding(self) -> EncodingName:
        """What a step of the tokens is."""

    @property
    def num_bars(self) -> int:
        """4/4 bars in one phrase."""

    @property
    def num_steps(self) -> int:
        """Sixteenths in one phrase."""

    def to_tokens(
        self, tune: NoteSequence, *, may_rest: bool = False
    ) -> Integer[ndarray, " steps *parts"]:
        """The tune from its first step on; a shorter one is padded, a longer one cut.

        Raises
        ------
        ConversionError
            If the phrase has nothing for a part of the model, unless it `may_rest`.
        """

    def from_tokens(
        self,
        tokens: Integer[ndarray, " steps *parts"],
        *,
        qpm: float = 120.0,
        title: str = "",
    ) -> NoteSequence:
        """The tune that tokens spell."""


@dataclass(frozen=True, kw_only=True)
class MelodyConverter:
    """NoteSequence to and from the tokens of a melody model of `num_bars` bars."""

    num_bars: int  # 2 or 16
    gap_bars: float = 1.0  # silence that ends a melody

    @property
    def num_steps(self) -> int:
        """Sixteenths in one phrase."""
        return self.num_bars * STEPS_PER_BAR

    @property
    def encoding(self) -> EncodingName:
        """What a step of the tokens is."""
        return "melody"

    def to_melody(
        self, tune: NoteSequence, *, may_rest: bool = False
    ) -> Int[ndarray, " steps"]:
        """The tune's top line as exactly `num_steps` events from its first step on.

        Unlike extraction for training, nothing is skipped: silence at the start
        stays, a shorter tune is padded, a longer one cut.

        Raises
        ------
        ConversionError
            If no note lies in the model's range within the phrase, unless it
            `may_rest`: then there is no event.
        """
        melody = np.full(self.num_steps, NO_EVENT, np.int16)
        usable = sorted(
            (
                n
                for n in tune.notes
                if not n.is_drum
                and MIN_PITCH <= n.pitch <= MAX_PITCH
                and n.start_step < self.num_steps
            ),
            key=lambda n: (n.start_step, -n.pitch),
        )
        if not usable and not may_rest:
            raise ConversionError(
                f"No melody note in the first {self.num_bars} bars (piano keys "
                f"{MIN_PITCH} to {MAX_PITCH}, drums not counted). Pick another "
                "track or another place."
            )
        last_on = -1
        for note in usable:
            if note.start_step == last_on:
                continue
            last_on = note.start_step
            melody[last_on:] = NO_EVENT
            melody[last_on] = note.pitch
            if note.end_step < self.num_steps:
                melody[note.end_step] = NOTE_OFF
        return melody

    def to_tokens(
        self, tune: NoteSequence, *, may_rest: bool = False
    ) -> UInt8[ndarray, " steps"]:
        """Tokens of `to_melody`."""
        return melody_to_tokens(self.to_melody(tune, may_rest=may_rest))

    def from_tokens(
        self,
        tokens: Integer[ndarray, " steps"],
        *,
        qpm: float = 120.0,
        title: str = "",
    ) -> NoteSequence:
        """The tune that tokens spell."""
        return melody_to_sequence(tokens_to_melody(tokens), qpm=qpm, title=title)
