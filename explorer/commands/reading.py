"""What the commands read of a music file: the parts that a model writes.

A model of melodies reads one track, one of drums all drum tracks together or one, and
one of trios a track for the melody, one for the bass and the drums.
"""

from collections.abc import Sequence
from pathlib import Path

from explorer import midi
from explorer.encodings import PartName
from explorer.errors import ConversionError, ExplorerError
from explorer.notes import STEPS_PER_BAR, NoteSequence
from explorer.song import PartTracks, Song, guess_tracks, lacks, parts_tune
from explorer.trained_model import TrainedModel


def named_parts(parts: Sequence[PartName]) -> str:
    """Parts in a sentence: "melody, bass and drums"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def read_phrase(
    path: Path, model: TrainedModel, tracks: Sequence[int] | None, bar: int | None
) -> NoteSequence:
    """The part of a file that the model reads, from `bar` on.

    Parameters
    ----------
    path
        A MIDI file.
    model
        What reads it.
    tracks
        One for each part of the model, in their order; by default the likeliest.
    bar
        Counted from 0, which is the default.

    Raises
    ------
    MidiError
        If the file cannot be read.
    ConversionError
        If it has no such track or bar, or lacks what the model reads.
    """
    song = read_song(path)
    num_bars = song.total_steps // STEPS_PER_BAR
    chosen = _tracks(song, model, tracks, path)
    if (bar or 0) >= num_bars:
        raise ConversionError(
            f"{path.name} has {num_bars} bars, so --bar can be 0 to {num_bars - 1}; "
            f"it is {bar}."
        )
    return parts_tune(song, chosen, bar or 0, model.num_bars)


def _tracks(
    song: Song, model: TrainedModel, given: Sequence[int] | None, path: Path
) -> PartTracks:
    """The tracks of each part that the model reads."""
    parts = [part.name for part in model.music.parts]
    if given is None:
        if lack := lacks(song, parts):
            raise ConversionError(
                f"{path.name} has {lack}, and {model.name} reads {named_parts(parts)}. "
                "Choose another file or another checkpoint."
            )
        return guess_tracks(song, parts)
    if len(given) != len(parts):
        raise ConversionError(
            f"{model.name} reads {named_parts(parts)}, so --track takes "
            f"{'one number' if len(parts) == 1 else f'{len(parts)} with commas'}; "
            f"it has {len(given)}."
        )
    for part, track in zip(parts, given, strict=True):
        is_drum = song.tracks[track_index(song, track, path)].is_drum
        if is_drum != (part == "drums"):
            raise ConversionError(
                f"Track {track} of {path.name} {'is' if is_drum else 'is not'} drums, "
                f"so it cannot be the {part}. Choose another with --track."
            )
    return {part: (track,) for part, track in zip(parts, given, strict=True)}


def read_song(path: Path) -> Song:
    """The song in a MIDI file.

    Raises
    ------
    MidiError
        If the file cannot be read.
    """
    return midi.read_midi(midi.file_bytes(path), name=path.name)


def read_bytes(path: Path, most: int) -> bytes:
    """A file of this program's own; of a larger one than it writes, `most` + 1 bytes.

    Raises
    ------
    ExplorerError
        If the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise ExplorerError(
            f"{path} could not be read: {error.strerror or 'it cannot be opened'}. "
            "Check the path."
        ) from error


def track_index(song: Song, track: int, path: Path) -> int:
    """The track a person means by its number.

    Raises
    ------
    ConversionError
        If the song has no such track.
    """
    if track >= len(song.tracks):
        raise ConversionError(
            f"{path.name} has {len(song.tracks)} tracks, so --track can be 0 to "
            f"{len(song.tracks) - 1}; it is {track}."
        )
    return track
