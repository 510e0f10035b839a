"""The player in the browser: one dock for the whole app, strips of tiles, Play.

**Conventions.** `player` is mounted once, in the frame, before the page runs: it
owns all sound, and its page element then lives on when pages change. Strips and
`big_play` hand it loops in the browser, without asking Python; Python hears of
decisions (a released slider, a chosen tile), never of motion.

The scripts are read when the module is imported: after an edit, start the server
again.
"""

from collections.abc import Callable, Sequence
from typing import Literal, cast

import streamlit as st

from explorer.ui.player.bundle import page_part, script
from explorer.ui.player.contract import (
    PlayerData,
    PlayerEvent,
    PlayerNote,
    StripEvent,
    Tile,
    loop_of,
)

__all__ = [
    "PlayerData",
    "PlayerEvent",
    "PlayerNote",
    "StripEvent",
    "Tile",
    "big_play",
    "loop_of",
    "player",
    "strip",
]

_SCRIPT = script()  # one text for all three: the browser then loads it once
_STYLE = page_part("player.css")
_mount_dock = st.components.v2.component(
    "explorer_player", html=page_part("dock.html"), css=_STYLE, js=_SCRIPT
)
_mount_strip = st.components.v2.component(
    "explorer_strip", html=page_part("strip.html"), css=_STYLE, js=_SCRIPT
)
_mount_big_play = st.components.v2.component(
    "explorer_big_play", html=page_part("big_play.html"), css=_STYLE, js=_SCRIPT
)


def _nothing() -> None:
    """No callback."""


def player(
    loop: PlayerData | None,
    *,
    key: str = "player",
    on_change: Callable[[], None] | None = None,
) -> PlayerEvent | None:
    """Mount the dock at the foot of the window: Play, piano roll, tempo, sound.

    Call it once per run, in the frame. A loop whose `id` or `play_id` is new takes
    over at the next sixteenth; the beat goes on counting. A loop with `autoplay`
    starts the sound if it was stopped.

    Parameters
    ----------
    loop
        What to play; None leaves the dock with what it has.
    key
        Streamlit's name of the dock; its state is `st.session_state[key]`.
    on_change
        Called, before the script runs, when the listener has set tempo or
        instrument.

    Returns
    -------
    The tempo and instrument the listener chose; None as long as they chose none.
    """
    result = _mount_dock(
        key=key, data={"loop": loop}, on_settings_change=on_change or _nothing
    )
    return cast("PlayerEvent | None", result.get("settings"))


def strip(
    tiles: Sequence[Tile],
    *,
    index: int | None = None,
    key: str,
    ends: tuple[str, str] = ("A", "B"),
    kind: Literal["blend", "gallery"] = "blend",
    on_change: Callable[[], None] | None = None,
) -> StripEvent | None:
    """Mount a row of small piano rolls that sound when they are chosen.

    Parameters
    ----------
    tiles
        The pictures, left to right.
    index
        The tile in front; None, for a gallery, is none of them.
    key
        Streamlit's name of the strip; its state is `st.session_state[key]`.
    ends
        Words at the two ends of the slider.
    kind
        "blend": coloured from A to B with a slider below, and each tile the slider
        crosses is heard at once. "gallery": tiles to click, no slider.
    on_change
        Called, before the script runs, once per finished gesture.

    Returns
    -------
    The tile on which the last gesture came to rest; None before the first.

    Raises
    ------
    ValueError
        If there are no tiles, or `index` names none of them.
    """
    if not tiles:
        raise ValueError("a strip needs at least one tile")
    if index is not None and not 0 <= index < len(tiles):
        raise ValueError(f"index {index} is outside the {len(tiles)} tiles")
    result = _mount_strip(
        key=key,
        data={"tiles": list(tiles), "index": index, "ends": list(ends), "kind": kind},
        on_chosen_change=on_change or _nothing,
    )
    return cast("StripEvent | None", result.get("chosen"))


def big_play(label: str, loop: PlayerData, *, key: str) -> None:
    """Mount a large button that starts the dock on `loop`, and stops it again.

    The sound starts inside the click, without a round trip to Python.
    """
    _mount_big_play(key=key, data={"label": label, "loop": loop})
