// @ts-check
/** Keeps a path or a replay going in the engine, until somebody else shows a loop. */

import { crossed } from "./grid.js";
import { pathTour, replayTour } from "./trajectory.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./grid.js").Point} Point */
/** @typedef {import("./pad_cells.js").PadCells} PadCells */
/** @typedef {import("./trajectory.js").Tour} Tour */
/** @typedef {import("./trajectory.js").Trajectory} Trajectory */
/** @typedef {(step: number|null) => Tour} Start makes the tour, given the step that sounds */

export class Touring {
  /** @param {Engine} engine @param {PadCells} cells */
  constructor(engine, cells) {
    this.engine = engine;
    this.cells = cells;
    /** @type {Tour|null} */
    this.tour = null;
    /** @type {Start|null} */
    this.start = null;
    /** @type {unknown} the engine's score, as long as it is this tour */
    this.score = null;
    /** @type {string|null} the engine's loop while a path is stopped; null: it is not */
    this.asleep = null;
  }

  /** Play what a line crosses; false if none of that is here. @param {Point[]} line */
  draw(line) {
    const { loops, size } = this.cells;
    const path = crossed(line, size, 1, 1);
    if (!path.some((cell) => loops.has(cell))) return false;
    this.#begin((step) => pathTour(path, line, loops, size, step));
    return true;
  }

  /** Play a recording. @param {Trajectory} recorded @param {number} slot */
  replay(recorded, slot) {
    const { loops, size } = this.cells;
    const now = this.engine.ctx.currentTime;
    this.#begin(() => replayTour(recorded, slot, loops, size, now));
  }

  /** Play it from now on. @param {Start} start */
  #begin(start) {
    const { engine } = this;
    const tour = start(engine.step);
    this.end(); // the engine tells of changes while it begins
    engine.blend.hold(""); // Python's answer to the gesture before does not end it
    const [first] = tour.loops.values();
    if (!engine.loop && first) engine.show(first); // without a loop it would not start
    engine.perform(tour.score);
    this.tour = tour;
    this.start = start;
    this.score = engine.score;
  }

  /** What plays goes on without it. */
  end() {
    if (this.tour) this.engine.blend.release();
    this.tour = null;
    this.asleep = null;
  }

  /**
   * Look at the engine after a change: whether the sound was stopped, or somebody else
   * took over. To stop is not the end of a path: it plays again, from its first cell,
   * when the sound does.
   * @returns {"stopped"|"taken"|null}
   */
  watch() {
    const { engine, tour, start } = this;
    if (!tour || !start) return null;
    if (this.asleep !== null) {
      if (this.asleep !== engine.loop?.id) return this.#taken();
      if (engine.playing) this.#begin(start);
      return null;
    }
    if (engine.score && engine.score === this.score) return null;
    if (engine.playing) return this.#taken();
    if (tour.line.length && engine.loop) this.asleep = engine.loop.id;
    else this.end();
    return "stopped";
  }

  /** @returns {"taken"} */
  #taken() {
    this.end();
    return "taken";
  }

  /** Where the tour is now: the cell that is heard, and the puck; null: not known. */
  get place() {
    const { ctx, step } = this.engine;
    if (!this.tour || step === null) return null;
    const heard = ctx.currentTime - (ctx.outputLatency || 0);
    return { cell: this.tour.heard(step), puck: this.tour.puck(step, heard) };
  }
}
