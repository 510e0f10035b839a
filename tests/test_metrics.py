"""Reconstruction scores, KL and active units."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from explorer.metrics import (
    active_units,
    kl_bits_by_dimension,
    onset_f1,
    reconstruction_score,
)


def phrase(**events):
    tokens = np.zeros((1, 32), np.uint8)
    for step, token in events.items():
        tokens[0, int(step[1:])] = token
    return tokens


def test_a_perfect_copy_scores_one():
    tokens = phrase(s0=40, s4=1, s8=42)
    score = reconstruction_score(tokens, tokens)
    assert (score.accuracy, score.onset_f1, score.exact_bars) == (1, 1, 1)


def test_one_wrong_step_costs_one_step_one_bar_and_the_phrase():
    score = reconstruction_score(phrase(s0=40), phrase(s0=40, s20=1))
    assert score.accuracy == 31 / 32
    assert score.exact_bars == 0.5
    assert score.exact_phrases == 0
    assert score.onset_f1 == 1
    assert score.accuracy_by_step[20] == 0
    assert sum(score.accuracy_by_step) == 31


def test_onset_needs_the_right_step_and_the_right_pitch():
    truth = phrase(s0=40, s4=42)
    assert onset_f1(truth, phrase(s0=40, s4=43)) == 0.5
    assert onset_f1(truth, phrase(s0=40, s5=42)) == 0.5
    assert onset_f1(truth, phrase(s0=40)) == pytest.approx(2 / 3)


def test_silence_for_silence_is_right_and_for_notes_wrong():
    assert onset_f1(phrase(), phrase()) == 1
    assert onset_f1(phrase(s0=40), phrase()) == 0


def test_no_phrases_is_refused():
    with pytest.raises(ValueError, match="no phrases"):
        reconstruction_score(*[np.zeros((0, 32), np.uint8)] * 2)


def test_kl_in_bits_equals_torch_distributions():
    rng = np.random.default_rng(0)
    mu, sigma = rng.normal(size=(50, 4)), rng.uniform(0.1, 2, size=(50, 4))
    q = Normal(torch.tensor(mu), torch.tensor(sigma))
    expected = kl_divergence(q, Normal(0.0, 1.0)).mean(dim=0) / math.log(2)
    np.testing.assert_allclose(kl_bits_by_dimension(mu, sigma), expected, rtol=1e-6)


def test_a_dimension_that_ignores_the_phrase_is_not_active():
    mu = np.random.default_rng(0).normal(size=(500, 3)) * [1.0, 0.2, 0.05]
    assert active_units(mu) == 2
