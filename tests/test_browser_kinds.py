"""Drum beats and bands in a browser: every part sounds, alone and under a tune."""

import re

import pytest
from playwright.sync_api import expect

from explorer import midi
from explorer.examples import beat_loops
from tests.browsing import (
    GAP,
    METER,
    choose_model,
    drag,
    inside,
    longest_gap,
    open_square,
    saved,
    title,
    visits,
    wait_for_loop,
    wait_for_silence,
    wait_for_sound,
)

pytestmark = pytest.mark.browser
DRUMS, BAND, MELODY = "Drums, 2 bars", "Band (melody, bass, drums)", "Melody, 2 bars"
PARTS = ("melody", "bass", "drums")
LOOP_PARTS = """() => {
  const {loop} = window.__explorerAudio.engine;
  return [...new Set(loop.notes.map((note) => note.part ?? "melody"))].sort();
}"""


@pytest.fixture
def visit(browser, kinds_url):
    """A function that opens a page of an app with models of every kind."""
    yield from visits(browser, kinds_url)


def start_to_play(page):
    page.locator(".dock .play").click()
    wait_for_sound(page)


def test_a_blend_of_two_beats_sounds_and_changes_as_it_is_dragged(visit):
    page = visit("blend")
    choose_model(page, DRUMS)
    expect(page.locator("h1")).to_have_text("Blend two beats")
    expect(page.locator(".scrub .end.a")).to_have_text("Rock in eighths")
    start_to_play(page)
    page.evaluate(METER)
    slider = page.locator(".scrub input")
    place = slider.bounding_box()
    drag(page, slider, [0.5, 0.25, 0.0, 0.5, 1.0])
    expect(title(page)).to_have_text(page.locator(".scrub .end.b").inner_text())
    assert slider.bounding_box() == place, "nothing moves under the hand"
    assert page.evaluate(LOOP_PARTS) == ["drums"]
    page.wait_for_function("() => window.ids.size >= 3")  # both ends and the middle
    page.evaluate("window.blocks = []")
    wait_for_sound(page)


def test_every_part_of_a_blended_song_sounds_alone_and_is_silent_when_muted(visit):
    page = visit("blend")
    choose_model(page, BAND)
    wait_for_loop(page, 256)
    expect(title(page)).to_have_text(re.compile(r"^50 % of the way"))
    assert page.evaluate(LOOP_PARTS) == sorted(PARTS)
    start_to_play(page)
    page.evaluate("window.__explorerAudio.engine.setTempo(220)")  # round in 17 seconds
    for part in PARTS:
        solo = page.get_by_role("button", name=f"Solo {part}")
        mute = page.get_by_role("button", name=f"Mute {part}")
        solo.click()
        wait_for_sound(page)
        mute.click()
        wait_for_silence(page)  # nothing but this part was heard
        mute.click()
        wait_for_sound(page)
        solo.click()
    for part in PARTS:
        page.get_by_role("button", name=f"Mute {part}").click()
    wait_for_silence(page)
    assert page.evaluate("window.__explorerAudio.engine.playing")


@pytest.mark.parametrize(("label", "steps"), [(DRUMS, 32), (BAND, 256)])
def test_the_square_is_played_with_every_kind_of_music(visit, label, steps):
    page = visit("blend")
    choose_model(page, label)
    wait_for_loop(page, steps)
    box = open_square(page).bounding_box()
    page.mouse.move(*inside(box, 0.05, 0.05))  # a corner: a tune as it was written
    page.mouse.down()
    wait_for_sound(page)
    page.evaluate(METER)
    for part in range(12):
        page.mouse.move(*inside(box, 0.05 + 0.08 * part, 0.05 + 0.08 * part))
        page.wait_for_timeout(150)
    page.mouse.up()
    page.wait_for_function("() => window.ids.size >= 3")
    if label == BAND:  # a drum may have died away while its note still lasts
        assert longest_gap(page.evaluate("window.blocks"), only_due=True) < GAP


def test_the_sound_goes_on_from_one_kind_of_music_to_another_on_every_page(visit):
    page = visit()
    start_to_play(page)
    for name, label, steps in (
        ("Blend", DRUMS, 32),
        ("Map", BAND, 256),
        ("Shape", MELODY, 32),
        ("My music", BAND, 256),
        ("Under the hood", DRUMS, 32),
    ):
        page.get_by_role("link", name=name, exact=True).click()
        choose_model(page, label)
        wait_for_loop(page, steps)
        expect(page.locator("[data-testid=stAlertContentError]")).to_have_count(0)
        assert page.evaluate("window.__explorerAudio.engine.playing")
        wait_for_sound(page)


def test_a_beat_put_under_a_tune_is_heard_and_saved_with_it(visit):
    page = visit("blend")
    beat = beat_loops()[4]
    page.get_by_role("combobox", name="Beat", exact=True).select_option(beat.title)
    start_to_play(page)
    page.get_by_role("button", name="Keep this one").click()
    under = page.get_by_text(f"with the beat “{beat.title}” under it")
    expect(under).to_be_visible()
    page.keyboard.press("Escape")
    expect(under).to_have_count(0)
    song = midi.read_midi(saved(page, "Keep this one"), name="saved.mid")
    (drums,) = (track for track in song.tracks if track.is_drum)
    hits = {(note.pitch, note.start_step) for note in drums.notes}
    assert hits == {(note.pitch, note.start_step) for note in beat.tune.notes}
    choose_model(page, BAND)
    wait_for_loop(page, 256)
    expect(page.get_by_role("combobox", name="Beat", exact=True)).to_be_disabled()


def test_a_saved_song_has_a_track_for_each_part(visit):
    page = visit("blend")
    choose_model(page, BAND)
    wait_for_loop(page, 256)
    expect(page.get_by_role("heading", name="Blend two songs")).to_be_visible()
    expect(page.get_by_role("heading", name="Blend two tunes")).to_have_count(0)
    song = midi.read_midi(saved(page, "Keep this one"), name="saved.mid")
    assert [track.is_drum for track in song.tracks] == [False, False, True]
    assert [track.program for track in song.tracks[:2]] == [0, 33]
    count = page.evaluate("window.__explorerAudio.engine.loop.notes.length")
    assert song.num_notes == count
