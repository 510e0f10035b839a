"""A song: what is kept of a music file, and the tune a person takes from it."""

import itertools
from dataclasses import dataclass

from explorer.notes import STEPS_PER_BAR, Note, NoteSequence, sequence, slice_bars

_BASS_PROGRAMS = range(32, 40)
_PERCUSSIVE_PROGRAMS = range(112, 128)
_MELODY_NAMES = ("melod", "vocal", "voice", "lead", "solo", "sing", "sopran", "tune")
_OTHER_NAMES = ("bass", "chord", "pad", "drum", "perc", "accomp", "left", "rhythm")


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
    """All that is kept of a MIDI file."""

    title: str  # the file's name without its ending
    tracks: tuple[Track, ...]  # at least one
    qpm: float  # the tempo that holds for most of the song, quarter notes a minute
    meters: tuple[Meter, ...]  # the first at step 0
    total_steps: int  # whole 4/4 bars
    duration_seconds: float  # with the file's own tempo changes
    warnings: tuple[str, ...]  # sentences for the screen

    @property
    def num_notes(self) -> int:
        """Notes in all tracks."""
        return sum(len(track.notes) for track in self.tracks)


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
    notes = track.notes
    alone = sum(
        note.end_step <= following.start_step
        for note, following in itertools.pairwise(notes)
    )
    mean_pitch = sum(note.pitch for note in notes) / len(notes)
    outside = max(60 - mean_pitch, mean_pitch - 84, 0)
    name = track.name.lower()
    score = (alone + 1) / len(notes)
    score += max(1 - outside / 12, -1)
    score += min(4 * len(notes) / most, 1)
    score += any(word in name for word in _MELODY_NAMES)
    score -= any(word in name for word in _OTHER_NAMES)
    score -= track.program in _BASS_PROGRAMS or track.program in _PERCUSSIVE_PROGRAMS
    return score


def track_tune(
    song: Song, index: int, start_bar: int = 0, num_bars: int | None = None
) -> NoteSequence:
    """One track of a song, or `num_bars` bars of it from `start_bar` on, as a tune.

    Raises
    ------
    ValueError
        If there is no such track or bar.
    """
    if not 0 <= index < len(song.tracks):
        raise ValueError(f"no track {index}; the song has {len(song.tracks)}")
    song_bars = song.total_steps // STEPS_PER_BAR
    if not 0 <= start_bar < song_bars or (num_bars is not None and num_bars < 1):
        raise ValueError(
            f"no {num_bars} bars from bar {start_bar}; the song has {song_bars}"
        )
    tune = sequence(
        song.tracks[index].notes,
        total_steps=song.total_steps,
        qpm=song.qpm,
        title=song.title,
    )
    return slice_bars(tune, start_bar, num_bars or song_bars - start_bar)
