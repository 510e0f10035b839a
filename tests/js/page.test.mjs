import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { blend, isDark, parseColour } from "../../explorer/ui/player/colour.js";
import { VERSION, hasDrums, isBeat, isLoop, laneOf } from "../../explorer/ui/player/contract.js";
import { meaning } from "../../explorer/ui/player/keys.js";
import { tileAt } from "../../explorer/ui/player/layout.js";
import { TRIO, beatOf, loopOf } from "./fakes.mjs";

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

test("the parts of the example are known to the browser by name", () => {
  const { notes, parts } = JSON.parse(readFileSync(EXAMPLE, "utf8"));
  assert.deepEqual(parts, TRIO);
  assert.deepEqual(
    notes.map((note) => laneOf({ notes, parts }, note)),
    ["melody", "melody", "melody", "bass", "drums"],
  );
});

test("a hit under a melody of one part lies in the melody's lane, and is a drum", () => {
  const loop = loopOf([[36, 0, 1, "drums"]]);
  assert.equal(laneOf(loop, loop.notes[0]), "melody");
  assert.equal(isBeat(loop), false);
  assert.equal(hasDrums(loop), true);
  assert.equal(hasDrums(loopOf([[60, 0, 1]])), false);
  assert.equal(isBeat(beatOf([])), true);
});

test("a loop of another version or without length is refused", () => {
  assert.equal(isLoop(loopOf([], { version: VERSION + 1 })), false);
  assert.equal(isLoop(loopOf([], { total_steps: 0 })), false);
  assert.equal(isLoop(null), false);
});

test("a point belongs to the tile it is over, and outside to the nearest", () => {
  assert.equal(tileAt(0, 90, 9), 0);
  assert.equal(tileAt(45, 90, 9), 4);
  assert.equal(tileAt(90, 90, 9), 8);
  assert.equal(tileAt(-5, 90, 9), 0);
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
