"""Two versions of a tune, note by note: what was kept, moved, lost or added.

In a trio, notes of one part are compared with those of the same part. A drum is the
same drum whichever of its sounds it is played with, and is moved only in time: another
drum at its place is another hit.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from explorer.drums import CLASS_MAPS, EXEMPLARS
from explorer.encodings import EncodingName, PartName
from explorer.notes import Note, NoteSequence
from explorer.trio import part_of

NEAR_STEPS = 2  # a note this close in time still counts as the same one, moved


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Counts of notes; kept + moved + lost is the number of notes before."""

    kept: int  # same pitch (or drum), same start
    moved: int  # another pitch at the same start, or the same pitch a little off
    lost: int
    added: int


def compare(
    before: NoteSequence, after: NoteSequence, encoding: EncodingName
) -> Comparison:
    """What became of each note of `before`; a note is matched at most once.

    Lengths and velocities are not compared. `encoding` says what the tunes are.
    """
    old, new = list(before.notes), list(after.notes)
    sound = functools.partial(_sound, encoding=encoding)

    def may_change_pitch(a: Note, b: Note) -> bool:
        (one, _), (other, _) = sound(a), sound(b)
        return one == other != "drums"

    kept = _match(
        old, new, lambda a, b: sound(a) == sound(b) and a.start_step == b.start_step
    )
    moved = _match(
        old, new, lambda a, b: may_change_pitch(a, b) and a.start_step == b.start_step
    )
    moved += _match(
        old,
        new,
        lambda a, b: (
            sound(a) == sound(b) and abs(a.start_step - b.start_step) <= NEAR_STEPS
        ),
    )
    return Comparison(kept=kept, moved=moved, lost=len(old), added=len(new))


def _sound(note: Note, encoding: EncodingName) -> tuple[PartName, int]:
    """The part of a note, and its pitch; of a drum, the pitch all its sounds go by."""
    if encoding == "melody":
        return "melody", note.pitch
    part = part_of(note)
    if part == "drums" and note.pitch in CLASS_MAPS["today"]:
        return part, EXEMPLARS[CLASS_MAPS["today"][note.pitch]]
    return part, note.pitch


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
