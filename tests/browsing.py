"""What tests in a browser share: opening a page, gestures, and measuring the sound.

Sound is measured on the master output: its level by the player's AnalyserNode, and
gaps by a worklet that reports each block of 128 frames.
"""

import re
from urllib.parse import urlsplit

from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect

A_MOMENT = 3_000  # milliseconds until a gesture is tried again
PATIENCE = 60_000  # milliseconds; a limit for a machine with other work, never a claim
expect.set_options(timeout=PATIENCE)


SOUND = 0.003  # RMS; the quietest instrument is above it
SILENCE = 2e-4  # RMS of a block
GAP = 60  # milliseconds; a note may begin late by the limiter and its own swell
BLOCK = 128 / 44.1  # milliseconds
HARMLESS = re.compile(r"/_stcore/(health|host-config)")  # asked below each page first

LEVEL = """() => {
  const data = new Float32Array(2048);
  window.__explorerAudio.analyser.getFloatTimeDomainData(data);
  return Math.sqrt(data.reduce((sum, v) => sum + v * v, 0) / data.length);
}"""

# What is to be heard is noted step by step, as the player says it: its own memory is
# short, and a busy page is told of blocks late. `blocks` are judged when somebody asks,
# as [level, whether a note should sound then], whatever became of the note's voice.
# `ids` are of the loops that were to be heard, `metered` is the time of the last block.
METER = """async () => {
  const {ctx, analyser, engine} = window.__explorerAudio;
  const {performer} = engine;
  const RINGS = 1; // seconds; every pitch the models play is above silence for longer
  const EARLY = 1e-6; // seconds; two sums of the same steps may differ by this much
  const start = ctx.currentTime;
  const score = [];
  const want = (mark) => {
    while (score.length && score.at(-1).time > mark.time - EARLY) score.pop();
    score.push(mark);
  };
  const follow = (line) => {
    const take = line.take.bind(line);
    line.take = () => {
      const mark = take();
      const {lastStep, turns} = performer;
      const ended = lastStep !== null && mark.step >= lastStep;
      want({...mark, seconds: line.step, loop: ended ? null : turns.at(-1).loop});
      return mark;
    };
  };
  const isDue = (mark, time) => {
    if (!mark?.loop) return false;
    const {seconds, loop} = mark;
    const column = (mark.step + (time - mark.time) / seconds) % loop.total_steps;
    return loop.notes.some(({start_step, end_step}) => {
      const end = Math.min(end_step, start_step + RINGS / seconds);
      return start_step <= column && column < end;
    });
  };

  let line = performer.timeline;
  for (const mark of line?.marks ?? []) {
    const {loop} = performer.turns.findLast(({step}) => step <= mark.step) ?? engine;
    want({...mark, seconds: line.step, loop});
  }
  if (line) follow(line);
  Object.defineProperty(performer, "timeline", {
    get: () => line,
    set: (next) => {
      line = next;
      if (line) follow(line);
      else want({time: ctx.currentTime, loop: null});
    },
  });

  let measured = [];
  Object.defineProperty(window, "blocks", {
    set: (blocks) => { measured = blocks; },
    get: () => {
      let at = -1;
      return measured.map(([level, time]) => {
        while (score[at + 1]?.time <= time) at += 1;
        return [level, isDue(score[at], time)];
      });
    },
  });
  Object.defineProperty(window, "ids", {
    get: () => {
      const heard = score.filter(({time, seconds, loop}) =>
        loop && start < time + seconds && time <= window.metered);
      return new Set(heard.map(({loop}) => loop.id));
    },
  });

  const code = `registerProcessor("meter", class extends AudioWorkletProcessor {
    process([[samples]]) {
      let sum = 0;
      for (const v of samples ?? []) sum += v * v;
      this.port.postMessage([Math.sqrt(sum / 128), currentTime]);
      return true;
    }
  });`;
  const blob = new Blob([code], {type: "text/javascript"});
  await ctx.audioWorklet.addModule(URL.createObjectURL(blob));
  const node = new AudioWorkletNode(ctx, "meter");
  node.port.onmessage = ({data}) => {
    measured.push(data);
    window.metered = data[1];
  };
  analyser.connect(node).connect(ctx.destination);
}"""


def visits(browser, app_url):
    """Hand out a function that opens a page, and judge the visits in the end.

    The console must stay clean, and nothing may be asked of another machine.
    """
    contexts, complaints, asked = [], [], set()

    def open_page(path="", *, theme="dark"):
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, color_scheme=theme
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(f"{message.text} {message.location['url']}")
                if message.type == "error"
                else None
            ),
        )
        page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
        page.goto(f"{app_url}/{path}")
        expect(page.locator("h1").first).to_be_visible()
        expect(page.locator(".dock .play")).to_be_enabled()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [text for text in complaints if not HARMLESS.search(text)] == []
    assert asked - {""} == {urlsplit(app_url).netloc}


def wait_for_sound(page):
    page.wait_for_function(f"() => ({LEVEL})() > {SOUND}", polling=20)


def wait_for_silence(page):
    page.wait_for_function(f"() => ({LEVEL})() < 1e-6", polling=20)


def longest_gap(blocks, *, only_due):
    """Milliseconds of the longest silence; `only_due`: while a note should sound."""
    longest = run = 0
    for level, due in blocks:
        run = run + 1 if level < SILENCE and (due or not only_due) else 0
        longest = max(longest, run)
    return longest * BLOCK


def drag(page, slider, fractions):
    """Pull a slider's handle through places along it, 0 left to 1 right."""
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2

    def x(fraction):
        return box["x"] + 8 + fraction * (box["width"] - 16)

    page.mouse.move(x(fractions[0]), y)
    page.mouse.down()
    for fraction in fractions:
        page.mouse.move(x(fraction), y, steps=4)
        page.wait_for_timeout(150)
    page.mouse.up()


def title(page):
    return page.locator(".dock .title")


def wait_until_drawn(page):
    """Wait until the server has nothing more to say about the page."""
    page.locator("[data-test-script-state=notRunning]").wait_for()


def choose_model(page, name):
    """Choose from the list of models; a page that is being drawn closes it again."""
    option = page.get_by_role("option", name=name)
    for _ in range(PATIENCE // A_MOMENT):
        wait_until_drawn(page)
        # at their left: what is said of the last change stands over their right
        left = {"x": 24, "y": 12}
        page.get_by_role("combobox", name="Music model").click(position=left)
        try:
            option.click(timeout=A_MOMENT, position=left)
        except PlaywrightTimeoutError:
            continue
        return
    raise AssertionError(f"the list of models never stayed open to choose {name}")


def wait_for_loop(page, steps):
    page.wait_for_function(
        "(steps) => window.__explorerAudio.engine.loop?.total_steps === steps",
        arg=steps,
    )


def saved(page, what, kind="MIDI"):
    """Bytes of a file that "Keep it" makes.

    Parameters
    ----------
    what
        On the button that opens all kinds of files.
    kind
        On the button of one kind.
    """
    button = page.get_by_role("button", name=kind, exact=True)
    if not button.is_visible():
        page.get_by_role("button", name=what).click()
    with page.expect_download() as download:
        button.click()
    data = download.value.path().read_bytes()
    page.keyboard.press("Escape")
    expect(button).to_have_count(0)
    return data


def open_square(page):
    """Show the square, and wait until all of it is there."""
    page.get_by_text("square", exact=True).first.click()
    wait_for_square(page)
    return page.locator(".square-board")


def wait_for_square(page):
    """Wait until every cell of the square is there."""
    expect(page.get_by_role("heading", name=re.compile("^Blend four"))).to_be_visible()
    expect(page.locator(".square")).to_have_attribute("aria-busy", "false")


def inside(box, u, v):
    return box["x"] + u * box["width"], box["y"] + v * box["height"]
