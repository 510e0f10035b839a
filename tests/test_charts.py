"""Figures show the numbers they are given, escape text and keep the view."""

import numpy as np
import pytest

from explorer import charts


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
