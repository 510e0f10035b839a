"""Checkpoints side by side: a row each, and a warning where they do not compare."""

import dataclasses

import pytest

from explorer import checkpoint
from explorer.errors import CheckpointError
from explorer.side_by_side import (
    comparison_table,
    numbers,
    parts_table,
    same_phrases,
)
from tests import tiny_checkpoint


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    root = tmp_path_factory.mktemp("pair")
    folders = [tiny_checkpoint.write(root, name) for name in ("one", "two")]
    return [checkpoint.load(folder) for folder in folders]


def test_each_checkpoint_has_a_row_with_its_figures(pair):
    models = numbers(pair)
    rows = comparison_table(models).splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == ["| one", "| two"]
    assert all("| flat |" in row and "0.500" in row for row in rows)
    assert models["one"]["num_parameters"] == pair[0].model.num_parameters()


def test_what_was_not_measured_is_a_dash(pair):
    assert comparison_table(numbers(pair)).splitlines()[2].endswith("| - | - | - | - |")


def test_parts_have_rows_of_their_own_where_there_are_several(pair, tmp_path):
    assert parts_table(numbers(pair)) == ""
    trio = checkpoint.load(tiny_checkpoint.write(tmp_path, "band", encoding="trio"))
    rows = parts_table(numbers([pair[0], trio])).splitlines()[2:]
    assert [row.split(" | ")[:2] for row in rows] == [
        ["| band", part] for part in ("melody", "bass", "drums")
    ]
    assert numbers([trio])["band"]["encoding"] == "trio"


def test_two_of_one_name_are_refused(pair):
    with pytest.raises(CheckpointError, match="called 'one'"):
        numbers([pair[0], pair[0]])


def test_a_run_that_was_not_measured_is_refused(pair):
    with pytest.raises(CheckpointError, match="no measured accuracy"):
        numbers([dataclasses.replace(pair[0], metrics={})])


def test_other_phrases_are_noticed(pair):
    assert same_phrases(numbers(pair))
    other = dataclasses.replace(
        pair[1],
        metrics=pair[1].metrics | {"eval": pair[1].metrics["eval"] | {"seed": 1}},
    )
    assert not same_phrases(numbers([pair[0], other]))
