"""Trios of MIDI songs: every melody track with every bass track and the drums.

Magenta takes melodies from General MIDI's programs 0 to 31 only; here any program
that may carry a melody counts (`corpus_midi`), unless `wide_programs` is off. All
drum tracks of a song play together.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int16, Integer
from numpy import ndarray

from explorer.converters import tokens_to_melody
from explorer.corpus_drums import drum_fault, drum_sections, earlier, four_four_sections
from explorer.corpus_midi import MELODY_PROGRAMS, MIN_NOTES, unfit
from explorer.corpus_split import file_key, split_of
from explorer.corpus_windows import (
    MAX_OFF_GRID_PER_2_BARS,
    FilePhrases,
    Job,
    LinePhrases,
    window_fault,
)
from explorer.encodings import NUM_SPECIAL_EVENTS
from explorer.errors import MidiError
from explorer.midi import Song, Track, read_midi
from explorer.musical_key import guess_key
from explorer.notes import STEPS_PER_BAR
from explorer.trio import BASS_PROGRAMS, trio_tokens, trio_windows

NARROW_PROGRAMS = frozenset(range(32))  # the melodies of Magenta
TRAIN_SHARE, VALIDATION_SHARE = 0.60, 0.15  # of songs, which are few; the rest is test
MIN_BASS_NOTES_PER_2_BARS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TrioSection:
    """A stretch of whole 4/4 bars of three parts."""

    first_bar: int  # bars of the tune before it
    tokens: Int16[ndarray, "steps 3"]
    off_grid: tuple[int, ...] = ()  # onsets of the melody that fit no sixteenth


def trio_phrases(job: Job, *, wide_programs: bool = True) -> FilePhrases:
    """Windows of every trio in a MIDI song, hop 1 bar."""
    try:
        song = read_midi(job.path.read_bytes(), name=job.path.name)
    except (MidiError, OSError) as error:
        return FilePhrases(lines=(), left_out=(("", f"not readable: {error}"),))
    melodies, basses = find_parts(song, wide_programs=wide_programs)
    has_drums = any(track.is_drum for track in song.tracks)
    missing = [
        what
        for what, there in (
            ("melody", melodies),
            ("bass", basses),
            ("drums", has_drums),
        )
        if not there
    ]
    if missing:
        reason = f"no trio (no {', no '.join(missing)})"
        return FilePhrases(lines=(), left_out=(("", reason),))
    split = split_of(
        file_key(job.path.stem),
        job.seed,
        train_share=TRAIN_SHARE,
        validation_share=VALIDATION_SHARE,
    )
    lines = tuple(
        windows_of(
            join(song, melody, bass),
            job.num_bars,
            source=job.folder.sources[0].name,
            title="",
            part_name=f"{melody.name} and {bass.name}",
            split=split,
        )
        for melody, bass in itertools.product(melodies, basses)
    )
    return FilePhrases(lines=lines, left_out=())


def find_parts(song: Song, *, wide_programs: bool) -> tuple[list[Track], list[Track]]:
    """(tracks that may carry the melody, bass tracks)."""
    programs = MELODY_PROGRAMS if wide_programs else NARROW_PROGRAMS
    melodies = [t for t in song.tracks if not unfit(t, programs)]
    basses = [
        track
        for track in song.tracks
        if not track.is_drum
        and track.program in BASS_PROGRAMS
        and len(track.notes) >= MIN_NOTES
    ]
    return melodies, basses


def join(song: Song, melody: Track, bass: Track) -> list[TrioSection]:
    """Two tracks and the drums, between changes of metre."""
    found = []
    for (first_bar, start, end), (_, drums) in zip(
        four_four_sections(song), drum_sections(song), strict=True
    ):
        pitched, low = (
            [
                earlier(replace(note, end_step=min(note.end_step, end)), start)
                for note in track.notes
                if start <= note.start_step < end
            ]
            for track in (melody, bass)
        )
        tokens = trio_tokens(pitched, low, drums)
        found.append(TrioSection(first_bar=first_bar, tokens=tokens))
    return found


def windows_of(
    sections: Sequence[TrioSection],
    num_bars: int,
    *,
    source: str,
    title: str,
    part_name: str,
    split: str,
    number: str = "",
) -> LinePhrases:
    """The usable windows of one trio."""
    tokens: list[ndarray] = []
    bars: list[int] = []
    dropped: Counter[str] = Counter()
    profile = np.zeros(12)
    most_off_grid = MAX_OFF_GRID_PER_2_BARS * num_bars // 2
    for section in sections:
        for part in (0, 1):
            events = tokens_to_melody(section.tokens[:, part])
            profile += np.bincount(events[events >= 0] % 12, minlength=12)
        off_bars = np.array(section.off_grid, np.int64) // STEPS_PER_BAR
        for bar, window in trio_windows(section.tokens, num_bars):
            reason = trio_fault(window)
            off_grid = np.sum((off_bars >= bar) & (off_bars < bar + num_bars))
            if not reason and off_grid > most_off_grid:
                reason = "melody: too many triplets"
            if reason:
                dropped[reason] += 1
                continue
            tokens.append(window)
            bars.append(section.first_bar + bar)
    return LinePhrases(
        source=source,
        title=title,
        number=number,
        part_name=part_name,
        key=guess_key(profile),
        tokens=np.array(tokens, np.int16).reshape(-1, num_bars * STEPS_PER_BAR, 3),
        bars=np.array(bars, np.int32),
        is_paired=np.zeros(len(bars), np.uint8),
        dropped=dict(sorted(dropped.items())),
        split=split,
    )


def trio_fault(window: Integer[ndarray, "steps 3"]) -> str:
    """Why a window is of no use, "" if it is of use; a melody may rest for long."""
    num_bars = len(window) // STEPS_PER_BAR
    reason = window_fault(tokens_to_melody(window[:, 0]), max_silent_bars=num_bars)
    if reason:
        return f"melody: {reason}"
    melody, bass = (column[column >= NUM_SPECIAL_EVENTS] for column in window.T[:2])
    if len(bass) < max(MIN_BASS_NOTES_PER_2_BARS * num_bars // 2, 1):
        return "bass: too few notes"
    if np.median(melody) <= np.median(bass):
        return "melody: not above the bass"
    reason = drum_fault(window[:, 2])
    return f"drums: {reason}" if reason else ""
