/** A journey as blocks: their order, where a hand drops one, which one sounds. */

import assert from "node:assert/strict";
import test from "node:test";

import {
  cut,
  doubled,
  gapAt,
  movedTo,
  roundOf,
  soundsAt,
  startIn,
  without,
} from "../../explorer/ui/player/arrangement_order.js";
import { evenly, lengthOf } from "../../explorer/ui/player/map_path.js";
import { loopOf } from "./fakes.mjs";

const STOPS = ["a", "b", "c", "d"];
const block = (kind, start_step, steps = 32) => ({ kind, start_step, steps });
const ROUND = [block("stop", 0), block("blend", 32), block("stop", 64)];
const HOME = [...ROUND, block("home", 96)];

test("a stop goes into the gap before another, or to the end", () => {
  assert.deepEqual(movedTo(STOPS, 0, 2), ["b", "a", "c", "d"]);
  assert.deepEqual(movedTo(STOPS, 3, 0), ["d", "a", "b", "c"]);
  assert.deepEqual(movedTo(STOPS, 1, 4), ["a", "c", "d", "b"]);
  for (const gap of [2, 3]) assert.deepEqual(movedTo(STOPS, 2, gap), STOPS);
});

test("a stop can be doubled and taken away", () => {
  assert.deepEqual(doubled(STOPS, 1), ["a", "b", "b", "c", "d"]);
  assert.deepEqual(without(STOPS, 1), ["a", "c", "d"]);
});

test("the gap is the one between the middles of boxes, in the nearest row", () => {
  const box = (left, top) => ({ left, right: left + 40, top, bottom: top + 30 });
  const boxes = [box(0, 0), box(50, 0), box(0, 40), box(50, 40)];
  assert.equal(gapAt(10, 10, boxes), 0);
  assert.equal(gapAt(30, 10, boxes), 1);
  assert.equal(gapAt(90, -20, boxes), 2);
  assert.equal(gapAt(60, 90, boxes), 3);
  assert.equal(gapAt(200, 50, boxes), 4);
});

test("a round has no ending in it, which is played once, after all rounds", () => {
  assert.equal(roundOf(HOME), 96);
  assert.deepEqual(soundsAt(HOME, 2, 0), { index: 0, step: 0 });
  assert.deepEqual(soundsAt(HOME, 2, 100), { index: 0, step: 4 });
  assert.deepEqual(soundsAt(HOME, 2, 191), { index: 2, step: 31 });
  assert.deepEqual(soundsAt(HOME, 2, 195), { index: 3, step: 3 });
  assert.equal(startIn(HOME[1], HOME, 2), 32);
  assert.equal(startIn(HOME[3], HOME, 2), 192);
});

test("a picture has the notes that start in its steps, cut at its end", () => {
  const loop = loopOf([[60, 0, 8], [62, 30, 40], [64, 40, 44]], { total_steps: 64 });
  const { notes, total_steps } = cut(loop, 24, 12);
  assert.equal(total_steps, 12);
  assert.deepEqual(
    notes.map(({ pitch, start_step, end_step }) => [pitch, start_step, end_step]),
    [[62, 6, 12]],
  );
});

test("points along a drawn line lie at even distances, ends included", () => {
  const line = [[0, 0], [3, 0], [3, 0], [3, 9]];
  assert.equal(lengthOf(line), 12);
  assert.deepEqual(evenly(line, 5), [[0, 0], [3, 0], [3, 3], [3, 6], [3, 9]]);
});
