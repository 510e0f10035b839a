"""The Shape page in a browser: from a slider, a square and a knob to the sound."""

import re
import statistics

import pytest
from playwright.sync_api import expect

from tests.browsing import (
    GAP,
    METER,
    inside,
    longest_gap,
    title,
    visits,
    wait_for_sound,
)

pytestmark = pytest.mark.browser

SANE = 10_000  # milliseconds; a limit for a machine with other work, never a claim
LOOP = "window.__explorerAudio.engine.loop.id"
# When the pointer last went up, and every other loop that was shown after it.
WATCH = """() => {
  const {engine} = window.__explorerAudio;
  const show = engine.show.bind(engine);
  window.shown = [];
  addEventListener("pointerup", () => { window.released = performance.now(); },
    {capture: true});
  engine.show = (loop, how) => {
    const before = engine.loop?.id;
    show(loop, how);
    if (loop.id !== before) window.shown.push(performance.now());
  };
}"""


@pytest.fixture
def visit(browser, app_url):
    """A function that opens a page."""
    yield from visits(browser, app_url)


@pytest.fixture
def page(visit):
    """The Shape page with its sliders, in silence."""
    page = visit("shape")
    expect(page.get_by_role("slider", name="Busier")).to_be_visible()
    return page


def play(page):
    page.locator(".dock .play").click()
    wait_for_sound(page)


def pull(page, slider, start, end):
    """Pull a slider's knob from one place along it to another, 0 left to 1 right."""
    box = slider.bounding_box()
    page.mouse.move(*inside(box, start, 0.5))
    page.mouse.down()
    page.mouse.move(*inside(box, end, 0.5), steps=5)
    page.mouse.up()


def wait_for_answer(page):
    """Until what was measured belongs to where the sliders are."""
    expect(page.locator(".bench.waits")).to_have_count(0)


def test_the_old_loop_plays_on_until_a_released_slider_is_heard(page, record_property):
    play(page)
    page.evaluate(METER)
    page.evaluate(WATCH)
    slider = page.get_by_role("slider", name="Busier")
    took, ids, place = [], {page.evaluate(LOOP)}, 0.5
    page.evaluate("window.blocks = []")
    for end in (0.9, 0.1, 0.75, 0.25, 0.95, 0.05, 0.8):
        count = page.evaluate("window.shown.length")
        pull(page, slider, place, end)
        page.wait_for_function("(count) => window.shown.length > count", arg=count)
        took.append(page.evaluate("window.shown.at(-1) - window.released"))
        ids.add(page.evaluate(LOOP))
        wait_for_answer(page)
        page.wait_for_timeout(300)
        place = end
    gap = longest_gap(page.evaluate("window.blocks"), only_due=True)
    record_property(
        "a released slider, to the new loop",
        f"median {statistics.median(took):.0f} ms, slowest {max(took):.0f} ms, "
        f"longest gap {gap:.0f} ms",
    )
    assert len(ids) > 2
    assert gap < GAP
    assert max(took) < SANE
    assert page.evaluate("window.__explorerAudio.engine.playing")


def test_a_slider_shows_what_it_asked_for_and_what_it_got(page):
    slider = page.get_by_role("slider", name="Busier")
    slider.focus()
    for _ in range(8):
        slider.press("ArrowRight")
    expect(title(page)).to_have_text(re.compile("bent"))
    wait_for_answer(page)
    row = page.get_by_role("group", name="Busier", exact=True)
    expect(row.get_by_role("img")).to_have_attribute(
        "aria-label", re.compile(r"^Busier: wanted \+2\.00, got ")
    )
    bar, whole = (
        part.bounding_box()
        for part in (row.locator(".bench-wanted"), row.locator(".bench-bars"))
    )
    middle = whole["x"] + whole["width"] / 2
    assert bar["x"] == pytest.approx(middle, abs=1)
    assert bar["width"] == pytest.approx(whole["width"] / 3, abs=1), "2 of 3 to a side"
    row.get_by_role("button", name=re.compile("^Undo Busier")).click()
    wait_for_answer(page)
    expect(slider).to_have_value("0")
    expect(title(page)).not_to_have_text(re.compile("bent"))


def test_a_locked_slider_stays_where_it_is_in_a_surprise(page):
    slider = page.get_by_role("slider", name="Busier")
    pull(page, slider, 0.5, 0.75)
    wait_for_answer(page)
    value = slider.input_value()
    page.get_by_role("button", name="Lock Busier").click()
    page.get_by_role("button", name="Surprise me, large").click()
    expect(page.get_by_label(re.compile("^Surprise, large, number"))).to_be_visible()
    other = page.get_by_role("slider", name="Jumpier")
    expect(other).not_to_have_value("0")
    assert slider.input_value() == value
    page.get_by_role("button", name="Back to the middle").click()
    expect(other).to_have_value("0")
    assert slider.input_value() == value


def test_two_sliders_at_once_are_heard_under_the_hand_and_taken_on_release(page):
    page.get_by_role("tab", name="Two at once").click()
    expect(page.locator(".square")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".square-legend")).to_be_visible()
    board = page.locator(".square-board")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    ids = []
    page.mouse.move(*inside(box, 0.5, 0.5))
    page.mouse.down()
    for u, v in ((0.95, 0.4), (0.95, 0.05), (0.05, 0.05)):
        page.mouse.move(*inside(box, u, v), steps=4)
        ids.append(page.evaluate(LOOP))
    assert len(set(ids)) > 1, "heard before it is let go"
    page.mouse.up()
    wait_for_sound(page)
    page.get_by_role("tab", name="Sliders").click()
    expect(page.get_by_role("slider", name="Busier")).to_have_value("-3")
    assert page.evaluate(LOOP) == ids[-1]


def test_the_square_goes_by_keyboard_too(page):
    page.get_by_role("tab", name="Two at once").click()
    expect(page.locator(".square")).to_have_attribute("aria-busy", "false")
    board = page.locator(".square-board")
    board.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(board).to_have_attribute("aria-label", re.compile(r"^Busier \+1\.50, "))
    expect(title(page)).to_have_text(re.compile("bent"))


def test_a_knob_is_turned_by_keyboard_and_its_bar_can_be_clicked(page):
    page.get_by_role("tab", name="Single knobs").click()
    tiles = page.locator(".tiles .tile")
    expect(tiles).to_have_count(7)
    slider = page.locator(".scrub input")
    slider.focus()
    slider.press("ArrowRight")
    expect(title(page)).to_have_text(re.compile("knob"))
    wait_for_sound(page)
    chosen = page.get_by_role("combobox", name="Knob")
    before = chosen.input_value()
    page.locator(".js-plotly-plot .point").nth(5).click(force=True)
    expect(chosen).not_to_have_value(before)
    expect(page.get_by_text("along this knob")).to_be_visible()
