"""A folder of files that is written whole and checked byte by byte when read.

One JSON file, the *listing*, names every other file with its SHA-256. Nothing is ever
unpickled, and no more is read than a limit allows.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy import ndarray
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from explorer.errors import CheckpointError

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # of a folder or file
MAX_LISTING_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a folder is for, as errors say it."""

    listing: str  # the file that names the others
    what: str  # "A checkpoint is a folder with ..."
    remedy: str  # for what is damaged
    remedy_for_less: str  # for a file that the listing does not name
    max_bytes: int  # of one file


@dataclass(frozen=True, kw_only=True)
class SealedFolder:
    """A folder whose files are checked against their hashes."""

    path: Path
    files: Mapping[str, str]  # name -> SHA-256
    kind: Kind

    def read(self, file: str) -> bytes:
        """A file, checked against its hash.

        Raises
        ------
        CheckpointError
            If it is not listed, missing or damaged.
        """
        listing = self.kind.listing
        if file not in self.files:
            raise CheckpointError(
                f"{self.path / listing} does not list {file}. "
                f"{self.kind.remedy_for_less}"
            )
        content = _read(self.path / file, self.kind, self.kind.max_bytes)
        digest, listed = hashlib.sha256(content).hexdigest(), self.files[file]
        if digest != listed:
            raise CheckpointError(
                f"{self.path / file} is damaged: its SHA-256 is {digest[:12]}…, "
                f"{listing} says {listed[:12]}…. {self.kind.remedy}"
            )
        return content

    def read_json(self, file: str) -> dict[str, Any]:
        """A JSON object, checked against its hash."""
        return _parse(self.read(file), self.path / file, self.kind)

    def read_arrays(self, file: str) -> dict[str, ndarray]:
        """Arrays of a safetensors file, checked and finite."""
        try:
            arrays = load_arrays(self.read(file))
        except (SafetensorError, ValueError, KeyError, TypeError) as error:
            raise CheckpointError(
                f"{self.path / file} is not a safetensors file. {self.kind.remedy}"
            ) from error
        for name, array in arrays.items():
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise CheckpointError(
                    f"{name} in {self.path / file} has values that are not numbers. "
                    f"{self.kind.remedy}"
                )
        return arrays


def read_listing(path: Path, kind: Kind) -> dict[str, Any]:
    """The JSON object that a folder's listing is.

    Raises
    ------
    CheckpointError
        If it is missing, too large or no JSON object.
    """
    listing = path / kind.listing
    return _parse(_read(listing, kind, MAX_LISTING_BYTES), listing, kind)


def check_files(path: Path, files: Mapping[str, Any], kind: Kind) -> None:
    """Raise CheckpointError unless a listing names plain files of its own folder."""
    for file, digest in files.items():
        if not NAME.fullmatch(file) or not isinstance(digest, str):
            raise CheckpointError(
                f"{path / kind.listing} lists a file {file[:80]!r}; only plain names "
                f"in the same folder are read. {kind.remedy}"
            )


def hashes(contents: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each file, as a listing has them."""
    return {
        file: hashlib.sha256(content).hexdigest()
        for file, content in sorted(contents.items())
    }


def replace_folder(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write the files beside `folder`, flush them to disk, then change places."""
    staging = folder.with_name(f"{folder.name}.new.tmp")
    old = folder.with_name(f"{folder.name}.old.tmp")
    for leftover in (staging, old):
        shutil.rmtree(leftover, ignore_errors=True)
    staging.mkdir(parents=True)
    for file, content in contents.items():
        with (staging / file).open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    if folder.exists():
        folder.rename(old)
    staging.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def to_json(values: Mapping[str, Any]) -> bytes:
    """JSON as all files of such a folder have it: the same bytes for equal values."""
    text = json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def to_safetensors(arrays: Mapping[str, ndarray]) -> bytes:
    """Arrays as safetensors bytes."""
    return save_arrays({k: np.ascontiguousarray(a) for k, a in sorted(arrays.items())})


def _parse(content: bytes, path: Path, kind: Kind) -> dict[str, Any]:
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is not JSON. {kind.remedy}") from error
    if not isinstance(values, dict):
        raise CheckpointError(f"{path} is not a JSON object. {kind.remedy}")
    return values


def _read(path: Path, kind: Kind, max_bytes: int) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(max_bytes + 1)
    except OSError as error:
        raise CheckpointError(
            f"{path} cannot be read ({error.strerror}). {kind.what}: check the path."
        ) from error
    if len(content) > max_bytes:
        raise CheckpointError(
            f"{path} is larger than {max_bytes // 1024**2} MB, the most that is read. "
            f"{kind.remedy}"
        )
    return content
