// @ts-check
/**
 * The hands on the audio clock: which loop plays from which step, note by note.
 *
 * Notes are handed to the audio clock seconds early, so that a busy page cannot starve
 * the sound. When another loop is to play from a step on, whatever was handed out from
 * there is taken back, the column never resets, and a note that both loops hold goes on.
 */

import { held, starting, stepSeconds, stepsLeft, Timeline } from "./clock.js";
import { SAME, Voice } from "./voice.js";

/** @typedef {import("./band.js").Band} Band */
/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./contract.js").PlayerNote} PlayerNote */
/** @typedef {import("./clock.js").Mark} Mark */
/** @typedef {(step: number, time: number) => PlayerData|null} Score what plays from a step on */
/** @typedef {{step: number, loop: PlayerData}} Turn a loop and the step it plays from */

const FAR_AHEAD = 8; // seconds; against pages that are slow to build
const LOOK_AHEAD = 1.2; // seconds; while changes follow each other; hidden pages tick once a second
const AT_REST = 0.25; // seconds after a change in which another follows it
const LEAD = 0.01; // seconds; what starts sooner is left alone
const START = 0.06; // seconds from Play to the first note

export class Performer {
  /** @param {AudioContext} ctx @param {Band} band */
  constructor(ctx, band) {
    this.ctx = ctx;
    this.band = band;
    /** @type {Timeline|null} null when nothing plays */
    this.timeline = null;
    /** @type {Voice[]} */
    this.voices = [];
    /** @type {Turn[]} loops handed out, in order; only the last ones are kept */
    this.turns = [];
    /** @type {Turn|null} a loop whose step has not been handed out yet */
    this.waiting = null;
    /** @type {Score|null} */
    this.score = null;
    this.endless = true; // goes round and round
    /** @type {number|null} the step on which a loop that is not endless ends */
    this.lastStep = null;
    this.changed = 0; // second of the audio clock
    this.isDragged = false; // the last change followed another
    /** @type {Voice[]} not wanted any more; taken back when others are handed out */
    this.leaving = [];
  }

  /** Play the loop, from its beginning or a step. @param {PlayerData} loop @param {number} qpm @param {number} [step] */
  start(loop, qpm, step = 0) {
    this.changed = this.ctx.currentTime;
    this.isDragged = false;
    this.timeline = new Timeline(this.changed + START, qpm, step);
    this.turns = [{ step, loop }];
    this.waiting = null;
    this.setEndless(this.endless);
    this.tick();
  }

  stop() {
    this.timeline = null;
    this.turns = [];
    this.waiting = null;
    this.score = null;
    const now = this.ctx.currentTime + LEAD / 2;
    for (const voice of this.voices) {
      if (voice.startTime >= now) voice.cancel();
      else voice.moveEnd(now, now);
    }
    this.voices = [];
  }

  /** The loop that is heard now; null when nothing plays. @returns {PlayerData|null} */
  get sounding() {
    const { step } = this;
    if (step === null) return null;
    return (this.turns.findLast((turn) => turn.step <= step) ?? this.turns[0])?.loop ?? null;
  }

  /** The sixteenth that is heard now, with its fraction; null when nothing plays. */
  get step() {
    if (!this.timeline) return null;
    return this.timeline.position(this.ctx.currentTime - (this.ctx.outputLatency || 0));
  }

  /**
   * Let a loop play from the next step on that is a multiple of `every`.
   * @param {PlayerData} loop
   * @param {number} [every] steps
   */
  change(loop, every = 1) {
    if (!this.timeline) return;
    const now = this.ctx.currentTime;
    this.isDragged = now - this.changed < AT_REST;
    this.changed = now;
    const soonest = this.timeline.after(now + LEAD).step;
    const step = Math.ceil(soonest / every) * every;
    this.waiting = null;
    if (step > this.timeline.next.step) this.waiting = { step, loop };
    else this.#cross(this.timeline.rewind(step), loop);
    this.tick();
  }

  /** From the next sixteenth on, play the same otherwise: tempo, instrument, key. */
  refresh() {
    if (!this.timeline) return;
    const { step } = this.timeline.after(this.ctx.currentTime + LEAD);
    const { loop } = this.turns.findLast((turn) => turn.step <= step) ?? this.turns[0];
    const later = this.turns.find((turn) => turn.step > step);
    const mark = this.timeline.rewind(step);
    this.#cross(mark, loop);
    this.#renewBeside(mark);
    this.waiting ??= later ?? null;
    this.tick();
  }

  /**
   * Let a score say what plays, from the next sixteenth on.
   * @param {Score|null} score
   */
  perform(score) {
    this.score = score;
    this.waiting = null;
    if (score) this.refresh();
  }

  /** @param {number} qpm */
  setTempo(qpm) {
    this.timeline?.setTempo(qpm);
  }

  /** Whether to go round for ever, or to end with the loop. @param {boolean} endless */
  setEndless(endless) {
    this.endless = endless;
    this.lastStep = null;
    if (endless || !this.timeline || !this.turns.length) return;
    const { step } = this.timeline.after(this.ctx.currentTime + LEAD);
    const { total_steps: length } = this.turns[this.turns.length - 1].loop;
    this.lastStep = Math.max(1, Math.ceil(step / length)) * length;
    this.refresh();
  }

  /** Whether the last note has been heard of a loop that was to play once. */
  get ended() {
    return this.lastStep !== null && (this.step ?? 0) >= this.lastStep;
  }

  /** Hand out the steps that are due, and only then take back what they replace. */
  tick() {
    this.#handOut();
    const now = this.ctx.currentTime;
    for (const voice of this.leaving) {
      if (voice.startTime > now) voice.cancel();
      else voice.moveEnd(now, now); // the page was held up
    }
    this.leaving = [];
  }

  #handOut() {
    const { timeline } = this;
    if (!timeline || this.ctx.state !== "running") return;
    const now = this.ctx.currentTime;
    this.voices = this.voices.filter((voice) => !voice.done);
    if (timeline.catchUp(now)) this.#cross(timeline.next, this.#current); // the page slept
    const isAtRest = !this.isDragged || now - this.changed > AT_REST;
    const ahead = isAtRest ? FAR_AHEAD : LOOK_AHEAD;
    while (timeline.next.time < now + ahead) {
      const mark = timeline.next;
      const wanted = this.#wantedAt(mark);
      if (wanted) this.#cross(mark, wanted);
      timeline.take();
      if (this.lastStep === null || mark.step < this.lastStep) this.#play(mark);
    }
    timeline.forget(now - 1);
    while (this.turns.length > 1 && this.turns[1].step <= timeline.marks[0]?.step) this.turns.shift();
  }

  /** Strike a note at once, beside what plays. @param {PlayerData} loop @param {PlayerNote} note */
  audition(loop, note) {
    const seconds = (note.end_step - note.start_step) * stepSeconds(loop.qpm);
    const time = this.ctx.currentTime + LEAD;
    this.voices.push(this.#voice(loop, note, time, time + Math.max(0.2, seconds)));
  }

  get #current() {
    return this.turns[this.turns.length - 1].loop;
  }

  /** Another loop that is to play from this step on. @param {Mark} mark */
  #wantedAt({ step, time }) {
    let wanted = null;
    if (this.waiting && this.waiting.step <= step) {
      wanted = this.waiting.loop;
      this.waiting = null;
    } else if (this.score) wanted = this.score(step, time);
    return wanted && wanted !== this.#current ? wanted : null;
  }

  /** Everything that starts on a step: the loop's notes, a beat and a drone. @param {Mark} mark */
  #play({ step, time }) {
    const loop = this.band.arranged(this.#current);
    for (const note of starting(loop, step)) this.#strike(loop, note, step, time);
    for (const [bus, other] of this.band.beside(loop)) {
      for (const note of starting(other, step)) this.#strike(other, note, step, time, bus);
    }
  }

  /**
   * From a step on, which is not handed out yet, play this loop.
   * @param {Mark} mark
   * @param {PlayerData} loop
   */
  #cross({ step, time }, loop) {
    this.turns = this.turns.filter((turn) => turn.step < step);
    this.turns.push({ step, loop });
    const heard = this.band.arranged(loop);
    const wanted = new Set(this.lastStep !== null && step >= this.lastStep ? [] : held(heard, step));
    const isLater = (/** @type {Voice} */ voice) => voice.startTime >= time - SAME;
    this.leaving.push(...this.voices.filter(isLater));
    this.voices = this.voices.filter((voice) => !isLater(voice));
    for (const voice of this.voices) {
      if (!voice.isDrum && !voice.isBeside && voice.endTime >= time - SAME) {
        const note = [...wanted].find((each) => this.#goesOn(voice, heard, each));
        voice.moveEnd(time, note ? this.#endOf(heard, note, step, time) : time);
        if (note) wanted.delete(note);
      }
    }
    for (const note of wanted) this.#strike(heard, note, step, time);
  }

  /** Let a drone that was just set be heard at once, and one that was not end. @param {Mark} mark */
  #renewBeside({ step, time }) {
    for (const voice of this.voices) {
      if (voice.isBeside && !voice.isDrum && !voice.done) voice.moveEnd(time, time);
    }
    for (const [bus, other] of this.band.beside(this.#current)) {
      for (const note of held(other, step)) this.#strike(other, note, step, time, bus);
    }
  }

  /**
   * Whether a voice is what the note would sound as.
   * @param {Voice} voice
   * @param {PlayerData} loop
   * @param {PlayerNote} note
   */
  #goesOn(voice, loop, note) {
    if (voice.pitch !== note.pitch) return false;
    const { sample, output } = this.band.sound(loop, note);
    return voice.output === output && voice.source.buffer === sample.buffer;
  }

  /**
   * @param {PlayerData} loop
   * @param {PlayerNote} note
   * @param {number} step
   * @param {number} time
   * @param {string|null} [bus]
   */
  #strike(loop, note, step, time, bus = null) {
    this.voices.push(this.#voice(loop, note, time, this.#endOf(loop, note, step, time), bus));
  }

  /**
   * @param {PlayerData} loop
   * @param {PlayerNote} note
   * @param {number} startTime
   * @param {number} endTime
   * @param {string|null} [bus]
   */
  #voice(loop, note, startTime, endTime, bus = null) {
    const { sample, output, gain } = this.band.sound(loop, note, bus);
    const { pitch, velocity } = note;
    const isDrum = note.part === "drums";
    const how = { pitch, velocity, gain, isDrum, isBeside: bus !== null, startTime, endTime };
    return new Voice(this.ctx, output, sample, how);
  }

  /** @param {PlayerData} loop @param {PlayerNote} note @param {number} step @param {number} time */
  #endOf(loop, note, step, time) {
    const seconds = this.timeline?.step ?? stepSeconds(loop.qpm);
    return time + stepsLeft(loop, note, step) * seconds;
  }
}
