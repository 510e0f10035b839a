"""The example tunes in assets/tunes.json, read from plain text notation.

**Notation.** A bar is words of `pitch:sixteenths` that fill 16 sixteenths: `C4` is
middle C, `F#4` and `Bb4` are its neighbours' sharps and flats, `R` is a rest, and `_`
goes on with the note or rest before it, also over a bar line.
"""

import functools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from explorer.errors import DataError
from explorer.notes import STEPS_PER_BAR, Note, NoteSequence, sequence

TUNES_PATH: Final = Path(__file__).resolve().parent.parent / "assets" / "tunes.json"

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "b": -1}
_WORD = re.compile(
    r"(?:(?P<letter>[A-G])(?P<sign>[#b]?)(?P<octave>\d)|R|_):(?P<steps>\d+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleTune:
    """A public-domain tune."""

    title: str
    origin: str  # its composer or tradition
    year: int  # of its making or first print, for old tunes roughly
    key: str  # such as "D major"
    tune: NoteSequence


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamplePlace:
    """A place in an example tune."""

    title: str
    bar: int  # counted from 0


@functools.cache
def load_examples(path: Path = TUNES_PATH) -> tuple[ExampleTune, ...]:
    """The example tunes in the order of the file.

    Raises
    ------
    DataError
        If the file is missing or damaged, or a bar does not fill 16 sixteenths.
    """
    try:
        return tuple(
            ExampleTune(
                title=entry["title"],
                origin=entry["origin"],
                year=entry["year"],
                key=entry["key"],
                tune=parse_tune(entry["bars"], qpm=entry["qpm"], title=entry["title"]),
            )
            for entry in _content(path)["tunes"]
        )
    except KeyError as error:
        raise DataError(
            f"A tune in {path.name} has no {error.args[0]}. Add it."
        ) from error


@functools.cache
def load_pairs(
    path: Path = TUNES_PATH,
) -> tuple[tuple[ExamplePlace, ExamplePlace], ...]:
    """Two places in two tunes that blend well, the best pair first.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    first_and_second = _content(path).get("pairs", [])
    return tuple(
        (ExamplePlace(**first), ExamplePlace(**second))
        for first, second in first_and_second
    )


def _content(path: Path) -> dict[str, Any]:
    """The file as JSON values."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            f"The example tunes in {path.name} cannot be read. Restore the file from "
            "the repository."
        ) from error
    return dict(content)


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
