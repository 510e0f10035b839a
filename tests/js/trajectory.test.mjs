/** Paths whose cells play a whole loop each, and gestures that are played again. */

import assert from "node:assert/strict";
import test from "node:test";

import {
  Recorder,
  at,
  firstChange,
  freeSlot,
  lastThere,
  pathPlace,
  pathTour,
  replayTour,
  sampleAt,
} from "../../explorer/ui/player/trajectory.js";
import { loopOf } from "./fakes.mjs";

/** A trajectory through these [second, x, y], lifted at `end`. */
function recorded(samples, end) {
  const recorder = new Recorder();
  for (const [time, x, y] of samples) recorder.add(time, { x, y });
  return recorder.finish(end);
}

/** Loops of `steps` for these cells. */
const loops = (cells, steps = 32) =>
  new Map(cells.map((cell) => [cell, loopOf([], { id: `cell ${cell}`, total_steps: steps })]));

const ids = (tour, steps) => steps.map((step) => tour.score(step, step / 10)?.id ?? null);

test("a path begins with the loop, or at the bar line if the loop is long", () => {
  assert.equal(firstChange(5.4, 32), 32); // the middle of a bar
  assert.equal(firstChange(20, 32), 32);
  assert.equal(firstChange(33, 32), 64);
  assert.equal(firstChange(64, 32), 64);
  assert.equal(firstChange(5, 16), 16);
  assert.equal(firstChange(20, 256), 32);
  assert.equal(firstChange(null, 32), 0);
});

test("each cell of a path has one loop's length, round and round", () => {
  const path = { count: 3, length: 32, from: 20, base: 32 };
  const place = (step) => pathPlace(step, path);
  assert.deepEqual([20, 31, 32, 63, 64, 96, 127, 128].map(place), [-1, -1, 0, 0, 1, 2, 2, 0]);
  assert.equal(place(32 + 3 * 32 * 1000), 0);
});

test("a path goes on when the beat has begun anew before it", () => {
  const path = { count: 3, length: 32, from: 100, base: 128 };
  assert.deepEqual([0, 31, 32, 64].map((step) => pathPlace(step, path)), [2, 2, 0, 1]);
});

test("a path's cells are what the engine is given, the first from the next loop on", () => {
  const tour = pathTour([4, 5, 4], [], loops([4, 5]), 9, 20.5);
  const steps = [21, 31, 32, 63, 64, 96, 128];
  const expected = [null, null, "cell 4", "cell 4", "cell 5", "cell 4", "cell 4"];
  assert.deepEqual(ids(tour, steps), expected);
  assert.equal(tour.heard(64.9), 5);
  assert.equal(tour.heard(31.2), null);
  assert.equal(tour.heard(null), null);
});

test("asking for a step again gives the same loop", () => {
  const tour = pathTour([4, 5], [], loops([4, 5]), 9, null);
  const asked = ids(tour, [31, 32, 33, 31, 32]);
  assert.deepEqual(asked, ["cell 4", "cell 5", "cell 5", "cell 4", "cell 5"]);
  assert.equal(tour.heard(31), 4);
});

test("the longest loop of a path is heard to its end", () => {
  const mixed = new Map([...loops([1], 16), ...loops([2], 32)]);
  const tour = pathTour([1, 2], [], mixed, 9, 0);
  assert.deepEqual(ids(tour, [0, 31, 32]), ["cell 1", "cell 1", "cell 2"]);
});

test("a cell that is not there yet leaves the one before it on, and may still come", () => {
  const there = loops([4]);
  const tour = pathTour([3, 4, 5], [], there, 9, 0);
  assert.deepEqual(ids(tour, [0, 32, 64]), ["cell 4", "cell 4", "cell 4"]);
  there.set(5, loopOf([], { id: "late", total_steps: 32 }));
  assert.deepEqual(ids(tour, [0, 32, 64]), ["late", "cell 4", "late"]);
  assert.equal(tour.heard(32), 4);
});

test("with no cell there the path leaves everything as it is", () => {
  assert.equal(lastThere([1, 2], 1, () => false), null);
  assert.equal(lastThere([1, 2], -1, () => true), null);
  assert.equal(lastThere([1, 2, 3], 0, (cell) => cell > 1), 3);
});

test("the puck of a path stands in the cell that plays, and waits before", () => {
  const tour = pathTour([0, 8], [], loops([0, 8]), 9, 5);
  assert.equal(tour.puck(6.5, 0), null);
  assert.ok(Math.abs(tour.puck(33, 0).x - 0.5 / 9) < 1e-9);
  assert.ok(Math.abs(tour.puck(64.2, 0).x - 8.5 / 9) < 1e-9);
});

test("what was chosen long ago is forgotten", () => {
  const tour = pathTour([0], [], loops([0]), 9, 0);
  for (let step = 0; step < 1000; step += 1) tour.score(step, 0);
  assert.ok(tour.chosen.size < 200);
  assert.equal(tour.heard(999), 0);
  assert.equal(tour.heard(1), null);
});

test("a recording starts with its first sample and lasts until it is lifted", () => {
  const trajectory = recorded(
    [
      [100, 0, 0],
      [100.5, 0.5, 0.5],
    ],
    102,
  );
  assert.deepEqual(
    trajectory.samples.map(({ time }) => time),
    [0, 0.5],
  );
  assert.equal(trajectory.length, 2);
});

test("a recording keeps its timing and goes round", () => {
  const trajectory = recorded(
    [
      [7, 0.05, 0.05],
      [7.5, 0.5, 0.5],
      [8, 0.95, 0.95],
    ],
    9,
  );
  const cells = [0, 0.49, 0.5, 0.99, 1, 1.99, 2, 2.5, 201].map((s) => at(trajectory, s, 9));
  assert.deepEqual(cells, [0, 0, 40, 40, 80, 80, 0, 40, 80]);
  assert.equal(at(trajectory, 0.5, 11), 60); // of another square the cell at that place
  assert.equal(sampleAt(trajectory, -0.5), 2);
});

test("a recording of one sample is a place, not an error", () => {
  const tap = recorded([[3, 0.5, 0.5]], 3);
  assert.ok(tap.length > 0);
  assert.equal(at(tap, 17.3, 9), 40);
});

test("a recording without a sample is none", () => {
  assert.equal(new Recorder().finish(5), null);
});

test("samples of one moment are one, the last of them; time never goes back", () => {
  const trajectory = recorded(
    [
      [1, 0, 0],
      [1.1, 0.2, 0.2],
      [1.101, 0.3, 0.3],
      [1.05, 0.4, 0.4],
      [1.2, 0.5, 0.5],
    ],
    1.2,
  );
  assert.deepEqual(trajectory.samples.map(({ x }) => x), [0, 0.4, 0.5]);
  const times = trajectory.samples.map(({ time }) => time);
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
});

test("a replay gives each sixteenth the cell of its time", () => {
  const trajectory = recorded(
    [
      [0, 0.05, 0.05],
      [0.25, 0.95, 0.05],
    ],
    0.5,
  );
  const tour = replayTour(trajectory, 2, loops([0, 8]), 9, 40);
  const given = [0, 1, 2, 3, 4, 5].map((step) => tour.score(step, 40 + step / 10).id);
  const [first, last] = ["cell 0", "cell 8"];
  assert.deepEqual(given, [first, first, first, last, last, first]);
  assert.equal(tour.slot, 2);
  assert.equal(tour.puck(3, 40.3).x, 0.95);
  assert.equal(tour.puck(0, 39.98).x, 0.05); // what is heard is older than the start
});

test("the next recording goes to the first empty slot, then to the oldest", () => {
  const make = () => recorded([[0, 0, 0]], 1);
  const [one, two, three] = [make(), make(), make()];
  assert.equal(freeSlot([one, null, two, null]), 1);
  assert.equal(freeSlot([three, one, two]), 1);
});
