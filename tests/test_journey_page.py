"""The Journey page: stops from everywhere, settings, Undo, and what is kept."""

import dataclasses

import numpy as np
import pytest
import streamlit as st

from explorer import journey, keeping, kept_files, recipe
from explorer.errors import ExplorerError
from explorer.keeping import Sound
from explorer.kept_files import Kept
from explorer.notes import concatenate
from explorer.ui import (
    cache,
    journey_bench,
    journey_stops,
    journeying,
    map_journey,
    state,
)
from tests import tiny_checkpoint
from tests.pages import frame, opened, playing, said, sent, switch

KINDS = ("melody", "drums", "trio")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Folders by kind, each with nothing but one checkpoint of the kind."""
    made = {kind: tmp_path_factory.mktemp(kind) for kind in KINDS}
    tiny_checkpoint.write(made["melody"])
    tiny_checkpoint.write(made["drums"], encoding="drums")
    tiny_checkpoint.write(made["trio"], config=tiny_checkpoint.TINY_LONG_TRIO)
    return made


@pytest.fixture(params=KINDS)
def every(request, use, folders):
    """The app with one model of each kind."""
    use(folders[request.param])
    return frame()


@pytest.fixture
def app(use, folders):
    """The app with a model of melodies."""
    use(folders["melody"])
    return frame()


def plan(app):
    return app.session_state[journeying.PLAN]


def strip(app):
    """What the arrangement was mounted with."""
    return sent(app, "arrangement")


def choose(app, key, value):
    app.segmented_control(key=key).set_value(value).run()
    assert not app.exception
    return strip(app)


def test_a_journey_of_sixteen_bars_is_there_at_first(every):
    app = every
    shown = strip(opened(app, "journey"))
    assert shown["loop"]["total_steps"] == 16 * 16
    assert shown["loop"]["notes"]
    kinds = [block["kind"] for block in shown["blocks"]]
    assert kinds[0] == "stop"
    assert kinds[-1] == "home"
    assert "blend" in kinds
    assert [block["start_step"] for block in shown["blocks"]] == list(
        np.cumsum([0, *(block["steps"] for block in shown["blocks"])])[:-1]
    )
    assert "16 bars" in said(app)


def test_every_setting_changes_what_is_heard_and_undo_takes_it_back(every):
    app = every
    first = strip(opened(app, "journey"))
    more = plan(app).bars * 2
    shown = choose(app, journey_bench.BARS, more)
    assert shown["loop"]["total_steps"] == 2 * first["loop"]["total_steps"]
    shown = choose(app, journey_bench.BETWEEN, 0)
    assert {block["kind"] for block in shown["blocks"]} == {"stop", "home"}
    shown = choose(app, journey_bench.ENDING, journey_bench.ENDINGS["hold"])
    assert shown["blocks"][-1]["kind"] == "hold"
    assert shown["blocks"][-1]["steps"] == 16
    shown = choose(app, journey_bench.TIMES, 2)
    assert shown["times"] == 2
    for _ in range(4):
        app.button(key="journey_undo").click().run()
    assert strip(app) == first
    assert app.button(key="journey_undo").disabled


def test_a_straight_way_passes_other_places_than_a_round_one(app):
    opened(app, "journey")
    before = [list(spot.z) for spot in _spots(app)]
    choose(app, journey_bench.PATH, state.BLEND_PATHS[1])
    assert [list(spot.z) for spot in _spots(app)] != before


def _spots(app):
    found = plan(app)
    interpolate = cache.model(app.session_state[state.MODEL]).interpolate
    return journey.way(
        np.array([stop.z for stop in found.stops], np.float32),
        found.between,
        lambda a, b, n: interpolate(a, b, n, spherical=found.spherical),
    )


def test_a_stop_is_added_with_a_surprise_and_taken_in_hand(app):
    opened(app, "journey")
    before = len(plan(app).stops)
    app.button(key=f"{journey_bench.NEXT}_roll").click().run()
    app.button(key="journey_add").click().run()
    assert not app.exception
    assert len(plan(app).stops) == before + 1
    assert plan(app).stops[-1].origin == "surprise"
    assert playing(app).total_steps == strip(app)["loop"]["total_steps"]


def test_what_is_chosen_elsewhere_can_be_pinned(app):
    opened(app, "shape")
    app.button(key="shape_use_pin").click().run()
    assert not app.exception
    (stop,) = plan(app).stops
    assert f"Pinned as stop 1 of the journey: “{stop.title}”." in said(app)


def test_more_bars_than_a_journey_has_are_left_out_and_that_is_said(app):
    opened(app, "journey")
    most = max(plan(app).bars * 2, 4)
    choose(app, journey_bench.BARS, most)
    choose(app, journey_bench.TIMES, journey.MOST_TIMES)
    shown = choose(app, journey_bench.BETWEEN, journey.MOST_BETWEEN)
    assert shown["loop"]["total_steps"] <= 16 * journey.MOST_BARS
    assert "at most, so the rest is left out" in said(app)


def test_an_empty_journey_says_how_to_begin_one(app):
    opened(app, "journey")
    found = plan(app)
    app.session_state[journeying.PLAN] = dataclasses.replace(found, stops=())
    app.run()
    assert "No stops yet" in said(app)
    app.button(key="journey_add").click().run()
    assert len(plan(app).stops) == 1


def test_another_model_goes_on_with_the_stops_it_can_read(tmp_path, use):
    for seed, name in enumerate(("one", "two")):
        tiny_checkpoint.write(tmp_path, name, seed=seed)
    use(tmp_path)
    app = opened(frame(), "journey")
    app.button(key="journey_add").click().run()
    titles = [stop.title for stop in plan(app).stops]
    switch(app.run(), "two")  # a click runs the page's own part alone
    assert [stop.title for stop in plan(app).stops] == titles


@pytest.fixture
def visit(use, folders):
    """A visit outside any run, with a model of melodies."""
    use(folders["melody"])
    st.session_state.clear()
    state.initialise()
    state.set_model_name("tiny")
    yield st.session_state
    st.session_state.clear()


@pytest.mark.parametrize("projection", ["pca", "tsne"])
def test_a_line_across_the_map_becomes_a_journey_that_sounds(visit, projection):
    library = cache.model("tiny").library
    points = library.positions[projection]
    line = np.linspace(points.min(axis=0), points.max(axis=0), 64)
    map_journey.begin(projection, line, np.arange(len(library)))
    stops = journeying.plan().stops
    assert 1 < len(stops) <= map_journey.NUM_STOPS
    assert visit[state.NOW].autoplay
    assert visit[state.NOW].tune == journeying.whole()
    path = map_journey.path(projection)
    assert len(path["line"]) == 64
    assert [pin["label"] for pin in path["pins"]] == ["1", "2", "3", "4"][: len(stops)]
    if projection == "tsne":
        assert len({stop.row for stop in stops}) == len(stops)
        assert all(stop.row is not None for stop in stops)
    else:
        inverse = library.projection.inverse(line[[0, -1]].astype(np.float32))
        np.testing.assert_allclose([stops[0].z, stops[-1].z], inverse, atol=1e-3)
    other = "pca" if projection == "tsne" else "tsne"
    assert map_journey.path(other) is None
    journey_stops.undo()
    assert map_journey.path(projection) is None  # of another journey


def test_stops_are_put_in_order_by_name_and_unknown_names_are_left_out(visit):
    found = journey_stops.lay()
    ids = [journey_stops.id_of(stop) for stop in found.stops]
    journey_stops.put([*reversed(ids), "no such stop"])
    assert journeying.plan().stops == tuple(reversed(found.stops))
    journey_stops.put(ids[:1] * 100)
    assert len(journeying.plan().stops) == journey_stops.MOST_STOPS
    with pytest.raises(ExplorerError, match="no more fit in"):
        journey_stops.add(found.stops[0])


@pytest.mark.parametrize("ending", ["stop", "home", "hold"])
@pytest.mark.parametrize("beat", [None, "Bossa nova"])
def test_a_kept_journey_is_made_again_byte_by_byte(visit, ending, beat):
    found = dataclasses.replace(journey_stops.lay(), ending=ending, beat=beat)
    journeying.set_plan(found)
    passages, model = journeying.passages(), cache.model("tiny")
    sound = Sound(qpm=97, program=None, beat=None)
    written = recipe.write(
        passages,
        model,
        sound,
        title="A journey",
        decode=lambda z: cache.decode("tiny", z).tune,
    )
    whole = concatenate([part.tune for part in passages], title="A journey")
    heard = keeping.as_heard(whole, sound, model.encoding)
    kept = Kept(tune=heard, title="A journey", recipe=written, soundfont=None)
    again = recipe.remake(recipe.read(kept_files.recipe_file(kept)), model)
    redone = dataclasses.replace(kept, tune=again)
    assert kept_files.midi_file(redone) == kept_files.midi_file(kept)
    assert heard.num_bars == journeying.timetable(found).num_bars
