"""What attribute vectors do, with a model whose answer is known."""

import numpy as np
import pytest

from explorer.attribute_changes import attribute_changes, percent_changes
from explorer.attributes import attributes_of
from explorer.latent import MEAN_DIFFERENCE, AttributeVectors

NAMES = tuple(attributes_of("melody"))
DENSITY = NAMES.index("note_density")


def write(z):
    """As many notes on C, at the start, as the first number of the code says."""
    steps = np.arange(32)
    return np.where(steps < z[:, :1], 41, 0).astype(np.uint8)


def vectors():
    directions = np.zeros((len(NAMES), 3), np.float32)
    directions[DENSITY, 0] = 8
    zeros = np.zeros(len(NAMES), np.float32)
    return AttributeVectors(
        names=NAMES,
        vectors=directions,
        ways=(MEAN_DIFFERENCE,) * len(NAMES),
        top=zeros,
        bottom=zeros,
        num_examples=4,
    )


def test_added_is_more_and_subtracted_less_in_percent_of_before():
    z = np.full((6, 3), 16, np.float32)
    found = attribute_changes(z, write(z), vectors(), write, "melody")
    assert found["num"] == 6
    assert found["before"][DENSITY] == 0.5
    assert found["add"][DENSITY][DENSITY] == 50
    assert found["subtract"][DENSITY][DENSITY] == -50


def test_a_vector_of_nothing_changes_nothing_and_rows_are_vectors():
    z = np.full((2, 3), 16, np.float32)
    found = attribute_changes(z, write(z), vectors(), write, "melody")
    others = [row for i, row in enumerate(found["add"]) if i != DENSITY]
    assert all(change in (0, None) for row in others for change in row)
    assert found["add"][DENSITY][NAMES.index("c_diatonic")] == 0  # all on C either way


def test_drums_are_measured_as_drums():
    names = tuple(attributes_of("drums"))
    z = np.full((2, 3), 16, np.float32)
    directions = np.zeros((4, 3), np.float32)
    directions[0, 0] = 8
    zeros = np.zeros(4, np.float32)
    moves = AttributeVectors(
        names=names,
        vectors=directions,
        ways=(MEAN_DIFFERENCE,) * len(names),
        top=zeros,
        bottom=zeros,
        num_examples=4,
    )

    def kicks(z):
        return np.where(np.arange(32) < z[:, :1], 1, 0).astype(np.int16)

    found = attribute_changes(z, kicks(z), moves, kicks, "drums")
    assert len(found["before"]) == len(found["add"]) == 4
    assert found["before"][0] == 0.5  # hits a step
    assert (found["add"][0][0], found["subtract"][0][0]) == (50, -50)


def test_a_change_from_nothing_has_no_percentage():
    found = percent_changes(np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    assert found == [None, pytest.approx(-50)]
