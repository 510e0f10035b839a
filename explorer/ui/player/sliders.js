// @ts-check
/** A bench of sliders: Python hears where they are when one of them has been let go. */

import { blendColour, themeOf } from "./colour.js";
import { SliderRow } from "./slider_row.js";

/** @typedef {import("./contract.js").Mount} Mount */
/** @typedef {import("./contract.js").SliderData} SliderData */

let gestures = 0; // finished ones; they are counted on when a bench is mounted again

/** One mounted bench. */
export class Sliders {
  /** @param {ShadowRoot|HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {(name: string, value: unknown) => void} */
    this.report = () => {};
    /** @type {Map<string, SliderRow>} */
    this.rows = new Map();
    this.bench = /** @type {HTMLElement} */ (root.querySelector(".bench"));
    this.template = /** @type {HTMLTemplateElement} */ (root.querySelector("template"));
    this.remove = () => clearTimeout(this.timer);
  }

  /** Take what Python sent. @param {Mount} mount */
  update({ data, setStateValue }) {
    this.report = setStateValue;
    const { background } = themeOf(this.root);
    this.bench.style.setProperty("--got", blendColour(1, background));
    /** @type {SliderData[]} */
    const sliders = data.sliders;
    const names = sliders.map(({ name }) => name);
    if (names.join() !== [...this.rows.keys()].join()) this.#build(data);
    gestures = Math.max(gestures, data.nth);
    // what Python says before it knows of the last gesture is an answer to one before
    if (data.nth < gestures || this.timer !== undefined) return;
    for (const each of sliders) this.rows.get(each.name)?.take(each);
    this.bench.classList.remove("waits");
  }

  /** @param {{sliders: SliderData[], reach: number, step: number}} data */
  #build(data) {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.rows.clear();
    for (const each of data.sliders) {
      const row = /** @type {HTMLElement} */ (
        this.template.content.firstElementChild?.cloneNode(true)
      );
      const bench = {
        moved: () => this.bench.classList.add("waits"),
        rest: (/** @type {number} */ delay) => this.#rest(delay),
      };
      const made = new SliderRow(row, each, data, bench);
      made.refresh();
      this.rows.set(each.name, made);
    }
    this.bench.replaceChildren(...[...this.rows.values()].map(({ element }) => element));
  }

  /** Tell Python where all are, if nothing comes in so many milliseconds. @param {number} delay */
  #rest(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      gestures += 1;
      const all = [...this.rows];
      this.report("set", {
        values: Object.fromEntries(all.map(([name, { value }]) => [name, value])),
        locked: all.filter(([, { isLocked }]) => isLocked).map(([name]) => name),
        nth: gestures,
      });
    }, delay);
  }
}
