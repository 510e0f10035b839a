"""The way between tunes as Plotly figures and in words; pure, no streamlit.

**Conventions.** As in `charts`. Steps are those of a strip of tiles above the figure,
which has no margins: step i lies under tile i where all tiles are equally wide.
"""

import html
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from plotly.subplots import make_subplots

from explorer.charts import Palette, style

SUPPORT_NAME: Final = "Real tunes near"

_ROW_HEIGHT: Final = 38  # pixels: the row's name, and its curve below
_GAP: Final = 4  # pixels between rows
_NAME_SIZE: Final = 12  # pixels
_NAME_SHARE: Final = 0.48  # of a row's height that is kept free for its name
_CURVE_PAD: Final = 0.12  # of a row's height under its curve, for the markers
_USUAL_SUPPORT: Final = 10  # fills a row at least; what a phrase of a map has near


def path_curves(
    values: Float[ndarray, "steps attributes"],
    names: list[str],
    support: Int[ndarray, " steps"],
    *,
    index: int | None,
    palette: Palette,
    labels: list[str],
    texts: list[list[str]] | None = None,
    spans: Sequence[float] | None = None,
) -> go.Figure:
    """One thin curve per attribute along a way, and how well it is supported.

    The last row has a bar a step: how many real tunes are near, on a logarithmic
    scale, as straight ways have hundreds in their middle. A step that has none is
    hatched from top to bottom.

    Parameters
    ----------
    values, names
        What was measured at each step, and what it is called.
    support
        Real tunes near each step; see `Library.support`.
    index
        Step in front, where a line goes through all rows; None draws no line.
    palette
        Colours of the page.
    labels
        Names of the tiles, said on hovering.
    texts
        What is said of each step and attribute, as "6.5 notes a bar"; None says the
        numbers.
    spans
        What the height of each row is worth at least, so that a hardly audible change
        looks small; None fills every row with the values it has.

    Raises
    ------
    ValueError
        If names, labels, texts or spans do not fit the values.
    """
    num_steps, num_attributes = values.shape
    _check(values, names, labels, texts, spans)
    said = texts or [[f"{value:.2f}" for value in step] for step in values]
    num_rows = num_attributes + 1
    height = num_rows * (_ROW_HEIGHT + _GAP) - _GAP
    figure = make_subplots(
        rows=num_rows, shared_xaxes=True, vertical_spacing=_GAP / height
    )
    for row, name in enumerate(names):
        hover = [_hover(labels[i], said[i][row]) for i in range(num_steps)]
        curve = _curve(values[:, row], name, hover, index, palette)
        figure.add_trace(curve, row=row + 1, col=1)
        least = 0.0 if spans is None else float(spans[row])
        figure.update_yaxes(range=_value_range(values[:, row], least), row=row + 1)
    for trace in _support_bars(support, labels, palette):
        figure.add_trace(trace, row=num_rows, col=1)
    figure.update_yaxes(range=[0, _support_top(support)], row=num_rows)
    _name_rows(figure, [*names, SUPPORT_NAME], palette)
    if index is not None:
        figure.add_shape(**_front_line(index, palette))
    _lay_out(figure, num_steps, palette, height=height)
    return figure


def support_words(support: Int[ndarray, " steps"], labels: list[str]) -> str:
    """Where on a way no real tune is near, in one sentence.

    For a caption, or for whoever cannot see the bars of `path_curves`.
    """
    gaps = _runs(support == 0)
    if not gaps:
        return "Real tunes are near all the way."
    if gaps == [(0, len(support) - 1)]:
        return "No real tune is near anywhere on the way: expect surprises."
    places = [
        f"at {labels[first]}"
        if first == last
        else f"between {labels[first]} and {labels[last]}"
        for first, last in gaps
    ]
    listed = ", ".join(places[:-1]) + " and " + places[-1] if places[1:] else places[0]
    return f"{listed[0].upper()}{listed[1:]} no real tune is near: expect surprises."


def _runs(flags: Bool[ndarray, " steps"]) -> list[tuple[int, int]]:
    """(first, last) of every run of steps that are true."""
    found = []
    for is_true, run in groupby(range(len(flags)), key=lambda step: bool(flags[step])):
        steps = list(run)
        if is_true:
            found.append((steps[0], steps[-1]))
    return found


def _check(
    values: Float[ndarray, "steps attributes"],
    names: list[str],
    labels: list[str],
    texts: list[list[str]] | None,
    spans: Sequence[float] | None,
) -> None:
    num_steps, num_attributes = values.shape
    if len(labels) != num_steps:
        raise ValueError(f"{len(labels)} labels do not fit {num_steps} steps")
    if len(names) != num_attributes:
        raise ValueError(f"{len(names)} names do not fit {num_attributes} attributes")
    if (
        texts is not None
        and [len(row) for row in texts] != [num_attributes] * num_steps
    ):
        raise ValueError(
            f"texts must be a list a step ({num_steps}) of one text an attribute "
            f"({num_attributes})"
        )
    if spans is not None and len(spans) != num_attributes:
        raise ValueError(f"{len(spans)} spans do not fit {num_attributes} attributes")


def _hover(label: str, text: str) -> str:
    return html.escape(f"{label}: {text}")


def _curve(
    values: Float[ndarray, " steps"],
    name: str,
    hover: list[str],
    index: int | None,
    palette: Palette,
) -> go.Scatter:
    """A thin line with a small marker a step, a larger one at the step in front."""
    return go.Scatter(
        x=list(range(len(values))),
        y=values.astype(float),
        mode="lines+markers",
        line={"color": palette.muted, "width": 1.5},
        marker={
            "color": palette.text,
            "opacity": 1,
            "line": {"width": 0},
            "size": [8 if step == index else 4 for step in range(len(values))],
        },
        cliponaxis=False,
        text=hover,
        hovertemplate="%{text}<extra></extra>",
        name=html.escape(name),
        showlegend=False,
    )


def _value_range(values: Float[ndarray, " steps"], least_span: float) -> list[float]:
    """Range of a row, so that its values lie in the lower part, under the name."""
    low, high = float(values.min()), float(values.max())
    span = max(high - low, least_span) or 1.0
    low -= (span - (high - low)) / 2  # what hardly changes lies in the middle
    whole = span / (1 - _NAME_SHARE - _CURVE_PAD)
    start = low - _CURVE_PAD * whole
    return [start, start + whole]


def _support_bars(
    support: Int[ndarray, " steps"], labels: list[str], palette: Palette
) -> list[go.Bar]:
    """Hatching where nothing is near, and bars of what is."""
    steps = list(range(len(support)))
    none_near = support == 0
    said = ["no real tune near" if not n else _near(int(n)) for n in support]
    hatching = go.Bar(
        x=steps,
        y=[_support_top(support) * (1 - _NAME_SHARE)] * len(support),
        width=1,
        marker={
            "color": "rgba(0,0,0,0)",
            "line": {"width": 0},
            "pattern": {
                "shape": ["/" if none else "" for none in none_near],
                "fgcolor": palette.muted,
                "fillmode": "replace",
                "size": 6,
                "solidity": 0.2,
            },
        },
        text=[_hover(label, text) for label, text in zip(labels, said, strict=True)],
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
        name="none near",
        showlegend=False,
    )
    bars = go.Bar(
        x=steps,
        y=np.log1p(support),
        width=0.5,
        marker={"color": palette.muted, "line": {"width": 0}},
        hoverinfo="skip",  # the column behind it says it, at any height
        name=SUPPORT_NAME,
        showlegend=False,
    )
    return [hatching, bars]


def _near(number: int) -> str:
    return f"{number} real tune near" if number == 1 else f"{number} real tunes near"


def _support_top(support: Int[ndarray, " steps"]) -> float:
    """Upper end of the last row's logarithmic scale, its name included."""
    most = max(_USUAL_SUPPORT, int(support.max(initial=0)))
    return float(np.log1p(most) / (1 - _NAME_SHARE))


def _name_rows(figure: go.Figure, names: Sequence[str], palette: Palette) -> None:
    """The name of each row in its upper left corner, small."""
    for row, name in enumerate(names, start=1):
        domain = figure.get_subplot(row, 1).yaxis.domain
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=domain[1],
            yref="paper",
            yanchor="top",
            text=html.escape(name),
            font={"size": _NAME_SIZE, "color": palette.muted},
            borderpad=0,
            showarrow=False,
        )


def _front_line(index: int, palette: Palette) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "x",
        "x0": index,
        "x1": index,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": palette.text, "width": 1, "dash": "dot"},
        "layer": "below",
    }


def _lay_out(
    figure: go.Figure, num_steps: int, palette: Palette, *, height: int
) -> None:
    """No margins, no axes and no zoom: the tiles above are the scale."""
    style(figure, palette, height=height)
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        barmode="overlay",
        bargap=0,
        dragmode=False,
        hovermode="closest",
        hoverdistance=-1,  # anywhere in a row, the nearest step speaks
        showlegend=False,
    )
    quiet = {
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "showticklabels": False,
        "ticks": "",
        "automargin": False,
    }
    figure.update_xaxes(range=[-0.5, num_steps - 0.5], **quiet)
    figure.update_yaxes(**quiet)
