// @ts-check
/** Pulling the two ends of a strip apart: the number of steps is a gesture. */

export const FEWEST = 2;
export const MOST_STEPS = 16;
const CLOSEST = 0.4; // share of the width that two tiles take; sixteen take all of it

/** Share of the page's width that a strip of `count` tiles takes. @param {number} count */
export function shareOf(count) {
  const part = (count - FEWEST) / (MOST_STEPS - FEWEST);
  return CLOSEST + (1 - CLOSEST) * part;
}

/** How many tiles a strip of this share of the width has room for. @param {number} share */
export function countAt(share) {
  const part = (share - CLOSEST) / (1 - CLOSEST);
  const count = FEWEST + Math.round(part * (MOST_STEPS - FEWEST));
  return Math.min(MOST_STEPS, Math.max(FEWEST, count));
}

/** The grips at the two ends and the buttons for one step more or less. */
export class Pull {
  /**
   * @param {HTMLElement} strip
   * @param {{preview: (count: number) => void, done: (count: number) => void}} told
   */
  constructor(strip, told) {
    this.count = FEWEST;
    this.told = told;
    /** @template {Element} T @param {string} s @returns {T} */
    const find = (s) => /** @type {T} */ (/** @type {unknown} */ (strip.querySelector(s)));
    this.steps = /** @type {HTMLElement} */ (find(".steps"));
    this.text = /** @type {HTMLOutputElement} */ (find(".steps output"));
    this.fewer = /** @type {HTMLButtonElement} */ (find(".fewer"));
    this.more = /** @type {HTMLButtonElement} */ (find(".more"));
    this.grips = /** @type {NodeListOf<HTMLElement>} */ (strip.querySelectorAll(".grip"));
    this.fewer.onclick = () => this.#step(-1);
    this.more.onclick = () => this.#step(1);
    this.grips.forEach((grip) => this.#wire(grip, strip));
  }

  /** @param {number} count @param {boolean} offered whether the count may be changed */
  show(count, offered) {
    this.count = count;
    this.steps.hidden = !offered;
    this.grips.forEach((grip) => {
      grip.hidden = !offered;
    });
    this.text.textContent = `${count} steps`;
    this.fewer.disabled = count <= FEWEST;
    this.more.disabled = count >= MOST_STEPS;
  }

  /** @param {number} by */
  #step(by) {
    const count = Math.min(MOST_STEPS, Math.max(FEWEST, this.count + by));
    if (count === this.count) return;
    this.#try(count);
    this.told.done(count);
  }

  /** @param {number} count */
  #try(count) {
    this.show(count, true);
    this.told.preview(count);
  }

  /** @param {HTMLElement} grip @param {HTMLElement} strip */
  #wire(grip, strip) {
    grip.onpointerdown = (event) => {
      if (event.button !== 0) return;
      grip.setPointerCapture(event.pointerId);
    };
    grip.onpointermove = (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      const box = strip.getBoundingClientRect();
      const share = (2 * Math.abs(event.clientX - box.left - box.width / 2)) / box.width;
      const count = countAt(share);
      if (count !== this.count) this.#try(count);
    };
    grip.onpointerup = grip.onpointercancel = (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      this.told.done(this.count);
    };
  }
}
