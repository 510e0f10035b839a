"""How much each number of a code carries, as bars to choose from."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float
from numpy import ndarray

from explorer import charts
from explorer.charts import Palette


def knob_chart(
    bits: Float[ndarray, " z_size"],
    order: Sequence[int],
    *,
    chosen: int,
    least: float | None,
    palette: Palette,
) -> go.Figure:
    """A bar a number of the code; `customdata` of a point is which number it is.

    Parameters
    ----------
    bits
        What each number carries.
    order
        The numbers from left to right.
    chosen
        The number that is chosen, in another colour and with a mark.
    least
        Bits from which on a number is active, a dashed line; those below are grey.
        None draws no line.
    palette
        Colours of the page.
    """
    heights = bits[list(order)]
    figure = go.Figure(
        go.Bar(
            x=list(range(1, len(order) + 1)),
            y=heights,
            customdata=list(order),
            marker={
                "color": [
                    palette.end_a
                    if number == chosen
                    else palette.end_b
                    if bits[number] >= (least or 0)
                    else palette.muted
                    for number in order
                ],
                "line": {"width": 0},
            },
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            hovertemplate="Knob %{customdata}: %{y:.2f} bits<extra></extra>",
        )
    )
    charts.style(figure, palette, height=180)
    place = list(order).index(chosen)
    figure.add_annotation(
        x=place + 1, y=float(heights[place]), text="▼", showarrow=False, yshift=9
    )
    if least is not None:
        figure.add_hline(y=least, line={"color": palette.muted, "dash": "dash"})
    figure.update_layout(dragmode=False, bargap=0.1, showlegend=False)
    figure.update_xaxes(
        title={"text": "knobs, the most used first", "standoff": 4},
        range=[0, len(order) + 1],
        showgrid=False,
        fixedrange=True,
    )
    figure.update_yaxes(
        title="bits",
        range=[0, 1.15 * float(np.max(heights, initial=0.1))],
        gridcolor=palette.grid,
        fixedrange=True,
    )
    return figure
