// @ts-check
/** The dock at the foot of the window: what plays, and how it is played. */

import { blendColour, themeOf } from "./colour.js";
import { isLoop } from "./contract.js";
import { listen } from "./keys.js";
import { describe, drawRoll, hitTest, layout, linesOf, pitchName } from "./roll.js";

/** @typedef {import("./contract.js").Mount} Mount */
/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./engine.js").Engine} Engine */

const OLD_PAGE = "The app was updated. Reload the page to go on.";
const TEMPO_SETTLE = 250; // milliseconds
const GONE = 1500; // milliseconds without any dock after which the sound stops
const SPACE_ID = "explorer-dock-space";

/**
 * Steps the playhead jumps by: none if motion is welcome, else a beat.
 * @param {number|null} position
 */
function steady(position) {
  if (position === null) return null;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return still ? Math.floor(position / 4) * 4 : position;
}

/** One mounted dock. */
export class Dock {
  static count = 0; // mounted now

  /** @param {ShadowRoot|HTMLElement} root @param {Engine} engine */
  constructor(root, engine) {
    this.root = root;
    this.engine = engine;
    /** @type {(name: string, value: unknown) => void} */
    this.report = () => {};
    this.received = ""; // the last loop Python sent, and which time
    this.outdated = false;
    /** @template {Element} T @param {string} s @returns {T} */
    const find = (s) => /** @type {T} */ (/** @type {unknown} */ (root.querySelector(s)));
    this.dock = /** @type {HTMLElement} */ (find(".dock"));
    this.button = /** @type {HTMLButtonElement} */ (find(".play"));
    this.title = /** @type {HTMLElement} */ (find(".title"));
    this.words = /** @type {HTMLElement} */ (find(".words"));
    this.roll = /** @type {HTMLCanvasElement} */ (find(".roll"));
    this.tempo = /** @type {HTMLInputElement} */ (find(".tempo input"));
    this.tempoText = /** @type {HTMLOutputElement} */ (find(".tempo output"));
    this.instrument = /** @type {HTMLSelectElement} */ (find(".instrument select"));
    this.mute = /** @type {HTMLButtonElement} */ (find(".mute"));
    this.volume = /** @type {HTMLInputElement} */ (find(".loudness input"));
    this.theme = themeOf(root);
    this.#wire();
    const space = new ResizeObserver(() => this.#makeRoom());
    space.observe(this.dock);
    const page = document.querySelector('[data-testid="stMain"]');
    if (page) space.observe(page);
    const undo = [engine.subscribe(() => this.refresh()), listen(engine)];
    Dock.count += 1;
    this.remove = () => {
      Dock.count -= 1;
      setTimeout(() => Dock.count === 0 && engine.stop(), GONE);
      clearTimeout(this.timer);
      undo.forEach((step) => step());
      space.disconnect();
      cancelAnimationFrame(this.frame ?? 0);
    };
  }

  /** Take what Python sent. @param {Mount} mount */
  update({ data, setStateValue }) {
    this.report = setStateValue;
    this.theme = themeOf(this.root);
    const loop = data?.loop;
    this.outdated = Boolean(loop) && !isLoop(loop);
    if (loop && !this.outdated) {
      const stamp = `${loop.id} ${loop.play_id}`;
      if (stamp !== this.received) {
        this.received = stamp;
        if (this.engine.heeds(loop.id)) this.engine.show(loop, { play: loop.autoplay });
      }
    }
    this.refresh();
  }

  #wire() {
    const { engine } = this;
    this.button.onclick = () => engine.toggle();
    this.tempo.oninput = () => engine.setTempo(Number(this.tempo.value));
    this.tempo.onchange = () => {
      clearTimeout(this.timer); // several key presses are one decision
      this.timer = setTimeout(() => this.#tellPython(), TEMPO_SETTLE);
    };
    this.instrument.onchange = () => {
      engine.setInstrument(this.instrument.value);
      this.#tellPython();
    };
    this.volume.oninput = () => engine.setVolume(Number(this.volume.value) / 100, false);
    this.mute.onclick = () => engine.setVolume(engine.mixer.volume, !engine.mixer.muted);
    this.roll.onpointermove = (event) => this.#nameNote(event);
  }

  #tellPython() {
    const { qpm, instrument, bank } = this.engine;
    const program = instrument === null ? null : bank.instruments[instrument]?.program;
    this.report("settings", { qpm, instrument, program: program ?? null });
  }

  /** Show the engine as it is now; writes only what changed. */
  refresh() {
    const { engine } = this;
    const { loop } = engine;
    this.button.disabled = !loop;
    this.button.setAttribute("aria-pressed", String(engine.playing));
    this.dock.classList.toggle("playing", engine.playing);
    this.dock.classList.toggle("long", loop !== null && linesOf(loop).count > 1);
    this.#write(this.title, loop ? loop.title || "Untitled tune" : "Nothing to play yet");
    const hint = loop ? "Space plays and stops" : "Choose a tune and it appears here";
    const quiet = engine.playing ? "Playing in a loop" : hint;
    this.#write(this.words, (this.outdated ? OLD_PAGE : engine.message) || quiet);
    this.words.classList.toggle("alert", this.outdated || engine.message !== "");
    this.tempo.value = String(Math.round(engine.tempo));
    this.#write(this.tempoText, String(Math.round(engine.tempo)));
    this.volume.value = String(Math.round(engine.mixer.volume * 100));
    this.mute.setAttribute("aria-pressed", String(engine.mixer.muted));
    this.#listInstruments();
    const picture = loop ? describe(loop) : "Empty piano roll";
    if (this.roll.getAttribute("aria-label") !== picture) {
      this.roll.setAttribute("aria-label", picture);
    }
    this.#animate();
  }

  #listInstruments() {
    const { engine, instrument: select } = this;
    const isDrum = Boolean(engine.loop?.is_drum);
    const names = Object.entries(engine.bank.instruments).filter(
      ([, each]) => Boolean(each.is_drum) === isDrum,
    );
    const wanted = names.map(([name]) => name).join() || "simple";
    if (select.dataset.names !== wanted) {
      select.dataset.names = wanted;
      const entries = names.map(([name, each]) => new Option(each.label, name));
      select.replaceChildren(
        ...(entries.length ? entries : [new Option("Simple sound", "simple")]),
      );
    }
    select.disabled = names.length < 2;
    select.value = engine.voiceName ?? "simple";
  }

  #animate() {
    cancelAnimationFrame(this.frame ?? 0);
    const draw = () => {
      const { engine, theme } = this;
      const { tint } = engine;
      drawRoll(this.roll, engine.loop, {
        note: tint === null ? theme.primary : blendColour(tint, theme.background),
        text: theme.text,
        position: steady(engine.position),
        grid: true,
      });
      if (engine.playing) this.frame = requestAnimationFrame(draw);
    };
    draw();
  }

  /** Say which note the pointer is on. @param {PointerEvent} event */
  #nameNote(event) {
    const { loop } = this.engine;
    const boxes = loop ? layout(loop, this.roll.clientWidth, this.roll.clientHeight) : [];
    const note = loop?.notes[hitTest(boxes, event.offsetX, event.offsetY)];
    const sure =
      note?.certainty === undefined
        ? ""
        : `, the model is ${Math.round(note.certainty * 100)} % sure`;
    this.roll.title = note ? `${pitchName(note.pitch)}${sure}` : "";
  }

  /** Lie over the page's foot, and keep that much of the page free. */
  #makeRoom() {
    const page = document.querySelector('[data-testid="stMain"]');
    const box = page?.getBoundingClientRect();
    this.dock.style.left = `${box?.left ?? 0}px`;
    this.dock.style.width = page ? `${page.clientWidth}px` : "100%";
    let sheet = document.getElementById(SPACE_ID);
    if (!sheet) {
      sheet = document.createElement("style");
      sheet.id = SPACE_ID;
      document.head.append(sheet);
    }
    const rule =
      '[data-testid="stMainBlockContainer"]' +
      `{padding-bottom:${this.dock.offsetHeight + 32}px !important}`;
    this.#write(sheet, rule);
    this.#animate();
  }

  /** @param {HTMLElement} element @param {string} text */
  #write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }
}
