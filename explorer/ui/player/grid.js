// @ts-check
/**
 * Where everything lies in a square of cells: four corners, rows from the top, and an
 * index of row * size + column.
 */

import { tileAt } from "./layout.js";

/** @typedef {{x: number, y: number}} Point */

/** The corners, in the order of their tunes; colour is not the only sign of each. */
export const SIGNS = [
  { letter: "A", sign: "●" },
  { letter: "B", sign: "◆" },
  { letter: "C", sign: "▲" },
  { letter: "D", sign: "■" },
];
const PROBES = 8; // looks a cell's width while following a line: it cuts no visible corner

/** @param {number} index @param {number} size */
const placeOf = (index, size) => ({ row: Math.floor(index / size), column: index % size });

/**
 * Cell under a point of a picture of `width` x `height`; outside, the nearest.
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {number} size
 */
export function cellAt(x, y, width, height, size) {
  return tileAt(y, height, size) * size + tileAt(x, width, size);
}

/**
 * Middle of a cell.
 * @param {number} index
 * @param {number} size
 * @param {number} width
 * @param {number} height
 * @returns {Point}
 */
export function centre(index, size, width, height) {
  const { row, column } = placeOf(index, size);
  return { x: ((column + 0.5) * width) / size, y: ((row + 0.5) * height) / size };
}

/**
 * How many cells lie between this one and the rim; 0 on the rim.
 * @param {number} index
 * @param {number} size
 */
export function ring(index, size) {
  const { row, column } = placeOf(index, size);
  return Math.min(row, column, size - 1 - row, size - 1 - column);
}

/**
 * Parts of the way from the left to the right corners, and from the upper to the lower.
 * @param {number} index
 * @param {number} size
 * @returns {[number, number]}
 */
export function shares(index, size) {
  const { row, column } = placeOf(index, size);
  const last = Math.max(1, size - 1);
  return [column / last, row / last];
}

/**
 * Cell so many columns and rows from another; at the rim it stays inside.
 * @param {number} index
 * @param {number} dx
 * @param {number} dy
 * @param {number} size
 */
export function moved(index, dx, dy, size) {
  const { row, column } = placeOf(index, size);
  const inside = (/** @type {number} */ at) => Math.min(size - 1, Math.max(0, at));
  return inside(row + dy) * size + inside(column + dx);
}

/**
 * Corner whose own cell this is, or -1.
 * @param {number} index
 * @param {number} size
 */
export function cornerOf(index, size) {
  return [0, size - 1, size * (size - 1), size * size - 1].indexOf(index);
}

/**
 * A cell in words, such as "corner B: Title" or "row 3, column 5: 50 % of the way
 * right, 25 % down, nearest A and B".
 * @param {number} index
 * @param {number} size
 * @param {string[]} names titles of the corners' tunes
 */
export function nameOf(index, size, names) {
  const corner = cornerOf(index, size);
  if (corner >= 0) {
    const title = names[corner] ? `: ${names[corner]}` : "";
    return `corner ${SIGNS[corner].letter}${title}`;
  }
  const { row, column } = placeOf(index, size);
  const [right, down] = shares(index, size);
  const percent = (/** @type {number} */ part) => `${Math.round(100 * part)} %`;
  const letters = SIGNS.filter(
    (_, i) => (i % 2 ? right >= 0.5 : right <= 0.5) && (i < 2 ? down <= 0.5 : down >= 0.5),
  ).map(({ letter }) => letter);
  const isMiddle = letters.length === SIGNS.length;
  const near = isMiddle ? "midway between all four" : `nearest ${letters.join(" and ")}`;
  return (
    `row ${row + 1}, column ${column + 1}: ` +
    `${percent(right)} of the way right, ${percent(down)} down, ${near}`
  );
}

/**
 * Which of these cells' middles is nearest to a point; null if there are no cells.
 * @param {number[]} cells
 * @param {Point} point in parts of the sides
 * @param {number} size
 * @returns {number|null}
 */
export function nearest(cells, { x, y }, size) {
  const far = cells.map((cell) => {
    const middle = centre(cell, size, 1, 1);
    return Math.hypot(middle.x - x, middle.y - y);
  });
  return cells[far.indexOf(Math.min(...far))] ?? null;
}

/**
 * Cells that a drawn line crosses, one after the other. A fast stroke leaves points far
 * apart: what lies between two of them is crossed as well.
 * @param {Point[]} points
 * @param {number} size
 * @param {number} width
 * @param {number} height
 */
export function crossed(points, size, width, height) {
  /** @type {number[]} */
  const cells = [];
  points.forEach((point, i) => {
    const from = points[i - 1] ?? point;
    const [across, down] = [point.x - from.x, point.y - from.y];
    const far = Math.max(Math.abs(across) / width, Math.abs(down) / height) * size;
    const probes = Math.max(1, Math.ceil(far * PROBES));
    for (let probe = 1; probe <= probes; probe += 1) {
      const [x, y] = [from.x + (across * probe) / probes, from.y + (down * probe) / probes];
      const cell = cellAt(x, y, width, height, size);
      if (cell !== cells.at(-1)) cells.push(cell);
    }
  });
  return cells;
}
