// @ts-check
/** Beside the lanes of several parts: their names, and buttons to mute and to solo. */

/** @typedef {import("./engine.js").Engine} Engine */

/** @type {{what: "muted"|"solo", letter: string, verb: string, help: string}[]} */
const SWITCHES = [
  { what: "muted", letter: "M", verb: "Mute", help: "Silence" },
  { what: "solo", letter: "S", verb: "Solo", help: "Hear only" },
];

/** The column of names and buttons; empty and hidden for music of one part. */
export class Lanes {
  /** @param {HTMLElement} column @param {Engine} engine */
  constructor(column, engine) {
    this.column = column;
    this.engine = engine;
    this.shown = ""; // the parts there are rows for
  }

  /** Show the parts of the loop as they are set; writes only what changed. */
  refresh() {
    const { column, engine } = this;
    const { loop, parts } = engine;
    const names = loop && loop.parts.length > 1 ? loop.parts : [];
    if (names.join() !== this.shown) {
      this.shown = names.join();
      column.replaceChildren(...names.map((part) => this.#row(part)));
    }
    column.hidden = names.length === 0;
    [...column.children].forEach((row, i) => {
      const heard = String(parts.heard(loop, names[i]));
      /** @type {HTMLElement} */ (row).dataset.heard = heard;
      SWITCHES.forEach(({ what }, k) => {
        const pressed = String(parts[what].has(names[i]));
        row.children[k + 1].setAttribute("aria-pressed", pressed);
      });
    });
  }

  /** @param {string} part */
  #row(part) {
    const row = document.createElement("div");
    row.className = "lane";
    row.dataset.part = part;
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", part);
    const name = document.createElement("span");
    name.textContent = part[0].toUpperCase() + part.slice(1);
    row.append(name);
    for (const { what, letter, verb, help } of SWITCHES) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "switch";
      button.dataset.what = what;
      button.textContent = letter;
      button.title = `${help} the ${part}`;
      button.setAttribute("aria-label", `${verb} ${part}`);
      button.onclick = () => this.engine.togglePart(what, part);
      row.append(button);
    }
    return row;
  }
}
