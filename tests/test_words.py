"""Sentences say what was measured."""

import numpy as np
import pytest

from explorer.attributes import attributes_of
from explorer.compare import Comparison
from explorer.encodings import ENCODINGS
from explorer.ui import words

PLAIN = np.array([0.8, 0.25, 2.0, 0.1, 0.1, 67.0, 12.0, 3.0])


def changed(name, value):
    after = PLAIN.copy()
    after[list(attributes_of("melody")).index(name)] = value
    return words.changes(PLAIN, after, "melody")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_attribute_has_words_of_its_own(encoding):
    spoken = words.words_of(encoding)
    assert list(spoken) == list(attributes_of(encoding))
    assert len({each.more for each in spoken.values()}) == len(spoken)
    assert all(each.least > 0 for each in spoken.values())


def test_a_trio_says_which_part_got_busier():
    names = list(attributes_of("trio"))
    before = np.zeros(len(names))
    for name, said in (
        ("note_density", "busier melody (+2.0 notes a bar)"),
        ("bass_density", "busier bass (+2.0 notes a bar)"),
        ("drum_density", "busier drums (+2.0 hits a bar)"),
    ):
        after = before.copy()
        after[names.index(name)] = 0.125
        assert words.changes(before, after, "trio") == said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("note_density", 0.375, "busier (+2.0 notes a bar)"),
        ("note_density", 0.125, "calmer (\N{MINUS SIGN}2.0 notes a bar)"),
        ("c_diatonic", 0.5, "fewer white keys (\N{MINUS SIGN}30 %)"),
        ("average_interval", 3.5, "bigger leaps (+1.5 semitones)"),
    ],
)
def test_a_change_is_named_with_its_size_and_direction(name, value, said):
    assert changed(name, value) == said


def test_a_change_too_small_to_hear_is_not_claimed():
    assert changed("average_interval", 2.1) == "no change you could hear"


def test_only_what_stands_out_is_described():
    others = np.tile(np.linspace(0, 1, 11)[:, None], (1, len(PLAIN)))
    usual = np.full(len(PLAIN), 0.5)
    assert words.describe(usual, others, "melody") == "An ordinary mix of everything."
    usual[1] = 0.95
    assert words.describe(usual, others, "melody") == "Busy."
    usual[1] = 0.05
    assert words.describe(usual, others, "melody") == "Calm."


def test_a_perfect_round_trip_says_so():
    found = Comparison(kept=7, moved=0, lost=0, added=0)
    said = "The model plays all 7 notes as they are."
    assert words.round_trip(found, "melody") == said
    assert words.round_trip(found, "drums") == said.replace("notes", "hits")


def test_a_round_trip_counts_every_kind_of_difference():
    found = Comparison(kept=4, moved=2, lost=1, added=3)
    said = "4 of 7 notes kept, 2 moved, 1 lost, 3 new."
    assert words.round_trip(found, "melody") == said


def test_one_thing_is_not_plural():
    assert words.counted(1, "note") == "1 note"
    assert words.counted(0, "note") == "0 notes"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Kesh Jig", "Kesh Jig"),
        ("*loud*", r"\*loud\*"),
        ("[here](http://a.b)", r"\[here\]\(http\://a\.b\)"),
        ("$5 :red[x]", r"\$5 \:red\[x\]"),
    ],
)
def test_text_from_files_cannot_become_markup(text, shown):
    assert words.plain(text) == shown


def test_sources_have_names_for_the_screen_and_strangers_keep_their_own():
    assert words.source_name("cre") == "Irish dance tunes (CRE)"
    assert words.source_name("my folder") == "my folder"


@pytest.mark.parametrize(
    ("have", "need", "said"),
    [
        (16, 16, ""),
        (20, 16, ""),
        (8, 16, "its 8 bars twice"),
        (4, 16, "its 4 bars four times"),
        (1, 16, "its 1 bar 16 times"),
        (12, 16, "its 12 bars, then from the start again"),
    ],
)
def test_how_a_short_tune_fills_the_phrase_is_said(have, need, said):
    assert words.filling(have, need) == said


def test_how_surprises_are_drawn_is_said_and_what_the_prior_gives_where_measured():
    figures = {
        "samples": {"note_density": 0.5, "average_interval": 8.9},
        "data": {"note_density": 0.375, "average_interval": 3.0},
    }
    said = words.surprise(figures, "melody")
    assert "drawn near real ones" in said
    assert "8.0 notes a bar and leaps of 8.9 semitones" in said
    assert "real ones have 6.0 and 3.0" in said
    for lacking in ({}, {"samples": {}}, {"samples": {"note_density": 1}, "data": {}}):
        assert "prior" not in words.surprise(lacking, "melody")
    assert words.surprise({}, "drums").startswith("A beat nobody wrote")


@pytest.mark.parametrize(
    ("encoding", "names", "told"),
    [
        (
            "drums",
            ("hit_density", "syncopation"),
            "this model's beats have 8.0 hits a bar and 30 % of kicks and snares "
            "between the beats; real ones have 6.0 and 20 %.",
        ),
        (
            "trio",
            ("note_density", "average_interval"),
            "this model's songs have 8.0 melody notes a bar and leaps of 0.3 "
            "semitones; real ones have 6.0 and 0.2.",
        ),
    ],
)
def test_what_drawing_blindly_gives_is_told_of_every_kind(encoding, names, told):
    drawn, real = (
        dict(zip(names, of, strict=True)) for of in ((0.5, 0.3), (0.375, 0.2))
    )
    said = words.surprise({"samples": drawn, "data": real}, encoding)
    assert said.endswith(told)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_map_is_coloured_by_how_much_happens_at_first(encoding):
    assert words.slider_names(encoding)[words.first_colour(encoding)].startswith(
        "Busier"
    )


def test_trust_in_a_layout_is_said_as_measured():
    measured = {"num_near": 15, "neighbours_kept": 0.1997, "trustworthiness": 0.8177}
    said = words.trust(measured)
    assert "15 phrases most like" in said
    assert "20%" in said
    assert "0.82 of 1" in said
