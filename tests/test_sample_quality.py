"""Distances between sets of phrases, keys and ranges."""

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from explorer.attributes import ATTRIBUTES
from explorer.converters import melody_to_tokens
from explorer.sample_quality import (
    compare,
    in_best_scale,
    interval_pairs,
    jensen_shannon_bits,
    rhythm_pairs,
    statistics,
    usual,
    wasserstein,
)
from tests.helpers import tiny_tokens


def melody(*pitches, every=4):
    steps = np.full((1, 32), -2, np.int16)
    steps[0, : len(pitches) * every : every] = pitches
    return steps


def even(num):
    return np.full(num, 1 / num)


def test_wasserstein_equals_scipy_with_and_without_weights(rng):
    a, b, weights = rng.normal(size=30), rng.normal(1, 2, size=50), rng.random(50)
    assert wasserstein(a, b) == pytest.approx(wasserstein_distance(a, b))
    expected = wasserstein_distance(a, b, v_weights=weights)
    found = wasserstein(a, b, b_weights=weights / weights.sum())
    assert found == pytest.approx(expected)


def test_jensen_shannon_equals_scipy_and_is_one_bit_for_strangers(rng):
    p, q = rng.dirichlet(np.ones(8)), rng.dirichlet(np.ones(8))
    expected = jensenshannon(p, q, base=2) ** 2
    assert jensen_shannon_bits(p, q) == pytest.approx(expected)
    assert jensen_shannon_bits(np.array([1.0, 0]), np.array([0, 1.0])) == 1
    assert jensen_shannon_bits(p, p) == 0


def test_interval_pairs_forget_the_key_and_know_up_from_down():
    up, moved = melody(60, 62, 64), melody(67, 69, 71)
    down = melody(64, 62, 60)
    shares = [interval_pairs(m, even(1)) for m in (up, moved, down)]
    assert jensen_shannon_bits(shares[0], shares[1]) == 0
    assert jensen_shannon_bits(shares[0], shares[2]) == 1


def test_rhythm_pairs_forget_the_pitch_and_know_fast_from_slow():
    fast, slow = melody(60, 62, 64, every=2), melody(60, 62, 64, every=4)
    other = melody(70, 50, 70, every=2)
    shares = [rhythm_pairs(m, even(1)) for m in (fast, other, slow)]
    assert jensen_shannon_bits(shares[0], shares[1]) == 0
    assert jensen_shannon_bits(shares[0], shares[2]) == 1


def test_no_pair_reaches_from_one_phrase_into_the_next():
    two_by_two = np.concatenate([melody(60, 62), melody(64, 65)])
    assert interval_pairs(two_by_two, even(2)).sum() == 0


def test_phrases_count_by_their_weight():
    both = np.concatenate([melody(60, 62, 64), melody(64, 62, 60)])
    only_up = interval_pairs(both, np.array([1.0, 0.0]))
    up = interval_pairs(both[:1], even(1))
    assert jensen_shannon_bits(only_up, up) == 0


@pytest.mark.parametrize(
    ("pitches", "share"),
    [
        ((60, 62, 64, 65, 67, 69, 71), 1),  # C major
        ((57, 59, 60, 62, 64, 65, 68), 1),  # A harmonic minor
        ((60, 61, 62, 63), 0.75),  # no scale holds three half steps in a row
        ((), 0),
    ],
)
def test_the_best_scale_holds_as_many_notes_as_it_should(pitches, share):
    assert in_best_scale(melody(*pitches))[0] == share


def test_usual_range_leaves_out_the_rarest_notes():
    tokens = melody_to_tokens(
        np.concatenate([melody(60, 72)] * 199 + [melody(21, 108)])
    )
    found = usual(tokens, even(200))
    assert (found.low, found.high, found.span) == (60, 72, 12)
    strange = statistics(melody_to_tokens(melody(30, 66)), found)
    assert strange["notes_in_usual_range"] == 0.5
    assert strange["phrases_of_usual_span"] == 0


def test_a_set_compared_with_itself_differs_in_nothing():
    tokens = tiny_tokens(40)
    found = compare({"same": tokens}, tokens, even(40))
    assert found["same"] == found["data"]
    assert set(found["differences"]["same"]) == {*ATTRIBUTES, "intervals", "rhythm"}
    assert set(found["differences"]["same"].values()) == {0}


def test_busier_samples_are_further_off():
    real, busier = melody(60, 62, 64, 65), melody(*range(60, 76), every=2)
    found = compare(
        {"busier": melody_to_tokens(busier)}, melody_to_tokens(real), even(1)
    )
    assert found["differences"]["busier"]["note_density"] == pytest.approx(12 / 32)


def test_silence_is_no_error():
    silence = np.zeros((3, 32), np.uint8)
    found = compare({"silent": silence}, silence, even(3))
    assert found["silent"]["in_one_scale"] == 0
    assert found["differences"]["silent"]["intervals"] == 0
