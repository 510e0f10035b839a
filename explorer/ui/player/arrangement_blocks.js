// @ts-check
/** The blocks of an arrangement on the page: made, coloured and drawn. */

import { cut, soundsAt, startIn } from "./arrangement_order.js";
import { blend, cornerColour } from "./colour.js";
import { BAR } from "./layout.js";
import { drawRoll } from "./roll.js";

/** @typedef {import("./contract.js").JourneyBlock} JourneyBlock */
/** @typedef {import("./contract.js").JourneyStop} JourneyStop */
/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./colour.js").Theme} Theme */

/** Colour of a stop; there are four, which go round. @param {number} stop @param {string} background */
export function stopColour(stop, background) {
  return cornerColour(stop % 2, Math.floor(stop / 2) % 2, background);
}

/** @param {JourneyBlock} block @param {string} background */
function colourOf({ stop, next, share }, background) {
  return blend(stopColour(stop, background), stopColour(next, background), share);
}

/** How long a block is, in words. @param {JourneyBlock} block */
export function barsOf({ steps }) {
  return steps === BAR ? "1 bar" : `${steps / BAR} bars`;
}

export class ArrangementBlocks {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    /** @type {JourneyBlock[]} */
    this.blocks = [];
    /** @type {PlayerData[]} what each block shows */
    this.loops = [];
    this.times = 1;
  }

  /**
   * @param {PlayerData} loop
   * @param {JourneyBlock[]} blocks
   * @param {number} times
   */
  build(loop, blocks, times) {
    this.blocks = blocks;
    this.times = times;
    this.loops = blocks.map((block) => cut(loop, startIn(block, blocks, times), block.steps));
    const all = blocks.reduce((sum, { steps }) => sum + steps, 0);
    this.list.style.setProperty("--all", String(all));
    this.list.replaceChildren(...blocks.map((block) => this.#element(block)));
  }

  /** @param {JourneyBlock} block */
  #element(block) {
    const { kind, label, stop, share, steps } = block;
    const element = document.createElement("div");
    element.className = `block ${kind}`;
    element.setAttribute("role", "option");
    element.setAttribute("aria-label", `${label}, ${barsOf(block)}`);
    element.title = label;
    element.style.setProperty("--steps", String(steps));
    const head = document.createElement("span");
    head.className = "block-head";
    const number = document.createElement("span");
    number.className = "block-number";
    const isBlend = kind === "blend";
    if (isBlend) number.textContent = `${Math.round(100 * share)} %`;
    else number.textContent = kind === "hold" ? "—" : String(stop + 1);
    const name = document.createElement("span");
    name.className = "block-name";
    name.textContent = isBlend ? "" : label.replace(/^[^:]*: /, "");
    head.append(number, name);
    element.append(head, document.createElement("canvas"));
    return element;
  }

  /** @param {Theme} theme */
  paint(theme) {
    this.blocks.forEach((block, i) => {
      const element = /** @type {HTMLElement} */ (this.list.children[i]);
      element.style.setProperty("--tint", colourOf(block, theme.background));
    });
  }

  /** Which block is chosen. @param {number} front */
  choose(front) {
    [...this.list.children].forEach((block, i) => {
      block.setAttribute("aria-selected", String(i === front));
      /** @type {HTMLElement} */ (block).tabIndex = i === front ? 0 : -1;
    });
  }

  /**
   * Draw the block that sounds with the playhead, and others that need it.
   * @param {number|null} position step of the journey that sounds; null: none
   * @param {{theme: Theme, heard: (part: string) => boolean, isWhole: boolean}} how
   *   `isWhole`: whether all blocks are to be drawn, not only where the playhead goes
   */
  draw(position, { theme, heard, isWhole }) {
    const now = position === null ? null : soundsAt(this.blocks, this.times, position);
    this.blocks.forEach((block, i) => {
      const element = this.list.children[i];
      const sounds = now?.index === i;
      const isNews = sounds !== element.classList.contains("sounds");
      if (isNews) {
        element.classList.toggle("sounds", sounds);
        if (sounds) element.setAttribute("aria-current", "true");
        else element.removeAttribute("aria-current");
      }
      if (!isWhole && !isNews && !sounds) return;
      drawRoll(/** @type {HTMLCanvasElement} */ (element.lastElementChild), this.loops[i], {
        note: colourOf(block, theme.background),
        text: theme.text,
        position: sounds ? (now?.step ?? null) : null,
        heard,
      });
    });
  }
}
