// @ts-check
/** A square of tunes between four: whichever the puck is over sounds. */

import { themeOf } from "./colour.js";
import { cellAt, centre, moved, nameOf } from "./grid.js";
import { PadCells } from "./pad_cells.js";
import { PadPicture, sceneOf } from "./pad_drawing.js";
import { PadHand } from "./pad_hand.js";
import { PadLegend } from "./pad_paint.js";
import { PadTools, recordings } from "./pad_tools.js";
import { describe } from "./roll.js";
import { Touring } from "./touring.js";

/** @typedef {import("./contract.js").Mount} Mount */
/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./grid.js").Point} Point */

const KEYS_REST = 250; // milliseconds without a key press that end a gesture by keyboard

/** One mounted square. */
export class Pad {
  /** @param {ShadowRoot|HTMLElement} root @param {Engine} engine */
  constructor(root, engine) {
    this.root = root;
    this.engine = engine;
    /** @type {(name: string, value: unknown) => void} */
    this.report = () => {};
    /** @type {string[]} titles of the corners' tunes */
    this.names = [];
    /** @type {number|null} cell in front: the last that was let sound */
    this.index = null;
    /** @type {number|null} the index Python last asked for */
    this.asked = null;
    this.seen = ""; // id of the engine's loop, as far as it is dealt with
    this.seenReturn = engine.history.returned;
    /** @type {Point} in parts of the sides */
    this.puck = { x: 0.5, y: 0.5 };
    this.unsettled = false; // a cell was let sound and Python does not know
    /** @param {string} s */
    const find = (s) => /** @type {HTMLElement} */ (root.querySelector(s));
    this.whole = find(".square");
    this.board = /** @type {HTMLCanvasElement} */ (find(".square-board"));
    this.status = find(".square-status");
    this.theme = themeOf(root);
    this.cells = new PadCells(engine);
    this.picture = new PadPicture(this.board, () => {
      this.#ride();
      return sceneOf(this);
    });
    this.touring = new Touring(engine, this.cells);
    this.legend = new PadLegend(root);
    this.tools = new PadTools(root, {
      grip: () => (this.hand.isDown && !this.hand.line ? this.puck : null),
      replay: (slot, restart) => this.#replay(slot, restart),
      end: () => this.#leave(),
      changed: () => this.refresh(),
    });
    /** @type {PadHand} */
    this.hand = new PadHand(this.board, this.tools, {
      begin: () => this.#grab(),
      go: (points, isPress) => this.#go(points, isPress),
      release: (line) => this.#release(line),
      move: (dx, dy) => this.move(dx, dy),
      home: () => this.#jump(Math.floor(this.cells.size ** 2 / 2)), // the middle
    });
    const forget = engine.subscribe(() => this.refresh());
    engine.movers.add(this);
    this.remove = () => {
      forget();
      this.#endTour();
      engine.movers.delete(this);
      engine.blend.release();
      this.cells.untint();
      this.tools.remove();
      this.picture.remove();
      clearTimeout(this.timer);
    };
  }

  /** Cell the puck is over. */
  get cell() {
    return cellAt(this.puck.x, this.puck.y, 1, 1, this.cells.size);
  }

  /** Take what Python sent. @param {Mount} mount */
  update({ data, setStateValue }) {
    const { cells } = this;
    this.report = setStateValue;
    this.theme = themeOf(this.root);
    this.names = data.names;
    const fresh = data.square !== cells.square;
    if (fresh) this.#enter(data.square, data.size);
    const isNews = data.index !== this.asked && cells.heeds(data.index, data.gesture);
    const isFree = !this.hand.isDown && !this.touring.tour;
    if (fresh || (isNews && isFree)) this.#stand(data.index);
    this.asked = data.index;
    cells.take(data.cells);
    cells.repaint(data.paint ?? null);
    this.legend.show(cells.paint, this.theme);
    if (data.cells.length || !cells.areAll) {
      const have = cells.news();
      if (have) this.report("have", have);
    }
    this.whole.setAttribute("aria-busy", String(!cells.areAll));
    const among = cells.paint ? cells.paint.axes : this.names;
    this.whole.setAttribute("aria-label", `Between ${among.join(", ")}`);
    this.refresh();
  }

  /** What was on its way in the old square ends. @param {string} square @param {number} size */
  #enter(square, size) {
    clearTimeout(this.timer);
    this.#endTour();
    this.hand.drop();
    this.unsettled = false;
    this.index = null;
    this.seen = this.engine.loop?.id ?? "";
    this.cells.enter(square, size);
  }

  /** Let the puck be in a cell, without a sound. @param {number|null} index */
  #stand(index) {
    if (index == null || index === this.index) return;
    this.index = index;
    this.puck = centre(index, this.cells.size, 1, 1);
  }

  /** Let a cell sound now; one that is not here leaves the last one on. @param {number} index */
  #choose(index) {
    const loop = this.cells.loops.get(index);
    if (!loop) return;
    this.index = index;
    this.unsettled = true;
    this.seen = loop.id;
    this.engine.blend.hold(loop.id);
    this.engine.show(loop, { play: true });
  }

  /** The cell in front stays, if nothing comes in so many milliseconds. @param {number} delay */
  #rest(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const loop = this.cells.loops.get(this.index ?? -1);
      if (!loop || !this.unsettled) return;
      this.engine.settle(loop);
      this.#tellChosen(loop.id);
    }, delay);
  }

  /** @param {string} id of the cell in front */
  #tellChosen(id) {
    const { index } = this;
    this.unsettled = false;
    const nth = this.engine.blend.finish(id);
    this.report("chosen", { square: this.cells.square, index, id, nth });
    this.status.textContent = this.#words(index ?? 0);
  }

  /** A cell for those who do not see it. @param {number} index */
  #words(index) {
    const loop = this.cells.loops.get(index);
    const { paint, size } = this.cells;
    const name = paint ? (loop?.title ?? "A cell") : nameOf(index, size, this.names);
    return `${name}. ${loop ? describe(loop) : "On its way"}`;
  }

  #grab() {
    clearTimeout(this.timer);
    this.#endTour();
  }

  /** Follow the hand. @param {Point[]} points since last time @param {boolean} isPress */
  #go(points, isPress) {
    let last = isPress ? -1 : this.cell;
    /** @type {number|null} */
    let entered = null; // of several cells at once only the last could be heard
    for (const point of points) {
      this.puck = point;
      if (this.cell !== last && this.cells.loops.has(this.cell)) entered = this.cell;
      last = this.cell;
    }
    if (!this.hand.line && entered !== null) this.#choose(entered);
    this.picture.wake();
  }

  /** @param {Point[]|null} line that was drawn */
  #release(line) {
    if (!line || !this.touring.draw(line)) this.#rest(0);
    this.refresh();
  }

  /** Move by so many cells; false if there are none. @param {number} dx @param {number} dy */
  move(dx, dy) {
    if (!this.cells.loops.size) return false;
    this.#ride();
    this.#jump(moved(this.cell, dx, dy, this.cells.size));
    return true;
  }

  /** Put the puck on a cell by keyboard. @param {number} index */
  #jump(index) {
    if (this.hand.isDown) return;
    this.#grab();
    this.puck = centre(index, this.cells.size, 1, 1);
    this.#choose(index);
    this.#rest(KEYS_REST);
    this.refresh();
  }

  /** Replay a slot, or end that. @param {number} slot @param {boolean} restart if it plays */
  #replay(slot, restart) {
    const recorded = recordings[slot];
    if (!recorded || this.hand.isDown) return;
    if (this.touring.tour?.slot === slot && !restart) {
      this.#leave();
      return;
    }
    clearTimeout(this.timer);
    this.touring.replay(recorded, slot);
    this.refresh();
  }

  /** End a path or a replay for good, on the cell it is in. */
  #leave() {
    if (!this.touring.tour) return;
    this.#endTour();
    this.#rest(0);
    this.refresh();
  }

  #endTour() {
    if (!this.touring.tour) return;
    this.#ride();
    this.touring.end();
    this.#stay();
  }

  /** The cell a tour was in goes on without it. */
  #stay() {
    const loop = this.cells.loops.get(this.index ?? -1);
    if (!loop) return;
    if (this.touring.asleep !== null) this.touring.asleep = loop.id;
    this.seen = loop.id;
    this.unsettled = true;
    this.engine.show(loop); // also ends the engine's score
  }

  /** Be where the tour is. */
  #ride() {
    const { place } = this.touring;
    this.index = place?.cell ?? this.index;
    this.puck = place?.puck ?? this.puck;
  }

  /** Go where somebody else went: back to a sound before, or Python to a cell of its own. */
  #follow() {
    const { engine, cells } = this;
    const id = engine.loop?.id ?? "";
    if (id === this.seen || engine.score || this.touring.tour) return;
    const isReturn = engine.history.returned !== this.seenReturn;
    this.seenReturn = engine.history.returned;
    this.seen = id;
    const index = cells.of(id, this.index, this.puck);
    if (this.hand.isDown || index === null || index === this.index) return;
    this.#stand(index);
    clearTimeout(this.timer);
    if (isReturn) this.#tellChosen(id);
    else {
      this.timer = setTimeout(() => {
        if (this.asked !== index && !this.touring.tour) this.#tellChosen(id);
      }, KEYS_REST);
    }
  }

  /** Show what is in front and what plays. */
  refresh() {
    const change = this.touring.watch();
    if (change === "taken") this.seen = ""; // follow to wherever that was
    if (change === "stopped") {
      this.#stay();
      this.#rest(0);
    }
    this.#follow();
    const { tour } = this.touring;
    const slot = tour?.slot ?? null;
    this.tools.refresh({ cells: tour && slot === null ? tour.cells.length : 0, slot });
    const words = this.#words(this.cell);
    if (this.board.getAttribute("aria-label") !== words) {
      this.board.setAttribute("aria-label", words);
    }
    this.picture.wake();
  }
}
