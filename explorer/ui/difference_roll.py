"""Two versions of a tune in one piano roll: every note kept, moved, lost or new.

A kind of note has a colour, an outline and a mark, and is told in words beneath.
"""

import math
from collections.abc import Iterable
from typing import Final

import plotly.graph_objects as go

from explorer import charts
from explorer.charts import Palette
from explorer.compare import Differences
from explorer.drums import CLASS_MAPS, DRUM_NAMES
from explorer.notes import STEPS_PER_BAR, Note

WORDS: Final = (
    "■ kept as it was · ◆ moved to another pitch or time, dotted where it was · "
    "✕ lost, an outline only · ✚ new in the model's version"
)
_NOTE_NAMES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
_HALF_HEIGHT = 0.4  # of a note, in semitones
_LEAST_SEMITONES = 12  # that the roll is high
_FEW_BARS = 4  # with room for large marks

Box = tuple[float, float, float]  # left and right in steps, middle in rows

_NOWHERE: Final[list[Box]] = [(-1.0, -1.0, 0.0)]  # out of sight: keeps a legend entry


def difference_roll(
    found: Differences, *, num_bars: int, palette: Palette
) -> go.Figure:
    """The roll of both versions.

    Parameters
    ----------
    found
        The notes, sorted by what became of them.
    num_bars
        4/4 bars that are shown.
    palette
        Colours of the page.
    """
    notes = [
        *(note for pair in (*found.kept, *found.moved) for note in pair),
        *found.lost,
        *found.added,
    ]
    rows = _rows(notes)
    kept, moved = palette.categories[2], palette.end_b
    lost, added = palette.end_a, palette.categories[3]
    was = [(_box(old, rows), _box(new, rows)) for old, new in found.moved]
    figure = go.Figure()
    figure.add_trace(_boxes((old for old, _ in was), moved, "dot", is_filled=False))
    figure.add_trace(_ways(was, moved))
    for name, boxes, colour, dash, symbol in (
        ("kept", [_box(new, rows) for _, new in found.kept], kept, "solid", "square"),
        ("moved", [new for _, new in was], moved, "solid", "diamond"),
        ("lost", [_box(note, rows) for note in found.lost], lost, "dash", "x"),
        ("new", [_box(note, rows) for note in found.added], added, "solid", "cross"),
    ):
        figure.add_trace(_boxes(boxes, colour, dash, is_filled=name != "lost"))
        marks = _marks(name, boxes, colour, symbol, palette)
        marks.marker.size = 9 if num_bars <= _FEW_BARS else 7
        figure.add_trace(marks)
    charts.style(figure, palette, height=240)
    ticks = _ticks(rows)
    low, high = min(rows.values(), default=0), max(rows.values(), default=0)
    spare = max(_LEAST_SEMITONES - (high - low), 2) / 2
    figure.update_layout(
        dragmode=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "itemclick": False},
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
    )
    figure.update_xaxes(
        range=[0, num_bars * STEPS_PER_BAR],
        tickvals=[bar * STEPS_PER_BAR for bar in range(num_bars)],
        ticktext=[
            f"bar {bar + 1}" if num_bars <= _FEW_BARS else str(bar + 1)
            for bar in range(num_bars)
        ],
        ticklabelposition="outside right",
        tickangle=0,
        gridcolor=palette.muted if num_bars <= _FEW_BARS else palette.grid,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_yaxes(
        range=[low - spare, high + spare],
        tickvals=list(ticks),
        ticktext=list(ticks.values()),
        gridcolor=palette.grid,
        zeroline=False,
        fixedrange=True,
    )
    return figure


def note_name(pitch: int) -> str:
    """A pitch as musicians write it: "C4" is the middle C, 60."""
    return f"{_NOTE_NAMES[pitch % 12]}{pitch // 12 - 1}"


def _key(note: Note) -> tuple[bool, int]:
    """What has a row of its own: a pitch, or a drum with all its sounds."""
    if note.is_drum:
        return True, CLASS_MAPS["today"].get(note.pitch, len(DRUM_NAMES))
    return False, note.pitch


def _rows(notes: Iterable[Note]) -> dict[tuple[bool, int], float]:
    """How high each pitch lies; drums in rows of their own beneath."""
    keys = sorted({_key(note) for note in notes})
    pitches = [pitch for is_drum, pitch in keys if not is_drum]
    drums = [drum for is_drum, drum in keys if is_drum]
    bottom = (min(pitches) - 1 if pitches else 0) - len(drums)
    return {
        **{(False, pitch): float(pitch) for pitch in pitches},
        **{(True, drum): float(bottom + i) for i, drum in enumerate(drums)},
    }


def _ticks(rows: dict[tuple[bool, int], float]) -> dict[float, str]:
    """Names beside the rows: the lowest and highest pitch, every C, and every drum."""
    pitches = [pitch for is_drum, pitch in rows if not is_drum]
    ends = {min(pitches), max(pitches)} if pitches else set()
    cs = range(math.ceil(min(ends) / 12) * 12, max(ends) + 1, 12) if ends else ()
    far = {c for c in cs if all(abs(c - end) > 2 for end in ends)}
    drums = {
        rows[is_drum, drum]: DRUM_NAMES[drum] if drum < len(DRUM_NAMES) else "other"
        for is_drum, drum in rows
        if is_drum
    }
    return {float(pitch): note_name(pitch) for pitch in sorted(ends | far)} | drums


def _box(note: Note, rows: dict[tuple[bool, int], float]) -> Box:
    return note.start_step, note.end_step, rows[_key(note)]


def _boxes(
    boxes: Iterable[Box], colour: str, dash: str, *, is_filled: bool
) -> go.Scatter:
    """Notes as boxes, in one trace."""
    x: list[float | None] = []
    y: list[float | None] = []
    for left, right, row in boxes:
        top, bottom = row + _HALF_HEIGHT, row - _HALF_HEIGHT
        x += [left, right, right, left, left, None]
        y += [top, top, bottom, bottom, top, None]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": colour, "width": 2, "dash": dash},
        fill="toself" if is_filled else "none",
        fillcolor=_pale(colour),
        hoverinfo="skip",
        showlegend=False,
    )


def _ways(moved: Iterable[tuple[Box, Box]], colour: str) -> go.Scatter:
    """Lines from where notes were to where they are."""
    x: list[float | None] = []
    y: list[float | None] = []
    for old, new in moved:
        x += [sum(old[:2]) / 2, sum(new[:2]) / 2, None]
        y += [old[2], new[2], None]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": colour, "width": 1, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )


def _marks(
    name: str, boxes: list[Box], colour: str, symbol: str, palette: Palette
) -> go.Scatter:
    """The mark in the middle of each note, which stands in the legend too."""
    return go.Scatter(
        x=[(left + right) / 2 for left, right, _ in boxes or _NOWHERE],
        y=[row for *_, row in boxes or _NOWHERE],
        mode="markers",
        name=f"{len(boxes)} {name}",
        marker={
            "color": colour,
            "symbol": symbol,
            "line": {"color": palette.background, "width": 1},
        },
        hovertemplate=f"{name}<extra></extra>",
    )


def _pale(colour: str) -> str:
    """A colour of which the background is seen through."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.35)"
