"""Figures show the numbers they are given, escape text and keep the view."""

import numpy as np
import pytest

from explorer import charts


def test_bars_hold_the_wish_and_the_result_on_one_symmetric_scale():
    wanted, got = np.array([2.0, -1.0]), np.array([1.5, 4.0])
    figure = charts.wanted_and_got(["a", "b"], wanted, got, palette=charts.LIGHT)
    assert list(figure.data[0].x) == [2, -1]
    assert list(figure.data[1].x) == [1.5, 4]
    low, high = figure.layout.xaxis.range
    assert low == -high
    assert high >= 4


def _luminance(colour):
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares
    ]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


@pytest.mark.parametrize("palette", [charts.LIGHT, charts.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["text", "muted", "end_a", "end_b"])
def test_colours_stand_out_from_the_page(palette, name):
    lights = sorted(
        (_luminance(palette.background), _luminance(getattr(palette, name)))
    )
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5
