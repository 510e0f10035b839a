"""Chord symbols of lead sheets in MusicXML, on the same bars as their melodies.

Read with the standard library alone. A chord holds until the next one, over bar lines
too; played out, cut and put on the grid by `corpus_bars`, its sections are those of
the melody read from the same file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from xml.etree import ElementTree

from explorer.corpus_bars import Bar, BarNote, cut_sections, play_order
from explorer.corpus_scores import unzipped

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHAPES = (  # start of MusicXML's word for a kind, semitones of third and fifth
    ("major-minor", (3, 7)),
    ("minor", (3, 7)),
    ("half-diminished", (3, 6)),
    ("diminished", (3, 6)),
    ("augmented", (4, 8)),
    ("suspended-second", (2, 7)),
    ("suspended-fourth", (5, 7)),
    ("power", (7, 7)),
    ("", (4, 7)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chord:
    """What a bass player needs of a chord symbol."""

    root: int  # pitch class, 0 is C
    bass: int  # pitch class of the lowest note, of C/G 7
    third: int  # semitones above the root; of a suspended chord what stands for it
    fifth: int  # semitones above the root


@dataclass(frozen=True, slots=True, kw_only=True)
class ChordSpan:
    """A chord and the steps for which it holds."""

    chord: Chord
    start_step: int
    end_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChordSection:
    """The chords of a stretch of whole 4/4 bars."""

    first_bar: int
    num_steps: int
    spans: tuple[ChordSpan, ...]  # in order of time; there may be gaps


def read_chords(data: bytes, suffix: str) -> tuple[ChordSection, ...]:
    """Chords of the first part of a MusicXML file's bytes; ".mxl" is the zipped kind.

    Raises
    ------
    DataError
        If a zipped file holds no score or a huge one.
    xml.etree.ElementTree.ParseError, ValueError
        If the score is damaged.
    """
    root = ElementTree.fromstring(unzipped(data) if suffix == ".mxl" else data)
    part = root.find("part")
    if part is None:
        return ()
    chords: list[Chord] = []  # a chord goes through the bars as a note of its place
    bars = list(_bars(part, chords))
    sections, _ = cut_sections([bars[i] for i in play_order(bars)])
    return tuple(
        ChordSection(
            first_bar=section.first_bar,
            num_steps=section.num_steps,
            spans=tuple(
                ChordSpan(
                    chord=chords[note.pitch],
                    start_step=note.start_step,
                    end_step=note.end_step,
                )
                for note in section.notes
            ),
        )
        for section in sections
    )


def _bars(part: ElementTree.Element, chords: list[Chord]) -> Iterator[Bar]:
    """Written bars whose notes are indices into `chords`, which is filled."""
    divisions = 1
    meter = "4/4"
    held: int | None = None  # index of the chord that is in force
    endings: frozenset[int] = frozenset()
    for measure in part.iter("measure"):
        divisions = int(measure.findtext("attributes/divisions") or divisions)
        beats = measure.findtext("attributes/time/beats")
        if beats is not None:
            meter = f"{beats}/{measure.findtext('attributes/time/beat-type')}"
        changes, quarters = _changes(measure, divisions)
        spans = []
        starts = [Fraction(0), *(start for start, _ in changes)]
        for index, end in enumerate([*starts[1:], quarters]):
            if index:
                held = _place(changes[index - 1][1], chords)
            if held is not None and starts[index] < end:
                spans.append(BarNote(pitch=held, start=starts[index], end=end))
        started = measure.find("barline/ending[@type='start']")
        if started is not None:
            numbers = re.findall(r"\d+", started.get("number", ""))
            endings = frozenset(map(int, numbers))
        yield Bar(
            meter=meter,
            quarters=quarters,
            notes=tuple(spans),
            starts_repeat=_has(measure, "repeat[@direction='forward']"),
            ends_repeat=_has(measure, "repeat[@direction='backward']"),
            endings=endings,
        )
        if _has(measure, "ending[@type='stop']", "ending[@type='discontinue']"):
            endings = frozenset()


def _changes(
    measure: ElementTree.Element, divisions: int
) -> tuple[list[tuple[Fraction, Chord | None]], Fraction]:
    """((quarters from the bar line, chord or none) in order, quarters of the bar)."""
    now = longest = 0
    found: list[tuple[Fraction, Chord | None]] = []
    for element in measure:
        if element.tag == "harmony":
            place = now + int(element.findtext("offset") or 0)
            found.append((Fraction(max(place, 0), divisions), _chord(element)))
            continue
        duration = int(element.findtext("duration") or 0)
        if element.tag == "backup":
            now -= duration
        elif element.tag == "forward" or (
            element.tag == "note" and element.find("chord") is None
        ):
            now += duration
        longest = max(longest, now)
    quarters = Fraction(longest, divisions)
    found.sort(key=lambda change: change[0])
    return [change for change in found if change[0] < quarters], quarters


def _chord(harmony: ElementTree.Element) -> Chord | None:
    """None where the symbol says that no chord is played."""
    kind = (harmony.findtext("kind") or "").strip()
    root = _pitch_class(harmony, "root")
    if kind == "none" or root is None:
        return None
    third, fifth = next(s for word, s in _SHAPES if kind.startswith(word))
    for degree in harmony.iter("degree"):
        if degree.findtext("degree-value") == "5":
            fifth += int(degree.findtext("degree-alter") or 0)
    bass = _pitch_class(harmony, "bass")
    return Chord(
        root=root, bass=root if bass is None else bass, third=third, fifth=fifth
    )


def _pitch_class(harmony: ElementTree.Element, what: str) -> int | None:
    step = harmony.findtext(f"{what}/{what}-step")
    if step is None:
        return None
    alter = harmony.findtext(f"{what}/{what}-alter") or 0
    return (_STEPS[step.strip()] + int(float(alter))) % 12


def _place(chord: Chord | None, chords: list[Chord]) -> int | None:
    """Index of the chord, which is added if it is new."""
    if chord is None:
        return None
    if chord not in chords:
        chords.append(chord)
    return chords.index(chord)


def _has(measure: ElementTree.Element, *marks: str) -> bool:
    return any(measure.find(f"barline/{mark}") is not None for mark in marks)
