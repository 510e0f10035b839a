"""A tune as the dock plays it: what a listener set goes into what is kept.

**Conventions.** `Sound` is everything the listener can set that changes the notes of a
file or how they sound; None is the tune's own value. The same steps are taken for a
file from the app and for one made again on the command line.
"""

from dataclasses import dataclass, replace
from typing import Final

from explorer import examples
from explorer.after_effects import drone_on, likely_tonic, rearranged, tonic_of
from explorer.encodings import EncodingName
from explorer.notes import Note, NoteSequence, with_loop
from explorer.trio import part_of

HAS_BASS: Final[EncodingName] = "trio"


@dataclass(frozen=True, kw_only=True)
class Sound:
    """How a tune is played."""

    qpm: float | None = None  # quarter notes per minute
    program: int | None = None  # General MIDI program of the melody
    instrument: str | None = None  # its name in the sound bank
    beat: str | None = None  # title of the beat under a melody
    key: str | None = None  # that all notes stay in
    octave: int = 0
    drone: bool = False


def as_heard(tune: NoteSequence, sound: Sound, encoding: EncodingName) -> NoteSequence:
    """The tune with its tempo, instrument, key, octave, beat and drone.

    Raises
    ------
    ValueError
        If the key or the beat is none there is.
    """
    heard = rearranged(
        tune, key=sound.key, octave=sound.octave, has_bass=encoding == HAS_BASS
    )
    notes = tuple(
        replace(note, program=sound.program)
        if sound.program is not None and _is_melody(note, encoding)
        else note
        for note in heard.notes
    )
    heard = replace(heard, notes=notes, qpm=sound.qpm or tune.qpm)
    for loop in (beat_under(heard, sound), drone_under(heard, sound, encoding)):
        heard = heard if loop is None else with_loop(heard, loop)
    return heard


def beat_under(tune: NoteSequence, sound: Sound) -> NoteSequence | None:
    """The beat to put under a tune; music with drums of its own gets none."""
    if sound.beat is None or any(note.is_drum for note in tune.notes):
        return None
    known = {beat.title: beat.tune for beat in examples.beat_loops()}
    if sound.beat not in known:
        raise ValueError(
            f"there is no beat {sound.beat!r}; beats are {', '.join(known)}"
        )
    return known[sound.beat]


def drone_under(
    tune: NoteSequence, sound: Sound, encoding: EncodingName
) -> NoteSequence | None:
    """The drone to hold under a tune, on the key's tonic or the tune's own."""
    if not sound.drone or encoding == "drums":
        return None
    tonic = tonic_of(sound.key) if sound.key else likely_tonic(tune.notes)
    return None if tonic is None else drone_on(tonic)


def _is_melody(note: Note, encoding: EncodingName) -> bool:
    """Whether the dock's instrument plays a note; a tune alone may be low as a bass."""
    return part_of(note) == "melody" if encoding == HAS_BASS else not note.is_drum
