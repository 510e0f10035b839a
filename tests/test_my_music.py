"""My music with a model of melodies, of drums and of trios."""

from dataclasses import replace

import pytest
import streamlit as st

from explorer import caps, midi
from explorer.notes import Note, sequence
from explorer.trio import part_of
from explorer.ui import (
    bringing,
    brought,
    difference_roll,
    picks,
    placing,
    state,
    words,
)
from tests import test_scores, tiny_checkpoint
from tests.pages import frame, opened, said, switch

pytestmark = pytest.mark.usefixtures("unchecked")
MELODY, BASS, DRUMS, HATS = 0, 1, 2, 3  # tracks of a file that has them all


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    root = tmp_path_factory.mktemp("checkpoints")
    for encoding in ("melody", "drums", "trio"):
        tiny_checkpoint.write(root, encoding, encoding=encoding)
    tiny_checkpoint.write(root, "long", config=tiny_checkpoint.TINY_LONG_TRIO)
    return root


@pytest.fixture
def app(use, checkpoints):
    use(checkpoints)
    return opened(frame(), "my_music")


def line(pitches, *, pace, start=0, end=128, **how):
    """Notes one after the other, the pitches in turn."""
    return [
        Note(
            pitch=pitches[index % len(pitches)],
            start_step=step,
            end_step=step + pace,
            **how,
        )
        for index, step in enumerate(range(start, end, pace))
    ]


def tracks(*wanted, enters=0):
    """A MIDI file of eight bars with some tracks; all but the drums enter later."""
    parts = {
        MELODY: line([72, 74, 76, 79], pace=4, start=16 * enters, program=73),
        BASS: line([36, 43], pace=8, start=16 * enters, program=33, instrument=1),
        DRUMS: line([36, 38], pace=4, is_drum=True, instrument=9),
        HATS: line([42], pace=2, is_drum=True, instrument=10),
    }
    notes = [note for track in wanted for note in parts[track]]
    return midi.write_midi(sequence(notes))


def climbing():
    """A MIDI file of eight bars, each higher than the one before; and a bass."""
    melody = [
        Note(pitch=60 + step // 16 + step % 5, start_step=step, end_step=step + 4)
        for step in range(0, 128, 4)
    ]
    bass = line([40], pace=8, program=33, instrument=1)
    return midi.write_midi(sequence([*melody, *bass]))


def bring(app, content, name="brought.mid"):
    app.file_uploader[0].upload(name, content).run()
    assert not app.exception
    return app


def own(app):
    return app.session_state[state.OWN_PICK]


@pytest.mark.parametrize(
    ("model", "notes", "things"),
    [("melody", 8, "8 notes"), ("drums", 24, "24 hits"), ("trio", 36, "36 notes")],
)
def test_of_a_file_with_everything_each_model_reads_its_own(app, model, notes, things):
    switch(app, model)
    bring(app, tracks(MELODY, BASS, DRUMS, HATS))
    assert not app.error
    assert not app.warning
    assert len(own(app).tune.notes) == notes
    assert things in said(app)
    assert app.session_state[state.NOW].tune.notes == own(app).tune.notes


def test_the_drums_of_several_tracks_go_together_or_one_is_chosen(app):
    switch(app, "drums")
    bring(app, tracks(MELODY, DRUMS, HATS))
    radio = app.radio(key="my_drum_track")
    assert [option.replace("\\", "") for option in radio.options] == [
        "All drums together: 96 notes",
        "2. Drum kit: 32 notes",
        "3. Drum kit: 64 notes",
    ]
    assert radio.value == (1, 2)
    radio.set_value((2,)).run()
    assert not app.exception
    assert {note.pitch for note in own(app).tune.notes} == {42}


def test_a_band_has_a_choice_for_each_part_which_is_guessed_and_can_be_changed(app):
    switch(app, "trio")
    bring(app, tracks(MELODY, BASS, DRUMS))
    keys = [placing.TRACK[part] for part in ("melody", "bass", "drums")]
    assert [app.selectbox(key=key).value for key in keys] == [(0,), (1,), (2,)]
    assert [app.selectbox(key=key).label for key in keys] == ["Melody", "Bass", "Drums"]
    assert app.selectbox(key="my_bass_track").options == [
        "1. Flute: 32 notes",
        "2. Electric Bass (finger): 16 notes",
    ]
    app.selectbox(key="my_track").set_value((1,)).run()
    app.selectbox(key="my_bass_track").set_value((0,)).run()
    assert not app.exception
    lowest = {
        part: min(n.pitch for n in own(app).tune.notes if part_of(n) == part)
        for part in ("melody", "bass")
    }
    assert lowest == {"melody": 36, "bass": 72}


def test_a_band_is_read_from_where_all_of_it_plays(app):
    switch(app, "trio")
    bring(app, tracks(MELODY, BASS, DRUMS, enters=4))
    assert own(app).title == "brought, bar 5"
    assert (app.slider(key="my_bar").min, app.slider(key="my_bar").max) == (4, 7)


def test_a_band_shorter_than_the_phrase_goes_round_from_its_first_bar(app):
    switch(app, "long")
    bring(app, tracks(MELODY, BASS, DRUMS, enters=4))
    assert not app.error
    assert "The music is shorter: you hear its 8 bars twice" in said(app)
    assert own(app).title == "brought, bar 1"
    assert len(own(app).tune.notes) == 2 * (16 + 8 + 32)


def test_a_choice_for_a_file_is_not_carried_to_the_next(app):
    switch(app, "trio")
    bring(app, tracks(MELODY, BASS, DRUMS, HATS))
    app.selectbox(key="my_drum_track").set_value((3,)).run()
    app.slider(key="my_bar").set_value(5).run()
    assert own(app).title == "brought, bar 5"
    bring(app, tracks(MELODY, BASS, DRUMS, HATS, enters=1))
    assert app.selectbox(key="my_drum_track").value == (2, 3)
    assert own(app).title == "brought, bar 2"


def test_a_file_goes_on_with_another_model(app):
    bring(app, tracks(MELODY, BASS, DRUMS))
    for model, notes in (("drums", 8), ("trio", 20), ("melody", 8)):
        switch(app, model)
        assert not app.error
        assert len(own(app).tune.notes) == notes


@pytest.mark.parametrize(
    ("model", "has", "sentence"),
    [
        (
            "drums",
            [MELODY, BASS],
            "There is no drum track in it. The model in use writes beats: choose a "
            "melody model at the top of the page, or bring a file with drums.",
        ),
        (
            "melody",
            [DRUMS],
            "There is no melody track in it. The model in use writes tunes: choose a "
            "drum model at the top of the page, or bring a file with a melody.",
        ),
        (
            "trio",
            [MELODY, DRUMS],
            "There is no bass track in it. The model in use writes songs: choose "
            "a melody model or a drum model at the top of the page, or bring a file "
            "with a melody, a bass and drums.",
        ),
    ],
)
def test_a_file_without_what_the_model_needs_says_what_to_do(app, model, has, sentence):
    switch(app, model)
    before = app.session_state[state.NOW]
    bring(app, tracks(*has))
    assert not app.error
    assert [warning.value for warning in app.warning] == [sentence]
    assert app.session_state[state.NOW] == before


def test_what_was_lacking_is_there_for_the_right_model(app):
    switch(app, "drums")
    bring(app, tracks(MELODY, BASS))
    switch(app, "melody")
    assert "of 8 notes kept" in said(app)


def test_no_model_is_named_that_is_not_installed(use, tmp_path):
    tiny_checkpoint.write(tmp_path, encoding="drums")
    use(tmp_path)
    app = bring(opened(frame(), "my_music"), tracks(MELODY))
    assert "writes beats: bring a file with drums." in said(app)


@pytest.mark.parametrize("model", ["drums", "trio"])
def test_the_page_can_be_tried_with_an_example_of_the_model(app, model):
    switch(app, model)
    app.main.button[0].click().run()
    assert not app.exception
    assert not app.error
    assert own(app).tune.num_bars == 2
    assert "kept" in said(app) or "as they are" in said(app)


def test_a_drum_is_kept_by_what_it_is_and_another_drum_is_not_it(monkeypatch):
    def beat(*pitches):
        notes = [
            Note(pitch=pitch, start_step=4 * i, end_step=4 * i + 1, is_drum=True)
            for i, pitch in enumerate(pitches)
        ]
        tune = sequence(notes)
        return state.Pick(title="", tune=tune, z=(), origin="upload")

    monkeypatch.setattr("explorer.ui.controls.encoding", lambda: "drums")
    both = [beat(35, 40, 38), beat(36, 38, 49)]  # another kick, another snare, a crash
    assert bringing.verdict(both) == "2 of 3 hits kept, 1 lost, 1 new."


def both(app):
    """Names on the list, and the one in use."""
    files = app.session_state[brought.FILES]
    number = app.session_state[brought.CHOSEN]
    return [f.name for f in files], next(f.name for f in files if f.number == number)


def drop(app, *files):
    app.file_uploader[0].set_value([(*file, "audio/midi") for file in files]).run()
    assert not app.exception
    return app


def test_several_files_become_a_list_and_the_newest_is_in_use(app):
    drop(app, ("one.mid", tracks(MELODY)), ("two.mid", tracks(MELODY, BASS)))
    assert both(app) == (["two.mid", "one.mid"], "two.mid")
    assert app.selectbox(key="my_file_list").options == [
        "two.mid: 8 bars, 2 tracks",
        "one.mid: 8 bars, 1 track",
    ]
    assert words.plain("“two.mid”") in app.success[0].value
    app.selectbox(key="my_file_list").set_value(1).run()
    assert not app.exception
    assert both(app)[1] == "one.mid"
    assert own(app).title == "one, bar 1"
    assert app.session_state[state.NOW].title == "one, bar 1"


def test_each_refused_file_is_named_and_the_others_are_read(app):
    drop(
        app,
        ("good.mid", tracks(MELODY)),
        ("letter.mid", b"Dear all"),
        ("*empty*.mid", b""),
    )
    assert both(app) == (["good.mid"], "good.mid")
    (notice,) = [warning.value for warning in app.warning]
    assert "“letter\\.mid” cannot be used" in notice
    assert "“\\*empty\\*\\.mid” cannot be used" in notice
    assert notice.endswith("The others were read.")


def test_a_refused_file_takes_nothing_away(app):
    bring(app, tracks(MELODY), name="good.mid")
    before = own(app)
    bring(app, b"Dear all", name="letter.mid")
    assert both(app) == (["good.mid"], "good.mid")
    assert own(app) == before
    assert "Your current tune is unchanged." in said(app)


def test_each_file_keeps_its_own_bar_and_track(app):
    drop(app, ("one.mid", tracks(MELODY, BASS)), ("two.mid", tracks(MELODY, BASS)))
    app.radio(key="my_track").set_value((1,)).run()
    app.slider(key="my_bar").set_value(4).run()
    app.selectbox(key="my_file_list").set_value(1).run()
    assert (app.radio(key="my_track").value, app.slider(key="my_bar").value) == (
        (0,),
        1,
    )
    app.selectbox(key="my_file_list").set_value(2).run()
    assert not app.exception
    assert (app.radio(key="my_track").value, app.slider(key="my_bar").value) == (
        (1,),
        4,
    )


def test_to_remove_a_file_keeps_the_others(app):
    drop(app, ("one.mid", tracks(MELODY)), ("two.mid", tracks(MELODY, BASS)))
    app.button(key="my_file_remove").click().run()
    assert not app.exception
    assert both(app) == (["one.mid"], "one.mid")
    assert own(app).title == "one, bar 1"
    app.button(key="my_file_remove").click().run()
    assert not app.exception
    assert app.session_state[brought.FILES] == ()
    assert "or try it with one of these" in said(app)


def test_a_file_that_is_there_already_is_put_in_use_not_kept_twice(app):
    drop(app, ("one.mid", tracks(MELODY)), ("two.mid", tracks(MELODY, BASS)))
    bring(app, tracks(MELODY), name="one.mid")
    assert both(app) == (["two.mid", "one.mid"], "one.mid")


def test_no_more_files_are_kept_than_may_be(app, monkeypatch):
    monkeypatch.setattr(caps, "MAX_FILES", 2)
    drop(app, *((f"{i}.mid", tracks(MELODY)) for i in range(4)))
    assert both(app)[0] == ["1.mid", "0.mid"]
    assert (
        "At most 2 files are kept at a time, so “2.mid”, “3.mid” were not read. Remove "
        "some first. The others were read."
    ) in said(app)


@pytest.mark.parametrize(("clicked", "bar"), [(5, 5), (1, 2), (8, 7)])
def test_a_click_on_the_strip_moves_the_slider_as_far_as_it_goes(
    monkeypatch, clicked, bar
):
    held = {"strip": {"selection": {"points": [{"x": clicked}]}}}
    monkeypatch.setattr(st, "session_state", held)
    bars = placing._Bars(first=1, start=1, latest=6, last=7)
    assert placing._clicked("strip", bars)
    assert held[placing.BAR] == bar
    held["strip"]["selection"]["points"] = []
    assert not placing._clicked("strip", bars)
    assert held[placing.BAR] == bar


def test_strip_and_slider_say_the_same(app):
    bring(app, tracks(MELODY))
    assert "The model reads bars 1 to 2 of 8 bars. Click a bar" in said(app)
    app.slider(key="my_bar").set_value(5).run()
    assert "The model reads bars 5 to 6 of 8 bars." in said(app)


def test_the_dock_goes_on_with_the_bar_and_the_track_just_chosen(app):
    bring(app, climbing())
    before = app.session_state[state.NOW]
    app.slider(key="my_bar").set_value(5).run()
    now = app.session_state[state.NOW]
    assert now.tune.notes == own(app).tune.notes != before.tune.notes
    assert now.title == "brought, bar 5"
    assert (now.play_id, now.autoplay) == (before.play_id, False), "it starts no sound"
    app.radio(key="my_track").set_value((1,)).run()
    assert app.session_state[state.NOW].tune.notes == own(app).tune.notes
    assert own(app).tune.notes[0].pitch == 40


def test_who_hears_the_models_version_goes_on_hearing_it(app):
    bring(app, climbing())
    mine = own(app)
    version = picks.of_model("melody", mine)
    app.session_state[state.NOW] = replace(
        app.session_state[state.NOW], tune=version.tune, title="The model's version"
    )
    app.slider(key="my_bar").set_value(5).run()
    assert not app.exception
    now = app.session_state[state.NOW]
    assert now.tune.notes == picks.of_model("melody", own(app)).tune.notes
    assert now.title == "The model's version"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (
            "t.abc",
            test_scores.ABC.encode(),
            "16 notes in 1 track, 90 beats a minute, in",
        ),
        (
            "s.musicxml",
            test_scores.ONE_BAR,
            "4 notes in 1 track, 120 beats a minute, in",
        ),
        ("s.mxl", test_scores.zipped(test_scores.ONE_BAR), "Read “s.mxl”: 4 notes"),
    ],
)
def test_a_score_is_brought_like_a_midi_file(app, name, content, sentence):
    bring(app, content, name=name)
    assert not app.error
    assert sentence in "".join(e.value for e in app.success).replace("\\", "")
    assert "kept" in said(app) or "as they are" in said(app)


def test_both_versions_are_shown_in_one_roll_with_a_line_in_words(app):
    bring(app, tracks(MELODY))
    assert difference_roll.WORDS in said(app)
