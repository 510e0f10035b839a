"""Example tunes: the notation, and the tunes that ship."""

import json

import numpy as np
import pytest

from explorer.converters import (
    MAX_PITCH,
    MIN_PITCH,
    MelodyConverter,
    extract_melodies,
    melody_to_sequence,
)
from explorer.errors import DataError
from explorer.examples import TUNES_PATH, load_examples, load_pairs, parse_tune
from explorer.notes import STEPS_PER_BAR, slice_bars

EXAMPLES = load_examples()
MAJOR = {0, 2, 4, 5, 7, 9, 11}
TONICS = {"C": 0, "D": 2, "D-flat": 1, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def test_notation_spells_pitches_and_lengths():
    tune = parse_tune(["C4:4 F#4:2 Bb3:2 R:4 A4:4"], qpm=90, title="Test")
    spelt = [(note.pitch, note.start_step, note.end_step) for note in tune.notes]
    assert spelt == [(60, 0, 4), (66, 4, 6), (58, 6, 8), (69, 12, 16)]
    assert (tune.qpm, tune.title, tune.total_steps) == (90, "Test", 16)


def test_a_tie_goes_on_over_the_bar_line_but_not_over_a_rest():
    tune = parse_tune(["R:12 C4:4", "_:4 R:4 _:8"])
    assert [(note.start_step, note.end_step) for note in tune.notes] == [(12, 20)]


@pytest.mark.parametrize("word", ["H4:4", "C4", "C4:0", "c4:4", "C4:-4", "C#b4:4"])
def test_words_that_are_not_notation_are_named(word):
    with pytest.raises(DataError, match="is not notation"):
        parse_tune([f"{word} C4:12"])


@pytest.mark.parametrize(("bar", "found"), [("C4:12", 12), ("C4:16 C4:1", 17)])
def test_a_bar_of_the_wrong_length_is_refused(bar, found):
    with pytest.raises(DataError, match=f"Bar 2 of “T” ends after {found}"):
        parse_tune(["C4:16", bar], title="T")


def test_there_are_at_least_two_dozen_tunes_with_different_titles():
    assert len({example.title for example in EXAMPLES}) == len(EXAMPLES) >= 24


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
class TestEachTune:
    def test_has_four_to_sixteen_whole_bars_in_range(self, example):
        tune = example.tune
        assert tune.total_steps % STEPS_PER_BAR == 0
        assert 4 <= tune.num_bars <= 16
        assert all(MIN_PITCH <= note.pitch <= MAX_PITCH for note in tune.notes)
        assert 40 <= tune.qpm <= 200

    def test_is_one_melody_to_the_model(self, example):
        melodies = extract_melodies(example.tune.notes)
        assert len(melodies) == 1
        assert melody_to_sequence(melodies[0]).notes == example.tune.notes

    def test_its_first_two_bars_have_a_melody(self, example):
        melody = MelodyConverter(num_bars=2).to_melody(slice_bars(example.tune, 0, 2))
        assert np.count_nonzero(melody >= 0) >= 3

    def test_has_a_source_and_is_old_enough(self, example):
        assert example.origin
        assert example.year < 1928

    def test_mostly_stays_in_its_key(self, example):
        tonic, mode = example.key.split()
        shift = {"major": 0, "minor": 3, "dorian": 10}[mode]
        scale = {(TONICS[tonic] + shift + degree) % 12 for degree in MAJOR}
        inside = [note.pitch % 12 in scale for note in example.tune.notes]
        assert np.mean(inside) > 0.65


def test_there_are_six_pairs_of_different_tunes_at_real_places():
    bars = {example.title: example.tune.num_bars for example in EXAMPLES}
    pairs = load_pairs()
    assert len(pairs) == 6
    for first, second in pairs:
        assert first.title != second.title
        assert first.bar + 2 <= bars[first.title]
        assert second.bar + 2 <= bars[second.title]


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="Restore the file"):
        load_examples(tmp_path / "tunes.json")


def test_a_missing_field_is_named(tmp_path):
    path = tmp_path / "tunes.json"
    content = json.loads(TUNES_PATH.read_text(encoding="utf-8"))
    del content["tunes"][0]["key"]
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match="has no key"):
        load_examples(path)
