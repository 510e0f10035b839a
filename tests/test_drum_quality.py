"""Backbeats and kicks, counted on beats written by hand."""

import numpy as np
import pytest

from explorer.drum_quality import backbeat, kick_on_one, kick_snare_by_position

KICK, SNARE, HAT = 1, 2, 4  # tokens of single drums


def beats(*bars):
    """A phrase of bars, each a token at some steps."""
    tokens = np.zeros((1, 16 * len(bars)), np.int16)
    for index, hits in enumerate(bars):
        for step, token in hits.items():
            tokens[0, 16 * index + step] = token
    return tokens


ROCK = {0: KICK | HAT, 4: SNARE | HAT, 8: KICK, 12: SNARE}


@pytest.mark.parametrize(
    ("bars", "snares", "kicks"),
    [
        ([ROCK], 1, 1),
        ([ROCK, {}], 0.5, 0.5),
        ([{4: SNARE}], 0, 0),  # on beat 2 alone
        ([{4: SNARE, 12: SNARE}], 1, 0),
        ([{4: KICK, 12: HAT, 0: SNARE}], 0, 0),
        ([{0: KICK}, {1: KICK}, {8: KICK}, {0: 511}], 0, 0.5),
    ],
)
def test_a_backbeat_is_a_snare_on_both_and_the_kick_is_on_one(bars, snares, kicks):
    assert backbeat(beats(*bars)) == snares
    assert kick_on_one(beats(*bars)) == kicks


def test_each_phrase_is_counted_by_itself():
    both = np.concatenate([beats(ROCK, ROCK), beats({}, ROCK)])
    assert backbeat(both).tolist() == kick_on_one(both).tolist() == [1, 0.5]


def test_positions_hold_their_share_of_kicks_and_snares_and_nothing_else():
    both = np.concatenate([beats({0: KICK | HAT}), beats({0: KICK | SNARE, 1: HAT})])
    shares = kick_snare_by_position(both, np.array([0.75, 0.25])).reshape(16, 4)
    np.testing.assert_allclose(shares.sum(axis=1), 1 / 16)
    np.testing.assert_allclose(shares[0] * 16, [0, 0.75, 0, 0.25])
    np.testing.assert_allclose(shares[1:] * 16, [[1, 0, 0, 0]] * 15)
