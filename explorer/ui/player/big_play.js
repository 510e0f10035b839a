// @ts-check
/** A large button that starts the dock inside the click, and stops it again. */

import { isLoop } from "./contract.js";

/** @typedef {import("./contract.js").Mount} Mount */
/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./engine.js").Engine} Engine */

/** One mounted button. */
export class BigPlay {
  /** @param {ShadowRoot|HTMLElement} root @param {Engine} engine */
  constructor(root, engine) {
    this.engine = engine;
    /** @type {PlayerData|null} */
    this.loop = null;
    this.text = "";
    this.button = /** @type {HTMLButtonElement} */ (root.querySelector(".big-play"));
    this.label = /** @type {HTMLElement} */ (root.querySelector(".label"));
    this.button.onclick = () => {
      if (engine.playing) engine.stop();
      else if (this.loop) {
        engine.show(this.loop, { play: true });
        engine.settle(this.loop);
      }
    };
    this.remove = engine.subscribe(() => this.refresh());
  }

  /** Take what Python sent. @param {Mount} mount */
  update({ data }) {
    this.loop = isLoop(data.loop) ? data.loop : null;
    this.text = data.label;
    this.refresh();
  }

  refresh() {
    const { playing } = this.engine;
    this.button.disabled = !this.loop;
    this.button.classList.toggle("playing", playing);
    const text = playing ? "Stop" : this.text;
    if (this.label.textContent !== text) this.label.textContent = text;
  }
}
