"""Notes on a grid of sixteenths: the one music type every other part speaks.

**Conventions.** Time is counted in *steps* of a sixteenth note (4 per quarter,
16 per 4/4 bar); intervals are half-open, `start_step <= t < end_step`. Pitches
are MIDI numbers in [0, 127], velocities in [1, 127], tempo is `qpm`, quarter
notes per minute. An empty tune is legal and has no notes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

STEPS_PER_QUARTER = 4
STEPS_PER_BAR = 16  # 4/4

NO_EVENT = -2  # melody event: a note goes on sounding, or silence goes on
NOTE_OFF = -1  # melody event: the sounding note ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note.

    Raises
    ------
    ValueError
        If pitch, velocity or program is out of MIDI's range, or the note has no
        length.
    """

    pitch: int  # MIDI number, 0..127; 60 is middle C
    start_step: int  # sixteenths from the start of the tune
    end_step: int  # exclusive, > start_step
    velocity: int = 80  # 1..127
    program: int = 0  # General MIDI program, 0..127
    instrument: int = 0  # index of the track the note belongs to
    is_drum: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.pitch <= 127:
            raise ValueError(f"pitch {self.pitch} is outside 0..127")
        if not 1 <= self.velocity <= 127:
            raise ValueError(f"velocity {self.velocity} is outside 1..127")
        if not 0 <= self.program <= 127:
            raise ValueError(f"program {self.program} is outside 0..127")
        if not 0 <= self.start_step < self.end_step:
            raise ValueError(
                f"note from step {self.start_step} to {self.end_step}: "
                "it must start at 0 or later and end after it starts"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSequence:
    """A tune: notes in time order, its length and its tempo."""

    notes: tuple[Note, ...]  # sorted by (start_step, -pitch)
    total_steps: int  # length of the tune, >= the last end_step
    qpm: float = 120.0  # quarter notes per minute
    title: str = ""

    def __post_init__(self) -> None:
        if not self.qpm > 0:
            raise ValueError(f"qpm {self.qpm} must be positive")
        last = max((note.end_step for note in self.notes), default=0)
        if last > self.total_steps:
            raise ValueError(
                f"a note ends at step {last}, after the tune's end ({self.total_steps})"
            )

    @property
    def num_bars(self) -> int:
        """Number of 4/4 bars the tune touches."""
        return -(-self.total_steps // STEPS_PER_BAR)

    @property
    def duration_seconds(self) -> float:
        """Length in seconds at the tune's own tempo."""
        return self.total_steps * 60 / self.qpm / STEPS_PER_QUARTER


def sequence(
    notes: Iterable[Note],
    *,
    total_steps: int | None = None,
    qpm: float = 120.0,
    title: str = "",
) -> NoteSequence:
    """NoteSequence of `notes` in order; without `total_steps`, padded to whole bars."""
    ordered = tuple(sorted(notes, key=lambda note: (note.start_step, -note.pitch)))
    if total_steps is None:
        last = max((note.end_step for note in ordered), default=0)
        total_steps = -(-last // STEPS_PER_BAR) * STEPS_PER_BAR
    return NoteSequence(notes=ordered, total_steps=total_steps, qpm=qpm, title=title)


def quantize(ticks: int, ticks_per_quarter: int) -> int:
    """Sixteenth-note step nearest to a time in MIDI ticks; halves go up.

    Counted in ticks, not seconds, so a tempo change moves no note off the grid.
    Magenta quantises seconds at one tempo: the same steps for one tempo, and it
    refuses files with several.
    """
    if ticks_per_quarter <= 0:
        raise ValueError(f"ticks_per_quarter {ticks_per_quarter} must be positive")
    return (2 * ticks * STEPS_PER_QUARTER + ticks_per_quarter) // (
        2 * ticks_per_quarter
    )


def transpose(tune: NoteSequence, semitones: int) -> NoteSequence:
    """The tune moved by `semitones`; drums stay, notes leaving 0..127 are dropped."""
    notes = tuple(
        note if note.is_drum else replace(note, pitch=note.pitch + semitones)
        for note in tune.notes
        if note.is_drum or 0 <= note.pitch + semitones <= 127
    )
    return replace(tune, notes=notes)


def slice_steps(tune: NoteSequence, start_step: int, end_step: int) -> NoteSequence:
    """The part of the tune in [start_step, end_step), moved to start at step 0.

    Notes that cross a boundary are cut there.
    """
    if not 0 <= start_step < end_step:
        raise ValueError(f"cannot slice from step {start_step} to {end_step}")
    notes = tuple(
        replace(
            note,
            start_step=max(note.start_step, start_step) - start_step,
            end_step=min(note.end_step, end_step) - start_step,
        )
        for note in tune.notes
        if note.start_step < end_step and note.end_step > start_step
    )
    return replace(tune, notes=notes, total_steps=end_step - start_step)


def slice_bars(tune: NoteSequence, start_bar: int, num_bars: int) -> NoteSequence:
    """`num_bars` 4/4 bars of the tune from `start_bar` (0-based) on."""
    return slice_steps(
        tune, start_bar * STEPS_PER_BAR, (start_bar + num_bars) * STEPS_PER_BAR
    )


def fill_bars(tune: NoteSequence, num_bars: int) -> NoteSequence:
    """`num_bars` 4/4 bars of the tune, which starts over where it is too short.

    Raises
    ------
    ValueError
        If the tune has no length.
    """
    if not tune.total_steps:
        raise ValueError("a tune without length fills no bar")
    turns = -(-num_bars // tune.num_bars)
    whole = slice_bars(tune, 0, tune.num_bars)
    return slice_bars(concatenate([whole] * turns, title=tune.title), 0, num_bars)


def with_loop(tune: NoteSequence, loop: NoteSequence) -> NoteSequence:
    """The tune with a loop under it, which goes round as often as it takes.

    Raises
    ------
    ValueError
        If the loop has no length.
    """
    if not tune.total_steps:
        return tune
    under = slice_steps(fill_bars(loop, tune.num_bars), 0, tune.total_steps)
    notes = sorted(
        (*tune.notes, *under.notes), key=lambda note: (note.start_step, -note.pitch)
    )
    return replace(tune, notes=tuple(notes))


def concatenate(tunes: Iterable[NoteSequence], *, title: str = "") -> NoteSequence:
    """The tunes one after the other, at the tempo of the first."""
    notes: list[Note] = []
    offset = 0
    qpm = 120.0
    for index, tune in enumerate(tunes):
        qpm = tune.qpm if index == 0 else qpm
        notes += [
            replace(n, start_step=n.start_step + offset, end_step=n.end_step + offset)
            for n in tune.notes
        ]
        offset += tune.total_steps
    return sequence(notes, total_steps=offset, qpm=qpm, title=title)
