"""The player in the browser: the dock, and all on the pages that sounds through it.

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

from explorer.notes import STEPS_PER_BAR
from explorer.ui.player.bundle import page_part, script
from explorer.ui.player.contract import (
    Cell,
    DockSettings,
    JourneyBlock,
    JourneyStop,
    MapName,
    MapPath,
    MapPin,
    MapWish,
    Paint,
    PlayerData,
    PlayerEvent,
    PlayerNote,
    SliderData,
    SlidersEvent,
    StopsEvent,
    StripEvent,
    Tile,
    Work,
    loop_of,
)

__all__ = [
    "Cell",
    "DockSettings",
    "JourneyBlock",
    "JourneyStop",
    "MapName",
    "MapPath",
    "MapPin",
    "MapWish",
    "Paint",
    "PlayerData",
    "PlayerEvent",
    "PlayerNote",
    "SliderData",
    "SlidersEvent",
    "StopsEvent",
    "StripEvent",
    "Tile",
    "Work",
    "arrangement",
    "big_play",
    "loop_of",
    "map_hand",
    "player",
    "sliders",
    "square",
    "strip",
]

_SCRIPT = script()  # one text for all: the browser then loads it once
_STYLE = page_part("player.css")
_mount_dock = st.components.v2.component(
    "explorer_player", html=page_part("dock.html"), css=_STYLE, js=_SCRIPT
)
_mount_strip = st.components.v2.component(
    "explorer_strip", html=page_part("strip.html"), css=_STYLE, js=_SCRIPT
)
_mount_square = st.components.v2.component(
    "explorer_square",
    html=page_part("pad.html"),
    css=page_part("pad.css"),
    js=_SCRIPT,
)
_mount_big_play = st.components.v2.component(
    "explorer_big_play", html=page_part("big_play.html"), css=_STYLE, js=_SCRIPT
)

_mount_map_hand = st.components.v2.component(
    "explorer_map_hand", html=page_part("map_hand.html"), css=_STYLE, js=_SCRIPT
)
_mount_sliders = st.components.v2.component(
    "explorer_sliders",
    html=page_part("sliders.html"),
    css=page_part("sliders.css"),
    js=_SCRIPT,
)
_mount_arrangement = st.components.v2.component(
    "explorer_arrangement",
    html=page_part("arrangement.html"),
    css=page_part("arrangement.css"),
    js=_SCRIPT,
)


def _nothing() -> None:
    """No callback."""


def player(
    loop: PlayerData | None,
    *,
    beats: Sequence[PlayerData] = (),
    usual: tuple[float, float] | None = None,
    settings: DockSettings | None = None,
    gesture: int = 0,
    work: Work | None = None,
    key: str = "player",
    on_change: Callable[[], None] | None = None,
    on_kept: Callable[[], None] | None = None,
) -> PlayerEvent | None:
    """Mount the dock at the foot of the window: Play, piano roll, tempo, sound.

    Call it once per run, in the frame. A loop whose `id` or `play_id` is new takes
    over at the next sixteenth; the beat goes on counting. A loop with `autoplay`
    starts the sound if it was stopped.

    Parameters
    ----------
    loop
        What to play; None leaves the dock with what it has.
    beats
        Drum loops of whole bars, each with a title of its own, of which the listener
        may put one under any loop without drums; without beats there is no choice.
    usual
        Mean certainty that most of the model's music lies within, for the words about
        what plays; None says nothing of it.
    settings
        What a shared link asks of the dock; each `id` is followed once.
    gesture
        The last gesture on a strip or square that is known here ("nth" of its event);
        to gestures after it, `loop` is no answer.
    work
        What the browser is to keep of this visit until the tab is closed.
    key
        Streamlit's name of the dock; its state is `st.session_state[key]`.
    on_change
        Called, before the script runs, when the listener has set how it plays.
    on_kept
        Called once, where this visit has no work yet and the browser kept that of
        another; it is "kept" in the dock's state, a `Work`.

    Returns
    -------
    What the listener set; None as long as they set nothing.

    Raises
    ------
    ValueError
        If two beats share a title, or one is not a drum loop of whole bars.
    """
    _check_beats(beats)
    result = _mount_dock(
        key=key,
        data={
            "loop": loop,
            "beats": list(beats),
            "usual": usual,
            "settings": settings,
            "gesture": gesture,
            "work": work,
        },
        on_settings_change=on_change or _nothing,
        on_kept_change=on_kept or _nothing,
    )
    return cast("PlayerEvent | None", result.get("settings"))


def _check_beats(beats: Sequence[PlayerData]) -> None:
    titles = [beat["title"] for beat in beats]
    if len(set(titles)) < len(titles):
        raise ValueError(f"beats share a title: {', '.join(sorted(titles))}")
    for beat in beats:
        if beat["parts"] != ["drums"] or beat["total_steps"] % STEPS_PER_BAR:
            raise ValueError(f"beat {beat['title']!r} is not whole bars of drums")


def strip(
    tiles: Sequence[Tile],
    *,
    index: int | None = None,
    key: str,
    ends: tuple[str, str] = ("A", "B"),
    kind: Literal["blend", "gallery"] = "blend",
    gesture: int = 0,
    on_change: Callable[[], None] | None = None,
    on_pull: Callable[[], None] | None = None,
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
    gesture
        As of `player`.
    on_change
        Called, before the script runs, once per finished gesture.
    on_pull
        Called when the ends were pulled apart or together: "count" in the strip's
        state is {count, nth}. None: the number of tiles is fixed.

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
        data={
            "tiles": list(tiles),
            "index": index,
            "ends": list(ends),
            "kind": kind,
            "pulled": on_pull is not None,
            "gesture": gesture,
        },
        on_chosen_change=on_change or _nothing,
        on_count_change=on_pull or _nothing,
    )
    return cast("StripEvent | None", result.get("chosen"))


def square(
    cells: Sequence[Cell],
    *,
    name: str,
    size: int,
    corners: tuple[str, str, str, str],
    index: int,
    paint: Paint | None = None,
    gesture: int = 0,
    key: str,
    on_change: Callable[[], None] | None = None,
) -> None:
    """Mount a square of tunes with a puck that is dragged over it.

    The browser keeps the cells of a square it was sent, and reports how many it holds
    as "have" in the square's state, {square, count}: send the next ones then.

    Parameters
    ----------
    cells
        Those it does not hold yet, in any order.
    name
        Identity of the square; another one has other cells.
    size
        Cells along a side.
    corners
        Titles of A (top left), B (top right), C and D (below).
    index
        The cell in front, row by row.
    paint
        What its cells are painted with; None gives them the corners' colours.
    gesture
        As of `player`.
    key
        Streamlit's name of the square; its state is `st.session_state[key]`.
    on_change
        Called, before the script runs, once per finished gesture; the cell is
        "chosen" in the square's state.

    Raises
    ------
    ValueError
        If `index` or a cell lies outside the square, or not every cell has a paint.
    """
    places = [index, *(cell["index"] for cell in cells)]
    if outside := [place for place in places if not 0 <= place < size * size]:
        raise ValueError(f"cell {outside[0]} is outside a square of {size} x {size}")
    if paint is not None and len(paint["values"]) != size * size:
        raise ValueError(
            f"{len(paint['values'])} values for a square of {size} x {size}; give one "
            "a cell, None where it is unknown"
        )
    _mount_square(
        key=key,
        data={
            "square": name,
            "size": size,
            "names": list(corners),
            "cells": list(cells),
            "index": index,
            "paint": paint,
            "gesture": gesture,
        },
        on_chosen_change=on_change or _nothing,
        on_have_change=_nothing,
    )


def sliders(
    rows: Sequence[SliderData],
    *,
    reach: float,
    step: float,
    nth: int,
    key: str,
    on_set: Callable[[], None],
) -> None:
    """Mount sliders, each with what it asked for, what was measured, Undo and a lock.

    Parameters
    ----------
    rows
        The sliders, from above.
    reach
        Of each slider, to both sides of its middle.
    step
        Between two places of a slider.
    nth
        The last gesture on them that is known here; what Python says before it knows
        of a later one moves nothing.
    key
        Streamlit's name of them; where they are is "set" in their state, a
        `SlidersEvent`.
    on_set
        Called, before the script runs, once per finished gesture.
    """
    _mount_sliders(
        key=key,
        data={"sliders": list(rows), "reach": reach, "step": step, "nth": nth},
        on_set_change=on_set,
    )


def arrangement(
    loop: PlayerData,
    blocks: Sequence[JourneyBlock],
    *,
    stops: Sequence[JourneyStop],
    times: int,
    nth: int,
    key: str,
    on_stops: Callable[[], None],
) -> None:
    """Mount a journey as blocks to play from, to drag, to double and to take away.

    Parameters
    ----------
    loop
        The whole journey.
    blocks
        Those of one round, and after them the ending's.
    stops
        The stops, in order.
    times
        How often the round is played.
    nth
        The last gesture on it that is known here; to later ones what is handed over
        is no answer.
    key
        Streamlit's name of it; the stops there are to be are "stops" in its state, a
        `StopsEvent`.
    on_stops
        Called, before the script runs, once per finished gesture.
    """
    _mount_arrangement(
        key=key,
        data={
            "loop": loop,
            "blocks": list(blocks),
            "stops": list(stops),
            "times": times,
            "nth": nth,
        },
        on_stops_change=on_stops,
    )


def big_play(label: str, loop: PlayerData, *, key: str) -> None:
    """Mount a large button that starts the dock on `loop`, and stops it again.

    The sound starts inside the click, without a round trip to Python.
    """
    _mount_big_play(key=key, data={"label": label, "loop": loop})


def map_hand(
    words: str,
    *,
    chart: str,
    names: Sequence[MapName],
    colours: tuple[str, str],
    hovers: bool,
    draws: bool = False,
    path: MapPath | None = None,
    key: str,
    on_wish: Callable[[], None],
) -> None:
    """Mount a hand on a map: names over it, hovering, clicks beside the dots, keys.

    What somebody did is the "wish" in the hand's state, a `MapWish`.

    Parameters
    ----------
    words
        What one can do, shown where the hand is mounted.
    chart
        Streamlit's key of the Plotly chart.
    names
        Put over the chart, where they do not cover one before them.
    colours
        Of the names and of what is behind them, as `#RRGGBB`.
    hovers
        Whether a dot under the pointer is a wish.
    draws
        Whether dragging draws a line, which is a wish, or moves the map.
    path
        A line and pins to show over the chart.
    key
        Streamlit's name of the hand; its state is `st.session_state[key]`.
    on_wish
        Called, before the script runs, once per wish.
    """
    _mount_map_hand(
        key=key,
        data={
            "words": words,
            "chart": f"st-key-{chart}",
            "names": list(names),
            "colours": list(colours),
            "hovers": hovers,
            "draws": draws,
            "path": path or {"line": [], "pins": []},
        },
        on_wish_change=on_wish,
    )
