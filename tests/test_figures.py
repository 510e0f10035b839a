"""Figures of what was measured show the measured numbers, and only those."""

import json

import numpy as np
import pytest
import torch

from explorer import charts, figures
from explorer.attributes import attributes_of
from explorer.evaluate import evaluate
from explorer.initialisation import initialise
from explorer.measured import GROUP_NAMES, WAY_NAMES
from explorer.model import MusicVAE
from tests.helpers import TINY_MODELS, tiny_dataset

LIGHT = charts.LIGHT
OLD = ("reconstruction", "kl_bits", "kl_bits_by_dimension", "active_units", "eval")


def measured(encoding):
    model = MusicVAE(TINY_MODELS[encoding])
    initialise(model, "chrono", torch.Generator().manual_seed(0))
    found = evaluate(model.eval(), tiny_dataset(encoding=encoding))
    return json.loads(json.dumps(found))


@pytest.fixture(scope="module")
def metrics():
    return measured("melody")


@pytest.fixture(scope="module")
def drums():
    return measured("drums")


@pytest.fixture(scope="module")
def trio():
    return measured("trio")


def named(figure):
    return {trace.name: list(trace.y) for trace in figure.data}


def test_a_measured_model_gives_every_figure(metrics):
    drawn = figures.draw_all({"one": metrics}, LIGHT)
    assert list(drawn) == [drawing.name for drawing in figures.DRAWINGS]


def test_a_model_of_before_gives_those_it_measured(metrics):
    old = {key: metrics[key] for key in OLD}
    assert list(figures.draw_all({"old": old}, LIGHT)) == [
        "figure_reconstruction",
        "figure_accuracy",
        "figure_kl",
    ]
    assert list(figures.draw_all({}, LIGHT)) == []


def test_several_models_are_compared_where_all_of_them_measured(metrics):
    old = {key: metrics[key] for key in OLD}
    both = figures.draw_all({"a": metrics, "b": metrics}, LIGHT)
    assert "figure_interpolation" in both
    assert "figure_attributes" not in both  # of one model
    assert "figure_interpolation" not in figures.draw_all(
        {"a": metrics, "b": old}, LIGHT
    )


def test_accuracy_is_drawn_by_step_for_two_bars_and_by_bar_for_more(metrics):
    by_step = metrics["reconstruction"]["sampled"]["accuracy_by_step"]
    drawn = named(figures.accuracy_by_position({"one": metrics}, LIGHT))
    assert drawn["alone, drawn"] == by_step
    values = [0.5] * 16 + [0.75] * 16 + [1.0] * 16
    long = {"reconstruction": {"sampled": {"accuracy_by_step": values}}}
    drawn = named(figures.accuracy_by_position({"one": long}, LIGHT))
    assert drawn == {"alone, drawn": [0.5, 0.75, 1.0]}


def test_bars_are_the_accuracies_plain_and_weighted(metrics):
    drawn = named(figures.reconstruction_bars({"one": metrics}, LIGHT))
    ways = metrics["reconstruction"]
    assert drawn["every phrase counted alike"] == [
        ways[way]["accuracy"] for way in WAY_NAMES
    ]
    assert drawn["sources counted as in training"] == [
        ways[way]["weighted_accuracy"] for way in WAY_NAMES
    ]


def test_blends_show_the_model_and_the_mixed_steps_once(metrics):
    one = figures.interpolation_curves({"a": metrics, "b": metrics}, LIGHT)
    names = [trace.name for trace in one.data if trace.showlegend]
    assert names == ["a", "b", "steps of A and B mixed"]
    curve = metrics["interpolation"]["model"]
    assert list(one.data[0].y) == curve["distance_to_a"]
    assert list(one.data[1].y) == curve["relative_cost"]


def test_kl_falls_from_left_to_right(metrics):
    (line,) = figures.kl_by_dimension({"one": metrics}, LIGHT).data
    assert list(line.y) == sorted(metrics["kl_bits_by_dimension"], reverse=True)


def test_the_heat_map_has_vectors_as_rows(metrics):
    panels = figures.attribute_changes({"one": metrics}, LIGHT).data
    assert len(panels) == 4
    added = metrics["attribute_changes"]["held_out"]["add"]
    assert [list(row) for row in panels[0].z] == added
    assert list(panels[0].y) == [a.label for a in attributes_of("melody").values()]


def test_new_phrases_stand_beside_real_ones(metrics):
    bars = figures.sample_attributes({"one": metrics}, LIGHT).data
    samples = metrics["samples"]
    first = {bar.name: bar.y[0] for bar in bars[:4]}
    assert first == {
        name: samples[group]["c_diatonic"] for group, name in GROUP_NAMES.items()
    }


def test_drums_and_trios_give_every_figure_too(drums, trio):
    for metrics in (drums, trio):
        drawn = figures.draw_all({"one": metrics}, LIGHT)
        assert list(drawn) == [drawing.name for drawing in figures.DRAWINGS]


def test_a_trio_is_drawn_part_by_part(trio):
    lines = figures.accuracy_by_position({"one": trio}, LIGHT).data
    score = trio["reconstruction"]["sampled"]
    bass = next(line for line in lines if line.name == "bass, alone, drawn")
    assert list(bass.y) == score["by_part"]["bass"]["accuracy_by_step"]
    assert len(lines) == 6
    looks = {(line.line.dash, line.marker.symbol) for line in lines}
    assert len(looks) == 6
    bars = named(figures.reconstruction_bars({"one": trio}, LIGHT))
    assert list(bars) == ["all parts", "melody", "bass", "drums"]
    place = list(WAY_NAMES).index("sampled")
    assert bars["bass"][place] == score["by_part"]["bass"]["accuracy"]
    assert bars["all parts"][place] == score["accuracy"]


def test_several_trios_are_compared_by_all_their_parts_together(trio):
    drawn = named(figures.accuracy_by_position({"a": trio, "b": trio}, LIGHT))
    by_step = trio["reconstruction"]["sampled"]["accuracy_by_step"]
    assert drawn["b, alone, drawn"] == by_step
    assert len(drawn) == 4


def test_new_beats_stand_beside_real_ones_by_what_makes_a_beat(drums):
    figure = figures.sample_attributes({"one": drums}, LIGHT)
    titles = [annotation.text for annotation in figure.layout.annotations]
    labels = [attribute.label for attribute in attributes_of("drums").values()]
    assert titles == [*labels, "Snare on 2 and 4", "Kick on 1"]
    last = [bar.y[0] for bar in figure.data[-4:]]
    assert last == [drums["samples"][group]["kick_on_one"] for group in GROUP_NAMES]


def test_names_of_models_are_escaped_and_told_apart_without_colour(metrics):
    drawn = figures.accuracy_by_position({"<b>": metrics, "c": metrics}, LIGHT)
    assert drawn.data[0].name.startswith("&lt;b&gt;")
    looks = {(trace.line.dash, trace.marker.symbol) for trace in drawn.data}
    assert len(looks) == len(drawn.data) == 4


@pytest.mark.parametrize("palette", [charts.LIGHT, charts.DARK], ids=["light", "dark"])
def test_words_are_in_the_colour_of_the_page(metrics, palette):
    for figure in figures.draw_all({"one": metrics}, palette).values():
        assert figure.layout.font.color == palette.text
        assert np.isfinite(figure.layout.height)
