// @ts-check
/** Who plays: the instrument of each part, the beat underneath, and who is heard. */

import { Bank, instrumentFor, instrumentOf } from "./bank.js";
import { hasDrums, isBeat, laneOf } from "./contract.js";
import { Mixer } from "./mixer.js";
import { Parts } from "./parts.js";
import { droneOn, likelyTonic, rearranged, tonicOf } from "./scales.js";
import { loudness } from "./voice.js";

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./contract.js").PlayerNote} PlayerNote */
/** @typedef {import("./contract.js").Part} Part */

const BEAT_BUS = "beat";
const DRONE_BUS = "drone";
const DRUMS_ALONE = "drums alone";
const STRINGS = 48; // General MIDI program of the drone

export class Band {
  /** @param {AudioContext} ctx @param {() => void} changed called when an instrument came */
  constructor(ctx, changed) {
    this.mixer = new Mixer(ctx);
    this.bank = new Bank(changed);
    this.parts = new Parts();
    /** @type {string|null} what the listener wants the melody on; null: the loop's */
    this.instrument = null;
    /** @type {PlayerData[]} drum loops to choose from */
    this.beats = [];
    /** @type {string|null} title of the beat the listener chose */
    this.beat = null;
    /** @type {string|null} key that all notes stay in; null: as they were written */
    this.key = null;
    this.octave = 0;
    this.drone = false;
    /** @type {{for: string, loops: WeakMap<PlayerData, PlayerData>}} */
    this.kept = { for: "", loops: new WeakMap() };
  }

  /** The loop as it sounds: in the listener's key and octave. @param {PlayerData} loop */
  arranged(loop) {
    const setting = `${this.key} ${this.octave}`;
    if (this.kept.for !== setting) this.kept = { for: setting, loops: new WeakMap() };
    let found = this.kept.loops.get(loop);
    if (!found) {
      found = rearranged(loop, this.key, this.octave);
      this.kept.loops.set(loop, found);
    }
    return found;
  }

  /**
   * What plays under the loop, with the way it takes to the loudspeaker.
   * @param {PlayerData} loop
   * @returns {[string, PlayerData][]}
   */
  beside(loop) {
    const beat = this.backing(loop);
    const tonic = this.key === null ? likelyTonic(loop) : tonicOf(this.key);
    const drone = this.drone && !isBeat(loop) && tonic !== null ? droneOn(tonic) : null;
    /** @type {[string, PlayerData|null][]} */
    const all = [
      [BEAT_BUS, beat],
      [DRONE_BUS, drone],
    ];
    return /** @type {[string, PlayerData][]} */ (all.filter(([, other]) => other));
  }

  /** Beat that plays under the loop; null: none. @param {PlayerData|null} loop */
  backing(loop) {
    if (!loop || hasDrums(loop)) return null;
    return this.beats.find(({ title }) => title === this.beat) ?? null;
  }

  /** Name of the instrument that plays a part. @param {PlayerData|null} loop @param {Part} part */
  player(loop, part) {
    return instrumentOf(this.bank.instruments, loop, part, this.instrument);
  }

  /** Name of the instrument that stands for the loop. @param {PlayerData|null} loop */
  leader(loop) {
    return this.player(loop, loop && isBeat(loop) ? "drums" : "melody");
  }

  /** Fetch what the loop and its beat are played on. @param {PlayerData|null} loop */
  want(loop) {
    if (!loop) {
      void this.bank.want(instrumentFor(this.bank.instruments, 0));
      return;
    }
    const parts = new Set(loop.notes.map((note) => note.part ?? "melody"));
    if (this.backing(loop)) parts.add("drums");
    for (const part of parts) void this.bank.want(this.player(loop, part));
    if (this.drone) void this.bank.want(instrumentFor(this.bank.instruments, STRINGS));
  }

  /** Open and close the loop's parts as the listener set them. @param {PlayerData|null} loop */
  hear(loop) {
    for (const part of loop?.parts ?? []) {
      this.mixer.setHeard(part, this.parts.heard(loop, part));
    }
  }

  /**
   * What a note of the loop sounds as, how loud, and its way to the loudspeaker.
   * @param {PlayerData} loop
   * @param {PlayerNote} note
   * @param {string|null} [bus] name of the way; null: that of its part
   */
  sound(loop, note, bus = null) {
    const part = note.part ?? "melody";
    const { instruments } = this.bank;
    const player =
      bus === DRONE_BUS ? instrumentFor(instruments, STRINGS) : this.player(loop, part);
    const sample = this.bank.sample(player, note.pitch, part === "drums");
    const name = bus ?? (isBeat(loop) ? DRUMS_ALONE : loop.parts.length > 1 ? laneOf(loop, note) : null);
    const output = name === null ? this.mixer.input : this.mixer.bus(name);
    return { sample, output, gain: bus === null ? evenGain(loop) : 1 };
  }
}

const EVEN = loudness(80); // what the models' melodies are played with
const MOST_EVENED = 1.6; // times louder or softer
/** @type {WeakMap<PlayerData, number>} */
const gains = new WeakMap();

/**
 * Gain that makes loops about as loud as each other: soft playing is lifted and loud
 * playing held back. How many notes there are stays to be heard.
 * @param {PlayerData} loop
 */
export function evenGain(loop) {
  let gain = gains.get(loop);
  if (gain === undefined) {
    const squares = loop.notes.map(({ velocity }) => loudness(velocity) ** 2);
    const level = Math.sqrt(squares.reduce((sum, v) => sum + v, 0) / Math.max(1, squares.length));
    gain = Math.min(MOST_EVENED, Math.max(1 / MOST_EVENED, EVEN / Math.max(level, 1e-3)));
    gains.set(loop, gain);
  }
  return gain;
}
