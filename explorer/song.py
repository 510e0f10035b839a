"""A song: what is kept of a music file, and the tune a person takes from it.

**Conventions.** A tune has one part or several (`encodings`). Each is played by one
track of the song or by several together, as the drums are in a file that keeps every
drum apart: `PartTracks` maps a part to the indices of its tracks.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.drums import DRUM_INSTRUMENT
from explorer.encodings import PartName
from explorer.notes import STEPS_PER_BAR, Note, NoteSequence, sequence, slice_bars
from explorer.trio import (
    BASS_INSTRUMENT,
    BASS_PROGRAM,
    BASS_PROGRAMS,
    MELODY_INSTRUMENT,
    MELODY_PROGRAM,
)

PartTracks = Mapping[PartName, Sequence[int]]

_PERCUSSIVE_PROGRAMS = range(112, 128)
_MELODY_NAMES = ("melod", "vocal", "voice", "lead", "solo", "sing", "sopran", "tune")
_OTHER_NAMES = ("bass", "chord", "pad", "drum", "perc", "accomp", "left", "rhythm")
_TRACK_WORDS: dict[PartName, str] = {
    "melody": "melody track",
    "bass": "bass track",
    "drums": "drum track",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A time signature and where it begins."""

    start_step: int
    numerator: int
    denominator: int

    @property
    def has_whole_bars(self) -> bool:
        """Whether its bars are the sixteen sixteenths that the models read."""
        return self.numerator * 16 == self.denominator * STEPS_PER_BAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What one instrument plays."""

    name: str  # from the file, cleaned; its instrument's name if the file gives none
    program: int  # General MIDI program, 0..127
    instrument: str  # General MIDI name of the program
    is_drum: bool
    notes: tuple[Note, ...]  # sorted by (start_step, -pitch), at least one


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """All that is kept of a music file."""

    title: str  # as a score has it; of MIDI the file's name without its ending
    tracks: tuple[Track, ...]  # at least one
    qpm: float  # the tempo that holds for most of the song, quarter notes a minute
    meters: tuple[Meter, ...]  # the first at step 0
    total_steps: int  # whole 4/4 bars
    duration_seconds: float  # with the file's own tempo changes
    warnings: tuple[str, ...]  # sentences for the screen
    key: str = ""  # as a score has it, such as "G major"; "" where none is given

    @property
    def num_bars(self) -> int:
        """4/4 bars from the first step to the last note."""
        return self.total_steps // STEPS_PER_BAR

    @property
    def num_notes(self) -> int:
        """Notes in all tracks."""
        return sum(len(track.notes) for track in self.tracks)


def tracks_for(song: Song, part: PartName) -> tuple[int, ...]:
    """Indices of the tracks that can play a part: drums, or all but drums."""
    return tuple(
        index
        for index, track in enumerate(song.tracks)
        if track.is_drum == (part == "drums")
    )


def guess_tracks(
    song: Song, parts: Iterable[PartName]
) -> dict[PartName, tuple[int, ...]]:
    """The tracks that most likely play each part; a part that is lacking is left out.

    All drum tracks together play the drums. A bass is never the track of the melody.
    """
    melody, drums = melody_track(song), tracks_for(song, "drums")
    bass = bass_track(song, melody)
    found: dict[PartName, tuple[int, ...]] = {
        "melody": () if melody is None else (melody,),
        "bass": () if bass is None else (bass,),
        "drums": drums,
    }
    return {part: found[part] for part in parts if found[part]}


def lacks(song: Song, parts: Iterable[PartName]) -> str:
    """Which tracks a song lacks, such as "no bass track and no drum track"; or ""."""
    wanted = list(parts)
    found = guess_tracks(song, wanted)
    return " and ".join(
        f"no {_TRACK_WORDS[part]}" for part in wanted if part not in found
    )


def melody_track(song: Song) -> int | None:
    """Index of the track that most likely holds the melody, None if all are drums.

    Favours one note at a time, the octaves a voice or a fiddle has, many notes, and
    names that say so; of equals the first.
    """
    most = max(len(track.notes) for track in song.tracks)
    scores = {
        index: _melody_score(track, most)
        for index, track in enumerate(song.tracks)
        if not track.is_drum
    }
    return max(scores, key=lambda index: (scores[index], -index)) if scores else None


def _melody_score(track: Track, most: int) -> float:
    """How much a track looks like a melody; about -2 to 4."""
    mean_pitch = _mean_pitch(track)
    outside = max(60 - mean_pitch, mean_pitch - 84, 0)
    name = track.name.lower()
    score = _alone(track)
    score += max(1 - outside / 12, -1)
    score += min(4 * len(track.notes) / most, 1)
    score += any(word in name for word in _MELODY_NAMES)
    score -= any(word in name for word in _OTHER_NAMES)
    score -= track.program in BASS_PROGRAMS or track.program in _PERCUSSIVE_PROGRAMS
    return score


def bass_track(song: Song, melody: int | None = None) -> int | None:
    """Index of the track that most likely holds the bass, None if there is none.

    Favours a bass's program, low notes, one at a time, and a name that says so; of
    equals the first. Drums and the track `melody` are no bass.
    """
    scores = {
        index: _bass_score(song.tracks[index])
        for index in tracks_for(song, "bass")
        if index != melody
    }
    return max(scores, key=lambda index: (scores[index], -index)) if scores else None


def _bass_score(track: Track) -> float:
    """How much a track looks like a bass; about -2 to 6."""
    score = _alone(track) + min(max((60 - _mean_pitch(track)) / 12, -2), 2)
    score += 2 * (track.program in BASS_PROGRAMS)
    return score + ("bass" in track.name.lower())


def _alone(track: Track) -> float:
    """Share of notes that end before the next one starts, in (0, 1]."""
    alone = sum(
        note.end_step <= following.start_step
        for note, following in itertools.pairwise(track.notes)
    )
    return (alone + 1) / len(track.notes)


def _mean_pitch(track: Track) -> float:
    return sum(note.pitch for note in track.notes) / len(track.notes)


def track_tune(
    song: Song, index: int, start_bar: int = 0, num_bars: int | None = None
) -> NoteSequence:
    """One track of a song, or `num_bars` bars of it from `start_bar` on, as a tune.

    Raises
    ------
    ValueError
        If there is no such track or bar.
    """
    return _excerpt(song, _track(song, index).notes, start_bar, num_bars)


def parts_tune(
    song: Song, tracks: PartTracks, start_bar: int = 0, num_bars: int | None = None
) -> NoteSequence:
    """Tracks of a song, or `num_bars` bars of them from `start_bar` on, as a tune.

    A part alone keeps its instrument. Side by side melody and bass get those by which
    `trio.part_of` tells them apart. A drum has no length, and one that is hit twice at
    once is hit once, as loud as the louder of both.

    Raises
    ------
    ValueError
        If there is no such track or bar, or a track cannot play its part.
    """
    notes = [
        note
        for part, indices in tracks.items()
        for note in _part_notes(song, part, indices, is_alone=len(tracks) == 1)
    ]
    return _excerpt(song, notes, start_bar, num_bars)


def _part_notes(
    song: Song, part: PartName, indices: Sequence[int], *, is_alone: bool
) -> list[Note]:
    """The notes of one part, each marked as its own."""
    notes = [note for index in indices for note in _track(song, index).notes]
    if any(note.is_drum != (part == "drums") for note in notes):
        raise ValueError(f"tracks {list(indices)} cannot play the part {part}")
    if part == "drums":
        loudest = {
            (note.start_step, note.pitch): replace(
                note, end_step=note.start_step + 1, instrument=DRUM_INSTRUMENT
            )
            for note in sorted(notes, key=lambda note: note.velocity)
        }
        return list(loudest.values())
    if is_alone:
        return notes
    program, instrument = (
        (BASS_PROGRAM, BASS_INSTRUMENT)
        if part == "bass"
        else (MELODY_PROGRAM, MELODY_INSTRUMENT)
    )
    return [replace(note, program=program, instrument=instrument) for note in notes]


def _track(song: Song, index: int) -> Track:
    if not 0 <= index < len(song.tracks):
        raise ValueError(f"no track {index}; the song has {len(song.tracks)}")
    return song.tracks[index]


def _excerpt(
    song: Song, notes: Iterable[Note], start_bar: int, num_bars: int | None
) -> NoteSequence:
    """Bars of a song with some of its notes."""
    song_bars = song.total_steps // STEPS_PER_BAR
    if not 0 <= start_bar < song_bars or (num_bars is not None and num_bars < 1):
        raise ValueError(
            f"no {num_bars} bars from bar {start_bar}; the song has {song_bars}"
        )
    tune = sequence(notes, total_steps=song.total_steps, qpm=song.qpm, title=song.title)
    return slice_bars(tune, start_bar, num_bars or song_bars - start_bar)
