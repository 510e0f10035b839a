"""The tunes of a share link: each as short as can be, and exactly the same again.

**Conventions.** A tune is written as a letter, a dot and

- `e` title `.` bar: an example from a bar on, counted from 0;
- `m` row: a dot of the map;
- `s` seed: a surprise;
- `p` x`:`y: a place on the straight map;
- `n` packed notes (`explorer.packing`): somebody's own tune, cut to what the model
  reads; touch, instrument and tempo are kept. One with too many notes for a link is
  written as the model reads it, without chords and touch;
- `z` a packed code: any other tune that the model plays.

Which it is, is found by making the tune again and comparing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from explorer import midi, packing
from explorer.errors import ConversionError, SharedLinkError
from explorer.notes import NoteSequence, slice_bars, slice_steps
from explorer.nouns import NOUNS
from explorer.ui import cache, picks
from explorer.ui.link_fields import AGAIN
from explorer.ui.state import Pick

MOST_CHARS: Final = 3_500  # of one tune
CREDIT: Final = "Came with a share link"
ON_MAP: Final = "A place on the map"

_MOST_TITLE: Final = packing.MOST_TITLE
_PLACES: Final = 4  # after the point
_PLACE: Final = re.compile(r"(-?[0-9]{1,4}\.[0-9]{1,4}):(-?[0-9]{1,4}\.[0-9]{1,4})")
_SURPRISE: Final = re.compile("Surprise ([0-9]{1,9})")

Corner = Literal["a", "b", "c", "d"]


@dataclass(frozen=True, kw_only=True)
class Example:
    """An example that comes with the app."""

    title: str
    bar: int  # to start at, from 0


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A phrase of the map."""

    row: int


@dataclass(frozen=True, kw_only=True)
class Surprise:
    """A tune nobody wrote."""

    seed: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place on the plane of the straight map."""

    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Written:
    """A tune with notes of its own."""

    tune: NoteSequence


@dataclass(frozen=True, kw_only=True)
class Coded:
    """A place in the model's space."""

    packed: str  # how many numbers it should hold is the model's to say


Reference = Example | Dot | Surprise | Place | Written | Coded


def spelled(model: str, tune: Pick, wanted: int = MOST_CHARS) -> str:
    """A tune as it stands in a link: the best way in `wanted` characters.

    Where none is so short, the shortest.

    Raises
    ------
    SharedLinkError
        If it has too many notes.
    """
    shortest = None
    for text in _names(model, tune):
        if len(text) <= min(wanted, MOST_CHARS):
            return text
        if shortest is None or len(text) < len(shortest):
            shortest = text
    if shortest is not None and len(shortest) <= MOST_CHARS:
        return shortest
    raise SharedLinkError(
        f"“{tune.title[:_MOST_TITLE]}” has too many notes for a link, which holds "
        f"{MOST_CHARS:,} characters of each tune. Save it as a MIDI file instead."
    )


def parsed(name: str, text: str) -> Reference:
    """The tune that a link holds, not yet looked up in a model.

    `name` is what it is called in a sentence: "Tune A".

    Raises
    ------
    SharedLinkError
        If it is none of the kinds there are, or damaged.
    """
    kind, dot, rest = text.partition(".")
    if len(text) > MOST_CHARS or not dot or kind not in _PARSERS:
        raise _damaged(name, f"{text[:20]!r} is no tune")
    try:
        return _PARSERS[kind](rest)
    except ValueError as error:
        raise _damaged(name, str(error)) from error


def pick(model: str, name: str, reference: Reference) -> Pick:
    """The tune that a reference means, for a model that is there.

    Raises
    ------
    SharedLinkError
        If there is no such tune for this model.
    """
    try:
        return _found(model, reference)
    except ConversionError as error:
        raise SharedLinkError(f"{name} of the link: {error}") from error
    except ValueError as error:
        raise _damaged(name, str(error)) from error


def _damaged(name: str, reason: str) -> SharedLinkError:
    return SharedLinkError(f"{name} of the link cannot be read: {reason}. {AGAIN}")


def _names(model: str, tune: Pick) -> Iterator[str]:
    """Ways to write a tune that give the same notes, the best first."""
    if (bar := _example_bar(model, tune)) is not None:
        yield f"e.{bar}"
    if cache.own_map_of(model) is None:  # what nobody else has is spelled out
        yield from _on_map(model, tune)
    title = _title(tune.title)
    notes = _written_notes(model, tune)
    if notes is None:
        yield "z." + packing.pack_code(tune.z, title=title, qpm=tune.tune.qpm)
        return
    if len(notes.notes) <= packing.MOST_NOTES:
        yield "n." + packing.pack_tune(replace(notes, title=title))
    converter = cache.model(model).converter
    tokens = converter.to_tokens(notes, may_rest=True)
    plain = converter.from_tokens(tokens, qpm=notes.qpm, title=title)
    yield "n." + packing.pack_tune(plain)


def _on_map(model: str, tune: Pick) -> Iterator[str]:
    """Names that mean the same wherever the checkpoint has the map it came with."""
    if tune.row is not None and _is_same(picks.dot(model, tune.row), tune):
        yield f"m.{tune.row}"
    seed = _SURPRISE.fullmatch(tune.title)
    if seed and _is_same(picks.surprise(model, int(seed[1])), tune):
        yield f"s.{seed[1]}"
    if tune.origin == "map" and tune.row is None:
        plane = cache.model(model).library.projection
        x, y = plane.transform(np.array([tune.z], np.float32))[0][:2]
        place = Place(x=round(float(x), _PLACES), y=round(float(y), _PLACES))
        if _sounds_same(_at(model, place).tune, tune.tune):
            yield f"p.{place.x}:{place.y}"


def _example_bar(model: str, tune: Pick) -> str | None:
    """Title and first bar of the example that a tune is, if it is one."""
    if tune.whole is None:
        return None
    for title in picks.example_titles(model):
        whole = picks.example_tune(model, title)
        bar = whole.num_bars - tune.whole.num_bars
        if whole.title != tune.whole.title or bar < 0:
            continue
        rest = slice_bars(whole, bar, tune.whole.num_bars)
        if rest == tune.whole and _is_same(picks.example(model, title, bar), tune):
            return f"{title}.{bar}"
    return None


def _written_notes(model: str, tune: Pick) -> NoteSequence | None:
    """The notes of a written tune that the model reads; None: the model wrote it."""
    whole = tune.whole
    if whole is not None and _sounds_same(cache.one_phrase(model, whole), tune.tune):
        num_steps = min(cache.model(model).num_steps, whole.total_steps)
        return slice_steps(whole, 0, num_steps)
    decoded = cache.decode(model, tune.z, tune.tune.qpm).tune
    return None if _sounds_same(decoded, tune.tune) else tune.tune


def _is_same(one: Pick, other: Pick) -> bool:
    return one.z == other.z and _sounds_same(one.tune, other.tune)


def _sounds_same(one: NoteSequence, other: NoteSequence) -> bool:
    """Whether two tunes differ in their titles at most."""
    return replace(one, title="") == replace(other, title="")


def _title(text: str) -> str:
    return midi.clean_text(text)[:_MOST_TITLE].strip() or "Untitled"


def _number(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise ValueError(f"{text[:20]!r} is no whole number")
    return int(text)


def _parse_example(text: str) -> Example:
    title, _, bar = text.rpartition(".")
    return Example(title=title, bar=_number(bar))


def _parse_place(text: str) -> Place:
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:20]!r} is no place, such as 1.5:-0.25")
    return Place(x=float(found[1]), y=float(found[2]))


def _parse_written(text: str) -> Written:
    tune = packing.unpack_tune(text)
    if not tune.notes:
        raise ValueError("it has no notes")
    return Written(tune=replace(tune, title=_title(tune.title)))


_PARSERS: Final[dict[str, Callable[[str], Reference]]] = {
    "e": _parse_example,
    "m": lambda text: Dot(row=_number(text)),
    "s": lambda text: Surprise(seed=_number(text)),
    "p": _parse_place,
    "n": _parse_written,
    "z": lambda text: Coded(packed=text),
}


def _found(model: str, reference: Reference) -> Pick:
    """The tune that a reference means; ValueError if there is none."""
    match reference:
        case Example():
            return _example(model, reference)
        case Dot():
            num = len(cache.model(model).library.titles)
            if reference.row >= num:
                raise ValueError(
                    f"the map has dots 0 to {num - 1}, none {reference.row}"
                )
            return picks.dot(model, reference.row)
        case Surprise():
            return picks.surprise(model, reference.seed)
        case Place():
            return _at(model, reference)
        case Written():
            return _written(model, reference.tune)
        case Coded():
            return _coded(model, reference.packed)


def _example(model: str, reference: Example) -> Pick:
    title, bar = reference.title, reference.bar
    if title not in picks.example_titles(model):
        one = NOUNS[cache.model(model).encoding].one
        raise ValueError(f"no example {one} of this app is called {title[:40]!r}")
    num_bars = picks.example_tune(model, title).num_bars
    if bar >= num_bars:
        raise ValueError(f"{title} has bars 0 to {num_bars - 1}, none {bar}")
    return picks.example(model, title, bar)


def _at(model: str, place: Place) -> Pick:
    """What the model makes of a place on the plane."""
    plane = cache.model(model).library.projection
    z = plane.inverse(np.array([[place.x, place.y]], np.float32))[0]
    return picks.decoded(model, ON_MAP, cache.as_code(z), "map")


def _written(model: str, tune: NoteSequence) -> Pick:
    num_steps = cache.model(model).num_steps
    if tune.total_steps > num_steps:
        raise ValueError(
            f"it has {tune.total_steps} steps and the model reads {num_steps}"
        )
    return replace(picks.own(model, tune.title, tune), credit=CREDIT)


def _coded(model: str, packed: str) -> Pick:
    code = packing.unpack_code(packed, cache.model(model).z_size)
    made = picks.decoded(model, _title(code.title), code.z, "blend")
    return replace(made, tune=replace(made.tune, qpm=code.qpm), credit=CREDIT)
