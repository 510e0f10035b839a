import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { blend, isDark, parseColour } from "../../explorer/ui/player/colour.js";
import { VERSION, isLoop } from "../../explorer/ui/player/contract.js";
import { meaning } from "../../explorer/ui/player/keys.js";
import {
  describe,
  hitTest,
  layout,
  linesOf,
  pitchName,
  playhead,
  tileAt,
} from "../../explorer/ui/player/roll.js";
import { loopOf } from "./fakes.mjs";

const EXAMPLE = new URL("../data/player_data.json", import.meta.url);

test("the example that Python writes is a loop that the browser takes", () => {
  const loop = JSON.parse(readFileSync(EXAMPLE, "utf8"));
  assert.ok(isLoop(loop));
  for (const name of Object.keys(loopOf([]))) assert.ok(name in loop, name);
  assert.deepEqual(Object.keys(loop.notes[0]), [
    "pitch",
    "start_step",
    "end_step",
    "velocity",
    "certainty",
  ]);
});

test("a loop of another version or without length is refused", () => {
  assert.equal(isLoop(loopOf([], { version: VERSION + 1 })), false);
  assert.equal(isLoop(loopOf([], { total_steps: 0 })), false);
  assert.equal(isLoop(null), false);
});

test("later notes lie further right, higher notes further up", () => {
  const loop = loopOf([
    [60, 0, 4],
    [64, 4, 8],
  ]);
  const [low, high] = layout(loop, 160, 120);
  assert.equal(high.x, 40);
  assert.equal(high.width, 40);
  assert.ok(high.y < low.y);
});

test("every note lies inside the picture", () => {
  const loop = loopOf([
    [21, 0, 1],
    [108, 15, 16],
  ]);
  for (const box of layout(loop, 100, 72)) {
    assert.ok(box.x >= 0 && box.x + box.width <= 100 + 1e-9);
    assert.ok(box.y >= -1 && box.y + box.height <= 73);
  }
});

test("a tune of one pitch is a thin line in the middle, not a bar", () => {
  const [box] = layout(loopOf([[60, 0, 16]]), 100, 140);
  assert.ok(box.height <= 10);
  assert.ok(box.y > 50 && box.y < 90);
});

test("up to eight bars are one line, sixteen are two of eight", () => {
  const lines = (bars) => linesOf(loopOf([], { total_steps: 16 * bars }));
  assert.deepEqual(lines(2), { count: 1, steps: 32 });
  assert.deepEqual(lines(8), { count: 1, steps: 128 });
  assert.deepEqual(lines(9), { count: 2, steps: 80 });
  assert.deepEqual(lines(16), { count: 2, steps: 128 });
  assert.deepEqual(linesOf(loopOf([], { total_steps: 1 })), { count: 1, steps: 1 });
});

test("the second eight bars lie below the first, at the same place in their line", () => {
  const loop = loopOf(
    [
      [60, 16, 20],
      [60, 144, 148],
    ],
    { total_steps: 256 },
  );
  const [first, second] = layout(loop, 256, 100);
  assert.equal(first.x, 32);
  assert.equal(second.x, 32);
  assert.equal(second.y - first.y, 50);
  assert.ok(first.y >= 0 && second.y + second.height <= 100);
  assert.equal(hitTest(layout(loop, 256, 100), 33, second.y + 1), 1);
});

test("a note over the end of a line goes on at the start of the next", () => {
  const loop = loopOf([[60, 120, 136]], { total_steps: 256 });
  const [end, start] = layout(loop, 256, 100);
  assert.deepEqual([end.x, end.width, end.index], [240, 16, 0]);
  assert.deepEqual([start.x, start.width, start.index], [0, 16, 0]);
  assert.ok(start.y > end.y);
});

test("the playhead goes from the end of the first line to the start of the second", () => {
  const loop = loopOf([], { total_steps: 256 });
  const at = (step) => playhead(loop, step, 256, 100);
  assert.deepEqual(at(0), { x: 0, y: 0, height: 50 });
  assert.deepEqual(at(64), { x: 128, y: 0, height: 50 });
  assert.equal(at(127.99).y, 0);
  assert.deepEqual(at(128), { x: 0, y: 50, height: 50 });
  assert.deepEqual(at(255.99), { x: 254, y: 50, height: 50 }); // wholly inside
});

test("silence has no boxes and is named", () => {
  assert.deepEqual(layout(loopOf([]), 100, 70), []);
  assert.equal(describe(loopOf([])), "Piano roll: silence, 1 bar");
});

test("the note under the pointer is found, and none beside it", () => {
  const loop = loopOf([
    [60, 0, 4],
    [64, 4, 8],
  ]);
  const boxes = layout(loop, 160, 120);
  assert.equal(hitTest(boxes, 50, boxes[1].y + 1), 1);
  assert.equal(hitTest(boxes, 150, boxes[1].y + 1), -1);
});

test("a point belongs to the tile it is over, and outside to the nearest", () => {
  assert.equal(tileAt(0, 90, 9), 0);
  assert.equal(tileAt(45, 90, 9), 4);
  assert.equal(tileAt(90, 90, 9), 8);
  assert.equal(tileAt(-5, 90, 9), 0);
});

test("a roll is described in words", () => {
  const loop = loopOf(
    [
      [60, 0, 4],
      [69, 4, 8],
    ],
    { total_steps: 32 },
  );
  assert.equal(describe(loop), "Piano roll: 2 notes from C4 to A4, 2 bars");
  assert.equal(pitchName(63), "E♭4");
});

test("a blend starts at one colour and ends at the other", () => {
  assert.equal(blend("#F0A202", "#56B4E9", 0), "rgb(240, 162, 2)");
  assert.equal(blend("#F0A202", "#56B4E9", 1), "rgb(86, 180, 233)");
});

test("half way from black to white is OKLab's grey, lighter than a quarter of the light", () => {
  const [grey] = parseColour(blend("#000", "#fff", 0.5));
  assert.ok(Math.abs(grey - 99 / 255) < 0.01, String(grey));
});

test("colours are read as the theme writes them", () => {
  assert.deepEqual(parseColour("#ff0000"), [1, 0, 0]);
  assert.deepEqual(parseColour("rgb(0, 255, 0)"), [0, 1, 0]);
  assert.equal(isDark("#11131A"), true);
  assert.equal(isDark("#FBFAF7"), false);
});

/** An element that matches selectors with one of these tags in them. */
const element = (...tags) => ({
  matches: (selector) => tags.some((tag) => selector.split(", ").includes(tag)),
});
const SPACE = { key: " " };

test("Space plays and stops wherever the focus is not in use", () => {
  assert.equal(meaning(SPACE, null, false), "toggle");
  assert.equal(meaning(SPACE, element(), true), "toggle");
  assert.equal(meaning(SPACE, element("[role=slider]"), true), "toggle");
});

test("Space stays with what is being typed in", () => {
  assert.equal(meaning(SPACE, element("textarea"), false), null);
  assert.equal(meaning(SPACE, { ...element(), isContentEditable: true }, false), null);
});

test("Space presses a button that was reached by keyboard, not one that was clicked", () => {
  assert.equal(meaning(SPACE, element("button"), true), null);
  assert.equal(meaning(SPACE, element("button"), false), "toggle");
});

test("Escape stops, and shortcuts of the browser are left alone", () => {
  assert.equal(meaning({ key: "Escape" }, element("textarea"), false), "stop");
  assert.equal(meaning({ key: " ", ctrlKey: true }, null, false), null);
  assert.equal(meaning({ key: "a" }, null, false), null);
});
