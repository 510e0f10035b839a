"""Numbers to Plotly figures; pure, no streamlit.

**Conventions.** A `Palette` carries the page's colours, so that a figure fits the
light and the dark theme. Text from files is escaped: Plotly reads a little HTML.
Nothing is told by colour alone: ends carry a letter, bars a sign.
"""

from dataclasses import dataclass

import plotly.graph_objects as go


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
