"""How much of what a model writes stands in its training data, note for note.

**Conventions.** Two bars are compared (one, of a model of one bar), from every bar line
of a phrase on, if they have three onsets or more. What sounds before the first onset
of a part is not: windows may begin within a note. *Exact* windows agree in every part;
*transposed* takes two windows for the same if one is the other in another key, the same
key included, with melody and bass moved together and the drums as they are. Drums alone
have no key. Of several parts, each is also looked for by itself.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from jaxtyping import Bool, Float, Integer
from numpy import ndarray

from explorer.dataset import Split
from explorer.encodings import (
    NUM_SPECIAL_EVENTS,
    PITCHED_DEPTH,
    Encoding,
    Part,
    PartName,
)
from explorer.language_model import first_seen
from explorer.notes import STEPS_PER_BAR

WINDOW_BARS: Final = 2
MIN_ONSETS: Final = 3  # fewer are bound to stand somewhere


@dataclass(frozen=True, kw_only=True)
class KnownWindows:
    """The two-bar windows of training phrases."""

    music: Encoding
    exact: frozenset[bytes]
    transposed: frozenset[bytes] | None  # None where nothing is pitched
    by_part: Mapping[PartName, "KnownWindows"]  # of each part alone, if several


def known_windows(split: Split, music: Encoding) -> KnownWindows:
    """Every window of a split, each bar of each tune looked at once."""
    windows = _windows(split.tokens, music)
    once = first_seen(split, windows.shape[1])
    distinct = windows[once]
    moved = in_one_key(distinct, music) if _is_pitched(music) else None
    return KnownWindows(
        music=music,
        exact=frozenset(_keys(distinct)),
        transposed=None if moved is None else frozenset(_keys(moved)),
        by_part={
            name: known_windows(replace(split, tokens=own), _alone(part))
            for part, (name, own) in zip(
                music.parts, music.by_part(split.tokens).items(), strict=True
            )
            if music.part_shape
        },
    )


def copied(
    tokens: Integer[ndarray, "n steps *parts"],
    known: KnownWindows,
    weights: Float[ndarray, " n"] | None = None,
) -> dict[str, Any]:
    """Share of the windows of phrases that are known; 0 where there is no window.

    `weights` say how much the windows of each phrase count. Drums alone have no
    `transposed`; music of several parts has the same of each, `by_part`.
    """
    windows = _windows(tokens, known.music)
    onsets = known.music.onsets(windows)
    num_onsets = onsets.sum(axis=tuple(range(2, windows.ndim)))
    row, place = np.nonzero(num_onsets >= MIN_ONSETS)
    chosen = windows[row, place]
    even = np.ones(len(row))
    share = even if weights is None else weights[row]
    share = share / max(float(share.sum()), np.finfo(float).tiny)

    def share_in(keys: frozenset[bytes], compared: ndarray) -> float:
        is_known = np.array([key in keys for key in _keys(compared)], bool)
        return round(float(share @ is_known), 4)

    found: dict[str, Any] = {
        "num_windows": len(row),
        "exact": share_in(known.exact, chosen),
    }
    if known.transposed is not None:
        moved = in_one_key(chosen, known.music)
        found["transposed"] = share_in(known.transposed, moved)
    if known.by_part:
        own = known.music.by_part(tokens)
        found["by_part"] = {
            name: copied(own[name], of_part, weights)
            for name, of_part in known.by_part.items()
        }
    return found


def in_one_key(
    windows: Integer[ndarray, "n steps *parts"], music: Encoding
) -> Integer[ndarray, "n steps *parts"]:
    """Windows moved so that the first note of each has the same pitch.

    Pitched parts move together; of notes that start at once the first part's counts.
    """
    pitched = _pitched(windows, music)
    flat = (len(windows), math.prod(windows.shape[1:]))
    place = pitched.reshape(flat).argmax(axis=1)
    first = windows.reshape(flat)[np.arange(len(windows)), place].astype(np.int64)
    up = PITCHED_DEPTH + NUM_SPECIAL_EVENTS - first
    up = up.reshape(-1, *[1] * (windows.ndim - 1))
    return np.where(pitched, windows + up, windows).astype(windows.dtype)


def _alone(part: Part) -> Encoding:
    """Music of this part only."""
    return Encoding(name="melody" if part.is_pitched else "drums", parts=(part,))


def _is_pitched(music: Encoding) -> bool:
    return any(part.is_pitched for part in music.parts)


def _pitched(
    tokens: Integer[ndarray, "n steps *parts"], music: Encoding
) -> Bool[ndarray, "n steps *parts"]:
    """Where a note of a pitched part starts."""
    pitched = np.array([part.is_pitched for part in music.parts])
    return music.onsets(tokens) & (pitched if music.part_shape else pitched[0])


def _windows(
    tokens: Integer[ndarray, "n steps *parts"], music: Encoding
) -> Integer[ndarray, "n places window *parts"]:
    """Windows from each bar line on, what sounds before their first onsets cleared."""
    num_bars = tokens.shape[1] // STEPS_PER_BAR
    size = min(WINDOW_BARS, num_bars)
    steps = size * STEPS_PER_BAR
    starts = [STEPS_PER_BAR * bar for bar in range(num_bars - size + 1)]
    windows = np.stack([tokens[:, i : i + steps] for i in starts], axis=1)
    begun = np.logical_or.accumulate(music.onsets(windows), axis=2)
    return np.where(begun, windows, 0).astype(music.dtype)


def _keys(windows: Integer[ndarray, "n steps *parts"]) -> list[bytes]:
    return [row.tobytes() for row in windows]
