"""A journey along a line that somebody drew across the map."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st
from jaxtyping import Float, Int
from numpy import ndarray

from explorer.ui import cache, controls, journey_stops, journeying, picks, state, words
from explorer.ui.player import MapPath, MapPin
from explorer.ui.state import Pick

DRAWN: Final = "map_journey"  # the line last drawn; of a model's own
NUM_STOPS: Final = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """A line on one layout, and the stops it made."""

    projection: str
    line: Float[ndarray, "points 2"]
    places: Float[ndarray, "stops 2"]
    stops: tuple[Pick, ...]


def begin(
    projection: str, line: Float[ndarray, "points 2"], rows: Int[ndarray, " rows"]
) -> None:
    """Make a journey along a line, and let it sound.

    On the straight map its stops are the music of the line's very places; on a map
    without a way back, the phrases nearest to it.

    Parameters
    ----------
    projection
        The layout that was drawn on.
    line
        At least two points, in the map's own units, at even distances.
    rows
        Phrases that are shown.
    """
    if projection == "pca":
        places, stops = _of_places(line)
    else:
        places, stops = _of_phrases(projection, line, rows)
    if not stops:
        return
    journey_stops.begin(stops)
    st.session_state[controls.of_model(DRAWN)] = Drawn(
        projection=projection, line=line, places=places, stops=tuple(stops)
    )
    counted = words.counted(len(stops), "stop")
    state.remark(f"A journey of {counted} along your line. The page Journey has it.")


def path(projection: str) -> MapPath | None:
    """The line and its pins, as long as the journey is the one it made."""
    drawn: Drawn | None = st.session_state.get(controls.of_model(DRAWN))
    found = journeying.plan()
    if drawn is None or found is None or drawn.projection != projection:
        return None
    if found.stops != drawn.stops:
        return None
    return MapPath(
        line=[(float(x), float(y)) for x, y in drawn.line],
        pins=[
            MapPin(label=str(number), x=float(x), y=float(y))
            for number, (x, y) in enumerate(drawn.places, start=1)
        ],
    )


def _of_places(
    line: Float[ndarray, "points 2"],
) -> tuple[Float[ndarray, "stops 2"], list[Pick]]:
    """The music of places on the line."""
    model = controls.model_name()
    places = line[_evenly(len(line))]
    codes = cache.model(model).library.projection.inverse(places.astype(np.float32))
    return places, [
        picks.decoded(model, f"Place {number} on the map", cache.as_code(z), "map")
        for number, z in enumerate(codes, start=1)
    ]


def _of_phrases(
    projection: str, line: Float[ndarray, "points 2"], rows: Int[ndarray, " rows"]
) -> tuple[Float[ndarray, "stops 2"], list[Pick]]:
    """The phrases nearest to the line, each once, in the order they are passed."""
    model = controls.model_name()
    points = cache.model(model).library.positions[projection]
    away = np.square(points[rows][None] - line[:, None]).sum(axis=2)
    passed = list(dict.fromkeys(int(rows[index]) for index in away.argmin(axis=1)))
    chosen = [passed[index] for index in _evenly(len(passed))]
    return points[chosen], picks.dots(model, chosen)


def _evenly(count: int) -> list[int]:
    """Some of so many, both ends included."""
    indices = np.linspace(0, count - 1, min(NUM_STOPS, count)).round()
    return [int(index) for index in indices]
