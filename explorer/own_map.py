"""A map folder: phrases of somebody's own files in the space of one checkpoint.

`map.json` says which checkpoint, by name and by the SHA-256 of its weights, and names
every other file with its hash; codes, titles and layouts are packed as in a checkpoint
(`library.pack`). The app offers such a map as `checkpoint@map`.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch

from explorer import library
from explorer.checkpoint import Checkpoint, check_name
from explorer.errors import CheckpointError
from explorer.library import Library
from explorer.sealed_folder import (
    NAME,
    Kind,
    SealedFolder,
    check_files,
    hashes,
    read_listing,
    replace_folder,
    to_json,
)

FORMAT_VERSION: Final = 1
LISTING: Final = "map.json"
LEFT_OUT: Final = "left_out.jsonl"
MOST_PHRASES: Final = 100_000  # of a map
REMEDY: Final = "Index the files again with `python -m explorer index`."

_TEXTS: Final = ("name", "checkpoint", "weights", "date")
_KIND: Final = Kind(
    listing=LISTING,
    what=f"A map is a folder with {LISTING}, {library.LATENTS} and {library.PHRASES}",
    remedy=REMEDY,
    remedy_for_less=REMEDY,
    max_bytes=512 * 1024**2,
)


@dataclass(frozen=True, kw_only=True)
class OwnMap:
    """What a map folder says of itself."""

    name: str  # of its folder
    path: Path
    checkpoint: str  # name of the one it was made with
    weights: str  # SHA-256 of that one's weights
    date: str  # on which it was made
    num_phrases: int
    files: Mapping[str, str]  # name -> SHA-256


def save(
    folder: Path,
    shown: Library,
    trained: Checkpoint,
    *,
    seed: int,
    date: str,
    left_out: bytes = b"",
) -> Path:
    """Write a map folder; the one before is replaced only once all is written.

    Parameters
    ----------
    folder
        Where it goes; its parent is made if needed.
    shown
        The phrases.
    trained
        The model whose codes they have.
    seed
        That the map was made with.
    date
        Of the making: `2018-03-13`.
    left_out
        JSON lines: what was not used, and why.

    Raises
    ------
    CheckpointError
        If there is something else at that place, or the name is not allowed.
    """
    check_place(folder)
    contents = {**library.pack(shown), LEFT_OUT: left_out}
    listing = {
        "format_version": FORMAT_VERSION,
        "name": folder.name,
        "checkpoint": trained.path.resolve().name,
        "weights": trained.sha256,
        "num_phrases": len(shown),
        "seed": seed,
        "date": date,
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": torch.__version__,
        },
        "files": hashes(contents),
    }
    replace_folder(folder, {**contents, LISTING: to_json(listing)})
    return folder


def check_place(folder: Path) -> None:
    """Raise CheckpointError unless a map can be written there without harm."""
    if not NAME.fullmatch(folder.name):
        raise CheckpointError(
            f"{folder.name[:80]!r} cannot name a map. Use up to 64 letters, digits, "
            "dots, dashes and underscores, with a letter or digit first."
        )
    is_free = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if not is_free and not (folder / LISTING).is_file():
        raise CheckpointError(
            f"{folder} is there already and is no map, so it is left as it is. Choose "
            "another name with --out."
        )


def read(folder: Path) -> OwnMap:
    """What a map folder says of itself; its files are not read yet.

    Raises
    ------
    CheckpointError
        If that is missing, damaged or of another version.
    """
    listing = read_listing(folder, _KIND)
    version = listing.get("format_version")
    if version != FORMAT_VERSION:
        raise CheckpointError(
            f"{folder} has format version {version!r}; this program reads "
            f"{FORMAT_VERSION}. Update the program, or index the files again."
        )
    files, num = listing.get("files"), listing.get("num_phrases")
    wrong = [key for key in _TEXTS if not isinstance(listing.get(key), str)]
    wrong += [] if isinstance(files, dict) else ["files"]
    wrong += [] if type(num) is int and 0 < num <= MOST_PHRASES else ["num_phrases"]
    if not isinstance(files, dict) or type(num) is not int or wrong:
        raise CheckpointError(
            f"{folder / LISTING} lacks {', '.join(wrong)}, or has what it cannot be. "
            f"{REMEDY}"
        )
    check_name(listing["checkpoint"])
    check_files(folder, files, _KIND)
    return OwnMap(
        name=folder.resolve().name,
        path=folder,
        checkpoint=listing["checkpoint"],
        weights=listing["weights"],
        date=listing["date"][:32],
        num_phrases=num,
        files=files,
    )


def check(found: OwnMap, weights: str | None) -> None:
    """Raise CheckpointError unless a map is whole and fits a checkpoint.

    Parameters
    ----------
    found
        The map.
    weights
        SHA-256 of the weights of the checkpoint that has its name; None if there is
        no such checkpoint.
    """
    if weights is None:
        raise CheckpointError(
            f"The map {found.name} was made with the checkpoint {found.checkpoint}, "
            "which is not here or does not work. Put it back, or index the files again "
            "with another."
        )
    if weights != found.weights:
        raise CheckpointError(
            f"The map {found.name} was made with other weights of {found.checkpoint} "
            f"({found.weights[:12]}…; those here are {weights[:12]}…), so its codes "
            f"mean nothing here. {REMEDY}"
        )
    sealed = _sealed(found)
    for file in found.files:
        sealed.read(file)


def load(found: OwnMap, trained: Checkpoint) -> Library:
    """The phrases of a map.

    Raises
    ------
    CheckpointError
        If the map is damaged or was made with other weights.
    """
    check(found, trained.sha256)
    shown = library.unpack(_sealed(found), trained.config, REMEDY)
    if len(shown) != found.num_phrases:
        raise CheckpointError(
            f"{found.path} holds {len(shown):,} phrases and {LISTING} says "
            f"{found.num_phrases:,}. {REMEDY}"
        )
    return shown


def folders(root: Path, named: Path | None = None) -> list[Path]:
    """Map folders: the one that was named, and those inside `root`, by name.

    Links, odd names and folders without a `map.json` are left out of `root`. Of two
    with one name the first is taken.
    """
    inside = sorted(root.iterdir()) if root.is_dir() else []
    found = [named.resolve()] if named else []
    found += [
        folder
        for folder in inside
        if NAME.fullmatch(folder.name)
        and not folder.name.endswith(".tmp")
        and not folder.is_symlink()
        and (folder / LISTING).is_file()
    ]
    first: dict[str, Path] = {}
    for folder in found:
        first.setdefault(folder.name, folder)
    return list(first.values())


def parted(name: str) -> tuple[str, str | None]:
    """A checkpoint's name and a map's, of `checkpoint@map`; of another name None."""
    checkpoint_name, at, map_name = name.partition("@")
    return checkpoint_name, map_name if at else None


def _sealed(found: OwnMap) -> SealedFolder:
    return SealedFolder(path=found.path, files=found.files, kind=_KIND)
