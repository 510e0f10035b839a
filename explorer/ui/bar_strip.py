"""A whole tune as a strip of bars, with the ones that are read marked."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from explorer import charts
from explorer.charts import Palette
from explorer.notes import STEPS_PER_BAR, Note

HEIGHT: Final = 130  # pixels
MOST_DRAWN: Final = 4000  # notes; of more, those in one place are drawn once


def bar_strip(
    parts: Sequence[Sequence[Note]],
    *,
    num_bars: int,
    window: tuple[int, int],
    palette: Palette,
) -> go.Figure:
    """The notes of a tune in all its bars; a point of its first trace is a bar.

    Parameters
    ----------
    parts
        Notes of each part, each in a colour of its own; drums lie beneath the rest.
    num_bars
        4/4 bars of the whole tune.
    window
        First and last bar that are read, counted from 0.
    palette
        Colours of the page.
    """
    lines = _lines(parts)
    heights = [height for line in lines for *_, height in line]
    low, high = min(heights, default=0) - 1.5, max(heights, default=0) + 1.5
    first, last = window
    is_read = [first <= bar <= last for bar in range(num_bars)]
    figure = go.Figure()
    figure.add_trace(
        go.Bar(
            x=list(range(1, num_bars + 1)),
            y=[high - low] * num_bars,
            base=low,
            width=1,
            marker={
                "color": [
                    palette.end_a if read else palette.surface for read in is_read
                ],
                "opacity": [0.3 if read else 0.6 for read in is_read],
                "line": {"width": 0},
            },
            selected={"marker": {"opacity": 0.3}},
            unselected={"marker": {"opacity": 0.3}},
            hovertemplate="Bar %{x}<extra></extra>",
            showlegend=False,
        )
    )
    for line, colour in zip(lines, palette.categories[1:], strict=False):
        figure.add_trace(_notes(line, colour))
    charts.style(figure, palette, height=HEIGHT)
    figure.add_shape(
        type="rect",
        x0=first + 0.5,
        x1=last + 1.5,
        y0=low,
        y1=high,
        line={"color": palette.end_a, "width": 2},
    )
    figure.update_layout(dragmode=False, bargap=0)
    figure.update_xaxes(
        range=[0.5, num_bars + 0.5],
        title={"text": "bar", "standoff": 4},
        nticks=12,
        tickformat="d",
        tick0=1,
        dtick=1 if num_bars <= 12 else None,
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )
    figure.update_yaxes(range=[low, high], visible=False, fixedrange=True)
    return figure


def _lines(parts: Sequence[Sequence[Note]]) -> list[list[tuple[float, float, float]]]:
    """(left, right, height) of the notes of each part, in bars and in semitones."""
    pitched = [note.pitch for notes in parts for note in notes if not note.is_drum]
    drums = sorted({note.pitch for notes in parts for note in notes if note.is_drum})
    bottom = (min(pitched) - 2 if pitched else 0) - len(drums)
    grain = 1  # steps that count as one place
    count = sum(map(len, parts))
    while count > MOST_DRAWN:
        grain *= 2
        count = sum(len(_places(notes, grain)) for notes in parts)
    return [
        [
            (
                start * grain / STEPS_PER_BAR + 0.5,
                end * grain / STEPS_PER_BAR + 0.5,
                float(bottom + drums.index(pitch) if is_drum else pitch),
            )
            for start, end, pitch, is_drum in _places(notes, grain)
        ]
        for notes in parts
    ]


def _places(notes: Sequence[Note], grain: int) -> list[tuple[int, int, int, bool]]:
    """Where notes are on a coarser grid, each place once."""
    return sorted(
        {
            (
                note.start_step // grain,
                max(-(-note.end_step // grain), note.start_step // grain + 1),
                note.pitch,
                note.is_drum,
            )
            for note in notes
        }
    )


def _notes(line: Sequence[tuple[float, float, float]], colour: str) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for left, right, height in line:
        x += [left, right, None]
        y += [height, height, None]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": colour, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
