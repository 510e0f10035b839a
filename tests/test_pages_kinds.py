"""Every page with drum beats and with bands, and the way from one kind to another."""

import numpy as np
import pytest

from explorer.attributes import attributes_of
from explorer.drums import DRUM_INSTRUMENT
from explorer.examples import beat_loops, load_examples, load_pairs
from explorer.notes import Note, sequence
from explorer.trio import BASS_PROGRAM, part_of
from explorer.ui import cache, controls, map_colour, picks, saving, state
from explorer.ui.state import Sound
from tests import tiny_checkpoint
from tests.pages import PAGES, components, frame, opened, playing, said, sent, switch

pytestmark = pytest.mark.usefixtures("unchecked")
KINDS = ("drums", "trio")
PARTS = {
    "melody": {"melody"},
    "drums": {"drums"},
    "trio": {"melody", "bass", "drums"},
}


@pytest.fixture(scope="module")
def of_kind(tmp_path_factory):
    """A folder with a checkpoint of each kind of music."""
    root = tmp_path_factory.mktemp("kinds")
    tiny_checkpoint.write(root, "tunes")
    tiny_checkpoint.write(root, "beats", encoding="drums")
    tiny_checkpoint.write(root, "band", config=tiny_checkpoint.TINY_LONG_TRIO)
    return root


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Folders by kind, each with nothing but one checkpoint of the kind."""
    folders = {kind: tmp_path_factory.mktemp(kind) for kind in KINDS}
    tiny_checkpoint.write(folders["drums"], encoding="drums")
    config = tiny_checkpoint.TINY_LONG_TRIO
    tiny_checkpoint.write(folders["trio"], config=config)
    return folders


@pytest.fixture
def app(use, of_kind):
    """The app with a model of each kind."""
    use(of_kind)
    return frame()


@pytest.fixture
def only(use, alone):
    """A function that starts the app with one kind of model alone."""

    def start(kind):
        use(alone[kind])
        return frame()

    return start


def parts(tune):
    return {part_of(note) for note in tune.notes}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", PAGES)
def test_page_runs_alone_with_one_kind_of_model(only, kind, page):
    app = opened(only(kind), page)
    assert app.title
    assert not app.error
    assert len(components(app, "explorer_player")) == 1
    assert parts(playing(app)) <= PARTS[kind]


@pytest.mark.parametrize(
    ("page", "kind", "title"),
    [
        ("start", "drums", "What lies between two beats?"),
        ("blend", "drums", "Blend two beats"),
        ("map", "drums", "The beat map"),
        ("shape", "drums", "Bend a beat"),
        ("map", "trio", "The song map"),
    ],
)
def test_a_page_is_called_by_what_the_model_writes(only, page, kind, title):
    app = opened(only(kind), page)
    assert app.title[0].value == title


def test_a_visit_starts_with_tunes_and_every_kind_can_be_chosen(app):
    opened(app, "start")
    assert app.session_state[state.MODEL] == "tunes"
    assert app.selectbox(key="model_choice").options == [
        "Melody, 2 bars · tunes",
        "Drums, 2 bars · beats",
        "Band (melody, bass, drums), 16 bars, conductor · band",
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_goes_on_with_another_kind_and_back(app, page):
    opened(app, page)
    before = app.title[0].value
    for name, kind, steps in (
        ("beats", "drums", 32),
        ("band", "trio", 256),
        ("tunes", "melody", 32),
    ):
        switch(app, name)
        assert playing(app).total_steps == steps
        assert parts(playing(app)) <= PARTS[kind]
    assert app.title[0].value == before


@pytest.mark.parametrize(("name", "kind"), [("beats", "drums"), ("band", "trio")])
def test_tunes_of_another_kind_give_way_to_a_pair_of_the_models_own(app, name, kind):
    opened(app, "blend")
    app.session_state[state.MAP_PICK] = picks.dot("tunes", 7)
    app.session_state[state.SHAPE_PICK] = picks.surprise("tunes", 5)
    switch(app, name)
    ends = [app.session_state[state.ENDS[end]] for end in "ab"]
    assert [end.title for end in ends] == [place.title for place in load_pairs(kind)[0]]
    assert app.session_state[state.MAP_PICK] is None
    assert app.session_state[state.SHAPE_PICK] is None
    assert "starts with a pair of its own" in said(app)


def test_a_change_of_kind_neither_starts_the_sound_nor_asks_for_it_anew(app):
    opened(app, "start")
    before = app.session_state[state.NOW].play_id
    switch(app, "beats")
    now = app.session_state[state.NOW]
    assert (now.play_id, now.autoplay) == (before, False)


def test_a_change_of_kind_that_a_click_breaks_off_is_finished_by_the_next_run(app):
    opened(app, "start")
    before = playing(app)
    for key in state.PICKS:
        app.session_state[key] = None
    app.session_state[state.MODEL] = "beats"  # and no more: the run ended here
    app.session_state["model_choice"] = "beats"
    app.run()
    assert not app.exception
    assert not app.error
    assert playing(app) != before
    assert parts(playing(app)) == {"drums"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_examples_on_offer_are_those_of_the_kind(only, kind):
    app = opened(only(kind), "blend")
    titles = [example.title for example in load_examples(kind)]
    assert app.selectbox(key="choice_a").options == titles


@pytest.mark.parametrize(
    ("kind", "credit"),
    [
        ("drums", "Style: Rock"),
        ("trio", "1824; with a bass and the beat “Rock on the ride”"),
    ],
)
def test_an_example_says_where_it_comes_from(only, kind, credit):
    assert credit in said(opened(only(kind), "blend"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_of_the_kind_can_be_an_end(only, kind):
    app = opened(only(kind), "start")
    model = app.session_state[state.MODEL]
    for example in load_examples(kind):
        pick = picks.example(model, example.title)
        assert parts(pick.tune) == PARTS[kind]
        assert pick.tune.num_bars == cache.model(model).num_bars


@pytest.mark.parametrize("kind", KINDS)
def test_every_slider_bends_and_is_measured(only, kind):
    app = opened(only(kind), "shape")
    assert "no change you could hear" in said(app)
    rows = sent(app, "explorer_sliders")["sliders"]
    assert [row["name"] for row in rows] == list(attributes_of(kind))
    app.button(key="shape_surprise_large").click().run()
    assert not app.exception
    assert not app.error
    assert app.session_state[state.NOW].title.endswith("bent")
    assert "**What changed:**" in said(app)


@pytest.mark.parametrize("kind", KINDS)
def test_the_map_can_be_coloured_by_anything_it_knows_of_the_kind(only, kind):
    app = opened(only(kind), "map")
    (colours,) = (box for box in app.selectbox if box.label == "Colour")
    labels = [attribute.label for attribute in attributes_of(kind).values()]
    keys = [] if kind == "drums" else ["Key"]
    fares = [map_colour.SURE, map_colour.RIGHT]
    assert colours.options == [*labels, "Source", *keys, *fares]
    for colour in colours.options:
        (box,) = (box for box in app.selectbox if box.label == "Colour")
        box.set_value(colour).run()
        assert not app.exception
        assert not app.error


@pytest.mark.parametrize("kind", KINDS)
def test_a_dot_of_the_kind_has_a_card(only, kind):
    app = opened(only(kind), "map")
    app.session_state[state.MAP_PICK] = picks.dot("tiny", 7)
    app.run()
    assert not app.exception
    assert not app.error
    assert app.subheader[0].value == "Tune 7"


def test_under_the_hood_speaks_of_beats_and_of_each_part_of_a_song(only):
    app = opened(only("drums"), "under_the_hood")
    assert "plays back beats it was not trained on" in said(app)
    assert "beats of well-known styles" in said(app)
    assert "melody 50%" not in said(app)
    app = opened(only("trio"), "under_the_hood")
    assert said(app).count("melody 50%, bass 50%, drums 50%") == 3


def heard(monkeypatch, tune, kind, **settings):
    """A tune as it is saved, with something set in the dock."""
    sound = Sound(**{"qpm": None, "program": None, "beat": None} | settings)
    monkeypatch.setattr(state, "sound", lambda: sound)
    monkeypatch.setattr(controls, "encoding", lambda: kind)
    return saving.as_heard(tune)


def test_the_instrument_of_the_dock_is_the_melodys(monkeypatch):
    band = load_examples("trio")[0].tune
    found = heard(monkeypatch, band, "trio", program=56)
    programs = {part_of(note): note.program for note in found.notes}
    assert programs == {"melody": 56, "bass": BASS_PROGRAM, "drums": 0}
    assert {n.instrument for n in found.notes if n.is_drum} == {DRUM_INSTRUMENT}
    rest = [n for n in band.notes if part_of(n) != "melody"]
    assert [n for n in found.notes if part_of(n) != "melody"] == rest


def test_a_low_tune_takes_the_instrument_of_the_dock_too(monkeypatch):
    low = sequence([Note(pitch=40, start_step=0, end_step=4, program=33)])
    found = heard(monkeypatch, low, "melody", program=56)
    assert [note.program for note in found.notes] == [56]


def test_a_beat_set_in_the_dock_is_saved_under_a_tune_for_as_long_as_it_lasts(
    monkeypatch,
):
    beat = beat_loops()[0]
    tune = load_examples()[0].tune
    found = heard(monkeypatch, tune, "melody", beat=beat.title)
    hits = [n for n in found.notes if n.is_drum]
    assert len(hits) == len(beat.tune.notes) * tune.num_bars // 2
    assert tuple(n for n in found.notes if not n.is_drum) == tune.notes
    assert found.total_steps == tune.total_steps


@pytest.mark.parametrize("kind", KINDS)
def test_music_with_drums_of_its_own_gets_no_beat(monkeypatch, kind):
    tune = load_examples(kind)[0].tune
    beat = beat_loops()[-1].title
    assert heard(monkeypatch, tune, kind, beat=beat).notes == tune.notes


def told(app):
    """What the Blend page says while the way to keep a tune is open."""
    app.session_state["one"] = True  # the popover is open
    return said(opened(app, "blend"))


@pytest.mark.parametrize(
    ("kind", "tracks"),
    [
        ("drums", "1 track: drums"),
        ("trio", "3 tracks: melody, bass, drums"),
    ],
)
def test_who_keeps_a_tune_is_told_which_tracks_the_files_have(only, kind, tracks):
    assert tracks in told(only(kind))


def test_who_keeps_a_tune_is_told_of_the_beat_under_it(app, monkeypatch):
    beat = beat_loops()[0].title
    sound = Sound(qpm=None, program=None, beat=beat)
    monkeypatch.setattr(state, "sound", lambda: sound)
    assert f"with the beat “{beat}” under it" in (found := told(app))
    assert "2 tracks: melody, drums" in found


def test_certainty_of_a_band_is_of_each_part(only):
    app = opened(only("trio"), "blend")
    app.session_state[state.BLEND_SHARE] = 0.5
    app.button(key="swap_ends").click().run()
    found = np.array(app.session_state[state.NOW].certainty)
    assert found.shape == (256, 3)
    assert (found > 0).all()
    assert (found <= 1).all()


def test_a_part_that_falls_silent_takes_nothing_from_the_measure_of_the_others(only):
    only("trio").run()
    hits = [
        Note(pitch=36, start_step=step, end_step=step + 1, is_drum=True)
        for step in range(0, 256, 4)
    ]
    silent = cache.measure("tiny", sequence(hits, total_steps=256))
    names = list(attributes_of("trio"))
    assert silent[names.index("drum_density")] == 0.25
    assert silent[names.index("bass_density")] == 0
    assert silent[names.index("note_density")] == 0
