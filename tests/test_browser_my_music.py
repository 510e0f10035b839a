"""My music in a browser: files of every kind, damaged ones too, and the keys alone."""

import re

import pytest
from playwright.sync_api import expect

from explorer import midi
from explorer.notes import Note, sequence
from tests.browsing import title, visits, wait_for_sound, wait_until_drawn

pytestmark = pytest.mark.browser

EVIL = '<b id="evil">x</b><img src=x onerror="window.evil = 1">'
REEL = b"X:1\nT:Reel in ABC\nM:4/4\nL:1/8\nK:D\nDFAd fdAF|GBdg bgdB|DFAd fdAF|G4 D4|]\n"


@pytest.fixture
def visit(browser, app_url):
    """A function that opens a page."""
    yield from visits(browser, app_url)


def tune(name):
    notes = [
        Note(pitch=60 + step % 7, start_step=step, end_step=step + 2)
        for step in range(0, 128, 2)
    ]
    return midi.write_midi(sequence(notes, title=name))


def files():
    return [
        {"name": name, "mimeType": kind, "buffer": data}
        for name, kind, data in (
            (f"{EVIL}.mid".replace("/", ""), "audio/midi", tune(EVIL)),
            ("reel.abc", "text/plain", REEL),
            ("broken.mid", "audio/midi", tune("x")[:60]),
        )
    ]


def test_of_several_files_the_good_ones_are_kept_and_titles_are_only_text(visit):
    page = visit("my-music")
    page.locator("input[type=file]").set_input_files(files())
    expect(page.get_by_text(re.compile("“broken.mid”")).first).to_be_visible()
    expect(page.get_by_text("Read “reel.abc”").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^The model's version")).click()
    wait_for_sound(page)
    wait_until_drawn(page)
    page.get_by_role("combobox", name="File").last.click()
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    options.filter(has_text="evil").click()
    expect(page.get_by_text(re.compile(r"64 notes")).first).to_be_visible()
    page.get_by_role("button", name="Use as A").click()
    expect(page.get_by_role("button", name="A of the blend ✓")).to_be_visible()
    for words in ("kept", "On the map", "Most like it"):
        expect(page.get_by_text(words).first).to_be_visible()
    page.get_by_role("link", name="Blend", exact=True).click()
    end = page.locator(".scrub .end.a").filter(has_text="evil")
    expect(end).to_be_visible()
    assert page.evaluate(
        "window.evil === undefined && !document.getElementById('evil')"
    )


def focus_on(page, wanted, *, most=120):
    """Press Tab until the focus is on what a locator finds."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.first.evaluate("(element) => element.matches(':focus')"):
            return wanted.first
    raise AssertionError(f"{most} times Tab never reached {wanted}")


def test_by_keyboard_alone_a_file_is_chosen_and_used(visit):
    page = visit("my-music")
    focus_on(page, page.get_by_role("button", name=re.compile("Upload")))
    wait_until_drawn(page)
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(files()[1])
    expect(page.get_by_text("Read “reel.abc”").first).to_be_visible()
    slider = focus_on(page, page.get_by_role("slider", name="From bar"))
    before = page.evaluate("window.__explorerAudio.engine.loop.id")
    slider.press("ArrowRight")
    page.wait_for_function(
        "(before) => window.__explorerAudio.engine.loop.id !== before", arg=before
    )
    focus_on(page, page.get_by_role("button", name=re.compile("^The model's version")))
    page.keyboard.press("Enter")
    wait_for_sound(page)
    expect(title(page)).to_have_text("The model's version")
    focus_on(page, page.get_by_role("button", name="Use as B"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="B of the blend ✓")).to_be_visible()
