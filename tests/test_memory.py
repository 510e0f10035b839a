"""Work that survives a reload: what is kept of a visit, and what comes back."""

import dataclasses
import json

import numpy as np
import pytest
import streamlit as st

from explorer import slider_file, trained_model
from explorer.teaching import Mark
from explorer.ui import (
    cache,
    journey_stops,
    journeying,
    memory,
    opening,
    picks,
    shaping,
    state,
    table,
    taught,
)
from tests import tiny_checkpoint


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("memory")
    tiny_checkpoint.write(root)
    return root


@pytest.fixture(autouse=True)
def visit(use, folder):
    """Visits outside any run."""
    use(folder)
    begin()
    yield st.session_state
    st.session_state.clear()


def begin():
    """A new visit, in which nothing was done yet."""
    st.session_state.clear()
    state.initialise()
    state.set_model_name("tiny")
    table.lay()
    assert memory.work()["text"] is None


def marks():
    mu = cache.model("tiny").library.mu
    return tuple(
        Mark(title=f"Tune {row}", z=cache.as_code(mu[row]), is_liked=row < 5)
        for row in range(10)
    )


def be_busy():
    """Do something of every kind."""
    state.set_end("a", picks.surprise("tiny", 7))
    state.set_blend(is_square=False, size=5, index=3, spherical=False, own_ends=True)
    state.set_map_pick(picks.dot("tiny", 11))
    model = trained_model.load(cache.checkpoints_root() / "tiny")
    taught.add(slider_file.make("Shanty", marks(), model))
    taught.mark([("Tune 20", tuple(model.library.mu[20].tolist()))], True)
    shaping.restore(picks.dot("tiny", 3), {"note_density": 1.25, "c_diatonic": -2.0})
    plan = dataclasses.replace(journey_stops.lay(), ending="hold", times=2)
    journey_stops.change(dataclasses.replace(plan, stops=plan.stops[::-1]))


def now():
    """All that a visit is made of, by its sound."""
    chosen = {
        key: (pick.title, pick.z, pick.tune.notes)
        for key, pick in state.chosen().items()
        if key in ("end_a", "end_b", state.MAP_PICK, state.SHAPE_PICK)
    }
    plan = journeying.plan()
    stops = [(stop.title, stop.z, stop.tune.notes) for stop in plan.stops]
    settings = dataclasses.replace(plan, stops=())
    sliders = [(shown.label, shown.note) for shown in taught.sliders()]
    marked = [(m.title, m.is_liked) for m in taught.marks().values()]
    amounts = dict(shaping.amounts())
    return chosen, stops, settings, sliders, marked, amounts, state.blend_settings()


def test_all_work_is_back_after_a_reload_and_is_kept_on():
    be_busy()
    before, kept = now(), memory.work()
    assert kept["text"] is not None
    assert len(kept["text"]) < 50_000
    begin()
    memory.restore(kept)
    assert now() == before
    assert state.take_remark() == memory.BACK
    again = memory.work()
    assert again["visit"] != kept["visit"]
    assert json.loads(again["text"]) == json.loads(kept["text"])
    assert not state.playing().autoplay  # nothing sounds by itself


def test_what_is_kept_never_replaces_work():
    be_busy()
    kept = memory.work()
    begin()
    state.set_end("a", picks.dot("tiny", 1))
    assert memory.work()["text"] is not None
    memory.restore(kept)
    assert state.end("a").row == 1
    begin()
    st.session_state[opening.OPENED] = True  # this visit came by a link
    assert memory.work()["text"] is not None
    memory.restore(kept)
    assert state.end("a").title != "Surprise 7"


def test_kept_work_of_another_model_is_passed_over_part_by_part():
    be_busy()
    found = json.loads(memory.work()["text"])
    for part in ("blend", "shape", "journey"):
        found[part]["h"] = "00000000"
    found["sliders"] = [found["sliders"][0].replace('"sha256": "', '"sha256": "0')]
    begin()
    before = state.end("a")
    memory.restore({"visit": "x", "text": json.dumps(found)})
    assert state.end("a") == before
    assert journeying.plan() is None
    assert taught.sliders() == ()
    assert state.map_pick().row == 11


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"work": 2}',
        '{"work": 1}',
        '{"work": 1, "blend": 7, "sliders": 3, "marks": [[1]], "map": [], "own": {}}',
        '{"work": 1, "blend": {"v": "1"}, "journey": ["x"], "shape": "y"}',
        '{"work": 1, "sliders": [null], "marks": "ab", "map": "m.99999"}',
        "[" * 100_000,
        "x" * (memory.MOST_CHARS + 1),
    ],
)
def test_damaged_work_changes_nothing(text):
    before = dict(state.chosen())
    memory.restore({"visit": "x", "text": text})
    assert state.chosen() == before
    assert not memory.has_begun()
    assert state.take_remark() is None


def test_kept_work_changed_at_random_opens_or_is_passed_over():
    be_busy()
    text = memory.work()["text"]
    generator = np.random.default_rng(0)
    for _ in range(40):
        damaged = list(text)
        for place in generator.integers(0, len(text), 20):
            damaged[place] = chr(generator.integers(32, 127))
        begin()
        memory.restore({"visit": "x", "text": "".join(damaged)})
        assert state.end("a") is not None
