"""Plain words for what the model measures; no jargon on a first screen.

**Conventions.** Attributes come in the order of `explorer.attributes.ATTRIBUTES`.
Every sentence is computed from measured values, none is guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from explorer.attributes import ATTRIBUTES
from explorer.compare import Comparison


@dataclass(frozen=True, kw_only=True)
class Words:
    """How one attribute is spoken of."""

    help: str  # one sentence
    more: str  # "busier"
    less: str
    high: str  # of a tune that has much of it
    low: str
    unit: str  # of a change
    factor: float  # from the attribute's own unit to this one


WORDS: dict[str, Words] = {
    "c_diatonic": Words(
        help="Right: notes of C major, the white keys. Left: more black keys.",
        more="more white keys",
        less="fewer white keys",
        high="all on white keys",
        low="with many black keys",
        unit="%",
        factor=100,
    ),
    "note_density": Words(
        help="Right: more notes. Left: fewer, longer notes.",
        more="busier",
        less="calmer",
        high="busy",
        low="calm",
        unit="notes a bar",
        factor=16,
    ),
    "average_interval": Words(
        help="Right: bigger leaps from note to note. Left: smaller steps.",
        more="bigger leaps",
        less="smaller steps",
        high="full of leaps",
        low="in small steps",
        unit="semitones",
        factor=1,
    ),
    "syncopation_16th": Words(
        help="Right: more notes squeezed just before or after the quick beat.",
        more="more quick off-beats",
        less="fewer quick off-beats",
        high="with quick off-beats",
        low="",
        unit="%",
        factor=100,
    ),
    "syncopation_8th": Words(
        help="Right: more notes on the “and” between two beats, the beat left out.",
        more="more swaying",
        less="straighter",
        high="swaying off the beat",
        low="",
        unit="%",
        factor=100,
    ),
}
SOURCES: dict[str, str] = {
    "cre": "Irish dance tunes (CRE)",
    "folk-abc": "Fiddle tunes (O'Neill, Ryan, Aird)",
    "freedoom": "Game music (Freedoom)",
    "lieder-piano": "Songs, the pianist's right hand",
    "lieder-voice": "Songs, the singer (OpenScore Lieder)",
    "openewld": "Song sheets, 1850 to the 1930s",
    "quartet-other": "String quartets, other parts",
    "quartet-violin-1": "String quartets, first violin",
}
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$~:])")
NOTICEABLE = (0.05, 1 / 32, 0.25, 0.05, 0.05)  # smaller changes go unmentioned


def source_name(source: str) -> str:
    """What a collection is called on screen; its own name if we have no better."""
    return SOURCES.get(source, source)


def slider_names() -> list[str]:
    """Slider names in the order of the attributes."""
    return [attribute.label for attribute in ATTRIBUTES.values()]


def scale_ends(slider_name: str) -> tuple[str, str]:
    """What little and much of an attribute are called; empty for no attribute."""
    for attribute in ATTRIBUTES.values():
        if attribute.label == slider_name:
            return attribute.low, attribute.high
    return "", ""


def describe(
    attributes: Float[ndarray, " attributes"],
    others: Float[ndarray, "tunes attributes"],
) -> str:
    """What stands out in a tune among others, such as "Busy, in small steps.".

    A quality is named if the tune is in the top or the bottom fifth.
    """
    said = []
    for index, name in enumerate(ATTRIBUTES):
        column = others[:, index]
        below = float(np.mean(column < attributes[index]))
        above = float(np.mean(column > attributes[index]))
        if below > 0.8 and WORDS[name].high:
            said.append(WORDS[name].high)
        elif above > 0.8 and WORDS[name].low:
            said.append(WORDS[name].low)
    sentence = ", ".join(said) or "an ordinary mix of everything"
    return sentence[0].upper() + sentence[1:] + "."


def changes(
    before: Float[ndarray, " attributes"], after: Float[ndarray, " attributes"]
) -> str:
    """What a listener can notice: "busier (+1.5 notes a bar), more black keys (…)"."""
    said = []
    for index, (name, least) in enumerate(zip(ATTRIBUTES, NOTICEABLE, strict=True)):
        change = float(after[index] - before[index])
        if abs(change) < least:
            continue
        words = WORDS[name]
        number = abs(change * words.factor)
        amount = f"{number:.0f}" if words.unit == "%" else f"{number:.1f}"
        sign = "+" if change > 0 else "\N{MINUS SIGN}"
        said.append(
            f"{words.more if change > 0 else words.less} ({sign}{amount} {words.unit})"
        )
    return ", ".join(said) or "no change you could hear"


def round_trip(found: Comparison) -> str:
    """What the model made of a tune's notes, in one sentence."""
    total = found.kept + found.moved + found.lost
    if found.kept == total and not found.added:
        return f"The model plays all {total} notes as they are."
    parts = [f"{found.kept} of {total} notes kept"]
    for count, verb in (
        (found.moved, "moved"),
        (found.lost, "lost"),
        (found.added, "new"),
    ):
        if count:
            parts.append(f"{count} {verb}")
    return ", ".join(parts) + "."


def filling(have: int, need: int) -> str:
    """How a tune of `have` bars fills `need`; nothing if it is long enough."""
    if have >= need:
        return ""
    if need % have:
        return f"its {counted(have, 'bar')}, then from the start again"
    times = {2: "twice", 3: "three times", 4: "four times"}
    return (
        f"its {counted(have, 'bar')} {times.get(need // have, f'{need // have} times')}"
    )


def surprise(statistics: Mapping[str, Any]) -> str:
    """How "surprise me" draws and, as measured, what drawing blindly would give.

    Parameters
    ----------
    statistics
        `samples` of a checkpoint's metrics; may lack anything.
    """
    said = (
        "A tune nobody wrote, drawn near real ones: somewhere between a phrase of the "
        "map and one much like it."
    )
    blind, real = statistics.get("samples"), statistics.get("data")
    names = ("note_density", "average_interval")
    if not (blind and real and all(name in blind and name in real for name in names)):
        return said
    (busy, leap), (real_busy, real_leap) = (
        [of[name] * WORDS[name].factor for name in names] for of in (blind, real)
    )
    return (
        f"{said} Drawn blindly instead (from the prior), this model's tunes have "
        f"{busy:.1f} notes a bar and leaps of {leap:.1f} semitones; real ones have "
        f"{real_busy:.1f} and {real_leap:.1f}."
    )


def plain(text: str) -> str:
    """Text from a file, so that Markdown shows it as it is."""
    return _MARKUP.sub(r"\\\1", text)


def counted(number: int, thing: str) -> str:
    """A number of things: "1 note", "2 notes"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
