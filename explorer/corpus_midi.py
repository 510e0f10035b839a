"""Melody lines of MIDI files.

Tracks that cannot carry a tune are left out: drums, basses, effects, and tracks
that mostly play chords. Some published dance tunes start without padding their
pickup; `bar_phase` says where the bars of such a tune fall.
"""

from collections import Counter

from explorer.bar_phase import find_bar_phase
from explorer.corpus import Extract, Line, LineNote, Section, top_line
from explorer.midi import Meter, Song, Track, read_midi
from explorer.notes import STEPS_PER_BAR

MELODY_PROGRAMS = frozenset((*range(32), *range(40, 88), *range(104, 112)))
MAX_SIMULTANEOUS = 0.35  # share of a track's notes that start with another
MIN_NOTES = 8

_UNIT_STEPS = {(4, 4): 16, (2, 2): 16, (8, 8): 16, (2, 4): 8}  # a bar


def read_song(data: bytes, *, name: str, is_unpadded: bool = False) -> Extract:
    """Lines of a MIDI file's bytes.

    Parameters
    ----------
    data
        The whole file.
    name
        Its name without the ending; the title of its lines.
    is_unpadded
        The file is one dance tune whose pickup is not padded to a bar: only its
        first track is read, and its bar phase is looked for.

    Raises
    ------
    MidiError
        If the file cannot be read.
    """
    song = read_midi(data, name=f"{name}.mid")
    left_out: list[tuple[str, str]] = []
    lines: list[Line] = []
    tracks = song.tracks[:1] if is_unpadded else song.tracks
    for index, track in enumerate(tracks):
        reason = _unfit(track)
        sections: tuple[Section, ...] = ()
        if not reason:
            shift = 0
            if is_unpadded:
                phase = find_bar_phase(track.notes)
                if phase is None:
                    left_out.append((track.name, "no bar phase stands out"))
                    continue
                shift = phase
            sections, reason = _sections(song, track, shift=shift)
            if is_unpadded:
                sections = tuple(_mark_triplets(s) for s in sections)
        if reason:
            left_out.append((track.name, reason))
        if sections:
            lines.append(
                Line(
                    title=track.name if is_unpadded else song.title,
                    number="",
                    part=index,
                    part_name=track.name,
                    staff="only",
                    sections=sections,
                )
            )
    return Extract(lines=tuple(lines), left_out=tuple(left_out))


def _unfit(track: Track) -> str:
    """Why a track carries no melody, "" if it may."""
    if track.is_drum:
        return "drums"
    if track.program not in MELODY_PROGRAMS:
        return f"an instrument not for melodies: {track.instrument}"
    if len(track.notes) < MIN_NOTES:
        return f"fewer than {MIN_NOTES} notes"
    starts = {note.start_step for note in track.notes}
    if 1 - len(starts) / len(track.notes) > MAX_SIMULTANEOUS:
        return f"more than {MAX_SIMULTANEOUS:.0%} of the notes start with another"
    return ""


def _sections(
    song: Song, track: Track, *, shift: int
) -> tuple[tuple[Section, ...], str]:
    """Sections between metre changes; the first bar line lies at step `shift`."""
    sections = []
    other: Counter[str] = Counter()
    first_bar = 0
    last = max(note.end_step for note in track.notes)
    ends = [*(meter.start_step for meter in song.meters[1:]), song.total_steps]
    for meter, end in zip(song.meters, ends, strict=True):
        start, end = meter.start_step, min(end, last)
        if start == 0:
            start += shift
        if end <= start:
            continue
        unit = _unit_steps(meter)
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


def _unit_steps(meter: Meter) -> int:
    return _UNIT_STEPS.get((meter.numerator, meter.denominator), 0)


def _mark_triplets(section: Section) -> Section:
    """The section with the onsets of triplets in one quarter marked off the grid.

    Rounded to sixteenths they read 1, 2, 1 from a beat on, which dance tunes do not
    otherwise have.
    """
    notes = list(section.notes)
    starts = [note.start_step for note in notes]
    for i in range(len(notes) - 2):
        if starts[i] % 4 == 0 and starts[i + 1 : i + 3] == [
            starts[i] + 1,
            starts[i] + 3,
        ]:
            for j in (i + 1, i + 2):
                note = notes[j]
                notes[j] = LineNote(
                    pitch=note.pitch,
                    start_step=note.start_step,
                    end_step=note.end_step,
                    is_off_grid=True,
                )
    return Section(
        first_bar=section.first_bar,
        num_steps=section.num_steps,
        notes=tuple(notes),
        is_paired=section.is_paired,
    )
