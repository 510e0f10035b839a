"""Every page runs through the frame, keeps its promises and shows no traceback.

Sound, clicks on the map and dragging need a browser: `test_browser.py`. Here a
component's answer is put into the session, as the browser would.
"""

import json

import numpy as np
import pytest

from explorer import examples, midi
from explorer.attributes import attributes_of
from explorer.errors import MidiError
from explorer.notes import Note, sequence
from explorer.trained_model import DecodedTune
from explorer.ui import cache, picks, state
from tests import tiny_checkpoint
from tests.pages import PAGES, components, frame, opened, said, switch

pytestmark = pytest.mark.usefixtures("unchecked")


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    tiny_checkpoint.write(folder)
    return folder


@pytest.fixture
def app(use, checkpoints):
    use(checkpoints)
    return frame()


def song_bytes():
    notes = [
        Note(pitch=60 + step % 5, start_step=step, end_step=step + 2)
        for step in range(0, 64, 2)
    ]
    return midi.write_midi(sequence(notes, title="brought"))


@pytest.mark.parametrize("page", PAGES)
def test_page_runs_alone_on_a_first_visit(app, page):
    opened(app, page)
    assert app.title
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_one_player(app, page):
    assert len(components(opened(app, page), "explorer_player")) == 1


def test_every_page_file_is_in_the_menu(root):
    files = {path.stem for path in (root / "pages").glob("*.py")}
    assert files == set(PAGES)
    menu = (root / "explorer/ui/main.py").read_text()
    assert all(f'"{page}"' in menu for page in PAGES)


def test_the_first_screen_has_a_pair_a_big_play_and_three_doors(app):
    opened(app, "start")
    assert len(components(app, "explorer_big_play")) == 1
    assert len(components(app, "explorer_strip")) == 1
    assert len(app.get("page_link")) == 3
    assert app.session_state[state.ENDS["a"]].title in said(app)


def test_nothing_starts_to_sound_by_itself(app):
    opened(app, "start")
    assert app.session_state[state.NOW].autoplay is False


def test_without_a_checkpoint_every_page_says_what_to_do(use, tmp_path):
    use(tmp_path)
    app = frame().run()
    assert not app.exception
    assert "isn't installed" in said(app)


def test_a_broken_checkpoint_is_named_with_its_reason(use, tmp_path):
    tiny_checkpoint.write(tmp_path)
    broken = tiny_checkpoint.write(tmp_path, "broken") / "config.json"
    broken.write_text("{")
    use(tmp_path)
    app = frame()
    opened(app, "under_the_hood")
    assert "“broken” is not used" in said(app)


def test_several_checkpoints_can_be_chosen_among(use, tmp_path):
    tiny_checkpoint.write(tmp_path, "one")
    tiny_checkpoint.write(tmp_path, "two", seed=1)
    use(tmp_path)
    app = frame()
    opened(app, "start")
    before = app.session_state[state.ENDS["a"]].z
    app.selectbox(key="model_choice").set_value("two").run()
    assert not app.exception
    assert app.session_state[state.MODEL] == "two"
    assert app.session_state[state.ENDS["a"]].z != before


@pytest.fixture
def two_lengths(use, tmp_path):
    """The app with models of two bars and of sixteen, with and without a conductor."""
    tiny_checkpoint.write(tmp_path, "short")
    tiny_checkpoint.write(tmp_path, "long", config=tiny_checkpoint.TINY_LONG)
    flat = tiny_checkpoint.TINY_LONG_FLAT
    tiny_checkpoint.write(tmp_path, "plain", config=flat, accuracy=0.4)
    use(tmp_path)
    return frame()


def test_the_choice_of_a_model_is_in_plain_words_and_starts_with_the_short_one(
    two_lengths,
):
    opened(two_lengths, "start")
    assert two_lengths.session_state[state.MODEL] == "short"
    assert two_lengths.selectbox(key="model_choice").options == [
        "2 bars · short",
        "16 bars, conductor · long",
        "16 bars, no conductor (for comparison) · plain",
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_goes_on_with_another_model_and_back(two_lengths, page):
    opened(two_lengths, page)
    heading = two_lengths.title[0].value
    for name, steps in (("long", 256), ("plain", 256), ("short", 32)):
        switch(two_lengths, name)
        assert two_lengths.title[0].value == heading
        assert two_lengths.session_state[state.NOW].tune.total_steps == steps


def test_written_tunes_are_read_anew_and_longer_by_the_other_model(two_lengths):
    opened(two_lengths, "blend")
    before = two_lengths.session_state[state.ENDS["a"]]
    switch(two_lengths, "long")
    after = two_lengths.session_state[state.ENDS["a"]]
    assert after.title == before.title
    assert (len(before.z), len(after.z)) == (8, 6)
    assert (before.tune.total_steps, after.tune.total_steps) == (32, 256)
    assert "then from the start again" in said(two_lengths)


def test_codes_of_one_model_never_reach_another(two_lengths):
    opened(two_lengths, "blend")
    two_lengths.button(key="choice_a_roll").click().run()
    two_lengths.session_state[state.MAP_PICK] = picks.dot("short", 7)
    two_lengths.session_state[state.SHAPE_PICK] = picks.surprise("short", 5)
    switch(two_lengths, "long")
    kept = [two_lengths.session_state[key] for key in state.PICKS]
    assert {len(pick.z) for pick in kept if pick is not None} == {6}
    assert "Only the model before could play “Surprise 1”, “Surprise 5”" in said(
        two_lengths
    )
    first, second = (two_lengths.session_state[state.ENDS[end]] for end in "ab")
    assert first.title != second.title


def test_a_dot_stays_chosen_where_the_other_map_has_the_same_phrase(two_lengths):
    opened(two_lengths, "map")
    two_lengths.session_state[state.MAP_PICK] = picks.dot("short", 7)
    switch(two_lengths, "long")
    found = two_lengths.session_state[state.MAP_PICK]
    assert (found.title, found.row, len(found.z)) == ("Tune 7", 7, 6)


def test_a_damaged_model_is_said_and_the_visit_goes_on_with_another(
    two_lengths, tmp_path
):
    opened(two_lengths, "start")
    before = two_lengths.session_state[state.ENDS["a"]]
    (tmp_path / "long" / "model.safetensors").write_bytes(b"damaged")
    two_lengths.selectbox(key="model_choice").set_value("long").run()
    assert not two_lengths.exception
    assert "is damaged" in two_lengths.error[0].value
    switch(two_lengths, "short")
    assert two_lengths.session_state[state.ENDS["a"]] == before


def test_pairs_that_fill_sixteen_bars_evenly_come_first(two_lengths):
    opened(two_lengths, "start")
    uneven = [
        any(
            "then from the start again" in picks.credit("long", pick)
            for pick in picks.pair("long", number)
        )
        for number in range(6)
    ]
    assert any(uneven)
    assert uneven == sorted(uneven)
    assert picks.pair("short", 0)[0].title == "Twinkle, Twinkle, Little Star"


def test_sixteen_bars_of_a_file_are_chosen_by_where_they_start(two_lengths):
    opened(two_lengths, "my_music")
    long = [
        Note(pitch=60 + step % 5, start_step=step, end_step=step + 2)
        for step in range(0, 20 * 16, 4)
    ]
    content = midi.write_midi(sequence(long, title="long"))
    two_lengths.file_uploader(key="my_file").upload("long.mid", content, "audio/midi")
    two_lengths.run()
    assert two_lengths.slider(key="my_bar").max == 19
    switch(two_lengths, "long")
    assert two_lengths.slider(key="my_bar").max == 5
    two_lengths.slider(key="my_bar").set_value(5).run()
    own = two_lengths.session_state[state.OWN_PICK]
    assert own.tune.total_steps == 256
    assert own.tune.notes[0].pitch == 60 + (4 * 16) % 5
    assert "This track is shorter" not in said(two_lengths)


def test_a_file_shorter_than_the_phrase_goes_round_and_that_is_said(two_lengths):
    opened(two_lengths, "my_music")
    switch(two_lengths, "long")
    two_lengths.file_uploader(key="my_file").upload("b.mid", song_bytes(), "audio/midi")
    two_lengths.run()
    assert not two_lengths.error
    assert "you hear its 4 bars four times" in said(two_lengths)
    own = two_lengths.session_state[state.OWN_PICK]
    assert len(own.tune.notes) == 4 * 32


def test_what_was_decoded_together_is_not_decoded_again_alone(use, checkpoints):
    use(checkpoints)
    codes = [cache.surprise("tiny", seed) for seed in range(3)]
    together = cache.decode_all("tiny", codes, qpm=90)
    assert [each.tune.qpm for each in together] == [90] * 3
    alone = cache.decode("tiny", codes[1], qpm=60)
    assert alone.tokens is together[1].tokens
    assert alone.tune.notes == together[1].tune.notes
    assert alone.tune.qpm == 60


def test_decoded_tunes_are_bounded_and_the_longest_unused_goes_first():
    kept = cache.DecodedTunes(most=2)
    silence = DecodedTune(
        tune=sequence([]), tokens=np.zeros(0, np.int16), certainty=np.zeros(0)
    )
    for z in (1.0, 2.0):
        kept.put("m", (z,), silence)
    assert kept.get("m", (1.0,)) is silence
    kept.put("m", (3.0,), silence)
    lost = [kept.get("m", (z,)) is None for z in (1.0, 2.0, 3.0)]
    assert lost == [False, True, False]


def test_an_expected_failure_is_a_sentence(app, monkeypatch):
    def refuse(*_args):
        raise MidiError("The file has no notes. Choose another.")

    monkeypatch.setattr("explorer.ui.blending.steps", refuse)
    app.run()
    assert not app.exception
    assert any("no notes" in error.value for error in app.error)


def test_an_unexpected_failure_shows_a_reference_and_no_traceback(
    app, monkeypatch, caplog
):
    opened(app, "start")

    def fail(*_args):
        raise KeyError("secret detail")

    monkeypatch.setattr("explorer.ui.blending.tiles", fail)
    app.run()
    assert not app.exception
    assert "Ref" in app.error[0].value
    assert "secret detail" not in said(app)
    assert "secret detail" in caplog.text


def test_choosing_another_tune_changes_that_end_only(app):
    opened(app, "blend")
    b = app.session_state[state.ENDS["b"]]
    other = [t for t in app.selectbox(key="choice_a").options if t != b.title][-1]
    app.selectbox(key="choice_a").set_value(other).run()
    assert not app.exception
    assert app.session_state[state.ENDS["a"]].title == other
    assert app.session_state[state.ENDS["b"]] == b


def test_surprises_differ_and_come_back_by_their_number(app):
    opened(app, "blend")
    app.button(key="choice_a_roll").click().run()
    first = app.session_state[state.ENDS["a"]]
    app.button(key="choice_a_roll").click().run()
    second = app.session_state[state.ENDS["a"]]
    assert first.z != second.z
    assert cache.surprise("tiny", 1) == first.z


def test_the_number_of_tunes_on_the_way_is_a_setting(app):
    opened(app, "blend")
    app.slider(key=state.BLEND_STEPS).set_value(5).run()
    assert not app.exception
    (strip,) = components(app, "explorer_strip")
    assert len(json.loads(strip.mixed.json or strip.json)["tiles"]) == 5


def test_the_ends_are_the_tunes_as_written_until_asked_otherwise(app):
    opened(app, "blend")
    written = app.session_state[state.ENDS["a"]].tune.notes
    app.session_state[state.BLEND_SHARE] = 0.0
    app.button(key="swap_ends").click().run()
    app.button(key="swap_ends").click().run()
    assert app.session_state[state.NOW].tune.notes == written
    app.segmented_control(key=state.BLEND_ENDS).set_value("the model's version").run()
    app.button(key="swap_ends").click().run()
    app.button(key="swap_ends").click().run()
    assert app.session_state[state.NOW].tune.notes != written


def test_the_chosen_dot_has_a_card_with_its_origin_and_its_neighbours(app):
    opened(app, "map")
    assert "Click any dot" in said(app)
    app.session_state[state.MAP_PICK] = picks.dot("tiny", 7)
    app.run()
    assert not app.exception
    assert app.subheader[0].value == "Tune 7"
    assert "Hymns, CC BY-SA 4.0, from bar 8" in said(app)
    assert len(components(app, "explorer_strip")) == 2


def test_the_map_says_what_it_is_not(app):
    assert "Sizes and gaps mean nothing" in said(opened(app, "map"))


def test_a_search_narrows_the_list_and_says_so_when_nothing_is_left(app):
    opened(app, "map")
    app.text_input(key="map_search").set_value("57 tune").run()
    assert len(app.dataframe[0].value) == 1
    app.text_input(key="map_search").set_value("no such name").run()
    assert not app.exception
    assert "Try a shorter word" in said(app)
    assert not app.dataframe
    next(button for button in app.button if button.label == "Clear").click().run()
    assert len(app.dataframe[0].value) == 60
    assert not app.text_input(key="map_search").value


def test_filters_go_together_and_hold_for_the_map_and_the_list(app):
    opened(app, "map")
    app.multiselect(key="map_sources_tiny").set_value(["Folk"]).run()
    assert set(app.dataframe[0].value["Source"]) == {"Folk"}
    app.multiselect(key="map_keys_tiny").set_value(["G major"]).run()
    listed = app.dataframe[0].value
    assert set(listed["Key"]) == {"G major"}
    assert len(listed) == 10
    library = cache.model("tiny").library
    app.selectbox(key="map_quality_tiny").set_value("Busier").run()
    app.slider(key="map_range_tiny").set_value((50, 100)).run()
    busiest = app.dataframe[0].value
    assert 0 < len(busiest) < 10
    assert set(busiest["Tune"]) < set(listed["Tune"])
    names = list(attributes_of("melody"))
    density = library.attributes[:, names.index("note_density")]
    rows = [library.titles.index(title) for title in busiest["Tune"]]
    assert density[rows].min() >= np.median(density)


def test_what_lies_beneath_the_dots_can_be_put_away(app):
    opened(app, "map")
    assert "Small crosses mark the fog" in said(app)
    app.session_state["map_layers"] = ["Contours"]
    app.run()
    assert not app.exception
    assert "Small crosses" not in said(app)


def test_the_map_says_how_far_its_layout_can_be_believed(app):
    assert "shows 50% among its" in said(opened(app, "map"))


def test_a_tune_brought_along_is_put_on_the_map_where_no_dot_moves(app):
    opened(app, "map")
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert "<b>mine</b>" not in [note["text"] for note in annotations(spec)]
    app.session_state[state.OWN_PICK] = picks.own(
        "tiny", "Mine", examples.load_examples()[0].tune
    )
    app.run()
    assert not app.exception
    after = json.loads(app.get("plotly_chart")[0].proto.spec)
    (mine,) = [n for n in annotations(after) if n["text"] == "<b>mine</b>"]
    z = app.session_state[state.OWN_PICK].z
    x, y = cache.model("tiny").library.place(np.array([z], np.float32), "pca")[0]
    assert (mine["x"], mine["y"]) == pytest.approx((x, y))
    assert after["data"][0]["x"] == spec["data"][0]["x"]


def annotations(spec):
    return spec["layout"].get("annotations", [])


def test_a_place_between_the_dots_has_a_card_too(app):
    opened(app, "map")
    z = tuple(float(value) for value in cache.model("tiny").library.mu.mean(axis=0))
    app.session_state[state.MAP_PICK] = picks.decoded("tiny", "A place", z, "map")
    app.run()
    assert not app.exception
    assert app.subheader[0].value == "A place"
    assert "Nobody wrote this" in said(app)
    assert len(components(app, "explorer_strip")) == 2


@pytest.mark.parametrize("colour", ["Jumpier", "Source", "Key"])
def test_the_map_can_be_coloured_by_anything_it_knows(app, colour):
    opened(app, "map")
    app.selectbox(key="map_colour_tiny").set_value(colour).run()
    assert not app.exception
    assert not app.error


def test_sliders_in_the_middle_change_nothing(app):
    assert "no change you could hear" in said(opened(app, "shape"))


def test_a_slider_moves_the_code_and_reset_brings_it_back(app):
    opened(app, "shape")
    app.button(key="shape_surprise_large").click().run()
    assert not app.exception
    assert app.session_state[state.NOW].title.endswith("bent")
    app.button(key="shape_reset").click().run()
    assert not app.exception
    assert not app.session_state[state.NOW].title.endswith("bent")


def test_a_brought_file_is_read_compared_and_placed(app):
    opened(app, "my_music")
    app.file_uploader(key="my_file").upload("brought.mid", song_bytes(), "audio/midi")
    app.run()
    assert not app.exception
    assert not app.error
    assert "32 notes in 1 track" in "".join(e.value for e in app.success)
    assert "notes kept" in said(app)


def test_the_page_for_own_music_can_be_tried_without_a_file(app):
    opened(app, "my_music")
    app.main.button[0].click().run()
    assert not app.exception
    assert "notes kept" in said(app) or "notes as they are" in said(app)


def test_a_file_that_is_no_music_leaves_everything_as_it_was(app):
    opened(app, "my_music")
    before = app.session_state[state.NOW]
    app.file_uploader(key="my_file").upload("letter.mid", b"Dear all", "audio/midi")
    app.run()
    assert not app.exception
    assert "unchanged" in said(app)
    assert app.session_state[state.NOW] == before


def test_figures_on_the_page_are_those_of_the_checkpoint(app):
    opened(app, "under_the_hood")
    assert [metric.value for metric in app.metric] == ["50.0%"] * 3


def test_wav_is_offered_only_where_it_can_be_made(app, monkeypatch):
    sentence = "FluidSynth is not installed, so sound files cannot be made."
    monkeypatch.setattr("explorer.synth.available", lambda: sentence)
    app.session_state["one"] = True  # the popover is open
    opened(app, "blend")
    assert any("MIDI" in b.label for b in app.get("download_button"))
    assert not any("WAV" in b.label for b in app.get("download_button"))
    assert sentence in said(app)
