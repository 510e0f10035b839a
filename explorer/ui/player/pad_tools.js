// @ts-check
/** What stands under a square: drawing a path, recording gestures, replaying them. */

import { Recorder, SLOTS, freeSlot } from "./trajectory.js";

/** @typedef {import("./grid.js").Point} Point */
/** @typedef {import("./trajectory.js").Trajectory} Trajectory */
/**
 * What the tools ask of their square.
 * @typedef {object} Wishes
 * @property {() => Point|null} grip where the puck is held; null: it is not
 * @property {(slot: number, restart: boolean) => void} replay
 * @property {() => void} end of a path or of a replay
 * @property {() => void} changed
 */
/**
 * @typedef {object} Now what plays
 * @property {number} cells of the path; 0: there is none
 * @property {number|null} slot that is replayed
 */

const TYPED_IN = "input:not([type=range]):not([type=button]), textarea, select";
const SAYS = {
  hint: "Drag anywhere in the square, or press an arrow key.",
  draw:
    "Draw a line over the cells; " +
    "each cell it crosses then plays once through, round and round.",
};

/** Recorded gestures; they outlast every mount. @type {(Trajectory|null)[]} */
export const recordings = Array(SLOTS).fill(null);

/**
 * What a number key asks for: to record in its slot or to replay it; null: nothing.
 * @param {Omit<import("./keys.js").Press, "key"> & {code: string}} press
 * @param {import("./keys.js").Target|null} target
 * @returns {{slot: number, records: boolean}|null}
 */
export function slotKey(press, target) {
  const digit = /^Digit([1-8])$/.exec(press.code); // the key's place: with Shift it writes a sign
  if (!digit || press.ctrlKey || press.metaKey || press.altKey) return null;
  if (target?.isContentEditable || target?.matches(TYPED_IN)) return null;
  return { slot: Number(digit[1]) - 1, records: Boolean(press.shiftKey) };
}

/** The buttons and number keys of one mounted square. */
export class PadTools {
  static used = false; // somebody dragged: the hint is not needed any more

  /** @param {ShadowRoot|HTMLElement} root @param {Wishes} wishes */
  constructor(root, wishes) {
    this.wishes = wishes;
    this.drawing = false; // the next drag draws a path
    this.recording = false; // the next drag is recorded
    /** @type {number|null} slot whose key is held down with Shift */
    this.key = null;
    /** @type {Recorder|null} */
    this.recorder = null;
    this.into = 0; // slot of the recorder
    /** @param {string} s */
    const find = (s) => /** @type {HTMLButtonElement} */ (root.querySelector(s));
    this.draw = find(".square-draw");
    this.clear = find(".square-clear");
    this.record = find(".square-record");
    this.says = /** @type {HTMLElement} */ (root.querySelector(".square-says"));
    this.slots = Array.from({ length: SLOTS }, (_, slot) => this.#button(slot));
    root.querySelector(".square-slots")?.replaceChildren(...this.slots);
    this.draw.onclick = () => this.#set(!this.drawing, false);
    this.record.onclick = () => this.#set(false, !this.recording);
    this.clear.onclick = () => wishes.end();
    const listening = new AbortController();
    const { signal } = listening;
    window.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    window.addEventListener("keyup", (event) => this.#let(event), { signal });
    window.addEventListener("blur", () => (this.key = null), { signal });
    this.remove = () => listening.abort();
  }

  /** A drag begins. @param {number} seconds @param {Point} point */
  press(seconds, point) {
    if (this.key !== null) this.#begin(this.key, seconds, point);
    else if (this.recording) this.#begin(freeSlot(recordings), seconds, point);
  }

  /** It goes on. @param {number} seconds @param {Point} point */
  track(seconds, point) {
    this.recorder?.add(seconds, point);
  }

  /** What is recorded is not to be kept. */
  forget() {
    this.recorder = null;
  }

  /** It ends, and with it what the next drag was to be. @param {number} seconds */
  release(seconds) {
    PadTools.used = true;
    this.#keep(seconds);
    this.drawing = false;
    this.recording = false;
  }

  /** Show what is on; writes only what changed. @param {Now} now */
  refresh({ cells, slot: playing }) {
    setPressed(this.draw, this.drawing);
    setPressed(this.record, this.recording);
    this.clear.disabled = cells === 0;
    this.slots.forEach((button, slot) => {
      const name = slot + 1;
      button.disabled = recordings[slot] === null;
      setPressed(button, slot === playing);
      const title = button.disabled
        ? `Hold Shift and ${name} while you drag to record here`
        : `Replay what is recorded here (key ${name})`;
      if (button.title === title) return;
      button.title = title;
      button.setAttribute("aria-label", `Slot ${name}${button.disabled ? ", empty" : ""}`);
    });
    const text = this.#words(cells, playing);
    if (this.says.textContent !== text) this.says.textContent = text;
  }

  /** @param {number} cells @param {number|null} playing */
  #words(cells, playing) {
    if (this.drawing) return SAYS.draw;
    if (this.recorder) return `Recording in slot ${this.into + 1}.`;
    if (this.recording) return `Your next drag is kept in slot ${freeSlot(recordings) + 1}.`;
    if (playing !== null) return `Slot ${playing + 1} plays. Drag the puck or press Esc to end it.`;
    if (cells) return `Your path plays: ${cells} ${cells === 1 ? "cell" : "cells"}, one loop each.`;
    return PadTools.used ? "" : SAYS.hint;
  }

  /** @param {number} slot */
  #button(slot) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "square-slot";
    button.textContent = String(slot + 1);
    button.onclick = () => this.wishes.replay(slot, false);
    return button;
  }

  /** @param {boolean} drawing @param {boolean} recording */
  #set(drawing, recording) {
    this.drawing = drawing;
    this.recording = recording;
    this.wishes.changed();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const target = event.composedPath()[0];
    if (event.key === "Escape") {
      this.#set(false, false);
      this.wishes.end();
    }
    const wish = slotKey(event, target instanceof HTMLElement ? target : null);
    if (!wish || event.repeat) return;
    if (!wish.records) {
      this.wishes.replay(wish.slot, true);
      return;
    }
    this.key = wish.slot;
    const point = this.wishes.grip();
    if (point) this.#begin(wish.slot, event.timeStamp / 1000, point);
  }

  /** @param {KeyboardEvent} event */
  #let(event) {
    if (this.key === null || event.code !== `Digit${this.key + 1}`) return;
    if (this.into === this.key) this.#keep(event.timeStamp / 1000);
    this.key = null;
  }

  /** @param {number} slot @param {number} seconds @param {Point} point */
  #begin(slot, seconds, point) {
    if (this.recorder) return; // one at a time
    this.recorder = new Recorder();
    this.into = slot;
    this.recorder.add(seconds, point);
    this.wishes.changed();
  }

  /** @param {number} seconds */
  #keep(seconds) {
    const made = this.recorder?.finish(seconds);
    this.recorder = null;
    if (!made) return;
    recordings[this.into] = made;
    this.wishes.changed();
  }
}

/** @param {HTMLElement} button @param {boolean} isOn */
function setPressed(button, isOn) {
  const value = String(isOn);
  if (button.getAttribute("aria-pressed") !== value) button.setAttribute("aria-pressed", value);
}
