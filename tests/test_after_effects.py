"""Key lock, octave and drone: the same in files as in the browser."""

import json

import pytest

from explorer import after_effects
from explorer.after_effects import KEYS, drone_on, in_key, likely_tonic, rearranged
from explorer.notes import Note, sequence


def tune(pitches):
    return sequence(
        [Note(pitch=p, start_step=i, end_step=i + 1) for i, p in enumerate(pitches)]
    )


@pytest.fixture
def shared(root):
    return json.loads((root / "tests/data/after_effects.json").read_text("utf-8"))


def test_both_sides_know_the_same_keys(shared):
    assert list(KEYS) == shared["keys"]


def test_notes_move_as_the_example_says(shared):
    for case in shared["cases"]:
        moved = rearranged(
            tune(case["before"]),
            key=case["key"],
            octave=case["octave"],
            has_bass=False,
        )
        assert [note.pitch for note in moved.notes] == case["after"], case


def test_a_drone_is_root_and_fifth_of_the_likely_key(shared):
    for case in shared["drones"]:
        notes = [
            Note(pitch=p, start_step=start, end_step=end)
            for p, start, end in case["notes"]
        ]
        assert likely_tonic(notes) == case["tonic"]
        held = drone_on(case["tonic"]).notes
        assert sorted(note.pitch for note in held) == case["pitches"]


@pytest.mark.parametrize("key", KEYS)
def test_every_pitch_moves_into_the_key_by_a_semitone_at_most(key):
    for pitch in range(after_effects.LOWEST, after_effects.HIGHEST + 1):
        moved = in_key(pitch, key)
        assert abs(moved - pitch) <= 1
        assert in_key(moved, key) == moved


def test_drums_stay_and_a_bass_keeps_its_octave():
    notes = [
        Note(pitch=61, start_step=0, end_step=4),
        Note(pitch=37, start_step=0, end_step=4, program=33, instrument=1),
        Note(pitch=37, start_step=0, end_step=1, is_drum=True),
    ]
    moved = rearranged(sequence(notes), key="C major", octave=1, has_bass=True)
    assert sorted((note.pitch, note.is_drum) for note in moved.notes) == [
        (36, False),
        (37, True),
        (72, False),
    ]


def test_a_name_that_is_no_key_is_refused():
    with pytest.raises(ValueError, match="'H major' is no key"):
        rearranged(tune([60]), key="H major", octave=0, has_bass=False)


def test_music_without_pitches_has_no_tonic():
    assert likely_tonic([]) is None
    assert (
        likely_tonic([Note(pitch=36, start_step=0, end_step=1, is_drum=True)]) is None
    )
