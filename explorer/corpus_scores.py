"""Melody lines of MusicXML and ABC, read with music21.

Ties are joined, grace and cue notes and chord symbols skipped, and of a chord or of
several voices the top note kept. Of an instrument on several staves only the upper
one is read. Repeats, pickups and metres are the business of `corpus_bars`.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import Any, TypeAlias
from xml.etree import ElementTree

from explorer.corpus import Extract, Line
from explorer.corpus_bars import Bar, BarNote, cut_sections, play_order
from explorer.errors import DataError

MAX_SCORE_BYTES = 100_000_000  # of MusicXML once unzipped

Music21: TypeAlias = Any  # its objects have no types

_FINEST = 96  # no time in a score is finer than this part of a quarter
_SOUNDING_NOTATIONS = frozenset({"tied", "tuplet"})
_SILENT = frozenset(
    {
        "accidental",
        "beam",
        "bookmark",
        "credit",
        "defaults",
        "direction",
        "figured-bass",
        "harmony",
        "instrument",
        "link",
        "listen",
        "lyric",
        "play",
        "print",
        "sound",
        "stem",
    }
)


def read_score(data: bytes, suffix: str) -> Extract:
    """Lines of a MusicXML file's bytes; ".mxl" is the zipped kind.

    Raises
    ------
    DataError
        If music21 is not installed, or a zipped file holds no score or a huge one.
    """
    importer = load_music21().musicxml.xmlToM21.MusicXMLImporter()
    root = ElementTree.fromstring(unzipped(data) if suffix == ".mxl" else data)
    drop_what_has_no_sound(root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importer.xmlRootToScore(root, importer.stream)
        score = importer.stream
        return _lines(score, title=_score_title(score), number="")


def read_abc(data: bytes) -> Extract:
    """Lines of every tune in an ABC file's bytes (utf-8, or else latin-1).

    Raises
    ------
    DataError
        If music21 is not installed.
    """
    music21 = load_music21()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    lines: list[Line] = []
    left_out: list[tuple[str, str]] = []
    for number, title, tune in split_abc(text):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                score = music21.converter.parseData(tune, format="abc")
                extract = _lines(score, title=title, number=number)
        except Exception as error:  # music21 raises many kinds on a broken tune
            reason = f"not readable: {type(error).__name__}"
            left_out.append((f"{number} {title}", reason))
            continue
        lines += extract.lines
        left_out += extract.left_out
    return Extract(lines=tuple(lines), left_out=tuple(left_out))


def split_abc(text: str) -> Iterator[tuple[str, str, str]]:
    """(number, title, text) of each tune in an ABC file."""
    text = text.replace("\r\n", "\n")
    for tune in re.split(r"^(?=X:)", text, flags=re.MULTILINE):
        if not tune.startswith("X:"):
            continue
        number = tune[2:].split("\n", 1)[0].split("%")[0].strip()
        title = re.search(r"^T:\s*(.*)$", tune, flags=re.MULTILINE)
        yield number, title[1].split("%")[0].strip() if title else "", tune


def load_music21() -> Music21:
    """The library that reads scores, loaded when it is first asked for: it is slow."""
    import music21

    return music21


def unzipped(data: bytes) -> bytes:
    """The MusicXML in a zipped score."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            name = info.filename.lower()
            if name.startswith("meta-inf") or not name.endswith((".xml", ".musicxml")):
                continue
            if info.file_size > MAX_SCORE_BYTES:
                raise DataError(
                    f"the score unzips to {info.file_size // 1_000_000} MB; at most "
                    f"{MAX_SCORE_BYTES // 1_000_000} MB are read"
                )
            return archive.read(info)
    raise DataError("the .mxl archive holds no MusicXML file")


def drop_what_has_no_sound(
    root: ElementTree.Element, *, keep: Collection[str] = ()
) -> None:
    """Take out words, marks and layout; music21 then reads twice as fast.

    Tempo and percussion are among them, unless `keep` names their elements.
    """
    for parent in root.iter():
        in_notations = parent.tag == "notations"
        for child in list(parent):
            if child.tag in keep:
                continue
            if child.tag in _SILENT or (
                in_notations and child.tag not in _SOUNDING_NOTATIONS
            ):
                parent.remove(child)


def _score_title(score: Music21) -> str:
    """The work's title and the movement's, once if they are the same."""
    if score.metadata is None:
        return ""
    names = (score.metadata.title, score.metadata.movementName)
    return ": ".join(dict.fromkeys(n.strip() for n in names if n and n.strip()))


def _lines(score: Music21, *, title: str, number: str) -> Extract:
    lines: list[Line] = []
    left_out: list[tuple[str, str]] = []
    seen: set[str] = set()  # instruments on several staves
    for index, part in enumerate(score.parts):
        staff = "only"
        if type(part).__name__ == "PartStaff":
            instrument = str(part.id).split("-Staff")[0]
            if instrument in seen:
                continue
            seen.add(instrument)
            staff = "upper"
        name = str(part.partName or "")
        bars = _bars(part)
        sections, reason = cut_sections([bars[i] for i in play_order(bars)])
        if reason or not sections:
            label = " ".join(filter(None, (number, title, name)))
            left_out.append((label, reason or "no full bar found"))
        if sections:
            line = Line(
                title=title,
                number=number,
                part=index,
                part_name=name,
                staff=staff,
                sections=sections,
            )
            lines.append(line)
    return Extract(lines=tuple(lines), left_out=tuple(left_out))


def _bars(part: Music21) -> list[Bar]:
    measures = list(part.getElementsByClass("Measure"))
    if not measures:
        return []
    endings: dict[int, set[int]] = {}
    for bracket in part.recurse().getElementsByClass("RepeatBracket"):
        for measure in bracket.getSpannedElements():
            endings.setdefault(id(measure), set()).update(bracket.numberRange)
    last = measures[-1]
    ends = [m.offset for m in measures[1:]]
    ends.append(last.offset + last.duration.quarterLength)
    bars = []
    meter = "4/4"
    for measure, end in zip(measures, ends, strict=True):
        if measure.timeSignature is not None:
            meter = measure.timeSignature.ratioString
        bar = Bar(
            meter=meter,
            quarters=_quarters(end - measure.offset),
            notes=tuple(_bar_notes(measure)),
            starts_repeat=getattr(measure.leftBarline, "direction", None) == "start",
            ends_repeat=getattr(measure.rightBarline, "direction", None) == "end",
            endings=frozenset(endings.get(id(measure), ())),
        )
        bars.append(bar)
    return bars


def _bar_notes(measure: Music21) -> Iterator[BarNote]:
    voices = [(0, measure), *((voice.offset, voice) for voice in measure.voices)]
    for shift, voice in voices:
        for element in voice.notes:
            if element.duration.isGrace or element.classSet & {"Harmony", "Unpitched"}:
                continue
            if element.hasStyleInformation and element.style.noteSize == "cue":
                continue
            pitched = [
                note
                for note in (element.notes if element.isChord else (element,))
                if hasattr(note, "pitch")
            ]
            if not pitched:
                continue
            top = max(pitched, key=lambda note: note.pitch.midi)
            tie = top.tie or element.tie
            start = _quarters(shift + element.offset)
            yield BarNote(
                pitch=int(top.pitch.midi),
                start=start,
                end=start + _quarters(element.quarterLength),
                is_tied_on=tie is not None and tie.type in ("stop", "continue"),
            )


def _quarters(length: float | Fraction) -> Fraction:
    return Fraction(length).limit_denominator(_FINEST)
