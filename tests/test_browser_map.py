"""The map in a browser: what the pointer and the keys do beside clicks on dots."""

import html
import re
import statistics

import pytest
from playwright.sync_api import expect

from tests.browsing import title, visits, wait_for_sound

pytestmark = pytest.mark.browser

# Streamlit keeps a chart it replaces for a moment: the newest is the last.
PLOT = """() => {
  window.plot = () => [...document.querySelectorAll(".js-plotly-plot")].at(-1);
}"""

# The middle of the widest empty strip between dots, in pixels of the window.
EMPTY = """() => {
  const plot = window.plot();
  const {xaxis, yaxis} = plot._fullLayout;
  const box = plot.querySelector(".nsewdrag").getBoundingClientRect();
  const dots = plot._fullData[0];
  const at = Array.from(dots.x, (x, i) => [xaxis.d2p(x), yaxis.d2p(dots.y[i])]);
  let best = [0, 0, 0];
  for (let x = 20; x < box.width - 20; x += 10) {
    for (let y = 20; y < box.height - 20; y += 10) {
      const far = Math.min(...at.map(([u, v]) => Math.hypot(u - x, v - y)));
      if (far > best[0]) best = [far, x, y];
    }
  }
  return [box.left + best[1], box.top + best[2]];
}"""
DOT = """(index) => {
  const plot = window.plot();
  const {xaxis, yaxis} = plot._fullLayout;
  const box = plot.querySelector(".nsewdrag").getBoundingClientRect();
  const {x, y} = plot._fullData[0];
  return [box.left + xaxis.d2p(x[index]), box.top + yaxis.d2p(y[index])];
}"""
# Rows of dots with nothing near them, which a click cannot mistake for others.
LONELY = """() => {
  const plot = window.plot();
  const {xaxis, yaxis} = plot._fullLayout;
  const {x, y} = plot._fullData[0];
  const at = Array.from(x, (_, i) => [xaxis.d2p(x[i]), yaxis.d2p(y[i])]);
  const alone = at.map(([u, v], i) => Math.min(
    ...at.map(([p, q], j) => (i === j ? Infinity : Math.hypot(u - p, v - q)))));
  return [...alone.keys()].sort((i, j) => alone[j] - alone[i]).slice(0, 9);
}"""
# Rows of the first dot from each side: one of many, that a click hits alone.
OUTERMOST = """() => {
  const {x, y} = window.plot()._fullData[0];
  const measures = [(i) => x[i], (i) => -x[i], (i) => y[i], (i) => -y[i]];
  const best = [0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    measures.forEach((of, side) => { if (of(i) < of(best[side])) best[side] = i; });
  }
  return best;
}"""
# When the pointer last went up, and every loop that was shown after it.
WATCH = """() => {
  const {engine} = window.__explorerAudio;
  const show = engine.show.bind(engine);
  window.shown = [];
  window.addEventListener("pointerup", () => { window.clicked = performance.now(); },
    {capture: true});
  engine.show = (loop, how) => {
    show(loop, how);
    window.shown.push({title: loop.title, time: performance.now()});
  };
}"""
CHOSEN = "window.plot()?._fullData?.[0]?.selectedpoints?.[0]"
PLACE = "window.plot()?._fullLayout?.annotations?.at(-1)"
NAMES = """() => [...document.querySelectorAll(".map-names span")]
  .filter(({style}) => style.visibility === "visible")
  .map((name) => name.textContent)"""
RANGE = "window.plot()._fullLayout.xaxis.range"


@pytest.fixture
def visit(browser, app_url):
    """A function that opens a page."""
    yield from visits(browser, app_url)


@pytest.fixture
def page(visit):
    """The map, drawn, with its hand on it."""
    return opened_map(visit)


def opened_map(visit):
    """The map, drawn, with its hand on it."""
    page = visit("map")
    page.evaluate(PLOT)
    page.wait_for_function("() => window.plot()?._fullData")
    expect(page.locator(".map-hand")).to_contain_text("arrow keys")
    bring_into_view(page)
    return page


def bring_into_view(page):
    """Scroll the map away from under the dock, and let the hand find it."""
    page.locator(".js-plotly-plot").last.evaluate("plot => plot.scrollIntoView()")
    page.wait_for_timeout(700)  # it looks for the chart every 300 ms


def test_a_click_beside_the_dots_plays_what_the_model_makes_of_that_place(page):
    row = page.evaluate(LONELY)[0]
    page.mouse.move(*page.evaluate(DOT, row))
    page.wait_for_timeout(400)
    page.mouse.click(*page.evaluate(DOT, row))
    page.wait_for_function(f"(row) => {CHOSEN} === row", arg=row)
    expect(page.get_by_text("You hear the model's version")).to_be_visible()
    x, y = page.evaluate(EMPTY)
    page.mouse.click(x, y)
    expect(page.locator("h3")).to_have_text("A place on the map")
    expect(title(page)).to_have_text("A place on the map")
    wait_for_sound(page)
    page.wait_for_function(f"() => {PLACE}?.text === '<b>here</b>'")
    left, top = page.evaluate(f"""() => {{
      const {{xaxis, yaxis}} = window.plot()._fullLayout;
      const box = window.plot().querySelector(".nsewdrag").getBoundingClientRect();
      const {{x, y}} = {PLACE};
      return [box.left + xaxis.d2p(x), box.top + yaxis.d2p(y)];
    }}""")
    assert (left, top) == pytest.approx((x, y), abs=2), "where it was clicked"
    assert page.evaluate(CHOSEN) is None


def click_dots(page, rows):
    """Click dots one after the other; how long each took to the new loop, in words."""
    page.evaluate(WATCH)
    took = []
    for row in rows:
        count = page.evaluate("window.shown.length")
        x, y = page.evaluate(DOT, row)
        page.mouse.move(x, y)
        page.wait_for_timeout(400)
        page.mouse.click(x, y)
        page.wait_for_function("(count) => window.shown.length > count", arg=count)
        clicked, shown = page.evaluate("[window.clicked, window.shown.at(-1)]")
        took.append(shown["time"] - clicked)
        name = page.evaluate("(row) => window.plot()._fullData[0].text[row]", row)
        assert shown["title"] == html.unescape(name)
    return (
        f"{len(took)} clicks on {page.evaluate('window.plot()._fullData[0].x.length')} "
        "dots, to the new loop",
        f"median {statistics.median(took):.0f} ms, slowest {max(took):.0f} ms",
    )


def test_clicks_on_dots_play_them_one_after_the_other(page, record_property):
    record_property(*click_dots(page, page.evaluate(LONELY)))


def test_a_hundred_thousand_dots_are_played_by_clicks_too(
    browser, crowd_url, record_property
):
    visits_of_crowd = visits(browser, crowd_url)
    page = opened_map(next(visits_of_crowd))
    assert page.evaluate("window.plot()._fullData[0].x.length") == 100_000
    record_property(*click_dots(page, page.evaluate(OUTERMOST)))
    with pytest.raises(StopIteration):  # it judges what the console said
        next(visits_of_crowd)


def test_the_neighbour_map_has_no_way_back_and_offers_the_nearest_phrase(page):
    page.get_by_text("Neighbour map").click()
    expect(page.locator(".js-plotly-plot .xtitle")).to_have_count(0)
    bring_into_view(page)
    x, y = page.evaluate(EMPTY)
    page.mouse.click(x, y)
    expect(page.get_by_text("You hear the nearest one")).to_be_visible()
    page.wait_for_function(f"() => {CHOSEN} !== undefined")
    expect(page.locator("h3")).not_to_have_text("A place on the map")
    page.get_by_text("Straight map (PCA)").click()  # the other one has a way back
    expect(page.locator(".js-plotly-plot .xtitle")).to_have_count(1)
    bring_into_view(page)
    page.mouse.click(*page.evaluate(EMPTY))
    expect(page.locator("h3")).to_have_text("A place on the map")
    expect(page.get_by_text("You hear the nearest one")).to_have_count(0)


def test_arrow_keys_go_from_dot_to_dot(page):
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => {CHOSEN} !== undefined")
    wait_for_sound(page)
    before = page.evaluate(CHOSEN)
    left = page.evaluate(DOT, before)[0]
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"(before) => {CHOSEN} !== before", arg=before)
    assert page.evaluate(DOT, page.evaluate(CHOSEN))[0] > left


def test_a_dot_under_the_pointer_is_heard_once_that_is_switched_on(page):
    index = page.evaluate(
        "() => window.plot()._fullData[0].x.indexOf("
        "Math.max(...window.plot()._fullData[0].x))"
    )
    page.mouse.move(*page.evaluate(DOT, index))
    page.wait_for_timeout(700)
    before = page.evaluate("window.__explorerAudio.engine.loop.title")
    page.locator("h1").hover()
    page.get_by_text("Hover plays").click()
    page.wait_for_timeout(500)
    name = page.evaluate(
        "(i) => window.plot()._fullData[0].text[i]",
        index,
    )
    assert before != name
    page.mouse.move(*page.evaluate(DOT, index), steps=5)
    wait_for_sound(page)
    expect(title(page)).to_have_text(html.unescape(name))
    expect(page.get_by_text("Nothing chosen yet")).to_be_visible()


def width(page):
    left, right = page.evaluate(RANGE)
    return right - left


def test_a_closer_look_has_names_of_its_own_and_is_kept(page):
    page.wait_for_function(f"() => ({NAMES})().length")
    far, whole = page.evaluate(NAMES), width(page)
    box = page.locator(".js-plotly-plot .nsewdrag").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(6):
        page.mouse.wheel(0, -300)
        page.wait_for_timeout(100)
    page.wait_for_function(
        f"(far) => JSON.stringify(({NAMES})()) !== JSON.stringify(far)", arg=far
    )
    page.wait_for_timeout(1500)  # Python answers with names for what is in view
    closer = width(page)
    assert closer < whole / 1.5, "the answer did not undo the zoom"
    page.keyboard.press("ArrowRight")  # draws the map anew
    page.wait_for_function(f"() => {CHOSEN} !== undefined")
    page.wait_for_timeout(500)
    assert width(page) == pytest.approx(closer, rel=1e-3)


def test_a_line_around_dots_makes_a_group_that_is_heard_as_a_medley(page):
    page.get_by_text("Lasso", exact=True).click()
    page.wait_for_function("() => window.plot()?._fullLayout?.dragmode === 'lasso'")
    bring_into_view(page)
    box = page.locator(".js-plotly-plot .nsewdrag").last.bounding_box()
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    page.mouse.move(middle[0] - 250, middle[1] - 140)  # into the fog as well
    page.mouse.down()
    for dx, dy in ((40, -140), (40, 40), (-250, 40), (-250, -140)):
        page.mouse.move(middle[0] + dx, middle[1] + dy, steps=4)
    page.mouse.up()
    expect(page.locator("h3")).to_contain_text(re.compile(r"^A group of \d+"))
    expect(
        page.get_by_text(re.compile("^(Common here|Nothing is common)"))
    ).to_be_visible()
    expect(title(page)).to_contain_text("A group of")
    wait_for_sound(page)
    steps = page.evaluate("window.__explorerAudio.engine.loop.total_steps")
    assert steps == 8 * 32
    page.get_by_role("button", name="Back to the sound before").click()
    expect(title(page)).not_to_contain_text("A group of")
    page.get_by_role("button", name="Play as a medley").click()
    expect(title(page)).to_contain_text("A group of")
    page.get_by_role("button", name="Let go").click()
    expect(page.get_by_text("Nothing chosen yet")).to_be_visible()


def test_a_filter_leaves_a_shadow_of_what_it_leaves_out(page):
    page.get_by_label(re.compile("^Find a tune")).fill("waltz")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => window.plot()._fullData.some(({name}) => name === 'hidden')"
    )
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function(
        "() => !window.plot()._fullData.some(({name}) => name === 'hidden')"
    )


def test_by_keyboard_alone_dots_are_heard_filtered_and_found_in_the_list(page):
    def tab_to(selector, most=80):
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate(
                "(s) => Boolean(document.activeElement?.closest(s))", selector
            ):
                return
        raise AssertionError(f"{most} times Tab never reached {selector}")

    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => {CHOSEN} !== undefined")
    wait_for_sound(page)
    first = title(page).inner_text()
    page.keyboard.press("ArrowDown")
    expect(title(page)).not_to_have_text(first)
    tab_to("[data-testid=stTextInput] input, [data-testid=stSelectbox] input")
    assert page.evaluate(  # who cannot see the pointer sees the focus
        """() => {
          const focused = document.activeElement;
          const ring = (e) => getComputedStyle(e).outlineStyle !== "none"
            || getComputedStyle(e).boxShadow !== "none"
            || getComputedStyle(e).borderColor
              !== getComputedStyle(document.body).borderColor;
          for (let e = focused; e; e = e.parentElement) if (ring(e)) return true;
          return false;
        }"""
    )
    tab_to("[data-testid=stPopover]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-testid=stPopoverBody]")).to_be_visible()
    page.keyboard.press("Escape")
    tab_to("[data-testid=stDataFrame]", most=120)
    before = title(page).inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(title(page)).not_to_have_text(before)
