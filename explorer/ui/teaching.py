"""Teach a slider: proposals with thumbs, what they teach, and its file."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import streamlit as st

from explorer import slider_file, teaching
from explorer.errors import SliderError
from explorer.teaching import Check, Effect, Mark
from explorer.ui import cache, controls, picks, saving, shaping, state, taught, words
from explorer.ui.failures import guarded

NUM_PROPOSED: Final = 6
PROPOSED: Final = "teach_proposed"  # int; which handful, of a model's own
NAME: Final = "teach_name"
FILE: Final = "teach_file"
LOADED: Final = "teach_loaded"  # ids of files that were taken up
HOW: Final = (
    "Listen, and put a thumb up or down: more like this, less like this. Five of each "
    "are enough to begin with. Phrases can be marked on the pages Map and Blend, too."
)


def thumbs(
    title: str,
    z: taught.Code,
    key: str,
    *,
    then: Callable[[], None] = lambda: None,
) -> None:
    """Two buttons that mark a phrase; a second press takes the mark away.

    Parameters
    ----------
    title, z
        Of the phrase: what it is called, and its code.
    key
        Streamlit's name of the buttons begins with it.
    then
        Called after a press.
    """
    now = taught.is_liked(z)

    def press(is_liked: bool) -> None:
        taught.mark([(title, z)], None if now is is_liked else is_liked)
        then()

    with st.container(horizontal=True, gap="small", width="content"):
        for is_liked, icon, said in (
            (True, ":material/thumb_up:", "More"),
            (False, ":material/thumb_down:", "Less"),
        ):
            st.button(
                said,
                icon=icon,
                key=f"{key}_{'up' if is_liked else 'down'}",
                type="primary" if now is is_liked else "secondary",
                on_click=guarded(press),
                args=(is_liked,),
                help=f"{said} like “{words.plain(title)}”: marks it for a slider that "
                "you teach on the page Shape.",
            )


def thumbs_for_all(
    phrases: Sequence[tuple[str, taught.Code]], key: str, *, then: Callable[[], None]
) -> None:
    """Two buttons that mark several phrases at once.

    Parameters
    ----------
    phrases
        Titles and codes.
    key, then
        As of `thumbs`.
    """

    def press(is_liked: bool) -> None:
        taught.mark(phrases, is_liked)
        way = "up" if is_liked else "down"
        state.remark(f"{words.counted(len(phrases), 'phrase')} marked {way}.")
        then()

    with st.container(horizontal=True):
        for is_liked, icon, said in (
            (True, ":material/thumb_up:", "More like these"),
            (False, ":material/thumb_down:", "Less like these"),
        ):
            st.button(
                said,
                icon=icon,
                key=f"{key}_{'up' if is_liked else 'down'}",
                on_click=guarded(press),
                args=(is_liked,),
                help="Marks all of them for a slider that you teach on the page Shape.",
            )
    controls.say_remark()


def panel() -> None:
    """Proposals on the left, what they teach on the right."""
    st.caption(HOW)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _proposals()
    with right:
        _lesson(tuple(taught.marks().values()))
        _own_sliders()
    controls.say_remark()  # in a fragment, the frame around it does not run


def told(check: Check, effects: Sequence[Effect]) -> str:
    """What came of a lesson, in two sentences."""
    said = (
        f"Left out in turn, {check.right} of {check.num} marks fall on the right side"
    )
    if not check.says_something:
        said += ", which guessing might do as well: mark more, or more clearly"
    if not effects:
        return f"{said}. Of what is measured here it changes nothing reliably."
    spoken = words.words_of(controls.encoding())
    ways = [
        spoken[effect.name].more if effect.change > 0 else spoken[effect.name].less
        for effect in effects
    ]
    return f"{said}. Other phrases it mostly makes: {', '.join(ways)}."


def _proposals() -> None:
    """A handful of phrases of the map to listen to, spread over it."""
    model = controls.model_name()
    library = cache.model(model).library
    number = int(st.session_state.get(controls.of_model(PROPOSED), 0))
    shuffled = np.random.default_rng(0).permutation(len(library))
    start = number * NUM_PROPOSED % len(library)
    rows = np.roll(shuffled, -start)[:NUM_PROPOSED]
    shown = picks.dots(model, [int(row) for row in rows])
    per_line = NUM_PROPOSED // 2
    for line in range(0, len(shown), per_line):
        for column, place in zip(
            st.columns(per_line), range(line, line + per_line), strict=True
        ):
            if place < len(shown):
                with column:
                    pick = shown[place]
                    controls.gallery([pick], key=f"teach_gallery_{place}")
                    thumbs(pick.title, pick.z, f"teach_{place}", then=shaping.redraw)

    def more() -> None:
        st.session_state[controls.of_model(PROPOSED)] = number + 1
        shaping.redraw()

    st.button("Other phrases", key="teach_more", on_click=guarded(more))


def _lesson(marks: tuple[Mark, ...]) -> None:
    """How many are marked, and the slider they make once there are enough."""
    liked = sum(mark.is_liked for mark in marks)
    up, down = teaching.missing(marks)
    st.markdown(f"**{liked} up, {len(marks) - liked} down**")
    if up or down:
        lacks = [
            f"{count} more {way}"
            for count, way in ((up, "up"), (down, "down"))
            if count
        ]
        st.progress(
            1 - (up + down) / (2 * teaching.FEWEST),
            text=f"{' and '.join(lacks)} to go.",
        )
    else:
        check = taught.checked(marks)
        found = taught.effects(controls.model_name(), marks)
        (st.markdown if check.says_something else st.warning)(told(check, found))
        st.text_input(
            "What does it make more of?",
            key=NAME,
            max_chars=40,
            placeholder="For example: sea shanty",
        )
        st.button(
            "Add the slider",
            key="teach_add",
            type="primary",
            on_click=guarded(_add),
            args=(marks,),
        )
    if marks:
        st.button("Begin anew", key="teach_clear", on_click=guarded(_clear))


def _own_sliders() -> None:
    """The sliders that were taught, with their files."""
    found = taught.kept()
    if found:
        st.markdown("**Your sliders**")
    for key, slider in found.items():
        check = taught.checked(slider.marks)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"{words.plain(slider.name)}: {check.right} of {check.num} marks right"
            )
            st.download_button(
                "Keep",
                slider_file.write(slider),
                file_name=f"{saving.file_name(slider.name)}{slider_file.ENDING}",
                mime="application/json",
                icon=":material/download:",
                key=f"{key}_keep",
                on_click="ignore",
                help="A small file that can be loaded here again, or given to "
                "`python -m explorer shape --slider`.",
            )
            st.button(
                "Go on",
                key=f"{key}_again",
                on_click=guarded(_go_on),
                args=(key,),
                help="Takes up its marks, to add to them.",
            )
            st.button(
                "Remove", key=f"{key}_remove", on_click=guarded(_remove), args=(key,)
            )
    st.file_uploader(
        "Load a slider",
        key=FILE,
        type=["json"],
        on_change=guarded(_load),
        help=f"A file that ends in {slider_file.ENDING}.",
    )


def _add(marks: tuple[Mark, ...]) -> None:
    model = cache.model(controls.model_name())
    taught.add(slider_file.make(st.session_state.get(NAME) or "", marks, model))
    taught.forget_marks()
    _welcome(st.session_state[NAME])
    st.session_state[NAME] = ""
    shaping.redraw()


def _load() -> None:
    """Take up a file, once."""
    file = st.session_state[FILE]
    if file is None or file.file_id == st.session_state.get(LOADED):
        return
    st.session_state[LOADED] = file.file_id
    try:
        slider = slider_file.read(file.getvalue())
        taught.add(slider)
    except SliderError as error:
        raise SliderError(f"{error} Your sliders are unchanged.") from error
    _welcome(slider.name)
    shaping.redraw()


def _go_on(key: str) -> None:
    slider = taught.kept()[key]
    taught.go_on_with(slider)
    st.session_state[NAME] = slider.name
    shaping.redraw()


def _remove(key: str) -> None:
    taught.remove(key)
    shaping.offer()
    shaping.redraw()


def _clear() -> None:
    taught.forget_marks()
    shaping.redraw()


def _welcome(name: str) -> None:
    state.remark(f"“{words.plain(name)}” is now among the sliders.")
