"""What a listener sets without touching the code: a key, octaves, a drone.

The browser does the same while it plays (`explorer/ui/player/scales.js`);
`tests/data/after_effects.json` is what both are tested against.

**Conventions.** A key is named by tonic and mode, "C major" to "B minor"; minor is the
natural one. Drums are never moved, and the octave is the melody's alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from explorer.notes import Note, NoteSequence, sequence
from explorer.trio import part_of

TONICS: Final = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
MODES: Final = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
KEYS: Final = tuple(f"{tonic} {mode}" for mode in MODES for tonic in TONICS)
MOST_OCTAVES: Final = 2
LOWEST: Final = 21  # pitches of a piano
HIGHEST: Final = 108
STRINGS: Final = 48  # General MIDI program of the drone
_FIT: Final = (  # how much a degree, in semitones above the tonic, belongs to a key
    (4, 0, 2, 0, 3, 2, 0, 3, 0, 2, 0, 1),
    (4, 0, 2, 3, 0, 2, 0, 3, 2, 0, 2, 1),
)


def in_key(pitch: int, key: str | None) -> int:
    """The pitch of the key that is nearest, the lower of two; None is every pitch."""
    if key is None:
        return pitch
    tonic, mode = key.split(" ")
    root, degrees = TONICS.index(tonic), MODES[mode]
    if (pitch - root) % 12 in degrees:
        return pitch
    return pitch - 1 if (pitch - 1 - root) % 12 in degrees else pitch + 1


def shifted(pitch: int, octaves: int) -> int:
    """A pitch some octaves higher; as many fewer as the piano has keys for."""
    moved = pitch + 12 * octaves
    while moved > HIGHEST and moved > pitch:
        moved -= 12
    while moved < LOWEST and moved < pitch:
        moved += 12
    return moved


def rearranged(
    tune: NoteSequence, *, key: str | None, octave: int, has_bass: bool
) -> NoteSequence:
    """The tune in another key and octave.

    Parameters
    ----------
    tune
        What to move.
    key
        One of KEYS; None leaves the pitches.
    octave
        Octaves up, of the melody.
    has_bass
        Whether low programs are a bass part, not a melody that lies low.

    Raises
    ------
    ValueError
        If the key is none of KEYS.
    """
    if key is not None and key not in KEYS:
        raise ValueError(f"{key!r} is no key; keys are {KEYS[0]!r} to {KEYS[-1]!r}")
    if key is None and octave == 0:
        return tune

    def moved(note: Note) -> Note:
        if note.is_drum:
            return note
        is_bass = has_bass and part_of(note) == "bass"
        pitch = note.pitch if is_bass else shifted(note.pitch, octave)
        return replace(note, pitch=in_key(pitch, key))

    return replace(tune, notes=tuple(moved(note) for note in tune.notes))


def likely_tonic(notes: Sequence[Note]) -> int | None:
    """Tonic, 0 for C, of the key that notes fit best, long ones more.

    Of equals the lowest; None without pitched notes.
    """
    time = [0] * 12
    for note in notes:
        if not note.is_drum:
            time[note.pitch % 12] += note.end_step - note.start_step
    if not any(time):
        return None
    fits = [
        max(sum(w * time[(tonic + i) % 12] for i, w in enumerate(fit)) for fit in _FIT)
        for tonic in range(12)
    ]
    return fits.index(max(fits))


def tonic_of(key: str) -> int:
    """Tonic of a key, 0 for C."""
    return TONICS.index(key.split(" ")[0])


def drone_on(tonic: int) -> NoteSequence:
    """A bar of root and fifth to hold under a tune; the tonic is 0 for C."""
    root = 36 + (tonic + 5) % 12 + 7  # G2 to F sharp 3: deep, and heard on a laptop
    return sequence(
        [
            Note(
                pitch=pitch,
                start_step=0,
                end_step=16,
                velocity=60,
                program=STRINGS,
                instrument=2,
            )
            for pitch in (root, root + 7)
        ],
        title="Drone",
    )
