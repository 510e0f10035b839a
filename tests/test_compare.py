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
    assert compare(tune(*before), tune(*after)) == Comparison(
        kept=kept, moved=moved, lost=lost, added=added
    )


def test_an_exact_match_is_never_given_to_a_near_one():
    found = compare(tune((60, 0), (60, 2)), tune((60, 2)))
    assert found == Comparison(kept=1, moved=0, lost=1, added=0)
