// @ts-check
/** Where everything lies in the picture of a loop: lines, lanes, notes, playhead. */

import { isBeat, laneOf } from "./contract.js";
import { DRUMS, drumRow } from "./drums.js";

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./contract.js").PlayerNote} PlayerNote */
/** @typedef {{x: number, y: number, width: number, height: number, index: number}} NoteBox */

const MIN_ROWS = 12; // an octave: a tune of one pitch is not one thick bar
const MARGIN = 1; // rows left free above and below
const MIN_HEIGHT = 4; // pixels; what a note needs to be seen
const MIN_HEIGHT_SMALL = 3; // the same in a picture of several lines or lanes
export const BAR = 16; // steps
const MOST_BARS = 8; // in a line; longer loops are written in several lines
const NAMES_WIDTH = 64; // pixels; room for the names of the drums
const NAMED_ROW = 9; // pixels a row needs for its name

/**
 * Lines a loop is written in, one below the other, and the steps of each. Music of
 * several parts stays in one line: its lanes already lie one below the other.
 * @param {PlayerData} loop
 */
export function linesOf(loop) {
  const bars = loop.total_steps / BAR;
  const count = loop.parts.length > 1 ? 1 : Math.max(1, Math.ceil(bars / MOST_BARS));
  return { count, steps: count === 1 ? loop.total_steps : Math.ceil(bars / count) * BAR };
}

/**
 * Pixels left of a drum grid for the names of its rows: none if they have no room.
 * @param {PlayerData|null} loop
 * @param {number} width
 * @param {number} height
 */
export function namesWidth(loop, width, height) {
  if (!loop || !isBeat(loop)) return 0;
  const row = height / linesOf(loop).count / DRUMS.length;
  return row >= NAMED_ROW && width >= 4 * NAMES_WIDTH ? NAMES_WIDTH : 0;
}

/**
 * How a lane places pitches: top and height of a note, from the top of the lane.
 * @param {number[]} pitches of the lane
 * @param {number} height of the lane
 * @param {number} least height of a note
 */
function pitchScale(pitches, height, least) {
  const lowest = Math.min(...pitches);
  const highest = Math.max(...pitches);
  const spare = Math.max(0, MIN_ROWS - (highest - lowest + 1));
  const rows = highest - lowest + 1 + spare + 2 * MARGIN;
  const top = highest + Math.floor(spare / 2) + MARGIN;
  const row = height / rows;
  const tall = Math.max(row, least);
  return (/** @type {number} */ pitch) => ({ y: (top - pitch + 0.5) * row - tall / 2, tall });
}

/** The same for drums: a fixed row each, the kick lowest. @param {number} height */
function drumScale(height) {
  const row = height / DRUMS.length;
  const tall = Math.max(1.5, row - 1);
  return (/** @type {number} */ pitch) => ({
    y: (DRUMS.length - 1 - drumRow(pitch)) * row + (row - tall) / 2,
    tall,
  });
}

/**
 * The notes of a loop and after them its ghosts, as the boxes of a picture count them.
 * @param {PlayerData} loop
 */
export function withGhosts(loop) {
  return [...loop.notes, ...loop.ghosts];
}

/**
 * Box of every note in a picture of `width` x `height`, high pitches on top. A note
 * that goes on in the next line has a box in both; a hit is one sixteenth, and none
 * where no drum stands for its pitch.
 * @param {PlayerData} loop
 * @param {number} width
 * @param {number} height
 * @param {number} [left] pixels kept free on the left
 * @param {PlayerNote[]} [notes] those of the loop, or with its ghosts
 * @returns {NoteBox[]}
 */
export function layout(loop, width, height, left = 0, notes = loop.notes) {
  const lines = linesOf(loop);
  const lane = height / lines.count / loop.parts.length;
  const column = (width - left) / lines.steps;
  const isPlain = lines.count === 1 && loop.parts.length === 1;
  const scales = loop.parts.map((part) => {
    const pitches = notes.filter((n) => laneOf(loop, n) === part).map((n) => n.pitch);
    if (part === "drums") return drumScale(lane);
    return pitchScale(pitches, lane, isPlain ? MIN_HEIGHT : MIN_HEIGHT_SMALL);
  });
  /** @type {NoteBox[]} */
  const boxes = [];
  notes.forEach((note, index) => {
    const part = loop.parts.indexOf(laneOf(loop, note));
    const isHit = loop.parts[part] === "drums";
    if (isHit && drumRow(note.pitch) < 0) return;
    const { y, tall } = scales[part](note.pitch);
    const noteEnd = isHit ? note.start_step + 1 : note.end_step;
    const last = Math.ceil(noteEnd / lines.steps) - 1;
    for (let line = Math.floor(note.start_step / lines.steps); line <= last; line += 1) {
      const start = Math.max(0, note.start_step - line * lines.steps);
      const end = Math.min(lines.steps, noteEnd - line * lines.steps);
      boxes.push({
        x: left + start * column,
        y: (line * height) / lines.count + part * lane + y,
        width: (end - start) * column,
        height: tall,
        index,
      });
    }
  });
  return boxes;
}

/**
 * Where the playhead stands at a step: in one line only, from its top to its foot.
 * @param {PlayerData} loop
 * @param {number} position
 * @param {number} width
 * @param {number} height
 * @param {number} [left] pixels kept free on the left
 */
export function playhead(loop, position, width, height, left = 0) {
  const { count, steps } = linesOf(loop);
  const line = Math.min(count - 1, Math.floor(position / steps));
  const x = left + ((position - line * steps) / steps) * (width - left);
  return { x: Math.min(width - 2, x), y: (line * height) / count, height: height / count };
}

/**
 * Index of the note under a point, or -1.
 * @param {NoteBox[]} boxes
 * @param {number} x
 * @param {number} y
 */
export function hitTest(boxes, x, y) {
  const hit = boxes.findLast(
    (box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height,
  );
  return hit ? hit.index : -1;
}

/**
 * Which of `count` equal tiles side by side lies at `x`.
 * @param {number} x
 * @param {number} width
 * @param {number} count
 */
export function tileAt(x, width, count) {
  return Math.min(count - 1, Math.max(0, Math.floor((x / width) * count)));
}
