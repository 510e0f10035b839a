/** Pictures of loops: piano roll, drum grid, lanes; drawn, named and described. */

import assert from "node:assert/strict";
import test from "node:test";

import { Lanes } from "../../explorer/ui/player/lanes.js";
import {
  hitTest,
  layout,
  linesOf,
  namesWidth,
  playhead,
} from "../../explorer/ui/player/layout.js";
import { Parts } from "../../explorer/ui/player/parts.js";
import { describe, drawRoll, noteName, pitchName } from "../../explorer/ui/player/roll.js";
import { TRIO, beatOf, loopOf } from "./fakes.mjs";

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

test("drums have nine rows of fixed place, the kick lowest and the ride on top", () => {
  const classes = [36, 38, 42, 46, 45, 48, 50, 49, 51];
  const boxes = layout(beatOf(classes.map((pitch) => [pitch, 0])), 160, 90);
  boxes.forEach((box, row) => {
    assert.equal(Math.floor(box.y / 10), 8 - row);
    assert.ok(box.height <= 10);
  });
  const [alone] = layout(beatOf([[42, 3]]), 160, 90);
  assert.deepEqual([alone.x, alone.width, alone.y], [30, 10, boxes[2].y]);
});

test("a hit is one sixteenth, a pitch no drum stands for has no place", () => {
  const loop = beatOf([[35, 0]]);
  loop.notes[0].end_step = 8;
  assert.equal(layout(loop, 160, 90)[0].width, 10);
  assert.deepEqual(layout(beatOf([[90, 0]]), 160, 90), []);
});

test("the names of the drums take room only from a grid that has some", () => {
  assert.ok(namesWidth(beatOf([]), 500, 108) > 0);
  assert.equal(namesWidth(beatOf([]), 160, 108), 0);
  assert.equal(namesWidth(beatOf([]), 500, 60), 0);
  assert.equal(namesWidth(beatOf([], { total_steps: 256 }), 500, 108), 0);
  assert.equal(namesWidth(loopOf([]), 500, 108), 0);
});

test("notes and playhead start right of the names", () => {
  const loop = beatOf([[36, 8]]);
  assert.equal(layout(loop, 260, 90, 100)[0].x, 180);
  assert.equal(playhead(loop, 8, 260, 90, 100).x, 180);
});

test("three parts lie in three lanes, each with a range of its own", () => {
  const notes = [
    [72, 0, 4],
    [84, 4, 8],
    [30, 0, 4, "bass"],
    [31, 4, 8, "bass"],
    [36, 0, 1, "drums"],
    [51, 0, 1, "drums"],
  ];
  const boxes = layout(loopOf(notes, { parts: TRIO, total_steps: 256 }), 256, 90);
  const lanes = boxes.map((box) => [box.y, box.y + box.height].map((y) => Math.floor(y / 30)));
  assert.deepEqual(lanes, [[0, 0], [0, 0], [1, 1], [1, 1], [2, 2], [2, 2]]);
  assert.ok(boxes[1].y < boxes[0].y && boxes[3].y < boxes[2].y && boxes[5].y < boxes[4].y);
});

test("an empty lane keeps its place", () => {
  const [box] = layout(loopOf([[36, 0, 1, "drums"]], { parts: TRIO }), 160, 90);
  assert.ok(box.y > 60);
});

test("sixteen bars of drums are two lines, of three parts one line of three lanes", () => {
  assert.equal(linesOf(beatOf([], { total_steps: 256 })).count, 2);
  const trio = loopOf([], { parts: TRIO, total_steps: 256 });
  assert.deepEqual(linesOf(trio), { count: 1, steps: 256 });
  assert.equal(playhead(trio, 128, 256, 90).height, 90);
});

/** A brush that notes what is seen in the end, note by note, and what it was asked. */
function fakeBrush(seen) {
  let place = "";
  const brush = {
    setTransform() {},
    clearRect() {},
    fillRect() {},
    beginPath() {},
    drawImage: () => (seen.copies += 1),
    roundRect: (x, y) => (place = `${x} ${y}`),
    fill: () => {
      seen.fills += 1;
      seen.notes.set(place, [brush.globalAlpha, brush.fillStyle]);
    },
    fillText: (text) => seen.texts.push(text),
  };
  return brush;
}

function fakeCanvas(seen, width, height) {
  const brush = fakeBrush(seen);
  return { clientWidth: width, clientHeight: height, getContext: () => brush };
}

/** What is seen of a loop: [opacity, colour] of every note, and the texts. */
function drawn(loop, look, { width = 500, height = 108 } = {}) {
  const seen = { notes: new Map(), texts: [], fills: 0, copies: 0 };
  globalThis.window = { devicePixelRatio: 1 };
  globalThis.getComputedStyle = () => ({ fontFamily: "sans-serif" });
  globalThis.OffscreenCanvas = class {
    getContext = () => fakeBrush(seen);
  };
  const canvas = fakeCanvas(seen, width, height);
  const draw = (more) => drawRoll(canvas, loop, { note: "blue", text: "white", ...look, ...more });
  draw();
  return { notes: [...seen.notes.values()], texts: seen.texts, seen, draw };
}

test("a frame draws the notes that sound and copies the rest", () => {
  const notes = Array.from({ length: 16 }, (_, i) => [60 + (i % 5), i, i + 1]);
  const { seen, draw } = drawn(loopOf(notes), { grid: true, position: 3.2 });
  assert.deepEqual([seen.fills, seen.copies], [16 + 1, 1]);
  draw({ position: 7.9 });
  assert.deepEqual([seen.fills, seen.copies], [16 + 2, 2]);
  draw({ position: null, note: "red" });
  assert.deepEqual([seen.fills, seen.copies], [32 + 2, 3]);
  assert.ok([...seen.notes.values()].every(([, colour]) => colour === "red"));
});

test("a surer note is more opaque, a drum as well as a tone", () => {
  const loop = beatOf([
    [36, 0],
    [38, 4],
  ]);
  loop.notes[0].certainty = 1;
  loop.notes[1].certainty = 0.2;
  const [[sure], [unsure]] = drawn(loop, {}).notes;
  assert.equal(sure, 1);
  assert.ok(Math.abs(unsure - 0.4) < 1e-9);
});

test("the lane of a part that is not heard is dim, and does not light up", () => {
  const loop = loopOf([[60, 0, 4], [40, 0, 4, "bass"]], { parts: TRIO });
  const look = { grid: true, position: 1, heard: (part) => part !== "bass" };
  assert.deepEqual(drawn(loop, look).notes, [
    [1, "white"],
    [0.25, "blue"],
  ]);
});

test("the dock names the drums from the kick up, a tile does not", () => {
  const { texts } = drawn(beatOf([]), { grid: true });
  assert.equal(texts.length, 9);
  assert.deepEqual([texts[0], texts[8]], ["Kick", "Ride"]);
  assert.deepEqual(drawn(beatOf([]), {}).texts, []);
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

test("a drum grid and lanes are described in words", () => {
  const beat = beatOf([
    [36, 0],
    [38, 4],
    [36, 8],
  ]);
  assert.equal(describe(beat), "Drum grid: 3 hits of kick and snare, 1 bar");
  const trio = loopOf([[60, 0, 4], [36, 0, 1, "drums"]], { parts: TRIO, total_steps: 32 });
  assert.equal(
    describe(trio),
    "3 parts: melody, 1 note from C4 to C4; bass, silence; drums, 1 hit of kick; 2 bars",
  );
  assert.equal(noteName(beat.notes[1]), "Snare");
  assert.equal(noteName({ pitch: 60 }), "C4");
});

/** An element as far as the lanes need one. */
class Element {
  constructor() {
    this.dataset = {};
    this.attributes = {};
    this.children = [];
  }
  append(...more) {
    this.children.push(...more);
  }
  replaceChildren(...all) {
    this.children = all;
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
}

test("every lane has its name and switches that say what they do and how they stand", () => {
  globalThis.document = { createElement: () => new Element() };
  const column = new Element();
  const asked = [];
  const engine = {
    loop: loopOf([], { parts: TRIO }),
    parts: new Parts(),
    togglePart: (what, part) => asked.push([what, part]),
  };
  engine.parts.toggle("muted", "bass");
  const lanes = new Lanes(column, engine);
  lanes.refresh();
  const [, bass] = column.children;
  const [name, mute, solo] = bass.children;
  assert.deepEqual([bass.dataset.part, bass.dataset.heard], ["bass", "false"]);
  assert.deepEqual([name.textContent, mute.textContent, solo.textContent], ["Bass", "M", "S"]);
  assert.equal(mute.attributes["aria-label"], "Mute bass");
  assert.equal(mute.attributes["aria-pressed"], "true");
  assert.equal(solo.attributes["aria-pressed"], "false");
  solo.onclick();
  assert.deepEqual(asked, [["solo", "bass"]]);
  lanes.refresh();
  assert.equal(column.children[1], bass); // the button pressed keeps the focus
  engine.loop = loopOf([]);
  lanes.refresh();
  assert.deepEqual([column.hidden, column.children.length], [true, 0]);
});

test("a part is heard unless it is muted or another plays alone", () => {
  const trio = loopOf([], { parts: TRIO });
  const parts = new Parts();
  const heard = (loop = trio) => TRIO.filter((part) => parts.heard(loop, part)).join();
  assert.equal(heard(), "melody,bass,drums");
  parts.toggle("solo", "bass");
  assert.equal(heard(), "bass");
  parts.toggle("solo", "drums");
  assert.equal(heard(), "bass,drums");
  parts.toggle("muted", "bass");
  assert.equal(heard(), "drums");
  assert.ok(parts.heard(loopOf([]), "melody"), "music of one part always sounds");
  parts.toggle("muted", "bass");
  parts.toggle("solo", "bass");
  parts.toggle("solo", "drums");
  assert.equal(heard(), "melody,bass,drums");
});
