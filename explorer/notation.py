"""Music in plain text: bars of a tune, lines of a drum beat.

**Conventions.** A bar of a *tune* is words of `pitch:sixteenths` that fill 16
sixteenths: `C4` is middle C, `F#4` and `Bb4` are its neighbours' sharps and flats, `R`
is a rest, and `_` goes on with the note or rest before it, also over a bar line. A
*beat* has a line a drum: its letter (see `DRUM_LETTERS`), a colon, and bars of 16
characters with spaces between, `x` for a hit and `.` for none.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from explorer.drums import roll_to_tokens, tokens_to_notes
from explorer.errors import DataError
from explorer.notes import STEPS_PER_BAR, Note, NoteSequence, sequence

DRUM_LETTERS: Final = "KSHOLMTCR"  # in the order of `explorer.drums.DRUM_NAMES`

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "b": -1}
_WORD = re.compile(
    r"(?:(?P<letter>[A-G])(?P<sign>[#b]?)(?P<octave>\d)|R|_):(?P<steps>\d+)"
)
_LINE = re.compile(rf"(?P<drum>[{DRUM_LETTERS}]):(?P<bars>(?: [x.]+)+)")


def parse_tune(
    bars: Sequence[str], *, qpm: float = 120.0, title: str = ""
) -> NoteSequence:
    """The tune that bars of notation spell.

    Raises
    ------
    DataError
        If a word is not notation, or a bar does not fill 16 sixteenths.
    """
    notes: list[Note] = []
    step = 0
    is_sounding = False
    for number, bar in enumerate(bars, start=1):
        for word in bar.split():
            match = _WORD.fullmatch(word)
            if match is None or int(match["steps"]) == 0:
                raise DataError(
                    f"“{word}” in bar {number} of “{title}” is not notation such as "
                    "C4:4, F#4:2, R:4 or _:8."
                )
            end_step = step + int(match["steps"])
            if match["letter"]:
                pitch = (
                    12 * (int(match["octave"]) + 1)
                    + _SEMITONES[match["letter"]]
                    + _ACCIDENTALS[match["sign"]]
                )
                notes.append(Note(pitch=pitch, start_step=step, end_step=end_step))
                is_sounding = True
            elif word.startswith("R"):
                is_sounding = False
            elif is_sounding:
                notes[-1] = replace(notes[-1], end_step=end_step)
            step = end_step
        if step != number * STEPS_PER_BAR:
            raise DataError(
                f"Bar {number} of “{title}” ends after "
                f"{step - (number - 1) * STEPS_PER_BAR} sixteenths; a bar has "
                f"{STEPS_PER_BAR}."
            )
    return sequence(notes, total_steps=step, qpm=qpm, title=title)


def parse_beat(
    lines: Sequence[str], *, qpm: float = 120.0, title: str = ""
) -> NoteSequence:
    """The drum beat that lines of notation spell.

    Raises
    ------
    DataError
        If a line is not notation, a bar does not have 16 characters, a drum comes
        twice, or the lines do not have equally many bars.
    """
    hits: dict[str, Bool[ndarray, " steps"]] = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            raise DataError(
                f"“{line}” in “{title}” is not notation such as "
                f"“K: x...x...x...x...”. A drum is one of {', '.join(DRUM_LETTERS)}."
            )
        drum = match["drum"]
        if drum in hits:
            raise DataError(f"“{title}” has two lines for {drum}. Make them one.")
        for number, bar in enumerate(match["bars"].split(), start=1):
            if len(bar) != STEPS_PER_BAR:
                raise DataError(
                    f"Bar {number} of {drum} in “{title}” has {len(bar)} characters; "
                    f"a bar has {STEPS_PER_BAR}."
                )
        hits[drum] = np.array([c == "x" for c in match["bars"].replace(" ", "")])
    lengths = sorted({len(line) for line in hits.values()})
    if len(lengths) != 1:
        bars = " or ".join(str(length // STEPS_PER_BAR) for length in lengths)
        raise DataError(
            f"The lines of “{title}” have {bars or 'no'} bars. Give every drum as many."
        )
    nothing = np.zeros(lengths[0], np.bool_)
    roll = np.stack([hits.get(letter, nothing) for letter in DRUM_LETTERS], axis=-1)
    notes = tokens_to_notes(roll_to_tokens(roll))
    return sequence(notes, total_steps=lengths[0], qpm=qpm, title=title)
