"""Sheet music of a tune: MusicXML, written by music21.

**Conventions.** A staff for each track: melody, bass, drone; drums on a percussion
staff of their own. Steps are sixteenths, a quarter of music21's quarter length. The
same tune gives the same bytes.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from explorer.corpus_scores import load_music21
from explorer.drums import CLASS_MAPS, DRUM_NAMES
from explorer.midi import DRUM_KIT, instrument_name, spelled_in_ascii
from explorer.musical_key import guess_key
from explorer.notes import STEPS_PER_QUARTER, Note, NoteSequence

SNARE: Final = DRUM_NAMES.index("snare")  # what no class has stands there
LOW: Final = 57  # mean pitch below which a staff has the bass clef, A3
STAVES: Final[dict[str, tuple[str, str]]] = {  # where each drum stands, and its head
    "kick": ("F4", "normal"),
    "snare": ("C5", "normal"),
    "closed hi-hat": ("G5", "x"),
    "open hi-hat": ("G5", "circle-x"),
    "low tom": ("A4", "normal"),
    "mid tom": ("D5", "normal"),
    "high tom": ("E5", "normal"),
    "crash": ("A5", "x"),
    "ride": ("F5", "x"),
}
_CHANCE = re.compile(rb"\s*<encoding-date>[^<]*</encoding-date>")


def key_of(tune: NoteSequence) -> str | None:
    """The key a tune is likely in, long notes counting more; None without pitches."""
    profile = np.zeros(12)
    for note in tune.notes:
        if not note.is_drum:
            profile[note.pitch % 12] += note.end_step - note.start_step
    return guess_key(profile) or None


def write_score(
    tune: NoteSequence, *, title: str, composer: str, key: str | None
) -> bytes:
    """A MusicXML file.

    Parameters
    ----------
    tune
        Whole bars of 4/4.
    title
        Stands above the music.
    composer
        Stands to the right of it: where the music comes from.
    key
        Of the key signature, as "G major"; None has no signature.
    """
    music21 = load_music21()
    score = music21.stream.Score(id="score")
    score.metadata = music21.metadata.Metadata(
        title=title, movementName=title, composer=composer
    )
    staves: dict[tuple[int, int, bool], list[Note]] = defaultdict(list)
    for note in tune.notes:
        staves[note.instrument, note.program, note.is_drum].append(note)
    for number, (place, notes) in enumerate(sorted(staves.items()), start=1):
        score.insert(0, _staff(number, notes, place[1], tune, key))
    exporter = music21.musicxml.m21ToXml.GeneralObjectExporter(score)
    data: bytes = exporter.parse()
    return _CHANCE.sub(b"", data)


def _staff(
    number: int,
    notes: Sequence[Note],
    program: int,
    tune: NoteSequence,
    key: str | None,
) -> Any:  # noqa: ANN401 (music21 has no types)
    music21 = load_music21()
    is_drum = notes[0].is_drum
    part = music21.stream.Part(id=f"P{number}")
    player: Any = (
        music21.instrument.UnpitchedPercussion()
        if is_drum
        else music21.instrument.instrumentFromMidiProgram(program)
    )
    player.partId = part.id
    player.instrumentId = f"I{number}"
    player.partName = DRUM_KIT if is_drum else instrument_name(program)
    part.insert(0, player)
    part.insert(0, music21.clef.clefFromString(_clef(notes, is_drum=is_drum)))
    if key and not is_drum:
        part.insert(0, music21.key.Key(*_tonic_and_mode(key)))
    part.insert(0, music21.meter.TimeSignature("4/4"))
    if number == 1:
        part.insert(0, music21.tempo.MetronomeMark(number=round(tune.qpm, 2)))
    for sound in _sounds(notes, is_drum=is_drum):
        part.insert(sound)
    end = tune.total_steps / STEPS_PER_QUARTER
    if part.highestTime < end:
        rest = music21.note.Rest(quarterLength=end - part.highestTime)
        part.insert(part.highestTime, rest)
    return part.makeNotation()


def _clef(notes: Sequence[Note], *, is_drum: bool) -> str:
    if is_drum:
        return "percussion"
    mean = sum(note.pitch for note in notes) / len(notes)
    return "bass" if mean < LOW else "treble"


def _tonic_and_mode(key: str) -> tuple[str, str]:
    """A key as music21 spells it: "B-" and "minor" of B flat minor."""
    tonic, mode = spelled_in_ascii(key).split(" ")
    return tonic[0] + tonic[1:].replace("b", "-"), mode


def _sounds(notes: Sequence[Note], *, is_drum: bool) -> list[Any]:
    """Notes and chords of music21, each at its offset."""
    music21 = load_music21()

    together: dict[tuple[int, int], list[Note]] = defaultdict(list)
    for note in notes:
        together[note.start_step, note.end_step].append(note)
    sounds = []
    for (start, end), group in sorted(together.items()):
        length = (end - start) / STEPS_PER_QUARTER
        if is_drum:
            hits = [_hit(note, length) for note in group]
            sound = (
                hits[0] if len(hits) == 1 else music21.percussion.PercussionChord(hits)
            )
        elif len(group) == 1:
            sound = music21.note.Note(group[0].pitch)
        else:
            sound = music21.chord.Chord(sorted({note.pitch for note in group}))
        sound.quarterLength = length
        sound.offset = start / STEPS_PER_QUARTER
        sounds.append(sound)
    return sounds


def _hit(note: Note, length: float) -> Any:  # noqa: ANN401 (music21 has no types)
    """One drum where a drummer looks for it."""
    music21 = load_music21()

    drum = CLASS_MAPS["today"].get(note.pitch, SNARE)
    place, head = STAVES[DRUM_NAMES[drum]]
    hit = music21.note.Unpitched(displayName=place, quarterLength=length)
    hit.notehead = head
    return hit
