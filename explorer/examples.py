"""The examples that come with the app: tunes, drum beats, and bands that play tunes.

They stand in `assets/` in the plain text of `explorer.notation`: tunes in `tunes.json`,
beats in `beats.json`; a band in `bands.json` names a tune and a beat and adds a bass.
"""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from explorer.encodings import EncodingName
from explorer.errors import DataError
from explorer.notation import parse_beat, parse_tune
from explorer.notes import NoteSequence, fill_bars, sequence, slice_bars
from explorer.trio import BASS_INSTRUMENT, BASS_PROGRAM

ASSETS: Final = Path(__file__).resolve().parent.parent / "assets"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleTune:
    """A public-domain tune, a drum beat, or a tune as a band plays it."""

    title: str
    origin: str  # a tune's composer or tradition, a beat's style
    year: int | None  # of a tune's first print or roughly its making; None for beats
    key: str  # such as "D major"; empty for beats
    tune: NoteSequence
    setting: str = ""  # what a band adds to the tune, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamplePlace:
    """A place in an example."""

    title: str
    bar: int  # counted from 0


@functools.cache
def load_examples(
    encoding: EncodingName = "melody", assets: Path = ASSETS
) -> tuple[ExampleTune, ...]:
    """The examples of one kind of music in the order of their file.

    Raises
    ------
    DataError
        If a file is missing or damaged, a bar is not complete, a number is out of
        range, or a band names a tune or a beat that there is not.
    """
    file, kind, _ = _FILES[encoding]
    entries = _content(assets / file).get(kind)
    if not isinstance(entries, list):
        raise DataError(f"There is no list “{kind}” in {file}. Add it.")
    return tuple(_example(entry, encoding, assets) for entry in entries)


@functools.cache
def load_pairs(
    encoding: EncodingName = "melody", assets: Path = ASSETS
) -> tuple[tuple[ExamplePlace, ExamplePlace], ...]:
    """Two places in two examples that blend well, the best pair first.

    Raises
    ------
    DataError
        If the file is missing or damaged, or a pair names a place that there is not.
    """
    file, _, _ = _FILES[encoding]
    pairs = []
    for pair in _content(assets / file).get("pairs", []):
        places = _places(pair, "A pair", encoding, assets)
        if len(places) != 2:
            raise DataError(
                f"A pair in {file} has {len(places)} places, not two. Put it right."
            )
        pairs.append((places[0], places[1]))
    return tuple(pairs)


@functools.cache
def load_journey(
    encoding: EncodingName = "melody", assets: Path = ASSETS
) -> tuple[ExamplePlace, ...]:
    """Places in the examples that make a journey, one after the other.

    Raises
    ------
    DataError
        If the file is missing or damaged, or the journey names a place that there is
        not.
    """
    file, _, _ = _FILES[encoding]
    places = _content(assets / file).get("journey")
    return _places(places, "The journey", encoding, assets)


@functools.cache
def beat_loops(assets: Path = ASSETS) -> tuple[ExampleTune, ...]:
    """The beats that go well under a tune of any kind.

    Raises
    ------
    DataError
        If the file is missing or damaged, or names a beat that there is not.
    """
    titles = _content(assets / "beats.json").get("loops", [])
    return tuple(_named(title, "drums", assets) for title in titles)


def _places(
    entries: Any,  # noqa: ANN401 (whatever the file holds)
    what: str,
    encoding: EncodingName,
    assets: Path,
) -> tuple[ExamplePlace, ...]:
    """Places in the examples that a list in a file names."""
    file, _, _ = _FILES[encoding]
    try:
        places = tuple(ExamplePlace(**entry) for entry in entries)
    except TypeError as error:
        raise DataError(
            f"{what} in {file} is not made of places with a title and a bar. Put it "
            "right."
        ) from error
    for place in places:
        num_bars = _named(place.title, encoding, assets).tune.num_bars
        if place.bar not in range(num_bars):
            raise DataError(
                f"{what} in {file} names bar {place.bar} of “{place.title}”, which "
                f"has bars 0 to {num_bars - 1}. Name another."
            )
    return places


def _content(path: Path) -> dict[str, Any]:
    """The file as JSON values."""
    try:
        content = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            f"The examples in {path.name} cannot be read. Restore the file from "
            "the repository."
        ) from error
    return content


def _example(
    entry: dict[str, Any], encoding: EncodingName, assets: Path
) -> ExampleTune:
    """The example that an entry of a file spells."""
    file, kind, read = _FILES[encoding]
    try:
        return read(entry, assets)
    except KeyError as error:
        raise DataError(
            f"An entry of “{kind}” in {file} has no {error.args[0]}. Add it."
        ) from error
    except (TypeError, ValueError) as error:
        raise DataError(
            f"An entry of “{kind}” in {file} cannot be used: {error}. Put it right."
        ) from error


def _tune(entry: dict[str, Any], _: Path) -> ExampleTune:
    return ExampleTune(
        title=entry["title"],
        origin=entry["origin"],
        year=entry["year"],
        key=entry["key"],
        tune=parse_tune(entry["bars"], qpm=entry["qpm"], title=entry["title"]),
    )


def _beat(entry: dict[str, Any], _: Path) -> ExampleTune:
    return ExampleTune(
        title=entry["title"],
        origin=entry["style"],
        year=None,
        key="",
        tune=parse_beat(entry["drums"], qpm=entry["qpm"], title=entry["title"]),
    )


def _band(entry: dict[str, Any], assets: Path) -> ExampleTune:
    """A tune with a bass below it and a beat that goes round for as long."""
    known = _named(entry["tune"], "melody", assets)
    beat = _named(entry["beat"], "drums", assets)
    low = parse_tune(entry["bass"], title=f"{known.title}, bass")
    if not 0 <= entry["bar"] <= known.tune.num_bars - low.num_bars:
        raise DataError(
            f"The bass of “{known.title}” has {low.num_bars} bars, and the tune does "
            f"not have as many from bar {entry['bar']} on. Make it shorter, or let it "
            "start in another bar (the first is 0)."
        )
    melody = slice_bars(known.tune, entry["bar"], low.num_bars)
    bass = [
        replace(note, program=BASS_PROGRAM, instrument=BASS_INSTRUMENT)
        for note in low.notes
    ]
    drums = fill_bars(beat.tune, low.num_bars).notes
    tune = sequence(
        [*melody.notes, *bass, *drums],
        total_steps=melody.total_steps,
        qpm=known.tune.qpm,
        title=known.title,
    )
    setting = f"with a bass and the beat “{beat.title}”"
    return replace(known, setting=setting, tune=tune)


def _named(title: str, encoding: EncodingName, assets: Path) -> ExampleTune:
    """The example of this title."""
    for example in load_examples(encoding, assets):
        if example.title == title:
            return example
    raise DataError(
        f"There is no “{title}” in {_FILES[encoding][0]}. Add it, or name another."
    )


_FILES: Final[
    dict[EncodingName, tuple[str, str, Callable[[dict[str, Any], Path], ExampleTune]]]
] = {
    "melody": ("tunes.json", "tunes", _tune),
    "drums": ("beats.json", "beats", _beat),
    "trio": ("bands.json", "bands", _band),
}
"""File of each kind of example, the list in it, and what reads an entry."""
