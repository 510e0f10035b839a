"""Figures show the numbers they are given, escape text and keep the view."""

import numpy as np
import pytest

from explorer import charts

POINTS = np.array([[0, 0], [1, 2], [3, 4]], np.float32)
TITLES = ["one", "two", "<b>three</b>"]


def draw(**changes):
    given = {
        "colours": np.array([0.1, 0.5, 0.9], np.float32),
        "scale_words": ("calm", "busy"),
        "palette": charts.DARK,
    }
    return charts.tune_map(POINTS, TITLES, **(given | changes))


def test_every_tune_is_a_dot_in_its_place():
    dots = draw().data[0]
    assert list(dots.x) == [0, 1, 3]
    assert list(dots.y) == [0, 2, 4]


def test_titles_from_files_cannot_become_markup():
    assert draw().data[0].text[2] == "&lt;b&gt;three&lt;/b&gt;"


def test_the_chosen_dot_is_selected_and_the_others_stay_visible():
    dots = draw(selected=2).data[0]
    assert list(dots.selectedpoints) == [2]
    assert dots.selected.marker.size > dots.marker.size
    assert dots.unselected.marker.opacity >= 0.5


def test_without_a_choice_no_dot_is_faded():
    assert draw().data[0].selectedpoints is None


def test_zoom_survives_another_choice():
    first, second = draw(selected=0), draw(selected=1)
    assert first.layout.uirevision == second.layout.uirevision is not None


def test_categories_get_a_colour_each_and_a_legend_line():
    figure = draw(colours=np.array([0, 1, 0]), categories=["folk", "hymn"])
    first, second, third = figure.data[0].marker.color
    assert first == third != second
    assert [trace.name for trace in figure.data[1:]] == ["folk", "hymn"]


def test_numbers_get_a_colour_bar_with_a_word_at_each_end():
    marker = draw().data[0].marker
    assert list(marker.colorbar.ticktext) == ["calm", "busy"]
    assert list(marker.colorbar.tickvals) == [marker.cmin, marker.cmax]
    assert marker.cmin < marker.cmax


def test_letters_are_pinned_to_their_places():
    marker = charts.Marker(letter="A", x=1, y=2, colour="#F0A202")
    note = draw(markers=[marker]).layout.annotations[0]
    assert (note.x, note.y) == (1, 2)
    assert "A" in note.text


def test_equal_colours_still_draw():
    assert draw(colours=np.ones(3, np.float32)).data[0].marker.cmax > 1


def test_an_empty_map_draws():
    figure = charts.tune_map(
        np.zeros((0, 2), np.float32),
        [],
        colours=np.zeros(0, np.float32),
        palette=charts.LIGHT,
    )
    assert len(figure.data[0].x) == 0


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
