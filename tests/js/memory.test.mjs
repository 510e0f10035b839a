/** What the browser keeps of a visit, and when it hands it back. */

import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { Memory } from "../../explorer/ui/player/memory.js";

const storage = () => {
  const kept = new Map();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, text) => kept.set(key, text),
    removeItem: (key) => kept.delete(key),
  };
};
const told = [];
const report = (name, value) => told.push([name, value]);

beforeEach(() => {
  told.length = 0;
  Memory.asked = "";
});

test("another visit is handed what was kept, once", () => {
  const tab = storage();
  const memory = new Memory(tab);
  memory.take({ visit: "one", text: "done" }, report);
  assert.deepEqual(told, []);
  const after = new Memory(tab);
  after.take({ visit: "two", text: null }, report);
  after.take({ visit: "two", text: null }, report);
  assert.deepEqual(told, [["kept", { visit: "two", text: "done" }]]);
});

test("the same visit is handed nothing, nor is one with work of its own", () => {
  const tab = storage();
  new Memory(tab).take({ visit: "one", text: "done" }, report);
  new Memory(tab).take({ visit: "one", text: null }, report);
  new Memory(tab).take({ visit: "two", text: "new" }, report);
  new Memory(tab).take({ visit: "two", text: null }, report);
  assert.deepEqual(told, []);
  assert.match(tab.getItem("explorer-work"), /new/);
});

test("what is damaged is passed over", () => {
  for (const text of ["", "{", "null", "7", '{"visit":1,"text":"x"}', '{"visit":"a"}']) {
    const tab = storage();
    tab.setItem("explorer-work", text);
    Memory.asked = "";
    new Memory(tab).take({ visit: "two", text: null }, report);
  }
  new Memory(storage()).take(undefined, report);
  assert.deepEqual(told, []);
});

test("a full or forbidden storage breaks nothing, and leaves nothing old behind", () => {
  const tab = storage();
  tab.setItem("explorer-work", "old");
  tab.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  new Memory(tab).take({ visit: "one", text: "x" }, report);
  assert.equal(tab.getItem("explorer-work"), null);
  new Memory(null).take({ visit: "one", text: "x" }, report);
  new Memory(null).take({ visit: "two", text: null }, report);
  assert.deepEqual(told, []);
});
