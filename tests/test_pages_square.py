"""The square of the Blend page, share links and what is saved, without a browser.

A component's answer is put into the session, as the browser would.
"""

import json
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from explorer.after_effects import STRINGS
from explorer.examples import load_examples
from explorer.ui import cache, saving, squaring, state
from explorer.ui.state import Sound
from tests import tiny_checkpoint
from tests.pages import components, frame, opened, playing, said, switch

SQUARE = "blend_square"


pytestmark = pytest.mark.usefixtures("unchecked")


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    tiny_checkpoint.write(folder)
    tiny_checkpoint.write(folder, "tiny_drums", encoding="drums")
    return folder


@pytest.fixture
def app(use, checkpoints):
    use(checkpoints)
    app = frame()
    opened(app, "blend")
    app.segmented_control(key=state.BLEND_VIEW).set_value("square").run()
    assert not app.exception
    return app


def sent(app):
    """What the square was mounted with."""
    (proto,) = components(app, "explorer_square")
    return json.loads(proto.mixed.json or proto.json)


def hold(app, count):
    """Let the browser say that it holds so many cells."""
    app.session_state[SQUARE] = {
        "have": {"square": sent(app)["square"], "count": count}
    }
    app.run()
    assert not app.exception
    return sent(app)


def test_cells_are_filled_from_the_corners_inward_and_each_once():
    order = squaring.order(9)
    assert sorted(order[:4]) == [0, 8, 72, 80]
    assert sorted(order) == list(range(81))
    assert order[-1] == 40
    depth = [min(i // 9, i % 9, 8 - i // 9, 8 - i % 9) for i in order]
    assert depth == sorted(depth)


def test_the_square_starts_with_its_four_corners_which_are_all_different(app):
    data = sent(app)
    assert [cell["index"] for cell in data["cells"]] == [0, 8, 72, 80]
    assert len(set(data["names"])) == 4
    titles = [cell["loop"]["title"] for cell in data["cells"]]
    assert titles == data["names"]


def test_every_cell_is_sent_once_and_then_none(app):
    found, count = sent(app)["cells"], 4
    while cells := hold(app, count)["cells"]:
        found += cells
        count += len(cells)
    assert sorted(cell["index"] for cell in found) == list(range(81))


def test_a_browser_that_holds_another_square_gets_the_corners(app):
    app.session_state[SQUARE] = {"have": {"square": "another", "count": 81}}
    app.run()
    assert [cell["index"] for cell in sent(app)["cells"]] == [0, 8, 72, 80]


def test_corners_are_the_tunes_as_written_or_the_models_version(app):
    written = sent(app)["cells"][0]["loop"]["notes"]
    assert len(written) == len(app.session_state[state.ENDS["a"]].tune.notes)
    app.segmented_control(key=state.BLEND_ENDS).set_value("the model's version").run()
    data = sent(app)
    assert all("certainty" in note for note in data["cells"][0]["loop"]["notes"])


def choose(app, index):
    app.session_state[state.SQUARE_PLACE] = ((index % 9) / 8, (index // 9) / 8)
    app.run()
    assert not app.exception


def test_a_cell_can_become_a_corner(app):
    choose(app, 40)
    app.button(key="corner_d").click().run()
    assert not app.exception
    pick = app.session_state[state.ENDS["d"]]
    assert pick.title == "50 % right, 50 % down"
    assert pick.origin == "blend"
    assert sent(app)["names"][3] == pick.title


def test_a_corner_can_be_copied_to_another_corner(app):
    choose(app, 0)
    app.button(key="corner_c").click().run()
    assert app.session_state[state.ENDS["c"]] == app.session_state[state.ENDS["a"]]


def test_a_surprise_in_a_corner_makes_another_square_and_the_dock_follows(app):
    before = sent(app)["square"]
    choose(app, 72)
    app.button(key="choice_c_roll").click().run()
    assert sent(app)["square"] != before
    assert "Surprise" in sent(app)["names"][2]
    assert playing(app).notes == app.session_state[state.ENDS["c"]].tune.notes


def test_eleven_cells_a_side_keep_the_place_in_front(app):
    choose(app, 80)
    app.segmented_control(key=state.SQUARE_SIZE).set_value(11).run()
    assert sent(app)["size"] == 11
    assert sent(app)["index"] == 120


def test_the_square_of_another_kind_of_music_starts_with_its_own_corners(app):
    switch(app, "tiny_drums")
    data = sent(app)
    assert all(cell["loop"]["parts"] == ["drums"] for cell in data["cells"])
    assert all(app.session_state[state.ENDS[which]] for which in "abcd")


def test_the_last_gesture_is_known_by_its_number_and_never_forgotten(monkeypatch):
    event = {"index": 13, "id": "x", "nth": 4}
    kept = {SQUARE: {"chosen": event}}
    monkeypatch.setattr(state.st, "session_state", kept)
    assert state.gesture() == 0
    assert state.take_gesture(SQUARE) == 13
    assert state.gesture() == 4
    kept["strip"] = {"chosen": {"index": 2, "id": "y", "nth": 3}}
    assert state.take_gesture("strip") == 2
    assert state.gesture() == 4


def test_a_square_refuses_a_cell_outside_of_it():
    from explorer.ui.player import square

    with pytest.raises(ValueError, match="cell 81 is outside a square of 9 x 9"):
        square([], name="x", size=9, corners=("", "", "", ""), index=81, key="square")


def link_of(app):
    """The link that the page shows, as a query."""
    app.session_state["share_blend"] = True  # the popover is open
    app.run()
    (code,) = (block.value for block in app.code if "v=1" in block.value)
    return dict(parse_qsl(urlsplit(code).query))


def from_link(query):
    app = frame()
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("view", ["line", "square"])
def test_a_link_opens_the_same_blend_in_another_visit(app, view):
    app.segmented_control(key=state.BLEND_VIEW).set_value(view).run()
    app.button(key="choice_b_roll").click().run()
    if view == "square":
        choose(app, 13)
        app.button(key="choice_d_roll").click().run()
    else:
        app.slider(key=state.BLEND_STEPS).set_value(5).run()
    query = link_of(app)
    other = from_link(query)
    corners = "abcd" if view == "square" else "ab"
    for which in corners:
        key = state.ENDS[which]
        assert other.session_state[key].z == app.session_state[key].z
        assert other.session_state[key].tune.notes == app.session_state[key].tune.notes
    assert playing(other).notes == playing(app).notes
    opened(other, "blend")
    assert link_of(other) == query


def test_a_link_is_taken_up_once_and_then_the_visit_is_the_listeners(app):
    other = from_link(link_of(app))
    opened(other, "blend")
    other.segmented_control(key=state.BLEND_VIEW).set_value("line").run()
    assert other.session_state[state.BLEND_VIEW] == "line"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"a": "m.999999"}, "could not be opened"),
        ({"m": "nowhere"}, "which is not installed here"),
        ({"v": "7"}, "newer version of this app"),
        ({"w": "<b>cube</b>"}, "could not be opened"),
    ],
)
def test_a_link_that_cannot_be_opened_is_said_and_the_app_starts_as_ever(
    app, change, sentence
):
    other = from_link(link_of(app) | change)
    assert sentence in said(other)
    assert "Everything else works as before" in said(other)
    assert other.session_state[state.ENDS["a"]] is not None


@pytest.mark.parametrize("anyway", [True, False])
def test_a_link_of_other_weights_asks_before_it_opens(app, anyway):
    other = from_link(link_of(app) | {"h": "00000000", "a": "s.3"})
    assert "different model version" in said(other)
    other.button(key="link_open" if anyway else "link_drop").click().run()
    assert not other.exception
    assert "different model version" not in said(other)
    title = other.session_state[state.ENDS["a"]].title
    assert (title == "Surprise 3") is anyway


def test_the_dock_hears_how_sure_the_model_usually_is(app):
    low, high = cache.usual_certainty("tiny")
    assert 0 < low <= high <= 1
    (proto,) = components(app, "explorer_player")
    data = json.loads(proto.mixed.json or proto.json)
    assert data["usual"] == [low, high]


def heard(monkeypatch, tune, **settings):
    monkeypatch.setattr(
        state, "sound", lambda: Sound(qpm=None, program=None, **settings)
    )
    monkeypatch.setattr(saving.controls, "encoding", lambda: "melody")
    return saving.as_heard(tune)


def test_key_and_octave_of_the_dock_are_in_what_is_saved(monkeypatch):
    tune = load_examples()[0].tune
    found = heard(monkeypatch, tune, key="E♭ major", octave=1)
    scale = {(3 + degree) % 12 for degree in (0, 2, 4, 5, 7, 9, 11)}
    assert {note.pitch % 12 for note in found.notes} <= scale
    rise = np.mean([n.pitch for n in found.notes]) - np.mean(
        [n.pitch for n in tune.notes]
    )
    assert rise == pytest.approx(12, abs=1)


def test_a_drone_is_saved_under_a_tune_for_as_long_as_it_lasts(monkeypatch):
    tune = load_examples()[0].tune
    found = heard(monkeypatch, tune, drone=True)
    held = [note for note in found.notes if note.program == STRINGS]
    assert len(held) == 2 * tune.num_bars
    assert found.total_steps == tune.total_steps
    assert heard(monkeypatch, tune).notes != found.notes
