"""The published sources this project trains on: licences, shares, how each is read.

A corpus file belongs to the nearest folder above it that is listed here by name or
holds a `corpus.json`; failing both, to the corpus folder itself, with its licence
"not stated". `corpus.json` may give name, licence, citation, url and weight.
"""

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from explorer.corpus import Line
from explorer.encodings import EncodingName
from explorer.errors import DataError

NOT_STATED = "not stated"
_STATED = ("name", "licence", "citation", "url", "weight")
Parts = Literal["all", "first", "rest", "single staff", "upper staff"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where music came from and how often training draws from it."""

    name: str
    licence: str = NOT_STATED
    citation: str = ""
    url: str = ""
    weight: float | None = None  # share of training draws; None: as the mean of others
    parts: Parts = "first"  # which lines of a score belong to it; MIDI: "all"


@dataclass(frozen=True, kw_only=True)
class Folder:
    """One corpus folder's sources and reading rule."""

    sources: tuple[Source, ...]
    is_unpadded: bool = False  # MIDI dance tunes whose pickups are not padded
    is_split_by_folder: bool = False  # a folder is one piece: titles say too little
    is_by_composer: bool = False  # the first folder is named "Surname__First_Names"
    has_takes: bool = False  # drum takes, split by the folder's own info.csv
    arranged: Source | None = None  # of the trios arranged from its scores
    bass_from: Literal["chords", "cello"] = "chords"  # of such a trio


_LIEDER = {
    "licence": "CC0 1.0",
    "citation": "OpenScore Lieder Corpus (Gotham and Jonas 2022)",
    "url": "https://github.com/OpenScore/Lieder",
}
_QUARTETS = {
    "licence": "CC0 1.0",
    "citation": "OpenScore String Quartet Corpus (Gotham et al. 2023)",
    "url": "https://github.com/OpenScore/StringQuartets",
}
_EWLD = {
    "licence": "MIT, public-domain songs",
    "citation": "OpenEWLD (Simonetta, Carnovalini, Orio and Rodà 2018)",
    "url": "https://github.com/00sapo/OpenEWLD",
}
_GROOVE = {
    "licence": "CC BY 4.0",
    "citation": "Groove MIDI Dataset (Gillick et al. 2019)",
    "url": "https://magenta.tensorflow.org/datasets/groove",
}

FOLDERS: dict[str, Folder] = {
    "folk-abc": Folder(
        sources=(
            Source(
                name="folk-abc",
                licence="public-domain tunes, encodings distributed by permission",
                citation=(
                    "O'Neill's Music of Ireland, Ryan's Mammoth Collection and Aird's "
                    "Airs in the music21 corpus (Cuthbert and Ariza 2010)"
                ),
                url="https://github.com/cuthbertLab/music21",
                weight=0.29,
            ),
        )
    ),
    "cre": Folder(
        is_unpadded=True,
        sources=(
            Source(
                name="cre",
                licence="CC BY 4.0",
                citation=(
                    "Ceol Rince na hÉireann MIDI corpus, Polifonia project 2022, from "
                    "Bill Black's transcriptions"
                ),
                url="https://github.com/polifonia-project/folk_ngram_analysis",
                weight=0.11,
            ),
        ),
    ),
    "openewld": Folder(
        arranged=Source(
            name="arranged-songs",
            licence="songs: MIT, public-domain songs; beats: CC BY 4.0",
            citation=f"{_EWLD['citation']}; {_GROOVE['citation']}; arranged here",
            url=_EWLD["url"],
        ),
        sources=(
            Source(
                name="openewld",
                weight=0.10,
                parts="first",
                **_EWLD,
            ),
        ),
    ),
    "openscore-lieder": Folder(
        is_by_composer=True,
        sources=(
            Source(name="lieder-voice", weight=0.20, parts="single staff", **_LIEDER),
            Source(name="lieder-piano", weight=0.05, parts="upper staff", **_LIEDER),
        ),
    ),
    "openscore-quartets": Folder(
        bass_from="cello",
        arranged=Source(
            name="arranged-quartets",
            licence="quartets: CC0 1.0; beats: CC BY 4.0",
            citation=f"{_QUARTETS['citation']}; {_GROOVE['citation']}; arranged here",
            url=_QUARTETS["url"],
        ),
        is_split_by_folder=True,
        is_by_composer=True,
        sources=(
            Source(name="quartet-violin-1", weight=0.15, parts="first", **_QUARTETS),
            Source(name="quartet-other", weight=0.05, parts="rest", **_QUARTETS),
        ),
    ),
    "groove": Folder(
        has_takes=True,
        sources=(
            Source(
                name="groove",
                weight=0.0,
                parts="all",
                **_GROOVE,
            ),
        ),
    ),
    "freedoom": Folder(
        sources=(
            Source(
                name="freedoom",
                licence="3-clause BSD",
                citation="Freedoom, © 2001-2024 Contributors to the Freedoom project",
                url="https://github.com/freedoom/freedoom",
                weight=0.05,
                parts="all",
            ),
        )
    ),
}

# Shares of training draws where the music is not melodies: a source's own are of those.
WEIGHTS: dict[EncodingName, dict[str, float]] = {
    "melody": {},
    "drums": {"groove": 0.85, "freedoom": 0.15},
    "trio": {"arranged-songs": 0.45, "arranged-quartets": 0.35, "freedoom": 0.20},
}

_BY_COMPOSER = {
    source.name
    for folder in FOLDERS.values()
    if folder.is_by_composer
    for source in (*folder.sources, folder.arranged)
    if source
}


def folder_of(path: Path, root: Path) -> tuple[Path, Folder]:
    """(folder the file's source is named by, its sources and rule)."""
    for folder in path.parents:
        name = folder.resolve().name
        stated = folder / "corpus.json"
        if stated.is_file():
            return folder, _read_corpus_json(stated, name)
        if name in FOLDERS:
            return folder, FOLDERS[name]
        if folder == root:
            break
    return root, Folder(sources=(Source(name=root.resolve().name),))


def source_of(folder: Folder, line: Line, *, is_midi: bool) -> Source | None:
    """The source a line belongs to, None if it is left out."""
    for source in folder.sources:
        if (
            is_midi
            or source.parts == "all"
            or (source.parts == "first" and line.part == 0)
            or (source.parts == "rest" and line.part > 0)
            or (source.parts == "single staff" and line.staff == "only")
            or (source.parts == "upper staff" and line.staff == "upper")
        ):
            return source
    return None


def weight_of(source: Source, encoding: EncodingName) -> float | None:
    """The source's share of training draws, None if it states none."""
    return WEIGHTS[encoding].get(source.name, source.weight)


def shown_title(title: str, *, source: str, file: str) -> str:
    """A tune's title as people read it: article first, composer last."""
    title = " ".join(title.replace("_", " ").split()).rstrip(".")
    article = re.fullmatch(r"(.+?)(\s*\([^)]*\))?, (The|A|An)", title)
    if article:
        title = f"{article[3]} {article[1]}{article[2] or ''}"
    surname, found, first_names = file.split("/")[0].partition("__")
    if found and source in _BY_COMPOSER:
        title += f" ({first_names} {surname})".replace("_", " ")
    return title


def _read_corpus_json(path: Path, name: str) -> Folder:
    """The source that a `corpus.json` describes; `name` is its default name."""
    accepted = (
        f"It takes an object with any of {', '.join(_STATED)}: weight a number from 0 "
        "on, the others text."
    )
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} is not readable as JSON. {accepted}") from error
    if not isinstance(values, dict) or not all(
        key in _STATED and _is_fit(key, value) for key, value in values.items()
    ):
        raise DataError(f"{path} says what is not understood. {accepted}")
    return Folder(sources=(Source(**{"name": name, **values}),))


def _is_fit(key: str, value: object) -> bool:
    if key == "weight":
        return (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and 0 <= value < math.inf
        )
    return isinstance(value, str) and bool(value or key != "name")
