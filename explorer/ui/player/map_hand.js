// @ts-check
/**
 * A hand on the map: what Streamlit's chart does not tell of the pointer and the keys,
 * and the names over it, which go along when it is moved.
 *
 * The chart is Plotly's, drawn by Streamlit beside this component; the hand listens to
 * Plotly's own events and looks up where an axis puts a pixel. A chart that cannot be
 * found or read leaves its clicks as they are, which Streamlit handles by itself.
 */

import { MapPath } from "./map_path.js";

/** @typedef {import("./contract.js").Mount} Mount */
/** @typedef {import("./engine.js").Engine} Engine */
/**
 * @typedef {object} Axis
 * @property {(pixel: number) => number} p2d
 * @property {(value: number) => number} d2p
 * @property {number[]} range
 */
/** @typedef {{points?: {customdata?: unknown}[]}} Hovered */
/**
 * @typedef {HTMLElement & {
 *   on: (name: string, call: (event: Hovered) => void) => void,
 *   removeListener?: (name: string, call: (event: Hovered) => void) => void,
 *   _fullLayout?: {xaxis: Axis, yaxis: Axis},
 * }} Chart
 */

/** @typedef {{text: string, x: number, y: number}} MapName */

const LOOK = 300; // milliseconds between looks for a chart that was drawn anew
const REST = 120; // milliseconds on a dot before it is heard
const STILL = 400; // milliseconds without a change before a view counts
const CLICK = 4; // pixels a click may wander

/** One mounted hand. */
export class MapHand {
  /** @param {ShadowRoot|HTMLElement} root @param {Engine} engine */
  constructor(root, engine) {
    this.engine = engine;
    this.words = /** @type {HTMLElement} */ (root.querySelector(".map-hand"));
    this.where = ""; // class of the chart's place on the page
    this.hovers = false; // whether a dot under the pointer is heard
    /** @type {MapName[]} the ones to keep come first */
    this.names = [];
    this.layer = document.createElement("div");
    this.layer.className = "map-names";
    this.layer.setAttribute("aria-hidden", "true");
    this.layer.style.cssText = "position: absolute; inset: 0; pointer-events: none";
    this.path = new MapPath({
      placeAt: (x, y) => this.#placeAt(x, y),
      pixelOf: (x, y) => this.#pixelOf(x, y),
      drawn: (points) =>
        this.#tell({ kind: "path", x: points.map(([x]) => x), y: points.map(([, y]) => y) }),
    });
    /** @type {Chart|null} */
    this.chart = null;
    /** @type {number|null} row of the dot under the pointer */
    this.over = null;
    /** @type {number|null} row that was heard and that the pointer has not left since */
    this.heard = null;
    /** @type {{x: number, y: number}|null} where the pointer went down and still is */
    this.down = null;
    this.nth = Date.now(); // goes up; a page that was loaded anew starts higher
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.resting = undefined;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.still = undefined;
    /** @type {Mount["setStateValue"]} */
    this.report = () => {};
    /** @param {Hovered} event */
    this.whenHovered = ({ points }) => this.#rest(points?.[0]?.customdata);
    this.whenLeft = () => this.#leave();
    this.whenMoved = () => this.#look();
    this.whenDrawn = () => this.#place();
    /** @param {PointerEvent} event */
    this.whenDown = (event) => {
      const focus = document.activeElement; // or arrow keys would still be for that
      if (focus instanceof HTMLElement) focus.blur();
      if (!this.path.draws) this.down = { x: event.clientX, y: event.clientY };
    };
    /** @param {PointerEvent} event */
    this.whenDragged = ({ clientX, clientY }) => {
      const { down } = this;
      if (down && Math.hypot(clientX - down.x, clientY - down.y) > CLICK) this.down = null;
    };
    /** @param {PointerEvent} event */
    this.whenUp = (event) => this.#up(event);
    /** @type {import("./engine.js").Mover} */
    this.mover = { move: (dx, dy) => this.#step(dx, dy) };
    engine.movers.add(this.mover);
    this.timer = setInterval(() => this.#find(), LOOK);
  }

  /** Take what Python sent. @param {Mount} mount */
  update({ data, setStateValue }) {
    this.report = setStateValue;
    this.where = data.chart;
    this.hovers = data.hovers;
    const [text, background] = data.colours;
    this.layer.style.color = text;
    this.layer.style.setProperty("--behind", background);
    this.path.setDraws(data.draws);
    this.path.show(data.path, text, background);
    this.#name(data.names);
    if (this.words.textContent !== data.words) this.words.textContent = data.words;
    this.#find();
  }

  remove() {
    clearInterval(this.timer);
    this.engine.movers.delete(this.mover);
    this.#hold(null);
  }

  #find() {
    const place = [...document.getElementsByClassName(this.where)].at(-1);
    const chart = /** @type {Chart|null} */ (place?.querySelector(".js-plotly-plot") ?? null);
    if (chart !== this.chart && (!chart || typeof chart.on === "function")) this.#hold(chart);
  }

  /** @param {Chart|null} chart */
  #hold(chart) {
    this.#leave();
    clearTimeout(this.still);
    const before = this.chart;
    this.chart = chart;
    /** @type {[string, (event: Hovered) => void][]} */
    const events = [
      ["plotly_hover", this.whenHovered],
      ["plotly_unhover", this.whenLeft],
      ["plotly_relayout", this.whenMoved],
      ["plotly_relayouting", this.whenDrawn],
      ["plotly_afterplot", this.whenDrawn],
    ];
    if (before) {
      for (const [name, call] of events) before.removeListener?.(name, call); // not if it is gone
      before.removeEventListener("pointerdown", this.whenDown, true);
      window.removeEventListener("pointermove", this.whenDragged, true);
      window.removeEventListener("pointerup", this.whenUp, true);
      this.layer.remove();
      this.path.sheet.remove();
    }
    if (chart) {
      for (const [name, call] of events) chart.on(name, call);
      chart.addEventListener("pointerdown", this.whenDown, true);
      window.addEventListener("pointermove", this.whenDragged, true); // Plotly covers the page
      window.addEventListener("pointerup", this.whenUp, true);
      chart.append(this.layer, this.path.sheet);
      this.#place();
    }
  }

  /** @param {MapName[]} names */
  #name(names) {
    this.names = names;
    this.layer.replaceChildren(
      ...names.map(({ text }) => {
        const label = document.createElement("span");
        label.textContent = text;
        label.style.cssText =
          "position: absolute; transform: translate(-50%, -50%); padding: 1px 4px; " +
          "font-size: 0.8125rem; white-space: nowrap; border-radius: 3px; " +
          "background: color-mix(in srgb, var(--behind) 78%, transparent)";
        return label;
      }),
    );
    this.#place();
  }

  /** Put every name where its region is, unless it would cover one before it. */
  #place() {
    this.path.place();
    const plot = this.chart?.querySelector(".nsewdrag")?.getBoundingClientRect();
    if (!plot) return;
    /** @type {DOMRect[]} */
    const taken = [];
    this.names.forEach(({ x, y }, i) => {
      const label = /** @type {HTMLElement} */ (this.layer.children[i]);
      const [left, top] = this.#pixelOf(x, y) ?? [0, 0];
      label.style.left = `${left}px`;
      label.style.top = `${top}px`;
      const box = label.getBoundingClientRect();
      const isFree = isInside(box, plot) && !taken.some((other) => overlap(box, other));
      label.style.visibility = isFree ? "visible" : "hidden";
      if (isFree) taken.push(box);
    });
  }

  /** @param {unknown} row of the dot under the pointer */
  #rest(row) {
    clearTimeout(this.resting);
    this.over = typeof row === "number" ? row : null;
    if (!this.hovers || this.over === null || this.over === this.heard) return;
    this.resting = setTimeout(() => {
      this.heard = this.over;
      if (this.heard !== null) this.#tell({ kind: "hover", row: this.heard });
    }, REST);
  }

  #leave() {
    clearTimeout(this.resting);
    this.over = null;
    this.heard = null;
  }

  /** A click beside the dots asks for the music of that very place. @param {PointerEvent} event */
  #up(event) {
    const { down, over } = this;
    this.down = null;
    if (!down || over !== null || event.pointerType === "touch" || event.button !== 0) return;
    const place = this.#placeAt(event.clientX, event.clientY);
    if (place) this.#tell({ kind: "place", ...place });
  }

  /** Where on the map a place of the window is; null outside it. @param {number} x @param {number} y */
  #placeAt(x, y) {
    const box = this.chart?.querySelector(".nsewdrag")?.getBoundingClientRect();
    const layout = this.chart?._fullLayout;
    if (!box || !layout || x < box.left || x > box.right || y < box.top || y > box.bottom)
      return null;
    return { x: layout.xaxis.p2d(x - box.left), y: layout.yaxis.p2d(y - box.top) };
  }

  /** Where in the chart a place of the map is. @param {number} x @param {number} y @returns {[number, number]|null} */
  #pixelOf(x, y) {
    const layout = this.chart?._fullLayout;
    const plot = this.chart?.querySelector(".nsewdrag")?.getBoundingClientRect();
    if (!layout || !plot) return null;
    const outer = this.layer.getBoundingClientRect();
    return [
      plot.left - outer.left + layout.xaxis.d2p(x),
      plot.top - outer.top + layout.yaxis.d2p(y),
    ];
  }

  #look() {
    clearTimeout(this.still);
    this.still = setTimeout(() => {
      const layout = this.chart?._fullLayout;
      if (!layout) return;
      this.#tell({ kind: "view", x: [...layout.xaxis.range], y: [...layout.yaxis.range] });
    }, STILL);
  }

  /** @param {number} dx @param {number} dy */
  #step(dx, dy) {
    if (!this.chart) return false;
    this.#tell({ kind: "step", dx, dy });
    return true;
  }

  /** @param {object} wish */
  #tell(wish) {
    this.nth += 1;
    this.report("wish", { ...wish, nth: this.nth });
  }
}

/** @param {DOMRect} inner @param {DOMRect} outer */
function isInside(inner, outer) {
  return (
    inner.left >= outer.left &&
    inner.right <= outer.right &&
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom
  );
}

/** @param {DOMRect} one @param {DOMRect} other */
function overlap(one, other) {
  return (
    one.left < other.right &&
    other.left < one.right &&
    one.top < other.bottom &&
    other.top < one.bottom
  );
}
