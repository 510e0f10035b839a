"""Phrases of a corpus file: the windows of its lines that training can use.

A window has at least three onsets per two bars, two different pitches, no silence
longer than a bar, and at most two triplets (four onsets off the grid) per two bars.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int, Integer, UInt8
from numpy import ndarray

from explorer.converters import (
    MAX_PITCH,
    MIN_PITCH,
    extract_melodies,
    melody_to_tokens,
    windows,
)
from explorer.corpus import MIDI_SUFFIXES, Line, Section, to_notes
from explorer.corpus_sources import Folder, source_of
from explorer.extraction import extract_file
from explorer.musical_key import guess_key
from explorer.notes import NO_EVENT, NOTE_OFF, STEPS_PER_BAR

MIN_ONSETS_PER_2_BARS = 3
MIN_PITCHES = 2
MAX_OFF_GRID_PER_2_BARS = 4  # two triplets
OTHER_PART = "not the part of the score that carries the tune"
_NO_LIMIT = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Job:
    """One corpus file to read."""

    path: Path
    name: str  # for the manifest: the file relative to its source's folder
    folder: Folder
    num_bars: int
    cache: Path
    seed: int = 0  # of the split, and of what is drawn for an arrangement
    beats: Path | None = None  # folder of the drum takes that tunes are arranged with


@dataclass(frozen=True, kw_only=True)
class LinePhrases:
    """The windows of one line."""

    source: str
    title: str
    number: str
    part_name: str
    key: str
    tokens: Integer[ndarray, "n steps *parts"]
    bars: Int[ndarray, " n"]  # first bar of each window in its line, from 0
    is_paired: UInt8[ndarray, " n"]  # 1 where a bar is two of 2/4
    dropped: dict[str, int]  # windows left out, by reason
    split: str = ""  # if its source says it; "" to go by the tune's name


@dataclass(frozen=True, kw_only=True)
class FilePhrases:
    """What one file gave."""

    lines: tuple[LinePhrases, ...]
    left_out: tuple[tuple[str, str], ...]  # (tune or part, "" for the file; reason)


def read_phrases(job: Job) -> FilePhrases:
    """Windows of every line of a file that a source takes."""
    extract = extract_file(job.path, job.cache, is_unpadded=job.folder.is_unpadded)
    is_midi = job.path.suffix.lower() in MIDI_SUFFIXES
    lines = []
    left_out = list(extract.left_out)
    for line in extract.lines:
        source = source_of(job.folder, line, is_midi=is_midi)
        if source is None:
            left_out.append((f"{line.title} {line.part_name}".strip(), OTHER_PART))
        else:
            lines.append(line_phrases(line, source.name, job.num_bars))
    return FilePhrases(lines=tuple(lines), left_out=tuple(left_out))


def line_phrases(line: Line, source: str, num_bars: int) -> LinePhrases:
    """Windows of one line, hop 1 bar."""
    kept: list[ndarray] = []
    bars: list[int] = []
    paired: list[bool] = []
    dropped: Counter[str] = Counter()
    most_off_grid = MAX_OFF_GRID_PER_2_BARS * num_bars // 2
    for section in line.sections:
        for bar, window in section_windows(section, num_bars):
            reason = window_fault(window)
            if not reason and off_grid(section, bar, num_bars) > most_off_grid:
                reason = "too many triplets"
            if reason:
                dropped[reason] += 1
                continue
            kept.append(window)
            bars.append(section.first_bar + bar)
            paired.append(section.is_paired)
    size = num_bars * STEPS_PER_BAR
    events = np.array(kept, np.int16).reshape(-1, size)
    return LinePhrases(
        source=source,
        title=line.title,
        number=line.number,
        part_name=line.part_name,
        key=guess_key(pitch_class_profile(line)),
        tokens=melody_to_tokens(events),
        bars=np.array(bars, np.int32),
        is_paired=np.array(paired, np.uint8),
        dropped=dict(sorted(dropped.items())),
    )


def section_windows(
    section: Section, num_bars: int
) -> list[tuple[int, Int[ndarray, " steps"]]]:
    """(bar of the section, events) of every window of its melodies."""
    notes = [n for n in to_notes(section) if MIN_PITCH <= n.pitch <= MAX_PITCH]
    found = []
    search_start = 0
    for melody in extract_melodies(notes, max_bars=_NO_LIMIT):
        first = min(n.start_step for n in notes if n.start_step >= search_start)
        first_bar = first // STEPS_PER_BAR
        for index, window in enumerate(windows(melody, num_bars)):
            found.append((first_bar + index, window))
        search_start = first_bar * STEPS_PER_BAR + len(melody)
    return found


def off_grid(section: Section, bar: int, num_bars: int) -> int:
    """Onsets in the window from `bar` on that fit no sixteenth."""
    start = bar * STEPS_PER_BAR
    end = start + num_bars * STEPS_PER_BAR
    return sum(n.is_off_grid and start <= n.start_step < end for n in section.notes)


def window_fault(window: Int[ndarray, " steps"], *, max_silent_bars: int = 1) -> str:
    """Why a window is of no use, "" if it is of use."""
    pitches = window[window >= 0]
    num_bars = len(window) // STEPS_PER_BAR
    if len(pitches) < max(MIN_ONSETS_PER_2_BARS * num_bars // 2, 1):
        return "too few notes"
    if len(np.unique(pitches)) < MIN_PITCHES:
        return "a single pitch"
    if longest_silence(window) > max_silent_bars * STEPS_PER_BAR:
        return "silent for more than a bar"
    return ""


def longest_silence(window: Int[ndarray, " steps"]) -> int:
    """Steps of the longest stretch in which nothing sounds."""
    longest = current = 0
    sounding = False
    for event in window.tolist():
        if event != NO_EVENT:
            sounding = event != NOTE_OFF
        current = 0 if sounding else current + 1
        longest = max(longest, current)
    return longest


def pitch_class_profile(line: Line) -> Float[ndarray, " pitches"]:
    """Steps for which each of the twelve pitch classes sounds."""
    profile = np.zeros(12)
    for section in line.sections:
        for note in section.notes:
            profile[note.pitch % 12] += note.end_step - note.start_step
    return profile
