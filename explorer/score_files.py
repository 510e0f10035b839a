"""The bytes of a score somebody brings, opened within limits before music21 sees them.

Nothing is unpacked to a disk, nothing is fetched, no entity is expanded, and a number
that would make a reader build a million things is refused with the file.
"""

import io
import re
import zipfile
import zlib
from typing import Final
from xml.etree import ElementTree
from xml.parsers import expat

from explorer import caps
from explorer.errors import MidiError

_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
_BOUNDS: Final[dict[str, tuple[float, float]]] = {  # of what MusicXML counts with
    "actual-notes": (1, 64),
    "alter": (-4, 4),
    "beat-type": (1, 64),
    "chromatic": (-48, 48),
    "diatonic": (-48, 48),
    "divisions": (1, 1_000_000),
    "display-octave": (0, 9),
    "duration": (0, 100_000_000),
    "fifths": (-7, 7),
    "midi-channel": (1, 16),
    "midi-program": (1, 128),
    "midi-unpitched": (1, 128),
    "multiple-rest": (1, 1000),
    "normal-notes": (1, 64),
    "octave": (0, 9),
    "octave-change": (-4, 4),
    "staff": (1, 16),
    "staff-lines": (0, 16),
    "staves": (1, 16),
}
_MOST_BEATS: Final = 64
_LONGEST_NOTE: Final = 256  # in the units of its tune
_LONGEST_ENDING: Final = 8  # numbers of one bracket
_FIELD = re.compile(r"^[A-Za-z+]:|^%", re.MULTILINE)
_METER = re.compile(r"(?:^|\[)M:\s*([^\]\n%]*)", re.MULTILINE)


def opened_xml(data: bytes, shown: str) -> ElementTree.Element:
    """The root of a MusicXML file, zipped or not, fit to be read.

    Parameters
    ----------
    data
        The whole file.
    shown
        Its name as errors have it.

    Raises
    ------
    MidiError
        If it is no MusicXML, is damaged or is over a limit of `explorer.caps`.
    """
    if data.startswith(b"PK"):
        data = _unzipped(data, shown)
    _check(data, shown)
    root = ElementTree.fromstring(data)
    for element in root.iter():
        if problem := _problem(element):
            raise MidiError(
                f"{shown} cannot be used: its {problem} makes no sense. Export it "
                "again from the program that made it."
            )
    return root


def opened_abc(text: str, shown: str) -> None:
    """Refuse one tune of ABC that is too long or counts beyond reason.

    Raises
    ------
    MidiError
        If so.
    """
    if len(text) > caps.MAX_ABC_CHARS:
        raise MidiError(
            f"{shown} has a tune of {len(text):,} letters; at most "
            f"{caps.MAX_ABC_CHARS:,} can be read. Choose a shorter one."
        )
    meters = [int(number) for m in _METER.findall(text) for number in _numbers(m)]
    notes = [line for line in text.splitlines() if not _FIELD.match(line)]
    lengths = [int(number) for line in notes for number in _numbers(line)]
    if max(meters, default=0) > _MOST_BEATS or max(lengths, default=0) > _LONGEST_NOTE:
        raise MidiError(
            f"{shown} cannot be used: a number in it is too large to be a length or "
            "a time signature. Correct it, or choose another."
        )


def _numbers(text: str) -> list[str]:
    """Runs of digits, cut where no sensible one goes on."""
    return re.findall(r"[0-9]{1,9}", text)


def _unzipped(data: bytes, shown: str) -> bytes:
    """The MusicXML in a zipped score, counted while it is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [
                name
                for name in archive.namelist()
                if name.lower().endswith((".xml", ".musicxml"))
                and not name.lower().startswith("meta-inf")
            ]
            if not names:
                raise MidiError(
                    f"{shown} is an archive without MusicXML in it. Choose a file "
                    "whose name ends in .mxl, .musicxml or .xml."
                )
            with archive.open(names[0]) as member:
                content = member.read(caps.MAX_UNZIPPED_BYTES + 1)
    except _ZIP_ERRORS as error:
        raise MidiError(
            f"{shown} is a damaged archive. Export it again from the program that "
            "made it, if you can as .musicxml."
        ) from error
    if len(content) > caps.MAX_UNZIPPED_BYTES:
        raise MidiError(
            f"{shown} unpacks to more than {caps.MAX_UNZIPPED_BYTES // 1_048_576} MB, "
            "the most that is read. Choose a smaller one."
        )
    return content


def _check(data: bytes, shown: str) -> None:
    """Walk through XML once without building anything; refuse what is not a score."""
    depth = elements = notes = 0

    def refuse(why: str) -> None:
        raise MidiError(f"{shown} {why}")

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal depth, elements, notes
        if not elements and tag == "score-timewise":
            refuse("is MusicXML by time, which is not read. Export it part by part.")
        if not elements and tag != "score-partwise":
            refuse(
                "isn't MusicXML: there is no score in it. Choose a file that a "
                "notation program exported as MusicXML."
            )
        depth += 1
        elements += 1
        notes += tag == "note"
        for what, count, limit in (
            ("notes", notes, caps.MAX_SCORE_NOTES),
            ("elements", elements, caps.MAX_SCORE_ELEMENTS),
            ("elements one in the other", depth, caps.MAX_SCORE_DEPTH),
        ):
            if count > limit:
                refuse(
                    f"has more than {limit:,} {what}, the most that can be read. "
                    "Choose a smaller file."
                )

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(*_: object) -> None:
        refuse(
            "declares entities of its own, which are not read. Export it again "
            "without them."
        )

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        line = getattr(error, "lineno", 1)
        raise MidiError(
            f"{shown} is not sound XML: it breaks at line {line}. Export it again "
            "from the program that made it."
        ) from error


def _problem(element: ElementTree.Element) -> str:
    """What is beyond reason about an element; or ""."""
    text = (element.text or "").strip()
    if element.tag in _BOUNDS:
        low, high = _BOUNDS[element.tag]
        return "" if low <= _as_number(text) <= high else element.tag
    if element.tag == "beats":
        beats = [_as_number(part) for part in text.split("+")]
        return "" if 0 < sum(beats) <= _MOST_BEATS else "time signature"
    if element.tag == "ending":
        numbers = _numbers(element.get("number", ""))
        is_short = len(numbers) <= _LONGEST_ENDING and all(
            int(number) <= _LONGEST_ENDING for number in numbers
        )
        return "" if is_short else "repeat"
    return ""


def _as_number(text: str) -> float:
    """A number; what is none is not within any bounds."""
    try:
        return float(text) if len(text) <= 20 else float("nan")
    except ValueError:
        return float("nan")
