"""Two versions of a tune, note by note: what was kept, moved, lost or added.

In a trio, notes of one part are compared with those of the same part. A drum is the
same drum whichever of its sounds it is played with, and is moved only in time: another
drum at its place is another hit.
"""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.drums import CLASS_MAPS, EXEMPLARS
from explorer.encodings import EncodingName, PartName
from explorer.notes import Note, NoteSequence
from explorer.trio import part_of

NEAR_STEPS = 2  # a note this close in time still counts as the same one, moved


Pair = tuple[Note, Note]  # as it was, and as it is


@dataclass(frozen=True, kw_only=True)
class Differences:
    """What became of every note; each is in one of the four."""

    kept: tuple[Pair, ...]  # same pitch (or drum), same start
    moved: tuple[Pair, ...]  # another pitch at the same start, or the same a little off
    lost: tuple[Note, ...]
    added: tuple[Note, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Counts of notes; kept + moved + lost is the number of notes before."""

    kept: int
    moved: int
    lost: int
    added: int


def compare(
    before: NoteSequence, after: NoteSequence, encoding: EncodingName
) -> Comparison:
    """How many notes of `before` were kept, moved and lost, and how many are new."""
    found = differences(before, after, encoding)
    return Comparison(
        kept=len(found.kept),
        moved=len(found.moved),
        lost=len(found.lost),
        added=len(found.added),
    )


def differences(
    before: NoteSequence, after: NoteSequence, encoding: EncodingName
) -> Differences:
    """Match the notes of two versions, each at most once.

    Parameters
    ----------
    before, after
        The versions. Lengths and velocities are not compared.
    encoding
        What kind of music they are. In a trio only notes of one part are matched.
    """
    old, new = list(before.notes), list(after.notes)
    kept = _pairs(old, new, lambda a, b: _is_kept(a, b, encoding))
    moved = _pairs(old, new, lambda a, b: _has_other_pitch(a, b, encoding))
    moved += _pairs(old, new, lambda a, b: _is_near(a, b, encoding))
    return Differences(
        kept=tuple(kept), moved=tuple(moved), lost=tuple(old), added=tuple(new)
    )


def _is_kept(a: Note, b: Note, encoding: EncodingName) -> bool:
    return a.start_step == b.start_step and _sound(a, encoding) == _sound(b, encoding)


def _has_other_pitch(a: Note, b: Note, encoding: EncodingName) -> bool:
    (part, _), (other, _) = _sound(a, encoding), _sound(b, encoding)
    return a.start_step == b.start_step and part == other != "drums"


def _is_near(a: Note, b: Note, encoding: EncodingName) -> bool:
    is_same = _sound(a, encoding) == _sound(b, encoding)
    return is_same and abs(a.start_step - b.start_step) <= NEAR_STEPS


def _sound(note: Note, encoding: EncodingName) -> tuple[PartName, int]:
    """The part of a note, and its pitch; of a drum, the pitch all its sounds go by."""
    if encoding == "melody":
        return "melody", note.pitch
    part = part_of(note)
    if part == "drums" and note.pitch in CLASS_MAPS["today"]:
        return part, EXEMPLARS[CLASS_MAPS["today"][note.pitch]]
    return part, note.pitch


def _pairs(
    old: list[Note], new: list[Note], same: Callable[[Note, Note], bool]
) -> list[Pair]:
    """Pairs of notes that are the same; both leave their lists."""
    found = []
    for note in tuple(old):
        partner = next((other for other in new if same(note, other)), None)
        if partner is not None:
            old.remove(note)
            new.remove(partner)
            found.append((note, partner))
    return found
