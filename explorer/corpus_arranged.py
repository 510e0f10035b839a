"""Trios arranged from scores: a melody, its bass, and a beat of Groove.

Real trios are few. A lead sheet gives a melody and, from its chord symbols, a bass
line (`arrange`); a string quartet gives its first violin and its cello, an octave
lower as a double bass sounds. A tune takes beats of Groove's split of the same name,
so that nothing of a held-out take is trained on.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import numpy as np
from jaxtyping import Int16, Integer
from numpy import ndarray

from explorer.arrange import bass_line, draw_style, fit_beat
from explorer.corpus import SCORE_SUFFIXES, Line, Section, to_notes
from explorer.corpus_chords import read_chords
from explorer.corpus_drums import drum_sections, read_takes
from explorer.corpus_split import key_of, split_of
from explorer.corpus_trios import TrioSection, trio_phrases, windows_of
from explorer.corpus_windows import FilePhrases, Job
from explorer.dataset import SPLITS
from explorer.drums import extract_beats, roll
from explorer.errors import DataError
from explorer.extraction import extract_file
from explorer.midi import read_midi
from explorer.notes import STEPS_PER_BAR, Note
from explorer.trio import trio_tokens

MIN_BEAT_BARS: Final = 16
SONG_ARRANGEMENTS: Final = 3  # of a lead sheet for training; held out, one
OCTAVE: Final = 12

_CELLO: Final = 3  # part of a quartet's score


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """An unbroken stretch of a Groove take."""

    genre: str
    tokens: Int16[ndarray, " steps"]  # whole bars


def trio_jobs(jobs: Sequence[Job]) -> list[Job]:
    """The MIDI songs, and the scores that can be arranged, each with the beats.

    Raises
    ------
    DataError
        If Groove is not among the folders.
    """
    takes = [job for job in jobs if job.folder.has_takes]
    if not takes:
        raise DataError(
            "Trios are arranged with beats of the Groove MIDI Dataset, which is not "
            "among the folders. Add its folder, named groove, or leave out --arrange."
        )
    beats = takes[0].path.parents[takes[0].name.count("/")]
    chosen = []
    for job in jobs:
        arranged = job.folder.arranged
        if job.path.suffix.lower() in SCORE_SUFFIXES:
            if arranged is not None:
                folder = replace(job.folder, sources=(arranged,))
                chosen.append(replace(job, folder=folder, beats=beats))
        elif not job.folder.has_takes:
            chosen.append(job)
    return chosen


def arranged_phrases(job: Job) -> FilePhrases:
    """Trios of a file: found in a MIDI song, arranged from a score."""
    if job.beats is None or job.folder.arranged is None:
        return trio_phrases(job)
    extract = extract_file(job.path, job.cache)
    lines = {line.part: line for line in extract.lines}
    if 0 not in lines:
        return FilePhrases(lines=(), left_out=extract.left_out)
    title = lines[0].title
    split = split_of(key_of(job, title), job.seed)
    beats = read_beats(job.beats)[split]
    if not beats:
        return _nothing(f"no beat of {MIN_BEAT_BARS} bars in Groove's {split} takes")
    from_chords = job.folder.bass_from == "chords"
    copies = SONG_ARRANGEMENTS if from_chords and split == "train" else 1
    phrases = []
    for copy in range(copies):
        rng = _generator(job, copy)
        if from_chords:
            sections, reason = _lead_sheet(job, lines[0], beats, rng)
        else:
            sections, reason = _quartet(lines, beats, rng)
        if reason:
            return _nothing(reason)
        found = windows_of(
            sections,
            job.num_bars,
            source=job.folder.sources[0].name,
            title=title,
            part_name="arrangement",
            split=split,
            number=str(copy + 1) if copies > 1 else "",
        )
        phrases.append(found)
    return FilePhrases(lines=tuple(phrases), left_out=())


@lru_cache(maxsize=2)
def read_beats(folder: Path) -> dict[str, tuple[Beat, ...]]:
    """The 4/4 beats of Groove that are long enough, by split; of a take the longest.

    Raises
    ------
    DataError
        If the folder's table is missing.
    """
    beats: dict[str, list[Beat]] = {split: [] for split in SPLITS}
    for name, take in sorted(read_takes(folder).items()):
        path = folder / name
        if not (take.is_beat and take.is_four_four and path.is_file()):
            continue
        song = read_midi(path.read_bytes(), name=path.name)
        found = [
            beat
            for _, section in drum_sections(song, is_roland=True)
            for _, beat in extract_beats(section)
        ]
        longest = max(found, key=len, default=np.zeros(0, np.int16))
        if len(longest) >= MIN_BEAT_BARS * STEPS_PER_BAR:
            beats[take.split].append(Beat(genre=take.genre, tokens=longest))
    return {split: tuple(found) for split, found in beats.items()}


def _lead_sheet(
    job: Job, line: Line, beats: Sequence[Beat], rng: np.random.Generator
) -> tuple[list[TrioSection], str]:
    """(the tune's sections with bass and drums, why there are none or "")."""
    try:
        chords = read_chords(job.path.read_bytes(), job.path.suffix.lower())
    except (DataError, ElementTree.ParseError, KeyError, OSError, ValueError) as error:
        return [], f"chords not readable: {error}"
    places = [(section.first_bar, section.num_steps) for section in chords]
    if places != [(s.first_bar, s.num_steps) for s in line.sections]:
        return [], "chords and melody do not share their bars"
    if not any(section.spans for section in chords):
        return [], "no chord symbols"
    beat = _draw(beats, rng)
    style = draw_style(beat.genre, rng)
    found = []
    for section, harmony in zip(line.sections, chords, strict=True):
        drums = _drums(beat, section, rng)
        bass = bass_line(harmony.spans, style, roll(drums)[:, 0], rng)
        found.append(_arranged(section, bass, drums))
    return found, ""


def _quartet(
    lines: dict[int, Line], beats: Sequence[Beat], rng: np.random.Generator
) -> tuple[list[TrioSection], str]:
    """(sections of violin and cello with drums, why there are none or "")."""
    if _CELLO not in lines:
        return [], "no fourth part"
    basses = {(s.first_bar, s.num_steps): s for s in lines[_CELLO].sections}
    beat = _draw(beats, rng)
    found = []
    for section in lines[0].sections:
        bass = basses.get((section.first_bar, section.num_steps))
        if bass is not None:
            lower = [replace(n, pitch=n.pitch - OCTAVE) for n in to_notes(bass)]
            found.append(_arranged(section, lower, _drums(beat, section, rng)))
    return found, "" if found else "violin and cello do not share their bars"


def _arranged(
    section: Section, bass: Sequence[Note], drums: Integer[ndarray, " steps"]
) -> TrioSection:
    off_grid = (note.start_step for note in section.notes if note.is_off_grid)
    return TrioSection(
        first_bar=section.first_bar,
        tokens=trio_tokens(to_notes(section), bass, drums),
        off_grid=tuple(off_grid),
    )


def _drums(
    beat: Beat, section: Section, rng: np.random.Generator
) -> Integer[ndarray, " steps"]:
    first_bar = int(rng.integers(len(beat.tokens) // STEPS_PER_BAR))
    return fit_beat(beat.tokens, section.num_steps, first_bar)


def _draw(beats: Sequence[Beat], rng: np.random.Generator) -> Beat:
    return beats[int(rng.integers(len(beats)))]


def _generator(job: Job, copy: int) -> np.random.Generator:
    """What is drawn for a tune depends on its name and the seed alone."""
    digest = hashlib.sha256(f"{job.seed}:{job.name}:{copy}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def _nothing(reason: str) -> FilePhrases:
    return FilePhrases(lines=(), left_out=(("", reason),))
