"""Shape: bend a tune with sliders, and see whether it obeyed."""

import streamlit as st

from explorer.ui import (
    controls,
    shape_bench,
    shape_knobs,
    shape_pair,
    shaping,
    teaching,
)
from explorer.ui.shape_vectors import every_effect
from explorer.ui.state import Pick


def choose(pick: Pick) -> None:
    """Bend another tune, and let the dock follow."""
    shaping.choose(pick)
    shaping.redraw()


@st.fragment(key=shaping.PAGE)
def page() -> None:
    """All of it, so that the frame around it does not run for a slider."""
    noun = controls.nouns().one
    heading, tune = st.columns([2, 3], vertical_alignment="center")
    heading.title(f"Bend a {noun}", anchor=False)
    with tune:
        controls.pick_tune(noun.capitalize(), "choice_shape", shaping.current(), choose)
    sliders, pair, knobs, lesson = st.tabs(
        ["Sliders", "Two at once", "Single knobs", "Teach a slider"],
        key="shape_tab",
        on_change="rerun",
    )
    found = shaping.bent()
    if sliders.open:
        with sliders:
            left, right = st.columns([3, 2], gap="large")
            with left:
                shape_bench.bench(found)
            with right:
                shape_bench.result(found, "shape")
            every_effect()
    if pair.open:
        with pair:
            shape_pair.pair(found)
    if knobs.open:
        with knobs:
            shape_knobs.single(found)
    if lesson.open:
        with lesson:
            teaching.panel()


page()
