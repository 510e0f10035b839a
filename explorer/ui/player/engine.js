// @ts-check
/**
 * The one owner of sound: plays a loop for ever, and lets another take over at the next
 * sixteenth, beat or bar; the column never resets (performer.js). What plays beside the
 * loop, and in which key, is the band's business; where one has been, the history's.
 */

import { Band } from "./band.js";
import { Blend } from "./blend.js";
import { changes } from "./changes.js";
import { History } from "./history.js";
import { Performer } from "./performer.js";

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./contract.js").PlayerNote} PlayerNote */
/** @typedef {keyof typeof SWAPS} Swap */
/** @typedef {import("./performer.js").Score} Score */
/** @typedef {{move: (dx: number, dy: number) => boolean}} Mover what arrow keys move */

const TICK = 25; // milliseconds
const HELD_UP = 600; // milliseconds after which a silent browser is reported

export const WORDS = {
  blocked: "Your browser is holding the sound. Press Play once.",
  simple: "The instruments could not be loaded: this is a simple built-in sound.",
};
/** Steps of which a new loop waits for the next, by what the listener calls it. */
export const SWAPS = { now: 1, "next beat": 4, "next bar": 16 };

export class Engine {
  /** @param {AudioContext} ctx */
  constructor(ctx) {
    this.ctx = ctx;
    this.band = new Band(ctx, () => this.#bandChanged());
    const { bank, mixer, parts } = this.band;
    this.bank = bank;
    this.mixer = mixer;
    this.parts = parts;
    this.performer = new Performer(ctx, this.band);
    this.history = new History();
    /** @type {PlayerData|null} the loop that is wanted; it may wait for its bar */
    this.loop = null;
    this.blend = new Blend(() => this.#tell());
    this.playing = false;
    this.blocked = false;
    /** @type {number|null} the listener's tempo; null: the loop's */
    this.qpm = null;
    /** @type {Swap} when a new loop takes over */
    this.swap = "now";
    /** @type {[number, number]|null} how sure the model usually is */
    this.usual = null;
    /** @type {ReturnType<typeof setInterval>|undefined} */
    this.timer = undefined;
    /** @type {Set<Mover>} */
    this.movers = new Set();
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    ctx.addEventListener("statechange", () => this.#stateChanged());
    document.addEventListener("visibilitychange", () => this.#tick());
    void this.bank.open();
  }

  /** Call `listener` after every change; returns how to stop that. @param {() => void} listener */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Where the loop lies in a blend, for its colour; null if it is in none. */
  get tint() {
    return this.blend.tints.get(this.loop?.id ?? "") ?? null;
  }

  get tempo() {
    return this.qpm ?? this.loop?.qpm ?? 120;
  }

  /** What says which loop plays; null: whatever was shown last. */
  get score() {
    return this.performer.score;
  }

  /** Sixteenths since Play, with the fraction; null when stopped. */
  get step() {
    return this.playing ? this.performer.step : null;
  }

  /** The loop that is heard now; null when stopped. */
  get sounding() {
    return this.playing ? this.performer.sounding : null;
  }

  /** The loop to draw: what is heard, as it is heard; when stopped, what would be. */
  get seen() {
    const loop = this.sounding ?? this.loop;
    return loop && this.band.arranged(loop);
  }

  /** Step of the loop that sounds now, with its fraction; null when stopped. */
  get position() {
    const { step, sounding } = this;
    return step === null || !sounding ? null : step % sounding.total_steps;
  }

  /** What there is to tell the listener, in words; usually nothing. */
  get message() {
    if (this.blocked) return WORDS.blocked;
    return this.bank.failed ? WORDS.simple : "";
  }

  /** What changed against the sound before; empty if there is nothing to compare. */
  get news() {
    const { loop, history } = this;
    if (!loop) return "";
    const before = history.current?.id === loop.id ? history.previous : history.current;
    return changes(before, loop, this.usual);
  }

  /**
   * Make this the loop; if something plays, heard as soon as `swap` says.
   * @param {PlayerData} loop
   * @param {{play?: boolean}} [how]
   */
  show(loop, { play = false } = {}) {
    const same = this.loop?.id === loop.id && !this.score;
    this.#take(loop);
    this.performer.score = null;
    if (this.playing && !same) {
      this.performer.setTempo(this.tempo);
      this.performer.change(loop, SWAPS[this.swap]);
    }
    if (play && !this.playing) this.play();
    else this.#tell();
  }

  /** A gesture has come to rest on this loop. @param {PlayerData} loop */
  settle(loop) {
    this.history.visit(loop);
    this.#tell();
  }

  /** Let a score say what plays, until somebody shows a loop. @param {Score|null} score */
  perform(score) {
    this.performer.perform(score);
    if (score && !this.playing) this.play();
    else this.#tell();
  }

  /** Go to one of the last sounds; nothing if there is none. @param {number} at */
  goTo(at) {
    const loop = this.history.goTo(at);
    if (loop) this.show(loop);
  }

  /** Play a loop from one of its steps on, whatever played before. @param {PlayerData} loop @param {number} step */
  playFrom(loop, step) {
    this.stop();
    this.#take(loop);
    this.play(step);
  }

  /** Start from the loop's beginning or a step; needs a click or key press once per visit. @param {number} [step] */
  play(step = 0) {
    if (!this.loop) return;
    this.blocked = false;
    this.playing = true;
    if (this.bank.failed) void this.bank.open();
    if (this.ctx.state !== "running") {
      void this.ctx.resume();
      setTimeout(() => this.#stateChanged(), HELD_UP);
    }
    this.timer ??= setInterval(() => this.#tick(), TICK);
    this.performer.start(this.loop, this.tempo, step);
    this.#tell();
  }

  stop() {
    this.playing = false;
    clearInterval(this.timer);
    this.timer = undefined;
    this.performer.stop();
    this.#tell();
  }

  toggle() {
    if (this.playing) this.stop();
    else this.play();
  }

  /** Hear one note at once. @param {PlayerNote} note */
  audition(note) {
    if (!this.seen) return;
    void this.ctx.resume();
    this.performer.audition(this.seen, note);
  }

  /** @param {number} qpm */
  setTempo(qpm) {
    this.qpm = qpm;
    this.performer.setTempo(qpm);
    this.performer.refresh();
    this.#tell();
  }

  /** @param {Swap} swap */
  setSwap(swap) {
    this.swap = swap;
    this.#tell();
  }

  /** @param {boolean} endless whether the loop goes round for ever */
  setEndless(endless) {
    this.performer.setEndless(endless);
    this.#tell();
  }

  /**
   * How the band plays from the next sixteenth on: instrument, beat, key, octave, drone.
   * @param {Partial<Pick<Band, "instrument"|"beat"|"key"|"octave"|"drone">>} how
   */
  arrange(how) {
    Object.assign(this.band, how);
    this.#bandChanged();
  }

  /** The beats there are to choose from. @param {PlayerData[]} beats */
  setBeats(beats) {
    this.band.beats = beats;
    const { beat } = this.band;
    if (beat !== null && !beats.some(({ title }) => title === beat)) this.arrange({ beat: null });
  }

  /**
   * Mute a part or let it play solo, or undo that.
   * @param {"muted"|"solo"} what
   * @param {string} part
   */
  togglePart(what, part) {
    this.parts.toggle(what, part);
    this.band.hear(this.loop);
    this.#tell();
  }

  /** @param {number} volume 0..1 @param {boolean} muted */
  setVolume(volume, muted) {
    this.mixer.set(volume, muted);
    this.#tell();
  }

  /** @param {PlayerData} loop */
  #take(loop) {
    this.loop = loop;
    this.band.want(loop);
    this.band.hear(loop);
  }

  #tick() {
    this.performer.tick();
    if (this.playing && this.performer.ended) this.stop();
    const { score, sounding } = this;
    if (!score || !sounding || sounding === this.loop) return;
    this.#take(sounding); // a score is asked early: only what is heard is in front
    this.#tell();
  }

  /** Somebody else plays from the next sixteenth on, or otherwise. */
  #bandChanged() {
    this.band.want(this.loop);
    this.performer.refresh();
    this.#tell();
  }

  #stateChanged() {
    if (this.ctx.state === "running") {
      this.blocked = false;
      this.#tick();
    } else if (this.playing) {
      this.stop(); // nothing may look as if it sounded when it does not
      this.blocked = true;
    }
    this.#tell();
  }

  #tell() {
    for (const listener of this.listeners) listener();
  }
}

/** The engine of this page, made when first asked for. @returns {Engine} */
export function engine() {
  const page = /** @type {any} */ (window);
  const audio = (page.__explorerAudio ??= {});
  if (!audio.engine) {
    audio.ctx = new AudioContext({ latencyHint: "interactive" });
    audio.engine = new Engine(audio.ctx);
    audio.analyser = audio.engine.mixer.analyser;
  }
  return audio.engine;
}
