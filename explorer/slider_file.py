"""A taught slider as a small JSON file: its direction and the marks it came from.

**Conventions.** Version 1 is an object of

=========== =========================================================================
slider      1
app         version of this program
name        what its teacher called it
checkpoint  {name, sha256 of the weights, encoding}
vector      the direction, for other programs; here it follows from the marks
marks       [{title, z, liked}], with which one can go on teaching

A slider comes from strangers: `read` ends in a `TaughtSlider` or in `SliderError`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from explorer import __version__, caps, teaching
from explorer.errors import SliderError
from explorer.midi import clean_text
from explorer.teaching import Mark
from explorer.trained_model import TrainedModel

VERSION: Final = 1
ENDING: Final = ".slider.json"
DIGITS: Final = 4  # after the point, of each number of a code
FARTHEST: Final = 1e4  # of a number of a code
AGAIN: Final = "Save it again from the app."


@dataclass(frozen=True, kw_only=True)
class TaughtSlider:
    """A direction between phrases somebody liked and others they did not."""

    name: str  # what its teacher called it
    checkpoint: str  # name
    sha256: str  # of its weights
    encoding: str
    marks: tuple[Mark, ...]

    @property
    def vector(self) -> tuple[float, ...]:
        """From the middle of the disliked phrases to that of the liked ones."""
        found = teaching.direction(self.marks)
        return tuple(round(float(value), DIGITS) for value in found)


def make(name: str, marks: tuple[Mark, ...], model: TrainedModel) -> TaughtSlider:
    """The slider that marks teach.

    Raises
    ------
    SliderError
        If marks are missing, or the name.
    """
    name = clean_text(name).strip()
    if not name:
        raise SliderError("The slider has no name. Say what it makes more of.")
    _check_marks(marks)
    return TaughtSlider(
        name=name[: caps.MAX_SLIDER_NAME],
        checkpoint=model.name,
        sha256=model.checkpoint.sha256,
        encoding=model.encoding,
        marks=marks,
    )


def write(slider: TaughtSlider) -> bytes:
    """The file of a slider."""
    found = {
        "slider": VERSION,
        "app": __version__,
        "name": slider.name,
        "checkpoint": {
            "name": slider.checkpoint,
            "sha256": slider.sha256,
            "encoding": slider.encoding,
        },
        "vector": list(slider.vector),
        "marks": [
            {
                "title": mark.title,
                "liked": mark.is_liked,
                "z": [round(value, DIGITS) for value in mark.z],
            }
            for mark in slider.marks
        ],
    }
    return json.dumps(found, ensure_ascii=False).encode()


def read(data: bytes) -> TaughtSlider:
    """The slider in a file.

    Raises
    ------
    SliderError
        If it is damaged, newer, or larger than what is read.
    """
    if len(data) > caps.MAX_SLIDER_BYTES:
        raise SliderError(
            f"The slider has {len(data):,} bytes; at most {caps.MAX_SLIDER_BYTES:,} "
            "are read."
        )
    try:
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise SliderError(
            "That is not a slider: it is not JSON. A slider is a file that ends in "
            f"{ENDING}, saved on the page Shape."
        ) from error
    if not isinstance(found, dict) or type(found.get("slider")) is not int:
        raise SliderError(
            "That is not a slider: it lacks “slider”, its version. A slider is a file "
            f"that ends in {ENDING}, saved on the page Shape."
        )
    if found["slider"] > VERSION:
        raise SliderError(
            f"The slider has version {found['slider']}; this program reads {VERSION}. "
            "Update the program."
        )
    return _read(found)


def check_model(slider: TaughtSlider, model: TrainedModel) -> None:
    """Refuse a slider that another model was taught.

    Raises
    ------
    SliderError
        If it was.
    """
    if slider.sha256 != model.checkpoint.sha256:
        raise SliderError(
            f"“{slider.name}” was taught to another model ({slider.checkpoint}, "
            f"{slider.sha256[:8]}); this one is {model.name} "
            f"({model.checkpoint.sha256[:8]}). A direction means nothing to another "
            "model. Choose that model, or teach the slider again."
        )
    if any(len(mark.z) != model.z_size for mark in slider.marks):
        raise SliderError(
            f"“{slider.name}” is damaged: a code has not the {model.z_size} numbers "
            f"that {model.name} reads. {AGAIN}"
        )


def _read(found: Mapping[str, Any]) -> TaughtSlider:
    checkpoint, marks = found.get("checkpoint"), found.get("marks")
    if not isinstance(checkpoint, dict):
        raise _damaged("it names no checkpoint")
    sha256 = _text(checkpoint, "sha256")
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise _damaged("“sha256” is no hash of weights")
    if not isinstance(marks, list) or len(marks) > caps.MAX_MARKS:
        raise _damaged(f"“marks” is no list of at most {caps.MAX_MARKS}")
    name = _text(found, "name").strip()
    if not name:
        raise _damaged("it has no name")
    read_marks = tuple(_mark(mark) for mark in marks)
    _check_marks(read_marks)
    return TaughtSlider(
        name=name[: caps.MAX_SLIDER_NAME],
        checkpoint=_text(checkpoint, "name"),
        sha256=sha256,
        encoding=_text(checkpoint, "encoding"),
        marks=read_marks,
    )


def _check_marks(marks: tuple[Mark, ...]) -> None:
    up, down = teaching.missing(marks)
    if up or down:
        raise SliderError(
            f"A slider needs at least {teaching.FEWEST} phrases marked up and as many "
            f"marked down; {up} up and {down} down are missing."
        )
    if len({len(mark.z) for mark in marks}) > 1:
        raise _damaged("its codes differ in length")
    if not np.any(teaching.direction(marks)):
        raise SliderError(
            "The phrases marked up and those marked down are the same to the model. "
            "Mark others."
        )


def _mark(found: object) -> Mark:
    if not isinstance(found, dict) or not isinstance(found.get("liked"), bool):
        raise _damaged("a mark does not say whether it is liked")
    z = found.get("z")
    if not isinstance(z, list) or not 0 < len(z) <= caps.MAX_Z_SIZE:
        raise _damaged("a mark has no code")
    if not all(_is_number(value) for value in z):
        raise _damaged("a code has what is no number")
    return Mark(
        title=_text(found, "title"),
        z=tuple(float(value) for value in z),
        is_liked=found["liked"],
    )


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < FARTHEST  # nor NaN
    )


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise _damaged(f"“{name}” is missing")
    return clean_text(value)


def _damaged(why: str) -> SliderError:
    return SliderError(f"The slider is damaged: {why}. {AGAIN}")
