"""Frames a second of the Blend page while it plays, by kind of music and length.

Chromium draws in software here, which is slower than any screen with a GPU. Models
have random weights; the notes of their loops are counted beside.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from bench.start import running_app
from tests import tiny_checkpoint
from tests.conftest import FLAGS, find_chromium

MODELS = {
    "melody_2": {},
    "melody_16": {"config": tiny_checkpoint.TINY_LONG},
    "drums_2": {"encoding": "drums"},
    "trio_16": {"config": tiny_checkpoint.TINY_LONG_TRIO},
}
COUNT = """(seconds) => new Promise((done) => {
  let frames = 0;
  const start = performance.now();
  const next = () => {
    frames += 1;
    if (performance.now() - start < 1000 * seconds) requestAnimationFrame(next);
    else done(frames / seconds);
  };
  requestAnimationFrame(next);
})"""
SECONDS = 3


def choose(page: Page, name: str) -> None:
    """Take another model and wait until its loop is the one that plays."""
    steps = 16 * int(name.split("_")[1])
    page.get_by_role("combobox", name="Music model").click()
    page.get_by_role("option").filter(has_text=name).click()
    expect(page.locator("h1")).to_be_visible()
    page.wait_for_function(
        f"window.__explorerAudio.engine.loop?.total_steps === {steps}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="counts of each model")
    options = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        parser.error("no Chromium was found; CHROMIUM names one")
    found = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name, how in MODELS.items():
            tiny_checkpoint.write(Path(folder), name, num=200, **how)
        with running_app({"EXPLORER_CHECKPOINTS": folder}) as (url, _):
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.set_default_timeout(60_000)
            page.goto(f"{url}/blend")
            page.locator(".dock .play").click()
            for name in MODELS:
                choose(page, name)
                counts = [page.evaluate(COUNT, SECONDS) for _ in range(options.runs)]
                found[name] = {
                    "median_frames_per_second": round(statistics.median(counts), 1),
                    "notes": page.evaluate(
                        "window.__explorerAudio.engine.loop.notes.length"
                    ),
                }
            browser.close()
    print(json.dumps({"benchmark": "frames", "runs": options.runs, **found}, indent=2))


if __name__ == "__main__":
    main()
