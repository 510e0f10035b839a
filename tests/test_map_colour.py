"""What colours a map: measures, the commonest categories, and how phrases fare."""

import dataclasses

import numpy as np
import pytest

from explorer import trained_model
from explorer.ui import map_colour, words
from tests import tiny_checkpoint


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    root = tmp_path_factory.mktemp("colours")
    return trained_model.load(tiny_checkpoint.write(root)).library


def test_a_map_that_measured_how_phrases_fare_can_show_it(library):
    sure, right = map_colour.SURE, map_colour.RIGHT
    assert [*map_colour.choices(library)][-4:] == ["Source", "Key", sure, right]
    found = map_colour.colouring(library, right)
    np.testing.assert_array_equal(found.values, library.accuracy)
    assert found.ends == ("wrong", "right")
    assert found.categories == ()
    np.testing.assert_array_equal(
        map_colour.colouring(library, sure).values, library.certainty
    )


def test_only_what_a_map_has_is_offered(library):
    bare = dataclasses.replace(
        library, accuracy=None, certainty=None, keys=("",) * len(library)
    )
    assert map_colour.choices(bare) == [*words.slider_names("melody"), "Source"]


def test_an_attribute_has_words_for_its_ends(library):
    name = words.slider_names("melody")[1]
    found = map_colour.colouring(library, name)
    np.testing.assert_array_equal(found.values, library.attributes[:, 1])
    assert found.ends == words.scale_ends(name, "melody")
    assert all(found.ends)


def test_the_commonest_categories_have_colours_and_the_others_share_one(library):
    names = "ABCDEFGH"  # A once, B twice, ...; 24 of the rest are H too
    labels = [name for count, name in enumerate(names, 1) for _ in range(count)]
    labels += ["H"] * (len(library) - len(labels))
    found = map_colour.colouring(
        dataclasses.replace(library, sources=tuple(labels)), "Source"
    )
    assert found.categories == ("H", "G", "F", "E", "D", "C", "other")
    assert found.values[0] == 6  # A
    assert found.values[-1] == 0
