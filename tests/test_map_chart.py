"""The map shows the dots it is given, escapes text and keeps the view."""

import numpy as np
import pytest

from explorer import charts, map_chart
from explorer.map_chart import Ground
from explorer.regions import density

POINTS = np.array([[0, 0], [1, 2], [3, 4]], np.float32)
TITLES = ["one", "two", "<b>three</b>"]


def draw(**changes):
    given = {
        "colours": np.array([0.1, 0.5, 0.9], np.float32),
        "scale_words": ("calm", "busy"),
        "palette": charts.DARK,
    }
    return map_chart.tune_map(POINTS, TITLES, **(given | changes))


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
    marker = map_chart.Marker(letter="A", x=1, y=2, colour="#F0A202")
    note = draw(markers=[marker]).layout.annotations[0]
    assert (note.x, note.y) == (1, 2)
    assert "A" in note.text


def test_equal_colours_still_draw():
    assert draw(colours=np.ones(3, np.float32)).data[0].marker.cmax > 1


def test_an_empty_map_draws():
    figure = map_chart.tune_map(
        np.zeros((0, 2), np.float32),
        [],
        colours=np.zeros(0, np.float32),
        palette=charts.LIGHT,
    )
    assert len(figure.data[0].x) == 0


def trace(figure, name):
    return next((each for each in figure.data if each.name == name), None)


def test_dots_that_a_filter_leaves_out_are_a_shadow_that_does_not_answer():
    figure = draw(shown=np.array([0, 2]), selected=2)
    dots, shadow = trace(figure, "tunes"), trace(figure, "hidden")
    assert list(dots.customdata) == [0, 2], "a click tells the row on the whole map"
    assert list(dots.selectedpoints) == [1]
    assert list(shadow.x) == [1]
    assert shadow.hoverinfo == "skip"
    assert list(dots.marker.color) == pytest.approx([0.1, 0.9])
    whole = draw().data[0].marker
    assert (dots.marker.cmin, dots.marker.cmax) == (whole.cmin, whole.cmax)


def test_a_chosen_dot_that_is_filtered_out_is_not_drawn_as_chosen():
    assert draw(shown=np.array([0]), selected=2).data[0].selectedpoints is None


def test_beneath_the_dots_are_contours_and_fog(rng):
    found = density(rng.normal(size=(500, 2)))
    figure = draw(ground=Ground(density=found))
    contours, fog = trace(figure, "contours"), trace(figure, "fog")
    np.testing.assert_allclose(contours.z, found.values, rtol=1e-6)
    assert contours.contours.start == found.least, (
        "the outermost line is the fog's edge"
    )
    places = np.stack([fog.x, fog.y], axis=1)
    assert len(places) > 20
    assert np.all(found.at(places) < found.least)


def test_what_lies_beneath_can_be_left_out(rng):
    found = density(rng.normal(size=(500, 2)))
    figure = draw(ground=Ground(density=found, contours=False, fog=False))
    assert trace(figure, "contours") is None
    assert trace(figure, "fog") is None


def test_a_view_is_what_is_shown_at_first():
    layout = draw(view=((0.5, 1.5), (-1.0, 2.0))).layout
    assert (*layout.xaxis.range, *layout.yaxis.range) == (0.5, 1.5, -1.0, 2.0)
    assert draw().layout.xaxis.range is None


def test_no_marker_moves_the_map(rng):
    points = rng.normal(size=(500, 2))
    ground = Ground(density=density(points))
    far = map_chart.Marker(letter="A", x=9, y=9, colour="#F0A202")
    plain, marked = (draw(ground=ground, markers=m).layout for m in ([], [far]))
    assert plain.xaxis.range == marked.xaxis.range
    assert plain.yaxis.range == marked.yaxis.range
    (x0, x1), (y0, y1) = plain.xaxis.range, plain.yaxis.range
    assert np.all((points > [x0, y0]) & (points < [x1, y1])), "every dot is in view"
