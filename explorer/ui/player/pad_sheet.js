// @ts-check
/** The cells of a square as they are drawn once and kept: a small piano roll each. */

import { cornerColour } from "./colour.js";
import { laneOf } from "./contract.js";
import { centre, shares } from "./grid.js";
import { layout } from "./layout.js";
import { inkOn, paintColours } from "./pad_paint.js";

/** @typedef {import("./contract.js").Paint} Paint */
/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./pad_drawing.js").Scene} Scene */
/** @typedef {{x: number, y: number, width: number, height: number}} Box */

const TINT = 0.22; // opacity of a cell's colour behind its notes
const TINT_EMPTY = 0.1; // the same while there are none
const FAINT = 0.3; // opacity of a part that is not heard
const FADE = 200; // milliseconds in which a new cell appears
const GAP = 1; // pixels between cells
export const INSET = 3; // pixels between a cell's rim and its notes

export class PadSheet {
  constructor() {
    this.key = ""; // all that the picture depends on, but for its cells and its paint
    /** @type {Paint|null} */
    this.paint = null;
    /** @type {OffscreenCanvas|null} */
    this.picture = null;
    /** @type {Map<number, PlayerData>} */
    this.drawn = new Map();
    /** @type {Map<number, number>} when cells arrived that are still appearing */
    this.arrived = new Map();
    /** @type {string[]} */
    this.colours = [];
  }

  /**
   * The kept picture, with the cells that have come since.
   * @param {Scene} scene
   * @param {number} width
   * @param {number} height
   * @param {number} ratio pixels of the picture a pixel of the page
   */
  keep(scene, width, height, ratio) {
    const { square, size, loops, theme, heard, still, paint } = scene;
    const [first] = loops.values();
    const silent = first?.parts.filter((part) => !heard(first, part));
    const key = [width, height, ratio, square, size, theme.background, silent].join();
    const isNew = key !== this.key || paint !== this.paint || !this.picture;
    this.picture ??= new OffscreenCanvas(1, 1);
    const brush = /** @type {OffscreenCanvasRenderingContext2D} */ (this.picture.getContext("2d"));
    if (isNew) {
      this.key = key;
      this.paint = paint;
      this.picture.width = Math.round(width * ratio); // wipes it
      this.picture.height = Math.round(height * ratio);
      brush.setTransform(ratio, 0, 0, ratio, 0, 0);
      this.drawn.clear();
      this.arrived.clear();
      const painted = paint ? paintColours(paint, theme) : [];
      this.colours = Array.from({ length: size * size }, (_, index) =>
        paint
          ? (painted[index] ?? theme.background)
          : cornerColour(...shares(index, size), theme.background),
      );
      this.colours.forEach((colour, index) => {
        if (!loops.has(index)) {
          fillCell(brush, boxOf(index, size, width, height), colour, TINT_EMPTY);
        }
      });
    }
    for (const [index, loop] of loops) {
      if (this.drawn.get(index) === loop) continue;
      if (!isNew && !still) this.arrived.set(index, performance.now());
      this.drawn.set(index, loop);
      const box = boxOf(index, size, width, height);
      brush.clearRect(box.x - GAP / 2, box.y - GAP / 2, box.width + GAP, box.height + GAP);
      const colour = this.colours[index];
      fillCell(brush, box, colour, paint ? 1 : TINT);
      drawMiniature(brush, box, loop, paint ? inkOn(colour, theme) : colour, heard);
    }
    return this.picture;
  }

  /**
   * Cells that came just now, on their way from the empty picture to their own.
   * @param {CanvasRenderingContext2D} brush
   * @param {Scene} scene
   * @param {number} width
   * @param {number} height
   */
  fade(brush, { size }, width, height) {
    for (const [index, since] of this.arrived) {
      const missing = 1 - (performance.now() - since) / FADE;
      if (missing <= 0) {
        this.arrived.delete(index);
        continue;
      }
      const box = boxOf(index, size, width, height);
      brush.globalCompositeOperation = "destination-out";
      fillCell(brush, box, "#000", missing);
      brush.globalCompositeOperation = "source-over";
      fillCell(brush, box, this.colours[index], TINT_EMPTY * missing);
    }
  }
}

/**
 * Where a cell is drawn, on whole pixels.
 * @param {number} index
 * @param {number} size
 * @param {number} width
 * @param {number} height
 * @returns {Box}
 */
export function boxOf(index, size, width, height) {
  const { x, y } = centre(index, size, width, height);
  const [half, low] = [width / size / 2, height / size / 2];
  const [left, top] = [Math.round(x - half), Math.round(y - low)];
  return {
    x: left,
    y: top,
    width: Math.round(x + half) - left - GAP,
    height: Math.round(y + low) - top - GAP,
  };
}

/**
 * @param {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} brush
 * @param {Box} box
 * @param {string} colour
 * @param {number} opacity
 */
function fillCell(brush, box, colour, opacity) {
  brush.globalAlpha = opacity;
  brush.fillStyle = colour;
  brush.beginPath();
  brush.roundRect(box.x, box.y, box.width, box.height, 4);
  brush.fill();
}

/**
 * The notes of a cell; a surer note is more opaque, as in the larger pictures.
 * @param {OffscreenCanvasRenderingContext2D} brush
 * @param {Box} box
 * @param {PlayerData} loop
 * @param {string} colour
 * @param {(loop: PlayerData, part: string) => boolean} heard
 */
function drawMiniature(brush, box, loop, colour, heard) {
  const [across, down] = [box.width - 2 * INSET, box.height - 2 * INSET];
  brush.fillStyle = colour;
  for (const note of layout(loop, across, down)) {
    const { certainty = 1 } = loop.notes[note.index];
    const isHeard = heard(loop, laneOf(loop, loop.notes[note.index]));
    brush.globalAlpha = (0.5 + 0.5 * certainty) * (isHeard ? 1 : FAINT);
    const [x, y] = [box.x + INSET + note.x, box.y + INSET + note.y];
    brush.fillRect(x, y, Math.max(1.5, note.width - 0.5), Math.min(note.height, down / 8));
  }
}
