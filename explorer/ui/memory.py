"""Work that survives a reload: the browser keeps it, and hands it back once.

A reload begins a new visit, of which the server knows nothing. So the dock has the
browser keep what somebody did, written like share links, and a visit that has no work
of its own yet takes it up. Nothing is kept on the server.

What comes back comes from a browser, and is trusted as little as a link.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

import streamlit as st

from explorer import midi, packing, slider_file
from explorer.errors import ExplorerError, SharedLinkError
from explorer.ui import (
    blending,
    cache,
    corners,
    journey_stops,
    journeying,
    link_making,
    opening,
    shaping,
    sharing,
    state,
    table,
    taught,
)
from explorer.ui.player import Work

VISIT: Final = "memory_visit"  # names this visit
FIRST: Final = "memory_first"  # the text of a visit in which nothing was done
BEGUN: Final = "memory_begun"  # whether there is work in this visit
MOST_CHARS: Final = 1_000_000
VERSION: Final = 1
QPM: Final = 120.0  # of marks, which have no tempo
BACK: Final = "Your work from before the reload is back."


def work() -> Work:
    """What the browser is to keep now."""
    visit = st.session_state.setdefault(VISIT, secrets.token_hex(6))
    text = _text()
    first = st.session_state.setdefault(FIRST, text)
    if text != first or opening.was_opened():
        st.session_state[BEGUN] = True
    return Work(visit=visit, text=text if has_begun() else None)


def has_begun() -> bool:
    """Whether there is work in this visit, which nothing kept may replace."""
    return bool(st.session_state.get(BEGUN))


def restore(kept: Work) -> None:
    """Take up what another visit left; what is damaged or foreign is passed over.

    Parameters
    ----------
    kept
        What the browser handed back.
    """
    text = kept["text"]
    if has_begun() or not isinstance(text, str) or len(text) > MOST_CHARS:
        return
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return
    if not isinstance(found, dict) or found.get("work") != VERSION:
        return
    if any([_put(part, found) for part in _PARTS]):  # all of them, not up to one
        st.session_state[BEGUN] = True
        _offer_again()
        state.remark(BACK)


def _text() -> str:
    """The work of this visit."""
    parts: dict[str, Callable[[], Any]] = {
        "blend": link_making.blend,
        "journey": lambda: link_making.journey() if journey_stops.chosen() else None,
        "shape": lambda: (
            link_making.bent() if state.shape_pick() or shaping.amounts() else None
        ),
        "map": lambda: _reference(state.MAP_PICK),
        "own": lambda: _reference(state.OWN_PICK),
        "sliders": lambda: [
            slider_file.write(slider).decode() for slider in taught.kept().values()
        ],
        "marks": lambda: [
            [packing.pack_code(mark.z, title=mark.title, qpm=QPM), mark.is_liked]
            for mark in taught.marks().values()
        ],
    }
    found: dict[str, Any] = {"work": VERSION}
    for name, make in parts.items():
        try:
            found[name] = make()
        except SharedLinkError:  # too many notes to be written; the rest is kept
            found[name] = None
    return json.dumps(found, ensure_ascii=False)


def _offer_again() -> None:
    """Hand the dock what belongs to the page that is open."""
    page = str(st.context.url or "").split("?")[0].rstrip("/").rpartition("/")[2]
    if page == "journey" and journeying.plan() is not None:
        journey_stops.hear()
    elif page == "shape":
        shaping.offer()
    else:
        table.offer_front()


def _reference(key: str) -> str | None:
    pick = state.chosen().get(key)
    return None if pick is None else corners.spelled(blending.model_name(), pick)


def _put(part: str, found: Mapping[str, Any]) -> bool:
    """Take up a part of kept work; False if there is none, or it cannot be."""
    value = found.get(part)
    if not value:
        return False
    try:
        _PARTS[part](value)
    except (ExplorerError, ValueError, TypeError, AttributeError, KeyError):
        return False
    return True


def _put_query(value: Mapping[str, str]) -> None:
    shared = sharing.read({str(key): str(text) for key, text in value.items()})
    if sharing.warning(shared) is None:
        opening.put(shared)


def _put_map(value: str) -> None:
    name = "The tune"
    reference = corners.parsed(name, str(value))
    state.set_map_pick(corners.pick(blending.model_name(), name, reference))


def _put_own(value: str) -> None:
    name = "The tune"
    reference = corners.parsed(name, str(value))
    state.set_own_pick(corners.pick(blending.model_name(), name, reference))


def _put_sliders(value: list[str]) -> None:
    for text in value[: taught.MOST_SLIDERS]:
        taught.add(slider_file.read(str(text).encode()))


def _put_marks(value: list[Any]) -> None:
    size = cache.model(blending.model_name()).z_size
    for text, is_liked in value:
        code = packing.unpack_code(str(text), size)
        taught.mark([(midi.clean_text(code.title), code.z)], bool(is_liked))


_PARTS: Final[dict[str, Callable[[Any], None]]] = {
    "blend": _put_query,
    "sliders": _put_sliders,
    "marks": _put_marks,
    "journey": _put_query,
    "shape": _put_query,
    "map": _put_map,
    "own": _put_own,
}
