"""A journey in a browser: played, rearranged by hand and key, pinned and drawn."""

import io
import re
import wave

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer import midi, synth
from tests.browsing import saved, title, visits, wait_for_silence, wait_for_sound

pytestmark = pytest.mark.browser

POSITION = "window.__explorerAudio.engine.position"


@pytest.fixture
def visit(browser, app_url):
    """A function that opens a page."""
    yield from visits(browser, app_url)


def stops(page):
    """Titles of the stops, in order."""
    labels = page.locator(".block.stop").evaluate_all(
        "blocks => blocks.map((block) => block.getAttribute('aria-label'))"
    )
    return [re.fullmatch(r"Stop \d+: (.*), \d+ bars?", label)[1] for label in labels]


def wait_for_stops(page, wanted):
    """Wait until the stops are these."""
    expect(page.locator(".arrangement")).not_to_have_class(re.compile("waits"))
    expect(page.locator(".block.stop")).to_have_count(len(wanted))
    for block, name in zip(page.locator(".block.stop").all(), wanted, strict=True):
        expect(block).to_have_attribute(
            "aria-label", re.compile(f"^Stop [0-9]+: {re.escape(name)}, ")
        )


def middle(block):
    box = block.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_journey_is_played_rearranged_and_kept(visit):
    page = visit("journey")
    first = page.locator(".block").first
    expect(first).to_be_visible()
    names = stops(page)
    assert len(names) == 4
    page.locator(".block").nth(3).click()
    wait_for_sound(page)
    page.wait_for_function(f"() => {POSITION} >= 96")
    expect(page.locator(".block.sounds")).to_have_count(1)
    expect(title(page)).to_have_text(re.compile("^A journey from"))
    # by hand: the first stop goes behind the second; what plays goes on
    page.mouse.move(*middle(first))
    page.mouse.down()
    x, y = middle(page.locator(".block.stop").nth(1))
    page.mouse.move(x + 30, y, steps=6)
    page.mouse.up()
    moved = [names[1], names[0], *names[2:]]
    wait_for_stops(page, moved)
    assert page.evaluate("window.__explorerAudio.engine.playing")
    # by keyboard: the last stop goes one earlier, the first is removed
    page.locator(".block.stop[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")  # a blend
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+ArrowRight")
    moved = [*moved[:2], moved[3], moved[2]]
    wait_for_stops(page, moved)
    page.keyboard.press("Home")
    page.keyboard.press("Delete")
    wait_for_stops(page, moved[1:])
    for _ in range(3):
        page.get_by_role("button", name="Undo").last.click()
        page.wait_for_timeout(300)
    wait_for_stops(page, names)
    page.keyboard.press("Escape")
    wait_for_silence(page)
    song = midi.read_midi(saved(page, "Keep the journey"), name="journey.mid")
    assert song.total_steps == 256
    if not synth.available():
        check_sound(saved(page, "Keep the journey", "WAV"), song.qpm)


def check_sound(data, qpm):
    """No sample is clipped and none of the sixteen bars is silent."""
    with wave.open(io.BytesIO(data)) as sound:
        rate = sound.getframerate()
        frames = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
    samples = frames.reshape(-1, 2).astype(float) / 32768
    assert np.abs(samples).max() < 0.999
    bar = round(4 * 60 / qpm * rate)
    for number in range(16):
        assert np.abs(samples[number * bar : (number + 1) * bar]).max() > 0.01


def test_a_tune_is_pinned_and_a_line_across_the_map_makes_a_journey(visit):
    page = visit("shape")
    page.get_by_role("button", name="Pin to the journey").click()
    expect(page.get_by_text(re.compile("Pinned as stop 1"))).to_be_visible()
    page.get_by_role("link", name="Map", exact=True).click()
    expect(page.locator(".map-hand")).to_contain_text("arrow keys")
    page.get_by_text("Draw a journey", exact=True).click()
    expect(page.locator(".map-path")).to_have_css("pointer-events", "auto")
    page.locator(".js-plotly-plot").last.evaluate("plot => plot.scrollIntoView()")
    page.wait_for_timeout(700)
    box = page.locator(".map-path").bounding_box()
    places = [(0.3, 0.4), (0.5, 0.3), (0.7, 0.5)]
    for number, (x, y) in enumerate(places):
        page.mouse.move(
            box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8
        )
        if number == 0:
            page.mouse.down()
    page.mouse.up()
    wait_for_sound(page)
    expect(page.locator(".map-path circle")).to_have_count(4)
    expect(title(page)).to_have_text(re.compile("^A journey from Place 1"))
    page.get_by_role("link", name="Journey", exact=True).click()
    wait_for_stops(page, [f"Place {number} on the map" for number in (1, 2, 3, 4)])
    assert page.evaluate("window.__explorerAudio.engine.playing")
