// @ts-check
/**
 * The sound bank: single notes of several instruments, each instrument one file in
 * which slot i starts at i * slot_seconds and holds pitches[i]; the note itself
 * starts `lead_seconds` into its slot.
 */

import { drumPitch } from "./drums.js";

/**
 * @typedef {object} Instrument
 * @property {string} label
 * @property {number} [program]
 * @property {boolean} [is_drum]
 * @property {boolean} [is_bass] plays the bass of a trio; no choice for a melody
 * @property {string} file
 * @property {number} slot_seconds
 * @property {number[]} pitches
 */
/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./contract.js").Part} Part */
/** @typedef {{buffer: AudioBuffer, offset: number, duration: number, rate: number}} Sample */

const BANK_URL = "/api/bank/";
const RATE = 44100;

/**
 * Slot whose pitch is nearest, and how fast to play it to reach `pitch`.
 * @param {number[]} pitches
 * @param {number} pitch
 */
export function nearestSample(pitches, pitch) {
  let slot = 0;
  for (let i = 1; i < pitches.length; i += 1) {
    if (Math.abs(pitches[i] - pitch) < Math.abs(pitches[slot] - pitch)) slot = i;
  }
  return { slot, rate: 2 ** ((pitch - pitches[slot]) / 12) };
}

/**
 * Names of the instruments a melody may be played on.
 * @param {Record<string, Instrument>} instruments
 */
export function melodic(instruments) {
  return Object.keys(instruments).filter(
    (name) => !instruments[name].is_drum && !instruments[name].is_bass,
  );
}

/**
 * Name of the instrument that plays a melody of a General MIDI program: the same
 * program, else one of its family of eight, else the first.
 * @param {Record<string, Instrument>} instruments
 * @param {number} program
 */
export function instrumentFor(instruments, program) {
  const names = melodic(instruments);
  const family = (/** @type {string} */ name) =>
    Math.floor((instruments[name].program ?? 0) / 8) === Math.floor(program / 8);
  return (
    names.find((name) => instruments[name].program === program) ??
    names.find(family) ??
    names[0] ??
    null
  );
}

/** Name of the drum kit, if the bank has one. @param {Record<string, Instrument>} instruments */
export function drumKit(instruments) {
  return Object.keys(instruments).find((name) => instruments[name].is_drum) ?? null;
}

/**
 * Name of the instrument that plays a part of the loop; null as long as there is none.
 * @param {Record<string, Instrument>} instruments
 * @param {PlayerData|null} loop
 * @param {Part} part
 * @param {string|null} chosen what the listener wants the melody to be played on
 */
export function instrumentOf(instruments, loop, part, chosen) {
  if (part === "drums") return drumKit(instruments);
  if (part === "bass") {
    const bass = Object.keys(instruments).find((name) => instruments[name].is_bass);
    return bass ?? instrumentFor(instruments, 33);
  }
  if (chosen !== null && chosen in instruments) return chosen;
  return instrumentFor(instruments, loop?.program ?? 0);
}

/** Instruments by name, fetched when they are first wanted. */
export class Bank {
  /** @param {() => void} changed called when something has arrived or failed */
  constructor(changed) {
    this.changed = changed;
    /** @type {Record<string, Instrument>} */
    this.instruments = {};
    this.lead = 0; // seconds of silence before the note in each slot
    this.failed = false;
    /** @type {Map<string, AudioBuffer|null>} null: on its way */
    this.buffers = new Map();
    /** @type {Map<string, AudioBuffer>} */
    this.builtIn = new Map();
  }

  /** Read which instruments there are; without a bank the built-in sound stays. */
  async open() {
    try {
      const answer = await fetch(`${BANK_URL}index.json`);
      // without its routes the app answers every address with its own page
      if (!answer.ok || !answer.headers.get("content-type")?.includes("json")) {
        throw new Error("no sound bank at this address");
      }
      const index = await answer.json();
      this.instruments = index.instruments;
      this.lead = index.lead_seconds ?? 0;
      this.failed = false;
    } catch {
      this.failed = true;
    }
    this.changed();
  }

  /**
   * Fetch an instrument once.
   * @param {string|null} name
   */
  async want(name) {
    if (name === null || !(name in this.instruments) || this.buffers.has(name)) return;
    this.buffers.set(name, null);
    try {
      const answer = await fetch(BANK_URL + this.instruments[name].file);
      if (!answer.ok) throw new Error(`${name} answered ${answer.status}`);
      const decoder = new OfflineAudioContext(1, 1, RATE);
      this.buffers.set(name, await decoder.decodeAudioData(await answer.arrayBuffer()));
      this.failed = false;
    } catch {
      this.buffers.delete(name); // tried again when next wanted
      this.failed = true;
    }
    this.changed();
  }

  /**
   * Sound of one pitch; the built-in sound as long as the instrument is not there.
   * @param {string|null} name
   * @param {number} pitch
   * @param {boolean} isDrum
   * @returns {Sample}
   */
  sample(name, pitch, isDrum) {
    const buffer = name === null ? null : this.buffers.get(name);
    if (name === null || !buffer) return this.#simple(pitch, isDrum);
    const { pitches, slot_seconds: seconds } = this.instruments[name];
    const { slot, rate } = nearestSample(pitches, isDrum ? drumPitch(pitch) : pitch);
    const offset = slot * seconds + this.lead;
    const duration = Math.min(seconds - this.lead, buffer.duration - offset);
    return { buffer, offset, duration, rate: isDrum ? 1 : rate };
  }

  /**
   * A plucked tone, or a burst of noise, made here.
   * @param {number} pitch
   * @param {boolean} isDrum
   * @returns {Sample}
   */
  #simple(pitch, isDrum) {
    const seconds = isDrum ? 0.3 : 3;
    const kind = isDrum ? "noise" : "tone";
    let buffer = this.builtIn.get(kind);
    if (!buffer) {
      buffer = new AudioBuffer({ length: seconds * RATE, sampleRate: RATE });
      const wave = buffer.getChannelData(0);
      const turn = (2 * Math.PI * 261.6256) / RATE; // middle C
      let noise = 1;
      for (let i = 0; i < wave.length; i += 1) {
        noise = (noise * 16807) % 2147483647; // the same burst every time
        const fade = Math.exp((isDrum ? -14 : -2.2) * (i / RATE));
        const tone =
          Math.sin(turn * i) + 0.4 * Math.sin(2 * turn * i) + 0.15 * Math.sin(3 * turn * i);
        wave[i] = 0.2 * fade * (isDrum ? noise / 1073741823.5 - 1 : tone);
      }
      this.builtIn.set(kind, buffer);
    }
    const rate = isDrum ? 2 ** ((pitch - 40) / 24) : 2 ** ((pitch - 60) / 12);
    return { buffer, offset: 0, duration: seconds, rate };
  }
}
