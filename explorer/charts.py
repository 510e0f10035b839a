"""Numbers to Plotly figures; pure, no streamlit.

**Conventions.** A `Palette` carries the page's colours, so that a figure fits the
light and the dark theme. Text from files is escaped: Plotly reads a little HTML.
Nothing is told by colour alone: ends carry a letter, bars a sign.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int
from numpy import ndarray


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours of one theme, as `#RRGGBB`."""

    background: str
    surface: str
    text: str
    muted: str
    grid: str
    end_a: str
    end_b: str
    categories: tuple[str, ...]
    scale: tuple[str, ...]  # part of viridis that stands out from the background


DARK = Palette(
    background="#11131A",
    surface="#1B1F2A",
    text="#EEF0F6",
    muted="#A7AEC0",
    grid="#2A3040",
    end_a="#F0A202",
    end_b="#56B4E9",
    categories=(
        "#F0A202",
        "#56B4E9",
        "#2DBE8D",
        "#D98AB5",
        "#C9B458",
        "#9AA5FF",
        "#A7AEC0",
    ),
    scale=("#3E4C8A", "#2A788E", "#22A884", "#7AD151", "#FDE725"),
)
LIGHT = Palette(
    background="#FBFAF7",
    surface="#F0EEE8",
    text="#1B1F2A",
    muted="#565D6E",
    grid="#E2DED4",
    end_a="#9A5B00",
    end_b="#0B6AA6",
    categories=(
        "#9A5B00",
        "#0B6AA6",
        "#0B7A5B",
        "#9C3F73",
        "#6B6A00",
        "#4B4FA8",
        "#565D6E",
    ),
    scale=("#9BC53D", "#35A07A", "#26828E", "#3B528B", "#440154"),
)

KEEP_VIEW = "keep"  # constant uirevision: zoom survives a redraw


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A letter pinned to a place on the map."""

    letter: str
    x: float
    y: float
    colour: str


def tune_map(
    points: Float[ndarray, "tunes 2"],
    titles: Sequence[str],
    *,
    colours: Float[ndarray, " tunes"] | Int[ndarray, " tunes"],
    scale_words: tuple[str, str] = ("little", "much"),
    categories: Sequence[str] = (),
    axis_names: tuple[str, str] = ("", ""),
    selected: int | None = None,
    markers: Sequence[Marker] = (),
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
    selected
        Row of the chosen dot, drawn large.
    markers
        Letters on top: the ends of a blend, an uploaded tune.
    palette
        Colours of the page.
    height
        Pixels.
    """
    figure = go.Figure()
    figure.add_trace(
        go.Scattergl(
            x=points[:, 0].astype(np.float32),
            y=points[:, 1].astype(np.float32),
            mode="markers",
            text=[html.escape(title) for title in titles],
            hovertemplate="%{text}<extra></extra>",
            selectedpoints=None if selected is None else [selected],
            selected={"marker": {"size": 17, "opacity": 1, "color": palette.text}},
            unselected={"marker": {"opacity": 0.55}},
            marker={"size": 6, "opacity": 0.8}
            | _colouring(colours, categories, palette),
            showlegend=False,
            name="tunes",
        )
    )
    if categories:
        for index, name in enumerate(categories):
            figure.add_trace(_legend_entry(name, _category_colour(index, palette)))
    else:
        figure.update_traces(
            marker_colorbar=_colour_bar(scale_words, figure.data[0].marker),
            marker_showscale=True,
            selector={"name": "tunes"},
        )
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
    return figure


def wanted_and_got(
    names: Sequence[str],
    wanted: Float[ndarray, " attributes"],
    got: Float[ndarray, " attributes"],
    *,
    palette: Palette,
) -> go.Figure:
    """Bars of what each slider asked for and what the music did, on one scale.

    The scale is the one of the sliders: 1 is a typical difference between two
    tunes of the map. Differences below 0 point left.
    """
    labels = [html.escape(name) for name in names]
    figure = go.Figure()
    for label, values, colour, pattern in (
        ("wanted", wanted, palette.muted, "/"),
        ("got", got, palette.end_b, ""),
    ):
        figure.add_trace(
            go.Bar(
                x=values,
                y=labels,
                orientation="h",
                name=label,
                marker={"color": colour, "pattern": {"shape": pattern}},
                hovertemplate="%{y}: " + label + " %{x:+.1f}<extra></extra>",
            )
        )
    style(figure, palette, height=70 + 44 * len(labels))
    reach = max(3.0, float(np.abs(np.concatenate([wanted, got])).max(initial=0)))
    figure.update_layout(
        barmode="group",
        bargap=0.35,
        legend={
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "traceorder": "normal",
        },
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
    )
    figure.update_xaxes(
        range=[-reach * 1.05, reach * 1.05],
        zerolinecolor=palette.muted,
        gridcolor=palette.grid,
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def _category_colour(index: int, palette: Palette) -> str:
    return palette.categories[index % len(palette.categories)]


def _colouring(
    colours: ndarray, categories: Sequence[str], palette: Palette
) -> dict[str, object]:
    """Marker properties that paint each dot."""
    if categories:
        return {"color": [_category_colour(int(index), palette) for index in colours]}
    values = np.asarray(colours, np.float32)
    low, high = np.percentile(values, [2, 98]) if len(values) else (0.0, 1.0)
    return {
        "color": values,
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


def style(figure: go.Figure, palette: Palette, *, height: int) -> None:
    """Colours and fonts of the page."""
    figure.update_layout(
        height=height,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": palette.text, "size": 13},
        hoverlabel={
            "bgcolor": palette.surface,
            "bordercolor": palette.muted,
            "font": {"color": palette.text, "size": 14},
        },
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
