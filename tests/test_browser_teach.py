"""Teaching a slider in a browser: thumbs, name, use, its file in another visit."""

import re

import pytest
from playwright.sync_api import expect

from tests.browsing import visits

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(browser, app_url):
    """A function that opens a page."""
    yield from visits(browser, app_url)


def lesson(page):
    page.get_by_role("tab", name="Teach a slider").click()
    expect(page.get_by_text(re.compile("up, . down"))).to_be_visible()


def press(page, key):
    page.locator(f".st-key-{key} button").first.click()


def test_a_slider_is_taught_used_kept_and_loaded(visit):
    page = visit("shape")
    lesson(page)
    press(page, "teach_more")
    count = 0
    for handful in range(2):
        for place in range(6):
            count += 1
            way = "up" if place % 2 else "down"
            press(page, f"teach_{place}_{way}")
            up = count // 2
            expect(page.get_by_text(f"{up} up, {count - up} down")).to_be_visible()
        if handful == 0:
            press(page, "teach_more")
            expect(page.locator(".st-key-teach_0_down button").first).to_have_attribute(
                "kind", "secondary"
            )
    expect(page.get_by_text("of 12 marks fall on the right side")).to_be_visible()
    name = page.get_by_role("textbox", name="What does it make more of?")
    name.fill("Shanty")
    name.press("Tab")
    press(page, "teach_add")
    expect(page.get_by_text("“Shanty” is now among the sliders")).to_be_visible()
    with page.expect_download() as download:
        press(page, "taught_1_keep")
    assert download.value.suggested_filename == "shanty.slider.json"
    path = download.value.path()
    notes = "JSON.stringify(window.__explorerAudio.engine.loop?.notes ?? null)"
    page.get_by_role("tab", name="Sliders").click()
    slider = page.get_by_role("slider", name="Shanty")
    expect(slider).to_be_visible()
    slider.focus()
    for key in ("End", "Home"):  # much more of it, then much less
        before = page.evaluate(notes)
        slider.press(key)
        page.wait_for_function(f"(before) => {notes} !== before", arg=before)
    other = visit("shape")
    lesson(other)
    other.locator("input[type=file]").set_input_files(
        {
            "name": "shanty.slider.json",
            "mimeType": "application/json",
            "buffer": path.read_bytes(),
        }
    )
    expect(other.get_by_text("“Shanty” is now among the sliders")).to_be_visible()
    other.get_by_role("tab", name="Sliders").click()
    expect(other.get_by_role("slider", name="Shanty")).to_be_visible()
