/** Sliders: what a hand or a key reports, and what Python may move. */

import assert from "node:assert/strict";
import test, { mock } from "node:test";

import { barOf, written } from "../../explorer/ui/player/slider_row.js";
import { Sliders } from "../../explorer/ui/player/sliders.js";

mock.timers.enable({ apis: ["setTimeout"] });

/** As much of an element as the sliders use. */
class Element extends EventTarget {
  constructor() {
    super();
    this.attributes = {};
    this.parts = new Map();
    this.shown = {};
    this.style = { setProperty: (name, value) => (this.shown[name] = value) };
    this.classes = new Set();
    this.classList = {
      add: (name) => this.classes.add(name),
      remove: (name) => this.classes.delete(name),
      toggle: (name, on) => this.classes[on ? "add" : "delete"](name),
    };
    this.children = [];
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  querySelector(name) {
    return this.parts.get(name) ?? this.parts.set(name, new Element()).get(name);
  }
  replaceChildren(...children) {
    this.children = children;
  }
  cloneNode() {
    return new Element();
  }
}

const slider = (name, more = {}) => ({
  ...{ name, label: name, help: "", note: "", is_weak: false },
  ...{ value: 0, before: 0, is_locked: false, got: 0, ...more },
});

let known = 0; // gestures of all benches, as Python would know them

/** Mounted sliders, what they told Python, and hands for them. */
function mounted(...sliders) {
  globalThis.ShadowRoot = class {};
  globalThis.getComputedStyle = () => ({ getPropertyValue: () => "" });
  const root = new Element();
  root.querySelector("template").content = { firstElementChild: new Element() };
  const bench = new Sliders(root);
  const told = [];
  const update = (...now) =>
    bench.update({
      data: { sliders: now, reach: 3, step: 0.25, nth: known },
      setStateValue: (_, value) => told.push(value),
    });
  update(...sliders);
  const row = (name) => bench.rows.get(name);
  const slide = (name, value) => {
    row(name).input.value = String(value);
    row(name).input.oninput();
  };
  const press = (name, key) =>
    row(name).input.dispatchEvent(Object.assign(new Event("keydown"), { key }));
  const hold = (name) => row(name).input.dispatchEvent(new Event("pointerdown"));
  const release = (name) => {
    row(name).input.dispatchEvent(new Event("pointerup"));
    row(name).input.onchange();
    mock.timers.tick(1);
  };
  const answer = (...now) => {
    known = told.at(-1).nth;
    update(...now);
  };
  const bar = (name, kind) => row(name).element.querySelector(`.bench-${kind}`);
  return { bench, told, update, answer, row, slide, press, hold, release, bar };
}

test("a slider that is let go is reported with all the others, not while it moves", () => {
  const { told, hold, slide, release } = mounted(slider("a"), slider("b", { value: -1 }));
  hold("a");
  slide("a", 0.5);
  slide("a", 1.5);
  mock.timers.tick(1000);
  assert.deepEqual(told, []);
  release("a");
  assert.deepEqual(told[0].values, { a: 1.5, b: -1 });
  assert.deepEqual(told[0].locked, []);
});

test("key presses count as one gesture, and 0 goes to the middle", () => {
  const { told, press, slide, row } = mounted(slider("a", { value: 1 }));
  for (const value of [1.25, 1.5]) {
    press("a", "ArrowRight");
    slide("a", value);
    row("a").input.onchange();
    mock.timers.tick(100);
  }
  mock.timers.tick(300);
  assert.deepEqual(told.map(({ values }) => values.a), [1.5]);
  press("a", "0");
  mock.timers.tick(300);
  assert.deepEqual(told.map(({ values }) => values.a), [1.5, 0]);
});

test("an answer to a gesture before moves nothing, the answer to the last one does", () => {
  const { told, update, answer, hold, slide, release, row } = mounted(slider("a"));
  hold("a");
  slide("a", 2);
  release("a");
  update(slider("a", { value: 0 }));
  assert.equal(row("a").value, 2);
  answer(slider("a", { value: 2, got: 1.2 }));
  assert.equal(row("a").value, 2);
  assert.equal(row("a").measured.textContent, "got +1.2");
  update(slider("a", { value: -1 })); // a surprise
  assert.equal(row("a").input.value, "-1");
  assert.equal(told.length, 1);
});

test("what Python says does not snatch a slider from the hand, nor from the keys", () => {
  const { answer, hold, slide, release, row, press } = mounted(slider("a"), slider("b"));
  hold("a");
  slide("a", 2);
  release("a");
  hold("b");
  slide("b", 1);
  answer(slider("a", { value: 2, got: 1 }), slider("b"));
  assert.equal(row("b").value, 1);
  release("b");
  answer(slider("a", { value: 2 }), slider("b", { value: 1 }));
  press("b", "ArrowRight");
  slide("b", 1.25);
  row("b").input.onchange();
  answer(slider("a", { value: 2 }), slider("b", { value: 1 }));
  assert.equal(row("b").value, 1.25);
});

test("Undo goes back to the value before, and a lock is reported at once", () => {
  const { told, row } = mounted(slider("a", { value: 2, before: 0.5 }), slider("b"));
  assert.equal(row("a").undo.disabled, false);
  assert.equal(row("b").undo.disabled, true);
  row("a").undo.onclick();
  mock.timers.tick(1);
  assert.equal(told.at(-1).values.a, 0.5);
  row("b").lock.onclick();
  mock.timers.tick(1);
  assert.deepEqual(told.at(-1).locked, ["b"]);
  assert.equal(row("b").lock.attributes["aria-pressed"], "true");
});

test("bars start in the middle and stop at the ends", () => {
  assert.deepEqual(barOf(1.5, 3), { left: 50, width: 25 });
  assert.deepEqual(barOf(-1.5, 3), { left: 25, width: 25 });
  assert.deepEqual(barOf(7, 3), { left: 50, width: 50 });
  const { bar, row } = mounted(slider("a", { value: 1.5, got: -0.75 }));
  assert.equal(bar("a", "wanted").shown.width, "25%");
  assert.equal(bar("a", "got").shown.left, "37.5%");
  assert.equal(row("a").bars.attributes["aria-label"], "a: wanted +1.50, got −0.8");
  assert.equal(row("a").input.attributes["aria-valuetext"], "wanted +1.50, got −0.8");
});

test("a value is written with its sign, and nothing with neither", () => {
  assert.deepEqual([1.5, -0.25, 0, -0.04].map((v) => written(v, 1)), ["+1.5", "−0.3", "0", "0"]);
});

test("sliders come and go with what Python has, each with its own value", () => {
  const { update, bench, row } = mounted(slider("a", { value: 1 }));
  update(slider("a", { value: 1 }), slider("taught", { value: 2 }));
  assert.deepEqual([...bench.rows.keys()], ["a", "taught"]);
  assert.equal(bench.bench.children.length, 2);
  assert.equal(row("taught").input.value, "2");
  update(slider("a", { value: 1 }));
  assert.deepEqual([...bench.rows.keys()], ["a"]);
});
