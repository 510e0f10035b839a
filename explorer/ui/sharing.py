"""Share links: a whole blend in the address of a page, nothing kept on a server.

**Conventions.** A *query* holds the part of the address after "?", by short keys:

==== ========================================== ===========
key  what it holds                              for example
==== ========================================== ===========
v    version of this list                       1
a-d  tunes at the corners; a line needs no c, d m.1403
t    tempo, quarter notes per minute            96
g    name of the instrument                     vibraphone
k    key that all notes are kept in             C major
q    octaves up or down                         -1
r    title of the beat under a melody           Bossa nova
dr   1 if a drone sounds                        1
m    name of the model                          mel_2bar
h    start of the SHA-256 of its weights        0f3a99c1
w    line or square                             line
i    the tile or cell in front, from 0          4
n    tiles of the line, or cells a side         9
p    path: round the (s)phere or s(t)raight     s
o    at the ends: (o)wn tunes or the (m)odel's  o
==== ========================================== ===========

What the listener did not set in the dock (t to dr) is left out. The last keys are
always there, so that a link that was cut off is known by what it lacks. How a tune is
written: see `explorer.ui.corners`. A link made on a map of one's own files names the
checkpoint and holds the codes, which are enough to play it: nobody else has the map.

A query comes from strangers: `read` and `picks_of` end in a value or in
`SharedLinkError`, whatever it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args
from urllib.parse import urlencode

from explorer import checkpoint
from explorer.errors import CheckpointError, SharedLinkError
from explorer.own_map import parted
from explorer.ui import cache, corners, state
from explorer.ui.corners import Corner, Reference
from explorer.ui.link_fields import (
    AGAIN,
    LinkSettings,
    integer,
    one_of,
    settings_in,
    settings_of,
    spelled_settings,
)
from explorer.ui.player.contract import FEWEST_STEPS, MOST_STEPS
from explorer.ui.state import Pick

__all__ = [
    "Corner",
    "LinkSettings",
    "Shared",
    "SharedLinkError",
    "View",
    "is_shared",
    "link",
    "picks_of",
    "read",
    "settings_of",
    "to_query",
    "warning",
]

View = Literal["line", "square"]

VERSION: Final = 1
MOST_CHARS: Final = 16_000  # of all keys and values
CORNERS: Final[tuple[Corner, ...]] = get_args(Corner)
SIZES: Final[dict[View, Sequence[int]]] = {
    "line": range(FEWEST_STEPS, MOST_STEPS + 1),
    "square": state.SQUARE_SIZES,
}
HASH_DIGITS: Final = 8
CHANGED: Final = (
    "This link was made with a different model version. It may sound different."
)

_NEEDED: Final = ("v", "m", "h", "a", "b", "w", "i", "n", "p", "o")
_PATHS: Final = {"s": True, "t": False}  # spherical
_ENDS: Final = {"o": True, "m": False}  # own ends


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What a link holds, each value in its range, but not yet looked up in a model."""

    model: str  # name of the checkpoint
    weights: str  # first digits of their SHA-256
    corners: dict[Corner, Reference]
    view: View
    index: int  # of the tile or cell in front
    size: int  # tiles of the line, or cells a side of the square
    spherical: bool
    own_ends: bool
    settings: LinkSettings


def to_query(
    model_name: str,
    tunes: Mapping[Corner, Pick],
    view: View,
    index: int,
    num: int,
    spherical: bool,
    own_ends: bool,
    sound: LinkSettings,
) -> dict[str, str]:
    """The query of a blend.

    Raises
    ------
    SharedLinkError
        If its tunes have too many notes for a link.
    """
    query = {"v": str(VERSION)}
    for corner in CORNERS:
        if corner in tunes:
            query[corner] = corners.spelled(model_name, tunes[corner])
    query |= spelled_settings(sound)
    query |= {
        "m": parted(model_name)[0],
        "h": _weights(model_name),
        "w": view,
        "i": str(index),
        "n": str(num),
        "p": "s" if spherical else "t",
        "o": "o" if own_ends else "m",
    }
    return query


def link(base_url: str, query: Mapping[str, str]) -> str:
    """The address of a page with a query in place of the one it had."""
    return f"{re.split('[?#]', base_url, maxsplit=1)[0]}?{urlencode(query)}"


def is_shared(query: Mapping[str, str]) -> bool:
    """Whether an address is meant to be a share link, good or bad."""
    return "v" in query and ("m" in query or "a" in query)


def read(query: Mapping[str, str]) -> Shared:
    """What a query holds.

    Raises
    ------
    SharedLinkError
        If anything is missing, damaged, out of range, or of a newer version.
    """
    length = sum(len(key) + len(value) for key, value in query.items())
    if length > MOST_CHARS:
        raise SharedLinkError(
            f"The link is {length:,} characters long; at most {MOST_CHARS:,} are read. "
            "Ask for the tunes as a MIDI file."
        )
    _check_version(query.get("v", ""))
    if missing := [key for key in _NEEDED if not query.get(key)]:
        raise SharedLinkError(
            f"The link is not whole: it lacks {', '.join(missing)}. {AGAIN}"
        )
    view = _view(query)
    size = integer(query, "n", SIZES[view])
    return Shared(
        model=_model_name(query["m"]),
        weights=_hash(query["h"]),
        corners={
            corner: corners.parsed(corner, query[corner])
            for corner in CORNERS
            if corner in query
        },
        view=view,
        index=integer(query, "i", range(size if view == "line" else size**2)),
        size=size,
        spherical=_PATHS[one_of(query, "p", _PATHS)],
        own_ends=_ENDS[one_of(query, "o", _ENDS)],
        settings=settings_in(query),
    )


def picks_of(shared: Shared) -> dict[Corner, Pick]:
    """The tunes of a link, as its model plays them.

    Raises
    ------
    SharedLinkError
        If the model is not there, or a tune is none of it.
    """
    _check_model(shared.model)
    return {
        corner: corners.pick(shared.model, corner, reference)
        for corner, reference in shared.corners.items()
    }


def warning(shared: Shared) -> str | None:
    """What to say before a link is opened whose model has changed since.

    Raises
    ------
    SharedLinkError
        If the model is not there.
    """
    _check_model(shared.model)
    return None if _weights(shared.model) == shared.weights else CHANGED


def _weights(name: str) -> str:
    return cache.model(name).checkpoint.sha256[:HASH_DIGITS]


def _check_model(name: str) -> None:
    """Raise SharedLinkError unless a model is there and can be used."""
    problems = dict(cache.checkpoints())
    try:
        if name in problems and problems[name] is None:
            cache.model(name)
            return
    except CheckpointError as error:
        raise SharedLinkError(
            f"The link needs the model {name}, which cannot be used: {error}"
        ) from error
    there = [known for known, problem in problems.items() if problem is None]
    raise SharedLinkError(
        f"The link needs the model {name}, which is not installed here. "
        f"Installed: {', '.join(there) or 'none'}. Install it, or ask for a link made "
        "with one of those."
    )


def _check_version(version: str) -> None:
    if not re.fullmatch("[0-9]{1,6}", version) or version == "0":
        raise SharedLinkError(
            f"The link has the version {version[:20]!r}; it should be a number such as "
            f"{VERSION}. {AGAIN}"
        )
    if int(version) > VERSION:
        raise SharedLinkError(
            f"The link was made with a newer version of this app ({version}; this one "
            f"reads {VERSION}). Update the app, or ask for the tunes as a MIDI file."
        )


def _view(query: Mapping[str, str]) -> View:
    """Line or square; a square has four corners."""
    if one_of(query, "w", SIZES) == "line":
        return "line"
    if missing := [corner for corner in CORNERS if not query.get(corner)]:
        raise SharedLinkError(
            f"The link shows a square but lacks its corner {', '.join(missing)}. "
            f"{AGAIN}"
        )
    return "square"


def _model_name(text: str) -> str:
    try:
        checkpoint.check_name(text)
    except CheckpointError as error:
        raise SharedLinkError(f"The link names no model: {error}") from error
    return text


def _hash(text: str) -> str:
    if not re.fullmatch(f"[0-9a-f]{{{HASH_DIGITS}}}", text):
        raise SharedLinkError(
            f"The link has the weights {text[:20]!r}; they should be {HASH_DIGITS} of "
            f"0 to 9 and a to f. {AGAIN}"
        )
    return text
