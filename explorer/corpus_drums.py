"""Drum beats of corpus files: MIDI's channel 10, and the takes of Groove.

Groove's electronic kit sends pitches of its own, which are moved first. Its
`info.csv` says of each take whether it is a beat or a fill, its metre and its split;
takes in other metres than 4/4 are left out.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Int16, Integer
from numpy import ndarray

from explorer.corpus_windows import FilePhrases, Job, LinePhrases
from explorer.dataset import SPLITS
from explorer.drums import extract_beats, hits_to_tokens, roll
from explorer.errors import DataError, MidiError
from explorer.midi import Song, read_midi
from explorer.notes import STEPS_PER_BAR, Note

MIN_STRUCK_PER_2_BARS: Final = 4
MIN_DRUMS: Final = 2
ROLAND_PITCHES: Final = {22: 42, 26: 46, 58: 43}  # of the kit that Groove was played on

_WHOLE_BAR_METERS: Final = frozenset({(4, 4), (2, 2), (8, 8)})
_INFO: Final = "info.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One row of Groove's table."""

    title: str  # as "Latin brazilian bossa beat, 120 bpm (drummer 1)"
    split: str
    is_beat: bool  # else a fill
    is_four_four: bool
    genre: str  # the first word of its style


def drum_phrases(job: Job) -> FilePhrases:
    """Windows of a MIDI file's drums, hop 1 bar."""
    source = job.folder.sources[0].name
    take = None
    if job.folder.has_takes:
        take = read_takes(job.path.parents[job.name.count("/")]).get(job.name)
        if take is None:
            return _nothing(f"not in {_INFO}")
        if not take.is_four_four:
            return _nothing("metre other than 4/4")
    try:
        song = read_midi(job.path.read_bytes(), name=job.path.name)
    except (MidiError, OSError) as error:
        return _nothing(f"not readable: {error}")
    tokens: list[ndarray] = []
    bars: list[int] = []
    dropped: Counter[str] = Counter()
    for start_bar, section in drum_sections(song, is_roland=take is not None):
        for first_bar, beat in extract_beats(section):
            for index, window in enumerate(_windows(beat, job.num_bars)):
                reason = drum_fault(window)
                if reason:
                    dropped[reason] += 1
                    continue
                tokens.append(window)
                bars.append(start_bar + first_bar + index)
    if not any(track.is_drum for track in song.tracks):
        return _nothing("no drums")
    size = job.num_bars * STEPS_PER_BAR
    phrases = LinePhrases(
        source=source,
        title=take.title if take else "",
        number="",
        part_name="drums",
        key="",
        tokens=np.array(tokens, np.int16).reshape(-1, size),
        bars=np.array(bars, np.int32),
        is_paired=np.zeros(len(bars), np.uint8),
        dropped=dict(sorted(dropped.items())),
        split=take.split if take else "",
    )
    return FilePhrases(lines=(phrases,), left_out=())


def drum_sections(
    song: Song, *, is_roland: bool = False
) -> Iterator[tuple[int, Int16[ndarray, " steps"]]]:
    """(first bar, tokens) of the song's drums between changes of metre, 4/4 only.

    All its drum tracks play together: some songs give each drum a track.
    """
    drums = [note for track in song.tracks if track.is_drum for note in track.notes]
    if is_roland:
        drums = [
            replace(note, pitch=ROLAND_PITCHES.get(note.pitch, note.pitch))
            for note in drums
        ]
    for first_bar, start, end in four_four_sections(song):
        moved = [earlier(note, start) for note in drums if start <= note.start_step]
        yield first_bar, hits_to_tokens(moved, end - start)


def four_four_sections(song: Song) -> Iterator[tuple[int, int, int]]:
    """(bars before it, first step, end step) of each stretch in 4/4, 2/2 or 8/8."""
    first_bar = 0
    ends = [*(meter.start_step for meter in song.meters[1:]), song.total_steps]
    for meter, end in zip(song.meters, ends, strict=True):
        end = min(end, song.total_steps)
        if end <= meter.start_step:
            continue
        if (meter.numerator, meter.denominator) in _WHOLE_BAR_METERS:
            yield first_bar, meter.start_step, end
        first_bar += -(-(end - meter.start_step) // STEPS_PER_BAR)


def drum_fault(window: Integer[ndarray, " steps"]) -> str:
    """Why a window is of no use, "" if it is of use."""
    num_bars = len(window) // STEPS_PER_BAR
    if np.count_nonzero(window) < max(MIN_STRUCK_PER_2_BARS * num_bars // 2, 1):
        return "too few hits"
    if roll(window).any(axis=0).sum() < MIN_DRUMS:
        return "a single drum"
    return ""


@lru_cache(maxsize=4)
def read_takes(folder: Path) -> Mapping[str, Take]:
    """Groove's table, by the name of the MIDI file.

    Raises
    ------
    DataError
        If `info.csv` is missing, or lacks a column or a known split.
    """
    path = folder / _INFO
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {row["midi_filename"]: _take(row) for row in csv.DictReader(file)}
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise DataError(
            f"{path} does not say which takes are for training. Fetch the whole Groove "
            "MIDI Dataset: its table has the columns midi_filename, drummer, style, "
            "bpm, beat_type, time_signature and split."
        ) from error


def _take(row: Mapping[str, str]) -> Take:
    if row["split"] not in SPLITS:
        raise ValueError(f"no split {row['split']!r}")
    style = re.sub(r"[/-]+", " ", row["style"]).capitalize()
    drummer = re.sub(r"(?<=[a-z])(?=\d)", " ", row["drummer"])
    return Take(
        title=f"{style} {row['beat_type']}, {row['bpm']} bpm ({drummer})",
        split=row["split"],
        is_beat=row["beat_type"] == "beat",
        is_four_four=row["time_signature"] == "4-4",
        genre=row["style"].partition("/")[0],
    )


def _windows(
    beat: Integer[ndarray, " steps"], num_bars: int
) -> list[Integer[ndarray, " num_steps"]]:
    """Every whole window of a beat, one bar apart."""
    size = num_bars * STEPS_PER_BAR
    starts = range(0, len(beat) - size + 1, STEPS_PER_BAR)
    return [beat[start : start + size] for start in starts]


def earlier(note: Note, steps: int) -> Note:
    """The note moved to the front by `steps`."""
    return replace(
        note, start_step=note.start_step - steps, end_step=note.end_step - steps
    )


def _nothing(reason: str) -> FilePhrases:
    return FilePhrases(lines=(), left_out=(("", reason),))
