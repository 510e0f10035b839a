"""Corpus files to melody lines: what a reader of MIDI, MusicXML or ABC hands on.

**Conventions.** A *line* is one part of one tune: its sections begin on a bar line
and hold 4/4 bars only, in steps of a sixteenth from the section's start. 4/4 and
2/2 bars are 16 steps, 2/4 bars are paired; other metres are left out, and a line is
cut where its metre changes. Times are quantised to the nearest step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from explorer.notes import STEPS_PER_QUARTER, Note

READER_VERSION = 1  # raise it when a reader changes: older extracts are then redone

OFF_GRID_STEPS = 0.25  # farther than this from a step, an onset is off the grid
SCORE_SUFFIXES = (".mxl", ".xml", ".musicxml")
ABC_SUFFIXES = (".abc",)
MIDI_SUFFIXES = (".mid", ".midi")
SUFFIXES = (*MIDI_SUFFIXES, *SCORE_SUFFIXES, *ABC_SUFFIXES)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNote:
    """One note of a line."""

    pitch: int  # MIDI number
    start_step: int  # from the start of the section
    end_step: int  # exclusive, > start_step
    is_off_grid: bool = False  # its onset fits no sixteenth (a triplet, say)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A stretch of whole 4/4 bars without a metre change."""

    first_bar: int  # bars of the line before this section
    num_steps: int  # a multiple of 16 except at the end
    notes: tuple[LineNote, ...]  # sorted by (start_step, -pitch), top line only
    is_paired: bool = False  # its bars are pairs of 2/4 bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One part of one tune."""

    title: str
    number: str  # of the tune in its file, "" if the file holds one
    part: int  # index of the part in the score, or of the track
    part_name: str
    staff: str  # "only", or "upper" of an instrument with several staves
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Everything one file gave."""

    lines: tuple[Line, ...]
    left_out: tuple[tuple[str, str], ...]  # (tune or part, reason)


def line_note(pitch: int, start: Fraction, end: Fraction) -> LineNote:
    """Note from times in quarters, moved to the nearest sixteenth; halves go up."""
    exact = start * STEPS_PER_QUARTER
    start_step = int(exact + Fraction(1, 2))
    end_step = int(end * STEPS_PER_QUARTER + Fraction(1, 2))
    return LineNote(
        pitch=pitch,
        start_step=start_step,
        end_step=max(end_step, start_step + 1),
        is_off_grid=abs(exact - start_step) > OFF_GRID_STEPS,
    )


def top_line(notes: Sequence[LineNote]) -> tuple[LineNote, ...]:
    """The notes that no higher note covers when they start, in time order."""
    kept: list[LineNote] = []
    sounding: list[LineNote] = []
    for note in sorted(notes, key=lambda n: (n.start_step, -n.pitch)):
        sounding = [n for n in sounding if n.end_step > note.start_step]
        if all(n.pitch < note.pitch for n in sounding):
            kept.append(note)
        sounding.append(note)
    return tuple(kept)


def to_notes(section: Section) -> list[Note]:
    """The section's notes as the rest of the package speaks them."""
    return [
        Note(pitch=n.pitch, start_step=n.start_step, end_step=n.end_step)
        for n in section.notes
        if 0 <= n.pitch <= 127
    ]


def extract_to_json(extract: Extract) -> dict[str, Any]:
    """The extract as JSON values; notes are [pitch, start, end, off grid]."""
    return {
        "lines": [
            {
                "title": line.title,
                "number": line.number,
                "part": line.part,
                "part_name": line.part_name,
                "staff": line.staff,
                "sections": [
                    {
                        "first_bar": s.first_bar,
                        "num_steps": s.num_steps,
                        "is_paired": s.is_paired,
                        "notes": [
                            [n.pitch, n.start_step, n.end_step, int(n.is_off_grid)]
                            for n in s.notes
                        ],
                    }
                    for s in line.sections
                ],
            }
            for line in extract.lines
        ],
        "left_out": [list(pair) for pair in extract.left_out],
    }


def extract_from_json(values: dict[str, Any]) -> Extract:
    """The inverse of `extract_to_json`."""
    return Extract(
        lines=tuple(
            Line(
                **{
                    **line,
                    "sections": tuple(
                        Section(
                            **{
                                **section,
                                "notes": tuple(
                                    LineNote(
                                        pitch=pitch,
                                        start_step=start,
                                        end_step=end,
                                        is_off_grid=bool(off_grid),
                                    )
                                    for pitch, start, end, off_grid in section["notes"]
                                ),
                            }
                        )
                        for section in line["sections"]
                    ),
                }
            )
            for line in values["lines"]
        ),
        left_out=tuple((what, reason) for what, reason in values["left_out"]),
    )
