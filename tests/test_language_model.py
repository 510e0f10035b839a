"""The 5-gram model: probabilities that add up, known by hand, lower for the unusual."""

import numpy as np
import pytest

from explorer.dataset import Split
from explorer.encodings import ENCODINGS
from explorer.language_model import first_seen, train, train_on_split
from tests.helpers import tiny_tokens

MELODY, DRUMS, TRIO = (ENCODINGS[name] for name in ("melody", "drums", "trio"))


def phrases(*rows):
    return np.array(rows, np.uint8)


def split(tokens, tune, bar):
    zeros = np.zeros(len(tokens), np.uint8)
    tune, bar = np.array(tune, np.int32), np.array(bar, np.int32)
    return Split(tokens=tokens, tune=tune, bar=bar, source=zeros)


@pytest.mark.parametrize("music", [MELODY, DRUMS], ids=lambda music: music.name)
def test_the_chances_of_all_next_events_add_up_to_one(music):
    model = train(tiny_tokens(20, encoding=music.name), music)
    before = tiny_tokens(1, seed=5, encoding=music.name)[0, :6]
    every = np.arange(music.depth, dtype=music.dtype)
    ends = np.column_stack([np.tile(before, (music.depth, 1)), every])
    assert model.probabilities(ends)[:, -1].sum() == pytest.approx(1)


def test_witten_bell_by_hand():
    # unigrams: 5 three times, 7 once; after 5 come 5, 5 and 7
    model = train(phrases([5, 5, 5, 7]), MELODY, order=2)
    five = (3 + 2 / 90) / (4 + 2)
    seven = (1 + 2 / 90) / (4 + 2)
    found = model.probabilities(phrases([5, 7, 9]))[0]
    assert found[0] == pytest.approx(five)
    assert found[1] == pytest.approx((1 + 2 * seven) / (3 + 2))
    assert found[2] == pytest.approx((0 + 2 / 90) / (4 + 2))  # nothing came after 7


def test_a_longer_context_is_believed_where_it_was_seen():
    model = train(phrases([1, 2, 3, 4, 9], [1, 2, 3, 5, 8]), MELODY)
    after_four = model.probabilities(phrases([1, 2, 3, 4, 9], [1, 2, 3, 5, 9]))[:, -1]
    assert after_four[0] > 2 * after_four[1]


def test_what_it_was_trained_on_costs_less_than_the_same_steps_in_disorder():
    tokens = np.tile(phrases([40, 0, 42, 0, 44, 0, 45, 0]), (9, 4))
    mixed = np.random.default_rng(0).permuted(tokens, axis=1)
    model = train(tokens, MELODY)
    assert model.cost_bits(tokens).mean() < 0.5 * model.cost_bits(mixed).mean()


def test_no_phrase_at_all_is_judged_as_if_every_event_were_alike():
    model = train(np.empty((0, 32), np.uint8), MELODY)
    assert model.cost_bits(tiny_tokens(2)) == pytest.approx(np.log2(90))


def test_the_longest_contexts_of_drums_are_told_apart():
    all_drums = np.full((1, 5), 511, np.int16)
    last_but_one = np.array([[511, 511, 511, 511, 510]], np.int16)
    model = train(np.concatenate([all_drums] * 9 + [last_but_one]), DRUMS)
    seen, rare = (model.probabilities(row)[0, -1] for row in (all_drums, last_but_one))
    assert seen > 5 * rare > 0
    assert seen + rare < 1


def test_a_trio_costs_what_its_parts_cost_together():
    tokens, other = (tiny_tokens(9, seed, encoding="trio") for seed in (0, 1))
    together = train(tokens, TRIO)
    alone = [
        train(np.ascontiguousarray(tokens[:, :, i]), music)
        for i, music in enumerate((MELODY, MELODY, DRUMS))
    ]
    costs = [model.cost_bits(other[:, :, i]) for i, model in enumerate(alone)]
    np.testing.assert_allclose(together.cost_bits(other), sum(costs))
    assert together.num_tokens == tokens.size
    assert together.probabilities(other).shape == other.shape


def test_each_bar_of_a_tune_is_counted_once():
    tokens = tiny_tokens(4)
    data = split(tokens, tune=[3, 3, 3, 4], bar=[0, 1, 5, 1])
    expected = [[True, True], [False, True], [True, True], [True, True]]
    assert first_seen(data, 2).tolist() == expected
    assert train_on_split(data, MELODY).num_tokens == 7 * 16


def test_no_set_of_bars_has_a_first_one():
    data = split(np.empty((0, 32), np.uint8), tune=[], bar=[])
    assert first_seen(data, 2).shape == (0, 2)
