"""Blend: walk from one tune to another, or over a square between four."""

import streamlit as st

from explorer.ui import controls, failures, state, table
from explorer.ui.blend_views import line, more, share, square

nouns = controls.nouns()
is_square = state.is_square()
heading, view = st.columns([3, 1], vertical_alignment="center")
heading.title(
    f"Blend {'four' if is_square else 'two'} {nouns.many}",
    anchor=False,
)
with view.container(horizontal=True, horizontal_alignment="right"):
    st.segmented_control(
        "Between two or four",
        state.BLEND_VIEWS,
        key=state.BLEND_VIEW,
        required=True,
        persist_state="session",
        label_visibility="collapsed",
        on_change=failures.guarded(table.offer_front),
        help=f"A line between two {nouns.many}, or a square between four.",
    )
    share()
(square if is_square else line)()
more()
