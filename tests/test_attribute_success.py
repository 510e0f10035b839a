"""How often an attribute follows, with a decoder whose answer is known."""

import numpy as np
import pytest

from explorer.attribute_success import attribute_success
from explorer.attributes import attributes_of
from explorer.latent import MEAN_DIFFERENCE, AttributeVectors

NAMES = tuple(attributes_of("melody"))
DENSITY = NAMES.index("note_density")


def write(z):
    """As many notes on C, at the start, as the first number of the code says."""
    return np.where(np.arange(32) < z[:, :1], 41, 0).astype(np.uint8)


def vectors(amount):
    directions = np.zeros((len(NAMES), 3), np.float32)
    directions[DENSITY, 0] = amount
    zeros = np.zeros(len(NAMES), np.float32)
    return AttributeVectors(
        names=NAMES,
        vectors=directions,
        ways=(MEAN_DIFFERENCE,) * len(NAMES),
        top=zeros,
        bottom=zeros,
        num_examples=4,
    )


def codes(*counts):
    z = np.zeros((len(counts), 3), np.float32)
    z[:, 0] = counts
    return z


@pytest.mark.parametrize(("amount", "share"), [(4, 1.0), (-4, 0.0)])
def test_following_is_going_the_way_that_was_asked(amount, share):
    found = attribute_success(codes(8, 12, 16), vectors(amount), write, "melody")
    for way in ("add", "subtract"):
        assert found[way]["followed"]["note_density"] == share
    assert found["works"]["note_density"] == share


def test_what_stays_has_not_followed():
    found = attribute_success(codes(8, 8), vectors(0), write, "melody")
    assert found["add"]["followed"]["note_density"] == 0
    assert found["add"]["same"]["note_density"] == 1
    assert found["works"]["note_density"] == 0


def test_a_phrase_that_cannot_follow_is_not_counted():
    found = attribute_success(codes(32, 32, 16, 0), vectors(4), write, "melody")
    assert found["add"]["could"]["note_density"] == 0.5
    assert found["add"]["followed"]["note_density"] == 1
    assert found["subtract"]["could"]["note_density"] == 0.75
    assert found["add"]["could"]["c_diatonic"] == 0.25  # all others are on C already


def test_where_no_phrase_can_follow_nothing_is_claimed():
    found = attribute_success(codes(32), vectors(4), write, "melody")
    assert found["add"]["followed"]["note_density"] is None
    assert found["works"]["note_density"] == 1  # of those that can: downwards
    found = attribute_success(codes(0), vectors(4), write, "melody")
    assert found["works"]["syncopation_8th"] == 0
