import numpy as np
import pytest

from explorer.latent import (
    AttributeVectors,
    attribute_vectors,
    count_near,
    lerp,
    near_radius,
    neighbours,
    sample_near,
    sample_prior,
    slerp,
    square,
)

A = np.array([3.0, 0, 0], np.float32)
B = np.array([0, 4.0, 0], np.float32)


@pytest.mark.parametrize("path", [lerp, slerp])
def test_paths_begin_and_end_exactly_at_their_ends(path):
    codes = path(A, B, 5)
    assert codes.shape == (5, 3)
    assert codes.dtype == np.float32
    np.testing.assert_array_equal(codes[0], A)
    np.testing.assert_array_equal(codes[-1], B)


def test_lerp_goes_straight_at_an_even_pace():
    np.testing.assert_allclose(lerp(A, B, 5)[1], 0.75 * A + 0.25 * B)


def test_slerp_turns_at_an_even_pace_and_keeps_a_shared_length(rng):
    a, b = rng.standard_normal((2, 64))
    b *= np.linalg.norm(a) / np.linalg.norm(b)
    codes = slerp(a, b, 9)
    lengths = np.linalg.norm(codes, axis=1)
    np.testing.assert_allclose(lengths, np.linalg.norm(a))
    units = codes / lengths[:, None]
    turns = np.arccos((units[1:] * units[:-1]).sum(axis=1))
    np.testing.assert_allclose(turns, turns[0])


def test_slerp_of_right_angles_is_sine_and_cosine():
    angles = np.linspace(0, np.pi / 2, 7)
    expected = np.cos(angles)[:, None] * A + np.sin(angles)[:, None] * B
    np.testing.assert_allclose(slerp(A, B, 7), expected, atol=1e-6)


@pytest.mark.parametrize(
    "b", [A, 2 * A, -A, 0 * A], ids=["equal", "parallel", "opposite", "zero"]
)
def test_slerp_is_a_straight_line_where_the_turn_is_undefined(b):
    np.testing.assert_allclose(slerp(A, b, 5), lerp(A, b, 5), atol=1e-6)


@pytest.mark.parametrize("path", [lerp, slerp])
def test_a_path_needs_both_ends(path):
    with pytest.raises(ValueError, match="num_steps 1 must be at least 2"):
        path(A, B, 1)


@pytest.mark.parametrize("spherical", [True, False])
def test_a_square_has_its_corners_exactly_and_the_way_along_its_edges(rng, spherical):
    corners = rng.standard_normal((4, 32)).astype(np.float32)
    a, b, c, d = corners
    grid = square(corners, 5, spherical=spherical)
    assert grid.shape == (25, 32)
    assert grid.dtype == np.float32
    np.testing.assert_array_equal(grid[[0, 4, 20, 24]], corners)
    path = slerp if spherical else lerp
    np.testing.assert_array_equal(grid[:5], path(a, b, 5))
    np.testing.assert_array_equal(grid[20:], path(c, d, 5))
    np.testing.assert_array_equal(grid[::5], path(a, c, 5))
    np.testing.assert_array_equal(grid[4::5], path(b, d, 5))


@pytest.mark.parametrize("spherical", [True, False])
def test_a_square_of_mirrored_corners_is_mirrored_so_its_centre_stays(rng, spherical):
    corners = rng.standard_normal((4, 16))
    grid = square(corners, 3, spherical=spherical).reshape(3, 3, 16)
    for order, flipped in (
        ([1, 0, 3, 2], grid[:, ::-1]),
        ([2, 3, 0, 1], grid[::-1]),
    ):
        mirrored = square(corners[order], 3, spherical=spherical)
        np.testing.assert_allclose(mirrored.reshape(3, 3, 16), flipped, atol=1e-12)


def test_the_centre_of_a_straight_square_is_the_mean_of_its_corners(rng):
    corners = rng.standard_normal((4, 16))
    centre = square(corners, 3, spherical=False)[4]
    np.testing.assert_allclose(centre, corners.mean(axis=0))


def test_a_spherical_square_keeps_the_length_that_its_corners_share(rng):
    corners = rng.standard_normal((4, 16))
    corners /= np.linalg.norm(corners, axis=1, keepdims=True)
    lengths = np.linalg.norm(square(corners, 7), axis=1)
    np.testing.assert_allclose(lengths, 1)


@pytest.mark.parametrize("spherical", [True, False])
def test_a_square_of_equal_corners_is_that_code_everywhere(spherical):
    grid = square(np.stack([A] * 4), 4, spherical=spherical)
    np.testing.assert_allclose(grid, np.stack([A] * 16), atol=1e-6)


def test_a_square_needs_its_corners():
    assert len(square(np.stack([A, B, B, A]), 2)) == 4
    with pytest.raises(ValueError, match="size 1 must be at least 2"):
        square(np.stack([A, B, B, A]), 1)


def test_prior_has_the_spread_asked_for():
    draws = sample_prior(4000, 32, np.random.default_rng(0), spread=2.0)
    assert draws.std() == pytest.approx(2, rel=0.01)
    assert abs(draws.mean()) < 0.02


def test_neighbours_are_those_of_brute_force_nearest_first(rng):
    codes = rng.standard_normal((300, 16))
    z = rng.standard_normal((1100, 16))
    found = neighbours(codes, z, 7)
    distances = np.linalg.norm(codes[None] - z[:, None], axis=2)
    np.testing.assert_array_equal(found, np.argsort(distances, axis=1)[:, :7])


def test_a_code_is_its_own_nearest_neighbour(rng):
    codes = rng.standard_normal((50, 8)).astype(np.float32)
    np.testing.assert_array_equal(neighbours(codes, codes, 1)[:, 0], np.arange(50))


@pytest.mark.parametrize("k", [0, 6])
def test_asking_for_more_neighbours_than_there_are_is_refused(k):
    with pytest.raises(ValueError, match=r"outside 1\.\.5"):
        neighbours(np.zeros((5, 2)), np.zeros((1, 2)), k)


def test_the_radius_of_nearness_is_the_median_way_to_the_kth_other():
    line = np.arange(101.0)[:, None]  # the third nearest is 2 away, but near the ends
    assert near_radius(line, 3) == pytest.approx(2)
    assert near_radius(line, 3, most=10) == pytest.approx(2)


def test_the_radius_is_that_of_brute_force(rng):
    codes = rng.standard_normal((1300, 6))
    distances = np.linalg.norm(codes[:, None] - codes[None], axis=2)
    expected = np.median(np.sort(distances, axis=1)[:, 10])
    assert near_radius(codes, 10, most=5000) == pytest.approx(expected)
    assert near_radius(codes, 10) == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize(("num", "radius"), [(1, 0), (3, 2)])
def test_with_hardly_any_codes_the_farthest_sets_the_radius(num, radius):
    codes = 2 * np.eye(3)[:num] / np.sqrt(2)
    assert near_radius(codes, 10) == pytest.approx(radius)


def test_no_codes_have_no_radius():
    with pytest.raises(ValueError, match="no codes"):
        near_radius(np.empty((0, 2)), 10)


def test_near_codes_are_counted_as_brute_force_does(rng):
    codes, z = rng.standard_normal((300, 4)), rng.standard_normal((1100, 4))
    distances = np.linalg.norm(codes[None] - z[:, None], axis=2)
    np.testing.assert_array_equal(count_near(codes, z, 1.5), (distances <= 1.5).sum(1))
    assert count_near(codes, z[:0], 1.5).shape == (0,)


def test_a_code_counts_itself_and_its_copies_at_any_radius(rng):
    codes = np.repeat(rng.standard_normal((5, 300)).astype(np.float32), 3, axis=0)
    np.testing.assert_array_equal(count_near(codes, codes, 0.0), [3] * 15)


def test_sampling_near_stays_between_a_code_and_its_neighbours():
    clusters = np.array([[0.0, 0.0], [100.0, 100.0]])
    codes = np.concatenate([c + np.eye(2) * s for c in clusters for s in (1, 2, 3)])
    found = sample_near(codes, 500, np.random.default_rng(0), num_neighbours=5)
    distance = np.linalg.norm(found[:, None] - clusters[None], axis=2).min(axis=1)
    assert distance.max() <= 3
    assert len(np.unique(found, axis=0)) == 500


def test_sampling_near_keeps_to_the_middle_of_the_way():
    codes = np.array([[0.0, 0.0], [1.0, 0.0]])
    found = sample_near(codes, 500, np.random.default_rng(0))[:, 0]
    assert 0.34 < found.min() < 0.37
    assert 0.63 < found.max() < 0.66


def test_sampling_near_with_no_spread_gives_the_codes_themselves(rng):
    codes = rng.standard_normal((40, 8)).astype(np.float32)
    found = sample_near(codes, 20, rng, spread=0.0)
    rows = neighbours(codes, found, 1)[:, 0]
    np.testing.assert_array_equal(found, codes[rows])


@pytest.mark.parametrize("num", [1, 2])
def test_sampling_near_works_with_hardly_any_codes(rng, num):
    codes = rng.standard_normal((num, 4)).astype(np.float32)
    assert np.isfinite(sample_near(codes, 3, rng)).all()


def test_sampling_near_nothing_is_refused(rng):
    with pytest.raises(ValueError, match="no codes"):
        sample_near(np.empty((0, 4)), 1, rng)


def test_attribute_vector_is_top_quartile_mean_less_bottom_quartile_mean():
    mu = np.arange(8, dtype=np.float32)[:, None] * np.array([[1.0, -2.0]], np.float32)
    values = np.arange(8.0)[:, None]
    found = attribute_vectors(mu, values, ("rise",), np.random.default_rng(0))
    np.testing.assert_allclose(found.vectors, [[6.0, -12.0]])
    assert (found.top[0], found.bottom[0]) == (6.5, 0.5)
    assert found.num_examples == 8


def test_a_rare_attribute_still_has_a_direction(rng):
    values = (np.arange(1000) < 100).astype(float)[:, None]  # 90 % have none of it
    mu = rng.standard_normal((1000, 4)) * 0.01
    mu[:100, 2] += 10
    found = attribute_vectors(mu, values, ("rare",), rng)
    assert np.abs(found.vectors[0]).argmax() == 2
    assert found.vectors[0, 2] > 3
    assert (found.top[0], found.bottom[0]) == (pytest.approx(0.4), 0)


def test_too_few_phrases_for_quartiles_are_refused(rng):
    with pytest.raises(ValueError, match="3 phrases are too few"):
        attribute_vectors(np.zeros((3, 2)), np.zeros((3, 1)), ("a",), rng)


def test_moving_adds_amounts_of_the_vectors():
    vectors = AttributeVectors(
        names=("a", "b"),
        vectors=np.eye(2, dtype=np.float32),
        ways=("slope", "slope"),
        top=np.ones(2, np.float32),
        bottom=np.zeros(2, np.float32),
        num_examples=4,
    )
    z = np.array([[1.0, 1.0], [5.0, 5.0]], np.float32)
    moved = vectors.move(z, {"a": 2.0, "b": -1.0})
    np.testing.assert_array_equal(moved, [[3, 0], [7, 4]])
    np.testing.assert_array_equal(vectors.move(z, {}), z)
    with pytest.raises(ValueError, match="'c' is not one of a, b"):
        vectors.move(z, {"c": 1.0})
