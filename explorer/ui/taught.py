"""What a visitor teaches: phrases marked up and down, and the sliders made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st

from explorer import caps, slider_file, teaching
from explorer.errors import SliderError
from explorer.slider_file import TaughtSlider
from explorer.teaching import Mark
from explorer.ui import blending, cache

SLIDERS: Final = "taught_sliders"  # {key: TaughtSlider}, of a model's own
MARKS: Final = "taught_marks"  # {code: Mark}, of a model's own
MOST_SLIDERS: Final = 8

Code = tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A taught slider as the Shape page shows it."""

    key: str  # unique in a visit; letters, digits and "_"
    label: str
    vector: Code
    works: float  # share of the marks it puts on the right side; 0: as guessing might
    note: str  # the same in words


def sliders() -> tuple[Shown, ...]:
    """The taught sliders of the model in use, in the order they were taught."""
    return tuple(_shown(key, slider) for key, slider in kept().items())


@st.cache_data(max_entries=64, show_spinner=False)
def checked(marks: tuple[Mark, ...]) -> teaching.Check:
    """How the marks fare when each is left out."""
    return teaching.check(marks)


@st.cache_data(max_entries=64, show_spinner="Trying it on other phrases…")
def effects(model: str, marks: tuple[Mark, ...]) -> tuple[teaching.Effect, ...]:
    """What the slider of these marks does to other phrases."""
    vector = teaching.direction(marks)
    return teaching.effects(cache.model(model), vector, without=marks)


def kept() -> dict[str, TaughtSlider]:
    """The taught sliders by their keys."""
    return dict(st.session_state.get(_own(SLIDERS), {}))


def marks() -> dict[Code, Mark]:
    """Phrases marked for the next slider, by their codes."""
    return dict(st.session_state.get(_own(MARKS), {}))


def is_liked(z: Code) -> bool | None:
    """Whether the phrase of a code is marked up; None where it has no mark."""
    found = marks().get(cache.as_code(np.array(z)))
    return None if found is None else found.is_liked


def mark(phrases: Sequence[tuple[str, Code]], is_liked: bool | None) -> None:
    """Mark phrases, by title and code, up or down; None takes their marks away.

    Raises
    ------
    SliderError
        If there are as many marks as there may be.
    """
    found = marks()
    for title, code in phrases:
        z = cache.as_code(np.array(code))
        if is_liked is None:
            found.pop(z, None)
        else:
            found[z] = Mark(title=title, z=z, is_liked=is_liked)
    if len(found) > caps.MAX_MARKS:
        raise SliderError(
            f"At most {caps.MAX_MARKS} phrases can be marked. Add the slider on the "
            "page Shape, or begin anew there."
        )
    st.session_state[_own(MARKS)] = found


def forget_marks() -> None:
    """Begin with no phrase marked."""
    st.session_state[_own(MARKS)] = {}


def go_on_with(slider: TaughtSlider) -> None:
    """Take up a slider's marks again."""
    st.session_state[_own(MARKS)] = {mark.z: mark for mark in slider.marks}


def add(slider: TaughtSlider) -> str:
    """Put a slider among the others; one of the same name is replaced. Its key.

    Raises
    ------
    SliderError
        If another model was taught it, or there are as many as there may be.
    """
    slider_file.check_model(slider, cache.model(blending.model_name()))
    found = kept()
    same = [key for key, each in found.items() if each.name == slider.name]
    if not same and len(found) >= MOST_SLIDERS:
        raise SliderError(
            f"There are {MOST_SLIDERS} taught sliders, and no more fit in. Remove one "
            "first; kept files can be loaded again."
        )
    taken = [int(key.removeprefix("taught_")) for key in found]
    key = same[0] if same else f"taught_{max(taken, default=0) + 1}"
    st.session_state[_own(SLIDERS)] = {**found, key: slider}
    return key


def remove(key: str) -> None:
    """Take a slider away; a tune bent with it straightens."""
    found = kept()
    found.pop(key, None)
    st.session_state[_own(SLIDERS)] = found


def _shown(key: str, slider: TaughtSlider) -> Shown:
    found = checked(slider.marks)
    return Shown(
        key=key,
        label=slider.name,
        vector=slider.vector,
        works=found.share if found.says_something else 0.0,
        note=f"{found.right} of {found.num} marks right"
        if found.says_something
        else "taught from too little",
    )


def _own(key: str) -> str:
    return f"{key}_{cache.model(blending.model_name()).checkpoint.sha256[:16]}"
