"""Two sliders at once: a square of what they make, painted with what was measured.

**Conventions.** Cells count row by row from the top left, as in `squaring`. The first
slider grows to the right, the second upwards; the others stay where they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import streamlit as st
from jaxtyping import Float
from numpy import ndarray

from explorer.trained_model import DecodedTune
from explorer.ui import (
    cache,
    controls,
    picks,
    shape_bench,
    shaping,
    squaring,
    state,
    words,
)
from explorer.ui.cache import Code
from explorer.ui.failures import guarded
from explorer.ui.player import Cell, Paint, PlayerData, loop_of, square
from explorer.ui.shaping import REACH, Bent, Slider

SQUARE: Final = "shape_square"  # the square's own state
ACROSS: Final = "shape_across"  # name of the slider that grows to the right
UPWARDS: Final = "shape_upwards"
PAINTED: Final = "shape_painted"  # what the cells are painted with, an `Of`
TABLE: Final = "shape_table"  # whether the twin of the square is open

SIZE: Final = 9  # cells along a side
UNIT: Final = 2 * REACH / (SIZE - 1)  # of a slider, from cell to cell
Of = Literal["x", "y", "both"]


@dataclass(frozen=True, kw_only=True)
class Plane:
    """The two sliders of a square."""

    across: Slider
    upwards: Slider

    def title(self, index: int) -> str:
        """Where both are in a cell: "Busier +1.50, Jumpier 0"."""
        right, up = map(shaping.signed, place(index))
        return f"{self.across.label} {right}, {self.upwards.label} {up}"


def place(index: int) -> tuple[float, float]:
    """Where both sliders are in a cell: to the right, and upwards."""
    down, right = divmod(index, SIZE)
    return right * UNIT - REACH, REACH - down * UNIT


def cell(across: float, upwards: float) -> int:
    """The cell nearest to a place of both sliders."""
    return round((REACH - upwards) / UNIT) * SIZE + round((across + REACH) / UNIT)


def pair(found: Bent) -> None:
    """The square, the choice of its sides, and the tune in front."""
    board, side = st.columns([7, 6], gap="medium")
    with side:
        plane = _sides()
        of = _painted(plane)
        shape_bench.result(found, "shape_pair")
    with board:
        _square(plane, of)
    twin = st.expander("The same as a table", key=TABLE, on_change="rerun")
    if twin.open:
        with twin:
            _table(plane)


def _sides() -> Plane:
    """The two sliders, which differ."""
    sliders = {slider.name: slider for slider in shaping.sliders()}
    left, right = st.columns(2)
    with left:
        first = words.FIRST_COLOUR[controls.encoding()]
        across = _choose("To the right", ACROSS, sliders, first)
    others = {name: each for name, each in sliders.items() if name != across.name}
    with right:
        best = max(others, key=lambda name: others[name].works or 0.0)
        upwards = _choose("Upwards", UPWARDS, others, best)
    return Plane(across=across, upwards=upwards)


def _choose(label: str, key: str, sliders: dict[str, Slider], first: str) -> Slider:
    """One of the sliders; the first where the one that was chosen is gone."""
    if st.session_state.get(key) not in sliders:
        st.session_state[key] = first
    name = st.selectbox(
        label,
        list(sliders),
        format_func=lambda name: sliders[name].label,
        key=key,
        persist_state="session",
    )
    return sliders[name]


def _painted(plane: Plane) -> Of:
    """What the cells are painted with."""
    labels: dict[Of, str] = {
        "both": "both",
        "x": plane.across.label,
        "y": plane.upwards.label,
    }
    chosen = st.segmented_control(
        "Paint what was measured of",
        list(labels),
        format_func=lambda of: words.plain(labels[of]),
        key=PAINTED,
        default="both",
        required=True,
        persist_state="session",
        help="Measured on what the model writes in each cell, not on what was asked.",
    )
    return chosen


@st.fragment
def _square(plane: Plane, of: Of) -> None:
    """The square; its cells are sent while it is played."""
    codes = _codes(plane)
    name = _identity(codes)
    held = (st.session_state.get(SQUARE) or {}).get("have") or {}
    count = int(held["count"]) if held.get("square") == name else 0
    fresh = squaring.due(count, SIZE)
    known = squaring.order(SIZE)[: count + len(fresh)]
    tunes = _decoded([codes[index] for index in known])
    made = dict(zip(known, tunes, strict=True))
    now = shaping.settings()

    def chosen() -> None:
        right, up = place(state.take_gesture(SQUARE))
        shaping.move({plane.across.name: right, plane.upwards.name: up})
        shaping.offer()
        shaping.redraw()

    square(
        [Cell(index=at, loop=_loop(plane.title(at), made[at])) for at in fresh],
        name=name,
        size=SIZE,
        corners=("", "", "", ""),
        index=cell(now[plane.across.name].value, now[plane.upwards.name].value),
        paint=_paint(plane, of, known, _measured(plane, tunes)),
        gesture=state.gesture(),
        key=SQUARE,
        on_change=guarded(chosen),
    )


def _codes(plane: Plane) -> list[Code]:
    """Codes of all cells."""
    others = shaping.amounts()
    found = []
    for index in range(SIZE * SIZE):
        right, up = place(index)
        sides = {plane.across.name: right, plane.upwards.name: up}
        found.append(shaping.code({**others, **sides}))
    return found


def _identity(codes: list[Code]) -> str:
    """Name of the square, the same exactly if its cells are."""
    made_of = (controls.model_name(), shaping.current().tune.qpm, tuple(codes))
    return f"bend {hash(made_of) & 0xFFFFFFFFFFFF:012x}"


def _decoded(codes: list[Code]) -> tuple[DecodedTune, ...]:
    """Cells, decoded together."""
    qpm = shaping.current().tune.qpm
    return cache.decode_all(controls.model_name(), codes, qpm)


def _loop(title: str, decoded: DecodedTune) -> PlayerData:
    return loop_of(
        decoded.tune,
        title=title,
        certainty=picks.plain_certainty(decoded),
        ghosts=decoded.ghosts,
        parts=cache.parts(controls.model_name()),
    )


def _measured(
    plane: Plane, tunes: Sequence[DecodedTune]
) -> Float[ndarray, "tunes sides"]:
    """How far either side went in each tune, in its slider's unit."""
    return shaping.got(tunes, [plane.across, plane.upwards])


def _paint(
    plane: Plane, of: Of, known: list[int], measured: Float[ndarray, "tunes sides"]
) -> Paint:
    """What was measured in the cells that are known, from end to end of a slider."""
    values: list[tuple[float, float] | None] = [None] * (SIZE * SIZE)
    shares = np.clip((measured + REACH) / (2 * REACH), 0, 1).round(3)
    for index, (right, up) in zip(known, shares.tolist(), strict=True):
        values[index] = (right, up)
    axes = plane.across.label, plane.upwards.label
    obeys = {"both": "both", "x": f"“{axes[0]}”", "y": f"“{axes[1]}”"}[of]
    return {
        "values": values,
        "of": of,
        "scale": list(controls.palette().scale),
        "axes": axes,
        "words": f"How it would be painted if {obeys} obeyed everywhere.",
    }


def _table(plane: Plane) -> None:
    """What was measured in every cell, for the keyboard and for screen readers."""
    measured = _measured(plane, _decoded(_codes(plane)))
    across, upwards = plane.across.label, plane.upwards.label
    cells = [
        f"{shaping.signed(right)} · {shaping.signed(up)}"
        for right, up in measured.tolist()
    ]
    rows = [cells[start : start + SIZE] for start in range(0, len(cells), SIZE)]
    asked = [place(index)[0] for index in range(SIZE)]
    st.caption(
        words.plain(
            f"A column is “{across}”, a row “{upwards}” as it was asked for. A cell "
            f"says what was measured: {across} · {upwards}."
        )
    )
    st.dataframe(
        [
            {
                upwards: shaping.signed(place(index * SIZE)[1]),
                **{
                    f"{shaping.signed(x)} ": text
                    for x, text in zip(asked, row, strict=True)
                },
            }
            for index, row in enumerate(rows)
        ],
        hide_index=True,
    )
