"""Two versions of a tune, note by note: what was kept, moved, lost or added."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.notes import Note, NoteSequence

NEAR_STEPS = 2  # a note this close in time still counts as the same one, moved


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Counts of notes; kept + moved + lost is the number of notes before."""

    kept: int  # same pitch, same start
    moved: int  # another pitch at the same start, or the same pitch a little off
    lost: int
    added: int


def compare(before: NoteSequence, after: NoteSequence) -> Comparison:
    """What became of each note of `before`; a note is matched at most once.

    Lengths and velocities are not compared.
    """
    old, new = list(before.notes), list(after.notes)
    kept = _match(
        old, new, lambda a, b: (a.pitch, a.start_step) == (b.pitch, b.start_step)
    )
    moved = _match(old, new, lambda a, b: a.start_step == b.start_step)
    moved += _match(
        old,
        new,
        lambda a, b: (
            a.pitch == b.pitch and abs(a.start_step - b.start_step) <= NEAR_STEPS
        ),
    )
    return Comparison(kept=kept, moved=moved, lost=len(old), added=len(new))


def _match(old: list[Note], new: list[Note], same: Callable[[Note, Note], bool]) -> int:
    """Number of pairs found; both notes of a pair leave their list."""
    count = 0
    for note in tuple(old):
        partner = next((other for other in new if same(note, other)), None)
        if partner is not None:
            old.remove(note)
            new.remove(partner)
            count += 1
    return count
