// @ts-check
/** A row of tiles, each a small piano roll that sounds when it is chosen. */

import { blendColour, themeOf } from "./colour.js";
import { isLoop } from "./contract.js";
import { describe, drawRoll, linesOf, tileAt } from "./roll.js";

/** @typedef {import("./contract.js").Mount} Mount */
/** @typedef {import("./contract.js").Tile} Tile */
/** @typedef {import("./engine.js").Engine} Engine */

const SETTLE = 250; // milliseconds without a key press that end a gesture by keyboard

/** One mounted strip. */
export class Strip {
  /** @param {ShadowRoot|HTMLElement} root @param {Engine} engine */
  constructor(root, engine) {
    this.root = root;
    this.engine = engine;
    /** @type {(name: string, value: unknown) => void} */
    this.report = () => {};
    /** @type {Tile[]} */
    this.tiles = [];
    /** @type {number|null} */
    this.index = null;
    /** @type {number|null} the index Python last asked for */
    this.asked = null;
    this.shown = ""; // ids of the tiles that are drawn
    this.isBlend = true;
    this.untint = () => {};
    this.byKey = false; // the slider is being moved by keyboard
    this.row = /** @type {HTMLElement} */ (root.querySelector(".tiles"));
    this.scrub = /** @type {HTMLElement} */ (root.querySelector(".scrub"));
    this.slider = /** @type {HTMLInputElement} */ (root.querySelector(".scrub input"));
    this.theme = themeOf(root);
    this.#wire();
    const size = new ResizeObserver(() => this.#draw());
    size.observe(this.row);
    const forget = engine.subscribe(() => this.refresh());
    this.remove = () => {
      forget();
      this.untint();
      size.disconnect();
      clearTimeout(this.timer);
      cancelAnimationFrame(this.frame ?? 0);
    };
  }

  /** Take what Python sent. @param {Mount} mount */
  update({ data, setStateValue }) {
    this.report = setStateValue;
    this.theme = themeOf(this.root);
    this.tiles = data.tiles.filter((/** @type {Tile} */ tile) => isLoop(tile.loop));
    this.isBlend = data.kind === "blend";
    const ids = this.tiles.map((tile) => tile.label + tile.loop.id).join();
    const fresh = ids !== this.shown;
    const answered = this.tiles[data.index ?? -1];
    const isNews = data.index !== this.asked && (!answered || this.engine.heeds(answered.loop.id));
    if (fresh || isNews) this.index = data.index;
    this.asked = data.index;
    if (fresh) this.#build(ids);
    const { background } = this.theme;
    this.scrub.style.setProperty("--end-a", blendColour(0, background));
    this.scrub.style.setProperty("--end-b", blendColour(1, background));
    const [a, b] = data.ends;
    this.root.querySelectorAll(".end").forEach((end, i) => (end.textContent = [a, b][i]));
    this.slider.setAttribute("aria-label", `From ${a} to ${b}`);
    this.row.setAttribute("aria-label", this.isBlend ? `From ${a} to ${b}` : "Tunes");
    this.refresh();
  }

  /** @param {string} ids */
  #build(ids) {
    this.shown = ids;
    const count = this.tiles.length;
    this.slider.max = String(count - 1);
    this.scrub.hidden = !this.isBlend;
    if (this.isBlend) {
      const part = (/** @type {number} */ i) => i / Math.max(1, count - 1);
      this.untint = this.engine.setTints(this.tiles.map(({ loop }, i) => [loop.id, part(i)]));
    }
    this.row.classList.toggle("gallery", !this.isBlend);
    this.row.classList.toggle(
      "long",
      this.tiles.some(({ loop }) => linesOf(loop).count > 1),
    );
    const strip = /** @type {HTMLElement} */ (this.root.querySelector(".strip"));
    strip.style.setProperty("--count", String(count));
    this.row.replaceChildren(
      ...this.tiles.map((tile, index) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "tile";
        button.setAttribute("aria-label", `${tile.label}. ${describe(tile.loop)}`);
        button.tabIndex = this.isBlend ? -1 : 0; // in a blend the slider has the keys
        const label = document.createElement("span");
        label.className = "label";
        label.textContent = tile.label;
        button.append(document.createElement("canvas"), label);
        button.onclick = (event) => {
          if (!this.isBlend || event.detail === 0) this.#click(index);
        };
        return button;
      }),
    );
  }

  #wire() {
    const { slider, row } = this;
    slider.oninput = () => this.#choose(Number(slider.value));
    slider.addEventListener("pointerdown", () => (this.byKey = false));
    slider.addEventListener("keydown", () => (this.byKey = true));
    slider.onchange = () => this.#settle(this.byKey ? SETTLE : 0);
    /** @param {PointerEvent} event */
    const under = (event) => {
      const box = row.getBoundingClientRect();
      return tileAt(event.clientX - box.left + row.scrollLeft, row.scrollWidth, this.tiles.length);
    };
    row.onpointerdown = (event) => {
      if (!this.isBlend || event.button !== 0) return;
      row.setPointerCapture(event.pointerId);
      this.#choose(under(event));
    };
    row.onpointermove = (event) => {
      if (this.isBlend && row.hasPointerCapture(event.pointerId)) {
        if (under(event) !== this.index) this.#choose(under(event));
      }
    };
    row.onpointerup = row.onpointercancel = (event) => {
      if (this.isBlend && row.hasPointerCapture(event.pointerId)) this.#settle(0);
    };
  }

  /** @param {number} index */
  #click(index) {
    const sounding = this.engine.playing && this.engine.loop?.id === this.tiles[index].loop.id;
    if (sounding && !this.isBlend) {
      this.engine.stop();
      return;
    }
    this.#choose(index);
    this.#settle(0);
  }

  /** Let a tile sound now. @param {number} index */
  #choose(index) {
    this.index = index;
    this.engine.claim(this.tiles[index].loop.id, false);
    this.engine.show(this.tiles[index].loop, { play: true });
  }

  /** Tell Python where the gesture came to rest. @param {number} delay */
  #settle(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { index } = this;
      const tile = this.tiles[index ?? -1];
      if (!tile) return;
      this.engine.claim(tile.loop.id, true);
      this.report("chosen", { index, id: tile.loop.id });
    }, delay);
  }

  /** Show which tile is in front and which one sounds. */
  refresh() {
    const { engine, slider } = this;
    slider.value = String(this.index ?? 0);
    const chosen = this.tiles[this.index ?? -1];
    slider.setAttribute("aria-valuetext", chosen ? chosen.label : "none");
    [...this.row.children].forEach((button, i) => {
      const sounds = engine.playing && engine.loop?.id === this.tiles[i].loop.id;
      button.setAttribute("aria-pressed", String(this.isBlend ? i === this.index : sounds));
    });
    this.#draw();
  }

  #draw() {
    cancelAnimationFrame(this.frame ?? 0);
    const { engine, theme } = this;
    const last = Math.max(1, this.tiles.length - 1);
    const canvases = [...this.row.querySelectorAll("canvas")];
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    /** @param {number} i */
    const draw = (i) => {
      const { loop } = this.tiles[i];
      const sounds = engine.loop?.id === loop.id && !still;
      drawRoll(canvases[i], loop, {
        note: this.isBlend ? blendColour(i / last, theme.background) : theme.primary,
        text: theme.text,
        position: sounds ? engine.position : null,
      });
      return sounds;
    };
    const moving = canvases.map((_, i) => i).filter(draw);
    const next = () => {
      moving.forEach(draw);
      if (engine.playing) this.frame = requestAnimationFrame(next);
    };
    if (moving.length && engine.playing) this.frame = requestAnimationFrame(next);
  }
}
