"""Notes on the grid: quantising, transposing, slicing."""

import pytest

from explorer.notes import (
    Note,
    NoteSequence,
    concatenate,
    fill_bars,
    quantize,
    sequence,
    slice_bars,
    slice_steps,
    transpose,
    with_loop,
)


def tune(*spans, **fields):
    notes = [Note(pitch=p, start_step=a, end_step=b) for p, a, b in spans]
    return sequence(notes, **fields)


@pytest.mark.parametrize(
    ("ticks", "step"),
    [(0, 0), (59, 0), (60, 1), (120, 1), (179, 1), (180, 2), (480, 4)],
)
def test_quantize_rounds_to_the_nearest_sixteenth_and_halves_go_up(ticks, step):
    assert quantize(ticks, 480) == step


def test_quantize_refuses_a_division_of_zero():
    with pytest.raises(ValueError, match="ticks_per_quarter 0"):
        quantize(1, 0)


def test_sequence_orders_notes_and_pads_to_a_whole_bar():
    made = tune((60, 4, 8), (64, 0, 2), (67, 0, 2))
    assert [n.pitch for n in made.notes] == [67, 64, 60]
    assert made.total_steps == 16
    assert made.num_bars == 1


def test_empty_tune_has_no_length():
    assert sequence([]).total_steps == 0
    assert sequence([]).num_bars == 0


def test_duration_follows_the_tempo():
    assert tune((60, 0, 1), total_steps=16, qpm=60.0).duration_seconds == 4.0


def test_transposing_drops_notes_that_leave_midi_and_keeps_drums():
    drum = Note(pitch=36, start_step=0, end_step=1, is_drum=True)
    made = sequence([drum, Note(pitch=120, start_step=0, end_step=1)])
    assert [n.pitch for n in transpose(made, 7).notes] == [127, 36]
    assert [n.pitch for n in transpose(made, 8).notes] == [36]


def test_transposing_there_and_back_is_the_same_tune():
    made = tune((60, 0, 4), (64, 4, 8))
    assert transpose(transpose(made, 5), -5) == made


def test_slice_cuts_notes_at_both_ends():
    part = slice_steps(tune((60, 0, 40)), 16, 32)
    assert [(n.start_step, n.end_step) for n in part.notes] == [(0, 16)]
    assert part.total_steps == 16


def test_slice_bars_counts_from_zero():
    part = slice_bars(tune((60, 0, 2), (62, 16, 18)), 1, 1)
    assert [n.pitch for n in part.notes] == [62]


def test_concatenate_puts_tunes_one_after_the_other():
    one = tune((60, 0, 16), qpm=90.0)
    both = concatenate([one, one])
    assert [n.start_step for n in both.notes] == [0, 16]
    assert (both.total_steps, both.qpm) == (32, 90.0)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"pitch": 128}, "pitch 128"),
        ({"velocity": 0}, "velocity 0"),
        ({"program": 128}, "program 128"),
        ({"end_step": 0}, "end after it starts"),
    ],
)
def test_note_refuses_what_midi_cannot_hold(fields, message):
    with pytest.raises(ValueError, match=message):
        Note(**({"pitch": 60, "start_step": 0, "end_step": 1} | fields))


def test_tune_must_hold_its_notes():
    with pytest.raises(ValueError, match="after the tune's end"):
        tune((60, 0, 5), total_steps=4)
    with pytest.raises(ValueError, match="qpm"):
        NoteSequence(notes=(), total_steps=0, qpm=0)


@pytest.mark.parametrize(
    ("num_bars", "starts"),
    [(1, [0]), (2, [0, 20]), (3, [0, 20, 32]), (4, [0, 20, 32, 52])],
)
def test_a_short_tune_starts_over_until_the_bars_are_full(num_bars, starts):
    tune = sequence(
        [
            Note(pitch=60, start_step=0, end_step=4),
            Note(pitch=62, start_step=20, end_step=22),
        ],
        qpm=90,
        title="Two bars",
    )
    filled = fill_bars(tune, num_bars)
    assert [note.start_step for note in filled.notes] == starts
    assert (filled.total_steps, filled.qpm) == (16 * num_bars, 90)
    assert filled.title == "Two bars"


def test_a_tune_without_length_fills_nothing():
    with pytest.raises(ValueError, match="fills no bar"):
        fill_bars(sequence([]), 2)


def test_a_loop_goes_round_under_a_tune():
    tune = sequence([Note(pitch=60, start_step=0, end_step=40)], total_steps=40)
    hit = Note(pitch=36, start_step=4, end_step=5, is_drum=True)
    both = with_loop(tune, sequence([hit], total_steps=16))
    starts = [note.start_step for note in both.notes if note.is_drum]
    assert starts == [4, 20, 36]
    assert (both.total_steps, both.notes[0]) == (40, tune.notes[0])
    empty = sequence([])
    assert with_loop(empty, tune) == empty
    with pytest.raises(ValueError, match="fills no bar"):
        with_loop(tune, empty)
