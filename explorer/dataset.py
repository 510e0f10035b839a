"""Prepared data: phrases of a corpus as arrays of tokens, split by tune.

    manifest.json      format_version, encoding (without it: melody), num_bars,
                       options, sources, counts, hashes
    tunes.jsonl        a tune a line: title, source, licence, file, split, key
    left_out.jsonl     what was not used, and why
    <split>_tokens.npy tokens of `encodings`: uint8 (n, steps) of melodies, int16
                       (n, steps) of drums, int16 (n, steps, 3) of trios
    <split>_tune.npy   int32 (n,), row of tunes.jsonl
    <split>_bar.npy    int32 (n,), first bar in the tune, from 0
    <split>_source.npy uint8 (n,), index into the manifest's sources

The splits are train, validation and test. `prepare` writes such a folder.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int, Integer, UInt8
from numpy import ndarray

from explorer.corpus_sources import shown_title
from explorer.encodings import ENCODINGS, Encoding, EncodingName
from explorer.errors import DataError
from explorer.notes import STEPS_PER_BAR

FORMAT_VERSION = 1
SPLITS = ("train", "validation", "test")
TRAIN_SHARE, VALIDATION_SHARE = 0.90, 0.05  # of tunes; the rest is test
COLUMNS = ("tokens", "tune", "bar", "source")
DATA_FILES = (
    *(f"{split}_{column}.npy" for split in SPLITS for column in COLUMNS),
    "tunes.jsonl",
)

_ADVICE = "Prepare it again with `python -m explorer prepare`."


@dataclass(frozen=True, kw_only=True)
class TuneInfo:
    """One part of one tune."""

    title: str
    source: str
    licence: str
    file: str  # within the source's folder; "#" and the tune's number if it has one
    split: str
    key: str  # as "G major", guessed from its pitch classes; "" if unknown


@dataclass(frozen=True, kw_only=True)
class SourceInfo:
    """One source of music."""

    name: str
    licence: str
    citation: str
    url: str
    weight: float  # share of training draws; all sources together 1
    num_tunes: int
    num_windows: dict[str, int]  # by split


@dataclass(frozen=True, kw_only=True)
class Split:
    """The phrases of one split."""

    tokens: Integer[ndarray, "n steps *parts"]
    tune: Int[ndarray, " n"]  # row of `Dataset.tunes`
    bar: Int[ndarray, " n"]  # first bar in the tune, from 0
    source: UInt8[ndarray, " n"]  # index into `Dataset.sources`

    def __len__(self) -> int:
        return len(self.tokens)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A prepared folder, checked."""

    num_bars: int  # 4/4 bars in a phrase
    encoding: EncodingName = "melody"
    splits: dict[str, Split]
    tunes: tuple[TuneInfo, ...]
    sources: tuple[SourceInfo, ...]
    sha256: str  # of `DATA_FILES` together
    manifest: dict[str, Any]

    @property
    def music(self) -> Encoding:
        """What a step of the tokens is."""
        return ENCODINGS[self.encoding]

    def split(self, name: str) -> Split:
        """The split "train", "validation" or "test"."""
        if name not in self.splits:
            raise ValueError(f"no split {name!r}; there are {', '.join(SPLITS)}")
        return self.splits[name]


def load(path: Path) -> Dataset:
    """The prepared folder at `path`, every file checked against its hash.

    Raises
    ------
    DataError
        If the folder is missing, damaged or of another version.
    """
    manifest = _read_manifest(path)
    try:
        files, total = manifest["sha256"]["files"], manifest["sha256"]["total"]
        for name in DATA_FILES:
            if hashlib.sha256((path / name).read_bytes()).hexdigest() != files[name]:
                raise DataError(f"{path / name} does not match its checksum. {_ADVICE}")
        if total_sha256(files) != total:
            raise DataError(f"{path}/manifest.json has been changed. {_ADVICE}")
        lines = (path / "tunes.jsonl").read_text("utf-8").splitlines()
        data = Dataset(
            num_bars=manifest["num_bars"],
            encoding=_encoding(manifest),
            splits={name: _read_split(path, name) for name in SPLITS},
            tunes=tuple(_read_tune(line) for line in lines),
            sources=tuple(SourceInfo(**values) for values in manifest["sources"]),
            sha256=total,
            manifest=manifest,
        )
    except OSError as error:
        raise DataError(f"{path} lacks {error.filename}. {_ADVICE}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} is damaged: {error}. {_ADVICE}") from error
    _check(data, path)
    return data


def column_dtypes(music: Encoding) -> dict[str, type[np.integer[Any]]]:
    """What each of `COLUMNS` is stored as."""
    return {
        "tokens": music.dtype,
        "tune": np.int32,
        "bar": np.int32,
        "source": np.uint8,
    }


def total_sha256(files: dict[str, str]) -> str:
    """One hash of the hashes of `DATA_FILES`."""
    together = "".join(files[name] for name in sorted(DATA_FILES))
    return hashlib.sha256(together.encode()).hexdigest()


def write_json_lines(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write one JSON object a line."""
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), "utf-8")


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((path / "manifest.json").read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataError(f"{path} is not a prepared data folder. {_ADVICE}") from error
    except (OSError, ValueError) as error:
        raise DataError(f"{path}/manifest.json is damaged. {_ADVICE}") from error
    version = manifest.get("format_version") if isinstance(manifest, dict) else None
    if version != FORMAT_VERSION:
        raise DataError(
            f"{path} has format version {version}; this program reads "
            f"{FORMAT_VERSION}. {_ADVICE}"
        )
    return dict(manifest)


def _encoding(manifest: dict[str, Any]) -> EncodingName:
    name: EncodingName = manifest.get("encoding", "melody")
    if name not in ENCODINGS:
        raise ValueError(f"encoding {name!r} is none of {', '.join(ENCODINGS)}")
    return name


def _read_split(path: Path, name: str) -> Split:
    arrays = {
        column: np.load(path / f"{name}_{column}.npy", allow_pickle=False)
        for column in COLUMNS
    }
    return Split(**arrays)


def _read_tune(line: str) -> TuneInfo:
    values = json.loads(line)
    title = shown_title(values["title"], source=values["source"], file=values["file"])
    return TuneInfo(**{**values, "title": title})


def _check(data: Dataset, path: Path) -> None:
    """Refuse arrays that contradict each other or the manifest."""
    music = data.music
    phrase = (data.num_bars * STEPS_PER_BAR, *music.part_shape)
    for name, split in data.splits.items():
        num = len(split)
        shapes = [split.tune.shape, split.bar.shape, split.source.shape]
        if (
            split.tokens.shape != (num, *phrase)
            or shapes != [(num,)] * 3
            or any(
                getattr(split, column).dtype != dtype
                for column, dtype in column_dtypes(music).items()
            )
            or not _are_classes(split.tokens, music)
            or split.source.max(initial=0) >= len(data.sources)
            or split.tune.max(initial=0) >= len(data.tunes)
            or split.tune.min(initial=0) < 0
        ):
            raise DataError(f"{path}: the {name} split contradicts itself. {_ADVICE}")


def _are_classes(tokens: Integer[ndarray, "n steps *parts"], music: Encoding) -> bool:
    """Whether every token is a class of its part."""
    parts = music.by_part(tokens)
    return all(
        parts[part.name].min(initial=0) >= 0
        and parts[part.name].max(initial=0) < part.depth
        for part in music.parts
    )
