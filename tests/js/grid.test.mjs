/** The square's cells: where they lie, what they are called, which a line crosses. */

import assert from "node:assert/strict";
import test from "node:test";

import {
  cellAt,
  centre,
  cornerOf,
  crossed,
  moved,
  nameOf,
  nearest,
  ring,
  shares,
} from "../../explorer/ui/player/grid.js";

const NAMES = ["Rose", "Lily", "Iris", "Fern"];

test("cells count from the top left, row by row", () => {
  assert.equal(cellAt(1, 1, 90, 90, 9), 0);
  assert.equal(cellAt(89, 1, 90, 90, 9), 8);
  assert.equal(cellAt(1, 11, 90, 90, 9), 9);
  assert.equal(cellAt(109, 109, 110, 110, 11), 120);
});

test("a point just outside belongs to the nearest cell", () => {
  assert.equal(cellAt(-1, -1, 90, 90, 9), 0);
  assert.equal(cellAt(91, -1, 90, 90, 9), 8);
  assert.equal(cellAt(-1, 91, 90, 90, 9), 72);
  assert.equal(cellAt(111, 111, 110, 110, 11), 120);
  assert.equal(cellAt(90, 45, 90, 90, 9), 44); // the rim itself
});

test("the middle of every cell lies in that cell", () => {
  for (const size of [1, 9, 11]) {
    for (let index = 0; index < size * size; index += 1) {
      const { x, y } = centre(index, size, 200, 300);
      assert.equal(cellAt(x, y, 200, 300, size), index);
    }
  }
});

test("rings count from the rim to the middle", () => {
  const rings = Array.from({ length: 81 }, (_, index) => ring(index, 9));
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((depth) => rings.filter((r) => r === depth).length),
    [32, 24, 16, 8, 1],
  );
  assert.equal(ring(60, 11), 5);
  assert.equal(ring(13, 11), 1);
});

test("the corners are all of one tune, the middle is a quarter of each", () => {
  assert.deepEqual(shares(0, 9), [0, 0]);
  assert.deepEqual(shares(8, 9), [1, 0]);
  assert.deepEqual(shares(72, 9), [0, 1]);
  assert.deepEqual(shares(60, 11), [0.5, 0.5]);
  assert.deepEqual(shares(0, 1), [0, 0]);
});

test("arrow keys move by rows and columns, and not over the rim", () => {
  assert.equal(moved(40, 1, 0, 9), 41);
  assert.equal(moved(40, 0, -1, 9), 31);
  assert.equal(moved(8, 1, 0, 9), 8); // not to the next row
  assert.equal(moved(0, -3, -3, 9), 0);
  assert.equal(moved(119, 3, 3, 11), 120);
});

test("the corners are A, B above and C, D below", () => {
  assert.deepEqual(
    [0, 8, 72, 80, 40].map((index) => cornerOf(index, 9)),
    [0, 1, 2, 3, -1],
  );
});

test("a corner is called by its tune, or by its letter alone", () => {
  assert.equal(nameOf(8, 9, NAMES), "corner B: Lily");
  assert.equal(nameOf(120, 11, ["", "", "", ""]), "corner D");
});

test("another cell is called by where it lies and what it is nearest to", () => {
  const name = (index) => nameOf(index, 9, NAMES);
  assert.equal(name(22), "row 3, column 5: 50 % of the way right, 25 % down, nearest A and B");
  assert.equal(name(56), "row 7, column 3: 25 % of the way right, 75 % down, nearest C");
  assert.equal(name(43), "row 5, column 8: 88 % of the way right, 50 % down, nearest B and D");
  assert.equal(
    name(40),
    "row 5, column 5: 50 % of the way right, 50 % down, midway between all four",
  );
});

test("the nearest of some cells is the one whose middle is", () => {
  assert.equal(nearest([0, 8, 80], { x: 0.9, y: 0.2 }, 9), 8);
  assert.equal(nearest([80, 40], { x: 0.5, y: 0.5 }, 9), 40);
  assert.equal(nearest([], { x: 0.5, y: 0.5 }, 9), null);
});

test("a line of one point crosses the cell it is in", () => {
  assert.deepEqual(crossed([{ x: 5, y: 5 }], 9, 90, 90), [0]);
  assert.deepEqual(crossed([], 9, 90, 90), []);
});

test("a fast stroke skips no cell", () => {
  const across = crossed(
    [
      { x: 1, y: 45 },
      { x: 89, y: 45 },
    ],
    9,
    90,
    90,
  );
  assert.deepEqual(across, [36, 37, 38, 39, 40, 41, 42, 43, 44]);
  const slanted = crossed(
    [
      { x: 0, y: 0 },
      { x: 110, y: 40 },
    ],
    11,
    110,
    110,
  );
  slanted.slice(1).forEach((cell, i) => {
    const [before, now] = [slanted[i], cell].map((c) => [Math.floor(c / 11), c % 11]);
    assert.ok(Math.abs(before[0] - now[0]) <= 1 && Math.abs(before[1] - now[1]) <= 1);
  });
  assert.deepEqual([slanted[0], slanted.at(-1)], [0, 54]);
});

test("staying in a cell counts once, coming back to it again", () => {
  const line = [5, 7, 15, 5, 3].map((x) => ({ x, y: 5 }));
  assert.deepEqual(crossed(line, 9, 90, 90), [0, 1, 0]);
});

test("a line that leaves the square goes along its rim", () => {
  const line = [
    { x: 85, y: 5 },
    { x: 120, y: 5 },
    { x: 120, y: 15 },
  ];
  assert.deepEqual(crossed(line, 9, 90, 90), [8, 17]);
});
