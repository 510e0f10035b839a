"""Curves along blends: what the ends are, and which way they go."""

import numpy as np
import pytest

from explorer.encodings import ENCODINGS
from explorer.interpolation import choose_pairs, curves, interpolation_curves, mix
from explorer.language_model import train
from tests.helpers import tiny_tokens

POSITIONS = np.linspace(0, 1, 11)
MELODY, TRIO = ENCODINGS["melody"], ENCODINGS["trio"]


def test_mixing_starts_at_a_ends_at_b_and_goes_from_one_to_the_other(rng):
    a, b = np.full((50, 32), 40, np.uint8), np.full((50, 32), 50, np.uint8)
    mixed = mix(a, b, POSITIONS, rng)
    assert (mixed[:, 0] == a).all()
    assert (mixed[:, -1] == b).all()
    shares = (mixed == 50).mean(axis=(0, 2))
    np.testing.assert_allclose(shares, POSITIONS, atol=0.05)


def test_distance_is_to_the_real_ends_and_relative_cost_is_one_there(rng):
    tokens = tiny_tokens(40)
    a, b = tokens[:20], tokens[20:]
    found = curves(
        mix(a, b, POSITIONS, rng), a, b, train(tiny_tokens(200, seed=3), MELODY)
    )
    assert found["distance_to_a"][0] == found["distance_to_b"][-1] == 0
    assert found["distance_to_a"][-1] == found["distance_to_b"][0] > 0.3
    assert found["relative_cost"][0] == found["relative_cost"][-1] == 1


def test_relative_cost_is_of_the_ends_in_the_proportion_of_the_position(rng):
    usual, odd = np.zeros((1, 32), np.uint8), tiny_tokens(1)
    model = train(np.zeros((9, 32), np.uint8), MELODY)
    blends = np.repeat(odd[:, None], 3, axis=1)  # the odd one all the way
    found = curves(blends, usual, odd, model)["relative_cost"]
    costs = model.cost_bits(np.concatenate([usual, odd]))
    assert found[0] == pytest.approx(costs[1] / costs[0], rel=1e-3)
    assert found[1] == pytest.approx(2 * costs[1] / costs.sum(), rel=1e-3)
    assert found[2] == 1


def test_a_step_of_a_trio_is_taken_whole_and_its_distance_counts_every_part(rng):
    a = tiny_tokens(30, encoding="trio")
    b = a.copy()
    b[:, :, :2] += 1  # melody and bass differ at every step, the drums nowhere
    mixed = mix(a, b, POSITIONS, rng)
    moved = mixed[..., :2] != a[:, None, :, :2]
    assert (moved[..., 0] == moved[..., 1]).all()
    found = curves(mixed, a, b, train(a, TRIO))
    assert found["distance_to_a"][-1] == pytest.approx(2 / 3, abs=1e-4)
    np.testing.assert_allclose(found["distance_to_a"], POSITIONS * 2 / 3, atol=0.05)


def test_blends_of_trios_keep_their_parts(rng):
    tokens = tiny_tokens(4, encoding="trio")
    mu = np.eye(4, dtype=np.float32)
    found = interpolation_curves(
        tokens,
        mu,
        tokens,
        language_model=train(tokens, TRIO),
        write=lambda z: np.repeat(tokens[:1], len(z), axis=0),
        generator=rng,
    )
    assert (
        found["model"]["distance_to_a"][0] == found["model"]["distance_to_b"][-1] == 0
    )
    assert 0 < found["model"]["distance_to_a"][1] < 1


def test_no_phrase_is_paired_with_itself_or_used_twice(rng):
    a, b = choose_pairs(100, 60, rng)
    assert len(set(a)) == len(set(b)) == 60
    assert (a != b).all()


def test_the_ends_are_not_decoded_again_and_the_path_is_the_codes(rng):
    tokens = tiny_tokens(6)
    mu = np.eye(6, dtype=np.float32)
    asked = []

    def write(z):
        asked.append(z)
        return np.zeros((len(z), 32), np.uint8)

    usual = train(tokens, MELODY)
    found = interpolation_curves(
        tokens, mu, tokens, language_model=usual, write=write, generator=rng
    )
    (z,) = asked
    assert len(z) == 6 * 9
    assert np.linalg.norm(z, axis=1) == pytest.approx(1)  # slerp, not a straight line
    assert found["num_pairs"] == 6
    assert found["positions"] == [round(v, 4) for v in POSITIONS]
    assert found["model"]["distance_to_a"][0] == 0
    assert found["model"]["relative_cost"][0] == 1
