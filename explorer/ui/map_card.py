"""The card of what is chosen on the map: what it is, what it sounds like, what is near.

It is a fragment of its own beside the map's, so that either is drawn without the other.
"""

from typing import Final

import numpy as np
import streamlit as st

from explorer.ui import (
    cache,
    controls,
    link_making,
    map_group,
    picks,
    saving,
    sharing_views,
    state,
    teaching,
    words,
)
from explorer.ui.state import Pick

CARD: Final = "map_card"  # the fragments of the page
CHART: Final = "map_chart"
NEAREST: Final = "map_nearest"  # whether it was chosen for a place beside it
NUM_NEIGHBOURS: Final = 8
NO_WAY_BACK: Final = (
    "This layout only says which phrases are alike: no music belongs to a place "
    "between its dots. You hear the nearest one. The straight map has a way back."
)


def set_nearest(is_nearest: bool) -> None:
    """Say whether the dot was chosen for a place beside it, which the card explains."""
    st.session_state[controls.of_model(NEAREST)] = is_nearest


@st.fragment(key=CARD)
def card() -> None:
    """The chosen dot or group: what it is, what it sounds like, what lies near."""
    if map_group.members():
        map_group.card(
            play_again=lambda: st.rerun([state.DOCK_FRAGMENT, CARD]),
            end=lambda: st.rerun([CARD, CHART]),
            marked=lambda: st.rerun(CARD),
        )
        return
    model, pick = controls.model_name(), state.map_pick()
    if pick is None:
        st.info("Click any dot to hear it.", title="Nothing chosen yet")
        return
    library = cache.model(model).library
    st.subheader(words.plain(pick.title), anchor=False)
    st.caption(_told(pick))
    if st.session_state.get(controls.of_model(NEAREST)):
        st.info(NO_WAY_BACK)
    attributes = (
        library.attributes[pick.row]
        if pick.row is not None
        else cache.measure(model, pick.tune)
    )
    st.markdown(words.describe(attributes, library.attributes, controls.encoding()))
    written = picks.as_written(model, pick)
    controls.gallery([pick] if written is None else [written, pick], key="map_this")
    controls.use_as_ends(pick, key="map_use", then=lambda: st.rerun([CARD, CHART]))
    teaching.thumbs(pick.title, pick.z, "map_thumb", then=lambda: st.rerun(CARD))
    st.markdown("**Most like it**")
    near = cache.neighbours(model, pick.z, NUM_NEIGHBOURS + 1)
    others = [row for row in near if row != pick.row][:NUM_NEIGHBOURS]
    controls.gallery(picks.dots(model, others), key="map_neighbours")
    with st.container(horizontal=True):
        saving.keep([picks.passage(pick)], title=pick.title, key="map_save")
        sharing_views.share(
            lambda: link_making.tune(pick),
            what=controls.nouns().one,
            key="share_dot",
            page="shape",
        )


def _told(pick: Pick) -> str:
    """Where what was chosen comes from."""
    if pick.row is not None:
        return (
            f"{words.plain(pick.credit)}. You hear the model's version.{_fares(pick)}"
        )
    library = cache.model(controls.model_name()).library
    near = int(library.support(np.array([pick.z], np.float32))[0])
    return (
        f"Nobody wrote this: the model's music for that very place. "
        f"{words.counted(near, 'phrase')} near it, by all its numbers."
    )


def _fares(pick: Pick) -> str:
    """How well the model plays the phrase back, where that is known."""
    accuracy = cache.model(controls.model_name()).library.accuracy
    if accuracy is None or pick.row is None:
        return ""
    return f" It plays {accuracy[pick.row]:.0%} of the sixteenths back right."
