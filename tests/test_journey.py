"""A journey: its places, its length, and the music of it."""

import numpy as np
import pytest

from explorer import journey
from explorer.drums import DRUM_INSTRUMENT
from explorer.journey import MOST_BARS
from explorer.latent import lerp
from explorer.notes import Note, sequence

STOPS = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 0.0], [4.0, 8.0]], np.float32)


def tune(pitch, bars=2, qpm=120.0):
    """A quarter note on every beat."""
    notes = [
        Note(pitch=pitch, start_step=step, end_step=step + 4)
        for step in range(0, 16 * bars, 4)
    ]
    return sequence(notes, total_steps=16 * bars, qpm=qpm, title=str(pitch))


def test_between_two_stops_lie_blends_but_none_between_equal_ones():
    found = journey.way(STOPS, 3, lerp)
    assert [(place.left, place.right) for place in found] == [
        *[(0, 0), (0, 1), (0, 1), (0, 1)],
        *[(1, 1), (2, 2), (2, 3), (2, 3), (2, 3)],
        (3, 3),
    ]
    assert [place.share for place in found[:4]] == [0, 0.25, 0.5, 0.75]
    assert [place.z.tolist() for place in found[1:4]] == [[1, 0], [2, 0], [3, 0]]
    assert [place.is_stop for place in found].count(True) == 4


def test_without_blends_there_are_the_stops_alone():
    found = journey.way(STOPS, 0, lerp)
    assert [place.left for place in found] == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="must not be negative"):
        journey.way(STOPS, -1, lerp)


@pytest.mark.parametrize(
    ("ending", "bars", "order"),
    [
        ("stop", 12, (0, 1, 2, 0, 1, 2)),
        ("home", 14, (0, 1, 2, 0, 1, 2, 0)),
        ("hold", 13, (0, 1, 2, 0, 1, 2)),
    ],
)
def test_the_length_is_exact_whatever_the_ending(ending, bars, order):
    table = journey.timetable(3, bars=2, times=2, ending=ending)
    assert table.num_bars == bars
    assert table.order == order


@pytest.mark.parametrize("ending", ["stop", "home", "hold"])
@pytest.mark.parametrize(
    ("places", "bars", "times"), [(7, 16, 4), (90, 4, 1), (1, 32, 4)]
)
def test_a_journey_that_is_too_long_loses_rounds_and_then_places(
    places, bars, times, ending
):
    table = journey.timetable(places, bars=bars, times=times, ending=ending)
    assert table.num_bars <= MOST_BARS
    longer = journey.timetable(1, bars=1, times=1, ending="stop")
    assert longer.num_bars == 1
    if table.times < times:
        grown = (table.times + 1) * table.num_places * bars
        assert (
            grown + table.num_bars - table.times * table.num_places * bars > MOST_BARS
        )


def test_nothing_of_a_journey_may_be_none():
    for wrong in ({"bars": 0}, {"times": 0}):
        with pytest.raises(ValueError, match="at least"):
            journey.timetable(3, **{"bars": 1, "times": 1, "ending": "stop", **wrong})


@pytest.mark.parametrize(
    ("num_bars", "choices"), [(2, (1, 2, 4)), (16, (4, 8, 16, 32))]
)
def test_a_place_sounds_for_a_part_of_the_phrase_or_twice(num_bars, choices):
    assert journey.bars_to_choose(num_bars) == choices


def test_each_place_has_its_bars_and_all_have_one_tempo():
    table = journey.timetable(2, bars=4, times=1, ending="home")
    played = journey.compose([tune(60), tune(62, bars=16)], table, qpm=90)
    assert [part.total_steps for part in played] == [64, 64, 64]
    assert {part.qpm for part in played} == {90}
    assert [{note.pitch for note in part.notes} for part in played] == [
        {60},
        {62},
        {60},
    ]
    assert all(len(part.notes) == 16 for part in played)  # the short one goes round
    with pytest.raises(ValueError, match="1 tunes for 2 places"):
        journey.compose([tune(60)], table, qpm=90)


def test_a_beat_goes_on_under_a_journey_and_does_not_start_over():
    hit = Note(
        pitch=36,
        start_step=20,
        end_step=21,
        is_drum=True,
        instrument=DRUM_INSTRUMENT,
    )
    beat = sequence([hit], total_steps=32, qpm=100)
    table = journey.timetable(4, bars=1, times=1, ending="stop")
    played = journey.compose([tune(60, bars=1)] * 4, table, qpm=100, beat=beat)
    hits = [[n.start_step for n in part.notes if n.is_drum] for part in played]
    assert hits == [[], [4], [], [4]]


def test_the_last_notes_are_held_for_a_bar():
    last = journey.held(tune(65))
    assert [(n.pitch, n.start_step, n.end_step) for n in last.notes] == [(65, 0, 16)]
    table = journey.timetable(1, bars=2, times=1, ending="hold")
    assert [part.num_bars for part in journey.compose([tune(65)], table, qpm=100)] == [
        2,
        1,
    ]


def test_drums_strike_once_more_at_the_end():
    hit = Note(
        pitch=42, start_step=0, end_step=1, is_drum=True, instrument=DRUM_INSTRUMENT
    )
    last = journey.held(sequence([hit], total_steps=16, qpm=100))
    assert {note.pitch for note in last.notes} == {36, 49}
    assert {note.start_step for note in last.notes} == {0}
