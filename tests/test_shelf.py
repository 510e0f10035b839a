"""What checkpoints are called on screen, and which one a visit starts with."""

import dataclasses
import shutil

import pytest

from explorer import own_map, trained_model
from explorer.config import ModelConfig
from explorer.ui import shelf
from tests import tiny_checkpoint
from tests.helpers import TINY_DRUMS, TINY_MODEL
from tests.tiny_checkpoint import TINY_LONG, TINY_LONG_FLAT, TINY_LONG_TRIO

ONE_BAR = dataclasses.replace(TINY_MODEL, num_bars=1)


@pytest.mark.parametrize(
    ("config", "others", "said"),
    [
        (TINY_MODEL, [TINY_LONG, TINY_LONG_FLAT], "2 bars"),
        (ONE_BAR, [], "1 bar"),
        (TINY_LONG, [], "16 bars, conductor"),
        (TINY_LONG_FLAT, [TINY_LONG], "16 bars, no conductor (for comparison)"),
        (TINY_LONG_FLAT, [TINY_MODEL], "16 bars"),
        (TINY_DRUMS, [], "2 bars"),
        (TINY_DRUMS, [TINY_MODEL], "Drums, 2 bars"),
        (TINY_MODEL, [TINY_DRUMS], "Melody, 2 bars"),
        (TINY_LONG_FLAT, [TINY_LONG_TRIO], "Melody, 16 bars"),
        (
            TINY_LONG_TRIO,
            [TINY_MODEL],
            "Band (melody, bass, drums), 16 bars, conductor",
        ),
    ],
)
def test_a_model_is_called_by_what_it_is(config: ModelConfig, others, said):
    assert shelf.plain_name(config, [config, *others]) == said


def offered(root, *checkpoints):
    """What is on offer of checkpoints, given as (name, model, accuracy)."""
    for name, config, accuracy in checkpoints:
        tiny_checkpoint.write(root, name, config=config, accuracy=accuracy)
    return shelf.offers(root)


def test_short_phrases_come_first_and_of_one_length_the_best(tmp_path):
    found = offered(
        tmp_path,
        ("a-long", TINY_LONG, 0.9),
        ("b-worse", TINY_MODEL, 0.6),
        ("c-better", TINY_MODEL, 0.7),
        ("d-plain", TINY_LONG_FLAT, 0.5),
    )
    assert [offer.name for offer in found] == [
        "c-better",
        "b-worse",
        "a-long",
        "d-plain",
    ]
    assert [offer.label for offer in found][1:] == [
        "2 bars · b-worse",
        "16 bars, conductor · a-long",
        "16 bars, no conductor (for comparison) · d-plain",
    ]


def test_melodies_come_first_then_drums_then_bands_however_good_they_are(tmp_path):
    found = offered(
        tmp_path,
        ("a-band", TINY_LONG_TRIO, 0.9),
        ("b-drums", TINY_DRUMS, 0.8),
        ("c-long", TINY_LONG, 0.6),
        ("d-short", TINY_MODEL, 0.5),
    )
    assert [offer.name for offer in found] == ["d-short", "c-long", "b-drums", "a-band"]
    assert [offer.encoding for offer in found] == ["melody", "melody", "drums", "trio"]


def test_a_checkpoint_that_nobody_measured_comes_after_those_measured(tmp_path):
    tiny_checkpoint.write(tmp_path, "a")
    (tmp_path / "a" / "metrics.json").write_text("{}")
    tiny_checkpoint.write(tmp_path, "b")
    assert [offer.name for offer in shelf.offers(tmp_path)] == ["b", "a"]


def test_a_broken_one_comes_last_with_its_reason(tmp_path):
    config = tiny_checkpoint.write(tmp_path, "a") / "config.json"
    config.write_text(config.read_text().replace('"z_size"', '"size"'))
    tiny_checkpoint.write(tmp_path, "b", config=TINY_LONG)
    first, last = shelf.offers(tmp_path)
    assert (first.name, first.problem) == ("b", None)
    assert last.name == "a"
    assert "unknown fields: size" in str(last.problem)


def test_an_empty_folder_offers_nothing(tmp_path):
    assert shelf.offers(tmp_path) == ()


@pytest.fixture
def with_map(tmp_path):
    """Folders of checkpoints and of maps, with a map `mine` of `short`."""
    checkpoints, maps = tmp_path / "checkpoints", tmp_path / "maps"
    tiny_checkpoint.write(checkpoints, "short")
    tiny_checkpoint.write(checkpoints, "beats", config=TINY_DRUMS)
    made = trained_model.load(checkpoints / "short")
    own_map.save(
        maps / "mine", made.library, made.checkpoint, seed=0, date="2026-01-01"
    )
    return checkpoints, maps


def offered_with_maps(checkpoints, maps, named=None):
    return shelf.with_maps(shelf.offers(checkpoints), checkpoints, maps, named)


def test_a_map_is_offered_after_the_checkpoints_by_what_it_is_and_its_name(with_map):
    *_, last = found = offered_with_maps(*with_map)
    assert [offer.name for offer in found] == ["short", "beats", "short@mine"]
    assert last.label == "Melody, 2 bars · mine (your files)"
    assert (last.problem, last.encoding) == (None, "melody")


def test_a_map_that_was_named_comes_first_and_once(with_map):
    checkpoints, maps = with_map
    found = offered_with_maps(checkpoints, maps, maps / "mine")
    assert [offer.name for offer in found] == ["short@mine", "short", "beats"]


def test_a_named_map_that_is_not_there_is_offered_as_broken(with_map, tmp_path):
    *_, last = offered_with_maps(*with_map, tmp_path / "nowhere")
    assert last.name == "@nowhere"
    assert "check the path" in last.problem


def test_links_and_what_is_no_map_are_not_offered(with_map):
    checkpoints, maps = with_map
    (maps / "link").symlink_to(maps / "mine")
    (maps / "photos").mkdir()
    (maps / "mine.new.tmp").mkdir()
    (maps / "mine.new.tmp" / "map.json").touch()
    assert len(offered_with_maps(checkpoints, maps)) == 3


def test_a_map_whose_checkpoint_is_gone_says_so(with_map):
    checkpoints, _ = with_map
    shutil.rmtree(checkpoints / "short")
    *_, last = offered_with_maps(*with_map)
    assert last.name == "short@mine"
    assert "checkpoint short, which is not here or does not work" in last.problem


def test_a_map_of_other_weights_is_not_used(with_map):
    checkpoints, _ = with_map
    tiny_checkpoint.write(checkpoints, "short", seed=1)
    *_, last = offered_with_maps(*with_map)
    assert "other weights of short" in last.problem
    assert "Index the files again" in last.problem


def test_a_damaged_map_is_not_used(with_map):
    _, maps = with_map
    (maps / "mine" / "phrases.json").write_text("{}")
    *_, last = offered_with_maps(*with_map)
    assert "phrases.json is damaged" in last.problem
