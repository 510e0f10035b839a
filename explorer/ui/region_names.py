"""What regions of a map are called, each by another name."""

from collections.abc import Iterator, Sequence
from typing import Final

from explorer.encodings import EncodingName
from explorer.regions import Region
from explorer.ui import words

MOST_QUALITIES: Final = 2  # of a name, the most unusual ones


def name(found: Region, encoding: EncodingName) -> str:
    """What is common in a region: "busy · “reel” · in D major"; "" for no words."""
    return " · ".join(_said(found, encoding))


def names(found: Sequence[Region], encoding: EncodingName) -> list[str]:
    """A name for each region, no two alike; "" where there is nothing left to say.

    The first of two that are alike keeps the short name. The other one's says one
    thing more: what else is common in it, or else what it leans to.
    """
    given: list[str] = []
    for region in found:
        said = _said(region, encoding)
        options = [said, *([*said, more] for more in _more(region, encoding))]
        longer = (" · ".join(option) for option in options if said)
        given.append(next((text for text in longer if text not in given), ""))
    return given


def _said(found: Region, encoding: EncodingName) -> list[str]:
    said = _qualities(found.attributes, encoding)[:MOST_QUALITIES]
    if found.word:
        said.append(f"“{found.word}”")
    if found.key:
        said.append(f"in {found.key}")
    if found.source and len(said) < MOST_QUALITIES:
        said.append(_source(found))
    return said


def _more(found: Region, encoding: EncodingName) -> Iterator[str]:
    """What could be said of a region besides, the most telling first."""
    yield from _qualities(found.attributes, encoding)[MOST_QUALITIES:]
    if found.source and _source(found) not in _said(found, encoding):
        yield _source(found)
    spoken = list(words.words_of(encoding).values())
    for index, much in found.leanings:
        yield spoken[index].more if much else spoken[index].less


def _qualities(found: Sequence[tuple[int, bool]], encoding: EncodingName) -> list[str]:
    """Attributes of which there is much or little, in words where there are any."""
    spoken = list(words.words_of(encoding).values())
    said = [spoken[index].high if much else spoken[index].low for index, much in found]
    return [quality for quality in said if quality]


def _source(found: Region) -> str:
    return words.source_name(found.source).split(" (")[0]
