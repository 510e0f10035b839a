"""Plain words for what the model measures; no jargon on a first screen.

**Conventions.** Attributes come in the order of `explorer.attributes.attributes_of`.
Every sentence is computed from measured values, none is guessed.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from explorer.attributes import attributes_of
from explorer.compare import Comparison
from explorer.encodings import EncodingName
from explorer.nouns import NOUNS


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
    least: float  # in the attribute's own unit; smaller changes go unmentioned


FIRST_COLOUR: dict[EncodingName, str] = {
    "melody": "note_density",
    "drums": "hit_density",
    "trio": "note_density",
}
"""The attribute that colours the map until another is chosen."""
_in_percent = functools.partial(Words, unit="%", factor=100, least=0.05)
_a_bar = functools.partial(Words, factor=16, least=1 / 32)  # of what is measured a step
WORDS: dict[str, Words] = {
    "c_diatonic": _in_percent(
        help="Right: notes of C major, the white keys. Left: more black keys.",
        more="more white keys",
        less="fewer white keys",
        high="all on white keys",
        low="with many black keys",
    ),
    "note_density": _a_bar(
        help="Right: more notes. Left: fewer, longer notes.",
        more="busier",
        less="calmer",
        high="busy",
        low="calm",
        unit="notes a bar",
    ),
    "average_interval": Words(
        help="Right: bigger leaps from note to note. Left: smaller steps.",
        more="bigger leaps",
        less="smaller steps",
        high="full of leaps",
        low="in small steps",
        unit="semitones",
        factor=1,
        least=0.25,
    ),
    "syncopation_16th": _in_percent(
        help="Right: more notes squeezed just before or after the quick beat.",
        more="more quick off-beats",
        less="fewer quick off-beats",
        high="with quick off-beats",
        low="",
    ),
    "syncopation_8th": _in_percent(
        help="Right: more notes on the “and” between two beats, the beat left out.",
        more="more swaying",
        less="straighter",
        high="swaying off the beat",
        low="",
    ),
    "average_pitch": Words(
        help="Right: higher notes. Left: lower ones.",
        more="higher",
        less="lower",
        high="high up",
        low="low down",
        unit="semitones",
        factor=1,
        least=0.5,
    ),
    "pitch_range": Words(
        help="Right: lowest and highest note further apart. Left: closer together.",
        more="wider range",
        less="narrower range",
        high="over a wide range",
        low="in a narrow range",
        unit="semitones",
        factor=1,
        least=1,
    ),
    "average_duration": Words(
        help="Right: longer notes. Left: shorter ones.",
        more="longer notes",
        less="shorter notes",
        high="in long notes",
        low="in short notes",
        unit="sixteenths",
        factor=1,
        least=0.25,
    ),
    "hit_density": _a_bar(
        help="Right: more hits. Left: fewer.",
        more="busier",
        less="sparser",
        high="busy",
        low="sparse",
        unit="hits a bar",
    ),
    "syncopation": _in_percent(
        help="Right: kicks and snares between the beats. Left: square on the beat.",
        more="more off the beat",
        less="more on the beat",
        high="off the beat",
        low="square on the beat",
    ),
    "kick_hat_balance": _in_percent(
        help="Right: more hi-hat. Left: more kick.",
        more="more hi-hat",
        less="more kick",
        high="mostly hi-hat",
        low="mostly kick",
    ),
    "variety": _in_percent(
        help="Right: every bar another. Left: the same bar again and again.",
        more="more varied",
        less="steadier",
        high="varied from bar to bar",
        low="the same in every bar",
    ),
    "bass_density": _a_bar(
        help="Right: more bass notes. Left: fewer, longer ones.",
        more="busier bass",
        less="calmer bass",
        high="with a busy bass",
        low="with a calm bass",
        unit="notes a bar",
    ),
    "drum_density": _a_bar(
        help="Right: more drum hits. Left: fewer.",
        more="busier drums",
        less="sparser drums",
        high="with busy drums",
        low="with sparse drums",
        unit="hits a bar",
    ),
}
IN_TRIO: dict[str, Words] = {
    "note_density": replace(
        WORDS["note_density"],
        help="Right: more melody notes. Left: fewer, longer ones.",
        more="busier melody",
        less="calmer melody",
        high="with a busy melody",
        low="with a calm melody",
    ),
    "average_pitch": replace(
        WORDS["average_pitch"],
        help="Right: a higher melody. Left: a lower one.",
        more="higher melody",
        less="lower melody",
        high="with a high melody",
        low="with a low melody",
    ),
    "average_duration": replace(
        WORDS["average_duration"],
        help="Right: longer melody notes. Left: shorter ones.",
        more="longer melody notes",
        less="shorter melody notes",
        high="with long melody notes",
        low="with short melody notes",
    ),
}
"""What is called otherwise where the melody is one part of three."""
_TOLD: dict[EncodingName, dict[str, tuple[str, str]]] = {
    "melody": {
        "note_density": ("", " notes a bar"),
        "average_interval": ("leaps of ", " semitones"),
    },
    "drums": {
        "hit_density": ("", " hits a bar"),
        "syncopation": ("", " of kicks and snares between the beats"),
    },
    "trio": {
        "note_density": ("", " melody notes a bar"),
        "average_interval": ("leaps of ", " semitones"),
    },
}
"""What is told of what a model draws, with words before and after the number."""
SOURCES: dict[str, str] = {
    "arranged-quartets": "Quartets with a beat added (OpenScore, Groove)",
    "arranged-songs": "Song sheets with bass and beat added (OpenEWLD, Groove)",
    "cre": "Irish dance tunes (CRE)",
    "folk-abc": "Fiddle tunes (O'Neill, Ryan, Aird)",
    "freedoom": "Game music (Freedoom)",
    "groove": "Human drumming (Groove MIDI Dataset)",
    "lieder-piano": "Songs, the pianist's right hand",
    "lieder-voice": "Songs, the singer (OpenScore Lieder)",
    "openewld": "Song sheets, 1850 to the 1930s",
    "quartet-other": "String quartets, other parts",
    "quartet-violin-1": "String quartets, first violin",
}
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$~:])")


def source_name(source: str) -> str:
    """What a collection is called on screen; its own name if we have no better."""
    return SOURCES.get(source, source)


def words_of(encoding: EncodingName) -> dict[str, Words]:
    """How each attribute of one kind of music is spoken of, in their order."""
    own = IN_TRIO if encoding == "trio" else {}
    return {name: own.get(name, WORDS[name]) for name in attributes_of(encoding)}


def slider_names(encoding: EncodingName) -> list[str]:
    """Slider names in the order of the attributes."""
    return [attribute.label for attribute in attributes_of(encoding).values()]


def first_colour(encoding: EncodingName) -> int:
    """Which of the attributes colours the map until another is chosen."""
    return list(attributes_of(encoding)).index(FIRST_COLOUR[encoding])


def scale_ends(slider_name: str, encoding: EncodingName) -> tuple[str, str]:
    """What little and much of an attribute are called; empty for no attribute."""
    for attribute in attributes_of(encoding).values():
        if attribute.label == slider_name:
            return attribute.low, attribute.high
    return "", ""


def describe(
    attributes: Float[ndarray, " attributes"],
    others: Float[ndarray, "tunes attributes"],
    encoding: EncodingName,
) -> str:
    """What stands out in a tune among others, such as "Busy, in small steps.".

    A quality is named if the tune is in the top or the bottom fifth.
    """
    said = []
    for index, spoken in enumerate(words_of(encoding).values()):
        column = others[:, index]
        below = float(np.mean(column < attributes[index]))
        above = float(np.mean(column > attributes[index]))
        if below > 0.8 and spoken.high:
            said.append(spoken.high)
        elif above > 0.8 and spoken.low:
            said.append(spoken.low)
    sentence = ", ".join(said) or "an ordinary mix of everything"
    return sentence[0].upper() + sentence[1:] + "."


def trust(measured: Mapping[str, float]) -> str:
    """How far the layout of a map can be believed, as it was measured."""
    near = int(measured["num_near"])
    return (
        f"Of the {near} phrases most like a phrase, this layout shows "
        f"{measured['neighbours_kept']:.0%} among its {near} nearest dots "
        f"(trustworthiness {measured['trustworthiness']:.2f} of 1)."
    )


def changes(
    before: Float[ndarray, " attributes"],
    after: Float[ndarray, " attributes"],
    encoding: EncodingName,
) -> str:
    """What a listener can notice: "busier (+1.5 notes a bar), more black keys (…)"."""
    said = []
    for index, words in enumerate(words_of(encoding).values()):
        change = float(after[index] - before[index])
        if abs(change) < words.least:
            continue
        number = abs(change * words.factor)
        amount = f"{number:.0f}" if words.unit == "%" else f"{number:.1f}"
        sign = "+" if change > 0 else "\N{MINUS SIGN}"
        said.append(
            f"{words.more if change > 0 else words.less} ({sign}{amount} {words.unit})"
        )
    return ", ".join(said) or "no change you could hear"


def told(
    values: Float[ndarray, "tunes attributes"], encoding: EncodingName
) -> list[list[str]]:
    """Every value in words: "6.5 notes a bar"."""
    spoken = list(words_of(encoding).values())
    return [
        [_with_unit(value, each) for value, each in zip(row, spoken, strict=True)]
        for row in values.tolist()
    ]


def least_spans(encoding: EncodingName) -> list[float]:
    """How much of each attribute fills a chart at least: four audible changes."""
    return [4 * spoken.least for spoken in words_of(encoding).values()]


def _with_unit(value: float, spoken: Words) -> str:
    number = value * spoken.factor
    if spoken.unit == "%":
        return f"{number:.0f} %"
    return f"{number:.1f} {spoken.unit}"


def round_trip(found: Comparison, encoding: EncodingName) -> str:
    """What the model made of a tune's notes, in one sentence."""
    total = found.kept + found.moved + found.lost
    things = counted(total, NOUNS[encoding].note)
    if found.kept == total and not found.added:
        return f"The model plays all {things} as they are."
    parts = [f"{found.kept} of {things} kept"]
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


def surprise(statistics: Mapping[str, Any], encoding: EncodingName) -> str:
    """How "surprise me" draws and, as measured, what drawing blindly would give.

    Parameters
    ----------
    statistics
        `samples` of a checkpoint's metrics; may lack anything.
    encoding
        What the checkpoint writes.
    """
    said = (
        f"A {NOUNS[encoding].one} nobody wrote, drawn near real ones: somewhere "
        "between a phrase of the map and one much like it."
    )
    blind, real = statistics.get("samples"), statistics.get("data")
    told = _TOLD[encoding]
    if not (blind and real and all(name in blind and name in real for name in told)):
        return said
    (first, second), (real_first, real_second) = (
        [_figure(name, of[name]) for name in told] for of in (blind, real)
    )
    (before, after), (before_2, after_2) = told.values()
    return (
        f"{said} Drawn blindly instead (from the prior), this model's "
        f"{NOUNS[encoding].many} have {before}{first}{after} and "
        f"{before_2}{second}{after_2}; real ones have {real_first} and {real_second}."
    )


def _figure(name: str, value: float) -> str:
    """A measured value in the unit in which changes are told."""
    unit = WORDS[name].unit
    number = value * WORDS[name].factor
    return f"{number:.0f} %" if unit == "%" else f"{number:.1f}"


def plain(text: str) -> str:
    """Text from a file, so that Markdown shows it as it is."""
    return _MARKUP.sub(r"\\\1", text)


def counted(number: int, thing: str) -> str:
    """A number of things: "1 note", "2 notes"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
