"""Distances between sets of phrases, keys and ranges."""

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from explorer.attributes import attributes_of
from explorer.converters import melody_to_tokens
from explorer.encodings import ENCODINGS
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

MELODY, DRUMS, TRIO = (ENCODINGS[name] for name in ("melody", "drums", "trio"))


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
    found = usual(np.concatenate([melody(60, 72)] * 199 + [melody(21, 108)]), even(200))
    assert (found.low, found.high, found.span) == (60, 72, 12)
    strange = melody_to_tokens(melody(30, 66))
    strange = statistics(strange, {"melody": found}, MELODY)
    assert strange["notes_in_usual_range"] == 0.5
    assert strange["phrases_of_usual_span"] == 0


PITCHED = {
    "mean_pitch",
    "in_one_scale",
    "notes_in_usual_range",
    "phrases_of_usual_span",
}
BASS = {"bass_mean_pitch", "bass_notes_in_usual_range"}
BEAT = {"backbeat", "kick_on_one"}


@pytest.mark.parametrize(
    ("music", "measured", "compared"),
    [
        (MELODY, PITCHED, {"intervals", "rhythm"}),
        (DRUMS, BEAT, {"kicks_and_snares"}),
        (TRIO, PITCHED | BASS | BEAT, {"intervals", "rhythm", "kicks_and_snares"}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_set_compared_with_itself_differs_in_nothing(music, measured, compared):
    tokens = tiny_tokens(40, encoding=music.name)
    found = compare({"same": tokens}, tokens, even(40), music)
    names = set(attributes_of(music.name))
    assert found["same"] == found["data"]
    assert set(found["data"]) == names | measured | {"unique_phrases"}
    assert set(found["differences"]["same"]) == names | compared
    assert set(found["differences"]["same"].values()) == {0}
    assert ("usual_range" in found) == (music is not DRUMS)


def test_the_bass_of_a_trio_has_a_range_of_its_own():
    tokens = tiny_tokens(40, encoding="trio")
    found = compare({"low": tokens}, tokens, even(40), TRIO)
    known = found["usual_range"]
    assert known["bass_highest_pitch"] < known["lowest_pitch"]
    assert found["data"]["bass_mean_pitch"] < found["data"]["mean_pitch"]
    higher = tokens + np.array([0, 24, 0], np.int16) * TRIO.onsets(tokens)
    moved = compare({"high": higher.astype(np.int16)}, tokens, even(40), TRIO)["high"]
    assert moved["bass_notes_in_usual_range"] < 0.5
    assert moved["notes_in_usual_range"] == found["data"]["notes_in_usual_range"]


def test_other_drums_are_told_by_where_kicks_and_snares_fall():
    tokens = tiny_tokens(40, encoding="drums")
    late = np.roll(tokens, 2, axis=1)
    found = compare({"late": late}, tokens, even(40), DRUMS)["differences"]["late"]
    assert found["kicks_and_snares"] > 0
    assert found["hit_density"] == 0
    quiet = tokens & 0b11  # kicks and snares only
    found = compare({"quiet": quiet}, tokens, even(40), DRUMS)["differences"]["quiet"]
    assert found["kicks_and_snares"] == 0
    assert found["hit_density"] > 0


def test_busier_samples_are_further_off():
    real, busier = melody(60, 62, 64, 65), melody(*range(60, 76), every=2)
    found = compare(
        {"busier": melody_to_tokens(busier)}, melody_to_tokens(real), even(1), MELODY
    )
    assert found["differences"]["busier"]["note_density"] == pytest.approx(12 / 32)


@pytest.mark.parametrize("music", ENCODINGS.values(), ids=lambda music: music.name)
def test_silence_is_no_error(music):
    silence = np.zeros((3, 32, *music.part_shape), music.dtype)
    found = compare({"silent": silence}, silence, even(3), music)
    assert {v for k, v in found["silent"].items() if k != "unique_phrases"} <= {0, 1}
    assert set(found["differences"]["silent"].values()) == {0}
