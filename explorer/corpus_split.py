"""Which split a tune is in, and which of its windows are kept.

A tune's split follows from its name alone, so that all its settings and
transpositions are on one side, whatever else is in the corpus; a source that comes
with splits of its own keeps them. A window is kept once. Windows of validation and
test whose melody also stands in train, in any key, are left out; of drums, those that
are the same hit by hit.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int, Integer
from numpy import ndarray

from explorer.corpus_windows import Job, LinePhrases
from explorer.dataset import SPLITS, TRAIN_SHARE, VALIDATION_SHARE
from explorer.encodings import (
    ENCODINGS,
    NUM_SPECIAL_EVENTS,
    PITCHED_DEPTH,
    EncodingName,
)

_COMMON_WORDS = frozenset(
    {
        "a",
        "air",
        "an",
        "fling",
        "highland",
        "hornpipe",
        "jig",
        "march",
        "polka",
        "reel",
        "reels",
        "setting",
        "slide",
        "song",
        "strathspey",
        "the",
        "version",
    }
)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One line's windows with the tune and the split they belong to."""

    phrases: LinePhrases
    title: str
    file: str
    split: str


def key_of(job: Job, title: str) -> str:
    """What decides the split of a tune in a file; `title` is "" if it gives none."""
    if job.folder.is_split_by_folder:
        return job.name.rpartition("/")[0]
    return tune_key(title) if title else file_key(job.path.stem)


def tune_key(title: str) -> str:
    """What settings of a tune share: its words but articles, dances and numbers."""
    words = _words(title)
    telling = [w for w in words if not (w.isdigit() or w in _COMMON_WORDS)]
    return "".join(telling or words) or title


def file_key(name: str) -> str:
    """The key of a tune whose file gives no title: numbers in the name count."""
    telling = [word for word in _words(name) if word not in _COMMON_WORDS]
    return "".join(telling) or name


def _words(title: str) -> list[str]:
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title)  # AfterTheHare
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = re.sub(r"\(.*?\)|\[.*?\]|'", "", text.lower())
    return re.findall(r"[a-z0-9]+", text)


def split_of(
    key: str,
    seed: int,
    *,
    train_share: float = TRAIN_SHARE,
    validation_share: float = VALIDATION_SHARE,
) -> str:
    """The split of a tune, from a hash of its key and the seed."""
    digest = hashlib.sha256(f"{seed}:{key}".encode()).digest()
    share = int.from_bytes(digest[:8], "big") / 2**64
    if share < train_share:
        return "train"
    return "validation" if share < train_share + validation_share else "test"


def normal_form(
    tokens: Integer[ndarray, " steps *parts"], encoding: EncodingName = "melody"
) -> bytes:
    """The melody's rhythm and intervals, the same in all keys; or else the drums."""
    parts = ENCODINGS[encoding].by_part(tokens)
    if "melody" not in parts:
        return tokens.tobytes()
    form = parts["melody"].astype(np.int16)
    pitched = form >= NUM_SPECIAL_EVENTS
    if pitched.any():
        form[pitched] += PITCHED_DEPTH - form[pitched][0]
    return bytes(form.tobytes())


def keep_once(
    candidates: Sequence[Candidate], encoding: EncodingName = "melody"
) -> tuple[list[Int[ndarray, " n"]], dict[str, dict[str, int]]]:
    """(rows kept of each candidate, counts of windows by source and fate)."""
    kept: list[Int[ndarray, " n"]] = [np.zeros(0, np.int64)] * len(candidates)
    seen: set[bytes] = set()
    seen_in_source: dict[str, set[bytes]] = {}
    train_forms: set[bytes] = set()
    counts: dict[str, Counter[str]] = {}
    for split in SPLITS:
        for index, candidate in enumerate(candidates):
            if candidate.split != split:
                continue
            phrases = candidate.phrases
            count = counts.setdefault(phrases.source, Counter())
            count.update(phrases.dropped)
            own = seen_in_source.setdefault(phrases.source, set())
            rows = []
            for row, tokens in enumerate(phrases.tokens):
                window = tokens.tobytes()
                count["found"] += 1
                if window not in own:
                    own.add(window)
                    count["unique in the source"] += 1
                    count["of these 2/4, paired"] += int(phrases.is_paired[row])
                if window in seen:
                    count["duplicate"] += 1
                    continue
                form = normal_form(tokens, encoding)
                if split == "train":
                    train_forms.add(form)
                elif form in train_forms:
                    count["also in train"] += 1
                    continue
                seen.add(window)
                rows.append(row)
                count["kept"] += 1
            kept[index] = np.array(rows, np.int64)
    return kept, {name: dict(sorted(c.items())) for name, c in sorted(counts.items())}
