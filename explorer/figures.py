"""What `evaluate` measured, as figures; one model, or several side by side.

**Conventions.** Every figure is a function of `metrics.json` alone, by name of the
model, so that it can be drawn again from what a checkpoint holds. What a model did not
measure is left out of its figure. Nothing is told by colour alone: models differ in
dash and symbol, bars in pattern.
"""

import html
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.attributes import attributes_of
from explorer.charts import Palette, style
from explorer.measured import (
    GROUP_NAMES,
    WAY_NAMES,
    Models,
    accuracies_by_step,
    encoding_of,
    look_up,
    reconstruction_series,
)
from explorer.notes import STEPS_PER_BAR

_MORE_PANELS: Final = {  # beside the attributes
    "in_one_scale": "In one scale",
    "backbeat": "Snare on 2 and 4",
    "kick_on_one": "Kick on 1",
}
_PANELS_A_ROW: Final = 3
_MAX_WIDE_BARS: Final = 3  # side by side; more have room for two digits each
_MAX_BARS_BY_STEP: Final = 2  # longer phrases are shown bar by bar
_DASHES: Final = ("solid", "dash", "dot", "dashdot")
_SYMBOLS: Final = ("circle", "square", "diamond", "x")
_PATTERNS: Final = ("", "/", ".", "x")
_LEAST_BITS: Final = 1e-4  # lower end of the logarithmic axis


def accuracy_by_position(models: Models, palette: Palette) -> go.Figure:
    """Share of right events along the phrase, after true events and alone.

    Of a single model of several parts, a line for each part.
    """
    figure = go.Figure()
    unit = "sixteenth of the phrase"
    for index, label, way, by_step in accuracies_by_step(models):
        values = np.array(by_step)
        if len(values) > _MAX_BARS_BY_STEP * STEPS_PER_BAR:
            values = values.reshape(-1, STEPS_PER_BAR).mean(axis=1)
            unit = "bar of the phrase"
        figure.add_trace(
            _line(
                np.arange(1, len(values) + 1),
                values,
                label,
                index,
                palette,
                dash="solid" if way == "teacher_forced" else "dot",
            )
        )
    _finish(figure, palette, height=340)
    figure.update_xaxes(title=unit, dtick=1 if unit.startswith("bar") else 4)
    figure.update_yaxes(title="share of right events", range=_share_range(figure))
    return figure


def reconstruction_bars(models: Models, palette: Palette) -> go.Figure:
    """Accuracy of each way to write held-out phrases back, and of each part."""
    figure = go.Figure()
    series = reconstruction_series(models)
    digits = 3 if len(series) <= _MAX_WIDE_BARS else 2
    for index, (name, keys, label) in enumerate(series):
        ways = models[name]["reconstruction"]
        found = {way: look_up(ways, (way, *keys)) for way in WAY_NAMES}
        shown = [way for way, value in found.items() if value is not None]
        if not shown:
            continue
        values = [found[way] for way in shown]
        names = [WAY_NAMES[way] for way in shown]
        bars = _bars(names, values, label, index, palette)
        figure.add_trace(bars.update(text=[f"{value:.{digits}f}" for value in values]))
    _finish(figure, palette, height=340)
    figure.update_traces(textposition="outside", cliponaxis=False, textfont_size=11)
    figure.update_layout(barmode="group", bargap=0.3)
    figure.update_yaxes(title="share of right events", range=[0, 1.08])
    figure.update_xaxes(showgrid=False)
    return figure


def interpolation_curves(models: Models, palette: Palette) -> go.Figure:
    """Along blends of pairs: distance from A, and cost relative to the real ends."""
    figure = make_subplots(
        rows=2,
        shared_xaxes=True,
        vertical_spacing=0.12,
        subplot_titles=(
            "Share of steps that differ from A",
            "Cost under a 5-gram model (1: as usual as the real ends)",
        ),
    )
    measured = [metrics["interpolation"] for metrics in models.values()]
    series = [
        (name, found["positions"], found["model"])
        for name, found in zip(models, measured, strict=True)
    ]
    in_data_space: list[Mapping[str, Any]] = []
    for name, found in zip(models, measured, strict=True):
        if found["data_space"] not in in_data_space:  # the same for the same phrases
            label = f", as {name}" if in_data_space else ""
            in_data_space.append(found["data_space"])
            series.append(
                (
                    f"steps of A and B mixed{label}",
                    found["positions"],
                    found["data_space"],
                )
            )
    for index, (name, positions, curve) in enumerate(series):
        for row, key in enumerate(("distance_to_a", "relative_cost"), start=1):
            line = _line(positions, curve[key], name, index, palette)
            line.update(legendgroup=name, showlegend=row == 1)
            figure.add_trace(line, row=row, col=1)
    _finish(figure, palette, height=520)
    figure.add_hline(y=1, row=2, line={"color": palette.muted, "dash": "dash"})
    figure.update_yaxes(rangemode="tozero", row=1)
    figure.update_xaxes(title="from A (0) to B (1)", row=2)
    return figure


def kl_by_dimension(models: Models, palette: Palette) -> go.Figure:
    """KL of each dimension of the code, the largest first."""
    figure = go.Figure()
    for index, (name, metrics) in enumerate(models.items()):
        bits = np.sort(np.array(metrics["kl_bits_by_dimension"]))[::-1]
        line = _line(
            np.arange(1, len(bits) + 1),
            np.maximum(bits, _LEAST_BITS),
            name,
            index,
            palette,
            dash=_DASHES[index % len(_DASHES)],
        )
        figure.add_trace(line.update(mode="lines"))
    _finish(figure, palette, height=300)
    thresholds = {
        metrics["posterior"]["carrying_nats"]
        for metrics in models.values()
        if "posterior" in metrics
    }
    for nats in sorted(thresholds):
        figure.add_hline(
            y=nats / math.log(2), line={"color": palette.muted, "dash": "dash"}
        )
    figure.update_layout(showlegend=len(models) > 1)
    lines = ", ".join(f"{nats:g} nats" for nats in sorted(thresholds))
    figure.update_xaxes(
        title="number of the code, the most used first"
        + (f" (dashed line: {lines})" if lines else "")
    )
    figure.update_yaxes(title="bits, logarithmic", type="log", dtick=1)
    return figure


def attribute_changes(models: Models, palette: Palette) -> go.Figure:
    """Percent change of each attribute when a vector is added or subtracted."""
    ((_, metrics),) = models.items()
    changes = metrics["attribute_changes"]
    attributes = attributes_of(encoding_of(metrics))
    labels = [html.escape(attributes[name].label) for name in changes["names"]]
    rows = (("held_out", "held-out codes"), ("prior", "codes from the prior"))
    figure = make_subplots(
        rows=2,
        cols=2,
        shared_xaxes=True,
        shared_yaxes=True,
        vertical_spacing=0.12,
        horizontal_spacing=0.04,
        subplot_titles=[
            f"{what}, {where}" for _, where in rows for what in ("added", "subtracted")
        ],
    )
    for row, (key, _) in enumerate(rows, start=1):
        for column, what in enumerate(("add", "subtract"), start=1):
            values = changes[key][what]
            figure.add_trace(
                go.Heatmap(
                    x=labels,
                    y=labels,
                    z=values,
                    text=[[_signed(value) for value in line] for line in values],
                    texttemplate="%{text}",
                    zmin=-100,
                    zmax=100,
                    colorscale=[
                        [0, palette.end_a],
                        [0.5, palette.surface],
                        [1, palette.end_b],
                    ],
                    showscale=False,
                    xgap=2,
                    ygap=2,
                    hovertemplate="vector %{y}: %{x} %{text} %<extra></extra>",
                ),
                row=row,
                col=column,
            )
    _finish(figure, palette, height=560)
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_yaxes(title="vector", col=1)
    figure.update_xaxes(title="change of, in %", row=2)
    return figure


def sample_attributes(models: Models, palette: Palette) -> go.Figure:
    """Means of new phrases beside those of real ones, a panel for each measure."""
    ((_, metrics),) = models.items()
    samples = metrics["samples"]
    groups = [key for key in GROUP_NAMES if key in samples]
    attributes = attributes_of(encoding_of(metrics))
    panels = {name: attribute.label for name, attribute in attributes.items()}
    panels |= _MORE_PANELS
    panels = {key: label for key, label in panels.items() if key in samples["data"]}
    rows = math.ceil(len(panels) / _PANELS_A_ROW)
    figure = make_subplots(
        rows=rows,
        cols=_PANELS_A_ROW,
        subplot_titles=[html.escape(v) for v in panels.values()],
    )
    for place, key in enumerate(panels):
        for index, group in enumerate(groups):
            name = GROUP_NAMES[group]
            bar = _bars([name], [samples[group][key]], name, index, palette)
            bar.update(
                showlegend=place == 0,
                legendgroup=name,
                text=[f"{samples[group][key]:.2f}"],
                textposition="outside",
                cliponaxis=False,
            )
            row, column = divmod(place, _PANELS_A_ROW)
            figure.add_trace(bar, row=row + 1, col=column + 1)
    _finish(figure, palette, height=60 + 200 * rows)
    figure.update_xaxes(showticklabels=False, showgrid=False)
    figure.update_yaxes(rangemode="tozero", showticklabels=False, showgrid=False)
    return figure


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One kind of figure: what it is called and what it takes."""

    name: str  # of its file
    title: str
    text: str  # what it shows, for those who cannot see it too
    draw: Callable[[Models, Palette], go.Figure]
    needs: tuple[str, ...]  # keys of the metrics, from the outside in
    is_for_one: bool = False  # model

    def can_show(self, models: Models) -> bool:
        """Whether all the models have measured what is drawn."""
        if self.is_for_one and len(models) > 1:
            return False
        return bool(models) and all(
            look_up(found, self.needs) is not None for found in models.values()
        )


def run_curves(
    runs: Mapping[str, Sequence[Mapping[str, float]]], palette: Palette
) -> go.Figure:
    """Accuracy against KL along training runs, from first look to last.

    Up is more faithful, left is a smaller code: a run that is above another at the same
    KL has the better model, whatever its beta.
    """
    figure = go.Figure()
    for index, (name, looks) in enumerate(runs.items()):
        bits = [look["kl_bits"] for look in looks]
        for way in ("teacher_forced", "sampled"):
            accuracy = [look[way] for look in looks]
            label = f"{name}, {WAY_NAMES[way]}"
            dash = _DASHES[way == "sampled"]
            figure.add_trace(_line(bits, accuracy, label, index, palette, dash=dash))
    _finish(figure, palette, height=420)
    figure.update_xaxes(title="KL, bits a phrase", type="log")
    figure.update_yaxes(title="share of right events", range=_share_range(figure))
    return figure


DRAWINGS: Final = (
    Drawing(
        name="figure_reconstruction",
        title="Held-out phrases written back",
        text="Accuracy of each way to write held-out phrases back",
        draw=reconstruction_bars,
        needs=("reconstruction",),
    ),
    Drawing(
        name="figure_accuracy",
        title="Accuracy along the phrase",
        text="Share of right events at each position of the phrase",
        draw=accuracy_by_position,
        needs=("reconstruction", "sampled", "accuracy_by_step"),
    ),
    Drawing(
        name="figure_interpolation",
        title="Blends",
        text="Distance from A and relative cost along blends from A to B",
        draw=interpolation_curves,
        needs=("interpolation",),
    ),
    Drawing(
        name="figure_kl",
        title="Use of the code",
        text="Bits that each number of the code carries, largest first",
        draw=kl_by_dimension,
        needs=("kl_bits_by_dimension",),
    ),
    Drawing(
        name="figure_attributes",
        title="Attribute vectors",
        text="Percent change of each attribute when a vector is added or subtracted",
        draw=attribute_changes,
        needs=("attribute_changes",),
        is_for_one=True,
    ),
    Drawing(
        name="figure_samples",
        title="New phrases beside real ones",
        text="Means of new phrases beside those of training and held-out phrases",
        draw=sample_attributes,
        needs=("samples", "data"),
        is_for_one=True,
    ),
)


def drawings(models: Models) -> Iterator[Drawing]:
    """The drawings that can be made of these models, in order."""
    return (drawing for drawing in DRAWINGS if drawing.can_show(models))


def draw_all(models: Models, palette: Palette) -> dict[str, go.Figure]:
    """Every figure that can be made, by name."""
    return {found.name: found.draw(models, palette) for found in drawings(models)}


def _line(
    x: Sequence[float] | np.ndarray,
    y: Sequence[float] | np.ndarray,
    name: str,
    index: int,
    palette: Palette,
    *,
    dash: str | None = None,
) -> go.Scatter:
    colour = _colour(index, palette)
    return go.Scatter(
        x=x,
        y=y,
        name=html.escape(name),
        mode="lines+markers",
        line={"color": colour, "width": 2, "dash": dash or _DASHES[index % 4]},
        marker={"size": 6, "symbol": _SYMBOLS[index % 4], "color": colour},
        hovertemplate="%{x}: %{y:.3f}<extra>" + html.escape(name) + "</extra>",
    )


def _bars(
    names: Iterable[str],
    values: Iterable[float],
    label: str,
    index: int,
    palette: Palette,
) -> go.Bar:
    return go.Bar(
        x=list(names),
        y=list(values),
        name=html.escape(label),
        marker={
            "color": _colour(index, palette),
            "pattern": {"shape": _PATTERNS[index % 4], "fgcolor": palette.background},
        },
        hovertemplate="%{x}: %{y:.3f}<extra>" + html.escape(label) + "</extra>",
    )


def _colour(index: int, palette: Palette) -> str:
    return palette.categories[index % len(palette.categories)]


def _signed(value: float | None) -> str:
    return "-" if value is None else f"{value:+.0f}"


def _share_range(figure: go.Figure) -> list[float]:
    """From a little below the lowest value up to 1."""
    lowest = min((min(trace.y) for trace in figure.data), default=0.0)
    return [max(0.0, math.floor(10 * lowest - 0.5) / 10), 1.02]


def _finish(figure: go.Figure, palette: Palette, *, height: int) -> None:
    """Colours, legend above, margins that also hold titles of panels."""
    style(figure, palette, height=height)
    figure.update_layout(
        margin={"l": 8, "r": 16, "t": 60, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.08, "yanchor": "bottom"},
    )
    for update in (figure.update_xaxes, figure.update_yaxes):
        update(gridcolor=palette.grid, zeroline=False, title_font_size=13)
    figure.update_annotations(font_size=13)
