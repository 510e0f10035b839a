"""Notes of two versions are matched once each."""

import pytest

from explorer.compare import Comparison, compare
from explorer.notes import Note, sequence


def tune(*notes):
    return sequence(
        [
            Note(pitch=pitch, start_step=step, end_step=step + 2)
            for pitch, step in notes
        ],
        total_steps=32,
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [], (0, 0, 0, 0)),
        ([(60, 0), (62, 4)], [(60, 0), (62, 4)], (2, 0, 0, 0)),
        ([(60, 0)], [(64, 0)], (0, 1, 0, 0)),
        ([(60, 4)], [(60, 6)], (0, 1, 0, 0)),
        ([(60, 4)], [(60, 7)], (0, 0, 1, 1)),
        ([(60, 0), (62, 4)], [(60, 0)], (1, 0, 1, 0)),
        ([], [(60, 0)], (0, 0, 0, 1)),
    ],
)
def test_each_note_is_kept_moved_lost_or_added(before, after, expected):
    kept, moved, lost, added = expected
    assert compare(tune(*before), tune(*after), "melody") == Comparison(
        kept=kept, moved=moved, lost=lost, added=added
    )


def test_an_exact_match_is_never_given_to_a_near_one():
    found = compare(tune((60, 0), (60, 2)), tune((60, 2)), "melody")
    assert found == Comparison(kept=1, moved=0, lost=1, added=0)


KICK, OTHER_KICK, SNARE = 36, 35, 38


def drums(*hits):
    return [
        Note(pitch=pitch, start_step=step, end_step=step + 1, is_drum=True)
        for pitch, step in hits
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([(KICK, 0), (SNARE, 4)], [(KICK, 0), (SNARE, 4)], (2, 0, 0, 0)),
        ([(KICK, 0)], [(OTHER_KICK, 0)], (1, 0, 0, 0)),  # one drum, two sounds
        ([(KICK, 0)], [(SNARE, 0)], (0, 0, 1, 1)),  # another drum is no moved kick
        ([(KICK, 4)], [(KICK, 6)], (0, 1, 0, 0)),
        ([(KICK, 4)], [(KICK, 7)], (0, 0, 1, 1)),
    ],
)
def test_a_drum_is_moved_in_time_only(before, after, expected):
    one, two = (sequence(drums(*hits), total_steps=32) for hits in (before, after))
    kept, moved, lost, added = expected
    assert compare(one, two, "drums") == Comparison(
        kept=kept, moved=moved, lost=lost, added=added
    )


def test_parts_of_a_trio_are_not_taken_for_one_another():
    def band(melody, bass):
        notes = [
            Note(pitch=melody, start_step=0, end_step=4),
            Note(pitch=bass, start_step=0, end_step=4, program=33, instrument=1),
            *drums((KICK, 0)),
        ]
        return sequence(notes, total_steps=32)

    found = compare(band(60, 40), band(62, 60), "trio")
    assert found == Comparison(kept=1, moved=2, lost=0, added=0)


def test_a_melody_played_by_a_bass_is_still_the_melody():
    played = Note(pitch=60, start_step=0, end_step=4, program=33)
    before = sequence([played], total_steps=32)
    assert compare(before, tune((60, 0)), "melody").kept == 1
