"""The tab that teaches a slider, and thumbs on the other pages."""

import json

import pytest

from explorer import slider_file, trained_model
from explorer.ui import taught
from explorer.ui import teaching as panel
from tests import tiny_checkpoint
from tests.pages import frame, opened, said, sent

TAB = "Teach a slider"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("teach")
    tiny_checkpoint.write(root)
    return root


@pytest.fixture
def app(use, folder):
    use(folder)
    return frame()


def on_tab(app):
    opened(app, "shape")
    app.session_state["shape_tab"] = TAB
    return app.run()


def press(app, key):
    app.button(key=key).click().run()
    assert not app.exception
    return app


def mark_ten(app):
    """Mark the proposals in turn, two handfuls of them."""
    for handful in range(2):
        for place in range(panel.NUM_PROPOSED):
            press(app, f"teach_{place}_{'up' if place % 2 else 'down'}")
        if handful == 0:
            press(app, "teach_more")
    return app


def test_a_slider_is_taught_named_and_moved(app):
    on_tab(app)
    assert "5 more up and 5 more down to go." in [
        bar.proto.text for bar in app.get("progress")
    ]
    mark_ten(app)
    assert "**6 up, 6 down**" in said(app)
    assert "of 12 marks fall on the right side" in said(app)
    press(app, "teach_add")  # without a name
    assert "has no name" in said(app)
    assert "**6 up, 6 down**" in said(app)
    app.text_input(key=panel.NAME).set_value("Shanty").run()
    press(app, "teach_add")
    assert "“Shanty” is now among the sliders" in said(app)
    assert "**0 up, 0 down**" in said(app)
    (button,) = (b.proto for b in app.get("download_button") if b.proto.label == "Keep")
    assert button.url
    app.session_state["shape_tab"] = "Sliders"
    app.run()
    rows = sent(app, "sliders")["sliders"]
    assert rows[-1]["label"] == "Shanty"
    assert rows[-1]["note"]


def test_a_second_press_takes_the_mark_away_and_go_on_brings_marks_back(app):
    on_tab(app)
    press(app, "teach_0_up")
    assert "**1 up, 0 down**" in said(app)
    press(app, "teach_0_down")
    assert "**0 up, 1 down**" in said(app)
    press(app, "teach_0_down")
    assert "**0 up, 0 down**" in said(app)
    mark_ten(app)
    app.text_input(key=panel.NAME).set_value("Shanty").run()
    press(app, "teach_add")
    press(app, "taught_1_again")
    assert "**6 up, 6 down**" in said(app)
    press(app, "teach_clear")
    assert "**0 up, 0 down**" in said(app)
    press(app, "taught_1_remove")
    assert "Your sliders" not in said(app)


def test_a_slider_can_be_loaded_and_a_damaged_one_changes_nothing(app, folder):
    on_tab(app)
    mark_ten(app)
    app.text_input(key=panel.NAME).set_value("Shanty").run()
    press(app, "teach_add")
    sha256 = trained_model.load(folder / "tiny").checkpoint.sha256
    kept = app.session_state[f"{taught.SLIDERS}_{sha256[:16]}"]
    data = slider_file.write(kept["taught_1"])
    other = on_tab(frame())
    other.file_uploader(key=panel.FILE).upload(
        "shanty.slider.json", data, "application/json"
    ).run()
    assert "**Your sliders**" in said(other)
    foreign = json.loads(data)
    foreign["checkpoint"]["sha256"] = "0" * 64
    for wrong in (b"{}", json.dumps(foreign).encode()):
        third = on_tab(frame())
        third.file_uploader(key=panel.FILE).upload(
            "x.slider.json", wrong, "application/json"
        ).run()
        assert not third.exception
        assert "Your sliders are unchanged" in said(third)
        assert "**Your sliders**" not in said(third)


@pytest.mark.parametrize(
    ("page", "key"), [("blend", "front_up"), ("map", "map_thumb_down")]
)
def test_phrases_are_marked_on_other_pages(app, page, key):
    opened(app, page)
    if page == "map":
        app.session_state["map_pick"] = _first_dot(app)
        app.run()
    press(app, key)
    on_tab(app)
    assert ("**1 up, 0 down**" if page == "blend" else "**0 up, 1 down**") in said(app)


def _first_dot(app):
    from explorer.ui import picks

    return picks.dot(app.session_state["model_name"], 0)
