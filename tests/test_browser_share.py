"""Links of every kind in a fresh browser, and work that survives a reload."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browsing import title, visits

pytestmark = pytest.mark.browser

SEEN = "JSON.stringify(window.__explorerAudio.engine.seen.notes)"
JOURNEY = re.compile("^A journey from")


@pytest.fixture
def visit(browser, app_url):
    """A function that opens a page."""
    yield from visits(browser, app_url)


def share_link(page):
    page.get_by_role("button", name=re.compile("Share$")).first.click()
    code = page.locator("[data-testid=stPopoverBody] code").first
    expect(code).to_contain_text("v=1")
    expect(
        page.locator("[data-testid=stPopoverBody] img")
    ).to_be_visible()  # the QR code
    link = code.inner_text().strip()
    page.keyboard.press("Escape")
    expect(code).to_have_count(0)
    assert len(link) < 2000
    return link


def same_in_a_fresh_browser(visit, page):
    """The link of what is in the dock, which gives the same notes elsewhere."""
    notes = page.evaluate(SEEN)
    assert json.loads(notes)
    other = visit(share_link(page).split("/", 3)[3])
    other.wait_for_function(f"(notes) => {SEEN} === notes", arg=notes)
    expect(title(other)).to_have_text(title(page).inner_text())
    return other


def bend(page, name, key):
    slider = page.get_by_role("slider", name=name)
    before = page.evaluate(SEEN)
    slider.focus()
    slider.press(key)
    page.wait_for_function(f"(before) => {SEEN} !== before", arg=before)


def test_a_bent_tune_and_a_journey_are_the_same_in_a_fresh_browser(visit):
    page = visit("shape")
    bend(page, "Busier", "End")
    other = same_in_a_fresh_browser(visit, page)
    expect(other.get_by_role("slider", name="Busier")).to_have_value("3")
    assert "v=1" not in other.url  # what is done now is not undone by a reload
    page.get_by_role("link", name="Journey", exact=True).click()
    expect(title(page)).to_have_text(re.compile("^A journey from .* and back$"))
    page.get_by_text("Hold the last note", exact=True).click()
    expect(page.locator(".block.hold")).to_be_visible()
    expect(title(page)).not_to_have_text(re.compile("and back$"))
    other = same_in_a_fresh_browser(visit, page)
    expect(other.locator(".block.hold")).to_be_visible()


def test_work_is_back_after_a_reload(visit):
    page = visit("shape")
    bend(page, "Busier", "End")
    notes = page.evaluate(SEEN)
    page.get_by_role("link", name="Journey", exact=True).click()
    page.get_by_role("button", name="Add as the last stop").click()
    expect(page.locator(".block.stop")).to_have_count(5)
    page.wait_for_function(
        "() => sessionStorage.getItem('explorer-work')?.includes('journey')"
    )
    page.wait_for_timeout(1000)
    page.reload()
    expect(
        page.get_by_text("Your work from before the reload is back.")
    ).to_be_visible()
    expect(page.locator(".block.stop")).to_have_count(5)
    expect(title(page)).to_have_text(JOURNEY)
    page.get_by_role("link", name="Shape", exact=True).click()
    expect(page.get_by_role("slider", name="Busier")).to_have_value("3")
    bend(page, "Busier", "Home")
    bend(page, "Busier", "End")
    assert page.evaluate(SEEN) == notes


def test_a_link_of_a_changed_model_asks_and_one_of_a_foreign_model_says_so(visit):
    page = visit("shape")
    link = share_link(page).split("/", 3)[3]
    other = visit(re.sub("h=[0-9a-f]{8}", "h=00000000", link))
    expect(other.get_by_text("made with a different model version")).to_be_visible()
    other.get_by_role("button", name="Open anyway").click()
    expect(other.get_by_text("made with a different model version")).to_have_count(0)
    foreign = visit(re.sub("m=[a-z0-9_]+", "m=elsewhere", link))
    expect(foreign.get_by_text("which is not installed here")).to_be_visible()
    expect(foreign.get_by_role("slider", name="Busier")).to_be_visible()
