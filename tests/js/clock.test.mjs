import assert from "node:assert/strict";
import test from "node:test";

import {
  Timeline,
  held,
  starting,
  stepSeconds,
  stepsLeft,
} from "../../explorer/ui/player/clock.js";
import { loopOf } from "./fakes.mjs";

const near = (actual, expected) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test("a sixteenth at 120 quarters per minute lasts an eighth of a second", () => {
  assert.equal(stepSeconds(120), 0.125);
});

test("a loop starts over at its end, without a step between", () => {
  const loop = loopOf([
    [60, 0, 4],
    [62, 15, 16],
  ]);
  const pitches = [14, 15, 16, 17, 31, 32].map((step) =>
    starting(loop, step).map((note) => note.pitch),
  );
  assert.deepEqual(pitches, [[], [62], [60], [], [62], [60]]);
});

test("a note is held after its first step and not on its last", () => {
  const loop = loopOf([[60, 4, 8]]);
  const steps = [3, 4, 5, 7, 8, 21].map((step) => held(loop, step).length);
  assert.deepEqual(steps, [0, 0, 1, 1, 0, 1]);
});

test("a drum hit is never held: it just rings", () => {
  const loop = loopOf([[36, 0, 8, "drums"]]);
  assert.equal(held(loop, 3).length, 0);
});

test("a note taken up in the middle has the rest of its steps left", () => {
  const loop = loopOf([[60, 4, 8]]);
  assert.equal(stepsLeft(loop, loop.notes[0], 16 + 6), 2);
});

test("steps come one after the other at the tempo's distance", () => {
  const line = new Timeline(1, 150);
  const marks = [line.take(), line.take(), line.take()];
  assert.deepEqual(
    marks.map((mark) => mark.step),
    [0, 1, 2],
  );
  near(marks[2].time, 1.2);
});

test("taking steps back goes on from the first that has not begun", () => {
  const line = new Timeline(0, 150);
  for (let i = 0; i < 10; i += 1) line.take();
  const mark = line.rewind(line.after(0.25).step);
  assert.equal(mark.step, 3);
  near(mark.time, 0.3);
  assert.deepEqual(line.take(), mark);
});

test("a step that starts exactly now can still be taken back", () => {
  const line = new Timeline(0, 150);
  for (let i = 0; i < 10; i += 1) line.take();
  assert.equal(line.rewind(line.after(0.3).step).step, 3);
});

test("with nothing left to take back the next step is the first", () => {
  const line = new Timeline(0, 150);
  for (let i = 0; i < 3; i += 1) line.take();
  assert.equal(line.after(5), line.next);
  assert.equal(line.rewind(7), line.next);
  assert.equal(line.marks.length, 3);
});

test("a new tempo holds from the next step on and counts no step twice", () => {
  const line = new Timeline(0, 150);
  for (let i = 0; i < 5; i += 1) line.take();
  line.setTempo(75);
  const next = line.rewind(line.after(0.25).step);
  assert.equal(next.step, 3);
  near(line.take().time, 0.3);
  near(line.take().time, 0.5);
});

test("a page that slept passes over the steps it missed and keeps the beat", () => {
  const line = new Timeline(0, 150);
  line.take();
  assert.equal(line.catchUp(0.55), true);
  assert.equal(line.next.step, 6);
  near(line.next.time, 0.6);
  assert.equal(line.catchUp(0.55), false);
});

test("the position grows from step to step and does not jump when steps are taken back", () => {
  const line = new Timeline(0, 150);
  for (let i = 0; i < 10; i += 1) line.take();
  near(line.position(0.25), 2.5);
  line.rewind(line.after(0.26).step);
  near(line.position(0.25), 2.5);
  line.take();
  near(line.position(0.31), 3.1);
});

test("before the first step the position is the first step", () => {
  const line = new Timeline(1, 150);
  line.take();
  assert.equal(line.position(0.5), 0);
});

test("forgetting old steps does not move the position", () => {
  const line = new Timeline(0, 150);
  for (let i = 0; i < 10; i += 1) line.take();
  line.forget(0.75);
  assert.equal(line.marks.length, 3);
  near(line.position(0.75), 7.5);
});
