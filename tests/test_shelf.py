"""What checkpoints are called on screen, and which one a visit starts with."""

import dataclasses

import pytest

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
