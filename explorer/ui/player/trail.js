// @ts-check
/** The last sounds as small pictures in a row: click one to go back to it. */

import { cornerColour, themeOf } from "./colour.js";
import { MOST } from "./history.js";
import { describe, drawRoll } from "./roll.js";

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./colour.js").Theme} Theme */

/** Undo, redo and the pictures. */
export class Trail {
  /** @param {HTMLElement} row @param {Engine} engine */
  constructor(row, engine) {
    this.engine = engine;
    this.undo = /** @type {HTMLButtonElement} */ (row.querySelector(".undo"));
    this.redo = /** @type {HTMLButtonElement} */ (row.querySelector(".redo"));
    this.sounds = /** @type {HTMLElement} */ (row.querySelector(".sounds"));
    this.theme = themeOf(row);
    /** @type {WeakMap<PlayerData, import("./blend.js").Place|null>} where each lay when it was new */
    this.places = new WeakMap();
    this.shown = "";
    this.undo.onclick = () => engine.goTo(engine.history.at - 1);
    this.redo.onclick = () => engine.goTo(engine.history.at + 1);
    for (let at = 0; at < MOST; at += 1) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sound";
      button.hidden = true;
      button.append(document.createElement("canvas"));
      button.onclick = () => engine.goTo(at);
      this.sounds.append(button);
    }
  }

  /** Show the history as it is; draws only what is new. @param {Theme} theme */
  refresh(theme) {
    const { history, blend } = this.engine;
    const { loops, at } = history;
    for (const loop of loops) {
      // the first sound of a page comes before the strip that it lies in
      if (this.places.get(loop) == null) this.places.set(loop, blend.tints.get(loop.id) ?? null);
    }
    this.undo.disabled = at < 1;
    this.redo.disabled = at >= loops.length - 1;
    const wanted = JSON.stringify([
      theme.background,
      loops.map((loop) => [loop.id, loop.title, this.places.get(loop)]),
    ]);
    const fresh = wanted !== this.shown;
    this.shown = wanted;
    this.theme = theme;
    [...this.sounds.children].forEach((child, i) => {
      const button = /** @type {HTMLButtonElement} */ (child);
      const loop = loops[i];
      button.hidden = !loop;
      button.setAttribute("aria-current", String(i === at));
      if (!loop || !fresh) return;
      button.title = loop.title || "Untitled tune";
      button.setAttribute("aria-label", `${button.title}. ${describe(loop)}`);
    });
    if (fresh) this.draw();
  }

  draw() {
    const { theme } = this;
    this.engine.history.loops.forEach((loop, i) => {
      const canvas = /** @type {HTMLCanvasElement} */ (this.sounds.children[i].firstChild);
      const place = this.places.get(loop) ?? null;
      const [u, v] = Array.isArray(place) ? place : [place ?? 0, 0];
      const note = place === null ? theme.primary : cornerColour(u, v, theme.background);
      drawRoll(canvas, loop, { note, text: theme.text });
    });
  }
}
