// @ts-check
/** One slider of a bench: its knob, what it asked for, and what the music did. */

/** @typedef {import("./contract.js").SliderData} SliderData */
/**
 * What a row does to its bench.
 * @typedef {object} Bench
 * @property {() => void} moved while a hand is on the slider
 * @property {(delay: number) => void} rest the slider has been let go, or a key pressed
 */

const KEY_REST = 250; // milliseconds without a key press that end a gesture by keyboard

/**
 * A place of a slider as it is written: "+1.50", "−0.25" or "0".
 * @param {number} value
 * @param {number} digits
 */
export function written(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  if (!Number(text)) return "0";
  return `${value > 0 ? "+" : "−"}${text}`;
}

/**
 * Where a bar from the middle to a value lies, in percent of the whole width; what
 * reaches beyond the end stops there.
 * @param {number} value
 * @param {number} reach of the slider, to both sides
 * @returns {{left: number, width: number}}
 */
export function barOf(value, reach) {
  const half = (50 * Math.min(reach, Math.max(-reach, value))) / reach;
  return { left: 50 + Math.min(0, half), width: Math.abs(half) };
}

export class SliderRow {
  /**
   * @param {HTMLElement} element
   * @param {SliderData} data
   * @param {{reach: number, step: number}} scale
   * @param {Bench} bench
   */
  constructor(element, data, scale, bench) {
    this.element = element;
    this.reach = scale.reach;
    this.data = data;
    this.value = data.value;
    this.isLocked = data.is_locked;
    this.isHeld = false; // a pointer is on it
    this.byKey = false;
    /** @param {string} s */
    const find = (s) => /** @type {HTMLElement} */ (element.querySelector(s));
    this.input = /** @type {HTMLInputElement} */ (find("input"));
    this.label = find(".bench-label");
    this.note = find(".bench-note");
    this.bars = find(".bench-bars");
    this.wanted = find(".bench-wanted");
    this.got = find(".bench-got");
    this.output = find("output");
    this.measured = find(".bench-measured");
    this.undo = /** @type {HTMLButtonElement} */ (find(".bench-undo"));
    this.lock = find(".bench-lock");
    this.input.min = String(-scale.reach);
    this.input.max = String(scale.reach);
    this.input.step = String(scale.step);
    this.#wire(bench);
    this.#name(data);
  }

  /** @param {Bench} bench */
  #wire(bench) {
    const { input } = this;
    const go = (/** @type {number} */ value) => {
      this.value = value;
      this.refresh();
      bench.moved();
    };
    const leap = (/** @type {number} */ value, /** @type {number} */ delay) => {
      go(value);
      bench.rest(delay);
    };
    input.oninput = () => go(Number(input.value));
    input.onchange = () => bench.rest(this.byKey ? KEY_REST : 0);
    input.addEventListener("pointerdown", () => {
      this.isHeld = true;
      this.byKey = false;
    });
    for (const end of ["pointerup", "pointercancel", "blur"]) {
      input.addEventListener(end, () => {
        this.isHeld = false;
      });
    }
    input.addEventListener("keydown", (event) => {
      this.byKey = true;
      if (event.key === "0") leap(0, KEY_REST);
    });
    input.ondblclick = () => leap(0, 0);
    this.undo.onclick = () => leap(this.data.before, 0);
    this.lock.onclick = () => {
      this.isLocked = !this.isLocked;
      this.refresh();
      bench.rest(0);
    };
  }

  /** @param {SliderData} data */
  #name({ label, help, note, is_weak: isWeak }) {
    this.label.textContent = label;
    this.element.title = help;
    this.note.textContent = note;
    this.note.classList.toggle("weak", isWeak);
    this.element.setAttribute("aria-label", label);
    this.input.setAttribute("aria-label", label);
    this.input.setAttribute("aria-description", `${help} ${note}`.trim());
  }

  /** Take what Python says. @param {SliderData} data */
  take(data) {
    this.data = data;
    if (!this.isHeld) this.value = data.value;
    this.isLocked = data.is_locked;
    this.#name(data);
    this.refresh();
  }

  /** Show where the slider is, and what came of where it was. */
  refresh() {
    const { value, reach, input } = this;
    const { got, label, before } = this.data;
    input.value = String(value);
    const { left, width } = barOf(value, reach);
    // the knob's middle keeps half a knob from the ends, the line does not
    const at = (/** @type {number} */ part) =>
      `calc(${part}% + ${(0.5 - part / 100).toFixed(3)} * var(--thumb))`;
    const line = "var(--st-border-color)";
    const [from, to] = [at(left), at(left + width)];
    const filled = "var(--st-primary-color)";
    this.element.style.setProperty(
      "--filled",
      `linear-gradient(to right, ${line} ${from}, ${filled} ${from} ${to}, ${line} ${to})`,
    );
    this.#bar(this.wanted, value);
    this.#bar(this.got, got);
    this.output.textContent = written(value, 2);
    const told = value || got ? `got ${written(got, 1)}` : "";
    this.measured.textContent = told;
    const words = `wanted ${written(value, 2)}${told && `, ${told}`}`;
    this.bars.setAttribute("aria-label", `${label}: ${words}`);
    input.setAttribute("aria-valuetext", words);
    this.undo.disabled = value === before;
    this.#say(this.undo, `Undo ${label}: back to ${written(before, 2)}`);
    this.lock.setAttribute("aria-pressed", String(this.isLocked));
    this.#say(
      this.lock,
      this.isLocked ? `${label} is locked: only your hand moves it` : `Lock ${label}`,
    );
  }

  /** @param {HTMLElement} bar @param {number} value */
  #bar(bar, value) {
    const { left, width } = barOf(value, this.reach);
    bar.style.setProperty("left", `${left}%`);
    bar.style.setProperty("width", `${width}%`);
    bar.hidden = width === 0;
  }

  /** @param {HTMLElement} button @param {string} words */
  #say(button, words) {
    button.title = words;
    button.setAttribute("aria-label", words);
  }
}
