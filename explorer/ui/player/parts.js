// @ts-check
/** Which parts of a loop are heard: muted, or silent beside a part that plays solo. */

/** @typedef {import("./contract.js").PlayerData} PlayerData */

/** What the listener set; it stays when other music comes. */
export class Parts {
  constructor() {
    /** @type {Set<string>} */
    this.muted = new Set();
    /** @type {Set<string>} */
    this.solo = new Set();
  }

  /**
   * Set or unset it for one part.
   * @param {"muted"|"solo"} what
   * @param {string} part
   */
  toggle(what, part) {
    const set = this[what];
    if (!set.delete(part)) set.add(part);
  }

  /**
   * Whether a part sounds. Music of one part always does: there are no buttons then.
   * @param {PlayerData|null} loop
   * @param {string} part
   */
  heard(loop, part) {
    if (!loop || loop.parts.length < 2) return true;
    const alone = loop.parts.filter((each) => this.solo.has(each));
    return !this.muted.has(part) && (alone.length === 0 || alone.includes(part));
  }
}
