// @ts-check
/** From the voices to the loudspeaker: volume, limiter, and a meter for tests. */

const FULL = 2.4; // gain at full volume: a lone melody then peaks near a third
/**
 * Gain of what is louder than a melody: to the ear the bank's bass is 2 and its drums
 * are 5 decibels above a piano, and would cover it. Drums alone hit several at a time.
 * @type {Record<string, number>}
 */
const BESIDE = { bass: 0.8, drums: 0.6, beat: 0.55, drone: 0.35, "drums alone": 0.4 };
const GLIDE = 0.015; // seconds; time constant of a volume change

/** Loudness of a volume setting, 0..1, as the ear takes it. @param {number} volume */
export function gainOf(volume) {
  return volume ** 1.6;
}

export class Mixer {
  /** @param {AudioContext} ctx */
  constructor(ctx) {
    this.ctx = ctx;
    this.volume = 0.6;
    this.muted = false;
    this.input = ctx.createGain();
    this.input.gain.value = FULL * gainOf(this.volume);
    const limiter = new DynamicsCompressorNode(ctx, {
      threshold: -6,
      knee: 3,
      ratio: 20,
      attack: 0.002,
      release: 0.12,
    });
    /** @type {Map<string, GainNode>} */
    this.buses = new Map();
    /** @type {Set<string>} names of the parts that are not heard */
    this.silent = new Set();
    this.analyser = ctx.createAnalyser();
    this.input.connect(limiter).connect(this.analyser).connect(ctx.destination);
  }

  /** Where the voices of one part, or of the beat, go. @param {string} name @returns {GainNode} */
  bus(name) {
    let bus = this.buses.get(name);
    if (!bus) {
      bus = this.ctx.createGain();
      bus.gain.value = BESIDE[name] ?? 1;
      bus.connect(this.input);
      this.buses.set(name, bus);
    }
    return bus;
  }

  /** Let a part be heard or not, at once. @param {string} name @param {boolean} heard */
  setHeard(name, heard) {
    if (heard !== this.silent.has(name)) return; // it is so already
    if (heard) this.silent.delete(name);
    else this.silent.add(name);
    const level = heard ? (BESIDE[name] ?? 1) : 0;
    this.bus(name).gain.setTargetAtTime(level, this.ctx.currentTime, GLIDE);
  }

  /** @param {number} volume 0..1 @param {boolean} muted */
  set(volume, muted) {
    this.volume = volume;
    this.muted = muted;
    const level = muted ? 0 : FULL * gainOf(volume);
    this.input.gain.setTargetAtTime(level, this.ctx.currentTime, GLIDE);
  }
}
