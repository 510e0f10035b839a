// @ts-check
/** The picture of a square: its cells, the one in front, the puck and the line it takes. */

import { cornerColour } from "./colour.js";
import { SIGNS, cornerOf } from "./grid.js";
import { playhead } from "./layout.js";
import { INSET, PadSheet, boxOf } from "./pad_sheet.js";

/** @typedef {import("./colour.js").Theme} Theme */
/** @typedef {import("./contract.js").Paint} Paint */
/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./grid.js").Point} Point */
/** @typedef {import("./pad.js").Pad} Pad */
/**
 * @typedef {object} Scene
 * @property {string} square which one it is
 * @property {number} size
 * @property {Map<number, PlayerData>} loops the cells there are
 * @property {Theme} theme
 * @property {(loop: PlayerData, part: string) => boolean} heard
 * @property {boolean} still no motion but that of the puck
 * @property {number|null} index cell in front
 * @property {number|null} sounds cell that is heard now
 * @property {number|null} position step of the playhead in that one; null: none
 * @property {Point} puck in parts of the sides
 * @property {boolean} held whether a hand is on it
 * @property {Point[]} line in parts of the sides
 * @property {Paint|null} paint
 * @property {boolean} moves whether the next frame will differ by itself
 */

const LETTER = 16; // pixels

/**
 * What there is to see of a square now.
 * @param {Pad} pad
 * @returns {Scene}
 */
export function sceneOf({ engine, cells, hand, touring, theme, index, puck }) {
  const { tour } = touring;
  const { square, size, loops, paint } = cells;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const cellOf = (/** @type {PlayerData|null} */ loop) => loop && cells.of(loop.id, index, puck);
  const sounds = cellOf(engine.sounding);
  const isOurs = sounds !== null || cellOf(engine.loop) !== null;
  return {
    square,
    size,
    loops,
    theme,
    heard: (loop, part) => engine.parts.heard(loop, part),
    still,
    index,
    sounds,
    position: engine.position,
    puck,
    held: hand.isDown,
    line: hand.line ?? tour?.line ?? [],
    paint,
    moves: engine.playing && isOurs && (!still || tour !== null),
  };
}

/** Draws on one canvas, when asked to and as long as something moves. */
export class PadPicture {
  /** @param {HTMLCanvasElement} canvas @param {() => Scene} look what there is to see now */
  constructor(canvas, look) {
    this.canvas = canvas;
    this.look = look;
    this.sheet = new PadSheet();
    /** @type {Theme|null} */
    this.theme = null;
    this.family = "sans-serif";
    /** @type {number|undefined} the frame that is asked for */
    this.frame = undefined;
    const space = new ResizeObserver(() => this.wake());
    space.observe(canvas);
    this.remove = () => {
      space.disconnect();
      cancelAnimationFrame(this.frame ?? 0);
    };
  }

  /** Draw with the next frame. */
  wake() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      const scene = this.look();
      this.#draw(scene);
      if (scene.moves || this.sheet.arrived.size) this.wake();
    });
  }

  /** @param {Scene} scene */
  #draw(scene) {
    const ratio = window.devicePixelRatio || 1;
    const { canvas, sheet } = this;
    const { clientWidth: width, clientHeight: height } = canvas;
    const brush = canvas.getContext("2d");
    if (!brush || !width || !height) return;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) {
      canvas.height = Math.round(height * ratio);
    }
    const cells = sheet.keep(scene, width, height, ratio);
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.globalAlpha = 1;
    brush.clearRect(0, 0, width, height);
    brush.drawImage(cells, 0, 0, width, height);
    sheet.fade(brush, scene, width, height);
    this.#write(brush, scene.theme);
    if (scene.paint) drawAxes(brush, scene.paint.axes, scene.theme, width, height);
    else this.#letters(brush, scene, width, height);
    drawFront(brush, scene, width, height);
    drawLine(brush, scene, width, height);
    drawPuck(brush, scene, width, height);
  }

  /** Take up the pen for words over the cells. @param {CanvasRenderingContext2D} brush @param {Theme} theme */
  #write(brush, theme) {
    brush.globalAlpha = 1;
    if (theme !== this.theme) this.family = getComputedStyle(this.canvas).fontFamily;
    this.theme = theme;
    brush.font = `600 ${LETTER}px ${this.family}`;
    brush.lineWidth = 4;
    brush.lineJoin = "round";
    brush.strokeStyle = theme.background;
  }

  /**
   * @param {CanvasRenderingContext2D} brush
   * @param {Scene} scene
   * @param {number} width
   * @param {number} height
   */
  #letters(brush, { size, theme }, width, height) {
    this.sheet.colours.forEach((colour, index) => {
      const corner = cornerOf(index, size);
      if (corner < 0) return;
      const { letter, sign } = SIGNS[corner];
      const [isRight, isLow] = [corner % 2 === 1, corner > 1];
      brush.textBaseline = isLow ? "bottom" : "top";
      brush.textAlign = "left";
      const across = brush.measureText(`${letter} ${sign}`).width;
      const x = isRight ? width - across - 6 : 6;
      const y = isLow ? height - 4 : 5;
      brush.strokeText(`${letter} ${sign}`, x, y);
      brush.fillStyle = theme.text;
      brush.fillText(letter, x, y);
      brush.fillStyle = colour;
      brush.fillText(sign, x + brush.measureText(`${letter} `).width, y);
    });
  }
}

/**
 * What grows to the right, below on the right, and upwards, above on the left.
 * @param {CanvasRenderingContext2D} brush
 * @param {[string, string]} axes
 * @param {Theme} theme
 * @param {number} width
 * @param {number} height
 */
function drawAxes(brush, [across, upwards], theme, width, height) {
  brush.fillStyle = theme.text;
  brush.textBaseline = "bottom";
  brush.textAlign = "right";
  brush.strokeText(`${across} →`, width - 6, height - 4);
  brush.fillText(`${across} →`, width - 6, height - 4);
  brush.textBaseline = "top";
  brush.textAlign = "left";
  brush.strokeText(`↑ ${upwards}`, 6, 5);
  brush.fillText(`↑ ${upwards}`, 6, 5);
}

/**
 * The rim of the cell in front, and how far the one that is heard has come.
 * @param {CanvasRenderingContext2D} brush
 * @param {Scene} scene
 * @param {number} width
 * @param {number} height
 */
function drawFront(brush, { size, index, sounds, loops, position, theme, still }, width, height) {
  brush.globalAlpha = 1;
  if (index !== null) {
    const box = boxOf(index, size, width, height);
    brush.strokeStyle = theme.text;
    brush.lineWidth = 2;
    brush.beginPath();
    brush.roundRect(box.x + 1, box.y + 1, box.width - 2, box.height - 2, 4);
    brush.stroke();
  }
  const loop = loops.get(sounds ?? -1);
  if (sounds === null || !loop || position === null || still) return;
  const box = boxOf(sounds, size, width, height);
  const [across, down] = [box.width - 2 * INSET, box.height - 2 * INSET];
  const head = playhead(loop, position, across, down);
  brush.fillStyle = theme.text;
  brush.fillRect(box.x + INSET + head.x, box.y + INSET + head.y, 2, head.height);
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Scene} scene
 * @param {number} width
 * @param {number} height
 */
function drawPuck(brush, { size, puck, held, theme, paint }, width, height) {
  const radius = Math.max(8, (width / size) * 0.24) + (held ? 2 : 0);
  // half a cell is outside the corners' own middles: there it is their colour
  const part = (/** @type {number} */ at) =>
    Math.min(1, Math.max(0, (at * size - 0.5) / Math.max(1, size - 1)));
  brush.globalAlpha = 1;
  brush.beginPath();
  brush.arc(puck.x * width, puck.y * height, radius, 0, 2 * Math.PI);
  brush.lineWidth = 7;
  brush.strokeStyle = theme.background;
  brush.stroke();
  brush.lineWidth = 3;
  brush.strokeStyle = theme.text;
  brush.stroke();
  brush.fillStyle = paint
    ? theme.background
    : cornerColour(part(puck.x), part(puck.y), theme.background);
  brush.fill();
}

/**
 * The line of a path, light on dark and dark on light.
 * @param {CanvasRenderingContext2D} brush
 * @param {Scene} scene
 * @param {number} width
 * @param {number} height
 */
function drawLine(brush, { line, theme }, width, height) {
  if (line.length === 0) return;
  brush.globalAlpha = 1;
  brush.lineCap = "round";
  brush.lineJoin = "round";
  brush.beginPath();
  line.forEach(({ x, y }) => brush.lineTo(x * width, y * height));
  for (const [thick, colour] of /** @type {[number, string][]} */ ([
    [7, theme.background],
    [3, theme.text],
  ])) {
    brush.lineWidth = thick;
    brush.strokeStyle = colour;
    brush.stroke();
  }
}
