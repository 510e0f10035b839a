"""Bass lines from chord symbols, and beats of the right length.

A bass line follows one of five *styles*. Each plays the chord's lowest note where a
chord begins; what else it plays is in `STYLES`. Roots lie where a bass guitar has
them, as near to the note before as they can, 28 (E1) at the lowest.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import numpy as np
from jaxtyping import Bool, Integer
from numpy import ndarray

from explorer.corpus_chords import Chord, ChordSpan
from explorer.notes import STEPS_PER_BAR, Note
from explorer.trio import BASS_INSTRUMENT, BASS_PROGRAM

Style = Literal["halves", "root-fifth", "walking", "kick", "eighths"]

STYLES: Final[dict[Style, str]] = {
    "halves": "the root on the first and the third beat",
    "root-fifth": "the root on the first beat, the fifth on the third",
    "walking": "a note of the chord on every beat, a step to the next root before it",
    "kick": "the root with the bass drum, now and then the fifth or the octave",
    "eighths": "the root on every eighth",
}
LOWEST: Final = 28  # E1, the lowest string of a bass guitar
HIGHEST: Final = 52
CENTRE: Final = 36  # roots are drawn to it
STYLES_OF_GENRE: Final[dict[str, tuple[Style, ...]]] = {
    "jazz": ("walking", "walking", "halves"),
    "latin": ("root-fifth", "kick"),
    "country": ("root-fifth",),
}
ANY_STYLE: Final[tuple[Style, ...]] = (
    "kick",
    "kick",
    "root-fifth",
    "halves",
    "walking",
    "eighths",
)

_MAX_KICK_STEPS: Final = 4  # of a note played with the bass drum
_ORNAMENT_SHARE: Final = 0.25  # of notes with the bass drum off the chord's start


def draw_style(genre: str, rng: np.random.Generator) -> Style:
    """A style that goes with the genre of the beat."""
    styles = STYLES_OF_GENRE.get(genre, ANY_STYLE)
    return styles[int(rng.integers(len(styles)))]


def bass_line(
    spans: Sequence[ChordSpan],
    style: Style,
    kicks: Bool[ndarray, " steps"],
    rng: np.random.Generator,
) -> list[Note]:
    """A bass line for chords in order of time; silent where there is no chord.

    Parameters
    ----------
    kicks
        Steps at which the bass drum is hit, as many as the tune has.
    rng
        Of the notes that are left to taste.
    """
    merged = _merge(spans)
    notes: list[Note] = []
    before = CENTRE
    for index, span in enumerate(merged):
        following = merged[index + 1].chord if index + 1 < len(merged) else span.chord
        starts = _onsets(span, style, kicks)
        ends = [*starts[1:], span.end_step]
        for start, end in zip(starts, ends, strict=True):
            is_last = end == span.end_step
            if start == span.start_step:
                pitch = near(span.chord.bass, before)
            elif style == "walking" and is_last and following != span.chord:
                pitch = _approach(near(following.bass, before), before)
            else:
                pitch = _inner_pitch(span, start, style, before, rng)
            if style == "kick":
                end = min(end, start + _MAX_KICK_STEPS)
            notes.append(
                Note(
                    pitch=pitch,
                    start_step=start,
                    end_step=end,
                    program=BASS_PROGRAM,
                    instrument=BASS_INSTRUMENT,
                )
            )
            before = pitch
    return notes


def near(pitch_class: int, before: int) -> int:
    """The pitch of a class in `LOWEST`..`HIGHEST` nearest to the note before.

    The farther from `CENTRE`, the less a pitch is liked; of equals the lower.
    """
    choices = [p for p in range(LOWEST, HIGHEST + 1) if p % 12 == pitch_class]
    return min(choices, key=lambda p: (abs(p - before) + abs(p - CENTRE) / 2, p))


def fit_beat(
    beat: Integer[ndarray, " beat_steps"], num_steps: int, first_bar: int
) -> Integer[ndarray, " num_steps"]:
    """`num_steps` of a beat of whole bars, which starts over where it is too short.

    `first_bar` is where it starts; a beat that is long enough is not cut in two.
    """
    spare = max(len(beat) - num_steps, 0) // STEPS_PER_BAR
    start = first_bar % (spare + 1) * STEPS_PER_BAR
    return np.resize(beat[start:], num_steps)


def _merge(spans: Sequence[ChordSpan]) -> list[ChordSpan]:
    """Spans of one chord that follow each other as one."""
    merged: list[ChordSpan] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last and last.chord == span.chord and last.end_step == span.start_step:
            merged[-1] = ChordSpan(
                chord=span.chord, start_step=last.start_step, end_step=span.end_step
            )
        else:
            merged.append(span)
    return merged


def _onsets(span: ChordSpan, style: Style, kicks: Bool[ndarray, " steps"]) -> list[int]:
    """Where the notes of a chord start: its own start and what the style adds."""
    steps = np.arange(span.start_step, span.end_step)
    if style == "kick":
        played = kicks[steps] | (steps % STEPS_PER_BAR == 0)
    else:
        apart = {"halves": 8, "root-fifth": 8, "walking": 4, "eighths": 2}[style]
        played = steps % apart == 0
    return sorted({span.start_step, *steps[played].tolist()})


def _inner_pitch(
    span: ChordSpan, start: int, style: Style, before: int, rng: np.random.Generator
) -> int:
    """The pitch of a note that does not begin its chord."""
    chord = span.chord
    fifth = (chord.root + chord.fifth) % 12
    if style == "root-fifth" and start % STEPS_PER_BAR:
        return near(fifth, before)
    if style == "walking" and start % STEPS_PER_BAR:
        tones = [t for t in _tones(chord) if near(t, before) != before]
        return near(tones[int(rng.integers(len(tones)))], before)
    if style == "kick" and start % STEPS_PER_BAR and rng.random() < _ORNAMENT_SHARE:
        root = near(chord.bass, CENTRE)
        return near(fifth, before) if rng.random() < 0.5 else root + 12
    return near(chord.bass, CENTRE if style in ("kick", "eighths") else before)


def _tones(chord: Chord) -> Iterator[int]:
    for interval in (0, chord.third, chord.fifth):
        yield (chord.root + interval) % 12


def _approach(target: int, before: int) -> int:
    """A half tone from the next root, on the side that the line comes from."""
    return target + 1 if before > target else max(target - 1, LOWEST)
