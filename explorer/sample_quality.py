"""New phrases beside real ones: what they are like and how far apart they are.

**Conventions.** `weights` say how much each real phrase counts and add up to 1; None
counts all alike. Phrases without what is measured (no onset, no interval) are left out
of that measure. Differences:

- of an attribute: the 1-Wasserstein distance, in the attribute's unit [1]_;
- of intervals and of rhythm: the Jensen-Shannon divergence, in bits (0 the same, 1
  nothing in common), of pairs of neighbouring melodic intervals (cut at an octave) and
  of neighbouring distances between onsets (cut at a bar) [2]_.

Finite sets differ a little even if they are from one source: read every difference
beside that of as many training phrases.

References
----------
.. [1] Villani (2009), Optimal Transport: in one dimension, the area between the two
   distribution functions.
.. [2] Lin (1991), Divergence measures based on the Shannon entropy. IEEE Transactions
   on Information Theory 37.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from jaxtyping import Float, Int, UInt8
from numpy import ndarray

from explorer.attributes import ATTRIBUTES, measure
from explorer.converters import tokens_to_melody
from explorer.notes import STEPS_PER_BAR

MAX_INTERVAL: Final = 12  # semitones; larger ones count as this
MAJOR: Final = (0, 2, 4, 5, 7, 9, 11)  # natural minor has the notes of a major scale
HARMONIC_MINOR: Final = (0, 2, 3, 5, 7, 8, 11)
RANGE: Final = (0.01, 0.99)  # quantiles of real pitches that make the usual range


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is usual among real phrases."""

    low: float  # pitch
    high: float
    span: float  # semitones from the lowest note of a phrase to the highest


def usual(tokens: UInt8[ndarray, "n steps"], weights: Float[ndarray, " n"]) -> Usual:
    """The range of nearly all real notes, and the span of nearly all phrases."""
    melody = tokens_to_melody(tokens)
    onsets = melody >= 0
    by_note = np.broadcast_to(weights[:, None], melody.shape)[onsets]
    spans, sounding = _spans(melody)
    low, high = (_quantile(melody[onsets], by_note, share) for share in RANGE)
    return Usual(low=low, high=high, span=_quantile(spans, weights[sounding], RANGE[1]))


def statistics(
    tokens: UInt8[ndarray, "n steps"],
    usual: Usual,
    weights: Float[ndarray, " n"] | None = None,
) -> dict[str, float]:
    """Means over phrases: attributes, pitch, key, range."""
    melody = tokens_to_melody(tokens)
    weights = np.full(len(tokens), 1 / len(tokens)) if weights is None else weights
    onsets = melody >= 0
    by_note = np.broadcast_to(weights[:, None], melody.shape)[onsets]
    pitches = melody[onsets]
    spans, sounding = _spans(melody)
    in_range = (usual.low <= pitches) & (pitches <= usual.high)
    values = dict(zip(ATTRIBUTES, weights @ measure(melody), strict=True))
    values |= {
        "mean_pitch": _mean(pitches, by_note),
        "in_one_scale": _mean(in_best_scale(melody[sounding]), weights[sounding]),
        "notes_in_usual_range": _mean(in_range, by_note),
        "phrases_of_usual_span": _mean(spans <= usual.span, weights[sounding]),
        "unique_phrases": len(np.unique(tokens, axis=0)) / len(tokens),
    }
    return {name: round(float(value), 4) for name, value in values.items()}


def differences(
    tokens: UInt8[ndarray, "n steps"],
    real: UInt8[ndarray, "m steps"],
    real_weights: Float[ndarray, " m"],
) -> dict[str, float]:
    """How far phrases are from real ones, by attribute, intervals and rhythm."""
    melody, real_melody = tokens_to_melody(tokens), tokens_to_melody(real)
    own, theirs = measure(melody), measure(real_melody)
    found: dict[str, float] = {
        name: wasserstein(own[:, i], theirs[:, i], b_weights=real_weights)
        for i, name in enumerate(ATTRIBUTES)
    }
    even = np.full(len(tokens), 1 / len(tokens))
    for name, pairs in (("intervals", interval_pairs), ("rhythm", rhythm_pairs)):
        shares = pairs(melody, even), pairs(real_melody, real_weights)
        found[name] = jensen_shannon_bits(*shares)
    return {name: round(value, 4) for name, value in found.items()}


def compare(
    groups: Mapping[str, UInt8[ndarray, "_ steps"]],
    real: UInt8[ndarray, "m steps"],
    real_weights: Float[ndarray, " m"],
) -> dict[str, Any]:
    """Statistics of each group and of the real phrases, and each one's differences."""
    known = usual(real, real_weights)
    found: dict[str, Any] = {
        name: statistics(tokens, known) for name, tokens in groups.items()
    }
    found["data"] = statistics(real, known, real_weights)
    found["differences"] = {
        name: differences(tokens, real, real_weights) for name, tokens in groups.items()
    }
    found["usual_range"] = {
        "lowest_pitch": known.low,
        "highest_pitch": known.high,
        "span": known.span,
    }
    return found


def wasserstein(
    a: Float[ndarray, " n"],
    b: Float[ndarray, " m"],
    *,
    b_weights: Float[ndarray, " m"] | None = None,
) -> float:
    """Mean distance that values have to move to turn `a` into `b`, at least 0."""
    a_weights = np.full(len(a), 1 / len(a))
    b_weights = np.full(len(b), 1 / len(b)) if b_weights is None else b_weights
    values = np.concatenate([a, b])
    order = np.argsort(values, kind="stable")
    surplus = np.cumsum(np.concatenate([a_weights, -b_weights])[order])
    return float(np.abs(surplus[:-1]) @ np.diff(values[order]))


def jensen_shannon_bits(
    p: Float[ndarray, " classes"], q: Float[ndarray, " classes"]
) -> float:
    """Divergence of two distributions from their mean, in [0, 1] bits."""
    middle = (p + q) / 2

    def from_middle(shares: ndarray) -> float:
        held = shares > 0
        return float(shares[held] @ np.log2(shares[held] / middle[held]))

    return max(0.0, (from_middle(p) + from_middle(q)) / 2)


def interval_pairs(
    melody: Int[ndarray, "n steps"], weights: Float[ndarray, " n"]
) -> Float[ndarray, " classes"]:
    """Share of each pair of neighbouring intervals, in semitones up or down."""
    size = 2 * MAX_INTERVAL + 1
    row, step = np.nonzero(melody >= 0)
    intervals = np.diff(melody[row, step].astype(np.int64))
    symbols = np.clip(intervals, -MAX_INTERVAL, MAX_INTERVAL) + MAX_INTERVAL
    return _pairs(symbols, size, row, weights)


def rhythm_pairs(
    melody: Int[ndarray, "n steps"], weights: Float[ndarray, " n"]
) -> Float[ndarray, " classes"]:
    """Share of each pair of neighbouring distances between onsets, in steps."""
    row, step = np.nonzero(melody >= 0)
    symbols = np.clip(np.diff(step), 1, STEPS_PER_BAR)
    return _pairs(symbols, STEPS_PER_BAR + 1, row, weights)


def _pairs(
    symbols: Int[ndarray, " gaps"],
    size: int,
    row: Int[ndarray, " onsets"],
    weights: Float[ndarray, " n"],
) -> Float[ndarray, " classes"]:
    """Weighted shares of pairs of what lies between onsets of one phrase."""
    together = row[2:] == row[:-2]
    pairs = (symbols[:-1] * size + symbols[1:])[together]
    counts = np.bincount(pairs, weights[row[2:][together]], minlength=size**2)
    return counts / max(float(counts.sum()), np.finfo(float).tiny)


def in_best_scale(melody: Int[ndarray, "n steps"]) -> Float[ndarray, " n"]:
    """Share of onsets in the scale that holds most of them; 0 without onsets.

    Of the twelve major and the twelve harmonic minor scales.
    """
    row, step = np.nonzero(melody >= 0)
    classes = 12 * row + melody[row, step] % 12
    counts = np.bincount(classes, minlength=12 * len(melody)).reshape(-1, 12)
    scales = np.zeros((24, 12))
    for index, scale in enumerate((MAJOR, HARMONIC_MINOR)):
        for tonic in range(12):
            scales[12 * index + tonic, (np.array(scale) + tonic) % 12] = 1
    held = (counts @ scales.T).max(axis=1)
    return held / np.maximum(counts.sum(axis=1), 1)


def _spans(
    melody: Int[ndarray, "n steps"],
) -> tuple[Int[ndarray, " k"], Int[ndarray, " k"]]:
    """(highest less lowest pitch, row) of each phrase with onsets."""
    onsets = melody >= 0
    sounding = np.flatnonzero(onsets.any(axis=1))
    lowest = np.where(onsets, melody, 127)[sounding].min(axis=1)
    return melody[sounding].max(axis=1) - lowest, sounding


def _mean(values: ndarray, weights: Float[ndarray, " n"]) -> float:
    total = float(weights.sum())
    return float(values @ weights) / total if total else 0.0


def _quantile(values: ndarray, weights: Float[ndarray, " n"], share: float) -> float:
    """The smallest value with at least this share of the weight at or below it."""
    if not len(values):
        return 0.0
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    place = min(int(np.searchsorted(reached, share)), len(values) - 1)
    return float(values[order][place])
