"""A journey: stops in latent space, the way between them, and the music of it."""

import statistics
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from explorer import examples, journey
from explorer.journey import Ending, Place, Timetable
from explorer.notes import NoteSequence, concatenate
from explorer.passage import Passage
from explorer.ui import blending, cache, picks
from explorer.ui.state import Pick

__all__ = [
    "PLAN",
    "Ending",
    "JourneyPlan",
    "Spot",
    "kept",
    "passages",
    "plan",
    "set_plan",
    "spots",
    "timetable",
    "tune_of",
    "wanted_bars",
    "whole",
]

PLAN: Final = "journey_plan"  # JourneyPlan of the visit
MODEL: Final = "journey_model"  # name of the model that its codes are of
HELD: Final = "The last note, held"


@dataclass(frozen=True, kw_only=True)
class JourneyPlan:
    """Everything a journey is made from; immutable, so that an old one can be kept."""

    stops: tuple[Pick, ...]
    bars: int  # played at each stop, and of each blend between two
    between: int  # blends on the way from a stop to the next
    spherical: bool  # the way turns round the middle, or goes straight
    times: int  # the whole is played so often
    ending: Ending  # as it comes; back at the first stop; the last note held
    beat: str | None  # title of a drum loop under a melody


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place of the journey with its music: a stop as it was chosen, or a blend."""

    place: Place
    title: str
    tune: NoteSequence  # a whole phrase
    z: tuple[float, ...] | None  # None: notes as they were written
    credit: str = ""


def plan() -> JourneyPlan | None:
    """The journey of this visit, if one was begun with the model in use."""
    found = kept()
    return found if found is not None and found.stops else None


def kept() -> JourneyPlan | None:
    """The same, also where its last stop was taken away: its settings are kept."""
    found: JourneyPlan | None = st.session_state.get(PLAN)
    return found if st.session_state.get(MODEL) == blending.model_name() else None


def set_plan(wanted: JourneyPlan) -> None:
    """Make this the journey."""
    st.session_state[PLAN] = wanted
    st.session_state[MODEL] = blending.model_name()


def passages() -> tuple[Passage, ...]:
    """What is heard, block by block in playing order; empty without a journey."""
    found = plan()
    if found is None:
        return ()
    table, round_ = timetable(found), spots(found)
    tunes = journey.compose(
        [spot.tune for spot in round_], table, qpm=_tempo(found), beat=_beat(found)
    )
    heard = [
        Passage(title=spot.title, tune=tune, z=spot.z, credit=spot.credit)
        for spot, tune in zip((round_[i] for i in table.order), tunes, strict=False)
    ]
    if table.ending == "hold":
        heard.append(Passage(title=HELD, tune=tunes[-1], z=None))
    return tuple(heard)


def whole() -> NoteSequence:
    """The whole journey, one passage after the other.

    Raises
    ------
    ValueError
        If there is no journey.
    """
    return tune_of(passages())


def tune_of(parts: tuple[Passage, ...]) -> NoteSequence:
    """The tune that these passages of the journey make.

    Raises
    ------
    ValueError
        If there is no journey.
    """
    found = plan()
    if found is None:
        raise ValueError("there is no journey; make a plan first")
    return concatenate([part.tune for part in parts], title=_title(found))


def spots(found: JourneyPlan) -> tuple[Spot, ...]:
    """The places of one round that are played, with their music."""
    model = blending.model_name()
    places = _places(found)[: timetable(found).num_places]
    blends = [cache.as_code(place.z) for place in places if not place.is_stop]
    decoded = iter(cache.decode_all(model, blends, _tempo(found)))
    return tuple(
        _stop(found.stops[place.left], place)
        if place.is_stop
        else Spot(
            place=place,
            title=f"{100 * place.share:.0f} % of the way to "
            f"{found.stops[place.right].title}",
            tune=next(decoded).tune,
            z=cache.as_code(place.z),
        )
        for place in places
    )


def timetable(found: JourneyPlan) -> Timetable:
    """What of the journey is played: all of it, or what fits."""
    return journey.timetable(
        len(_places(found)), bars=found.bars, times=found.times, ending=found.ending
    )


def wanted_bars(found: JourneyPlan) -> int:
    """How long the journey would be if there were no limit."""
    return replace(
        timetable(found), num_places=len(_places(found)), times=found.times
    ).num_bars


def _places(found: JourneyPlan) -> tuple[Place, ...]:
    interpolate = cache.model(blending.model_name()).interpolate
    return journey.way(
        np.array([stop.z for stop in found.stops], np.float32),
        found.between,
        partial(interpolate, spherical=found.spherical),
    )


def _stop(pick: Pick, place: Place) -> Spot:
    return Spot(
        place=place,
        title=pick.title,
        tune=pick.tune,
        z=None if picks.is_written(pick) else pick.z,
        credit=pick.credit,
    )


def _tempo(found: JourneyPlan) -> float:
    """The middle of the stops' tempos, whatever their order."""
    return round(statistics.median(stop.tune.qpm for stop in found.stops))


def _beat(found: JourneyPlan) -> NoteSequence | None:
    """The drums under a melody."""
    if cache.model(blending.model_name()).encoding != "melody":
        return None
    loops = (loop for loop in examples.beat_loops() if loop.title == found.beat)
    loop = next(loops, None)
    return None if loop is None else loop.tune


def _title(found: JourneyPlan) -> str:
    first, last = found.stops[0].title, found.stops[-1].title
    if len(found.stops) == 1:
        return f"A journey at {first}"
    if found.ending == "home":
        return f"A journey from {first} to {last} and back"
    return f"A journey from {first} to {last}"
