"""The map of tunes as a Plotly figure: dots to click, and what lies beneath them.

**Conventions.** As in `charts`. What can be clicked carries its row in `customdata`,
since not every dot of the map need be shown.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int
from numpy import ndarray

from explorer.charts import Palette, style
from explorer.regions import Density, View

KEEP_VIEW: Final = "keep"  # constant uirevision: zoom survives Plotly's own redraws
NUM_CONTOURS: Final = 5
FOG_STEPS: Final = (3, 6)  # cells from one speck of fog to the next; a map is wide
ALONE: Final = 17  # pixels of a chosen dot
AMONG_MANY: Final = 8  # where many may be chosen, so that none hides the others
HIDDEN: Final = 0.12  # opacity of dots that a filter leaves out


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A letter pinned to a place on the map."""

    letter: str
    x: float
    y: float
    colour: str


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What lies beneath the dots of a map."""

    density: Density
    contours: bool = True
    fog: bool = True


def tune_map(
    points: Float[ndarray, "tunes 2"],
    titles: Sequence[str],
    *,
    colours: Float[ndarray, " tunes"] | Int[ndarray, " tunes"],
    scale_words: tuple[str, str] = ("little", "much"),
    categories: Sequence[str] = (),
    axis_names: tuple[str, str] = ("", ""),
    shown: Int[ndarray, " rows"] | None = None,
    selected: int | None = None,
    markers: Sequence[Marker] = (),
    ground: Ground | None = None,
    view: View | None = None,
    is_lasso: bool = False,
    palette: Palette,
    height: int = 420,
) -> go.Figure:
    """Scatter of tunes to click.

    Parameters
    ----------
    points, titles
        Place and name of each tune.
    colours
        A number per tune; with `categories`, the index of its category.
    scale_words
        What the two ends of the colour scale mean.
    categories
        Names of the categories; empty for a continuous scale.
    axis_names
        Said under and beside the map; empty hides the axis.
    shown
        Rows of the dots to click; the others stay as a shadow, so that the map keeps
        its shape. None shows all.
    selected
        Row of the chosen dot, drawn large.
    markers
        Letters on top: the ends of a blend, an uploaded tune.
    ground
        Contours and fog; None draws the dots alone.
    view
        What of the map to show; None is all of it.
    is_lasso
        Whether dragging draws a line around dots, or moves the map.
    palette
        Colours of the page.
    height
        Pixels.
    """
    rows = np.arange(len(points)) if shown is None else np.asarray(shown)
    figure = go.Figure()
    size = AMONG_MANY if is_lasso else ALONE
    figure.add_trace(_dots(points, titles, rows, selected, size, palette))
    figure.data[0].marker.update(_colouring(colours, rows, categories, palette))
    if len(rows) < len(points):
        figure.add_trace(_shadow(points, rows, palette))
    if categories:
        for index, name in enumerate(categories):
            figure.add_trace(_legend_entry(name, _category_colour(index, palette)))
    else:
        figure.update_traces(
            marker_colorbar=_colour_bar(scale_words, figure.data[0].marker),
            marker_showscale=True,
            selector={"name": "tunes"},
        )
    if ground is not None:
        _draw_ground(figure, ground, palette)
    for marker in markers:
        figure.add_annotation(
            x=marker.x,
            y=marker.y,
            text=f"<b>{html.escape(marker.letter)}</b>",
            font={"color": palette.background, "size": 14},
            bgcolor=marker.colour,
            bordercolor=palette.text,
            borderwidth=1,
            borderpad=3,
            arrowcolor=marker.colour,
            arrowwidth=2,
            ax=0,
            ay=-30,
        )
    style(figure, palette, height=height)
    _lay_out(figure, axis_names, selected, palette)
    if is_lasso:
        figure.update_layout(dragmode="lasso", newselection_line_color=palette.text)
    if view is None and ground is not None:
        view = ground.density.whole  # or each marker would move the map a little
    if view is not None:
        figure.update_xaxes(range=list(view[0]))
        figure.update_yaxes(range=list(view[1]))
    return figure


def _dots(
    points: Float[ndarray, "tunes 2"],
    titles: Sequence[str],
    rows: Int[ndarray, " rows"],
    selected: int | None,
    size: int,
    palette: Palette,
) -> go.Scattergl:
    """The dots to click; a chosen one has that many pixels."""
    at = np.nonzero(rows == selected)[0].tolist() if selected is not None else []
    return go.Scattergl(
        x=points[rows, 0].astype(np.float32),
        y=points[rows, 1].astype(np.float32),
        mode="markers",
        # An array: Plotly would look at each entry of a list.
        text=np.array([html.escape(titles[row]) for row in rows], object),
        customdata=rows.astype(np.int32),
        hovertemplate="%{text}<extra></extra>",
        selectedpoints=at or None,
        selected={"marker": {"size": size, "opacity": 1, "color": palette.text}},
        unselected={"marker": {"opacity": 0.55}},
        marker={"size": 6, "opacity": 0.8},
        showlegend=False,
        name="tunes",
    )


def _shadow(
    points: Float[ndarray, "tunes 2"], rows: Int[ndarray, " rows"], palette: Palette
) -> go.Scattergl:
    """The dots that a filter leaves out; they neither answer nor hide others."""
    others = np.setdiff1d(np.arange(len(points)), rows)
    return go.Scattergl(
        x=points[others, 0].astype(np.float32),
        y=points[others, 1].astype(np.float32),
        mode="markers",
        marker={"size": 4, "opacity": HIDDEN, "color": palette.muted},
        hoverinfo="skip",
        showlegend=False,
        name="hidden",
    )


def _draw_ground(figure: go.Figure, ground: Ground, palette: Palette) -> None:
    """Lines of equal density, and specks where there is fog."""
    found = ground.density
    if ground.contours:
        figure.add_trace(
            go.Contour(
                x=found.x.astype(np.float32),
                y=found.y.astype(np.float32),
                z=found.values.astype(np.float32),
                contours={
                    "coloring": "none",
                    "start": found.least,
                    "end": float(found.values.max()),
                    "size": max(
                        (float(found.values.max()) - found.least) / NUM_CONTOURS, 1e-9
                    ),
                },
                line={"color": palette.muted, "width": 0.8},
                opacity=0.55,
                hoverinfo="skip",
                showscale=False,
                showlegend=False,
                name="contours",
            )
        )
    if ground.fog:
        fog = found.fog(*FOG_STEPS)
        figure.add_trace(
            go.Scattergl(
                x=fog[:, 0].astype(np.float32),
                y=fog[:, 1].astype(np.float32),
                mode="markers",
                marker={
                    "symbol": "x-thin",
                    "size": 4,
                    "opacity": 0.4,
                    "color": palette.muted,
                    "line": {"color": palette.muted, "width": 1},
                },
                hoverinfo="skip",
                showlegend=False,
                name="fog",
            )
        )


def _lay_out(
    figure: go.Figure,
    axis_names: tuple[str, str],
    selected: int | None,
    palette: Palette,
) -> None:
    """How the map behaves under the pointer, its legend and its axes."""
    figure.update_layout(
        clickmode="event+select",
        dragmode="pan",
        hovermode="closest",
        uirevision=KEEP_VIEW,
        selectionrevision=str(selected),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.0,
            "x": 0,
            "itemsizing": "constant",
            "itemclick": False,
            "itemdoubleclick": False,
        },
    )
    for axis, name in zip(
        (figure.update_xaxes, figure.update_yaxes), axis_names, strict=True
    ):
        axis(
            title={"text": html.escape(name), "font": {"size": 13}, "standoff": 4},
            showticklabels=False,
            zeroline=False,
            gridcolor=palette.grid,
        )


def _category_colour(index: int, palette: Palette) -> str:
    return palette.categories[index % len(palette.categories)]


def _colouring(
    colours: ndarray,
    rows: Int[ndarray, " rows"],
    categories: Sequence[str],
    palette: Palette,
) -> dict[str, object]:
    """Marker properties that paint each dot shown, on the scale of all."""
    if categories:
        return {
            "color": [_category_colour(int(index), palette) for index in colours[rows]]
        }
    values = np.asarray(colours, np.float32)
    low, high = np.percentile(values, [2, 98]) if len(values) else (0.0, 1.0)
    return {
        "color": values[rows],
        "colorscale": list(palette.scale),
        "cmin": float(low),
        "cmax": float(max(high, low + 1e-6)),
    }


def _colour_bar(
    ends: tuple[str, str], marker: go.scattergl.Marker
) -> dict[str, object]:
    """A flat bar over the map with a word at each end."""
    return {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": 1,
        "yanchor": "bottom",
        "ypad": 0,
        "len": 0.4,
        "thickness": 8,
        "outlinewidth": 0,
        "tickmode": "array",
        "tickvals": [marker.cmin, marker.cmax],
        "ticktext": [html.escape(word) for word in ends],
        "ticks": "",
    }


def _legend_entry(name: str, colour: str) -> go.Scattergl:
    """A legend line without a dot on the map."""
    return go.Scattergl(
        x=[None],
        y=[None],
        mode="markers",
        marker={"size": 9, "color": colour},
        name=html.escape(name),
        hoverinfo="skip",
    )
