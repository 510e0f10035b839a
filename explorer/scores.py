"""MusicXML and ABC to a song on the grid, read with music21 where it is installed.

**Conventions.** As in `midi`: times go to the nearest sixteenth, halves up, and a note
shorter than a step gets one. Pitches are as they sound. Repeats are played out and
endings taken in turn, D.C. and D.S. followed. A pickup is put at the end of a bar of
its own, so that bars stay bars. Grace notes, cue notes and chord symbols are left out.
A staff is a track. Of an ABC file with several tunes the first is read.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final

from explorer import caps, midi, score_files, score_jumps
from explorer.corpus_bars import Bar, play_order
from explorer.corpus_scores import (
    Music21,
    drop_what_has_no_sound,
    load_music21,
    split_abc,
)
from explorer.deadline import OutOfTimeError, deadline
from explorer.errors import MidiError
from explorer.notes import STEPS_PER_BAR, STEPS_PER_QUARTER
from explorer.score_parts import Part, add_notes, pickup, read_bars, read_part, step_at
from explorer.song import Meter, Song, Track

XML_ENDINGS: Final = (".musicxml", ".xml", ".mxl")
ENDINGS: Final = (*XML_ENDINGS, ".abc")

_SILENT_BARS = "z|z|z|"
_USUAL_QPM = 120.0
_KEPT_ELEMENTS = frozenset({"direction", "instrument", "sound"})


def read_score(data: bytes, *, name: str) -> Song:
    """The song in a MusicXML or an ABC file; the name's ending says which.

    Parameters
    ----------
    data
        The whole file.
    name
        Its name, for the kind, for errors and as a title where there is none.

    Raises
    ------
    MidiError
        If the file is of another kind, is damaged, has
        no notes or is over a limit of `explorer.caps`.
    """
    shown = midi.quoted(name)
    if len(data) > caps.MAX_FILE_BYTES:
        raise MidiError(
            f"{shown} is larger than {caps.MAX_FILE_BYTES // 1_048_576} MB, the most "
            "a score may have here. Choose a smaller one."
        )
    music21 = load_music21()
    is_xml = PurePath(name).suffix.lower() in XML_ENDINGS
    abc, title = "", ""
    said: list[str] = []
    if is_xml:
        root = score_files.opened_xml(data, shown)
    else:
        abc, title, said = _first_tune(data, shown)
        score_files.opened_abc(abc, shown)
    try:
        with warnings.catch_warnings(), deadline(caps.MAX_SCORE_SECONDS):
            warnings.simplefilter("ignore")
            if is_xml:
                drop_what_has_no_sound(root, keep=_KEPT_ELEMENTS)
                importer = music21.musicxml.xmlToM21.MusicXMLImporter()
                importer.xmlRootToScore(root, importer.stream)
                score = importer.stream
            else:
                marked = score_jumps.marked_abc(music21, _with_bars(abc))
                score = music21.converter.parseData(marked, format="abc")
            reading = _read(music21, score, shown)
    except MidiError:
        raise
    except OutOfTimeError as error:
        raise MidiError(
            f"{shown} takes longer than {caps.MAX_SCORE_SECONDS} seconds to read. "
            "Choose a shorter one, or export the music as MIDI."
        ) from error
    except Exception as error:  # music21 raises many kinds on a broken score
        raise MidiError(
            f"{shown} is too damaged to read as {'MusicXML' if is_xml else 'ABC'}. "
            "Export it again from the program that made it."
        ) from error
    title = midi.clean_text(title or _title(score))
    return _song(reading, title or midi.clean_text(PurePath(name).stem), said, shown)


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What was found in a score."""

    parts: list[Part]
    bars: list[Bar]  # as they sound
    qpm: float
    key: str
    warnings: list[str]


def _first_tune(data: bytes, shown: str) -> tuple[str, str, list[str]]:
    """(text, title, what to say) of the first tune in an ABC file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    tunes = list(split_abc(text.replace("\r\n", "\n").replace("\r", "\n")))
    if not tunes:
        raise MidiError(
            f"{shown} isn't ABC: no line in it begins with “X:”, as every tune does. "
            "Choose a file with a tune in it."
        )
    _, title, tune = tunes[0]
    if len(tunes) == 1:
        return tune, title, []
    name = f", “{midi.clean_text(title)}”" if title else ""
    return (
        tune,
        title,
        [
            f"There are {len(tunes)} tunes in it; this is the first{name}. For "
            "another, bring a file that begins with it."
        ],
    )


def _with_bars(abc: str) -> str:
    """A tune with two silent bars after it.

    With fewer than two plain bar lines music21 takes it for one without bars, and
    leaves out its repeats.
    """
    return abc if "V:" in abc else f"{abc.rstrip()}\n{_SILENT_BARS}\n"


def _read(music21: Music21, score: Music21, shown: str) -> _Reading:
    """Everything music21 found, in the order in which it sounds."""
    parts = [read_part(music21, part, score) for part in score.parts]
    if len(parts) > caps.MAX_TRACKS:
        raise MidiError(
            f"{shown} has {len(parts)} parts; at most {caps.MAX_TRACKS} can be read. "
            "Choose a smaller file."
        )
    written = read_bars([part.measures for part in parts], score)
    order, said = _order([part.measures for part in parts], written)
    guessed = False
    for part in parts:
        start = pickup(written)
        for index in order:
            if index < len(part.measures):
                guessed |= add_notes(part, part.measures[index], start, shown)
            start += written[index].quarters
    if guessed:
        said.append("Its drums have no MIDI numbers and were read by their lines.")
    qpm, tempo_warnings = _tempo(score)
    return _Reading(
        parts=parts,
        bars=[written[index] for index in order],
        qpm=qpm,
        key=_key(score),
        warnings=[*said, *tempo_warnings],
    )


def _order(
    parts: Sequence[Sequence[Music21]], written: Sequence[Bar]
) -> tuple[list[int], list[str]]:
    """(indices of the bars as they sound, what is to be said of a jump)."""
    marks = score_jumps.marks(parts)
    if not any(kind.startswith("Da") for kind in marks):
        return play_order(written), []
    way = score_jumps.jump(marks, len(written))
    if way is None:
        return play_order(written), [score_jumps.NOT_FOLLOWED]
    return score_jumps.order_with(written, way), []


def _tempo(score: Music21) -> tuple[float, list[str]]:
    """(the tempo that holds longest as written, warnings)."""
    marks: dict[float, float] = {}
    for mark in score.recurse().getElementsByClass("MetronomeMark"):
        qpm = mark.getQuarterBPM()
        if qpm and caps.MIN_QPM <= qpm <= caps.MAX_QPM:
            marks.setdefault(float(mark.getOffsetInHierarchy(score)), float(qpm))
    if not marks:
        return _USUAL_QPM, []
    places = sorted(marks)
    ends = [*places[1:], max(float(score.highestTime), places[-1])]
    spans: dict[float, float] = {}
    for place, end in zip(places, ends, strict=True):
        spans[marks[place]] = spans.get(marks[place], 0.0) + end - place
    changes = len(spans) > 1
    said = ["Its tempo changes; here it keeps the one that holds longest."]
    return max(spans, key=lambda qpm: spans[qpm]), said if changes else []


def _key(score: Music21) -> str:
    """The first key that is named with its mode."""
    found = score.recurse().getElementsByClass("Key").first()
    if found is None or found.mode not in ("major", "minor"):
        return ""
    tonic = str(found.tonic.name).replace("-", "♭").replace("#", "♯")
    return f"{tonic} {found.mode}"


def _title(score: Music21) -> str:
    """The work's title and the movement's, once if they are the same."""
    if score.metadata is None:
        return ""
    names = (score.metadata.title, score.metadata.movementName)
    return ": ".join(dict.fromkeys(n.strip() for n in names if n and n.strip()))


def _song(reading: _Reading, title: str, said: list[str], shown: str) -> Song:
    """The parts with notes as the tracks of a song."""
    parts = [part for part in reading.parts if part.notes]
    if not parts:
        raise MidiError(f"{shown} has no notes. Choose a file with a melody in it.")
    last_step = max(note.end_step for part in parts for note in part.notes)
    seconds = last_step * 60 / reading.qpm / STEPS_PER_QUARTER
    if seconds > caps.MAX_SONG_SECONDS:
        raise MidiError(
            f"{shown} lasts {seconds / 3600:,.1f} hours; at most "
            f"{caps.MAX_SONG_SECONDS // 3600} hours can be read. Choose a shorter one."
        )
    meters = _meters(reading.bars)
    if not all(meter.has_whole_bars for meter in meters):
        said = [*said, midi.OTHER_METER]
    return Song(
        title=title or "Untitled",
        tracks=tuple(_track(part, index) for index, part in enumerate(parts)),
        qpm=reading.qpm,
        meters=meters,
        total_steps=-(-last_step // STEPS_PER_BAR) * STEPS_PER_BAR,
        duration_seconds=seconds,
        warnings=(*said, *reading.warnings),
        key=reading.key,
    )


def _track(part: Part, index: int) -> Track:
    instrument = midi.instrument_name(part.program, is_drum=part.is_drum)
    notes = [replace(note, instrument=index) for note in part.notes]
    return Track(
        name=part.name or instrument,
        program=part.program,
        instrument=instrument,
        is_drum=part.is_drum,
        notes=tuple(sorted(notes, key=lambda note: (note.start_step, -note.pitch))),
    )


def _meters(bars: Sequence[Bar]) -> tuple[Meter, ...]:
    """The time signatures as they come while the bars sound."""
    found: list[Meter] = []
    start = pickup(bars)
    for index, bar in enumerate(bars):
        numerator, denominator = map(int, bar.meter.split("/"))
        signature = (found[-1].numerator, found[-1].denominator) if found else None
        if signature != (numerator, denominator):
            step = step_at(start) if index else 0
            meter = Meter(start_step=step, numerator=numerator, denominator=denominator)
            found.append(meter)
        start += bar.quarters
    return tuple(found) or (Meter(start_step=0, numerator=4, denominator=4),)
