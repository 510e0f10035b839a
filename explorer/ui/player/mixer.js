// @ts-check
/** From the voices to the loudspeaker: volume, limiter, and a meter for tests. */

const FULL = 2.4; // gain at full volume: a lone melody then peaks near a third
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
    this.analyser = ctx.createAnalyser();
    this.input.connect(limiter).connect(this.analyser).connect(ctx.destination);
  }

  /** @param {number} volume 0..1 @param {boolean} muted */
  set(volume, muted) {
    this.volume = volume;
    this.muted = muted;
    const level = muted ? 0 : FULL * gainOf(volume);
    this.input.gain.setTargetAtTime(level, this.ctx.currentTime, GLIDE);
  }
}
