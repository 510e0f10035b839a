"""Share links: what one hears in the address of a page, nothing kept on a server.

**Conventions.** A *query* holds the part of the address after "?", by short keys:

==== ========================================== ===========
key  what it holds                              for example
==== ========================================== ===========
v    version of this list                       1
a-d  tunes at the corners, or the tune bent     m.1403
s    stops of a journey, with "~" between       m.1~s.2
t    tempo, quarter notes per minute            96
g    name of the instrument                     vibraphone
k    key that all notes are kept in             C major
q    octaves up or down                         -1
r    title of the beat under a melody           Bossa nova
dr   1 if a drone sounds                        1
m    name of the model                          mel_2bar
h    start of the SHA-256 of its weights        0f3a99c1
w    line, square, shape, or journey            line
i    the tile or cell in front, from 0          4
n    tiles, cells a side, or blends between     9
p    path: round the (s)phere or s(t)raight     s
o    at the ends: (o)wn tunes or the (m)odel's  o
x    sliders of a bent tune                     note_density:1.5
l    bars at each stop                          2
u    times through                              1
e    ending of a journey                        home
y    title of the drums under a journey         -
==== ========================================== ===========

What the listener did not set in the dock (t to dr) is left out. All other keys of a
kind are always there, so that a link that was cut off is known by what it lacks. How a
tune is written: see `explorer.ui.corners`; what each kind shows beside its tunes:
`explorer.ui.link_contents`. A link made on a map of one's own files names the
checkpoint and holds the codes, which are enough to play it: nobody else has the map.

A query comes from strangers: `read` and `picks_of` end in a value or in
`SharedLinkError`, whatever it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from explorer import checkpoint
from explorer.errors import CheckpointError, SharedLinkError
from explorer.own_map import parted
from explorer.ui import cache, corners, link_contents
from explorer.ui.corners import Reference
from explorer.ui.link_contents import (
    Content,
    SharedBlend,
    SharedJourney,
    SharedShape,
    view_of,
)
from explorer.ui.link_fields import (
    AGAIN,
    LinkSettings,
    settings_in,
    settings_of,
    spelled_settings,
)
from explorer.ui.state import Pick

__all__ = [
    "Content",
    "LinkSettings",
    "Shared",
    "SharedBlend",
    "SharedJourney",
    "SharedLinkError",
    "SharedShape",
    "is_shared",
    "link",
    "picks_of",
    "read",
    "settings_of",
    "to_query",
    "view_of",
    "warning",
]

VERSION: Final = 1
MOST_CHARS: Final = 16_000  # of all keys and values that are read
MOST_MADE: Final = 2_000  # of a whole address: longer ones are cut off on their way
ROOM: Final = 1_700  # of it for tunes
HASH_DIGITS: Final = 8
CHANGED: Final = (
    "This link was made with a different model version. It may sound different."
)

_NEEDED: Final = ("v", "m", "h", "w")


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What a link holds, each value in its range, but not yet looked up in a model."""

    model: str  # name of the checkpoint
    weights: str  # first digits of their SHA-256
    tunes: dict[str, Reference]  # by what they are called in a sentence, in order
    content: Content
    settings: LinkSettings


def to_query(
    model_name: str, tunes: Sequence[Pick], content: Content, sound: LinkSettings
) -> dict[str, str]:
    """The query of what is heard.

    Parameters
    ----------
    model_name
        The model in use.
    tunes
        The corners of a blend, the tune that is bent, or the stops of a journey.
    content
        What is made of them.
    sound
        What was set in the dock.

    Raises
    ------
    SharedLinkError
        If the tunes have too many notes for a link.
    """
    each = ROOM // max(1, len(tunes))
    spelled = [corners.spelled(model_name, tune, each) for tune in tunes]
    return {
        "v": str(VERSION),
        **link_contents.spelled_tunes(content, spelled),
        **spelled_settings(sound),
        "m": parted(model_name)[0],
        "h": _weights(model_name),
        **link_contents.spelled(content),
    }


def link(base_url: str, query: Mapping[str, str]) -> str:
    """The address of a page with a query in place of the one it had.

    Raises
    ------
    SharedLinkError
        If it is longer than what gets through everywhere.
    """
    made = f"{re.split('[?#]', base_url, maxsplit=1)[0]}?{urlencode(query)}"
    if len(made) > MOST_MADE:
        raise SharedLinkError(
            f"This takes a link of {len(made):,} characters, and those of more than "
            f"{MOST_MADE:,} do not get through everywhere. Keep it as a file instead."
        )
    return made


def is_shared(query: Mapping[str, str]) -> bool:
    """Whether an address is meant to be a share link, good or bad."""
    return "v" in query and not query.keys().isdisjoint(("m", "a", "s"))


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
    wanted = (*_NEEDED, *link_contents.needed(query))
    if missing := [key for key in wanted if not query.get(key)]:
        raise SharedLinkError(
            f"The link is not whole: it lacks {', '.join(missing)}. {AGAIN}"
        )
    content = link_contents.parsed(query)
    return Shared(
        model=_model_name(query["m"]),
        weights=_hash(query["h"]),
        tunes={
            name: corners.parsed(name, text)
            for name, text in link_contents.tunes_in(query).items()
        },
        content=content,
        settings=settings_in(query),
    )


def picks_of(shared: Shared) -> list[Pick]:
    """The tunes of a link in their order, as its model plays them.

    Raises
    ------
    SharedLinkError
        If the model is not there, or a tune is none of it.
    """
    _check_model(shared.model)
    return [
        corners.pick(shared.model, name, reference)
        for name, reference in shared.tunes.items()
    ]


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
