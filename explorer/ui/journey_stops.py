"""Changing the journey: pins, their order, settings, and back to the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import streamlit as st

from explorer import examples, journey
from explorer.errors import ExplorerError
from explorer.ui import blending, cache, journeying, picks, state, words
from explorer.ui.journeying import JourneyPlan
from explorer.ui.state import Pick

BEFORE: Final = "journey_before"  # (model, JourneyPlan) of the last ones, oldest first
MOST_BEFORE: Final = 20
MOST_STOPS: Final = 64
FIRST_BARS: Final = 16  # length of the journey that is there at first
CHOSEN: Final = "journey_stop_"  # and a number: names of the stops for a new model


def lay() -> JourneyPlan:
    """The journey; the first time with a model, one over examples of its kind.

    One whose stops were all taken away stays empty.
    """
    found = journeying.kept()
    if found is None:
        found = first(blending.model_name())
        journeying.set_plan(found)
    return found


def first(model: str) -> JourneyPlan:
    """A finished journey of 16 bars over examples that go well together."""
    used = cache.model(model)
    bars = 2 if used.num_bars <= 2 else min(bars_to_choose(model), key=_from_four)
    num_stops = FIRST_BARS // bars // 2  # with a blend between two, and home
    places = examples.load_journey(used.encoding)[: max(1, num_stops)]
    return JourneyPlan(
        stops=tuple(picks.example(model, place.title, place.bar) for place in places),
        bars=bars,
        between=1,
        spherical=True,
        times=1,
        ending="home",
        beat=None,
    )


def bars_to_choose(model: str) -> tuple[int, ...]:
    """How long a place may sound, in bars."""
    return journey.bars_to_choose(cache.model(model).num_bars)


def change(wanted: JourneyPlan) -> None:
    """Make this the journey, and let the dock follow; the one before is kept."""
    _take(wanted)
    hear()


def can_undo() -> bool:
    """Whether there was another journey before this one."""
    return bool(_before())


def undo() -> None:
    """Back to the journey before."""
    *rest, (_, found) = _before()
    st.session_state[BEFORE] = tuple(rest)
    journeying.set_plan(found)
    hear()


def add(pick: Pick) -> int:
    """Make a tune the last stop; returns which one it is, counted from 1.

    A journey begins with it where there is none. What plays goes on.

    Raises
    ------
    ExplorerError
        If there are as many stops as there may be.
    """
    found = journeying.kept() or replace(first(blending.model_name()), stops=())
    if len(found.stops) >= MOST_STOPS:
        raise ExplorerError(
            f"The journey has {MOST_STOPS} stops, and no more fit in. Take one away "
            "on the page Journey first."
        )
    _take(replace(found, stops=(*found.stops, pick)))
    return len(found.stops) + 1


def pin(pick: Pick) -> None:
    """Make a tune the last stop, and say so."""
    title = words.plain(pick.title)
    state.remark(f"Pinned as stop {add(pick)} of the journey: “{title}”.")


def begin(stops: Sequence[Pick]) -> None:
    """A new journey over these, as long as it takes, and let it sound."""
    _take(replace(lay(), stops=tuple(stops[:MOST_STOPS])))
    tune = journeying.whole()
    state.play(tune.title, tune)


def hear() -> None:
    """Hand the dock the journey; it sounds only if something sounds already."""
    if journeying.plan() is not None:
        tune = journeying.whole()
        state.offer(tune.title, tune)


def id_of(pick: Pick) -> str:
    """Name of a stop in the browser, the same exactly if it sounds the same."""
    return f"{hash((pick.title, pick.z, pick.tune)) & 0xFFFFFFFFFFFF:012x}"


def put(ids: Sequence[str]) -> None:
    """Have these stops in this order; unknown ones are left out."""
    plans = [plan for _, plan in _before()]
    if (found := journeying.kept()) is None:
        return
    known = {id_of(stop): stop for plan in (*plans, found) for stop in plan.stops}
    stops = tuple(known[name] for name in ids if name in known)
    if stops != found.stops:
        change(replace(found, stops=stops[:MOST_STOPS]))


def chosen() -> dict[str, Pick]:
    """The stops somebody chose, by name; none of the journey that is there at first."""
    found = journeying.plan()
    if found is None or found == first(blending.model_name()):
        return {}
    return {f"{CHOSEN}{index}": stop for index, stop in enumerate(found.stops)}


def carry(found: Mapping[str, Pick], before: JourneyPlan | None) -> None:
    """Go on with the stops that another model has, and with the settings.

    Parameters
    ----------
    found
        The stops as the model now in use reads them, by their names.
    before
        The journey with the other model.
    """
    if before is None:
        return
    names = (f"{CHOSEN}{index}" for index in range(len(before.stops)))
    stops = tuple(found[name] for name in names if name in found)
    if not stops:
        return
    bars = min(
        bars_to_choose(blending.model_name()), key=lambda bars: abs(bars - before.bars)
    )
    journeying.set_plan(replace(before, stops=stops, bars=bars))


def _take(wanted: JourneyPlan) -> None:
    """Make this the journey and keep the one before."""
    if (before := journeying.kept()) is not None:
        entry = (blending.model_name(), before)
        kept = (*st.session_state.get(BEFORE, ()), entry)
        st.session_state[BEFORE] = kept[-MOST_BEFORE:]
    journeying.set_plan(wanted)


def _before() -> list[tuple[str, JourneyPlan]]:
    """The journeys before this one, of the model in use."""
    name = blending.model_name()
    return [entry for entry in st.session_state.get(BEFORE, ()) if entry[0] == name]


def _from_four(bars: int) -> int:
    return abs(bars - 4)
