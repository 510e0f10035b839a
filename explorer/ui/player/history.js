// @ts-check
/** The last sounds somebody stopped at, to go back to. */

/** @typedef {import("./contract.js").PlayerData} PlayerData */

export const MOST = 12;

export class History {
  constructor() {
    /** @type {PlayerData[]} oldest first */
    this.loops = [];
    this.at = -1; // the one that was last put in front
    this.returned = 0; // how often somebody went to one of them
  }

  /** @returns {PlayerData|null} */
  get current() {
    return this.loops[this.at] ?? null;
  }

  /** The one before it. @returns {PlayerData|null} */
  get previous() {
    return this.loops[this.at - 1] ?? null;
  }

  /** A new sound; what was undone is gone, as in a text. @param {PlayerData} loop */
  visit(loop) {
    if (this.current?.id === loop.id) {
      this.loops[this.at] = loop; // the same sound under another name
      return;
    }
    this.loops = [...this.loops.slice(0, this.at + 1), loop].slice(-MOST);
    this.at = this.loops.length - 1;
  }

  /**
   * Put one of them in front again; null if there is none at that place.
   * @param {number} at
   * @returns {PlayerData|null}
   */
  goTo(at) {
    if (!this.loops[at]) return null;
    this.at = at;
    this.returned += 1;
    return this.loops[at];
  }
}
