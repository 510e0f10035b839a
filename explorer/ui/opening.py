"""Opening a share link: what it holds where it belongs, its settings in the dock."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from explorer.errors import ExplorerError, SharedLinkError
from explorer.ui import (
    journey_stops,
    journeying,
    shaping,
    sharing,
    squaring,
    state,
    switching,
    table,
    words,
)
from explorer.ui.failures import guarded
from explorer.ui.journeying import JourneyPlan
from explorer.ui.link_fields import AGAIN, LinkSettings
from explorer.ui.sharing import Shared, SharedBlend, SharedJourney
from explorer.ui.state import Pick

WAITS: Final = "link_waits"  # Shared; of another version of its model
OPENED: Final = "link_opened"  # whether this visit came by a link


def shared_link() -> None:
    """Take up a link the first time it is met in a visit; what is wrong is said.

    A link that cannot be opened leaves everything as it was. One of another version of
    its model is opened when its reader says so. The address is cleared: after it, what
    somebody does goes on from the link, not back to it.
    """
    query = st.query_params.to_dict()
    if sharing.is_shared(query) and state.is_new_link(str(sorted(query.items()))):
        try:
            _take(sharing.read(query))
        except ExplorerError as error:
            _say(error)
        st.query_params.clear()
    _ask()


def was_opened() -> bool:
    """Whether this visit came by a link."""
    return bool(st.session_state.get(OPENED))


def put(shared: Shared) -> None:
    """Have what a link holds, and let the dock follow.

    Raises
    ------
    ExplorerError
        If its model is not there, or a tune is none of it.
    """
    picks = sharing.picks_of(shared)
    _check(picks, shared)
    switching.use(shared.model)
    st.session_state["model_choice"] = shared.model
    _set_dock(shared)
    table.lay()
    content = shared.content
    if isinstance(content, SharedBlend):
        for corner, pick in zip(squaring.CORNERS, picks, strict=False):
            state.set_end(corner, pick)
        state.set_blend(
            is_square=content.view == "square",
            size=content.size,
            index=content.index,
            spherical=content.spherical,
            own_ends=content.own_ends,
        )
        table.offer_front()
    elif isinstance(content, SharedJourney):
        journeying.set_plan(_plan(content, picks))
        journey_stops.hear()
    else:
        shaping.restore(picks[0], dict(content.amounts))


def _take(shared: Shared) -> None:
    st.session_state[OPENED] = True
    if sharing.warning(shared):
        st.session_state[WAITS] = shared
    else:
        put(shared)


def _ask() -> None:
    """Ask whether to open a link whose model has changed."""
    if st.session_state.get(WAITS) is None:
        return
    with st.container(border=True):
        st.warning(sharing.CHANGED)
        with st.container(horizontal=True):
            st.button("Open anyway", key="link_open", on_click=guarded(_open_anyway))
            st.button("Start fresh", key="link_drop", on_click=_drop)


def _open_anyway() -> None:
    shared: Shared = st.session_state[WAITS]
    _drop()
    try:
        put(shared)
    except ExplorerError as error:
        _say(error)


def _drop() -> None:
    st.session_state[WAITS] = None


def _say(error: ExplorerError) -> None:
    what = words.plain(str(error))
    still = "Everything else works as before."
    state.notify(f"This link could not be opened. {what} {still}")


def _check(picks: Sequence[Pick], shared: Shared) -> None:
    """Refuse what the model itself does not have, before anything is changed."""
    content = shared.content
    if isinstance(content, SharedJourney):
        allowed = journey_stops.bars_to_choose(shared.model)
        if content.bars not in allowed:
            raise SharedLinkError(
                f"The link has {content.bars} bars at each stop; with this model there "
                f"are {', '.join(map(str, allowed))}. {AGAIN}"
            )
    elif not isinstance(content, SharedBlend):
        shaping.check_amounts(shared.model, dict(content.amounts))
    assert picks, "a query has one tune at least"


def _plan(content: SharedJourney, stops: Sequence[Pick]) -> JourneyPlan:
    return JourneyPlan(
        stops=tuple(stops),
        bars=content.bars,
        between=content.between,
        spherical=content.spherical,
        times=content.times,
        ending=content.ending,
        beat=content.beat,
    )


def _set_dock(shared: Shared) -> None:
    wanted = shared.settings
    if wanted == LinkSettings() and state.dock_settings() is None:
        return  # the dock is as it starts
    state.set_dock_settings(
        {
            "id": str(hash(repr(shared))),
            "qpm": wanted.qpm,
            "instrument": wanted.instrument,
            "beat": wanted.beat,
            "key": wanted.key,
            "octave": wanted.octave,
            "drone": wanted.drone,
        }
    )
