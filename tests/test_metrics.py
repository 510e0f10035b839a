"""Reconstruction scores, KL and active units."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from explorer.encodings import ENCODINGS
from explorer.metrics import (
    active_units,
    hit_f1,
    kl_bits_by_dimension,
    onset_f1,
    reconstruction_score,
)
from tests.helpers import tiny_tokens

MELODY, DRUMS, TRIO = (ENCODINGS[name] for name in ("melody", "drums", "trio"))


def phrase(**events):
    tokens = np.zeros((1, 32), np.uint8)
    for step, token in events.items():
        tokens[0, int(step[1:])] = token
    return tokens


def test_a_perfect_copy_scores_one():
    tokens = phrase(s0=40, s4=1, s8=42)
    score = reconstruction_score(tokens, tokens, MELODY)
    assert (score.accuracy, score.onset_f1, score.exact_bars) == (1, 1, 1)


def test_one_wrong_step_costs_one_step_one_bar_and_the_phrase():
    score = reconstruction_score(phrase(s0=40), phrase(s0=40, s20=1), MELODY)
    assert score.accuracy == 31 / 32
    assert score.exact_bars == 0.5
    assert score.exact_phrases == 0
    assert score.onset_f1 == 1
    assert score.accuracy_by_step[20] == 0
    assert sum(score.accuracy_by_step) == 31


def test_onset_needs_the_right_step_and_the_right_pitch():
    truth = phrase(s0=40, s4=42)
    assert onset_f1(truth, phrase(s0=40, s4=43), MELODY) == 0.5
    assert onset_f1(truth, phrase(s0=40, s5=42), MELODY) == 0.5
    assert onset_f1(truth, phrase(s0=40), MELODY) == pytest.approx(2 / 3)


def test_silence_for_silence_is_right_and_for_notes_wrong():
    assert onset_f1(phrase(), phrase(), MELODY) == 1
    assert onset_f1(phrase(s0=40), phrase(), MELODY) == 0


def test_a_melody_is_scored_by_the_numbers_it_always_had():
    score = reconstruction_score(phrase(s0=40), phrase(s0=41), MELODY)
    names = ("accuracy", "onset_f1", "exact_bars", "exact_phrases", "accuracy_by_step")
    assert tuple(score.to_json()) == names


def test_drums_hit_together_agree_as_a_whole_or_one_by_one():
    kick_and_hat, kick, snare_and_hat = 0b101, 0b001, 0b110
    truth = phrase(s0=kick_and_hat, s4=kick).astype(np.int16)
    written = phrase(s0=kick, s4=kick).astype(np.int16)
    score = reconstruction_score(truth, written, DRUMS)
    assert score.accuracy == 31 / 32
    assert score.onset_f1 == 0.5
    assert score.hit_f1 == pytest.approx(2 * 2 / (3 + 2))
    assert "hit_f1" in score.to_json()
    other = phrase(s0=snare_and_hat).astype(np.int16)
    assert hit_f1(phrase(s0=kick_and_hat), other.astype(np.uint8)) == 0.5


def test_no_drums_for_no_drums_is_right_and_for_hits_wrong():
    assert hit_f1(phrase(), phrase()) == 1
    assert hit_f1(phrase(s0=3), phrase()) == 0
    assert onset_f1(phrase(s0=1), phrase(s0=1), DRUMS) == 1  # a kick is an onset


def test_one_wrong_step_of_a_part_costs_the_bar_and_is_told_by_part():
    truth = tiny_tokens(1, encoding="trio")
    written = truth.copy()
    written[0, 0, 1] += 1
    score = reconstruction_score(truth, written, TRIO)
    assert score.accuracy == 95 / 96
    assert (score.exact_bars, score.exact_phrases) == (0.5, 0)
    assert score.accuracy_by_step[0] == pytest.approx(2 / 3, abs=1e-4)
    parts = score.to_json()["by_part"]
    assert [part["accuracy"] for part in parts.values()] == [1, 31 / 32, 1]
    assert list(parts) == ["melody", "bass", "drums"]
    num = int((truth[0, :, 1] >= 2).sum())
    assert parts["bass"]["onset_f1"] == pytest.approx(1 - 1 / num)
    assert parts["bass"]["accuracy_by_step"] == (0, *[1] * 31)
    assert [name for name, part in parts.items() if "hit_f1" in part] == ["drums"]


def test_onsets_of_a_trio_are_those_of_its_parts_together():
    truth, written = (tiny_tokens(9, seed, encoding="trio") for seed in (0, 1))
    by_part = [
        onset_f1(truth[:, :, i], written[:, :, i], ENCODINGS[name])
        for i, name in enumerate(("melody", "melody", "drums"))
    ]
    found = reconstruction_score(truth, written, TRIO)
    scores = found.by_part.values()
    assert [score.onset_f1 for score in scores] == pytest.approx(by_part)
    assert min(by_part) < found.onset_f1 < max(by_part)


def test_no_phrases_is_refused():
    with pytest.raises(ValueError, match="no phrases"):
        reconstruction_score(*[np.zeros((0, 32), np.uint8)] * 2, MELODY)


def test_kl_in_bits_equals_torch_distributions():
    rng = np.random.default_rng(0)
    mu, sigma = rng.normal(size=(50, 4)), rng.uniform(0.1, 2, size=(50, 4))
    q = Normal(torch.tensor(mu), torch.tensor(sigma))
    expected = kl_divergence(q, Normal(0.0, 1.0)).mean(dim=0) / math.log(2)
    np.testing.assert_allclose(kl_bits_by_dimension(mu, sigma), expected, rtol=1e-6)


def test_a_dimension_that_ignores_the_phrase_is_not_active():
    mu = np.random.default_rng(0).normal(size=(500, 3)) * [1.0, 0.2, 0.05]
    assert active_units(mu) == 2
