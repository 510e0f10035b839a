"""From a new tune to what can be played: a strip of nine, and a square of 81.

In Chromium, from the click on "Surprise me" until the browser holds the tiles or cells.
A surprise was never decoded before, so nothing comes out of a cache.
"""

import argparse
import json
import statistics

from playwright.sync_api import Page, expect, sync_playwright

from bench.start import running_app
from tests.conftest import FLAGS, find_chromium

# Milliseconds from the last click to each time that so many tiles or cells were there.
WATCH = """() => {
  const {blend} = window.__explorerAudio.engine;
  addEventListener("click", () => {
    window.clicked = performance.now();
    window.there = [];
  }, {capture: true});
  const set = blend.setTints.bind(blend);
  blend.setTints = (tints) => {
    window.there?.push([performance.now() - window.clicked, tints.length]);
    return set(tints);
  };
}"""


def times(page: Page, counts: tuple[int, ...], runs: int) -> dict[str, float]:
    """Median milliseconds from a new tune A until so many are there."""
    found: dict[int, list[float]] = {count: [] for count in counts}
    for _ in range(runs):
        page.get_by_role("button", name="Surprise me").first.click()
        page.wait_for_function(f"window.there.some(([, n]) => n >= {max(counts)})")
        there = page.evaluate("window.there")
        for count in counts:
            found[count].append(next(time for time, n in there if n >= count))
        page.wait_for_timeout(1500)
    return {
        f"median_ms_to_{count}": round(statistics.median(each))
        for count, each in found.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--model", help="words of its entry; else the first")
    options = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        parser.error("no Chromium was found; CHROMIUM names one")
    with running_app({}) as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.set_default_timeout(60_000)
        page.goto(f"{url}/blend")
        page.locator(".dock .play").click()
        if options.model:
            page.get_by_role("combobox", name="Music model").click()
            page.get_by_role("option").filter(has_text=options.model).first.click()
            page.wait_for_timeout(5000)
        page.evaluate(WATCH)
        line = times(page, (9,), options.runs)
        page.get_by_text("square", exact=True).click()
        expect(page.locator(".square-board")).to_be_visible()
        page.wait_for_timeout(8000)
        square = times(page, (4, 81), options.runs)
        browser.close()
    found = {"benchmark": "blend", "model": options.model, "runs": options.runs}
    print(json.dumps({**found, "line": line, "square": square}, indent=2))


if __name__ == "__main__":
    main()
