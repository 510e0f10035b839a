// @ts-check
/** How the dock plays whatever it plays: when a sound changes, key, octave, drone, loop. */

import { SWAPS } from "./engine.js";
import { KEYS, MOST_OCTAVES } from "./scales.js";

/** @typedef {import("./engine.js").Engine} Engine */

const AS_WRITTEN = "as written";
const OCTAVES = Array.from({ length: 2 * MOST_OCTAVES + 1 }, (_, i) => MOST_OCTAVES - i);
const signed = (/** @type {number} */ n) => (n > 0 ? `+${n}` : n < 0 ? `−${-n}` : "0");

/** The row of choices beside the last sounds. */
export class Settings {
  /**
   * @param {HTMLElement} row
   * @param {Engine} engine
   * @param {() => void} decided called after a choice that a saved file should follow
   */
  constructor(row, engine, decided) {
    this.engine = engine;
    /** @template {Element} T @param {string} s @returns {T} */
    const find = (s) => /** @type {T} */ (/** @type {unknown} */ (row.querySelector(s)));
    this.swap = /** @type {HTMLSelectElement} */ (find(".swap select"));
    this.key = /** @type {HTMLSelectElement} */ (find(".key select"));
    this.octave = /** @type {HTMLSelectElement} */ (find(".octave select"));
    this.drone = /** @type {HTMLButtonElement} */ (find(".drone"));
    this.endless = /** @type {HTMLButtonElement} */ (find(".endless"));
    this.swap.append(...Object.keys(SWAPS).map((name) => new Option(name, name)));
    this.key.append(new Option(AS_WRITTEN, ""), ...KEYS.map((name) => new Option(name, name)));
    this.octave.append(...OCTAVES.map((n) => new Option(signed(n), String(n))));
    this.swap.onchange = () => engine.setSwap(/** @type {keyof typeof SWAPS} */ (this.swap.value));
    this.endless.onclick = () => engine.setEndless(!engine.performer.endless);
    this.key.onchange = () => {
      engine.arrange({ key: this.key.value || null });
      decided();
    };
    this.octave.onchange = () => {
      engine.arrange({ octave: Number(this.octave.value) });
      decided();
    };
    this.drone.onclick = () => {
      engine.arrange({ drone: !engine.band.drone });
      decided();
    };
  }

  /** Show them as they are set. */
  refresh() {
    const { band, swap, performer, loop } = this.engine;
    const isPitched = !loop || loop.parts.join() !== "drums"; // a beat has no key
    this.swap.value = swap;
    this.key.value = band.key ?? "";
    this.octave.value = String(band.octave);
    this.drone.setAttribute("aria-pressed", String(band.drone));
    this.endless.setAttribute("aria-pressed", String(performer.endless));
    for (const control of [this.key, this.octave, this.drone]) control.disabled = !isPitched;
  }
}
