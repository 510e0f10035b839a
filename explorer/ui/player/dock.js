// @ts-check
/** The dock at the foot of the window: what plays, and how it is played. */

import { melodic } from "./bank.js";
import { cornerColour, themeOf } from "./colour.js";
import { hasDrums, isBeat, isLoop } from "./contract.js";
import { listen } from "./keys.js";
import { Lanes } from "./lanes.js";
import { hitTest, layout, linesOf, namesWidth, withGhosts } from "./layout.js";
import { Memory, tabStorage } from "./memory.js";
import { describe, drawRoll, noteName } from "./roll.js";
import { Settings } from "./settings.js";
import { Trail } from "./trail.js";

/** @typedef {import("./contract.js").Mount} Mount */
/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./engine.js").Engine} Engine */

const OLD_PAGE = "The app was updated. Reload the page to go on.";
const OWN_DRUMS = "Has its own drums";
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
  static taken = ""; // the shared settings that were taken over

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
    this.beat = /** @type {HTMLSelectElement} */ (find(".beat select"));
    this.lanes = new Lanes(/** @type {HTMLElement} */ (find(".lanes")), engine);
    this.trail = new Trail(/** @type {HTMLElement} */ (find(".trail")), engine);
    const effects = /** @type {HTMLElement} */ (find(".effects"));
    this.settings = new Settings(effects, engine, () => this.#tellPython());
    this.memory = new Memory(tabStorage());
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
    this.engine.setBeats((data?.beats ?? []).filter(isLoop));
    this.engine.usual = data?.usual ?? null;
    this.#takeSettings(data?.settings);
    this.memory.take(data?.work, setStateValue);
    this.theme = themeOf(this.root);
    const loop = data?.loop;
    this.outdated = Boolean(loop) && !isLoop(loop);
    if (loop && !this.outdated) {
      const stamp = `${loop.id} ${loop.play_id}`;
      if (stamp !== this.received) {
        this.received = stamp;
        if (this.engine.blend.heeds(loop.id, data.gesture)) this.#follow(loop);
      }
    }
    this.refresh();
  }

  /** Play what Python asks for; it is a place to come back to. @param {PlayerData} loop */
  #follow(loop) {
    this.engine.show(loop, { play: loop.autoplay });
    this.engine.settle(loop);
  }

  /**
   * What a shared link says of the dock: taken once, then the listener's own.
   * @param {{id: string, qpm: number|null, instrument: string|null, beat: string|null,
   *   key: string|null, octave: number, drone: boolean}|null|undefined} given
   */
  #takeSettings(given) {
    if (!given || given.id === Dock.taken) return;
    Dock.taken = given.id;
    const { instrument, beat, key, octave, drone } = given;
    this.engine.arrange({ instrument, beat, key, octave, drone });
    if (given.qpm !== null) this.engine.setTempo(given.qpm);
    this.#tellPython();
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
      engine.arrange({ instrument: this.instrument.value });
      this.#tellPython();
    };
    this.beat.onchange = () => {
      engine.arrange({ beat: this.beat.value || null });
      this.#tellPython();
    };
    this.volume.oninput = () => engine.setVolume(Number(this.volume.value) / 100, false);
    this.mute.onclick = () => engine.setVolume(engine.mixer.volume, !engine.mixer.muted);
    this.roll.onpointermove = (event) => this.#nameNote(event);
    this.roll.onclick = (event) => this.#hearNote(event);
  }

  #tellPython() {
    const { qpm, bank } = this.engine;
    const { instrument, beat, key, octave, drone } = this.engine.band;
    const program = instrument === null ? null : (bank.instruments[instrument]?.program ?? null);
    this.report("settings", { qpm, instrument, program, beat, key, octave, drone });
  }

  /** Show the engine as it is now; writes only what changed. */
  refresh() {
    const { engine } = this;
    const { loop } = engine;
    this.button.disabled = !loop;
    this.button.setAttribute("aria-pressed", String(engine.playing));
    this.dock.classList.toggle("playing", engine.playing);
    this.dock.classList.toggle("long", loop !== null && linesOf(loop).count > 1);
    this.dock.classList.toggle("drums", isBeat(loop));
    this.dock.classList.toggle("several", loop !== null && loop.parts.length > 1);
    this.#write(this.title, loop ? loop.title || "Untitled tune" : "Nothing to play yet");
    const hint = loop ? "Space plays and stops" : "Choose a tune and it appears here";
    const quiet = engine.news || (engine.playing ? "Playing in a loop" : hint);
    this.#write(this.words, (this.outdated ? OLD_PAGE : engine.message) || quiet);
    this.words.classList.toggle("alert", this.outdated || engine.message !== "");
    this.tempo.value = String(Math.round(engine.tempo));
    this.#write(this.tempoText, String(Math.round(engine.tempo)));
    this.volume.value = String(Math.round(engine.mixer.volume * 100));
    this.mute.setAttribute("aria-pressed", String(engine.mixer.muted));
    this.#listInstruments();
    this.#listBeats();
    this.lanes.refresh();
    this.trail.refresh(this.theme);
    this.settings.refresh();
    const picture = loop ? describe(loop) : "Empty piano roll";
    if (this.roll.getAttribute("aria-label") !== picture) {
      this.roll.setAttribute("aria-label", picture);
    }
    this.#animate();
  }

  #listInstruments() {
    const { engine, instrument: select } = this;
    const { instruments } = engine.bank;
    const kit = Object.keys(instruments).filter((name) => instruments[name].is_drum);
    const names = isBeat(engine.loop) ? kit : melodic(instruments);
    const wanted = names.join() || "simple";
    if (select.dataset.names !== wanted) {
      select.dataset.names = wanted;
      const entries = names.map((name) => new Option(instruments[name].label, name));
      select.replaceChildren(
        ...(entries.length ? entries : [new Option("Simple sound", "simple")]),
      );
    }
    select.disabled = names.length < 2;
    select.value = engine.band.leader(engine.loop) ?? "simple";
  }

  /** Beats to choose from; the one entry of a list that is no use says why. */
  #listBeats() {
    const { engine, beat: select } = this;
    const { beats, beat } = engine.band;
    const label = /** @type {HTMLElement} */ (select.parentElement);
    label.hidden = beats.length === 0;
    this.dock.classList.toggle("with-beats", beats.length > 0);
    const own = engine.loop !== null && hasDrums(engine.loop);
    const titles = own ? [] : beats.map(({ title }) => title);
    const wanted = JSON.stringify([own, titles]);
    if (select.dataset.names !== wanted) {
      select.dataset.names = wanted;
      const first = new Option(own ? OWN_DRUMS : "None", "");
      select.replaceChildren(first, ...titles.map((title) => new Option(title, title)));
    }
    select.disabled = own;
    label.title = own ? "This music has drums of its own" : "A beat to play under the tune";
    select.value = own ? "" : (beat ?? "");
  }

  #animate() {
    cancelAnimationFrame(this.frame ?? 0);
    const draw = () => {
      const { engine, theme } = this;
      const { tint } = engine;
      const [u, v] = Array.isArray(tint) ? tint : [tint ?? 0, 0];
      drawRoll(this.roll, engine.seen, {
        note: tint === null ? theme.primary : cornerColour(u, v, theme.background),
        text: theme.text,
        position: steady(engine.position),
        grid: true,
        heard: (part) => engine.parts.heard(engine.loop, part),
      });
      if (engine.playing) this.frame = requestAnimationFrame(draw);
    };
    draw();
  }

  /** The note or ghost under the pointer. @param {MouseEvent} event */
  #noteAt({ offsetX, offsetY }) {
    const loop = this.engine.seen;
    if (!loop) return null;
    const { clientWidth: width, clientHeight: height } = this.roll;
    const notes = withGhosts(loop);
    const boxes = layout(loop, width, height, namesWidth(loop, width, height), notes);
    const index = hitTest(boxes, offsetX, offsetY);
    return index < 0 ? null : { note: notes[index], isGhost: index >= loop.notes.length };
  }

  /** Say which note the pointer is on. @param {PointerEvent} event */
  #nameNote(event) {
    const found = this.#noteAt(event);
    const { certainty } = found?.note ?? {};
    const percent = `${Math.round((certainty ?? 0) * 100)} %`;
    const sure = certainty === undefined ? "" : `, the model is ${percent} sure`;
    const nearly = `, nearly chosen (${percent}): click to hear it`;
    this.roll.title = found ? `${noteName(found.note)}${found.isGhost ? nearly : sure}` : "";
  }

  /** Let the note under the pointer be heard, also one the model only nearly wrote. @param {MouseEvent} event */
  #hearNote(event) {
    const found = this.#noteAt(event);
    if (found) this.engine.audition(found.note);
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
