"""Melody extraction, slicing and tokens, by Magenta's rules."""

import numpy as np
import pytest

from explorer.converters import (
    MelodyConverter,
    extract_melodies,
    melody_to_sequence,
    melody_to_tokens,
    slice_melody,
    tokens_to_melody,
    windows,
)
from explorer.errors import ConversionError
from explorer.notes import NO_EVENT, NOTE_OFF, Note, sequence

_ = NO_EVENT
X = NOTE_OFF


def notes(*spans):
    return [Note(pitch=p, start_step=a, end_step=b) for p, a, b in spans]


def events(*values):
    return np.array(values, np.int16)


def test_note_is_onset_hold_and_note_off():
    (melody,) = extract_melodies(notes((60, 0, 2)))
    assert melody.tolist() == [60, _, X] + [_] * 13


def test_melody_starts_on_the_bar_of_its_first_note():
    (melody,) = extract_melodies(notes((60, 20, 24)))
    assert melody.tolist() == [_] * 4 + [60, _, _, _, X] + [_] * 7


def test_note_off_on_the_bar_line_is_dropped_at_the_end():
    (melody,) = extract_melodies(notes((60, 0, 16)))
    assert melody.tolist() == [60] + [_] * 15


def test_highest_of_notes_that_start_together_is_kept():
    (melody,) = extract_melodies(notes((60, 0, 8), (72, 0, 4)))
    assert melody.tolist()[:6] == [72, _, _, _, X, _]


def test_later_note_cuts_the_one_before():
    (melody,) = extract_melodies(notes((60, 0, 12), (62, 4, 6)))
    assert melody.tolist() == [60, _, _, _, 62, _, X] + [_] * 9


def test_bar_of_silence_ends_a_melody_and_the_search_goes_on():
    found = extract_melodies(notes((60, 0, 4), (62, 20, 24)))
    assert [m[m >= 0].tolist() for m in found] == [[60], [62]]
    assert [len(m) for m in found] == [16, 16]


def test_less_than_a_bar_of_silence_does_not_end_a_melody():
    (melody,) = extract_melodies(notes((60, 0, 4), (62, 19, 24)))
    assert len(melody) == 32


def test_drums_and_notes_off_the_keyboard_are_skipped():
    drum = Note(pitch=40, start_step=0, end_step=1, is_drum=True)
    assert extract_melodies([drum, *notes((20, 0, 4), (109, 0, 4))]) == []


def test_long_melody_is_cut_and_a_poor_one_left_out():
    long = notes(*((60 + i % 2, 4 * i, 4 * i + 4) for i in range(16)))
    assert len(extract_melodies(long, max_bars=2)[0]) == 32
    assert extract_melodies(long, min_bars=5) == []
    assert extract_melodies(notes((60, 0, 4), (72, 4, 8)), min_unique_pitches=2) == []


def test_slice_drops_note_offs_of_notes_it_did_not_start():
    melody = events(60, _, _, _, X, _, 62, _)
    assert slice_melody(melody, 2, 6).tolist() == [_, _, _, _, 62, _]
    assert slice_melody(melody, 1, 4).tolist() == [_] * 4


def test_windows_are_whole_and_one_bar_apart():
    melody = np.full(16 * 5, NO_EVENT, np.int16)
    melody[::16] = [60, 61, 62, 63, 64]
    assert [w[w >= 0].tolist() for w in windows(melody, 2)] == [
        [60, 61],
        [61, 62],
        [62, 63],
        [63, 64],
    ]
    assert windows(melody[:16], 2) == []


def test_tokens_count_from_the_lowest_piano_key():
    tokens = melody_to_tokens(events(_, X, 21, 60, 108))
    assert tokens.tolist() == [0, 1, 2, 41, 89]
    assert tokens_to_melody(tokens).tolist() == [_, X, 21, 60, 108]


def test_pitch_off_the_keyboard_is_refused_with_the_range():
    with pytest.raises(ConversionError, match=r"Pitch 20 is outside .* 21 to 108"):
        melody_to_tokens(events(20))


def test_melody_to_sequence_ends_notes_at_onset_off_and_end():
    tune = melody_to_sequence(events(60, _, 62, X, 64, _))
    spans = [(n.pitch, n.start_step, n.end_step) for n in tune.notes]
    assert spans == [(60, 0, 2), (62, 2, 3), (64, 4, 6)]


def test_hold_without_a_note_is_silence():
    assert melody_to_sequence(events(_, _, X, _)).notes == ()


def test_a_phrase_of_nothing_but_holds_is_silence_of_its_length():
    tune = melody_to_sequence(events(_, _, _, _))
    assert (tune.notes, tune.total_steps) == ((), 4)


def test_converter_round_trip_keeps_every_note():
    converter = MelodyConverter(num_bars=2)
    tune = sequence(notes((60, 0, 4), (62, 6, 9), (64, 9, 32)), total_steps=32)
    again = converter.from_tokens(converter.to_tokens(tune))
    assert again.notes == tune.notes


def test_converter_pads_short_tunes_and_cuts_long_ones():
    converter = MelodyConverter(num_bars=2)
    assert len(converter.to_melody(sequence(notes((60, 0, 4))))) == 32
    long = sequence(notes((60, 0, 4), (62, 30, 60)))
    assert converter.from_tokens(converter.to_tokens(long)).notes[-1].end_step == 32


def test_converter_keeps_silence_at_the_start():
    melody = MelodyConverter(num_bars=2).to_melody(sequence(notes((60, 18, 20))))
    assert int(np.flatnonzero(melody >= 0)[0]) == 18


def test_tune_without_melody_notes_is_refused_with_advice():
    with pytest.raises(ConversionError, match="No melody note in the first 2 bars"):
        MelodyConverter(num_bars=2).to_melody(sequence(notes((60, 40, 44))))
