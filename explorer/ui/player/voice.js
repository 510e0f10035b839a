// @ts-check
/** One sounding note: starts without a click, ends without a click. */

/** @typedef {import("./bank.js").Sample} Sample */

const ATTACK = 0.003; // seconds
const RELEASE = 0.06;
export const SAME = 1e-4; // seconds; two times closer than this are one

/**
 * Loudness of a MIDI velocity, 0..1.
 * @param {number} velocity
 */
export function loudness(velocity) {
  return (velocity / 127) ** 1.4;
}

/**
 * Level at `time` of a note that swells for ATTACK, holds `level` to its end and
 * then fades for RELEASE.
 * @param {{startTime: number, endTime: number, level: number}} note
 * @param {number} time
 */
export function levelAt({ startTime, endTime, level }, time) {
  const swell = Math.min(1, Math.max(0, (time - startTime) / ATTACK));
  const fade = Math.min(1, Math.max(0, 1 - (time - endTime) / RELEASE));
  return level * swell * fade;
}

/** A note handed to the audio clock; its end may still be moved. */
export class Voice {
  /**
   * @param {BaseAudioContext} ctx
   * @param {AudioNode} output
   * @param {Sample} sample
   * @param {{pitch: number, velocity: number, isDrum: boolean, startTime: number,
   *   endTime: number, gain?: number, isBeside?: boolean}} note
   */
  constructor(ctx, output, sample, note) {
    const { pitch, velocity, isDrum, startTime, endTime, gain = 1, isBeside = false } = note;
    this.pitch = pitch;
    this.output = output;
    this.isDrum = isDrum;
    this.isBeside = isBeside; // of a beat or a drone, not of the loop
    this.startTime = startTime;
    this.level = loudness(velocity) * gain;
    this.done = false;
    /** when the sample itself runs out */
    this.limit = startTime + sample.duration / sample.rate - RELEASE;
    this.gain = ctx.createGain();
    this.gain.gain.setValueAtTime(0, startTime);
    this.gain.gain.linearRampToValueAtTime(this.level, startTime + ATTACK);
    this.source = ctx.createBufferSource();
    this.source.buffer = sample.buffer;
    this.source.playbackRate.value = sample.rate;
    this.source.connect(this.gain).connect(output);
    this.source.start(startTime, sample.offset, sample.duration);
    this.source.onended = () => this.#finish();
    this.endTime = this.#fadeFrom(isDrum ? this.limit : endTime);
  }

  /**
   * End the note at `time`, later or earlier than it would have.
   * @param {number} time not before now
   * @param {number} endTime not before `time`
   */
  moveEnd(time, endTime) {
    if (time > this.endTime + SAME) return; // already fading
    const level = levelAt(this, time);
    this.gain.gain.cancelScheduledValues(time);
    this.gain.gain.linearRampToValueAtTime(level, time); // on the line it was on
    this.endTime = this.#fadeFrom(Math.max(time, endTime));
  }

  /** Take back a note that has not begun, or cut it off. */
  cancel() {
    this.source.stop();
    this.#finish();
  }

  /** @param {number} endTime */
  #fadeFrom(endTime) {
    const end = Math.max(Math.min(endTime, this.limit), this.startTime + ATTACK);
    this.gain.gain.linearRampToValueAtTime(this.level, end);
    this.gain.gain.linearRampToValueAtTime(0, end + RELEASE);
    this.source.stop(end + RELEASE + 0.01);
    return end;
  }

  #finish() {
    this.done = true;
    this.source.disconnect();
    this.gain.disconnect();
  }
}
