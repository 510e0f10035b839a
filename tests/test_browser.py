"""What only a browser can show: sound, gestures, files in and out, a clean console."""

import html
import io
import re
import wave

import pytest
from playwright.sync_api import expect

from explorer import midi, synth
from explorer.notes import Note, sequence
from tests.browsing import (
    BLOCK,
    GAP,
    LEVEL,
    METER,
    SILENCE,
    choose_model,
    drag,
    longest_gap,
    saved,
    title,
    visits,
    wait_for_loop,
    wait_for_silence,
    wait_for_sound,
)

pytestmark = pytest.mark.browser
PAGES = ("", "blend", "map", "shape", "my-music", "under-the-hood")


@pytest.fixture
def visit(browser, app_url):
    """A function that opens a page of the app with its own checkpoints."""
    yield from visits(browser, app_url)


@pytest.fixture
def visit_two_lengths(browser, two_lengths_url):
    """A function that opens a page of an app with 2-bar and 16-bar models."""
    yield from visits(browser, two_lengths_url)


def test_a_deep_link_works_as_the_first_visit_to_a_fresh_server(visit):
    page = visit("blend")
    expect(page.locator("h1")).to_have_text("Blend two tunes")
    expect(page.get_by_role("link", name="Under the hood")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "theme"), [*((path, "dark") for path in PAGES), ("map", "light")]
)
def test_every_address_opens_its_page_with_a_clean_console(visit, path, theme):
    page = visit(path, theme=theme)
    expect(page.locator("[data-testid=stAlertContentError]")).to_have_count(0)
    expect(page.locator(".dock .title")).not_to_be_empty()


def test_the_dock_hides_nothing_at_the_end_of_a_page(visit):
    page = visit("shape")
    last = page.get_by_role("button", name="Keep it")
    expect(last).to_be_attached()
    page.mouse.move(640, 300)
    for _ in range(100):  # the page may still grow, and scrolls when it has time
        page.mouse.wheel(0, 5000)
        page.wait_for_timeout(100)
        box, dock = last.bounding_box(), page.locator(".dock").bounding_box()
        if box and box["y"] + box["height"] <= dock["y"]:
            return
    pytest.fail(f"the dock at {dock} covers the last button at {box}")


def test_one_click_on_start_makes_sound_and_another_ends_it(visit):
    page = visit()
    page.wait_for_timeout(500)
    assert page.evaluate(LEVEL) < 1e-6, "silent before the click"
    page.locator(".big-play").click()
    wait_for_sound(page)
    page.locator(".big-play").click()
    wait_for_silence(page)


def test_dragging_from_a_to_b_changes_the_notes_without_a_gap(visit):
    page = visit("blend")
    page.locator(".dock .play").click()
    wait_for_sound(page)
    page.evaluate(METER)
    slider = page.locator(".scrub input")
    drag(page, slider, [0.5, 0.25, 0.0, 0.4, 0.8, 1.0])
    page.wait_for_timeout(1200)
    blocks = page.evaluate("window.blocks")
    assert len({*page.evaluate("[...window.ids]")}) >= 4, "the notes changed"
    assert sum(due for _, due in blocks) * BLOCK > 1000, "there was music to judge"
    assert longest_gap(blocks, only_due=True) < GAP
    expect(title(page)).to_have_text(page.locator(".scrub .end.b").inner_text())
    # the detector does find a gap where there is one
    page.evaluate("window.blocks = []")
    page.locator(".dock .play").click()
    wait_for_silence(page)
    page.wait_for_function(
        f"() => window.blocks.slice(-40).filter(([level]) => level < {SILENCE}).length"
        " === 40"
    )
    assert longest_gap(page.evaluate("window.blocks"), only_due=False) > GAP


def test_the_sound_goes_on_through_a_change_of_page(visit):
    page = visit()
    page.locator(".big-play").click()
    wait_for_sound(page)
    page.evaluate(METER)
    page.get_by_role("link", name="Under the hood").click()
    expect(page.locator("h1").first).to_have_text("Under the hood")
    page.wait_for_timeout(500)
    assert longest_gap(page.evaluate("window.blocks"), only_due=True) < GAP
    assert page.evaluate(LEVEL) >= 0
    assert page.evaluate("window.__explorerAudio.engine.playing")


def click_dot(page, index):
    """Click a dot of the map; its title, which the map holds escaped for plotly."""
    page.wait_for_function("() => document.querySelector('.js-plotly-plot')?._fullData")
    x, y, name = page.evaluate(
        """(index) => {
          const plot = document.querySelector(".js-plotly-plot");
          const {xaxis, yaxis, _size: size} = plot._fullLayout;
          const dots = plot._fullData[0];
          const box = plot.getBoundingClientRect();
          return [box.left + size.l + xaxis.d2p(dots.x[index]),
                  box.top + size.t + yaxis.d2p(dots.y[index]), dots.text[index]];
        }""",
        index,
    )
    page.mouse.move(x, y)
    page.wait_for_timeout(300)
    page.mouse.click(x, y)
    return html.unescape(name)


def lonely_dot(page):
    """Index of a dot with none on top of it: the one farthest right."""
    page.wait_for_function("() => document.querySelector('.js-plotly-plot')?._fullData")
    return page.evaluate(
        """() => {
          const {x} = document.querySelector(".js-plotly-plot")._fullData[0];
          return x.indexOf(Math.max(...x));
        }"""
    )


def test_clicking_a_dot_plays_it_and_it_stays_chosen_on_the_other_map(visit):
    page = visit("map")
    index = lonely_dot(page)
    assert page.evaluate(LEVEL) < 1e-6, "silent before the click"
    name = click_dot(page, index)
    expect(title(page)).to_have_text(name)
    wait_for_sound(page)
    expect(page.locator("h3")).to_have_text(name)
    page.get_by_text("Neighbour map").click()
    page.wait_for_function(
        """(index) => {
          const dots = document.querySelector(".js-plotly-plot")?._fullData?.[0];
          return dots?.selectedpoints?.includes(index);
        }""",
        arg=index,
    )


def test_a_dot_can_become_an_end_of_the_blend(visit):
    page = visit("map")
    name = click_dot(page, lonely_dot(page))
    expect(page.locator("h3")).to_have_text(name)
    page.get_by_role("button", name="Use as B").click()
    expect(page.get_by_role("button", name="B of the blend")).to_be_visible()
    page.get_by_role("link", name="Blend", exact=True).click()
    expect(page.locator("h1")).to_have_text("Blend two tunes")
    expect(page.locator(".scrub .end.b")).to_have_text(name)


def test_bending_a_tune_changes_what_plays(visit):
    page = visit("shape")
    slider = page.get_by_role("slider", name="Busier")
    slider.focus()
    for _ in range(8):
        slider.press("ArrowRight")
    expect(title(page)).to_have_text(re.compile("bent"))


def brought_file():
    notes = [
        Note(pitch=60 + step % 7, start_step=step, end_step=step + 2)
        for step in range(0, 64, 2)
    ]
    return midi.write_midi(sequence(notes, title="brought"))


def test_a_brought_file_is_read_and_both_versions_can_be_heard(visit):
    page = visit("my-music")
    page.locator("input[type=file]").set_input_files(
        {"name": "brought.mid", "mimeType": "audio/midi", "buffer": brought_file()}
    )
    expect(page.get_by_text("32 notes in 1 track")).to_be_visible()
    page.get_by_role("button", name=re.compile("^The model's version")).click()
    wait_for_sound(page)
    expect(title(page)).to_have_text("The model's version")


def test_a_file_that_is_no_music_gets_a_sentence(visit):
    page = visit("my-music")
    page.locator("input[type=file]").set_input_files(
        {"name": "letter.mid", "mimeType": "audio/midi", "buffer": b"Dear all"}
    )
    expect(page.get_by_text("Your current tune is unchanged")).to_be_visible()


def test_what_is_saved_as_midi_has_the_notes_and_the_tempo_of_the_dock(visit):
    page = visit("blend")
    tempo = page.get_by_role("slider", name="Tempo, beats per minute")
    tempo.focus()
    tempo.press("End")
    page.wait_for_timeout(1500)
    song = midi.read_midi(saved(page, "Keep this one"), name="saved.mid")
    assert song.num_notes == page.evaluate(
        "window.__explorerAudio.engine.loop.notes.length"
    )
    assert song.qpm == pytest.approx(220, abs=0.5)
    journey = midi.read_midi(saved(page, "Keep all 9 in a row"), name="all.mid")
    assert journey.total_steps > 8 * song.total_steps / 2


def test_what_is_saved_as_wav_is_stereo_sound(visit):
    page = visit("blend")
    if sentence := synth.available():
        expect(page.get_by_text(sentence).first).to_be_visible()
        return
    with wave.open(io.BytesIO(saved(page, "Keep this one", "WAV"))) as sound:
        assert sound.getnchannels() == 2
        assert sound.getframerate() == 44_100
        frames = sound.readframes(sound.getnframes())
    assert max(frames) > 0


def test_a_change_of_model_is_heard_at_once_on_every_page(visit_two_lengths):
    page = visit_two_lengths()
    wait_for_loop(page, 32)
    page.locator(".big-play").click()
    wait_for_sound(page)
    choose_model(page, "16 bars, conductor")
    wait_for_loop(page, 256)
    for name, steps in (("Blend", 32), ("Map", 256), ("Shape", 32), ("My music", 256)):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
        choose_model(page, "2 bars" if steps == 32 else "16 bars, conductor")
        wait_for_loop(page, steps)
        expect(page.locator("[data-testid=stAlertContentError]")).to_have_count(0)
        assert page.evaluate("window.__explorerAudio.engine.playing")


# Number of pixels that change in the upper and in the lower half of the dock's roll.
MOVES = """async () => {
  const roll = [...document.querySelectorAll("*")]
    .map((element) => element.shadowRoot?.querySelector(".dock .roll"))
    .find(Boolean);
  const brush = roll.getContext("2d");
  const look = () => brush.getImageData(0, 0, roll.width, roll.height).data;
  const before = look();
  await new Promise((resolve) => setTimeout(resolve, 600));
  const after = look();
  const halves = [0, 0];
  for (let i = 0; i < after.length; i += 4) {
    if (before.slice(i, i + 4).join() !== after.slice(i, i + 4).join()) {
      halves[i < after.length / 2 ? 0 : 1] += 1;
    }
  }
  return halves;
}"""


def expect_motion_only_in(page, *, upper):
    """Wait until the picture is at rest but for one of its lines."""
    for _ in range(10):
        moved = page.evaluate(MOVES)
        if [pixels > 0 for pixels in moved] == [upper, not upper]:
            return
    raise AssertionError(f"pixels that changed above and below: {moved}")


def test_sixteen_bars_play_in_two_lines_and_the_playhead_reaches_the_second(
    visit_two_lengths,
):
    page = visit_two_lengths()
    choose_model(page, "16 bars, conductor")
    wait_for_loop(page, 256)
    tempo = page.get_by_role("slider", name="Tempo, beats per minute")
    tempo.focus()
    tempo.press("End")
    page.locator(".dock .play").click()
    wait_for_sound(page)
    expect_motion_only_in(page, upper=True)
    page.wait_for_function("() => window.__explorerAudio.engine.position > 130")
    expect_motion_only_in(page, upper=False)
    wait_for_sound(page)
