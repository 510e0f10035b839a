"""Figures to SVG files, by a Chromium that kaleido drives; only where both are there.

The same figure gives the same bytes on one computer: the names that plotly.js draws at
random, of a drawing and of its traces, are replaced. Other fonts give other bytes.
"""

import asyncio
import importlib.util
import os
import re
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import plotly.graph_objects as go

from explorer.charts import LIGHT, Palette
from explorer.errors import PictureError

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTH: Final = 820  # pixels; GitHub shows a page about as wide
SECONDS: Final = 90  # for one figure
_RANDOM: Final = re.compile(rb'<defs id="defs-([0-9a-f]{6})">')
_ADVICE: Final = (
    "Install Chromium or set CHROMIUM to its path, and "
    "`pip install -r requirements-dev.txt`"
)


def problem() -> str | None:
    """Why no picture can be made on this computer, with the remedy; None if one can."""
    if importlib.util.find_spec("kaleido") is None:
        return f"The package kaleido is not installed. {_ADVICE}."
    if _browser() is None:
        return f"There is no Chromium on this computer. {_ADVICE}."
    return None


def svg_files(
    figures: Mapping[str, go.Figure], palette: Palette = LIGHT
) -> dict[str, bytes]:
    """Each figure as the file `<name>.svg`, on the palette's background.

    Raises
    ------
    PictureError
        If kaleido or the browser is missing, or fails.
    """
    if (reason := problem()) is not None:
        raise PictureError(reason)
    named = {f"{name}.svg": figure for name, figure in figures.items()}
    try:
        with ThreadPoolExecutor(1) as thread:  # the caller may have a loop of its own
            drawn = thread.submit(lambda: asyncio.run(_draw(named, palette))).result()
    except (OSError, RuntimeError, TimeoutError, ValueError) as error:
        raise PictureError(
            f"The browser did not draw the figures ({error}). {_ADVICE}."
        ) from error
    return {name: _same_every_time(content) for name, content in drawn.items()}


async def _draw(figures: Mapping[str, go.Figure], palette: Palette) -> dict[str, bytes]:
    """One browser, one figure after the other; MathJax is not fetched."""
    import kaleido

    drawn = {}
    async with kaleido.Kaleido(
        path=_browser(), mathjax=False, timeout=SECONDS
    ) as browser:
        for name, figure in figures.items():
            on_paper = go.Figure(figure).update_layout(
                paper_bgcolor=palette.background, plot_bgcolor=palette.background
            )
            for index, trace in enumerate(on_paper.data):
                trace.uid = f"trace{index}"
            size = {"width": WIDTH, "height": figure.layout.height or 400}
            drawn[name] = bytes(
                await browser.calc_fig(on_paper, opts={"format": "svg", **size})
            )
    return drawn


def _same_every_time(svg: bytes) -> bytes:
    """The drawing with its random name replaced, and a line end at its end."""
    if found := _RANDOM.search(svg):
        svg = svg.replace(found[1], b"figure")
    return svg.rstrip() + b"\n"


def _browser() -> str | None:
    """The browser to drive: $CHROMIUM, or the first one on the path."""
    if named := os.environ.get("CHROMIUM"):
        return named if Path(named).is_file() else None
    return next(filter(None, map(shutil.which, BROWSERS)), None)
