"""Notes matched between two versions, and how they are drawn."""

from collections import Counter

import numpy as np
import pytest

from explorer import charts
from explorer.compare import NEAR_STEPS, differences
from explorer.notes import Note, sequence
from explorer.ui.bar_strip import MOST_DRAWN, bar_strip
from explorer.ui.difference_roll import difference_roll, note_name


def line(*notes, **how):
    return sequence(
        [Note(pitch=p, start_step=s, end_step=s + 2, **how) for p, s in notes],
        total_steps=32,
    )


BEFORE = line((60, 0), (62, 4), (64, 8), (65, 20))
AFTER = line((60, 0), (63, 4), (64, 9), (70, 28))


def test_each_note_is_kept_moved_lost_or_added():
    found = differences(BEFORE, AFTER, "melody")
    assert [old.pitch for old, _ in found.kept] == [60]
    assert [(old.pitch, new.pitch) for old, new in found.moved] == [(62, 63), (64, 64)]
    assert [note.pitch for note in found.lost] == [65]
    assert [note.pitch for note in found.added] == [70]


@pytest.mark.parametrize("encoding", ["melody", "drums", "trio"])
def test_every_note_has_one_fate_and_every_pair_is_as_near_as_it_must_be(encoding):
    rng = np.random.default_rng(0)

    def tune():
        return sequence(
            [
                Note(
                    pitch=int(rng.integers(35, 50)),
                    start_step=int(rng.integers(0, 30)),
                    end_step=32,
                    program=int(rng.choice([0, 33])) if encoding == "trio" else 0,
                    is_drum=encoding == "drums"
                    or (encoding == "trio" and bool(rng.integers(0, 2))),
                )
                for _ in range(20)
            ]
        )

    for _ in range(20):
        before, after = tune(), tune()
        found = differences(before, after, encoding)
        pairs = (*found.kept, *found.moved)
        assert Counter(before.notes) == Counter(
            [*(old for old, _ in pairs), *found.lost]
        )
        assert Counter(after.notes) == Counter(
            [*(new for _, new in pairs), *found.added]
        )
        assert all(old.start_step == new.start_step for old, new in found.kept)
        assert all(abs(a.start_step - b.start_step) <= NEAR_STEPS for a, b in pairs)
        assert all(old.is_drum == new.is_drum for old, new in pairs)


@pytest.mark.parametrize("palette", [charts.DARK, charts.LIGHT])
def test_kinds_of_notes_differ_in_colour_and_in_mark(palette):
    found = differences(BEFORE, AFTER, "melody")
    figure = difference_roll(found, num_bars=2, palette=palette)
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    assert [t.name for t in marks] == ["1 kept", "2 moved", "1 lost", "1 new"]
    assert len({trace.marker.symbol for trace in marks}) == 4
    assert len({trace.marker.color for trace in marks}) == 4


def test_a_lost_note_is_an_outline():
    found = differences(BEFORE, line(), "melody")
    figure = difference_roll(found, num_bars=2, palette=charts.DARK)
    drawn = [t for t in figure.data if t.mode == "lines" and len(t.x or ()) > 5]
    assert [(trace.line.dash, trace.fill) for trace in drawn] == [("dash", "none")]


def test_nothing_at_all_can_be_drawn():
    found = differences(line(), line(), "melody")
    assert difference_roll(found, num_bars=2, palette=charts.DARK).data


def test_drums_lie_under_the_notes_and_have_their_names():
    tune = sequence([*line((60, 0)).notes, *line((36, 4), (38, 8), is_drum=True).notes])
    figure = difference_roll(
        differences(tune, tune, "trio"), num_bars=1, palette=charts.DARK
    )
    names = dict(
        zip(figure.layout.yaxis.ticktext, figure.layout.yaxis.tickvals, strict=True)
    )
    assert set(names) == {"C4", "kick", "snare"}
    assert names["C4"] > names["snare"] > names["kick"]


def test_a_pitch_has_the_name_musicians_give_it():
    assert [note_name(pitch) for pitch in (60, 61, 0)] == ["C4", "C♯4", "C-1"]


def strip(notes, num_bars, window=(0, 1)):
    return bar_strip([notes], num_bars=num_bars, window=window, palette=charts.DARK)


def test_the_strip_has_a_point_for_every_bar_counted_from_1():
    figure = strip(BEFORE.notes, 2)
    assert list(figure.data[0].x) == [1, 2]


def test_the_window_is_marked_by_an_outline_and_a_shade():
    figure = strip(BEFORE.notes, 8, window=(2, 3))
    (outline,) = figure.layout.shapes
    assert (outline.x0, outline.x1) == (2.5, 4.5)
    colours = figure.data[0].marker.color
    assert [bar for bar, c in enumerate(colours) if c == charts.DARK.end_a] == [2, 3]


def test_a_note_is_drawn_in_its_bar():
    figure = strip(line((60, 16)).notes, 2)
    assert list(figure.data[1].x[:2]) == [1.5, 1.625]


def test_of_a_huge_tune_a_bounded_number_of_places_is_drawn():
    notes = [
        Note(pitch=step % 12 + 60, start_step=step, end_step=step + 1)
        for step in range(40_000)
    ]
    figure = strip(notes, 2500)
    assert 0 < len(figure.data[1].x) <= 3 * MOST_DRAWN
