"""Extracts of corpus files, kept on disk so that no file is read twice.

A kept extract is named by the SHA-256 of the file's bytes and by the reader's
version, so a run that was killed goes on where it stopped, a changed file is read
again, and phrases of another length reuse everything.
"""

import gzip
import hashlib
import json
import os
from pathlib import Path

from explorer.corpus import (
    ABC_SUFFIXES,
    MIDI_SUFFIXES,
    READER_VERSION,
    Extract,
    extract_from_json,
    extract_to_json,
)
from explorer.corpus_midi import read_song
from explorer.corpus_scores import read_abc, read_score
from explorer.errors import ExplorerError

MAX_FILE_BYTES = 20_000_000


def extract_file(path: Path, cache: Path, *, is_unpadded: bool = False) -> Extract:
    """What the file holds, from the cache if it was read before.

    A file that cannot be read gives an extract without lines and the reason.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            megabytes = MAX_FILE_BYTES // 1_000_000
            return _nothing(f"larger than {megabytes} MB")
        data = path.read_bytes()
    except OSError as error:
        return _nothing(f"not readable: {error.strerror}")
    suffix = path.suffix.lower()
    digest = hashlib.sha256(data).hexdigest()
    rule = ".unpadded" if is_unpadded and suffix in MIDI_SUFFIXES else ""
    name = f"{digest}.v{READER_VERSION}{rule}{suffix}.json.gz"
    kept = cache / digest[:2] / name
    if kept.exists():
        try:
            return extract_from_json(json.loads(gzip.decompress(kept.read_bytes())))
        except (OSError, EOFError, ValueError, KeyError, TypeError):
            kept.unlink()  # damaged: read the file again
    extract = _read(data, suffix, is_unpadded=is_unpadded)
    kept.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(extract_to_json(extract), separators=(",", ":"))
    partial = kept.with_suffix(f".{os.getpid()}.tmp")
    partial.write_bytes(gzip.compress(text.encode(), compresslevel=4, mtime=0))
    partial.replace(kept)
    return extract


def _read(data: bytes, suffix: str, *, is_unpadded: bool) -> Extract:
    """Nothing here may depend on the file's name: the cache does not know it."""
    try:
        if suffix in MIDI_SUFFIXES:
            return read_song(data, is_unpadded=is_unpadded)
        if suffix in ABC_SUFFIXES:
            return read_abc(data)
        return read_score(data, suffix)
    except ExplorerError as error:
        return _nothing(f"not readable: {error}")
    except Exception as error:  # a broken file must not stop the run
        text = " ".join(str(error).split())[:120]
        return _nothing(f"not readable: {type(error).__name__}: {text}")


def _nothing(reason: str) -> Extract:
    return Extract(lines=(), left_out=(("", reason),))
