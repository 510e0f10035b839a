"""SVG files of figures: the same bytes each time, or a reason why there are none."""

import plotly.graph_objects as go
import pytest

from explorer import pictures
from explorer.errors import PictureError


def test_without_a_browser_the_reason_names_the_remedy(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")
    assert "no Chromium" in pictures.problem()
    with pytest.raises(PictureError, match="Install Chromium or set CHROMIUM"):
        pictures.svg_files({"a": go.Figure()})


def test_without_kaleido_the_reason_names_the_remedy(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert "requirements-dev.txt" in pictures.problem()


def test_a_browser_that_is_none_is_a_picture_error(tmp_path, monkeypatch):
    pytest.importorskip("kaleido")
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(broken))
    with pytest.raises(PictureError, match="did not draw"):
        pictures.svg_files({"a": go.Figure()})


def test_random_names_are_replaced_everywhere():
    svg = b'<svg><defs id="defs-ab12cd"><clipPath id="clipab12cdx"/></defs></svg>'
    assert pictures._same_every_time(svg).count(b"ab12cd") == 0


@pytest.mark.browser
def test_one_figure_gives_the_same_bytes_twice(chromium, monkeypatch):
    monkeypatch.setenv("CHROMIUM", chromium)
    figure = go.Figure([go.Bar(x=["<a>"], y=[1]), go.Scatter(x=[1, 2], y=[3, 4])])
    once, again = (pictures.svg_files({"two": figure}) for _ in range(2))
    assert list(once) == ["two.svg"]
    assert once == again
    assert once["two.svg"].startswith(b"<svg")
    assert figure.data[0].uid is None  # the caller's figure is left alone
