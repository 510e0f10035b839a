"""How well phrases were written back: accuracy, onsets, exact bars, active units.

**Conventions.** Tokens are (batch, steps), or (batch, steps, parts) of several parts
(see `explorer.encodings`); each step of each part counts alike. An onset is a note that
starts or a step at which drums are hit. A reference without onsets and an estimate
without onsets agree (F1 = 1). All results are shares in [0, 1] unless a name says
otherwise.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int, Integer
from numpy import ndarray

from explorer.encodings import Encoding, PartName
from explorer.notes import STEPS_PER_BAR

ACTIVE_UNIT_VARIANCE = 0.01  # Burda et al. (2015), arXiv:1509.00519, section 2.4


@dataclass(frozen=True, kw_only=True)
class PartScore:
    """How one part of the music was written back."""

    accuracy: float  # share of steps with the true token
    onset_f1: float  # F1 of onsets: right step and right token
    hit_f1: float | None = None  # F1 of single drums; None for a pitched part
    accuracy_by_step: tuple[float, ...]  # accuracy at each step of the phrase


@dataclass(frozen=True, kw_only=True)
class ReconstructionScore:
    """How one way of decoding writes held-out phrases back."""

    accuracy: float  # share of steps (and parts) with the true token
    onset_f1: float  # F1 of onsets: right step and right pitch, or right drums
    hit_f1: float | None = None  # F1 of single drums; only of an encoding of drums
    exact_bars: float  # share of bars without a wrong step in any part
    exact_phrases: float  # share of phrases without a wrong step in any part
    accuracy_by_step: tuple[float, ...]  # accuracy at each step of the phrase
    by_part: Mapping[PartName, PartScore] = field(default_factory=dict)  # if several

    def to_json(self) -> dict[str, Any]:
        """JSON values; what does not apply to the music is left out."""
        values = {
            name: value for name, value in vars(self).items() if name != "by_part"
        }
        if self.by_part:
            values["by_part"] = {
                name: _without_none(vars(score)) for name, score in self.by_part.items()
            }
        return _without_none(values)


def reconstruction_score(
    truth: Integer[ndarray, "batch steps *parts"],
    written: Integer[ndarray, "batch steps *parts"],
    music: Encoding,
) -> ReconstructionScore:
    """Compare written tokens with the true ones.

    `music` says which tokens are onsets; what is not F1 does not depend on it.

    Raises
    ------
    ValueError
        If there is no phrase.
    """
    if not len(truth):
        raise ValueError("no phrases to score")
    right = (truth == written).reshape(*truth.shape[:2], -1)
    bars = right.reshape(len(right), -1, STEPS_PER_BAR * right.shape[2])
    has_drums_alone = len(music.parts) == 1 and not music.parts[0].is_pitched
    return ReconstructionScore(
        accuracy=float(right.mean()),
        onset_f1=onset_f1(truth, written, music),
        hit_f1=hit_f1(truth, written) if has_drums_alone else None,
        exact_bars=float(bars.all(axis=2).mean()),
        exact_phrases=float(right.all(axis=(1, 2)).mean()),
        accuracy_by_step=_by_step(right),
        by_part=_scores_by_part(truth, written, music) if music.part_shape else {},
    )


def onset_f1(
    truth: Integer[ndarray, "batch steps *parts"],
    written: Integer[ndarray, "batch steps *parts"],
    music: Encoding,
) -> float:
    """F1 of onsets that agree in step and token, over all phrases and parts together.

    Drums hit together are one onset: with one of them wrong it does not agree.
    """
    true_onsets, own_onsets = music.onsets(truth), music.onsets(written)
    hits = int((true_onsets & own_onsets & (truth == written)).sum())
    return _f1(hits, int(true_onsets.sum()) + int(own_onsets.sum()))


def hit_f1(
    truth: Integer[ndarray, "batch steps"], written: Integer[ndarray, "batch steps"]
) -> float:
    """F1 of single drums that agree in step and class, over all phrases together."""
    counts = [
        int(np.bitwise_count(tokens).sum())
        for tokens in (truth & written, truth, written)
    ]
    return _f1(counts[0], counts[1] + counts[2])


def num_onsets(
    tokens: Integer[ndarray, "batch steps *parts"], music: Encoding
) -> Int[ndarray, " batch"]:
    """Onsets of each phrase, of all parts together."""
    onsets = music.onsets(tokens)
    return onsets.sum(axis=tuple(range(1, onsets.ndim)))


def accuracy_of_phrases(
    truth: Integer[ndarray, "batch steps *parts"],
    written: Integer[ndarray, "batch steps *parts"],
) -> Float[ndarray, " batch"]:
    """Share of steps (and parts) of each phrase with the true token."""
    right = truth == written
    return right.mean(axis=tuple(range(1, right.ndim)))


def _scores_by_part(
    truth: Integer[ndarray, "batch steps parts"],
    written: Integer[ndarray, "batch steps parts"],
    music: Encoding,
) -> dict[PartName, PartScore]:
    found: dict[PartName, PartScore] = {}
    for part, own_truth, own in zip(
        music.parts,
        music.by_part(truth).values(),
        music.by_part(written).values(),
        strict=True,
    ):
        right = own_truth == own
        onsets = part.onsets(own_truth)
        total = int(onsets.sum()) + int(part.onsets(own).sum())
        found[part.name] = PartScore(
            accuracy=float(right.mean()),
            onset_f1=_f1(int((onsets & right).sum()), total),
            hit_f1=None if part.is_pitched else hit_f1(own_truth, own),
            accuracy_by_step=_by_step(right[:, :, None]),
        )
    return found


def _by_step(right: Bool[ndarray, "batch steps parts"]) -> tuple[float, ...]:
    return tuple(round(float(v), 4) for v in right.mean(axis=(0, 2)))


def _f1(agreeing: int, total: int) -> float:
    """F1 from what agrees and how much there is on both sides together."""
    return 2 * agreeing / total if total else 1.0


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def kl_bits_by_dimension(
    mu: Float[ndarray, "batch z_size"], sigma: Float[ndarray, "batch z_size"]
) -> Float[ndarray, " z_size"]:
    """Mean KL(q || N(0, I)) of each latent dimension, in bits."""
    kl = 0.5 * (mu**2 + sigma**2 - 1 - 2 * np.log(sigma))
    return kl.mean(axis=0) / math.log(2)


def active_units(mu: Float[ndarray, "batch z_size"]) -> int:
    """Number of dimensions whose mu varies with the phrase (variance > 0.01)."""
    return int((mu.var(axis=0) > ACTIVE_UNIT_VARIANCE).sum())
