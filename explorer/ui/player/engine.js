// @ts-check
/**
 * The one owner of sound: plays a loop for ever, and lets another take over.
 *
 * Notes are handed to the audio clock up to LOOK_AHEAD seconds early, so that a
 * busy page cannot starve the sound; whatever has not begun is taken back when the
 * loop, tempo or instrument changes. A change is therefore heard at the next
 * sixteenth, the column never resets, and a note that both loops hold goes on.
 */

import { Bank, drumKit, instrumentFor } from "./bank.js";
import { held, starting, stepSeconds, stepsLeft, Timeline } from "./clock.js";
import { Mixer } from "./mixer.js";
import { Voice } from "./voice.js";

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./contract.js").PlayerNote} PlayerNote */

const LOOK_AHEAD = 1.2; // seconds; hidden pages get one tick per second
const TICK = 25; // milliseconds
const LEAD = 0.01; // seconds; what starts sooner is left alone
const START = 0.06; // seconds from Play to the first note
const SAME = 1e-4; // seconds; two times closer than this are one
const ANSWER = 1000; // milliseconds in which Python's answers to a gesture arrive
const HELD_UP = 600; // milliseconds after which a silent browser is reported

export const WORDS = {
  blocked: "Your browser is holding the sound. Press Play once.",
  simple: "The instruments could not be loaded: this is a simple built-in sound.",
};

export class Engine {
  /** @param {AudioContext} ctx */
  constructor(ctx) {
    this.ctx = ctx;
    this.mixer = new Mixer(ctx);
    /** @type {PlayerData|null} */
    this.loop = null;
    /** @type {Map<string, number>} how far loops are from tune A to B, for colour */
    this.tints = new Map();
    this.claimed = { id: "", until: 0 };
    this.playing = false;
    this.blocked = false;
    /** @type {number|null} the listener's tempo; null: the loop's */
    this.qpm = null;
    /** @type {string|null} the listener's instrument; null: the loop's */
    this.instrument = null;
    /** @type {Timeline|null} */
    this.timeline = null;
    /** @type {ReturnType<typeof setInterval>|undefined} */
    this.timer = undefined;
    /** @type {Voice[]} */
    this.voices = [];
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    this.bank = new Bank(() => this.#bankChanged());
    ctx.addEventListener("statechange", () => this.#stateChanged());
    document.addEventListener("visibilitychange", () => this.#tick());
    void this.bank.open();
  }

  /** Call `listener` after every change; returns how to stop that. @param {() => void} listener */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** How far the loop is from tune A to tune B; null if it is no blend. */
  get tint() {
    return this.tints.get(this.loop?.id ?? "") ?? null;
  }

  get tempo() {
    return this.qpm ?? this.loop?.qpm ?? 120;
  }

  /** Name of the instrument that plays; null as long as no bank is there. */
  get voiceName() {
    const { instruments } = this.bank;
    if (this.loop?.is_drum) return drumKit(instruments);
    if (this.instrument !== null && this.instrument in instruments) return this.instrument;
    return instrumentFor(instruments, this.loop?.program ?? 0);
  }

  /** Step of the loop that sounds now, with its fraction; null when stopped. */
  get position() {
    if (!this.playing || !this.timeline || !this.loop) return null;
    const heard = this.ctx.currentTime - (this.ctx.outputLatency || 0);
    return this.timeline.position(heard) % this.loop.total_steps;
  }

  /** What there is to tell the listener, in words; usually nothing. */
  get message() {
    if (this.blocked) return WORDS.blocked;
    return this.bank.failed ? WORDS.simple : "";
  }

  /**
   * Make this the loop; heard from the next sixteenth if something plays.
   * @param {PlayerData} loop
   * @param {{play?: boolean}} [how]
   */
  show(loop, { play = false } = {}) {
    const same = this.loop?.id === loop.id;
    this.loop = loop;
    void this.bank.want(this.voiceName);
    if (this.playing && !same) {
      this.timeline?.setTempo(this.tempo);
      this.#takeOver();
    }
    if (play && !this.playing) this.play();
    else this.#tell();
  }

  /** Start from the loop's beginning; needs a click or key press once per visit. */
  play() {
    if (!this.loop) return;
    this.blocked = false;
    this.playing = true;
    if (this.bank.failed) void this.bank.open();
    this.timeline = new Timeline(this.ctx.currentTime + START, this.tempo);
    if (this.ctx.state !== "running") {
      void this.ctx.resume();
      setTimeout(() => this.#stateChanged(), HELD_UP);
    }
    this.timer ??= setInterval(() => this.#tick(), TICK);
    this.#tick();
    this.#tell();
  }

  stop() {
    this.playing = false;
    clearInterval(this.timer);
    this.timer = undefined;
    this.timeline = null;
    const now = this.ctx.currentTime + LEAD / 2;
    for (const voice of this.voices) {
      if (voice.startTime >= now) voice.cancel();
      else voice.moveEnd(now, now);
    }
    this.voices = [];
    this.#tell();
  }

  toggle() {
    if (this.playing) this.stop();
    else this.play();
  }

  /** @param {number} qpm */
  setTempo(qpm) {
    this.qpm = qpm;
    this.timeline?.setTempo(qpm);
    this.#takeOver();
    this.#tell();
  }

  /** @param {string} name */
  setInstrument(name) {
    this.instrument = name;
    void this.bank.want(name);
    this.#takeOver({ keep: false });
    this.#tell();
  }

  /** @param {number} volume 0..1 @param {boolean} muted */
  setVolume(volume, muted) {
    this.mixer.set(volume, muted);
    this.#tell();
  }

  /**
   * Say which loops are a blend now; returns how to take it back.
   * @param {[string, number][]} tints part of the way from A to B, by loop id
   */
  setTints(tints) {
    const mine = new Map(tints);
    this.tints = mine;
    this.claimed.until = 0;
    this.#tell();
    return () => {
      if (this.tints === mine) this.setTints([]);
    };
  }

  /**
   * A gesture in the browser chose this loop of the blend. For as long as the
   * gesture lasts, and until it is answered, what Python says of the blend's other
   * loops is an answer to an older gesture.
   * @param {string} id
   * @param {boolean} finished
   */
  claim(id, finished) {
    this.claimed = { id, until: finished ? performance.now() + ANSWER : Infinity };
  }

  /** Whether to follow when Python asks for this loop. @param {string} id */
  heeds(id) {
    const { id: mine, until } = this.claimed;
    return id === mine || performance.now() > until || !this.tints.has(id);
  }

  /**
   * From the next sixteenth on, play the loop as it is now.
   * @param {{keep?: boolean}} [how] `keep`: a note held before and after goes on
   */
  #takeOver({ keep = true } = {}) {
    if (!this.timeline || !this.loop) return;
    const { step, time } = this.timeline.rewind(this.ctx.currentTime + LEAD);
    const wanted = new Set(held(this.loop, step));
    for (const voice of this.voices) {
      if (voice.startTime >= time - SAME) voice.cancel();
      else if (!voice.isDrum && voice.endTime >= time - SAME) {
        const note = [...wanted].find((n) => keep && n.pitch === voice.pitch);
        voice.moveEnd(time, note ? this.#endOf(note, step, time) : time);
        if (note) wanted.delete(note);
      }
    }
    for (const note of wanted) this.#strike(note, step, time);
    this.#tick();
  }

  #tick() {
    if (!this.timeline || !this.loop || this.ctx.state !== "running") return;
    const now = this.ctx.currentTime;
    this.voices = this.voices.filter((voice) => !voice.done);
    if (this.timeline.catchUp(now)) {
      const { step, time } = this.timeline.next; // the page slept: come back in time
      for (const note of held(this.loop, step)) this.#strike(note, step, time);
    }
    while (this.timeline.next.time < now + LOOK_AHEAD) {
      const { step, time } = this.timeline.take();
      for (const note of starting(this.loop, step)) this.#strike(note, step, time);
    }
    this.timeline.forget(now - 1);
  }

  /** @param {PlayerNote} note @param {number} step @param {number} time */
  #strike(note, step, time) {
    const isDrum = Boolean(note.is_drum);
    const name = isDrum ? drumKit(this.bank.instruments) : this.voiceName;
    const sample = this.bank.sample(name, note.pitch, isDrum);
    const voice = new Voice(this.ctx, this.mixer.input, sample, {
      pitch: note.pitch,
      velocity: note.velocity,
      isDrum,
      startTime: time,
      endTime: this.#endOf(note, step, time),
    });
    this.voices.push(voice);
  }

  /** @param {PlayerNote} note @param {number} step @param {number} time */
  #endOf(note, step, time) {
    if (!this.loop) return time;
    return time + stepsLeft(this.loop, note, step) * stepSeconds(this.tempo);
  }

  #bankChanged() {
    void this.bank.want(this.voiceName ?? instrumentFor(this.bank.instruments, 0));
    this.#takeOver({ keep: false });
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
