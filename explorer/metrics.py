"""How well phrases were written back: accuracy, onsets, exact bars, active units.

**Conventions.** Tokens are melody classes (batch, steps): 0 goes on, 1 ends a note,
2 and up start one. A reference without onsets and an estimate without onsets agree
(F1 = 1). All results are shares in [0, 1] unless a name says otherwise.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, UInt8
from numpy import ndarray

from explorer.converters import NUM_SPECIAL_EVENTS
from explorer.notes import STEPS_PER_BAR

ACTIVE_UNIT_VARIANCE = 0.01  # Burda et al. (2015), arXiv:1509.00519, section 2.4


@dataclass(frozen=True, kw_only=True)
class ReconstructionScore:
    """How one way of decoding writes held-out phrases back."""

    accuracy: float  # share of steps with the true token
    onset_f1: float  # F1 of note-ons: right step and right pitch
    exact_bars: float  # share of bars without a wrong step
    exact_phrases: float  # share of phrases without a wrong step
    accuracy_by_step: tuple[float, ...]  # accuracy at each step of the phrase


def reconstruction_score(
    truth: UInt8[ndarray, "batch steps"], written: UInt8[ndarray, "batch steps"]
) -> ReconstructionScore:
    """Compare written tokens with the true ones.

    Raises
    ------
    ValueError
        If there is no phrase.
    """
    if not len(truth):
        raise ValueError("no phrases to score")
    right = truth == written
    bars = right.reshape(len(right), -1, STEPS_PER_BAR)
    return ReconstructionScore(
        accuracy=float(right.mean()),
        onset_f1=onset_f1(truth, written),
        exact_bars=float(bars.all(axis=2).mean()),
        exact_phrases=float(right.all(axis=1).mean()),
        accuracy_by_step=tuple(round(float(v), 4) for v in right.mean(axis=0)),
    )


def onset_f1(
    truth: UInt8[ndarray, "batch steps"], written: UInt8[ndarray, "batch steps"]
) -> float:
    """F1 of note-ons that agree in step and pitch, over all phrases together."""
    true_onsets, own_onsets = _onsets(truth), _onsets(written)
    hits = int((true_onsets & own_onsets & (truth == written)).sum())
    total = int(true_onsets.sum()) + int(own_onsets.sum())
    return 2 * hits / total if total else 1.0


def _onsets(tokens: UInt8[ndarray, "batch steps"]) -> Bool[ndarray, "batch steps"]:
    return tokens >= NUM_SPECIAL_EVENTS


def kl_bits_by_dimension(
    mu: Float[ndarray, "batch z_size"], sigma: Float[ndarray, "batch z_size"]
) -> Float[ndarray, " z_size"]:
    """Mean KL(q || N(0, I)) of each latent dimension, in bits."""
    kl = 0.5 * (mu**2 + sigma**2 - 1 - 2 * np.log(sigma))
    return kl.mean(axis=0) / math.log(2)


def active_units(mu: Float[ndarray, "batch z_size"]) -> int:
    """Number of dimensions whose mu varies with the phrase (variance > 0.01)."""
    return int((mu.var(axis=0) > ACTIVE_UNIT_VARIANCE).sum())
