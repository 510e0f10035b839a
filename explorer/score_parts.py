"""Staves and bars of a score that music21 has read, as notes on the grid.

Times are in quarters, as fractions, because triplets are not binary.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from explorer import caps, midi
from explorer.corpus_bars import Bar
from explorer.corpus_scores import Music21
from explorer.errors import MidiError
from explorer.notes import STEPS_PER_QUARTER, Note

_DRUM_CHANNEL = 9  # counted from 0
_USUAL_VELOCITY = 80
_FINEST = 96  # no time in a score is finer than this part of a quarter
_STAFF_DRUMS: Final = {  # where a drum kit is usually written: the pitch that sounds
    "D4": 44,
    "F4": 36,
    "A4": 45,
    "C5": 38,
    "D5": 48,
    "E5": 50,
    "F5": 51,
    "G5": 42,
    "A5": 49,
}


@dataclass(kw_only=True)
class Part:
    """One staff of a score while it is read."""

    name: str
    program: int
    is_drum: bool
    transposition: int  # semitones from what is written to what sounds
    measures: list[Music21]
    notes: list[Note] = field(default_factory=list)
    latest: dict[int, int] = field(default_factory=dict)  # of a pitch, in `notes`


def read_part(music21: Music21, part: Music21, score: Music21) -> Part:
    """A staff: its name, its instrument and its measures."""
    instrument = part.getInstrument(returnDefault=False)
    name = midi.clean_text(str(part.partName or ""))
    program: int | None = None if instrument is None else instrument.midiProgram
    if program is None and name:
        try:
            program = music21.instrument.fromString(name).midiProgram
        except music21.exceptions21.Music21Exception:
            program = None
    elements = list(part.recurse().notes)
    is_drum = (instrument is not None and instrument.midiChannel == _DRUM_CHANNEL) or (
        bool(elements) and all(map(_is_unpitched, elements))
    )
    if type(part).__name__ == "PartStaff":
        staves = [p for p in score.parts if p.partName == part.partName]
        number = next(i for i, p in enumerate(staves, 1) if p is part)
        name = f"{name or 'Part'}, staff {number}"
    moves = getattr(instrument, "transposition", None)
    measures = list(part.getElementsByClass("Measure"))
    if not measures and elements:
        measures = list(part.makeMeasures().getElementsByClass("Measure"))
    return Part(
        name=name,
        program=0 if is_drum or program is None else min(max(program, 0), 127),
        is_drum=is_drum,
        transposition=0 if moves is None else round(moves.semitones),
        measures=measures,
    )


def _is_unpitched(element: Music21) -> bool:
    return not {"Unpitched", "PercussionChord"}.isdisjoint(element.classes)


def read_bars(parts: Sequence[Sequence[Music21]], score: Music21) -> list[Bar]:
    """The written bars of all parts together, without their notes."""
    endings: dict[int, set[int]] = {}
    for bracket in score.recurse().getElementsByClass("RepeatBracket"):
        for measure in bracket.getSpannedElements():
            endings.setdefault(id(measure), set()).update(bracket.numberRange)
    bars: list[Bar] = []
    meter = "4/4"
    for index in range(max(map(len, parts), default=0)):
        together = [
            (
                measures[index],
                measures[index + 1] if index + 1 < len(measures) else None,
            )
            for measures in parts
            if index < len(measures)
        ]
        signatures = [m.timeSignature for m, _ in together if m.timeSignature]
        meter = signatures[0].ratioString if signatures else meter
        bars.append(
            Bar(
                meter=meter,
                quarters=max(
                    _quarters(
                        measure.duration.quarterLength
                        if following is None
                        else following.offset - measure.offset
                    )
                    for measure, following in together
                ),
                starts_repeat=any(
                    getattr(m.leftBarline, "direction", None) == "start"
                    for m, _ in together
                ),
                ends_repeat=any(
                    getattr(m.rightBarline, "direction", None) == "end"
                    for m, _ in together
                ),
                endings=frozenset().union(
                    *(endings.get(id(m), set()) for m, _ in together)
                ),
            )
        )
    return bars


def pickup(bars: Sequence[Bar]) -> Fraction:
    """Quarters of silence before a first bar that is shorter than its metre."""
    if not bars:
        return Fraction(0)
    return max(_meter_quarters(bars[0].meter) - bars[0].quarters, Fraction(0))


def _meter_quarters(meter: str) -> Fraction:
    numerator, denominator = map(int, meter.split("/"))
    return Fraction(4 * numerator, denominator)


def add_notes(part: Part, measure: Music21, bar_start: Fraction, shown: str) -> bool:
    """Add a measure's notes to its part; whether drums were guessed by their lines.

    Raises
    ------
    MidiError
        If the part then has more notes than may be read.
    """
    guessed = False
    for offset, element, written in _sounding(measure):
        pitch, is_guess = _pitch(part, written)
        if pitch is None or not 0 <= pitch <= 127:
            continue
        guessed |= is_guess
        start = step_at(bar_start + offset)
        end = step_at(bar_start + offset + _quarters(element.quarterLength))
        end = max(end, start + 1)
        tie = written.tie or element.tie
        before = part.latest.get(pitch)
        if tie is not None and tie.type in ("stop", "continue") and before is not None:
            held = part.notes[before]
            if held.end_step == start:
                part.notes[before] = replace(held, end_step=end)
                continue
        part.latest[pitch] = len(part.notes)
        part.notes.append(
            Note(
                pitch=pitch,
                start_step=start,
                end_step=end,
                velocity=_velocity(written),
                program=part.program,
                is_drum=part.is_drum,
            )
        )
    if len(part.notes) > caps.MAX_NOTES:
        raise MidiError(
            f"{shown} has more than {caps.MAX_NOTES:,} notes with its repeats, the "
            "most that can be read. Choose a smaller file."
        )
    return guessed


def _velocity(note: Music21) -> int:
    loudness = note.volume.velocity
    if loudness is None:
        return _USUAL_VELOCITY
    return min(max(round(loudness), 1), 127)


def _sounding(measure: Music21) -> Iterator[tuple[Fraction, Music21, Music21]]:
    """(quarters from the bar line, what is written, each note of it), in time order."""
    found = [
        (_quarters(shift + element.offset), element)
        for shift, voice in [(0, measure), *((v.offset, v) for v in measure.voices)]
        for element in voice.notes
    ]
    for offset, element in sorted(found, key=lambda pair: pair[0]):
        if element.duration.isGrace or "Harmony" in element.classes:
            continue
        if element.hasStyleInformation and element.style.noteSize == "cue":
            continue
        is_many = "ChordBase" in element.classes
        for note in element.notes if is_many else (element,):
            yield offset, element, note


def _pitch(part: Part, note: Music21) -> tuple[int | None, bool]:
    """(what sounds, whether it was guessed); None for what has no sound here."""
    if "Unpitched" not in note.classes:
        return int(note.pitch.midi) + (0 if part.is_drum else part.transposition), False
    if not part.is_drum:
        return None, False
    sound = getattr(note.storedInstrument, "percMapPitch", None)
    if sound is not None:
        return int(sound), False
    return _STAFF_DRUMS.get(note.displayPitch().nameWithOctave), True


def _quarters(length: float | Fraction) -> Fraction:
    """A time as an exact number of quarters, no finer than a score has it."""
    return Fraction(length).limit_denominator(_FINEST)


def step_at(quarters: Fraction) -> int:
    """The nearest sixteenth; halves go up."""
    return int((2 * quarters * STEPS_PER_QUARTER + 1) // 2)
