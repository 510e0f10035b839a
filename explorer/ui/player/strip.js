// @ts-check
/** A row of tiles, each a small piano roll that sounds when it is chosen. */

import { blendColour, themeOf } from "./colour.js";
import { isLoop } from "./contract.js";
import { linesOf, tileAt } from "./layout.js";
import { Pull, shareOf } from "./pull.js";
import { describe, drawRoll } from "./roll.js";

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
    this.isPulled = false; // the listener may change how many tiles there are
    this.byKey = false; // the slider is being moved by keyboard
    this.pulls = 0;
    this.seenReturn = engine.history.returned;
    this.row = /** @type {HTMLElement} */ (root.querySelector(".tiles"));
    this.scrub = /** @type {HTMLElement} */ (root.querySelector(".scrub"));
    this.slider = /** @type {HTMLInputElement} */ (root.querySelector(".scrub input"));
    this.strip = /** @type {HTMLElement} */ (root.querySelector(".strip"));
    this.pull = new Pull(this.strip, {
      preview: (count) => this.#preview(count),
      done: (count) => this.#pulled(count),
    });
    this.theme = themeOf(root);
    this.#wire();
    const size = new ResizeObserver(() => this.#draw());
    size.observe(this.row);
    const forget = engine.subscribe(() => this.refresh());
    engine.movers.add(this);
    this.remove = () => {
      forget();
      engine.movers.delete(this);
      engine.blend.release();
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
    const ids = this.#ids();
    const fresh = ids !== this.shown;
    const answered = this.tiles[data.index ?? -1];
    const isNews = data.index !== this.asked && (!answered || this.engine.blend.heeds(answered.loop.id, data.gesture));
    if (fresh || isNews) this.index = data.index;
    this.asked = data.index;
    if (fresh) this.#build(ids);
    this.isPulled = data.pulled === true;
    this.pull.show(this.tiles.length, this.isPulled);
    this.#setCount(this.tiles.length);
    const { background } = this.theme;
    this.scrub.style.setProperty("--end-a", blendColour(0, background));
    this.scrub.style.setProperty("--end-b", blendColour(1, background));
    const [a, b] = data.ends;
    this.root.querySelectorAll(".end").forEach((end, i) => (end.textContent = [a, b][i]));
    this.slider.setAttribute("aria-label", `From ${a} to ${b}`);
    this.row.setAttribute("aria-label", this.isBlend ? `From ${a} to ${b}` : "Tunes");
    this.refresh();
  }

  /** @param {number} count */
  #setCount(count) {
    this.strip.style.setProperty("--count", String(count));
    this.strip.style.setProperty("--share", String(this.isPulled ? shareOf(count) : 1));
  }

  /** While the ends are pulled: empty tiles, until Python has sent what belongs there. @param {number} count */
  #preview(count) {
    this.shown = "";
    this.#setCount(count);
    const { background } = this.theme;
    const tiles = Array.from({ length: count }, (_, i) => {
      const tile = document.createElement("div");
      tile.className = "tile empty";
      tile.style.setProperty("--tint", blendColour(i / (count - 1), background));
      return tile;
    });
    this.row.replaceChildren(...tiles);
  }

  /** The ends were let go. @param {number} count */
  #pulled(count) {
    this.pulls += 1;
    if (count !== this.tiles.length) this.report("count", { count, nth: this.pulls });
    else if (this.shown === "") this.#build(this.#ids()); // back where they were
    this.refresh();
  }

  #ids() {
    return this.tiles.map((tile) => tile.label + tile.loop.id).join();
  }

  /** @param {string} ids */
  #build(ids) {
    this.shown = ids;
    const count = this.tiles.length;
    this.slider.max = String(count - 1);
    this.scrub.hidden = !this.isBlend;
    if (this.isBlend) {
      const part = (/** @type {number} */ i) => i / Math.max(1, count - 1);
      this.untint = this.engine.blend.setTints(this.tiles.map(({ loop }, i) => [loop.id, part(i)]));
    }
    this.row.classList.toggle("gallery", !this.isBlend);
    this.row.classList.toggle(
      "long",
      this.tiles.some(({ loop }) => linesOf(loop).count > 1 || loop.parts.length > 1),
    );
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

  /** An arrow key that nothing else uses. @param {number} dx @returns {boolean} whether it was of use */
  move(dx) {
    if (!this.isBlend || !dx) return false;
    const last = this.tiles.length - 1;
    const index = Math.min(last, Math.max(0, (this.index ?? 0) + dx));
    if (index !== this.index) this.#choose(index);
    this.#settle(SETTLE);
    return true;
  }

  /** Let a tile sound now. @param {number} index */
  #choose(index) {
    this.index = index;
    this.engine.blend.hold(this.tiles[index].loop.id);
    this.engine.show(this.tiles[index].loop, { play: true });
  }

  /** Tell Python where the gesture came to rest. @param {number} delay */
  #settle(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { index } = this;
      const tile = this.tiles[index ?? -1];
      if (!tile) return;
      this.engine.settle(tile.loop);
      this.#tellChosen(tile.loop.id);
    }, delay);
  }

  /** Show which tile is in front and which one sounds. */
  refresh() {
    const { engine, slider } = this;
    this.#follow();
    slider.value = String(this.index ?? 0);
    const chosen = this.tiles[this.index ?? -1];
    slider.setAttribute("aria-valuetext", chosen ? chosen.label : "none");
    this.row.querySelectorAll("button").forEach((button, i) => {
      const sounds = engine.playing && engine.loop?.id === this.tiles[i].loop.id;
      button.setAttribute("aria-pressed", String(this.isBlend ? i === this.index : sounds));
    });
    this.#draw();
  }

  /** A sound that somebody went back to and that is one of these is in front again. */
  #follow() {
    const { history, loop } = this.engine;
    const back = history.returned;
    if (!this.isBlend || !loop || back === this.seenReturn) return;
    this.seenReturn = back;
    const index = this.tiles.findIndex((tile) => tile.loop.id === loop.id);
    if (index < 0 || index === this.index) return;
    this.index = index;
    this.#tellChosen(loop.id);
  }

  /** @param {string} id of the tile in front */
  #tellChosen(id) {
    const nth = this.engine.blend.finish(id);
    this.report("chosen", { index: this.index, id, nth });
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
        heard: (part) => engine.parts.heard(loop, part),
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
