// @ts-check
/**
 * The beat: when each sixteenth sounds, and which notes it starts or holds.
 * Steps count up for ever; a step's column in a loop is its remainder, so a loop
 * that takes over goes on from the column where the last one was.
 */

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./contract.js").PlayerNote} PlayerNote */
/** @typedef {{step: number, time: number}} Mark a step and the second it starts */

const EARLY = 1e-6; // seconds; two sums of the same steps may differ by this much

/**
 * Length of a sixteenth in seconds.
 * @param {number} qpm
 */
export function stepSeconds(qpm) {
  return 60 / qpm / 4;
}

/**
 * Notes that begin on this step.
 * @param {PlayerData} loop
 * @param {number} step
 */
export function starting(loop, step) {
  const column = step % loop.total_steps;
  return loop.notes.filter((note) => note.start_step === column);
}

/**
 * Notes that began before this step and still sound on it; drum hits just ring.
 * @param {PlayerData} loop
 * @param {number} step
 */
export function held(loop, step) {
  const column = step % loop.total_steps;
  return loop.notes.filter(
    (note) => note.part !== "drums" && note.start_step < column && column < note.end_step,
  );
}

/**
 * Steps from this step to the end of a note that sounds on it.
 * @param {PlayerData} loop
 * @param {PlayerNote} note
 * @param {number} step
 */
export function stepsLeft(loop, note, step) {
  return note.end_step - (step % loop.total_steps);
}

/** The steps handed out so far, with their times, and the next one. */
export class Timeline {
  /**
   * @param {number} time second at which the first step starts
   * @param {number} qpm
   * @param {number} [step] the first step
   */
  constructor(time, qpm, step = 0) {
    /** @type {Mark[]} in order; only the last ones are kept */
    this.marks = [];
    /** @type {Mark} */
    this.next = { step, time };
    this.step = stepSeconds(qpm);
  }

  /** Hand out the next step. @returns {Mark} */
  take() {
    const mark = this.next;
    this.marks.push(mark);
    this.next = { step: mark.step + 1, time: mark.time + this.step };
    return mark;
  }

  /**
   * The first step that starts at `time` or later, of those handed out and the next.
   * @param {number} time
   * @returns {Mark}
   */
  after(time) {
    return this.marks.find((mark) => mark.time >= time - EARLY) ?? this.next;
  }

  /**
   * Take back every step from `step` on, and say which is next.
   * @param {number} step
   * @returns {Mark}
   */
  rewind(step) {
    const index = this.marks.findIndex((mark) => mark.step >= step);
    if (index >= 0) {
      this.next = this.marks[index];
      this.marks.length = index;
    }
    return this.next;
  }

  /**
   * Pass over the steps that `time` has overtaken; true if there were any.
   * @param {number} time
   */
  catchUp(time) {
    const late = this.next.time < time;
    while (this.next.time < time) this.take();
    return late;
  }

  /**
   * Steps from now on last as long as this tempo says.
   * @param {number} qpm
   */
  setTempo(qpm) {
    this.step = stepSeconds(qpm);
  }

  /**
   * Where the beat is at `time`, in steps and parts of a step; never before 0.
   * @param {number} time
   */
  position(time) {
    const after = this.marks.findIndex((mark) => mark.time > time);
    const mark = after < 0 ? this.marks.at(-1) : this.marks[after - 1];
    if (!mark) return this.marks[0]?.step ?? this.next.step;
    const end = after < 0 ? this.next.time : this.marks[after].time;
    const part = (time - mark.time) / Math.max(end - mark.time, EARLY);
    return mark.step + Math.min(0.999, Math.max(0, part));
  }

  /**
   * Forget all steps before the one that sounds at `time`.
   * @param {number} time
   */
  forget(time) {
    while (this.marks.length > 1 && this.marks[1].time <= time) this.marks.shift();
  }
}
