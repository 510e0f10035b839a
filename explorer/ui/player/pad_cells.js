// @ts-check
/** The cells of a square that have come so far, and whose word counts among them. */

import { isLoop } from "./contract.js";
import { nearest, shares } from "./grid.js";

/** @typedef {import("./contract.js").Paint} Paint */
/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./grid.js").Point} Point */

const SQUARES = 4; // whose cells are kept

/** @type {Map<string, Map<number, PlayerData>>} cells by square, the latest last */
const squares = new Map();

/**
 * The cells of a square that the browser has, also after a change of pages.
 * @param {string} square
 * @returns {Map<number, PlayerData>}
 */
export function keptCells(square) {
  const cells = squares.get(square) ?? new Map();
  squares.delete(square);
  squares.set(square, cells);
  if (squares.size > SQUARES) squares.delete([...squares.keys()][0]);
  return cells;
}

/** Those of one mounted square. */
export class PadCells {
  /** @param {Engine} engine */
  constructor(engine) {
    this.engine = engine;
    this.square = "";
    this.size = 1;
    /** @type {Map<number, PlayerData>} */
    this.loops = new Map();
    /** @type {Paint|null} what they are painted with; null: with their corners' colours */
    this.paint = null;
    this.told = ""; // what Python last heard of them
    this.untint = () => {};
  }

  /** Be another square. @param {string} square @param {number} size */
  enter(square, size) {
    this.square = square;
    this.size = size;
    this.loops = keptCells(square);
    this.#tint(false);
  }

  /** Keep the cells that came. @param {{index: number, loop: unknown}[]} cells */
  take(cells) {
    const before = this.loops.size;
    for (const { index, loop } of cells) {
      const isInside = index >= 0 && index < this.size ** 2;
      if (isInside && !this.loops.has(index) && isLoop(loop)) this.loops.set(index, loop);
    }
    if (this.loops.size > before) this.#tint(true);
  }

  /** Be painted otherwise; the same paint again is no change. @param {Paint|null} paint */
  repaint(paint) {
    if (JSON.stringify(paint) !== JSON.stringify(this.paint)) this.paint = paint;
  }

  /** How many are here, so that the next ones come; null if that is no news. */
  news() {
    const have = { square: this.square, count: this.loops.size };
    const told = JSON.stringify(have);
    if (told === this.told) return null;
    this.told = told;
    return have;
  }

  get areAll() {
    return this.loops.size === this.size ** 2;
  }

  /** Whether to follow when Python asks for this cell. @param {number} index @param {number} known */
  heeds(index, known) {
    const loop = this.loops.get(index);
    return !loop || this.engine.blend.heeds(loop.id, known);
  }

  /**
   * Cell of a loop: the one in front, or the nearest to a point of those that sound so.
   * @param {string} id
   * @param {number|null} front
   * @param {Point} point in parts of the sides
   */
  of(id, front, point) {
    if (front !== null && this.loops.get(front)?.id === id) return front;
    const cells = [...this.loops].filter(([, loop]) => loop.id === id).map(([index]) => index);
    return nearest(cells, point, this.size);
  }

  /** Let all know where the loops lie, for their colours. @param {boolean} isSame square */
  #tint(isSame) {
    this.untint = this.engine.blend.setTints(
      [...this.loops].map(([index, loop]) => [loop.id, shares(index, this.size)]),
      isSame, // cells that come in do not end a gesture
    );
  }
}
