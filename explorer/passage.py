"""A passage: a stretch of what is kept, from one code or from notes as written."""

from dataclasses import dataclass

from explorer.notes import NoteSequence


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A stretch of music, and what it was made from.

    A single sound is one passage; a blend or a journey has one for each step. The
    passages one after the other, as long as their tunes, are the whole.
    """

    title: str
    tune: NoteSequence  # as long as it is played
    z: tuple[float, ...] | None  # the model's code; None: notes as they were written
    credit: str = ""  # source and licence
