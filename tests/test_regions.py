"""What a map shows besides dots, on made-up maps with a known answer."""

import numpy as np
import pytest

from explorer.regions import Facts, Regions, density

CENTRES = np.array([[-6.0, 0.0], [6.0, 0.0], [0.0, 9.0]])
EACH = 300


@pytest.fixture
def points(rng):
    """Three round heaps of dots, far from each other."""
    return np.concatenate([rng.normal(centre, 1.0, (EACH, 2)) for centre in CENTRES])


@pytest.fixture
def facts(rng):
    """Calm reels in D, busy waltzes from one source, and a heap with nothing special.

    What a heap is not about is spread over it as over the whole map.
    """
    heap = np.repeat([0, 1, 2], EACH)
    busy = np.where(heap == 0, rng.uniform(0, 1, 900), rng.uniform(2, 3, 900))
    busy = np.where(heap == 2, rng.permutation(busy), busy)
    high = rng.uniform(size=900)
    kinds = np.array(["Reel", "Waltz", "Song"])[heap]
    words = np.where(heap == 2, [f"Q{chr(97 + i % 26)}zz" for i in range(900)], kinds)
    return Facts(
        attributes=np.stack([busy, high], axis=1),
        titles=[f"{word} of {row // 4}" for row, word in enumerate(words)],
        keys=["D major" if h == 0 else "" for h in heap],
        sources=[
            "Ballroom" if h == 1 else ("Folk", "Court")[i % 2]
            for i, h in enumerate(heap)
        ],
    )


def heap_of(region):
    return int(np.square(CENTRES - [region.x, region.y]).sum(axis=1).argmin())


def test_regions_are_named_by_what_is_common_in_them_and_rare_elsewhere(points, facts):
    found = {heap_of(region): region for region in Regions(points, facts).named(3)}
    calm, waltz = found[0], found[1]
    assert calm.attributes == ((0, False),)
    assert calm.leanings == ()
    assert (calm.word, calm.key, calm.source) == ("reel", "D major", "")
    assert (waltz.word, waltz.key, waltz.source) == ("waltz", "", "Ballroom")
    assert calm.size == EACH
    assert np.hypot(calm.x + 6, calm.y) < 0.5, "its name stands in its middle"


def test_what_a_region_only_leans_to_is_kept_apart_from_what_is_common(points, rng):
    leaning = np.where(np.arange(900) < EACH, rng.uniform(0.45, 1, 900), 0.0)
    leaning = np.where(leaning == 0.0, rng.uniform(size=900), leaning)
    facts = Facts(
        attributes=np.stack([np.arange(900) < EACH, leaning], axis=1).astype(float),
        titles=[f"Tune {row}" for row in range(900)],
        keys=[""] * 900,
        sources=["Folk"] * 900,
    )
    first = next(r for r in Regions(points, facts).named(3) if heap_of(r) == 0)
    assert first.attributes == ((0, True),)
    assert first.leanings == ((1, True),)


def test_where_nothing_is_common_nothing_is_said(points, rng):
    nothing = Facts(
        attributes=rng.uniform(size=(900, 3)),
        titles=[f"Tune {row}" for row in range(900)],
        keys=rng.choice(["C major", "G major", ""], 900).tolist(),
        sources=rng.choice(["Folk", "Hymns"], 900).tolist(),
    )
    assert Regions(points, nothing).named(3) == []


def test_one_tune_cut_into_many_phrases_does_not_give_its_word_to_a_region(points):
    same = Facts(
        attributes=np.zeros((900, 1)),
        titles=["Blue Danube"] * EACH + [f"Tune {row}" for row in range(2 * EACH)],
        keys=[""] * 900,
        sources=["Folk"] * 900,
    )
    assert Regions(points, same).named(3) == []


def test_a_closer_look_names_smaller_parts_of_what_is_in_view(points, facts):
    regions = Regions(points, facts)
    view = ((-9.0, -3.0), (-3.0, 3.0))
    closer = regions.named(4, view)
    assert len(closer) == 4
    assert all(heap_of(region) == 0 for region in closer)
    assert sum(region.size for region in closer) < EACH + 1
    assert regions.named(4, ((50.0, 60.0), (50.0, 60.0))) == []


def test_the_same_map_has_the_same_names(points, facts):
    assert Regions(points, facts).named(5) == Regions(points, facts).named(5)


def test_fog_lies_between_heaps_and_not_on_them(points):
    found = density(points)
    between = np.array([[0.0, 0.0], [0.0, 4.0], [-4.0, 8.0]])
    assert np.all(found.at(CENTRES) > 10 * found.least)
    assert np.all(found.at(between) < found.least)
    clear = np.mean(found.at(points) >= found.least)
    assert clear == pytest.approx(0.98, abs=0.01)
    fog = found.fog()
    assert np.square(fog[:, None] - CENTRES).sum(axis=2).min() > 1.0


def test_density_counts_every_dot_once(points):
    assert density(points).values.sum() == pytest.approx(len(points), rel=0.02)


def test_no_dots_have_no_density():
    with pytest.raises(ValueError, match="no dots"):
        density(np.empty((0, 2)))


def test_few_dots_and_equal_ones_do_no_harm():
    alone = density(np.array([[3.0, 4.0]]))
    assert alone.at(np.array([[3.0, 4.0]]))[0] >= alone.least
    assert alone.at(np.array([[300.0, 4.0]]))[0] == 0.0
    same = np.ones((40, 2))
    facts = Facts(
        attributes=np.zeros((40, 1)),
        titles=["A"] * 40,
        keys=[""] * 40,
        sources=["Folk"] * 40,
    )
    assert Regions(same, facts).named(3) == []
