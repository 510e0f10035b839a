"""Melody lines of MIDI files.

Tracks that cannot carry a tune are left out: drums, basses, effects, and tracks
that mostly play chords. Some published dance tunes start without padding their
pickup; `bar_phase` says where the bars of such a tune fall.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from explorer.bar_phase import find_bar_phase
from explorer.corpus import Extract, Line, LineNote, Section, top_line
from explorer.midi import Song, Track, read_midi
from explorer.notes import STEPS_PER_BAR

MELODY_PROGRAMS = frozenset((*range(32), *range(40, 88), *range(104, 112)))
MAX_SIMULTANEOUS = 0.35  # share of a track's notes that start with another
MIN_NOTES = 8

_UNIT_STEPS = {(4, 4): 16, (2, 2): 16, (8, 8): 16, (2, 4): 8}  # of a bar, by metre


def read_song(data: bytes, *, is_unpadded: bool = False) -> Extract:
    """Lines of a MIDI file's bytes.

    Parameters
    ----------
    data
        The whole file.
    is_unpadded
        The file is one dance tune whose pickup is not padded to a bar: only its
        first track is read, the track's name is the title, and its bar phase is
        looked for.

    Raises
    ------
    MidiError
        If the file cannot be read.
    """
    song = read_midi(data, name="The file")
    lines: list[Line] = []
    left_out: list[tuple[str, str]] = []
    tracks = song.tracks[:1] if is_unpadded else song.tracks
    for index, track in enumerate(tracks):
        reason = unfit(track)
        sections: tuple[Section, ...] = ()
        if not reason:
            sections, reason = _sections(song, track)
        if sections and is_unpadded:
            phase = find_bar_phase(track.notes)
            if phase is None:
                sections, reason = (), "no bar phase stands out"
            else:
                sections, reason = _sections(song, track, first_bar_step=phase)
                sections = tuple(mark_triplets(section) for section in sections)
        if reason:
            left_out.append((track.name, reason))
        if sections:
            is_named = is_unpadded and track.name != track.instrument
            line = Line(
                title=track.name if is_named else "",
                number="",
                part=index,
                part_name=track.name,
                staff="only",
                sections=sections,
            )
            lines.append(line)
    return Extract(lines=tuple(lines), left_out=tuple(left_out))


def unfit(track: Track, programs: Collection[int] = MELODY_PROGRAMS) -> str:
    """Why a track carries no melody, "" if it may."""
    if track.is_drum:
        return "drums"
    if track.program not in programs:
        return f"an instrument not for melodies: {track.instrument}"
    if len(track.notes) < MIN_NOTES:
        return f"fewer than {MIN_NOTES} notes"
    starts = {note.start_step for note in track.notes}
    if 1 - len(starts) / len(track.notes) > MAX_SIMULTANEOUS:
        return f"more than {MAX_SIMULTANEOUS:.0%} of the notes start with another"
    return ""


def _sections(
    song: Song, track: Track, *, first_bar_step: int = 0
) -> tuple[tuple[Section, ...], str]:
    """(sections between metre changes, what was left out in words or "")."""
    sections = []
    other: Counter[str] = Counter()
    first_bar = 0
    last = max(note.end_step for note in track.notes)
    ends = [*(meter.start_step for meter in song.meters[1:]), song.total_steps]
    for meter, end in zip(song.meters, ends, strict=True):
        start, end = meter.start_step, min(end, last)
        if start == 0:
            start = first_bar_step
        if end <= start:
            continue
        unit = _UNIT_STEPS.get((meter.numerator, meter.denominator), 0)
        if not unit:
            other[f"{meter.numerator}/{meter.denominator}"] += 1
            continue
        notes = [
            LineNote(
                pitch=note.pitch,
                start_step=note.start_step - start,
                end_step=min(note.end_step, end) - start,
            )
            for note in track.notes
            if start <= note.start_step < end
        ]
        sections.append(
            Section(
                first_bar=first_bar,
                num_steps=end - start,
                notes=top_line(notes),
                is_paired=unit < STEPS_PER_BAR,
            )
        )
        first_bar += -(-(end - start) // STEPS_PER_BAR)
    reason = f"metre other than 4/4, 2/2 or 2/4 ({', '.join(other)})" if other else ""
    return tuple(sections), reason


def mark_triplets(section: Section) -> Section:
    """The section with the onsets of triplets in one quarter marked off the grid.

    Rounded to sixteenths they read 1, 2, 1 from a beat on, which dance tunes do not
    otherwise have.
    """
    notes = list(section.notes)
    starts = [note.start_step for note in notes]
    for i, start in enumerate(starts):
        if start % 4 == 0 and starts[i + 1 : i + 3] == [start + 1, start + 3]:
            notes[i + 1] = replace(notes[i + 1], is_off_grid=True)
            notes[i + 2] = replace(notes[i + 2], is_off_grid=True)
    return replace(section, notes=tuple(notes))
