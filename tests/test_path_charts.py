"""The figure under a strip: its rows, its bars and what they say."""

import numpy as np
import pytest

from explorer import charts, path_charts
from explorer.path_charts import path_curves, support_words

VALUES = np.array([[0.1, 5], [0.2, 5], [0.4, 5], [0.3, 5], [0.2, 5]])
SUPPORT = np.array([12, 3, 0, 0, 400])
LABELS = ["A", "25 %", "50 %", "75 %", "<B>"]
NAMES = ["Busier", "Jumpier & <wider>"]


def draw(**changes):
    given = {
        "values": VALUES,
        "names": NAMES,
        "support": SUPPORT,
        "index": 2,
        "palette": charts.DARK,
        "labels": LABELS,
    }
    return path_curves(**(given | changes))


def traces(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def test_each_attribute_is_a_thin_curve_in_a_row_of_its_own():
    curves = [trace for trace in draw().data if trace.type == "scatter"]
    assert [list(curve.y) for curve in curves] == VALUES.T.tolist()
    assert [curve.yaxis for curve in curves] == ["y", "y2"]
    assert all(curve.line.width <= 2 for curve in curves)


def test_steps_lie_under_equal_tiles_and_nothing_moves():
    layout = draw().layout
    assert [getattr(layout.margin, side) for side in "lrtb"] == [0, 0, 0, 0]
    for axis in (layout.xaxis, layout.xaxis2, layout.xaxis3):
        assert list(axis.range) == [-0.5, 4.5]
        assert list(axis.domain) == [0, 1]
        assert axis.fixedrange
    for axis in (layout.yaxis, layout.yaxis2, layout.yaxis3):
        assert axis.fixedrange
        assert axis.showticklabels is False
    assert layout.dragmode is False


def test_every_row_is_high_enough_and_its_name_is_readable_above_the_curve():
    layout = draw().layout
    axes = layout.yaxis, layout.yaxis2, layout.yaxis3
    names = layout.annotations
    assert [name.text for name in names] == [
        "Busier",
        "Jumpier &amp; &lt;wider&gt;",
        "Real tunes near",
    ]
    for axis, name in zip(axes, names, strict=True):
        assert name.font.size >= 12
        assert name.y == axis.domain[1]
        assert layout.height * (axis.domain[1] - axis.domain[0]) >= 34
    free = [axis.range[0] + 0.53 * (axis.range[1] - axis.range[0]) for axis in axes]
    assert free[0] >= VALUES[:, 0].max()
    assert free[1] >= 5
    assert free[2] >= np.log1p(400)


def test_a_value_that_stays_is_a_flat_line_within_its_row():
    low, high = draw().layout.yaxis2.range
    assert low < 5 < high


def test_small_changes_look_small_if_the_row_is_worth_more():
    wide = draw(spans=[3.0, 1.0]).layout.yaxis.range
    assert wide[1] - wide[0] > 3
    assert wide[0] < 0.1
    own = draw(spans=[0.1, 1.0]).layout.yaxis.range
    assert list(own) == list(draw().layout.yaxis.range)


def test_bars_grow_with_what_is_near_and_none_is_hatched():
    figure = draw()
    (bars,) = traces(figure, path_charts.SUPPORT_NAME)
    np.testing.assert_allclose(np.expm1(np.array(bars.y)), SUPPORT, atol=1e-9)
    (hatching,) = traces(figure, "none near")
    assert list(hatching.marker.pattern.shape) == ["", "", "/", "/", ""]
    assert hatching.marker.pattern.fgcolor == charts.DARK.muted
    assert figure.layout.barmode == "overlay"


def test_few_near_all_the_way_do_not_fill_the_row():
    (bars,) = traces(draw(support=np.array([1] * 5)), path_charts.SUPPORT_NAME)
    assert max(bars.y) < np.log1p(10) / 2


def test_hovering_tells_the_tile_and_the_number():
    texts = [[f"{row[0] * 16:.1f} notes a bar", "so & so"] for row in VALUES]
    figure = draw(texts=texts)
    assert figure.data[0].text[0] == "A: 1.6 notes a bar"
    assert figure.data[1].text[4] == "&lt;B&gt;: so &amp; so"
    assert draw().data[0].text[1] == "25 %: 0.20"
    (hatching,) = traces(figure, "none near")
    assert list(hatching.text[:3]) == [
        "A: 12 real tunes near",
        "25 %: 3 real tunes near",
        "50 %: no real tune near",
    ]


def test_one_tune_is_not_said_in_the_plural():
    (hatching,) = traces(draw(support=np.array([1] * 5)), "none near")
    assert hatching.text[0] == "A: 1 real tune near"


def test_the_tile_in_front_has_a_line_through_all_rows():
    (line,) = draw(index=3).layout.shapes
    assert (line.x0, line.x1, line.y0, line.y1) == (3, 3, 0, 1)
    assert (line.xref, line.yref) == ("x", "paper")
    sizes = draw(index=3).data[0].marker.size
    assert sizes[3] == max(sizes) > sizes[0]
    assert draw(index=None).layout.shapes == ()


@pytest.mark.parametrize("palette", [charts.LIGHT, charts.DARK], ids=["light", "dark"])
def test_colours_are_those_of_the_page(palette):
    figure = draw(palette=palette)
    assert figure.layout.font.color == palette.text
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert figure.data[0].line.color == palette.muted
    assert figure.layout.shapes[0].line.color == palette.text
    assert not figure.layout.showlegend


def test_a_single_step_and_no_attributes_draw():
    alone = draw(values=VALUES[:1], support=SUPPORT[:1], labels=["A"], index=0)
    assert list(alone.layout.xaxis.range) == [-0.5, 0.5]
    bare = draw(values=np.empty((5, 0)), names=[])
    assert [trace.type for trace in bare.data] == ["bar", "bar"]


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"labels": ["A"]}, "1 labels do not fit 5 steps"),
        ({"names": ["Busier"]}, "1 names do not fit 2 attributes"),
        ({"texts": [["a", "b"]]}, r"a list a step \(5\)"),
        ({"spans": [1.0]}, "1 spans do not fit 2 attributes"),
    ],
)
def test_what_does_not_fit_is_refused(changes, match):
    with pytest.raises(ValueError, match=match):
        draw(**changes)


@pytest.mark.parametrize(
    ("support", "sentence"),
    [
        ([1, 2, 3, 4, 5], "Real tunes are near all the way."),
        ([0] * 5, "No real tune is near anywhere on the way: expect surprises."),
        (
            [9, 0, 0, 0, 9],
            "Between 25 % and 75 % no real tune is near: expect surprises.",
        ),
        ([9, 9, 0, 9, 9], "At 50 % no real tune is near: expect surprises."),
        (
            [0, 0, 1, 0, 1],
            "Between A and 25 % and at 75 % no real tune is near: expect surprises.",
        ),
        (
            [0, 1, 0, 1, 0],
            "At A, at 50 % and at B no real tune is near: expect surprises.",
        ),
    ],
)
def test_the_gaps_are_said_in_words(support, sentence):
    labels = [*LABELS[:-1], "B"]
    assert support_words(np.array(support), labels) == sentence
