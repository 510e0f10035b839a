// @ts-check
/** Which loops are a blend, and whose word counts while the listener moves in it. */

/** @typedef {number|[number, number]} Place part of the way from A to B; in a square, and down */

export class Blend {
  /** @param {() => void} changed called when other loops are a blend */
  constructor(changed) {
    this.changed = changed;
    /** @type {Map<string, Place>} where loops lie, by their ids */
    this.tints = new Map();
    this.gesture = 0; // how many were finished
    this.isHeld = false; // by a gesture, or by a path that plays
    this.front = ""; // id of the loop that a gesture let be heard
  }

  /**
   * Say which loops are a blend now; returns how to take it back.
   * @param {[string, Place][]} tints where loops lie, by their ids
   * @param {boolean} [isSame] whether it is the same blend with more loops
   */
  setTints(tints, isSame = false) {
    const mine = new Map(tints);
    this.tints = mine;
    if (!isSame) this.release();
    this.changed();
    return () => {
      if (this.tints === mine) this.setTints([]);
    };
  }

  /** The listener is moving, and lets this loop of the blend be heard. @param {string} id */
  hold(id) {
    this.front = id;
    this.isHeld = true;
  }

  /** The gesture has ended on this loop; returns its number, for Python. @param {string} id */
  finish(id) {
    this.front = id;
    this.isHeld = false;
    this.gesture += 1;
    return this.gesture;
  }

  /** Nobody moves any more. */
  release() {
    this.isHeld = false;
  }

  /**
   * Whether to follow when Python asks for this loop. For as long as a gesture lasts,
   * and until Python knows of the last one, what it says of the blend's other loops is
   * an answer to an older one: Python may be slow.
   * @param {string} id
   * @param {number} known the last gesture that Python knew of
   */
  heeds(id, known) {
    const isLate = this.isHeld || known < this.gesture;
    return !isLate || id === this.front || !this.tints.has(id);
  }
}
