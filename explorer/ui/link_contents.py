"""What a share link shows beside its tunes: a blend, a bent tune, or a journey.

Each kind is written by `spelled` and read by `parsed`; the keys are those of
`explorer.ui.sharing`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from explorer import journey
from explorer.errors import SharedLinkError
from explorer.examples import beat_loops
from explorer.ui import state
from explorer.ui.corners import Corner
from explorer.ui.link_fields import AGAIN, integer, one_of
from explorer.ui.player.contract import FEWEST_STEPS, MOST_STEPS

View = Literal["line", "square", "shape", "journey"]
BlendView = Literal["line", "square"]

CORNERS: Final[tuple[Corner, ...]] = get_args(Corner)
SIZES: Final[dict[BlendView, Sequence[int]]] = {
    "line": range(FEWEST_STEPS, MOST_STEPS + 1),
    "square": state.SQUARE_SIZES,
}
BETWEEN: Final = "~"  # the stops of a journey
MOST_STOPS: Final = 64
MOST_AMOUNTS: Final = 32
NOTHING: Final = "-"  # in place of what is not there

_PATHS: Final = {"s": True, "t": False}  # spherical
_ENDS: Final = {"o": True, "m": False}  # own ends
_AMOUNT: Final = re.compile(r"([a-z0-9_]{1,40}):(-?[0-9]{1,2}(?:\.[0-9]{1,4})?)")


@dataclass(frozen=True, kw_only=True)
class SharedBlend:
    """A line between two tunes, or a square between four."""

    view: BlendView
    index: int  # of the tile or cell in front
    size: int  # tiles of the line, or cells a side of the square
    spherical: bool
    own_ends: bool


@dataclass(frozen=True, kw_only=True)
class SharedShape:
    """A tune, bent by sliders or not at all."""

    amounts: tuple[tuple[str, float], ...]  # of attributes, in the slider's units


@dataclass(frozen=True, kw_only=True)
class SharedJourney:
    """What a journey is made with, beside its stops."""

    bars: int
    between: int
    spherical: bool
    times: int
    ending: journey.Ending
    beat: str | None


Content = SharedBlend | SharedShape | SharedJourney


def view_of(content: Content) -> View:
    """What a link calls a content."""
    if isinstance(content, SharedBlend):
        return content.view
    return "shape" if isinstance(content, SharedShape) else "journey"


def needed(query: Mapping[str, str]) -> tuple[str, ...]:
    """The keys that a link of its kind cannot do without."""
    match query.get("w"):
        case "shape":
            return ("a", "x")
        case "journey":
            return ("s", "l", "n", "p", "u", "e", "y")
        case "square":
            return (*CORNERS, "i", "n", "p", "o")
        case _:
            return ("a", "b", "i", "n", "p", "o")


def tunes_in(query: Mapping[str, str]) -> dict[str, str]:
    """The tunes of a link as they stand in it, by their names in a sentence."""
    if query["w"] == "shape":
        return {"The tune": query["a"]}
    if query["w"] == "journey":
        stops = query["s"].split(BETWEEN)
        if len(stops) > MOST_STOPS:
            raise SharedLinkError(
                f"The link has {len(stops):,} stops; a journey has at most "
                f"{MOST_STOPS}. {AGAIN}"
            )
        return {f"Stop {number}": stop for number, stop in enumerate(stops, start=1)}
    return {f"Tune {c.upper()}": query[c] for c in CORNERS if c in query}


def spelled_tunes(content: Content, tunes: Sequence[str]) -> dict[str, str]:
    """The tunes of a content by the keys of a query."""
    if isinstance(content, SharedJourney):
        return {"s": BETWEEN.join(tunes)}
    return dict(zip(CORNERS, tunes, strict=False))


def spelled(content: Content) -> dict[str, str]:
    """The rest of it; of a kind whose end could be cut off unseen, "w" comes last."""
    if isinstance(content, SharedBlend):
        return {
            "w": content.view,
            "i": str(content.index),
            "n": str(content.size),
            "p": "s" if content.spherical else "t",
            "o": "o" if content.own_ends else "m",
        }
    if isinstance(content, SharedShape):
        amounts = [f"{name}:{value:g}" for name, value in content.amounts]
        return {"x": ",".join(amounts) or NOTHING, "w": "shape"}
    return {
        "l": str(content.bars),
        "n": str(content.between),
        "p": "s" if content.spherical else "t",
        "u": str(content.times),
        "e": content.ending,
        "y": content.beat or NOTHING,
        "w": "journey",
    }


def parsed(query: Mapping[str, str]) -> Content:
    """What a whole query shows.

    Raises
    ------
    SharedLinkError
        If a value is unknown or out of its range.
    """
    return _PARSERS[one_of(query, "w", _PARSERS)](query)


def _blend(query: Mapping[str, str]) -> SharedBlend:
    view: BlendView = "line" if query["w"] == "line" else "square"
    size = integer(query, "n", SIZES[view])
    return SharedBlend(
        view=view,
        index=integer(query, "i", range(size if view == "line" else size**2)),
        size=size,
        spherical=_PATHS[one_of(query, "p", _PATHS)],
        own_ends=_ENDS[one_of(query, "o", _ENDS)],
    )


def _shape(query: Mapping[str, str]) -> SharedShape:
    if query["x"] == NOTHING:
        return SharedShape(amounts=())
    found: dict[str, float] = {}
    parts = query["x"].split(",", MOST_AMOUNTS)
    for part in parts:
        match = _AMOUNT.fullmatch(part)
        if match is None or match[1] in found:
            raise SharedLinkError(
                f"The link has the slider {part[:40]!r}; it should be a name and a "
                f"number, such as note_density:1.5. {AGAIN}"
            )
        found[match[1]] = float(match[2])
    return SharedShape(amounts=tuple(found.items()))


def _journey(query: Mapping[str, str]) -> SharedJourney:
    endings = {name: name for name in get_args(journey.Ending)}
    beats = [loop.title for loop in beat_loops()]
    beat = one_of(query, "y", [NOTHING, *beats])
    return SharedJourney(
        bars=integer(query, "l", range(1, journey.MOST_BARS + 1)),
        between=integer(query, "n", range(journey.MOST_BETWEEN + 1)),
        spherical=_PATHS[one_of(query, "p", _PATHS)],
        times=integer(query, "u", range(1, journey.MOST_TIMES + 1)),
        ending=endings[one_of(query, "e", endings)],
        beat=None if beat == NOTHING else beat,
    )


_PARSERS: Final[dict[str, Callable[[Mapping[str, str]], Content]]] = {
    "line": _blend,
    "square": _blend,
    "shape": _shape,
    "journey": _journey,
}
