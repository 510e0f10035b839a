"""How much of what a model writes stands in its training data, note for note.

**Conventions.** Two bars are compared (one, of a model of one bar), from every bar line
of a phrase on, if they have three onsets or more. What sounds before the first onset
is not: windows may begin within a note. *Transposed* takes two windows for the same if
one is the other in another key, the same key included.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from jaxtyping import Float, UInt8
from numpy import ndarray

from explorer.converters import MELODY_DEPTH, NUM_SPECIAL_EVENTS
from explorer.dataset import Split
from explorer.language_model import first_seen
from explorer.notes import STEPS_PER_BAR

WINDOW_BARS: Final = 2
MIN_ONSETS: Final = 3  # fewer are bound to stand somewhere


@dataclass(frozen=True, kw_only=True)
class KnownWindows:
    """The two-bar windows of training phrases."""

    exact: frozenset[bytes]
    transposed: frozenset[bytes]


def known_windows(split: Split) -> KnownWindows:
    """Every window of a split, each bar of each tune looked at once."""
    windows = _windows(split.tokens)
    once = first_seen(split, windows.shape[1])
    distinct = windows[once]
    return KnownWindows(
        exact=frozenset(_keys(distinct)),
        transposed=frozenset(_keys(in_one_key(distinct))),
    )


def copied(
    tokens: UInt8[ndarray, "n steps"],
    known: KnownWindows,
    weights: Float[ndarray, " n"] | None = None,
) -> dict[str, Any]:
    """Share of the windows of phrases that are known; 0 where there is no window.

    `weights` say how much the windows of each phrase count.
    """
    windows = _windows(tokens)
    row, place = np.nonzero((windows >= NUM_SPECIAL_EVENTS).sum(axis=2) >= MIN_ONSETS)
    chosen = windows[row, place]
    even = np.ones(len(row))
    share = even if weights is None else weights[row]
    share = share / max(float(share.sum()), np.finfo(float).tiny)
    exact = np.array([key in known.exact for key in _keys(chosen)], bool)
    transposed = np.array(
        [key in known.transposed for key in _keys(in_one_key(chosen))], bool
    )
    return {
        "num_windows": len(row),
        "exact": round(float(share @ exact), 4),
        "transposed": round(float(share @ transposed), 4),
    }


def in_one_key(
    windows: UInt8[ndarray, "n steps"],
) -> UInt8[ndarray, "n steps"]:
    """Windows moved so that each begins with the same pitch."""
    pitched = windows >= NUM_SPECIAL_EVENTS
    first = windows[np.arange(len(windows)), pitched.argmax(axis=1)].astype(np.int64)
    moved = windows + (MELODY_DEPTH + NUM_SPECIAL_EVENTS - first)[:, None]
    return np.where(pitched, moved, windows).astype(np.uint8)


def _windows(
    tokens: UInt8[ndarray, "n steps"],
) -> UInt8[ndarray, "n places window"]:
    """Windows from each bar line on, what sounds before their first onset cleared."""
    num_bars = tokens.shape[1] // STEPS_PER_BAR
    size = min(WINDOW_BARS, num_bars)
    bars = tokens.reshape(len(tokens), num_bars, STEPS_PER_BAR)
    places = [bars[:, i : i + size] for i in range(num_bars - size + 1)]
    windows = np.stack(places, axis=1).reshape(len(tokens), len(places), -1)
    begun = np.logical_or.accumulate(windows >= NUM_SPECIAL_EVENTS, axis=2)
    return np.where(begun, windows, 0).astype(np.uint8)


def _keys(windows: UInt8[ndarray, "n steps"]) -> list[bytes]:
    return [row.tobytes() for row in windows]
