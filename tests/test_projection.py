import numpy as np
import pytest

from explorer.latent import neighbours
from explorer.projection import TSNEMap, fit_pca, fit_tsne, map_trust, toward


def clusters(num_clusters, size, z_size=16, seed=0):
    """Codes in well separated groups, and the group of each."""
    rng = np.random.default_rng(seed)
    centres = 5 * rng.standard_normal((num_clusters, z_size))
    group = np.repeat(np.arange(num_clusters), size)
    codes = centres[group] + rng.standard_normal((len(group), z_size))
    return codes.astype(np.float32), group


@pytest.fixture(scope="module")
def codes():
    return clusters(12, 20)[0]


@pytest.fixture(scope="module")
def finished(codes):
    return fit_tsne(codes, seed=0)


def test_pca_with_all_components_is_undone_by_its_inverse(codes):
    pca = fit_pca(codes, 16)
    back = pca.inverse(pca.transform(codes))
    np.testing.assert_allclose(back, codes, atol=1e-4)


def test_pca_is_centred_and_its_first_coordinate_has_unit_spread(codes):
    coordinates = fit_pca(codes).transform(codes)
    np.testing.assert_allclose(coordinates.mean(axis=0), 0, atol=1e-5)
    spread = coordinates.std(axis=0, ddof=1)
    assert spread[0] == pytest.approx(1, abs=1e-4)
    assert (np.diff(spread) <= 1e-6).all()


def test_a_place_on_the_pca_map_comes_back_to_itself(codes):
    pca = fit_pca(codes, 8)
    places = np.array([[0.5, -1.0], [0.0, 0.0]])
    z = pca.inverse(places)
    np.testing.assert_allclose(pca.transform(z)[:, :2], places, atol=1e-5)
    np.testing.assert_allclose(pca.transform(z)[:, 2:], 0, atol=1e-5)
    np.testing.assert_allclose(z[1], pca.mean, atol=1e-5)


def test_pca_agrees_with_the_singular_values(codes):
    pca = fit_pca(codes, 3)
    _, values, rows = np.linalg.svd(codes - codes.mean(axis=0), full_matrices=False)
    share = values**2 / (values**2).sum()
    np.testing.assert_allclose(pca.explained_variance_ratio, share[:3], rtol=1e-4)
    np.testing.assert_allclose(np.abs((pca.components * rows[:3]).sum(1)), 1, atol=1e-4)


def test_pca_directions_do_not_flip_with_the_order_of_the_codes(codes):
    a, b = fit_pca(codes, 4), fit_pca(codes[::-1].copy(), 4)
    np.testing.assert_allclose(a.components, b.components, atol=1e-4)


def test_pca_of_fewer_codes_than_components_is_refused():
    with pytest.raises(ValueError, match="4 codes are too few for 16 components"):
        fit_pca(np.zeros((4, 20)))


def test_tsne_repeats_with_its_seed_and_keeps_groups_together(codes, finished):
    np.testing.assert_array_equal(fit_tsne(codes, seed=0), finished)
    trust = map_trust(codes, finished, 10)
    assert trust.trustworthiness > 0.9
    assert trust.neighbours_kept > 0.4


def test_a_phrase_placed_again_lands_near_its_own_dot(codes, finished):
    places = TSNEMap(codes, finished).place(codes[::10])
    distance = np.linalg.norm(finished[None] - places[:, None], axis=2)
    rank = (distance < distance[np.arange(24), np.arange(0, 240, 10)][:, None]).sum(1)
    assert np.median(rank) <= 1
    assert rank.max() <= 4  # of 240


def test_a_new_code_is_placed_among_its_true_neighbours(codes, finished):
    rng = np.random.default_rng(1)
    z = codes[::12] + 0.3 * rng.standard_normal((20, 16)).astype(np.float32)
    places = TSNEMap(codes, finished).place(z)
    true = neighbours(codes, z, 10)
    shown = neighbours(finished, places, 20)
    shared = [len(set(a) & set(b)) / 10 for a, b in zip(true, shown, strict=True)]
    assert np.mean(shared) > 0.6


def test_placing_moves_no_dot_and_does_not_depend_on_company(codes, finished):
    before = finished.copy()
    tsne = TSNEMap(codes, finished)
    together = tsne.place(codes[:3])
    np.testing.assert_array_equal(tsne.place(codes[2:3])[0], together[2])
    np.testing.assert_array_equal(finished, before)
    assert tsne.place(codes[:0]).shape == (0, 2)


def test_a_perfect_map_is_trusted_fully_and_a_random_one_is_not(rng):
    plane = rng.standard_normal((200, 2))
    perfect = map_trust(plane, plane * 3, 10)
    assert (perfect.trustworthiness, perfect.neighbours_kept) == (1, 1)
    chance = map_trust(plane, rng.standard_normal((200, 2)), 10)
    assert chance.trustworthiness == pytest.approx(0.5, abs=0.05)
    assert chance.neighbours_kept == pytest.approx(10 / 199, abs=0.03)


def test_too_few_codes_to_judge_a_map_are_refused():
    with pytest.raises(ValueError, match="give more than 30"):
        map_trust(np.zeros((30, 4)), np.zeros((30, 2)), 15)


GRID_POINTS = np.array([[0, 0], [1, 0], [2, 0], [0, 1], [0, -3], [4, 3]], float)


@pytest.mark.parametrize(
    ("direction", "row"),
    [((1, 0), 1), ((0, 1), 3), ((0, -1), 4), ((-1, 0), None)],
    ids=["right", "up", "down", "left, where nothing is"],
)
def test_the_next_dot_in_a_direction_is_the_nearest_that_lies_there(direction, row):
    rows = np.arange(len(GRID_POINTS))
    assert toward(GRID_POINTS, GRID_POINTS[0], direction, rows) == row


def test_only_dots_that_are_shown_are_gone_to():
    rows = np.array([0, 2, 5])
    assert toward(GRID_POINTS, GRID_POINTS[0], (1, 0), rows) == 2


def test_every_dot_can_be_left_again(rng):
    points = rng.normal(size=(200, 2))
    rows = np.arange(200)
    ways = [(1, 0), (-1, 0), (0, 1), (0, -1)]
    for start in points:
        assert any(toward(points, start, way, rows) is not None for way in ways)
