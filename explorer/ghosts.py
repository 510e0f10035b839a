"""Notes that a model nearly wrote: what it held likely beside what it chose.

**Conventions.** Probabilities are those of the decoder at each step, at temperature 1
and given what it wrote before: (steps, depth) for each part, with the classes of
`encodings`. A ghost takes what was written as it is: ghosts of different steps belong
to different ways on, so together they are no second tune.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int, Integer
from numpy import ndarray

from explorer import drums
from explorer.converters import MIN_PITCH
from explorer.encodings import DRUM_DEPTH, NUM_SPECIAL_EVENTS, Encoding, Part, PartName
from explorer.notes import STEPS_PER_BAR

LEAST_PITCH: Final = 0.1
"""Least probability of a pitch: at one in ten it is one of few that were in question.

Lower down there is a crowd of pitches, each as unlikely as the next.
"""
LEAST_DRUM: Final = 0.2
"""Least probability of a drum: nine are in question at every step, so more is asked."""
MOST: Final = 64  # ghosts of a tune, the likeliest: four a bar of a 16-bar phrase
LONGEST: Final = STEPS_PER_BAR  # steps of a ghost; longer would hide the music

_HITS: Final = drums.roll(np.arange(DRUM_DEPTH)).astype(np.float32)  # (depth, drums)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ghost:
    """A note that was likely, but not written."""

    pitch: int  # MIDI number; of a drum, the one that its class sounds as
    start_step: int
    end_step: int  # exclusive
    probability: float  # 0..1
    part: PartName


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """Ghosts of one part side by side."""

    pitches: Int[ndarray, " ghosts"]
    starts: Int[ndarray, " ghosts"]
    ends: Int[ndarray, " ghosts"]
    probabilities: Float[ndarray, " ghosts"]


def ghosts(
    tokens: Integer[ndarray, " steps *parts"],
    probabilities: Sequence[Float[ndarray, "steps _depth"]],
    music: Encoding,
) -> tuple[Ghost, ...]:
    """The likeliest notes that were not written, at most `MOST`, in order of time.

    Of a pitched part, the likeliest other pitch of each step; it lasts to the part's
    next event, a bar at most, and counts once while it lasts. Of drums, each drum
    that is likely and was not hit; its probability is that of all combinations which
    contain it.

    Parameters
    ----------
    tokens
        What was written.
    probabilities
        Of every class at every step, a matrix a part.
    music
        What the tokens are.
    """
    written = music.by_part(tokens)
    found = [
        (_pitches if part.is_pitched else _drums)(written[part.name], chances)
        for part, chances in zip(music.parts, probabilities, strict=True)
    ]
    return _likeliest(music.parts, found)


def _pitches(
    tokens: Integer[ndarray, " steps"], chances: Float[ndarray, "steps depth"]
) -> _Columns:
    """The likeliest other pitch of each step."""
    others = chances[:, NUM_SPECIAL_EVENTS:].copy()
    struck = np.flatnonzero(tokens >= NUM_SPECIAL_EVENTS)
    others[struck, tokens[struck].astype(int) - NUM_SPECIAL_EVENTS] = 0
    best = others.argmax(axis=1)
    likely = others[np.arange(len(tokens)), best]
    ends = np.minimum(_next_event(tokens), np.arange(len(tokens)) + LONGEST)
    starts = _apart(np.flatnonzero(likely >= LEAST_PITCH), best, ends)
    return _Columns(
        pitches=best[starts] + MIN_PITCH,
        starts=starts,
        ends=ends[starts],
        probabilities=likely[starts],
    )


def _apart(
    starts: Int[ndarray, " all"],
    pitches: Int[ndarray, " steps"],
    ends: Int[ndarray, " steps"],
) -> Int[ndarray, " some"]:
    """The starts at which no earlier ghost of the same pitch still lasts.

    Through a long note or rest the same pitch is often likely step after step: of a
    flat 16-bar model's ghosts 4 in 10 would lie inside another.
    """
    free_from: dict[int, int] = {}
    kept = []
    for start in starts.tolist():
        pitch = int(pitches[start])
        if start >= free_from.get(pitch, 0):
            free_from[pitch] = int(ends[start])
            kept.append(start)
    return np.array(kept, int)


def _next_event(tokens: Integer[ndarray, " steps"]) -> Int[ndarray, " steps"]:
    """The first step after each at which the part writes an event; at last the end."""
    events = np.append(np.flatnonzero(tokens), len(tokens))
    after = np.searchsorted(events, np.arange(len(tokens)), side="right")
    return np.asarray(events[after])


def _drums(
    tokens: Integer[ndarray, " steps"], chances: Float[ndarray, "steps depth"]
) -> _Columns:
    """Each drum that is likely and was not hit."""
    hit = chances @ _HITS  # (steps, drums)
    missing: Bool[ndarray, "steps drums"] = (hit >= LEAST_DRUM) & ~drums.roll(tokens)
    starts, classes = np.nonzero(missing)
    return _Columns(
        pitches=np.array(drums.EXEMPLARS)[classes],
        starts=starts,
        ends=starts + 1,
        probabilities=hit[starts, classes],
    )


def _likeliest(parts: Sequence[Part], found: Sequence[_Columns]) -> tuple[Ghost, ...]:
    """The ghosts to keep, by time, then by part, the highest first."""
    of_part = np.repeat(np.arange(len(found)), [len(own.starts) for own in found])
    pitches, starts, ends, probabilities = (
        np.concatenate([getattr(own, name) for own in found])
        for name in ("pitches", "starts", "ends", "probabilities")
    )
    kept = np.argsort(-probabilities, kind="stable")[:MOST]
    kept = kept[np.lexsort((-pitches[kept], of_part[kept], starts[kept]))]
    return tuple(
        Ghost(
            pitch=int(pitches[row]),
            start_step=int(starts[row]),
            end_step=int(ends[row]),
            probability=min(float(probabilities[row]), 1.0),
            part=parts[of_part[row]].name,
        )
        for row in kept
    )
