// @ts-check
/** A square painted with what was measured in its cells, and the legend beside it. */

import { amongColours, blend, blendColour, isDark } from "./colour.js";
import { shares } from "./grid.js";

/** @typedef {import("./colour.js").Theme} Theme */
/** @typedef {import("./contract.js").Paint} Paint */

const PALE = 0.12; // how much a cell with little of either differs from the page
const LEGEND = 5; // cells along a side of the legend

/**
 * Colour a fraction `t` of the way through a scale.
 * @param {string[]} scale
 * @param {number} t
 */
export function scaleColour(scale, t) {
  const place = Math.min(1, Math.max(0, t)) * (scale.length - 1);
  const at = Math.min(scale.length - 2, Math.floor(place));
  return blend(scale[at], scale[at + 1], place - at);
}

/**
 * Colour of a cell with so much of what grows to the right, and upwards. Of both: pale
 * with little of either, blue or amber with much of one, the darkest with much of both
 * (on a dark page the other way round).
 * @param {Paint} paint
 * @param {[number, number]} amounts each 0..1
 * @param {Theme} theme
 */
export function amountColour({ of, scale }, [x, y], { background, text }) {
  if (of !== "both") return scaleColour(scale, of === "x" ? x : y);
  const [amber, blue] = [blendColour(0, background), blendColour(1, background)];
  return amongColours([amber, text, blend(background, text, PALE), blue], x, 1 - y);
}

/**
 * Colours of all cells; those of which nothing is known yet have none.
 * @param {Paint} paint
 * @param {Theme} theme
 * @returns {(string|null)[]}
 */
export function paintColours(paint, theme) {
  return paint.values.map((value) => value && amountColour(paint, value, theme));
}

/** A colour for notes on a painted cell. @param {string} colour of the cell @param {Theme} theme */
export function inkOn(colour, { text, background }) {
  const [light, dark] = isDark(background) ? [text, background] : [background, text];
  return isDark(colour) ? light : dark;
}

/** The square as it would be if everything obeyed, beside the real one. */
export class PadLegend {
  /** @param {ShadowRoot|HTMLElement} root */
  constructor(root) {
    /** @param {string} s */
    const find = (s) => /** @type {HTMLElement} */ (root.querySelector(s));
    this.legend = find(".square-legend");
    this.picture = /** @type {HTMLCanvasElement} */ (find(".square-legend canvas"));
    this.words = find(".square-legend figcaption");
  }

  /** @param {Paint|null} paint @param {Theme} theme */
  show(paint, theme) {
    this.legend.hidden = !paint;
    if (!paint) return;
    this.words.textContent = paint.words;
    const { picture } = this;
    const brush = picture.getContext("2d");
    if (!brush) return;
    picture.width = picture.height = LEGEND; // a pixel each
    for (let index = 0; index < LEGEND ** 2; index += 1) {
      const [right, down] = shares(index, LEGEND);
      brush.fillStyle = amountColour(paint, [right, 1 - down], theme);
      brush.fillRect(index % LEGEND, Math.floor(index / LEGEND), 1, 1);
    }
  }
}
