/** Pulling the ends apart, keys of the whole page, and colours of four corners. */

import assert from "node:assert/strict";
import test from "node:test";

import { blendColour, cornerColour } from "../../explorer/ui/player/colour.js";
import { meaning } from "../../explorer/ui/player/keys.js";
import { FEWEST, MOST_STEPS, countAt, shareOf } from "../../explorer/ui/player/pull.js";

test("a strip pulled to the width of some tiles has that many", () => {
  for (let count = FEWEST; count <= MOST_STEPS; count += 1) {
    assert.equal(countAt(shareOf(count)), count);
  }
  assert.equal(shareOf(MOST_STEPS), 1);
});

test("pulled too far or pushed together there are the most and the fewest", () => {
  assert.equal(countAt(3), MOST_STEPS);
  assert.equal(countAt(0), FEWEST);
});

const element = (...tags) => ({
  matches: (selector) => tags.some((tag) => selector.split(", ").includes(tag)),
});

test("Ctrl+Z goes back and Ctrl+Shift+Z or Ctrl+Y forward, but not in text", () => {
  const press = { key: "z", ctrlKey: true };
  assert.equal(meaning(press, null, false), "undo");
  assert.equal(meaning({ key: "z", metaKey: true }, element("button"), false), "undo");
  assert.equal(meaning({ key: "Z", ctrlKey: true, shiftKey: true }, null, false), "redo");
  assert.equal(meaning({ key: "y", ctrlKey: true }, null, false), "redo");
  assert.equal(meaning(press, element("textarea"), false), null);
  assert.equal(meaning({ key: "z" }, null, false), null);
});

test("arrows move on the page unless something else uses them", () => {
  assert.deepEqual(meaning({ key: "ArrowLeft" }, element("body"), false), [-1, 0]);
  assert.deepEqual(meaning({ key: "ArrowDown" }, null, false), [0, 1]);
  for (const taken of ["select", "[role=slider]", "[role=application]", "textarea"]) {
    assert.equal(meaning({ key: "ArrowLeft" }, element(taken), false), null, taken);
  }
  assert.equal(meaning({ key: "ArrowLeft", altKey: true }, null, false), null);
});

test("the upper edge of the square has the colours of the strip", () => {
  for (const background of ["#11131A", "#FBFAF7"]) {
    assert.equal(cornerColour(0.3, 0, background), blendColour(0.3, background));
    const corners = [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ].map(([u, v]) => cornerColour(u, v, background));
    assert.equal(new Set(corners).size, 4);
  }
});
