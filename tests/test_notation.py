"""The plain text that tunes and beats are written in."""

import pytest

from explorer.drums import DRUM_NAMES, EXEMPLARS
from explorer.errors import DataError
from explorer.notation import DRUM_LETTERS, parse_beat, parse_tune


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


def test_a_beat_has_a_drum_a_line_and_a_hit_where_an_x_is():
    beat = parse_beat(
        [
            "S: ....x.......x... ...............x",
            "K: x............... x...............",
        ],
        qpm=90,
        title="Test",
    )
    hits = [(note.pitch, note.start_step) for note in beat.notes]
    assert hits == [(36, 0), (38, 4), (38, 12), (36, 16), (38, 31)]
    assert all(note.is_drum for note in beat.notes)
    assert (beat.qpm, beat.title, beat.total_steps) == (90, "Test", 32)


@pytest.mark.parametrize("letter", DRUM_LETTERS)
def test_every_letter_is_a_drum_of_its_own(letter):
    (note,) = parse_beat([f"{letter}: x..............."]).notes
    assert note.pitch == EXEMPLARS[DRUM_LETTERS.index(letter)]


def test_a_letter_stands_in_the_name_of_its_drum():
    assert len(DRUM_LETTERS) == len(DRUM_NAMES)
    for letter, name in zip(DRUM_LETTERS, DRUM_NAMES, strict=True):
        assert letter.lower() in [word[0] for word in name.split()]


@pytest.mark.parametrize(
    "line",
    [
        "X: x...x...x...x...",
        "K x...x...x...x...",
        "K: x...-...x...x...",
        "K:",
        "k: x...x...x...x...",
    ],
)
def test_lines_that_are_not_notation_are_named(line):
    with pytest.raises(DataError, match=f"“{line}” in “T” is not notation"):
        parse_beat([line], title="T")


@pytest.mark.parametrize("bar", ["x...x...x...x..", "x...x...x...x...x"])
def test_a_bar_that_is_not_sixteen_characters_is_refused(bar):
    with pytest.raises(DataError, match=f"Bar 2 of K in “T” has {len(bar)} char"):
        parse_beat([f"K: x...x...x...x... {bar}"], title="T")


def test_a_drum_has_one_line_and_all_lines_equally_many_bars():
    line = "K: x...x...x...x..."
    with pytest.raises(DataError, match="two lines for K"):
        parse_beat([line, line], title="T")
    with pytest.raises(DataError, match="1 or 2 bars"):
        parse_beat([line, "S: ....x.......x... ....x.......x..."])
    with pytest.raises(DataError, match="no bars"):
        parse_beat([], title="T")
