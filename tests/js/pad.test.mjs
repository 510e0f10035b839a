/** The square: what a drag, a key, a path and a recording let sound, and what Python hears. */

import assert from "node:assert/strict";
import test, { mock } from "node:test";

import { Engine } from "../../explorer/ui/player/engine.js";
import { Pad } from "../../explorer/ui/player/pad.js";
import { keptCells } from "../../explorer/ui/player/pad_cells.js";
import { amountColour, inkOn, scaleColour } from "../../explorer/ui/player/pad_paint.js";
import { boxOf } from "../../explorer/ui/player/pad_sheet.js";
import { recordings, slotKey } from "../../explorer/ui/player/pad_tools.js";
import { fakeBrowser, loopOf } from "./fakes.mjs";

const SIZE = 9;
const SIDE = 90; // pixels of the fake board: ten a cell
const FIRST = 0.06; // seconds from Play to the first step
const SIXTEENTH = 0.1; // seconds, at the 150 of the fake loops
const REST = 300; // milliseconds after which a gesture by keyboard has ended

mock.timers.enable({ apis: ["setInterval", "setTimeout"] });

/** As much of an element as the square uses. */
class Element extends EventTarget {
  constructor() {
    super();
    this.attributes = {};
    this.textContent = "";
    this.children = [];
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  getAttribute(name) {
    return this.attributes[name] ?? null;
  }
  replaceChildren(...children) {
    this.children = children;
  }
  setPointerCapture() {}
  getContext() {
    return null; // nothing is drawn
  }
  getBoundingClientRect() {
    return { left: 0, top: 0, width: SIDE, height: SIDE };
  }
}

/** A mounted square, what it told Python, and hands for it. */
function mounted({ count = SIZE * SIZE, square = `square ${Math.random()}`, index = 40 } = {}) {
  const ctx = fakeBrowser();
  globalThis.window = new EventTarget();
  globalThis.ShadowRoot = globalThis.HTMLElement = class {};
  globalThis.ResizeObserver = class {
    observe() {}
    disconnect() {}
  };
  globalThis.getComputedStyle = () => ({ getPropertyValue: () => "" });
  globalThis.matchMedia = () => ({ matches: false });
  globalThis.requestAnimationFrame = () => 1; // nothing is drawn
  globalThis.cancelAnimationFrame = () => {};
  globalThis.document.createElement = () => new Element();
  recordings.fill(null);
  const engine = new Engine(ctx);
  const shown = [];
  const show = engine.show.bind(engine);
  engine.show = (loop, how) => {
    shown.push(loop.id);
    show(loop, how);
  };
  const parts = new Map();
  const find = (name) => parts.get(name) ?? parts.set(name, new Element()).get(name);
  const pad = new Pad({ querySelector: find }, engine);
  const told = [];
  const data = { square, size: SIZE, names: ["Rose", "Lily", "Iris", "Fern"], index, gesture: 0 };
  const cells = Array.from({ length: count }, (_, i) => cellOf(i));
  const update = (more = {}) =>
    pad.update({
      data: { ...data, cells: [], ...more },
      setStateValue: (name, value) => told.push([name, value]),
    });
  update({ cells });
  const board = find(".square-board");
  let now = 0; // milliseconds of the events
  const pointer = (kind, x, y, more = {}) => {
    now += 100;
    board[`onpointer${kind}`]({
      ...{ button: 0, pointerId: 1, clientX: x, clientY: y, timeStamp: now },
      ...{ type: `pointer${kind}`, ...more },
    });
  };
  const drag = (...points) => {
    points.forEach(([x, y], i) => pointer(i ? "move" : "down", x, y));
    pointer("up", ...points.at(-1));
    mock.timers.tick(1);
  };
  const key = (code, more = {}, kind = "keydown") => {
    const event = Object.assign(new Event(kind), { code, key: code, ...more });
    Object.defineProperty(event, "timeStamp", { value: now });
    window.dispatchEvent(event);
  };
  const until = (time) => {
    while (ctx.currentTime < time - 1e-9) {
      ctx.currentTime = Math.min(time, ctx.currentTime + 0.025);
      mock.timers.tick(25);
    }
  };
  const chosen = () => told.filter(([name]) => name === "chosen").map(([, value]) => value);
  const click = (name) => find(name).onclick();
  const hands = { pointer, drag, key, until, click };
  return { pad, engine, shown, told, chosen, update, find, board, square, ...hands };
}

const cellOf = (index) => ({ index, loop: loopOf([], { id: `cell ${index}`, total_steps: 32 }) });

/** Presses an arrow, as if the board had the focus. */
const arrow = (board, name, more = {}) =>
  board.onkeydown({ key: name, preventDefault() {}, ...more });

test("each cell a drag enters sounds, and Python hears of the last", () => {
  const { engine, shown, chosen, pointer, square } = mounted();
  pointer("down", 5, 5);
  assert.equal(engine.loop.id, "cell 0");
  assert.ok(engine.playing);
  pointer("move", 15, 5);
  assert.equal(engine.loop.id, "cell 1");
  mock.timers.tick(1000);
  assert.deepEqual(chosen(), []);
  pointer("up", 15, 5);
  mock.timers.tick(1);
  assert.deepEqual(chosen(), [{ square, index: 1, id: "cell 1", nth: 1 }]);
  assert.equal(engine.history.current.id, "cell 1");
  assert.deepEqual(shown, ["cell 0", "cell 1"]);
});

test("the puck rests where it was let go, also when Python has answered", () => {
  const { pad, drag, update } = mounted();
  drag([12, 13]);
  update({ index: 80 });
  assert.equal(pad.index, 10); // an answer to an older gesture
  update({ index: 10, gesture: 1 });
  assert.deepEqual(pad.puck, { x: 12 / SIDE, y: 13 / SIDE });
  update({ index: 72, gesture: 1 });
  assert.equal(pad.index, 72); // a new wish
});

test("a second pointer does not take the puck", () => {
  const { engine, pointer } = mounted();
  pointer("down", 5, 5);
  pointer("down", 85, 85, { pointerId: 2 });
  pointer("move", 85, 85, { pointerId: 2 });
  pointer("up", 85, 85, { pointerId: 2 });
  assert.equal(engine.loop.id, "cell 0");
});

test("of what the pointer did between two frames the last cell sounds", () => {
  const { engine, shown, pointer } = mounted();
  pointer("down", 5, 5);
  const between = [15, 25, 35].map((clientX) => ({ clientX, clientY: 5, timeStamp: 1 }));
  pointer("move", 35, 5, { getCoalescedEvents: () => between });
  assert.equal(engine.loop.id, "cell 3");
  assert.deepEqual(shown, ["cell 0", "cell 3"]);
});

test("a cell that is not there yet leaves the last one on", () => {
  const { pad, engine, chosen, drag } = mounted({ count: 2 });
  drag([15, 5], [25, 5]);
  assert.equal(engine.loop.id, "cell 1");
  assert.equal(pad.cell, 2);
  assert.deepEqual(chosen().map(({ index }) => index), [1]);
});

test("the browser says how many cells it has, each number once", () => {
  const { told, update, square } = mounted({ count: 4 });
  update();
  update({ cells: [cellOf(4), cellOf(5), cellOf(0)] });
  update({ cells: [{ index: 6, loop: { version: 0 } }, cellOf(81), cellOf(-1)] });
  const counts = told.filter(([name]) => name === "have").map(([, value]) => value);
  assert.deepEqual(counts, [
    { square, count: 4 },
    { square, count: 6 },
  ]);
});

test("the cells of the last four squares are kept", () => {
  const names = ["one", "two", "three", "four", "five"];
  for (const name of names) keptCells(name).set(0, cellOf(0).loop);
  const sizes = names.toReversed().map((name) => keptCells(name).size);
  assert.deepEqual(sizes, [1, 1, 1, 1, 0]);
});

test("cells that come while the puck is held do not end the gesture", () => {
  const { pad, engine, pointer, update } = mounted({ count: 20 });
  pointer("down", 5, 5);
  update({ cells: [cellOf(30)], index: 12 });
  assert.equal(engine.blend.heeds("cell 12", 0), false);
  assert.equal(pad.index, 0);
  assert.deepEqual(engine.blend.tints.get("cell 8"), [1, 0]);
});

test("arrow keys sound at once and count as one gesture", () => {
  const { pad, engine, chosen, board } = mounted();
  arrow(board, "ArrowRight");
  assert.equal(engine.loop.id, "cell 41");
  arrow(board, "ArrowDown", { shiftKey: true });
  assert.equal(engine.loop.id, "cell 68");
  assert.equal(pad.move(0, 1), true);
  mock.timers.tick(200);
  assert.deepEqual(chosen(), []);
  mock.timers.tick(REST);
  assert.deepEqual(chosen().map(({ index }) => index), [77]);
  arrow(board, "Home");
  assert.equal(engine.loop.id, "cell 40");
  assert.match(board.attributes["aria-label"], /^row 5, column 5: .*all four\. Piano roll/);
});

test("undo brings the puck back and tells Python once", () => {
  const { pad, engine, chosen, drag } = mounted();
  drag([5, 5]);
  drag([85, 85]);
  engine.goTo(0);
  assert.equal(pad.index, 0);
  mock.timers.tick(1000);
  assert.deepEqual(chosen().map(({ index }) => index), [0, 80, 0]);
});

test("a loop of elsewhere leaves the puck where it is", () => {
  const { pad, engine, chosen, drag } = mounted();
  drag([5, 5]);
  engine.show(loopOf([], { id: "elsewhere" }));
  mock.timers.tick(1000);
  assert.deepEqual([pad.index, chosen().length], [0, 1]);
});

test("where Python goes the puck goes, and Python is not told", () => {
  const { pad, engine, chosen, update } = mounted();
  engine.show(cellOf(8).loop);
  update({ index: 8 });
  mock.timers.tick(1000);
  assert.deepEqual([pad.index, chosen()], [8, []]);
});

test("a drawn path plays each cell for one loop from the next loop on", () => {
  const { pad, engine, chosen, find, click, pointer, until } = mounted();
  pointer("down", 5, 5);
  pointer("up", 5, 5);
  mock.timers.tick(1);
  until(FIRST + 20.5 * SIXTEENTH);
  click(".square-draw");
  assert.equal(find(".square-draw").attributes["aria-pressed"], "true");
  pointer("down", 45, 45);
  pointer("move", 65, 45);
  assert.equal(engine.loop.id, "cell 0"); // to draw is not to move
  pointer("up", 65, 45);
  assert.equal(find(".square-draw").attributes["aria-pressed"], "false");
  assert.equal(find(".square-clear").disabled, false);
  const heard = [31, 33, 63, 65, 97, 129].map((step) => {
    until(FIRST + (step + 0.5) * SIXTEENTH);
    return engine.sounding.id;
  });
  assert.deepEqual(heard, ["cell 0", "cell 40", "cell 40", "cell 41", "cell 42", "cell 40"]);
  click(".square-clear");
  mock.timers.tick(1);
  assert.equal(engine.score, null);
  assert.equal(engine.loop.id, "cell 40");
  assert.equal(pad.touring.tour, null);
  assert.deepEqual(chosen().map(({ index }) => index), [0, 40]);
  assert.equal(find(".square-clear").disabled, true);
});

test("a path that was stopped plays on with the sound, and the cell is told", () => {
  const { pad, engine, chosen, click, drag, until } = mounted();
  click(".square-draw");
  drag([5, 5], [15, 5]);
  assert.ok(engine.playing);
  until(FIRST + 33.5 * SIXTEENTH);
  pad.picture.look(); // a frame
  engine.stop();
  mock.timers.tick(1);
  assert.deepEqual(chosen().map(({ index }) => index), [1]);
  assert.ok(pad.touring.tour);
  engine.play();
  assert.ok(engine.score);
  until(FIRST * 2 + 50 * SIXTEENTH);
  assert.equal(engine.sounding.id, "cell 0");
  engine.stop();
  engine.show(cellOf(80).loop);
  assert.equal(pad.touring.tour, null);
});

test("grabbing the puck ends a path", () => {
  const { pad, engine, click, drag, chosen } = mounted();
  click(".square-draw");
  drag([5, 5], [15, 5]);
  drag([85, 85]);
  assert.deepEqual([engine.score, engine.loop.id, pad.touring.tour], [null, "cell 80", null]);
  assert.deepEqual(chosen().map(({ index }) => index), [80]);
});

test("Python's late answer to the gesture before does not end a path", () => {
  const { engine, click, drag, update } = mounted();
  drag([5, 5]);
  click(".square-draw");
  drag([45, 45], [55, 45]);
  assert.equal(engine.blend.heeds("cell 0", 1), false);
  update({ index: 0 });
  assert.ok(engine.score);
});

test("another square ends the path and keeps the recordings", () => {
  const { pad, engine, click, drag, update } = mounted();
  click(".square-record");
  drag([5, 5], [15, 5]);
  click(".square-draw");
  drag([5, 5], [15, 5]);
  update({ square: "another", cells: [cellOf(0)], index: 0 });
  assert.deepEqual([engine.score, pad.touring.tour], [null, null]);
  assert.ok(recordings[0]);
});

test("a drag with Shift and a digit is recorded in its slot and replayed by the digit", () => {
  const { pad, engine, pointer, key, find, until } = mounted();
  pointer("down", 5, 5);
  key("Digit3", { shiftKey: true });
  pointer("move", 85, 5);
  pointer("move", 85, 85);
  key("Digit3", {}, "keyup");
  assert.ok(recordings[2]);
  pointer("up", 85, 85);
  mock.timers.tick(1);
  engine.stop();
  key("Digit3");
  assert.ok(engine.playing && engine.score);
  const slots = find(".square-slots").children;
  assert.equal(slots.findIndex((slot) => slot.attributes["aria-pressed"] === "true"), 2);
  assert.deepEqual([slots[2].disabled, slots[3].disabled], [false, true]);
  until(FIRST + 0.35 * SIXTEENTH);
  assert.equal(engine.sounding.id, "cell 0");
  until(FIRST + 1.35 * SIXTEENTH);
  assert.equal(engine.sounding.id, "cell 8");
  slots[2].onclick();
  assert.deepEqual([engine.score, pad.touring.tour], [null, null]);
  assert.ok(engine.playing);
});

test("Record keeps the next drag, and only that one", () => {
  const { click, drag, find } = mounted();
  click(".square-record");
  assert.equal(find(".square-says").textContent, "Your next drag is kept in slot 1.");
  drag([5, 5], [15, 5]);
  assert.ok(recordings[0] && !recordings[1]);
  drag([25, 5], [35, 5]);
  assert.equal(recordings[1], null);
});

test("Escape ends a replay on the cell it is in", () => {
  const { engine, click, drag, key, chosen } = mounted();
  click(".square-record");
  drag([5, 5], [15, 5]);
  key("Digit1");
  assert.ok(engine.score);
  key("Escape");
  mock.timers.tick(1);
  assert.equal(engine.score, null);
  assert.equal(chosen().length, 2);
});

test("a removed square leaves the sound on, without its score", () => {
  const { pad, engine, click, drag } = mounted();
  click(".square-draw");
  drag([5, 5], [15, 5]);
  pad.remove();
  assert.deepEqual([engine.playing, engine.score, engine.movers.size], [true, null, 0]);
  assert.equal(engine.blend.tints.size, 0);
});

test("digits are the player's but not where text is written or with other keys", () => {
  const element = (tag) => ({ matches: (selector) => selector.split(", ").includes(tag) });
  assert.deepEqual(slotKey({ code: "Digit1" }, null), { slot: 0, records: false });
  assert.deepEqual(slotKey({ code: "Digit8", shiftKey: true }, null), { slot: 7, records: true });
  assert.equal(slotKey({ code: "Digit9" }, null), null);
  assert.equal(slotKey({ code: "Digit1" }, element("textarea")), null);
  assert.equal(slotKey({ code: "Digit1" }, { ...element(), isContentEditable: true }), null);
  assert.equal(slotKey({ code: "Digit1", ctrlKey: true }, null), null);
});

/** A canvas that counts what is done with its brush. */
class Canvas {
  constructor() {
    this.clientWidth = this.clientHeight = SIDE;
    this.calls = [];
    const measured = { width: 20 };
    const call = (_, name) => (...args) => {
      this.calls.push([name, ...args]);
      return measured;
    };
    this.brush = new Proxy({}, { get: call, set: () => true });
  }
  getContext() {
    return this.brush;
  }
  count(name) {
    return this.calls.splice(0).filter(([each]) => each === name).length;
  }
}

test("a frame draws only the cells that are new, and goes on as long as they appear", () => {
  const { pad, engine, update } = mounted({ count: 3 });
  const noted = (index) => ({ index, loop: loopOf([[60, 0, 4]], { id: `noted ${index}` }) });
  const board = Object.assign(pad.board, new Canvas(), { getContext: () => board.brush });
  let frames = [];
  globalThis.requestAnimationFrame = (frame) => frames.push(frame);
  globalThis.OffscreenCanvas = Canvas;
  const frame = () => {
    const due = frames;
    frames = [];
    due.forEach((each) => each());
    return frames.length;
  };
  pad.picture.frame = undefined;
  pad.picture.wake();
  assert.equal(frame(), 0); // nothing plays: nothing moves
  const sheet = pad.picture.sheet.picture;
  assert.equal(sheet.count("fill"), SIZE * SIZE);
  update({ cells: [noted(3), noted(4)] });
  assert.equal(frame(), 1);
  assert.equal(sheet.count("fillRect"), 2); // a note each
  assert.equal(frame(), 1);
  assert.equal(sheet.count("fillRect"), 0);
  for (const index of pad.picture.sheet.arrived.keys()) pad.picture.sheet.arrived.set(index, -1e9);
  assert.equal(frame(), 0);
  engine.show(noted(3).loop, { play: true });
  assert.equal(frame(), 1); // the playhead
  assert.equal(pad.picture.look().sounds, 3);
});

test("cells are drawn side by side inside the board, on whole pixels", () => {
  const boxes = Array.from({ length: 121 }, (_, index) => boxOf(index, 11, 543.5, 543.5));
  for (const { x, y, width, height } of boxes) {
    assert.ok([x, y, width, height].every(Number.isInteger));
    assert.ok(x >= 0 && x + width <= 544 && y + height <= 544);
  }
  assert.equal(boxes[0].x + boxes[0].width + 1, boxes[1].x);
});

const THEME = { text: "#000000", background: "#FFFFFF", primary: "#0000FF" };
const PAINT = {
  ...{ of: "x", scale: ["#000000", "#FF0000", "#FFFFFF"], axes: ["Busier", "Higher"] },
  ...{ values: [[0, 1], null, ...Array(SIZE ** 2 - 2).fill([1, 0])], words: "So." },
};

test("a painted cell has the colour of what was measured of one axis, or of both", () => {
  assert.equal(scaleColour(PAINT.scale, 0.5), "rgb(255, 0, 0)");
  assert.equal(scaleColour(PAINT.scale, 2), "rgb(255, 255, 255)");
  assert.equal(amountColour(PAINT, [0, 1], THEME), "rgb(0, 0, 0)");
  assert.equal(amountColour({ ...PAINT, of: "y" }, [0, 1], THEME), "rgb(255, 255, 255)");
  const both = { ...PAINT, of: "both" };
  const corners = [[0, 0], [1, 0], [0, 1], [1, 1]].map((amounts) => amountColour(both, amounts, THEME));
  assert.equal(new Set(corners).size, 4);
  assert.equal(corners[3], "rgb(0, 0, 0)"); // the text's: darkest with much of both
});

test("notes stand out from the paint under them, in either theme", () => {
  const dark = { ...THEME, text: "#FFFFFF", background: "#000000" };
  assert.equal(inkOn("rgb(10, 10, 10)", THEME), "#FFFFFF");
  assert.equal(inkOn("rgb(250, 250, 250)", THEME), "#000000");
  assert.equal(inkOn("rgb(10, 10, 10)", dark), "#FFFFFF");
});

test("a painted square is called by its axes and its cells by their own titles", () => {
  const { pad, update, find, board } = mounted();
  const before = pad.picture.look().paint;
  update({ paint: PAINT });
  assert.equal(find(".square").attributes["aria-label"], "Between Busier, Higher");
  assert.equal(find(".square-legend").hidden, false);
  assert.match(board.attributes["aria-label"], /^cell 40\. /);
  const painted = pad.picture.look().paint;
  assert.deepEqual([before, painted], [null, PAINT]);
  update({ paint: structuredClone(PAINT) });
  assert.equal(pad.picture.look().paint, painted); // nothing new to draw
  update();
  assert.equal(pad.picture.look().paint, null);
  assert.equal(find(".square-legend").hidden, true);
});
