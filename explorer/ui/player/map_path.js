// @ts-check
/** A line drawn over the map, and the numbered stops of the journey it makes. */

/** @typedef {[number, number]} Point */
/** @typedef {{line: Point[], pins: {label: string, x: number, y: number}[]}} Drawn in the map's own units */
/**
 * What a path asks of the map under it.
 * @typedef {object} Ground
 * @property {(x: number, y: number) => {x: number, y: number}|null} placeAt a pixel of the window
 * @property {(x: number, y: number) => Point|null} pixelOf a place, within the chart
 * @property {(points: Point[]) => void} drawn a line was finished
 */

export const POINTS = 64; // of a line, as it is told
const SHORTEST_LINE = 24; // pixels of a line that is meant as one
const SVG = "http://www.w3.org/2000/svg";

/**
 * Points at even distances along a line, its ends included.
 * @param {Point[]} line
 * @param {number} count
 * @returns {Point[]}
 */
export function evenly(line, count) {
  const far = line.map((_, i) => (i ? distance(line[i - 1], line[i]) : 0));
  far.forEach((length, i) => i && (far[i] = far[i - 1] + length));
  const whole = far[far.length - 1];
  return Array.from({ length: count }, (_, i) => {
    const wanted = (whole * i) / (count - 1);
    const next = Math.max(1, far.findIndex((length) => length >= wanted - 1e-9));
    const step = far[next] - far[next - 1];
    const part = step ? (wanted - far[next - 1]) / step : 0;
    const [[x0, y0], [x1, y1]] = [line[next - 1], line[next]];
    return [x0 + part * (x1 - x0), y0 + part * (y1 - y0)];
  });
}

/** @param {Point[]} line */
export function lengthOf(line) {
  return line.reduce((sum, point, i) => sum + (i ? distance(line[i - 1], point) : 0), 0);
}

/** @param {Point} one @param {Point} other */
function distance([x0, y0], [x1, y1]) {
  return Math.hypot(x1 - x0, y1 - y0);
}

export class MapPath {
  /** @param {Ground} ground */
  constructor(ground) {
    this.ground = ground;
    /** @type {Drawn} */
    this.shown = { line: [], pins: [] };
    /** @type {Point[]|null} pixels of the window, while a line is drawn */
    this.line = null;
    this.draws = false;
    this.sheet = document.createElementNS(SVG, "svg");
    this.sheet.setAttribute("class", "map-path");
    this.sheet.setAttribute("aria-hidden", "true");
    this.stroke = document.createElementNS(SVG, "polyline");
    this.stroke.setAttribute("fill", "none");
    this.stroke.setAttribute("stroke", "currentColor");
    this.stroke.setAttribute("stroke-width", "3");
    this.stroke.setAttribute("stroke-linejoin", "round");
    this.pins = document.createElementNS(SVG, "g");
    this.sheet.append(this.stroke, this.pins);
    this.setDraws(false);
    this.sheet.onpointerdown = (event) => {
      if (event.button !== 0 || this.line) return;
      this.sheet.setPointerCapture(event.pointerId);
      this.line = [[event.clientX, event.clientY]];
      this.pins.replaceChildren();
    };
    this.sheet.onpointermove = (event) => {
      if (!this.line || !this.sheet.hasPointerCapture(event.pointerId)) return;
      this.line.push([event.clientX, event.clientY]);
      const box = this.sheet.getBoundingClientRect();
      this.#trace(this.line.map(([x, y]) => [x - box.left, y - box.top]));
    };
    this.sheet.onpointerup = () => this.#finish();
    this.sheet.onpointercancel = () => {
      this.line = null;
      this.place();
    };
  }

  /** @param {boolean} draws whether the pointer draws, or belongs to the map below */
  setDraws(draws) {
    this.draws = draws;
    this.sheet.style.cssText =
      "position: absolute; inset: 0; width: 100%; height: 100%; overflow: hidden; " +
      (draws ? "pointer-events: auto; cursor: crosshair; touch-action: none" : "pointer-events: none");
    if (!draws) this.line = null;
  }

  /** @param {Drawn} drawn @param {string} text colour @param {string} background colour */
  show(drawn, text, background) {
    this.shown = drawn;
    this.sheet.style.color = text;
    this.sheet.style.setProperty("--behind", background);
    this.place();
  }

  /** Put the line and the pins where the map has them now. */
  place() {
    if (this.line) return;
    const { line, pins } = this.shown;
    this.#trace(line.map(([x, y]) => this.ground.pixelOf(x, y)).filter((point) => point !== null));
    this.pins.replaceChildren(...pins.flatMap((pin) => this.#pin(pin)));
  }

  /** @param {{label: string, x: number, y: number}} pin @returns {SVGElement[]} */
  #pin({ label, x, y }) {
    const at = this.ground.pixelOf(x, y);
    if (!at) return [];
    const pin = document.createElementNS(SVG, "g");
    pin.setAttribute("transform", `translate(${at[0]} ${at[1]})`);
    const disc = document.createElementNS(SVG, "circle");
    disc.setAttribute("r", "11");
    disc.setAttribute("fill", "currentColor");
    disc.style.stroke = "var(--behind)";
    disc.setAttribute("stroke-width", "2");
    const text = document.createElementNS(SVG, "text");
    text.textContent = label;
    text.setAttribute("text-anchor", "middle");
    text.setAttribute("dy", "0.35em");
    text.style.cssText = "fill: var(--behind); font-size: 0.8125rem; font-weight: 700";
    pin.append(disc, text);
    return [pin];
  }

  /** @param {Point[]} pixels of the sheet */
  #trace(pixels) {
    this.stroke.setAttribute("points", pixels.map((point) => point.join()).join(" "));
  }

  #finish() {
    const { line } = this;
    this.line = null;
    if (line && lengthOf(line) >= SHORTEST_LINE) {
      const places = evenly(line, POINTS).map(([x, y]) => this.ground.placeAt(x, y));
      /** @type {Point[]} */
      const within = places.flatMap((place) => (place ? [[place.x, place.y]] : []));
      if (within.length > 1) {
        this.shown = { line: within, pins: [] };
        this.ground.drawn(within);
      }
    }
    this.place();
  }
}
