"""A recipe: what it takes to make a kept tune again, as a small JSON file.

A recipe names the checkpoint by the hash of its weights and holds, passage by passage,
the code that was decoded, or the notes where no code gives them. Decoding them again
and playing them with the same settings gives the same bytes of MIDI.

**Conventions.** Version 1 is an object of

=========== =========================================================================
recipe      1
app         version of this program
title       of the whole
checkpoint  {name, sha256 of the weights, encoding}
qpm         tempo of the whole as the model wrote it, quarter notes per minute
passages    [{title, credit, steps, z} or {title, credit, steps, notes}]
sound       what was set in the dock: qpm, program, instrument, beat, key, octave, drone
licences    lines to pass on with the music
=========== =========================================================================

`steps` are sixteenths; a code's tune is played from its start, and round again, for so
many. `notes` are [start, end, pitch, velocity, program, instrument, is_drum].

A recipe comes from strangers: `read` ends in a `Recipe` or in `RecipeError`.
"""

import dataclasses
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

import numpy as np

from explorer import __version__, caps
from explorer.after_effects import KEYS, MOST_OCTAVES
from explorer.encodings import ENCODINGS, EncodingName
from explorer.errors import RecipeError
from explorer.examples import beat_loops
from explorer.keeping import Sound, as_heard
from explorer.midi import clean_text
from explorer.notes import Note, NoteSequence, concatenate, fill_bars, slice_steps
from explorer.passage import Passage
from explorer.trained_model import TrainedModel

VERSION: Final = 1
FILE_NAME: Final = "recipe.json"

Decode = Callable[[tuple[float, ...]], NoteSequence]
"""The tune that a code stands for, at any tempo."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a kept tune is made from."""

    title: str
    checkpoint: str  # name
    sha256: str  # of its weights
    encoding: EncodingName
    qpm: float
    passages: tuple[Passage, ...]  # their tunes are empty where `z` gives them
    steps: tuple[int, ...]  # of each passage
    sound: Sound
    licences: tuple[str, ...]
    app: str = __version__


def write(
    passages: Sequence[Passage],
    model: TrainedModel,
    sound: Sound,
    *,
    title: str,
    decode: Decode,
) -> Recipe:
    """The recipe of passages as they are played one after the other.

    A code whose tune is not what the passage plays is left out for the notes.

    Parameters
    ----------
    passages
        At least one.
    model
        What wrote them.
    sound
        What the listener set.
    title
        Of the whole.
    decode
        How the codes were decoded.
    """
    kept = tuple(
        passage
        if passage.z is None or _plays(decode(passage.z), passage.tune)
        else dataclasses.replace(passage, z=None)
        for passage in passages
    )
    return Recipe(
        title=title,
        checkpoint=model.name,
        sha256=model.checkpoint.sha256,
        encoding=model.encoding,
        qpm=passages[0].tune.qpm,
        passages=kept,
        steps=tuple(passage.tune.total_steps for passage in passages),
        sound=sound,
        licences=licences(passages, model),
    )


def licences(passages: Sequence[Passage], model: TrainedModel) -> tuple[str, ...]:
    """What has to be said where the music is passed on, each once."""
    of_tunes = [
        f"{passage.title}: {passage.credit}" for passage in passages if passage.credit
    ]
    of_model = [
        f"The model {model.name} learned from {source['name']} ({source['licence']})"
        for source in model.checkpoint.data.get("sources", [])
    ]
    return tuple(dict.fromkeys([*of_tunes, *of_model]))


def remake(recipe: Recipe, model: TrainedModel) -> NoteSequence:
    """The music of a recipe, as it was heard.

    Raises
    ------
    RecipeError
        If a code is not of the model's size.
    """
    for number, passage in enumerate(recipe.passages, start=1):
        if passage.z is not None and len(passage.z) != model.z_size:
            raise RecipeError(
                f"Passage {number} has a code of {len(passage.z)} numbers; "
                f"{model.name} reads {model.z_size}. Name the checkpoint it was made "
                "with."
            )
    codes = list({p.z for p in recipe.passages if p.z is not None})
    tunes = {
        z: decoded.tune
        for z, decoded in zip(
            codes,
            model.decode(np.array(codes, np.float32).reshape(-1, model.z_size)),
            strict=True,
        )
    }
    played = [
        passage.tune if passage.z is None else _lasting(tunes[passage.z], steps)
        for passage, steps in zip(recipe.passages, recipe.steps, strict=True)
    ]
    whole = concatenate(played, title=recipe.title)
    whole = dataclasses.replace(whole, qpm=recipe.qpm)
    return as_heard(whole, recipe.sound, recipe.encoding)


def to_json(recipe: Recipe) -> dict[str, Any]:
    """A recipe as JSON values."""
    return {
        "recipe": VERSION,
        "app": recipe.app,
        "title": recipe.title,
        "checkpoint": {
            "name": recipe.checkpoint,
            "sha256": recipe.sha256,
            "encoding": recipe.encoding,
        },
        "qpm": recipe.qpm,
        "passages": [
            {
                "title": passage.title,
                "credit": passage.credit,
                "steps": steps,
                **(
                    {"notes": [_note_values(note) for note in passage.tune.notes]}
                    if passage.z is None
                    else {"z": list(passage.z)}
                ),
            }
            for passage, steps in zip(recipe.passages, recipe.steps, strict=True)
        ],
        "sound": dataclasses.asdict(recipe.sound),
        "licences": list(recipe.licences),
    }


def read(data: bytes) -> Recipe:
    """The recipe in a file.

    Raises
    ------
    RecipeError
        If it is damaged, newer, or asks for more than is made.
    """
    if len(data) > caps.MAX_RECIPE_BYTES:
        raise RecipeError(
            f"The recipe has {len(data):,} bytes; at most {caps.MAX_RECIPE_BYTES:,} "
            "are read."
        )
    try:
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise RecipeError(
            "That is not a recipe: it is not JSON. A recipe is the file "
            f"{FILE_NAME} that the app saves."
        ) from error
    if not isinstance(found, dict) or type(found.get("recipe")) is not int:
        raise RecipeError(
            "That is not a recipe: it lacks “recipe”, its version. A recipe is the "
            f"file {FILE_NAME} that the app saves."
        )
    if found["recipe"] > VERSION:
        raise RecipeError(
            f"The recipe has version {found['recipe']}; this program reads {VERSION}. "
            "Update the program."
        )
    try:
        return _read(found)
    except _Damaged as error:
        raise RecipeError(
            f"The recipe is damaged: {error}. Save it again from the app."
        ) from error


class _Damaged(Exception):  # noqa: N818 (never leaves this file)
    """What is wrong with a recipe."""


def _read(found: Mapping[str, Any]) -> Recipe:
    checkpoint = _object(found, "checkpoint")
    written = _text(checkpoint, "encoding")
    if written not in ENCODINGS:
        raise _Damaged(f"the encoding {written!r} is none there is")
    sha256 = _text(checkpoint, "sha256")
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise _Damaged("“sha256” is no hash of weights")
    listed = _list(found, "passages", caps.MAX_PASSAGES)
    if not listed:
        raise _Damaged("it has no passages")
    qpm = _number(found, "qpm", caps.MIN_QPM, caps.MAX_QPM)
    passages, steps = [], []
    for item in listed:
        if not isinstance(item, dict):
            raise _Damaged("a passage is no object")
        count = int(_number(item, "steps", 1, caps.MAX_RECIPE_STEPS))
        steps.append(count)
        passages.append(_passage(item, count, qpm))
    if sum(steps) > caps.MAX_RECIPE_STEPS:
        raise _Damaged(
            f"it lasts {sum(steps):,} sixteenths; at most {caps.MAX_RECIPE_STEPS:,} "
            "are made"
        )
    lines = _list(found, "licences", caps.MAX_PASSAGES)
    return Recipe(
        title=_text(found, "title"),
        checkpoint=_text(checkpoint, "name"),
        sha256=sha256,
        encoding=ENCODINGS[written].name,
        qpm=qpm,
        passages=tuple(passages),
        steps=tuple(steps),
        sound=_sound(_object(found, "sound")),
        licences=tuple(clean_text(str(line)) for line in lines),
        app=_text(found, "app"),
    )


def _passage(item: Mapping[str, Any], steps: int, qpm: float) -> Passage:
    title, credit = _text(item, "title"), _text(item, "credit")
    if "z" in item:
        numbers = _list(item, "z", caps.MAX_Z_SIZE)
        if not all(_is_finite(number) and abs(number) < 1e4 for number in numbers):
            raise _Damaged("a code has what is no number")
        nothing = NoteSequence(notes=(), total_steps=steps, qpm=qpm, title=title)
        z = tuple(float(number) for number in numbers)
        return Passage(title=title, tune=nothing, z=z, credit=credit)
    try:
        notes = tuple(_note(row) for row in _list(item, "notes", caps.MAX_NOTES))
        tune = NoteSequence(notes=notes, total_steps=steps, qpm=qpm, title=title)
    except ValueError as error:
        raise _Damaged(str(error)) from error
    return Passage(title=title, tune=tune, z=None, credit=credit)


def _note_values(note: Note) -> list[int]:
    return [
        note.start_step,
        note.end_step,
        note.pitch,
        note.velocity,
        note.program,
        note.instrument,
        int(note.is_drum),
    ]


def _note(row: object) -> Note:
    if (
        not isinstance(row, list)
        or len(row) != len(dataclasses.fields(Note))
        or not all(type(value) is int and 0 <= value < 2**20 for value in row)
    ):
        raise _Damaged("a note is not seven whole numbers")
    start, end, pitch, velocity, program, instrument, is_drum = row
    return Note(
        pitch=pitch,
        start_step=start,
        end_step=end,
        velocity=velocity,
        program=program,
        instrument=instrument,
        is_drum=bool(is_drum),
    )


def _sound(found: Mapping[str, Any]) -> Sound:
    known: dict[str, Sequence[str]] = {
        "key": KEYS,
        "beat": [beat.title for beat in beat_loops()],
    }
    for name, values in known.items():
        if found.get(name) is not None and found[name] not in values:
            raise _Damaged(f"the {name} {str(found[name])[:40]!r} is none there is")
    program, qpm = found.get("program"), found.get("qpm")
    instrument = found.get("instrument")
    return Sound(
        qpm=None if qpm is None else _number(found, "qpm", caps.MIN_QPM, caps.MAX_QPM),
        program=None if program is None else int(_number(found, "program", 0, 127)),
        instrument=None if instrument is None else _text(found, "instrument"),
        beat=found.get("beat"),
        key=found.get("key"),
        octave=int(_number(found, "octave", -MOST_OCTAVES, MOST_OCTAVES)),
        drone=found.get("drone") is True,
    )


def _plays(tune: NoteSequence, wanted: NoteSequence) -> bool:
    """Whether a tune, from its start and round again, has just these notes."""
    if not tune.total_steps or not wanted.total_steps:
        return False
    return _lasting(tune, wanted.total_steps).notes == wanted.notes


def _lasting(tune: NoteSequence, steps: int) -> NoteSequence:
    bars = -(-steps // 16)
    return slice_steps(fill_bars(tune, bars), 0, steps)


def _object(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = found.get(name)
    if not isinstance(value, dict):
        raise _Damaged(f"“{name}” is missing")
    return value


def _list(found: Mapping[str, Any], name: str, most: int) -> list[Any]:
    value = found.get(name)
    if not isinstance(value, list):
        raise _Damaged(f"“{name}” is missing")
    if len(value) > most:
        raise _Damaged(
            f"“{name}” has {len(value):,} entries; at most {most:,} are read"
        )
    return value


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise _Damaged(f"“{name}” is missing")
    return clean_text(value)


def _number(found: Mapping[str, Any], name: str, low: float, high: float) -> float:
    value = found.get(name)
    if not _is_finite(value) or not low <= value <= high:
        raise _Damaged(f"“{name}” is not a number from {low:g} to {high:g}")
    return float(value)


def _is_finite(value: object) -> TypeGuard[float]:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < 1e308  # nor NaN, and an int may be larger than any float
    )
