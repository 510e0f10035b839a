"""MIDI bytes to a song on the grid, and a tune back to MIDI bytes.

**Conventions.** Reading never hangs and has three outcomes: a `Song`, a `Song` with
`warnings` (sentences), or `MidiError` with one line naming the file and what to do.
A *track* is what one MIDI track plays on one channel with one program: a track that
uses several is split, in order of appearance. Times are quantised in ticks to
sixteenths; a note shorter than a step gets one. Of overlapping notes with one pitch
the first to start is the first to end, and a note that never ends is dropped, as
symusic has it; in a file that breaks off, notes end where it does. The patterns of a
format 2 file start together. This is the only file that imports a MIDI
library.
"""

import io
import unicodedata
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, Final, cast

import mido
import numpy as np
import pretty_midi
import symusic
from jaxtyping import Int
from numpy import ndarray

from explorer import caps
from explorer.errors import MidiError
from explorer.midi_repair import UnreadableError, rebuild
from explorer.notes import (
    STEPS_PER_BAR,
    STEPS_PER_QUARTER,
    Note,
    NoteSequence,
    quantize,
)
from explorer.song import Meter, Song, Track, melody_track, track_tune

__all__ = [
    "DRUM_KIT",
    "INSTRUMENT_NAMES",
    "OTHER_METER",
    "Meter",
    "Song",
    "Track",
    "clean_text",
    "file_bytes",
    "inspect",
    "instrument_name",
    "melody_track",
    "quoted",
    "read_midi",
    "spelled_in_ascii",
    "track_tune",
    "write_midi",
]

INSTRUMENT_NAMES: Final[tuple[str, ...]] = tuple(
    pretty_midi.INSTRUMENT_MAP
)  # by program
DRUM_KIT: Final = "Drum kit"
OTHER_METER: Final = (
    "It isn't in 4/4 all the way, so bars may not line up. You can still listen."
)

_MICROSECONDS_PER_MINUTE = 60_000_000
_DEFAULT_MSPQ = 500_000  # microseconds a quarter, 120 quarter notes a minute
_PARSER_ERRORS = (RuntimeError, ValueError, OverflowError, MemoryError)
_DENOMINATORS = (1, 2, 4, 8, 16, 32, 64)
_WRITTEN_TICKS_PER_QUARTER = 480


def instrument_name(program: int, *, is_drum: bool = False) -> str:
    """General MIDI's name of a program in 0..127."""
    return DRUM_KIT if is_drum else INSTRUMENT_NAMES[program]


def clean_text(text: str) -> str:
    """Text from a file made fit to show: no control characters, at most 256 chars."""
    kept = (c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join("".join(kept).split())[: caps.MAX_TEXT_CHARS]


def file_bytes(path: str | Path) -> bytes:
    """Content of a file, read no further than one byte past the size limit.

    Raises
    ------
    MidiError
        If the file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return file.read(caps.MAX_FILE_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise MidiError(
            f"{quoted(str(path))} could not be read: {reason}. Check the path."
        ) from error


def read_midi(data: bytes, *, name: str) -> Song:
    """The song in a MIDI file.

    Parameters
    ----------
    data
        The whole file.
    name
        Its name, for the title and for errors. Never used as a path.

    Raises
    ------
    MidiError
        If it is not MIDI, is damaged beyond repair, has no notes or is over a limit
        of `explorer.caps`.
    """
    shown = quoted(name)
    if len(data) > caps.MAX_FILE_BYTES:
        raise MidiError(
            f"{shown} is larger than {caps.MAX_FILE_BYTES // 1_048_576} MB, the most "
            "a MIDI file may have here. Choose a smaller one."
        )
    score, problems = _parse(data, shown)
    _check_counts(score, shown)
    ticks_per_quarter = score.ticks_per_quarter
    parts = [(track, track.notes.numpy()) for track in score.tracks if len(track.notes)]
    if not parts:
        raise MidiError(f"{shown} has no notes. Choose a file with a melody in it.")
    if any(
        (notes["time"] < 0).any() or (notes["duration"] < 0).any() for _, notes in parts
    ):
        raise MidiError(
            f"{shown} has times beyond what MIDI can count. Choose another."
        )
    end_tick = max(
        int((notes["time"].astype(np.int64) + notes["duration"]).max())
        for _, notes in parts
    )
    ticks, mspq, tempo_warnings = _tempos(score, end_tick)
    spans = np.diff(np.append(ticks, end_tick))
    seconds = float((spans * mspq).sum() / ticks_per_quarter / 1e6)
    if seconds > caps.MAX_SONG_SECONDS:
        raise MidiError(
            f"{shown} lasts {seconds / 3600:,.1f} hours; at most "
            f"{caps.MAX_SONG_SECONDS // 3600} hours can be read. Choose a shorter one."
        )
    meters, meter_warnings = _meters(score, ticks_per_quarter)
    tracks = tuple(
        _track(track, notes, ticks_per_quarter, index)
        for index, (track, notes) in enumerate(parts)
    )
    last_step = max(note.end_step for track in tracks for note in track.notes)
    return Song(
        title=clean_text(PurePath(name).stem) or "Untitled",
        tracks=tracks,
        qpm=_MICROSECONDS_PER_MINUTE / _longest(mspq, spans),
        meters=meters,
        total_steps=-(-last_step // STEPS_PER_BAR) * STEPS_PER_BAR,
        duration_seconds=seconds,
        warnings=(*problems, *tempo_warnings, *meter_warnings),
    )


def quoted(name: str) -> str:
    """A file's name for a sentence: cleaned, without folders, at most 80 letters."""
    text = clean_text(PurePath(name.replace("\\", "/")).name) or "The file"
    return f"“{text if len(text) <= 80 else text[:79] + '…'}”"


def _parse(data: bytes, shown: str) -> tuple[symusic.core.ScoreTick, list[str]]:
    """(score, what was repaired): read strictly, then corrected, then rebuilt."""
    problems: list[str] = []
    try:
        try:
            score = symusic.Score.from_midi(data)
        except _PARSER_ERRORS:
            score = symusic.Score.from_midi(data, sanitize_data=True)
            problems.append("Some values were out of MIDI's range and were corrected.")
    except _PARSER_ERRORS:
        try:
            rebuilt = rebuild(data)
            score = symusic.Score.from_midi(rebuilt.data)
        except UnreadableError as error:
            raise MidiError(
                f"{shown} cannot be used: {error}. Choose a file whose name ends in "
                ".mid or .midi, or export it again from the program that made it."
            ) from error
        except _PARSER_ERRORS as error:
            raise MidiError(
                f"{shown} is too damaged to read. Export it again from the program "
                "that made it."
            ) from error
        problems = list(rebuilt.problems)
    return cast("symusic.core.ScoreTick", score), problems


def _check_counts(score: symusic.core.ScoreTick, shown: str) -> None:
    """Refuse a score over a limit, before anything is built from it."""
    tracks, num_notes = score.tracks, score.note_num()
    counts = [
        ("ticks in a quarter note", score.ticks_per_quarter, caps.MAX_DIVISION),
        ("tempo marks", len(score.tempos), caps.MAX_TEMPO_EVENTS),
        ("time signatures", len(score.time_signatures), caps.MAX_METER_EVENTS),
        ("tracks", len(tracks), caps.MAX_TRACKS),
        ("notes", num_notes, caps.MAX_NOTES),
    ]
    if len(tracks) <= caps.MAX_TRACKS:
        others = sum(len(track.controls) + len(track.pitch_bends) for track in tracks)
        counts.append(("events", 2 * num_notes + others, caps.MAX_EVENTS))
    for what, count, limit in counts:
        if count > limit:
            raise MidiError(
                f"{shown} has {count:,} {what}; at most {limit:,} can be read. Choose "
                "a smaller file."
            )
    if score.ticks_per_quarter < 1:
        raise MidiError(
            f"{shown} says that a quarter note has {score.ticks_per_quarter} ticks; it "
            f"takes 1 to {caps.MAX_DIVISION:,}. Export it again from the program that "
            "made it."
        )


def _tempos(
    score: symusic.core.ScoreTick, end_tick: int
) -> tuple[Int[ndarray, " marks"], Int[ndarray, " marks"], list[str]]:
    """(ticks, microseconds a quarter, warnings) of the tempos up to the last note."""
    marks = score.tempos.numpy()
    ticks = marks["time"].astype(np.int64)
    mspq = marks["mspq"].astype(np.int64)
    good = (
        (mspq * caps.MAX_QPM >= _MICROSECONDS_PER_MINUTE)
        & (mspq * caps.MIN_QPM <= _MICROSECONDS_PER_MINUTE)
        & (ticks >= 0)
    )
    warnings = []
    if not good.all():
        warnings.append(
            f"Tempos outside {caps.MIN_QPM:g} to {caps.MAX_QPM:g} quarter notes a "
            "minute were ignored."
        )
    good &= ticks < max(end_tick, 1)
    ticks, mspq = ticks[good], mspq[good]
    order = np.argsort(ticks, kind="stable")
    ticks, mspq = ticks[order], mspq[order]
    last = np.append(ticks[1:] != ticks[:-1], True)[
        : len(ticks)
    ]  # of one tick, the last
    ticks, mspq = ticks[last], mspq[last]
    if not len(ticks) or ticks[0] > 0:
        ticks = np.insert(ticks, 0, 0)
        mspq = np.insert(mspq, 0, _DEFAULT_MSPQ)
    if len(np.unique(mspq)) > 1:
        warnings.append("Its tempo changes; here it keeps the one that holds longest.")
    return ticks, mspq, warnings


def _longest(values: Int[ndarray, " marks"], spans: Int[ndarray, " marks"]) -> int:
    """The value with the largest sum of spans; of equals the smallest."""
    kinds, places = np.unique(values, return_inverse=True)
    return int(kinds[np.argmax(np.bincount(places, weights=spans))])


def _meters(
    score: symusic.core.ScoreTick, ticks_per_quarter: int
) -> tuple[tuple[Meter, ...], list[str]]:
    """(meters from step 0 on, warnings); 4/4 where the file gives none."""
    meters = [Meter(start_step=0, numerator=4, denominator=4)]
    warnings = []
    for mark in sorted(score.time_signatures, key=lambda mark: mark.time):
        if (
            mark.time < 0
            or not 1 <= mark.numerator <= 64
            or mark.denominator not in _DENOMINATORS
        ):
            warnings.append("A time signature that makes no sense was ignored.")
            continue
        meter = Meter(
            start_step=quantize(mark.time, ticks_per_quarter),
            numerator=mark.numerator,
            denominator=mark.denominator,
        )
        if meter.start_step == meters[-1].start_step:
            meters[-1] = meter
        elif replace(meter, start_step=meters[-1].start_step) != meters[-1]:
            meters.append(meter)
    if not all(meter.has_whole_bars for meter in meters):
        warnings.append(OTHER_METER)
    return tuple(meters), list(dict.fromkeys(warnings))


def _track(
    track: symusic.core.TrackTick,
    columns: dict[str, ndarray],
    ticks_per_quarter: int,
    index: int,
) -> Track:
    """One track on the grid."""
    start_ticks = columns["time"].astype(np.int64)
    starts = _quantize_all(start_ticks, ticks_per_quarter)
    ends = _quantize_all(start_ticks + columns["duration"], ticks_per_quarter)
    rows = zip(
        columns["pitch"].tolist(),
        starts.tolist(),
        np.maximum(ends, starts + 1).tolist(),
        columns["velocity"].tolist(),
        strict=True,
    )
    notes = [
        Note(
            pitch=pitch,
            start_step=start,
            end_step=end,
            velocity=max(velocity, 1),
            program=track.program,
            instrument=index,
            is_drum=track.is_drum,
        )
        for pitch, start, end, velocity in rows
    ]
    instrument = instrument_name(track.program, is_drum=track.is_drum)
    return Track(
        name=clean_text(track.name) or instrument,
        program=track.program,
        instrument=instrument,
        is_drum=track.is_drum,
        notes=tuple(sorted(notes, key=lambda note: (note.start_step, -note.pitch))),
    )


def _quantize_all(
    ticks: Int[ndarray, " notes"], ticks_per_quarter: int
) -> Int[ndarray, " notes"]:
    """`quantize` of many times at once."""
    return (2 * ticks * STEPS_PER_QUARTER + ticks_per_quarter) // (
        2 * ticks_per_quarter
    )


def write_midi(tune: NoteSequence, *, key: str | None = None) -> bytes:
    """A MIDI file of the tune, the same bytes each time.

    One track per instrument number, 480 ticks a quarter, 4/4, drums on channel 10. All
    tracks end where the tune does. Reading it gives the same notes, except that
    overlapping notes of one pitch on one instrument end in the order they start. An
    empty tune gives a file without notes.

    Parameters
    ----------
    tune
        What to write.
    key
        The key signature, as "G major"; None writes none.
    """
    file = pretty_midi.PrettyMIDI(
        resolution=_WRITTEN_TICKS_PER_QUARTER, initial_tempo=_writable_qpm(tune.qpm)
    )
    file.time_signature_changes.append(pretty_midi.TimeSignature(4, 4, 0))
    if key:
        number = pretty_midi.key_name_to_key_number(spelled_in_ascii(key))
        file.key_signature_changes.append(pretty_midi.KeySignature(number, 0))
    seconds_per_step = file.tick_to_time(_WRITTEN_TICKS_PER_QUARTER) / STEPS_PER_QUARTER
    instruments: dict[tuple[int, int, bool], pretty_midi.Instrument] = {}
    for note in tune.notes:
        place = (note.instrument, note.program, note.is_drum)
        if place not in instruments:
            name = instrument_name(note.program, is_drum=note.is_drum)
            instruments[place] = pretty_midi.Instrument(
                note.program, note.is_drum, name
            )
        instruments[place].notes.append(
            pretty_midi.Note(
                note.velocity,
                note.pitch,
                note.start_step * seconds_per_step,
                note.end_step * seconds_per_step,
            )
        )
    file.instruments = [instruments[place] for place in sorted(instruments)]
    buffer = io.BytesIO()
    file.write(buffer)
    return _ending_together(buffer.getvalue(), tune.total_steps)


def spelled_in_ascii(key: str) -> str:
    """A key as it is spelled where there are no music signs: "Bb minor"."""
    return key.replace("\N{MUSIC FLAT SIGN}", "b").replace("\N{MUSIC SHARP SIGN}", "#")


def _ending_together(data: bytes, total_steps: int) -> bytes:
    """A MIDI file whose tracks all end after so many steps.

    pretty_midi ends each a tick after its last note: a tune that ends with a rest
    would be shorter in another program.
    """
    file = mido.MidiFile(file=io.BytesIO(data))
    last = total_steps * file.ticks_per_beat // STEPS_PER_QUARTER
    for track in file.tracks:
        played = [message for message in track if message.type != "end_of_track"]
        rest = max(0, last - sum(message.time for message in played))
        track[:] = [*played, mido.MetaMessage("end_of_track", time=rest)]
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _writable_qpm(qpm: float) -> float:
    """The nearest tempo that MIDI can write."""
    mspq = min(max(round(_MICROSECONDS_PER_MINUTE / qpm), 1), 0xFFFFFF)
    return _MICROSECONDS_PER_MINUTE / mspq


def inspect(data: bytes, name: str) -> dict[str, Any]:
    """What the uploader makes of a file, as JSON values; never raises for bad files.

    `outcome` is "loaded", "warned" or "refused"; `message` is a line for the screen;
    `melody_track` is the index of the guessed melody, null where there is none.
    """
    try:
        song = read_midi(data, name=name)
    except MidiError as error:
        return {
            "outcome": "refused",
            "message": str(error),
            "num_notes": 0,
            "tracks": [],
        }
    num_tracks, num_bars = len(song.tracks), song.total_steps // STEPS_PER_BAR
    summary = (
        f"{quoted(name)}: {song.num_notes:,} {_plural('note', song.num_notes)} in "
        f"{num_tracks} {_plural('track', num_tracks)}, "
        f"{num_bars:,} {_plural('bar', num_bars)}."
    )
    return {
        "outcome": "warned" if song.warnings else "loaded",
        "message": " ".join([summary, *song.warnings]),
        "num_notes": song.num_notes,
        "tracks": [
            {
                "name": track.name,
                "program": track.program,
                "instrument": track.instrument,
                "is_drum": track.is_drum,
                "num_notes": len(track.notes),
                "lowest_pitch": min(note.pitch for note in track.notes),
                "highest_pitch": max(note.pitch for note in track.notes),
            }
            for track in song.tracks
        ],
        "melody_track": melody_track(song),
        "title": song.title,
        "qpm": round(song.qpm, 3),
        "num_bars": num_bars,
        "duration_seconds": round(song.duration_seconds, 3),
        "meters": [
            {
                "start_step": meter.start_step,
                "numerator": meter.numerator,
                "denominator": meter.denominator,
            }
            for meter in song.meters
        ],
        "warnings": list(song.warnings),
    }


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
