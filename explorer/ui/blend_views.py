"""The two views of the page Blend, and what stands under both."""

from collections.abc import Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.path_charts import path_curves, support_words
from explorer.ui import (
    blending,
    cache,
    controls,
    failures,
    link_making,
    saving,
    sharing_views,
    squaring,
    state,
    teaching,
    words,
)
from explorer.ui.blending import Step
from explorer.ui.player.contract import FEWEST_STEPS, MOST_STEPS, strip_share
from explorer.ui.state import Pick

GRIP: Final = 20  # pixels beside the tiles, to pull at


def line() -> None:
    """Two ends, the tiles between them, and what changes on the way."""
    nouns = controls.nouns()
    left, right = st.columns(2)
    with left:
        controls.pick_end("a", f"{nouns.one.capitalize()} A")
    with right:
        controls.pick_end("b", f"{nouns.one.capitalize()} B")
    path = controls.blend_strip("blend_strip", can_pull=True)
    _about(path[blending.front(path)])
    with st.container(horizontal=True):
        _use(path[blending.front(path)], blending.ends())
        saving.keep(
            [blending.passage(step, blending.ends()) for step in path],
            title=blending.title(),
            label=f"Keep all {len(path)} in a row",
            key="row",
        )
    _curves(path)


def square() -> None:
    """Four corners, the cells between them, and what one cell is good for."""
    nouns = controls.nouns()
    pad, side = st.columns([7, 6], gap="medium")
    squaring.corners()  # fills those that are still empty
    with pad:
        controls.blend_square("blend_square")
    with side:
        for row in (squaring.CORNERS[:2], squaring.CORNERS[2:]):
            for column, which in zip(st.columns(2), row, strict=True):
                with column:
                    controls.pick_end(
                        which, f"{nouns.one.capitalize()} {which.upper()}"
                    )
        _about(squaring.front())
        with st.container(horizontal=True):
            _use(squaring.front(), squaring.corners())
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Make this one a corner:", width="content")
            for which in squaring.CORNERS:
                st.button(
                    which.upper(),
                    key=f"corner_{which}",
                    on_click=failures.guarded(squaring.put_front_into),
                    args=(which,),
                    help=f"Puts it where {nouns.one} {which.upper()} is now.",
                )


def share() -> None:
    """A link that brings the same blend to another browser."""
    sharing_views.share(link_making.blend, what="blend", key="share_blend")


def more() -> None:
    """What the blend is made of, for those who want to know."""
    nouns = controls.nouns()
    with st.expander("More"):
        size, ends, shape = st.columns(3)
        if state.is_square():
            size.segmented_control(
                "Cells along a side",
                state.SQUARE_SIZES,
                key=state.SQUARE_SIZE,
                required=True,
                persist_state="session",
            )
        else:
            size.slider(
                f"{nouns.many.capitalize()} from A to B, both included",
                FEWEST_STEPS,
                MOST_STEPS,
                key=state.BLEND_STEPS,
                persist_state="session",
            )
        ends.segmented_control(
            "At the ends, play",
            state.BLEND_ENDS_KINDS,
            key=state.BLEND_ENDS,
            required=True,
            persist_state="session",
            help=f"The model plays back its own version of a {nouns.one}; often a "
            f"{nouns.note} differs.",
        )
        shape.segmented_control(
            "Path",
            state.BLEND_PATHS,
            key=state.BLEND_PATH,
            required=True,
            persist_state="session",
            help=f"Round the sphere on which typical {nouns.many} lie, or straight "
            "through it.",
        )
        if not state.is_square():
            st.button(
                "Swap A and B",
                key="swap_ends",
                on_click=failures.guarded(blending.swap),
            )


def _about(step: Step) -> None:
    nouns = controls.nouns()
    st.markdown(f"**Next to {nouns.one} A:** {blending.changes(step)}.")


def _use(step: Step, among: Sequence[Pick]) -> None:
    """What the step in front is good for."""
    controls.send_on(blending.pick(step), "front")
    teaching.thumbs(step.title, step.z, "front")
    saving.keep(
        [blending.passage(step, among)],
        title=step.title,
        label="Keep this one",
        key="one",
    )


def _under_the_tiles(count: int) -> DeltaGenerator:
    """As wide a place as a strip of so many tiles takes."""
    share = strip_share(count)
    if share == 1:
        return st.container()
    rest = (1 - share) / 2
    return st.columns([rest, share, rest], gap=None)[1]


def _curves(path: tuple[Step, ...]) -> None:
    """One curve an attribute along the way, and how many real tunes are near."""
    model = controls.model_name()
    values, support = blending.curves()
    encoding = controls.encoding()
    labels = [blending.label(index, len(path) - 1) for index in range(len(path))]
    figure = path_curves(
        values,
        words.slider_names(encoding),
        support,
        index=blending.front(path),
        palette=controls.palette(),
        labels=labels,
        texts=words.told(values, encoding),
        spans=words.least_spans(encoding),
    )
    figure.update_layout(margin={"l": GRIP, "r": GRIP})
    st.caption(support_words(support, labels))
    with _under_the_tiles(len(path)):
        st.plotly_chart(
            figure,
            key="path_curves",
            config={"displayModeBar": False},
            alt="How attributes change from A to B, and how many real tunes are near.",
        )
    st.caption(
        "Each point is measured on what is written there. A bar shows how many of "
        f"{len(cache.model(model).library):,} real {controls.nouns().many} are as near "
        "as a typical one has ten."
    )
