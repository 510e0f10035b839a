"""A journey through latent space: the way from stop to stop, and the music of it.

**Conventions.** A *stop* is a code somebody chose; on the way to the next lie as many
*blends* as they like. Stops and blends are *places*; one after the other they make a
*round*, which is played once or several times, and then the ending. Every place sounds
for the same number of 4/4 bars, so lengths are exact: `Timetable.num_bars`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final, Literal

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from explorer.drums import DRUM_NAMES, EXEMPLARS, VELOCITIES
from explorer.notes import (
    STEPS_PER_BAR,
    NoteSequence,
    concatenate,
    fill_bars,
    sequence,
    slice_steps,
    with_loop,
)
from explorer.trio import part_of

Ending = Literal["stop", "home", "hold"]
"""As it comes; the first stop once more; the last notes held for a bar."""
Interpolate = Callable[
    [Float[ndarray, " z_size"], Float[ndarray, " z_size"], int],
    Float[ndarray, "num_steps z_size"],
]
"""Codes from one to another, both included."""

MOST_BARS: Final = 128
MOST_BETWEEN: Final = 7  # blends from a stop to the next
MOST_TIMES: Final = 4
KICK: Final = DRUM_NAMES.index("kick")
CRASH: Final = DRUM_NAMES.index("crash")


@dataclass(frozen=True, kw_only=True, eq=False)
class Place:
    """A stop, or a blend between two."""

    left: int  # the stop it comes from
    right: int  # the stop it goes to; a stop is its own
    share: float  # of the way between them, 0 at a stop
    z: Float[ndarray, " z_size"]

    @property
    def is_stop(self) -> bool:
        """Whether somebody chose it."""
        return self.left == self.right


def way(
    stops: Float[ndarray, "stops z_size"], between: int, interpolate: Interpolate
) -> tuple[Place, ...]:
    """The places of one round, in order.

    Parameters
    ----------
    stops
        Codes of the stops. Between two that are equal there is nothing to blend.
    between
        Blends on the way from a stop to the next.
    interpolate
        The way between two codes.

    Raises
    ------
    ValueError
        If `between` is negative.
    """
    if between < 0:
        raise ValueError(f"between {between} must not be negative")
    found = []
    for left, z in enumerate(stops):
        found.append(Place(left=left, right=left, share=0.0, z=z))
        right = left + 1
        if between == 0 or right == len(stops) or np.array_equal(z, stops[right]):
            continue
        path = interpolate(z, stops[right], between + 2)
        found += [
            Place(left=left, right=right, share=index / (between + 1), z=path[index])
            for index in range(1, between + 1)
        ]
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """What is played of a journey, in which order and for how long."""

    num_places: int  # of the round
    bars: int  # of each place
    times: int  # rounds
    ending: Ending

    @property
    def order(self) -> tuple[int, ...]:
        """The places as they are played, as indices into the round."""
        home = (0,) if self.ending == "home" else ()
        return (*range(self.num_places),) * self.times + home

    @property
    def num_bars(self) -> int:
        """Length of the whole."""
        return len(self.order) * self.bars + (self.ending == "hold")


def timetable(num_places: int, *, bars: int, times: int, ending: Ending) -> Timetable:
    """What fits into `MOST_BARS`: rounds are left out first, then the last places.

    Raises
    ------
    ValueError
        If a number is not positive.
    """
    for name, value in (("places", num_places), ("bars", bars), ("times", times)):
        if value < 1:
            raise ValueError(f"{value} {name}: there must be one at least")
    room = MOST_BARS - {"stop": 0, "home": bars, "hold": 1}[ending]
    fitting = max(1, min(num_places, room // bars))
    return Timetable(
        num_places=fitting,
        bars=bars,
        times=max(1, min(times, room // (fitting * bars))),
        ending=ending,
    )


def bars_to_choose(num_bars: int) -> tuple[int, ...]:
    """How long a place of a model of `num_bars` bars may sound, in bars.

    A quarter and half of the phrase where these are whole bars, all of it, and twice.
    """
    shares = [num_bars // part for part in (4, 2) if num_bars % part == 0]
    return (*shares, num_bars, 2 * num_bars)


def compose(
    tunes: Sequence[NoteSequence],
    table: Timetable,
    *,
    qpm: float,
    beat: NoteSequence | None = None,
) -> tuple[NoteSequence, ...]:
    """What is heard, one tune for each passage in the order they are played.

    Parameters
    ----------
    tunes
        The music of each place of the round; a short one goes round, of a long one the
        first bars are played.
    table
        Order and lengths.
    qpm
        Tempo of all.
    beat
        Drums that go round under all of it and do not start over with a passage.

    Raises
    ------
    ValueError
        If there are fewer tunes than places.
    """
    if len(tunes) < table.num_places:
        raise ValueError(f"{len(tunes)} tunes for {table.num_places} places")
    played = [
        replace(fill_bars(tunes[index], table.bars), qpm=qpm) for index in table.order
    ]
    if beat is not None:
        under = with_loop(concatenate(played), beat)
        ends = accumulate(tune.total_steps for tune in played)
        played = [
            replace(
                slice_steps(under, end - tune.total_steps, end),
                qpm=qpm,
                title=tune.title,
            )
            for tune, end in zip(played, ends, strict=True)
        ]
    if table.ending == "hold":
        played.append(held(concatenate(played)))
    return tuple(played)


def held(tune: NoteSequence) -> NoteSequence:
    """A bar in which the last notes of each part are held; drums strike once more."""
    notes = []
    for part in ("melody", "bass"):
        own = [note for note in tune.notes if part_of(note) == part]
        last = max((note.start_step for note in own), default=0)
        notes += [
            replace(note, start_step=0, end_step=STEPS_PER_BAR)
            for note in own
            if note.start_step == last
        ]
    hit = next((note for note in tune.notes if note.is_drum), None)
    if hit is not None:
        notes += [
            replace(
                hit,
                pitch=EXEMPLARS[drum],
                velocity=VELOCITIES[drum],
                start_step=0,
                end_step=1,
            )
            for drum in (KICK, CRASH)
        ]
    return sequence(notes, total_steps=STEPS_PER_BAR, qpm=tune.qpm)
