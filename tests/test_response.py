"""Slopes and directions of a decoder whose answer is known."""

import numpy as np
import pytest

from explorer import response

GAPS = np.array([2.0, 1.0])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def play(z):
    """The first attribute follows number 0; the second numbers 0 and 1."""
    return np.stack([0.2 * z[:, 0], 0.1 * z[:, 0] + 0.1 * z[:, 1]], axis=1)


def test_whitened_codes_have_variance_one_and_idle_directions_are_left_out(rng):
    mu = rng.standard_normal((4000, 3)) * [3, 0.5, 0.001]
    basis = response.whitening(mu)
    assert basis.shape == (3, 2)
    white = np.linalg.lstsq(basis, (mu - mu.mean(0)).T, rcond=None)[0]
    np.testing.assert_allclose(np.cov(white), np.eye(2), atol=1e-6)


def test_codes_that_do_not_differ_have_a_basis_all_the_same():
    assert response.whitening(np.ones((5, 4))).shape == (4, 1)


def test_a_slope_is_what_an_attribute_gains_in_gaps(rng):
    codes = rng.standard_normal((20_000, 3))
    slope = response.slopes(codes, np.eye(3), GAPS, play, rng)
    np.testing.assert_allclose(slope, [[0.1, 0.1], [0, 0.1], [0, 0]], atol=0.01)


def test_an_independent_direction_leaves_the_other_attribute():
    slope = np.array([[0.1, 0.1], [0.0, 0.1], [0.0, 0.0]])
    first, second = response.independent(slope)
    change = play(first[None]) - play(np.zeros((1, 3)))
    assert change[0, 0] > 0.5
    assert abs(change[0, 1]) < 0.05 * change[0, 0]
    assert first[1] == pytest.approx(-first[0], rel=0.05)
    assert abs(second[0]) < 0.05 * second[1]


def test_attributes_that_are_one_get_finite_directions():
    same = np.array([[0.1, 0.1], [0.0, 0.0]])
    assert np.abs(response.independent(same)).max() < 50


def test_a_climb_keeps_its_length_and_turns_towards_what_gains(rng):
    start = np.array([0.0, 2.0, 0.0])
    found = response.climb(
        start,
        lambda: lambda offsets: offsets[:, 0],
        500,
        np.eye(3),
        rng,
        num_steps=20,
    )
    assert np.linalg.norm(found) == pytest.approx(2)
    assert found[0] > 1.8


def test_a_climb_without_gain_stays(rng):
    start = np.array([0.0, 2.0])
    found = response.climb(
        start,
        lambda: lambda offsets: np.zeros(len(offsets)),
        10,
        np.eye(2),
        rng,
        num_steps=3,
    )
    np.testing.assert_array_equal(found, start)
