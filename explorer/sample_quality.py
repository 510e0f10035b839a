"""New phrases beside real ones: what they are like and how far apart they are.

**Conventions.** `weights` say how much each real phrase counts and add up to 1; None
counts all alike. Phrases without what is measured (no onset, no interval) are left out
of that measure. Differences:

- of an attribute: the 1-Wasserstein distance, in the attribute's unit [1]_;
- of intervals and of rhythm of a melody: the Jensen-Shannon divergence, in bits (0 the
  same, 1 nothing in common), of pairs of neighbouring melodic intervals (cut at an
  octave) and of neighbouring distances between onsets (cut at a bar) [2]_;
- of kicks and snares: the same divergence of what of the two is hit at each sixteenth
  of the bar (see `explorer.drum_quality`).

Of a trio, scale, span, intervals and rhythm are the melody's; what begins with `bass_`
is the bass's.

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
from jaxtyping import Float, Int, Integer
from numpy import ndarray

from explorer import drum_quality
from explorer.attributes import attributes_of, measure
from explorer.converters import tokens_to_melody
from explorer.encodings import Encoding, PartName
from explorer.notes import STEPS_PER_BAR

MAX_INTERVAL: Final = 12  # semitones; larger ones count as this
MAJOR: Final = (0, 2, 4, 5, 7, 9, 11)  # natural minor has the notes of a major scale
HARMONIC_MINOR: Final = (0, 2, 3, 5, 7, 8, 11)
RANGE: Final = (0.01, 0.99)  # quantiles of real pitches that make the usual range


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is usual of one pitched part among real phrases."""

    low: float  # pitch
    high: float
    span: float  # semitones from the lowest note of a phrase to the highest


def usual(melody: Int[ndarray, "n steps"], weights: Float[ndarray, " n"]) -> Usual:
    """The range of nearly all real notes, and the span of nearly all phrases."""
    onsets = melody >= 0
    by_note = np.broadcast_to(weights[:, None], melody.shape)[onsets]
    spans, sounding = _spans(melody)
    low, high = (_quantile(melody[onsets], by_note, share) for share in RANGE)
    return Usual(low=low, high=high, span=_quantile(spans, weights[sounding], RANGE[1]))


def usual_by_part(
    tokens: Integer[ndarray, "n steps *parts"],
    weights: Float[ndarray, " n"],
    music: Encoding,
) -> dict[PartName, Usual]:
    """`usual` of each pitched part."""
    return {name: usual(own, weights) for name, own in _melodies(tokens, music).items()}


def statistics(
    tokens: Integer[ndarray, "n steps *parts"],
    known: Mapping[PartName, Usual],
    music: Encoding,
    weights: Float[ndarray, " n"] | None = None,
) -> dict[str, float]:
    """Means over phrases: attributes, pitch, key, range, and what makes a beat."""
    weights = np.full(len(tokens), 1 / len(tokens)) if weights is None else weights
    measured = weights @ measure(tokens, music.name)
    values = dict(zip(attributes_of(music.name), measured, strict=True))
    melodies = _melodies(tokens, music)
    if "melody" in melodies:
        values |= _melody_statistics(melodies["melody"], known["melody"], weights)
    if "bass" in melodies:
        pitch, in_range = _pitch_and_range(melodies["bass"], known["bass"], weights)
        values |= {"bass_mean_pitch": pitch, "bass_notes_in_usual_range": in_range}
    if (drums := _drums(tokens, music)) is not None:
        values |= {
            "backbeat": weights @ drum_quality.backbeat(drums),
            "kick_on_one": weights @ drum_quality.kick_on_one(drums),
        }
    values["unique_phrases"] = len(np.unique(tokens, axis=0)) / len(tokens)
    return {name: round(float(value), 4) for name, value in values.items()}


def differences(
    tokens: Integer[ndarray, "n steps *parts"],
    real: Integer[ndarray, "m steps *parts"],
    real_weights: Float[ndarray, " m"],
    music: Encoding,
) -> dict[str, float]:
    """How far phrases are from real ones, by attribute, intervals, rhythm, drums."""
    own, theirs = measure(tokens, music.name), measure(real, music.name)
    found: dict[str, float] = {
        name: wasserstein(own[:, i], theirs[:, i], b_weights=real_weights)
        for i, name in enumerate(attributes_of(music.name))
    }
    even = np.full(len(tokens), 1 / len(tokens))
    melody = _melodies(tokens, music).get("melody")
    if melody is not None:
        real_melody = _melodies(real, music)["melody"]
        for name, pairs in (("intervals", interval_pairs), ("rhythm", rhythm_pairs)):
            shares = pairs(melody, even), pairs(real_melody, real_weights)
            found[name] = jensen_shannon_bits(*shares)
    drums, real_drums = _drums(tokens, music), _drums(real, music)
    if drums is not None and real_drums is not None:
        found["kicks_and_snares"] = jensen_shannon_bits(
            drum_quality.kick_snare_by_position(drums, even),
            drum_quality.kick_snare_by_position(real_drums, real_weights),
        )
    return {name: round(value, 4) for name, value in found.items()}


def compare(
    groups: Mapping[str, Integer[ndarray, "_ steps *parts"]],
    real: Integer[ndarray, "m steps *parts"],
    real_weights: Float[ndarray, " m"],
    music: Encoding,
) -> dict[str, Any]:
    """Statistics of each group and of the real phrases, and each one's differences."""
    known = usual_by_part(real, real_weights, music)
    found: dict[str, Any] = {
        name: statistics(tokens, known, music) for name, tokens in groups.items()
    }
    found["data"] = statistics(real, known, music, real_weights)
    found["differences"] = {
        name: differences(tokens, real, real_weights, music)
        for name, tokens in groups.items()
    }
    if known:
        found["usual_range"] = _range_of(known)
    return found


def _range_of(known: Mapping[PartName, Usual]) -> dict[str, float]:
    """The usual range as JSON values; of the melody, and of a bass below it."""
    melody = known["melody"]
    found = {
        "lowest_pitch": melody.low,
        "highest_pitch": melody.high,
        "span": melody.span,
    }
    if bass := known.get("bass"):
        found |= {"bass_lowest_pitch": bass.low, "bass_highest_pitch": bass.high}
    return found


def _melodies(
    tokens: Integer[ndarray, "n steps *parts"], music: Encoding
) -> dict[PartName, ndarray]:
    """The events (n, steps) of each pitched part."""
    own = music.by_part(tokens)
    return {
        part.name: tokens_to_melody(own[part.name])
        for part in music.parts
        if part.is_pitched
    }


def _drums(
    tokens: Integer[ndarray, "n steps *parts"], music: Encoding
) -> Integer[ndarray, "n steps"] | None:
    """The tokens of the drums, if there are any in the music."""
    own: Integer[ndarray, "n steps"] | None = music.by_part(tokens).get("drums")
    return own


def _melody_statistics(
    melody: Int[ndarray, "n steps"], known: Usual, weights: Float[ndarray, " n"]
) -> dict[str, float]:
    pitch, in_range = _pitch_and_range(melody, known, weights)
    spans, sounding = _spans(melody)
    of_sounding = weights[sounding]
    return {
        "mean_pitch": pitch,
        "in_one_scale": _mean(in_best_scale(melody[sounding]), of_sounding),
        "notes_in_usual_range": in_range,
        "phrases_of_usual_span": _mean(spans <= known.span, of_sounding),
    }


def _pitch_and_range(
    melody: Int[ndarray, "n steps"], known: Usual, weights: Float[ndarray, " n"]
) -> tuple[float, float]:
    """(mean pitch, share in the usual range) of the notes."""
    onsets = melody >= 0
    by_note = np.broadcast_to(weights[:, None], melody.shape)[onsets]
    pitches = melody[onsets]
    in_range = (known.low <= pitches) & (pitches <= known.high)
    return _mean(pitches, by_note), _mean(in_range, by_note)


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
