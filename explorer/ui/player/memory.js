// @ts-check
/**
 * What somebody did, kept by the browser for this tab until it is closed: after a reload
 * it is handed back. What is kept is Python's own text and means nothing here.
 */

/** @typedef {{visit: string, text: string|null}} Work which visit it is; null: nothing yet */

const WORK_KEY = "explorer-work";

export class Memory {
  static asked = ""; // the visit that was offered what is kept

  /** @param {Storage|null} storage null: the browser keeps nothing */
  constructor(storage) {
    this.storage = storage;
  }

  /**
   * Keep the work of a visit; to one that has none yet, hand back what another left.
   * @param {Work|null|undefined} work
   * @param {(name: string, value: unknown) => void} report
   */
  take(work, report) {
    if (!work) return;
    if (work.text !== null) {
      this.#keep(work);
      return;
    }
    if (Memory.asked === work.visit) return;
    Memory.asked = work.visit;
    const kept = this.#kept();
    if (kept && kept.visit !== work.visit) report("kept", { visit: work.visit, text: kept.text });
  }

  /** @param {Work} work */
  #keep(work) {
    const text = JSON.stringify(work);
    try {
      if (this.storage?.getItem(WORK_KEY) !== text) this.storage?.setItem(WORK_KEY, text);
    } catch {
      this.#forget(); // full: an old state is worse than none
    }
  }

  #forget() {
    try {
      this.storage?.removeItem(WORK_KEY);
    } catch {
      // the browser keeps nothing
    }
  }

  /** @returns {{visit: string, text: string}|null} */
  #kept() {
    try {
      const { visit, text } = JSON.parse(this.storage?.getItem(WORK_KEY) ?? "null") ?? {};
      return typeof visit === "string" && typeof text === "string" ? { visit, text } : null;
    } catch {
      return null;
    }
  }
}

/** The tab's storage, where the browser allows it. @returns {Storage|null} */
export function tabStorage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
