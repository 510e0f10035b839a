// @ts-check
/** What is different from the sound before, in words that can be checked by counting. */

import { laneOf } from "./contract.js";

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./contract.js").PlayerNote} PlayerNote */

const LEAST = 0.5; // semitones between mean pitches; less is not told
const SIGN = (/** @type {number} */ n) => (n > 0 ? `+${n}` : `−${-n}`);

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

/**
 * How sure the model is of a loop: the mean over its notes; null if it did not write it.
 * @param {PlayerData} loop
 */
export function sureness(loop) {
  const known = loop.notes.flatMap(({ certainty }) => (certainty === undefined ? [] : [certainty]));
  return known.length && known.length === loop.notes.length ? mean(known) : null;
}

/**
 * "busier +6" and "higher +3" of one part, against the same part before.
 * @param {string} part
 * @param {PlayerNote[]} before
 * @param {PlayerNote[]} after
 */
function partChanges(part, before, after) {
  const words = [];
  const more = after.length - before.length;
  if (more) words.push(`${more > 0 ? "busier" : part === "drums" ? "sparser" : "calmer"} ${SIGN(more)}`);
  if (part !== "drums" && before.length && after.length) {
    const up = mean(after.map(({ pitch }) => pitch)) - mean(before.map(({ pitch }) => pitch));
    const whole = Math.round(up);
    if (Math.abs(up) >= LEAST && whole) words.push(`${up > 0 ? "higher" : "lower"} ${SIGN(whole)}`);
  }
  return words;
}

/**
 * Number of notes of the one loop that the other has not: same start, pitch and part.
 * @param {PlayerNote[]} notes
 * @param {PlayerNote[]} others
 */
function newNotes(notes, others) {
  const name = (/** @type {PlayerNote} */ n) => `${n.part} ${n.start_step} ${n.pitch}`;
  const known = new Set(others.map(name));
  return notes.filter((note) => !known.has(name(note))).length;
}

/**
 * The line under the title, such as "busier +6 · higher +3 · as sure as usual".
 * @param {PlayerData|null} before
 * @param {PlayerData} after
 * @param {[number, number]|null} usual sureness that most of the model's music lies within
 */
export function changes(before, after, usual) {
  const words = [];
  const isAlike = before?.total_steps === after.total_steps; // a loop and a journey are not
  if (before && isAlike && before.parts.join() === after.parts.join()) {
    for (const part of after.parts) {
      const [old, now] = [before, after].map((loop) =>
        loop.notes.filter((note) => laneOf(loop, note) === part),
      );
      const said = partChanges(part, old, now);
      const lead = after.parts.length > 1 && said.length ? `${part} ` : "";
      words.push(...said.map((text, i) => (i ? text : lead + text)));
    }
    const fresh = newNotes(after.notes, before.notes);
    if (!words.length && fresh) words.push(`${fresh} of ${after.notes.length} notes new`);
    if (!words.length) words.push("the same notes");
  }
  const sure = sureness(after);
  if (sure !== null && usual) {
    const [low, high] = usual;
    words.push(sure < low ? "less sure than usual" : sure > high ? "surer than usual" : "as sure as usual");
  }
  return words.join(" · ");
}
