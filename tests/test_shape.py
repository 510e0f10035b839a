"""Bending a tune: sliders, locks, surprises, what was measured, and the tune they make.

The session is a plain dictionary here; pages are run in the second half.
"""

import dataclasses

import numpy as np
import pytest
import streamlit as st

from explorer.attributes import attributes_of, measure
from explorer.ui import (
    cache,
    controls,
    picks,
    shape_bench,
    shape_knobs,
    shape_pair,
    shaping,
    squaring,
    state,
    taught,
)
from explorer.ui.player import square
from explorer.ui.taught import Shown
from tests import tiny_checkpoint
from tests.pages import frame, opened, playing, said, sent, switch

pytestmark = pytest.mark.usefixtures("unchecked")
NAMES = list(attributes_of("melody"))
PAIR, KNOBS = "Two at once", "Single knobs"


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    root = tmp_path_factory.mktemp("checkpoints")
    tiny_checkpoint.write(root)
    tiny_checkpoint.write(root, "tiny_drums", encoding="drums")
    return root


@pytest.fixture
def session(use, checkpoints, monkeypatch):
    """A visit with a tune on the Shape page."""
    use(checkpoints)
    kept = {**state.DEFAULTS, state.MODEL: "tiny"}
    monkeypatch.setattr(st, "session_state", kept)
    kept[state.SHAPE_PICK] = picks.dot("tiny", 3)
    return kept


@pytest.fixture
def app(use, checkpoints):
    use(checkpoints)
    return opened(frame(), "shape")


def teach(monkeypatch, *sliders):
    monkeypatch.setattr(taught, "sliders", lambda: sliders)


def liked(works=None, scale=1.0):
    """A taught slider along the second attribute's vector."""
    vector = scale * cache.model("tiny").attribute_vectors.vectors[1]
    return Shown(
        key="taught_1",
        label="More like this",
        vector=tuple(vector.tolist()),
        works=works,
        note="9 of 12 marks right",
    )


def values():
    return {name: set_.value for name, set_ in shaping.settings().items()}


@pytest.mark.parametrize(
    ("value", "place"),
    [(0.1, 0), (-0.1, 0), (0.2, 0.25), (-1.6, -1.5), (7, 3), (float("nan"), 0)],
)
def test_a_slider_stands_on_quarters_and_its_middle_catches(value, place):
    assert shaping.on_scale(value) == place


def test_a_unit_of_a_slider_is_half_a_vector(session):
    vectors = cache.model("tiny").attribute_vectors
    z = np.array(shaping.current().z)
    found = shaping.code({NAMES[1]: 2.0, NAMES[2]: -1.0})
    wanted = z + vectors.vectors[1] - 0.5 * vectors.vectors[2]
    assert found == pytest.approx(wanted, abs=1e-4)


def test_what_was_got_is_measured_on_the_notes_and_on_the_scale_of_the_sliders(session):
    shaping.move({NAMES[1]: 3.0})
    bent = shaping.bent()
    used = cache.model("tiny")
    tokens = used.converter.to_tokens(bent.pick.tune, may_rest=True)
    assert bent.after == pytest.approx(measure(tokens, "melody"))
    vectors = used.attribute_vectors
    for index, name in enumerate(NAMES):
        unit = (vectors.top - vectors.bottom)[index] / 2
        change = (bent.after - bent.before)[index]
        assert bent.got[name] == pytest.approx(change / max(unit, 5e-7), rel=1e-4)


def test_sliders_in_the_middle_make_the_models_version_at_the_tunes_tempo(session):
    pick = dataclasses.replace(shaping.current())
    tune = dataclasses.replace(pick.tune, qpm=93.0)
    session[state.SHAPE_PICK] = dataclasses.replace(pick, tune=tune)
    assert shaping.bent().pick.tune.notes == shaping.bent().original.tune.notes
    assert set(shaping.bent().got.values()) == {0.0}
    shaping.move({NAMES[0]: 1.0})
    assert shaping.bent().pick.tune.qpm == 93.0


def test_one_slider_goes_back_to_where_it_was_and_forward_again(session):
    shaping.move({NAMES[0]: 1.0, NAMES[1]: 2.0})
    shaping.move({NAMES[0]: -0.5})
    assert shaping.settings()[NAMES[0]].before == 1.0
    assert shaping.settings()[NAMES[1]].before == 0.0
    shaping.move({NAMES[0]: 1.0})
    assert shaping.settings()[NAMES[0]].before == -0.5
    assert values()[NAMES[1]] == 2.0


def test_locked_sliders_stay_in_surprises_and_when_the_others_go_back(session):
    shaping.move({NAMES[0]: 2.5})
    shaping.lock([NAMES[0]])
    shaping.surprise("large", seed=4)
    with_lock = values()
    assert with_lock[NAMES[0]] == 2.5
    assert any(with_lock[name] for name in NAMES[1:])
    shaping.reset()
    assert shaping.amounts() == {NAMES[0]: 2.5}
    shaping.lock([])
    shaping.surprise("large", seed=4)
    assert {name: values()[name] for name in NAMES[1:]} == {
        name: with_lock[name] for name in NAMES[1:]
    }
    shaping.move({NAMES[0]: 0.0})
    shaping.lock([NAMES[0]])
    shaping.move({NAMES[0]: 1.0})
    assert values()[NAMES[0]] == 1.0, "a hand moves a locked slider"


def test_a_seed_repeats_a_surprise_and_a_small_one_stays_near_the_middle(session):
    shaping.surprise("large", seed=1)
    first = values()
    shaping.surprise("small", seed=2)
    assert max(map(abs, values().values())) <= 1
    shaping.surprise("large", seed=1)
    assert values() == first
    assert shaping.last_surprise() == ("large", 1)


def test_another_tune_starts_with_all_sliders_in_the_middle(session):
    shaping.move({NAMES[0]: 2.0})
    session[state.SHAPE_PICK] = picks.dot("tiny", 5)
    assert shaping.amounts() == {}
    session[state.SHAPE_PICK] = picks.dot("tiny", 3)
    assert shaping.amounts() == {NAMES[0]: 2.0}


def test_amounts_bring_the_same_bent_tune_back(session):
    shaping.move({NAMES[0]: 1.25, NAMES[3]: -2.0})
    kept, pick, bent = shaping.amounts(), shaping.current(), shaping.bent()
    assert kept == {NAMES[0]: 1.25, NAMES[3]: -2.0}
    shaping.choose(picks.dot("tiny", 5))
    shaping.restore(pick, {**kept, "gone": 1.0, NAMES[1]: 0.04})
    assert shaping.amounts() == kept
    assert shaping.bent().pick == bent.pick
    assert session[state.NOW].tune.notes == bent.pick.tune.notes


def test_a_taught_slider_moves_along_its_vector_and_is_measured_by_reading_anew(
    session, monkeypatch
):
    slider = liked()
    teach(monkeypatch, slider)
    assert list(shaping.settings()) == [*NAMES, "taught_1"]
    shaping.move({"taught_1": 2.0})
    z, vector = np.array(shaping.current().z), np.array(slider.vector)
    bent = shaping.bent()
    assert bent.pick.z == pytest.approx(z + vector, abs=1e-4)
    used = cache.model("tiny")
    before, after = (
        np.array(cache.encode("tiny", tune))
        for tune in (bent.original.tune, bent.pick.tune)
    )
    wanted = (after - before) @ vector / (vector @ vector) / shaping.PER_SLIDER
    assert bent.got["taught_1"] == pytest.approx(wanted, abs=1e-2)
    assert used.encoding == "melody"


def test_a_taught_slider_that_is_gone_bends_nothing(session, monkeypatch):
    teach(monkeypatch, liked())
    shaping.move({"taught_1": 2.0})
    teach(monkeypatch)
    assert shaping.amounts() == {}
    assert shaping.bent().pick.tune.notes == shaping.bent().original.tune.notes


@pytest.mark.parametrize(
    ("share", "sentence"),
    [
        (None, ""),
        (0.99, "works nearly every time"),
        (0.88, "works 9 times in 10"),
        (0.75, "works 8 times in 10"),
        (0.61, "only works about 6 times in 10"),
        (0.02, "hardly ever works"),
    ],
)
def test_how_often_a_slider_works_is_said_plainly(share, sentence):
    assert shape_bench.success(share) == sentence


@pytest.mark.parametrize(
    ("value", "got", "is_so"),
    [(2, 0.9, True), (2, 1.1, False), (-2, 1.5, True), (-2, -1.5, False), (0.25, 0, 0)],
)
def test_a_wish_is_disobeyed_if_less_than_half_came_of_it(value, got, is_so):
    assert shape_bench.is_disobeyed(value, got) == is_so


def test_sliders_that_were_let_go_are_taken_up_with_their_locks_and_heard(
    session, monkeypatch
):
    drawn = []
    monkeypatch.setattr(shaping.st, "rerun", drawn.append)
    session[shape_bench.BENCH] = {
        "set": {"values": {NAMES[1]: 1.5}, "locked": [NAMES[2]], "nth": 3}
    }
    shape_bench._set()
    assert shaping.amounts() == {NAMES[1]: 1.5}
    assert [n for n, s in shaping.settings().items() if s.is_locked] == [NAMES[2]]
    assert session[shape_bench.KNOWN] == 3
    assert session[state.NOW].title.endswith("bent")
    assert not session[state.NOW].autoplay
    assert drawn == [[state.DOCK_FRAGMENT, shaping.PAGE]]


def test_cells_go_from_end_to_end_of_both_sliders_and_upwards():
    assert shape_pair.place(0) == (-3, 3)
    assert shape_pair.place(80) == (3, -3)
    assert shape_pair.place(40) == (0, 0)
    assert [shape_pair.cell(*shape_pair.place(at)) for at in range(81)] == list(
        range(81)
    )
    assert shape_pair.cell(0.25, -0.25) == 40


# The pages


def show(app, tab):
    app.session_state["shape_tab"] = tab
    app.run()
    assert not app.exception
    assert not app.error
    return app


def test_every_slider_says_how_often_it_works(app, monkeypatch):
    monkeypatch.setattr(shaping, "works", _works)
    rows = sent(app.run(), "explorer_sliders")["sliders"]
    assert [row["note"] for row in rows[:3]] == [
        "works 9 times in 10",
        "only works about 6 times in 10",
        "",
    ]
    assert [row["is_weak"] for row in rows[:3]] == [False, True, False]


def _works(_, name):
    return {NAMES[0]: 0.9, NAMES[1]: 0.55}.get(name)


def test_a_surprise_shows_its_number_and_the_number_brings_it_back(app):
    app.button(key="shape_surprise_large").click().run()
    first = playing(app).notes
    number = app.number_input(key=shape_bench.SEED)
    assert number.label == "Surprise, large, number"
    seed = number.value
    app.button(key="shape_surprise_large").click().run()
    assert app.number_input(key=shape_bench.SEED).value == seed + 1
    app.number_input(key=shape_bench.SEED).set_value(seed).run()
    assert not app.exception
    assert playing(app).notes == first


def test_a_disobedient_slider_is_named_with_what_to_try(app, monkeypatch):
    zero = dict.fromkeys(NAMES, 0.0)
    bent = shaping.bent
    monkeypatch.setattr(shaping, "bent", lambda: dataclasses.replace(bent(), got=zero))
    app.button(key="shape_surprise_large").click().run()
    assert "did not do what you asked" in said(app)
    rows = sent(app, "explorer_sliders")["sliders"]
    judged = [row for row in rows if abs(row["value"]) >= shape_bench.WEAK_WISH]
    assert judged
    assert {row["note"] for row in judged} == {"did not obey here"}


def test_the_square_sends_every_cell_once_with_the_paint_of_what_is_there(app):
    show(app, PAIR)
    data = sent(app, "explorer_square")
    cells = data["cells"]
    assert [cell["index"] for cell in cells] == squaring.order(9)[:4]
    assert sum(value is not None for value in data["paint"]["values"]) == 4
    while data["cells"]:
        app.session_state[shape_pair.SQUARE] = {
            "have": {"square": data["square"], "count": len(cells)}
        }
        data = sent(app.run(), "explorer_square")
        cells += data["cells"]
    assert sorted(cell["index"] for cell in cells) == list(range(81))
    shares = np.array(data["paint"]["values"])
    assert shares.shape == (81, 2)
    assert ((shares >= 0) & (shares <= 1)).all()
    middle = next(cell for cell in cells if cell["index"] == 40)
    assert middle["loop"]["title"] == "Busier 0, White keys 0"


def test_the_sides_of_the_square_are_two_different_sliders(app):
    show(app, PAIR)
    taken = app.selectbox(key=shape_pair.UPWARDS).value
    app.selectbox(key=shape_pair.ACROSS).set_value(taken).run()
    assert not app.exception
    assert app.selectbox(key=shape_pair.UPWARDS).value != taken


def test_the_square_stands_where_its_sliders_are_and_has_a_twin_to_read(app):
    show(app, PAIR)
    assert sent(app, "explorer_square")["index"] == 40
    app.session_state[shape_pair.TABLE] = True
    app.run()
    assert not app.exception
    (table,) = (frame.value for frame in app.dataframe)
    assert table.shape == (9, 10)


def test_a_knob_is_swept_around_the_bent_tune_and_said_to_change_something(app):
    show(app, KNOBS)
    data = sent(app, "explorer_strip")
    labels = [tile["label"] for tile in data["tiles"]]
    assert labels[3] == "as it is"
    assert len(labels) == 7
    assert data["index"] == 3
    assert "along this knob" in said(app)
    assert "latent dimension" in said(app)
    box = app.selectbox(key="shape_knob_tiny")
    box.select_index(2).run()
    assert not app.exception


def test_a_stop_of_a_knob_stays_in_front_until_the_knob_is_another(app, monkeypatch):
    made, stops = [], shape_knobs._stops
    monkeypatch.setattr(
        shape_knobs, "_stops", lambda *of: made.append(stops(*of)) or made[-1]
    )
    show(app, KNOBS)
    codes = tuple(pick.z for pick in made[-1])
    app.session_state[shape_knobs.FRONT] = (codes, 5)
    assert sent(app.run(), "explorer_strip")["index"] == 5
    app.selectbox(key="shape_knob_tiny").select_index(1).run()
    assert sent(app, "explorer_strip")["index"] == 3


def test_every_cell_of_a_square_needs_a_paint():
    paint = {"values": [None], "of": "x", "scale": [], "axes": ("", ""), "words": ""}
    four = ("", "", "", "")
    with pytest.raises(ValueError, match="1 values for a square of 9 x 9"):
        square([], name="x", size=9, corners=four, index=0, paint=paint, key="x")


def test_sliders_of_another_kind_of_model_start_in_the_middle(app):
    app.button(key="shape_surprise_large").click().run()
    switch(app.run(), "tiny_drums")
    rows = sent(app, "explorer_sliders")["sliders"]
    assert [row["name"] for row in rows] == list(attributes_of("drums"))
    assert {row["value"] for row in rows} == {0}
    for tab in (PAIR, KNOBS):
        show(app, tab)


def test_bending_on_from_the_bent_tune_starts_in_its_middle(app):
    app.button(key="shape_surprise_large").click().run()
    notes = playing(app).notes
    app.button(key="shape_use_shape").click().run()
    assert not app.exception
    assert playing(app).notes == notes
    rows = sent(app, "explorer_sliders")["sliders"]
    assert {row["value"] for row in rows} == {0}
    assert controls.NO_MODEL not in said(app)
