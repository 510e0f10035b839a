// @ts-check
/**
 * Ways through the square that are played without a hand: a drawn path, whose cells
 * play one whole loop each, and recorded gestures, which keep their own timing.
 */

import { cellAt, centre } from "./grid.js";
import { BAR } from "./layout.js";

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./grid.js").Point} Point */
/** @typedef {Point & {time: number}} Sample in parts of the sides; seconds from the start */
/** @typedef {{samples: Sample[], length: number, made: number}} Trajectory */

export const SLOTS = 8;
const SHORT = 2 * BAR; // steps; loops up to this length are waited for
const SHORTEST = 0.25; // seconds; what is shorter, such as a tap, would go round too fast
const DENSE = 0.008; // seconds; samples closer than this are one: no frame shows both
const KEPT = 128; // steps; the engine asks eight seconds ahead, fewer than this

/** Remainder that is never negative. @param {number} value @param {number} by */
const wrap = (value, by) => ((value % by) + by) % by;

/** Takes down where a gesture was and when. */
export class Recorder {
  static count = 0; // finished so far: tells the oldest

  constructor() {
    /** @type {Sample[]} */
    this.samples = [];
    this.start = 0;
  }

  /** @param {number} seconds of any clock @param {Point} point in parts of the sides */
  add(seconds, { x, y }) {
    if (this.samples.length === 0) this.start = seconds;
    const last = this.samples.at(-1);
    const time = Math.max(last?.time ?? 0, seconds - this.start);
    if (last && this.samples.length > 1 && time - last.time < DENSE) {
      Object.assign(last, { x, y });
    } else this.samples.push({ time, x, y });
  }

  /**
   * The gesture up to now, also the rest after its last motion; null if it had no sample.
   * @param {number} seconds
   * @returns {Trajectory|null}
   */
  finish(seconds) {
    const last = this.samples.at(-1);
    if (!last) return null;
    Recorder.count += 1;
    const length = Math.max(SHORTEST, last.time, seconds - this.start);
    return { samples: this.samples, length, made: Recorder.count };
  }
}

/**
 * Which sample of a trajectory holds at this time; it goes round for ever.
 * @param {Trajectory} trajectory
 * @param {number} seconds since it began
 */
export function sampleAt({ samples, length }, seconds) {
  const time = wrap(seconds, length);
  return Math.max(0, samples.findLastIndex((sample) => sample.time <= time));
}

/**
 * Which cell of a square of `size` it is in at this time.
 * @param {Trajectory} trajectory
 * @param {number} seconds
 * @param {number} size
 */
export function at(trajectory, seconds, size) {
  const { x, y } = trajectory.samples[sampleAt(trajectory, seconds)];
  return cellAt(x, y, 1, 1, size);
}

/**
 * Slot for the next recording: the first empty one, else the oldest.
 * @param {(Trajectory|null)[]} slots
 */
export function freeSlot(slots) {
  const empty = slots.indexOf(null);
  if (empty >= 0) return empty;
  const made = slots.map((slot) => slot?.made ?? 0);
  return made.indexOf(Math.min(...made));
}

/**
 * Step on which a path's first cell begins: the next start of the loop, so that each
 * cell is heard from its beginning to its end; but the next bar line for loops of more
 * than two bars, as many seconds without any change would seem broken.
 * @param {number|null} step that sounds now, with its fraction; null: nothing sounds
 * @param {number} length of the loop in steps
 */
export function firstChange(step, length) {
  const wait = length <= SHORT ? length : BAR;
  return Math.ceil((step ?? 0) / wait) * wait;
}

/**
 * Place in a path of `count` cells on this step; -1 while the change is waited for.
 * Steps before that are those of a beat that began anew: the path goes on in it.
 * @param {number} step
 * @param {{count: number, length: number, from: number, base: number}} path
 */
export function pathPlace(step, { count, length, from, base }) {
  if (step >= from && step < base) return -1;
  return wrap(Math.floor((step - base) / length), count);
}

/**
 * The cell at a place of a list, or the last one before it, going round, that there is.
 * @param {number[]} cells
 * @param {number} place
 * @param {(cell: number) => boolean} isThere
 * @returns {number|null}
 */
export function lastThere(cells, place, isThere) {
  if (place < 0) return null;
  for (let back = 0; back < cells.length; back += 1) {
    const cell = cells[wrap(place - back, cells.length)];
    if (isThere(cell)) return cell;
  }
  return null;
}

/** A way through the square as the engine plays it, and as it is drawn. */
export class Tour {
  /**
   * @param {number[]} cells
   * @param {Map<number, PlayerData>} loops the cells there are; more may come
   * @param {(step: number, time: number) => number} placeAt index in `cells`; -1: none yet
   * @param {(place: number) => Point} pointAt where the puck is drawn at a place
   * @param {{line?: Point[], slot?: number}} from the line it was drawn as, or its slot
   */
  constructor(cells, loops, placeAt, pointAt, { line = [], slot }) {
    this.cells = cells;
    this.loops = loops;
    this.placeAt = placeAt;
    this.pointAt = pointAt;
    this.line = line;
    this.slot = slot ?? null;
    /** @type {Map<number, number>} cells by the step they were chosen for */
    this.chosen = new Map();
  }

  /**
   * What the engine asks for each sixteenth; null: what plays goes on.
   * @param {number} step
   * @param {number} time
   * @returns {PlayerData|null}
   */
  score = (step, time) => {
    this.chosen.delete(step); // asked again: it is the newest
    const place = this.placeAt(step, time);
    const cell = lastThere(this.cells, place, (each) => this.loops.has(each));
    if (cell === null) return null;
    this.chosen.set(step, cell);
    if (this.chosen.size > KEPT) this.chosen.delete([...this.chosen.keys()][0]);
    return this.loops.get(cell) ?? null;
  };

  /** The cell that sounds on this step; null if none was chosen. @param {number|null} step */
  heard(step) {
    return this.chosen.get(Math.floor(step ?? -1)) ?? null;
  }

  /**
   * Where the puck is drawn; null while the start is waited for.
   * @param {number} step
   * @param {number} time
   */
  puck(step, time) {
    const place = this.placeAt(Math.floor(step), time);
    return place < 0 ? null : this.pointAt(place);
  }
}

/**
 * A drawn line, whose cells play one whole loop each, round and round.
 * @param {number[]} cells
 * @param {Point[]} line
 * @param {Map<number, PlayerData>} loops
 * @param {number} size of the square
 * @param {number|null} step that sounds now
 */
export function pathTour(cells, line, loops, size, step) {
  const length = Math.max(...cells.map((cell) => loops.get(cell)?.total_steps ?? 1));
  const base = firstChange(step, length);
  const path = { count: cells.length, length, from: Math.floor(step ?? 0), base };
  const placeAt = (/** @type {number} */ each) => pathPlace(each, path);
  const pointAt = (/** @type {number} */ place) => centre(cells[place], size, 1, 1);
  return new Tour(cells, loops, placeAt, pointAt, { line });
}

/**
 * A recorded gesture, over and over from `start` on.
 * @param {Trajectory} trajectory
 * @param {number} slot it was recorded in
 * @param {Map<number, PlayerData>} loops
 * @param {number} size of the square
 * @param {number} start second of the audio clock
 */
export function replayTour(trajectory, slot, loops, size, start) {
  const { samples } = trajectory;
  const cells = samples.map(({ x, y }) => cellAt(x, y, 1, 1, size));
  // what is heard now may be a moment older than the start
  const placeAt = (/** @type {number} */ _, /** @type {number} */ time) =>
    sampleAt(trajectory, Math.max(0, time - start));
  return new Tour(cells, loops, placeAt, (place) => samples[place], { slot });
}
