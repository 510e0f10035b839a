"""Opening a share link: its blend on the table, its settings in the dock."""

from dataclasses import asdict

import streamlit as st

from explorer.errors import ExplorerError, SharedLinkError
from explorer.ui import blending, sharing, squaring, state, switching, table, words
from explorer.ui.sharing import Shared


def shared_link() -> None:
    """Take up a link the first time it is met in a visit; what is wrong is said.

    A link that cannot be opened leaves everything as it was.
    """
    query = st.query_params.to_dict()
    if not sharing.is_shared(query) or not state.is_new_link(
        str(sorted(query.items()))
    ):
        return
    try:
        _open(sharing.read(query))
    except ExplorerError as error:
        still = "Everything else works as before."
        what = words.plain(str(error))
        state.notify(f"This link could not be opened. {what} {still}")


def query() -> dict[str, str]:
    """What a link to the blend as it is now holds.

    Raises
    ------
    SharedLinkError
        If its tunes have too many notes for a link.
    """
    name = state.model_name()
    if name is None:
        raise SharedLinkError("There is no music model, so nothing can be shared.")
    is_square = state.is_square()
    settings = state.blend_settings()
    tunes = squaring.corners() if is_square else blending.ends()
    last = settings.num_steps - 1
    return sharing.to_query(
        name,
        dict(zip(squaring.CORNERS, tunes, strict=False)),
        "square" if is_square else "line",
        state.square_index() if is_square else round(state.blend_share() * last),
        state.square_size() if is_square else settings.num_steps,
        settings.spherical,
        settings.own_ends,
        sharing.settings_of(asdict(state.sound())),
    )


def _open(shared: Shared) -> None:
    picks = sharing.picks_of(shared)
    notice = sharing.warning(shared)
    switching.use(shared.model)
    st.session_state["model_choice"] = shared.model
    for corner, pick in picks.items():
        state.set_end(corner, pick)
    state.set_blend(
        is_square=shared.view == "square",
        size=shared.size,
        index=shared.index,
        spherical=shared.spherical,
        own_ends=shared.own_ends,
    )
    _set_dock(shared)
    table.lay()
    table.offer_front()
    if notice:
        state.notify(notice)


def _set_dock(shared: Shared) -> None:
    wanted = shared.settings
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
