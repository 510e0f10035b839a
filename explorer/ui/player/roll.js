// @ts-check
/** Drawing a loop on a canvas, and the same in words. */

import { laneOf } from "./contract.js";
import { DRUMS, drumRow } from "./drums.js";
import { BAR, layout, linesOf, namesWidth, playhead, withGhosts } from "./layout.js";

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./contract.js").PlayerNote} PlayerNote */
/** @typedef {import("./layout.js").NoteBox} NoteBox */
/**
 * @typedef {object} Look
 * @property {string} note colour of the notes
 * @property {string} text colour of lines and of what sounds
 * @property {number|null} [position] step of the playhead; none if null
 * @property {boolean} [grid] whether it is the dock's: beats, bars, ghosts, all of a line
 * @property {(part: string) => boolean} [heard] whether a part sounds; others are dim
 */

const BEAT = 4; // steps
const MOST_BEATS = 8 * BAR; // steps whose beats are drawn
const DIM = 0.25; // opacity of a part that is not heard
const NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];

/**
 * Name of a pitch, middle C being C4.
 * @param {number} pitch
 */
export function pitchName(pitch) {
  return `${NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
}

/**
 * Name of a note: its pitch, or the drum that is hit.
 * @param {PlayerNote} note
 */
export function noteName({ part, pitch }) {
  return (part === "drums" && DRUMS[drumRow(pitch)]?.name) || pitchName(pitch);
}

/** @param {number} count @param {string} thing */
const several = (count, thing) => `${count} ${thing}${count === 1 ? "" : "s"}`;

/**
 * What one part does, such as "3 notes from C4 to A4" or "2 hits of kick and snare".
 * @param {string} part
 * @param {PlayerNote[]} notes
 */
function summary(part, notes) {
  if (notes.length === 0) return "silence";
  if (part === "drums") {
    const names = DRUMS.filter((_, row) => notes.some(({ pitch }) => drumRow(pitch) === row));
    const list = names.map(({ name }) => name.toLowerCase()).join(", ");
    return `${several(notes.length, "hit")} of ${list}`.replace(/, ([^,]*)$/, " and $1");
  }
  const pitches = notes.map((note) => note.pitch);
  const [low, high] = [Math.min(...pitches), Math.max(...pitches)].map(pitchName);
  return `${several(notes.length, "note")} from ${low} to ${high}`;
}

/**
 * The picture in words, for those who do not see it.
 * @param {PlayerData} loop
 */
export function describe(loop) {
  const length = several(Math.ceil(loop.total_steps / BAR), "bar");
  const parts = loop.parts.map((part) => {
    const own = loop.notes.filter((note) => laneOf(loop, note) === part);
    return { part, does: summary(part, own) };
  });
  if (parts.length === 1) {
    const [{ part, does }] = parts;
    return `${part === "drums" ? "Drum grid" : "Piano roll"}: ${does}, ${length}`;
  }
  const list = parts.map(({ part, does }) => `${part}, ${does}`);
  return `${several(parts.length, "part")}: ${list.join("; ")}; ${length}`;
}

/**
 * Draw the loop, filling the canvas; a surer note is more opaque. What does not move is
 * drawn once and kept: a frame costs a copy, the notes that sound and the playhead.
 * @param {HTMLCanvasElement} canvas
 * @param {PlayerData|null} loop
 * @param {Look} look
 */
export function drawRoll(canvas, loop, look) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const brush = canvas.getContext("2d");
  if (!brush || !width || !height) return;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) {
    canvas.height = Math.round(height * ratio);
  }
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  brush.clearRect(0, 0, width, height);
  if (!loop) return;
  const { picture, boxes, left } = stillOf(canvas, loop, look, ratio);
  brush.drawImage(picture, 0, 0, width, height);
  const { position } = look;
  if (position == null) return;
  for (const box of look.grid ? boxes : []) {
    const note = loop.notes[box.index];
    if (!note) break; // ghosts come last, and do not sound
    if (position < note.start_step || note.end_step <= position) continue;
    if (look.heard && !look.heard(laneOf(loop, note))) continue;
    brush.clearRect(box.x, box.y, box.width, box.height);
    drawNote(brush, box, loop, look, look.text);
  }
  const head = playhead(loop, position, width, height, left);
  brush.globalAlpha = 1;
  brush.fillStyle = look.text;
  brush.fillRect(head.x, head.y, 2, head.height);
}

/** @typedef {{loop: PlayerData, key: string, picture: OffscreenCanvas, boxes: NoteBox[], left: number}} Still */
/** @type {WeakMap<HTMLCanvasElement, Still>} */
const stills = new WeakMap();

/**
 * All of a picture but the playhead and what sounds, as it was drawn last if nothing
 * else has come. Loops of one id can differ in how sure the model was.
 * @param {HTMLCanvasElement} canvas
 * @param {PlayerData} loop
 * @param {Look} look
 * @param {number} ratio pixels of the canvas a pixel of the page
 * @returns {Still}
 */
function stillOf(canvas, loop, look, ratio) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const heard = loop.parts.map((part) => look.heard?.(part) ?? true);
  const key = [width, height, ratio, look.note, look.text, look.grid, heard].join();
  const kept = stills.get(canvas);
  if (kept?.loop === loop && kept.key === key) return kept;
  const picture = new OffscreenCanvas(canvas.width, canvas.height);
  const brush = /** @type {OffscreenCanvasRenderingContext2D} */ (picture.getContext("2d"));
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  const left = look.grid ? namesWidth(loop, width, height) : 0;
  const family = getComputedStyle(canvas).fontFamily;
  drawGrid(brush, loop, width, height, left, look, family);
  const notes = look.grid ? withGhosts(loop) : loop.notes;
  const boxes = layout(loop, width, height, left, notes);
  for (const box of boxes) {
    if (box.index < loop.notes.length) drawNote(brush, box, loop, look, look.note);
    else drawGhost(brush, box, notes[box.index], look);
  }
  const still = { loop, key, picture, boxes, left };
  stills.set(canvas, still);
  return still;
}

/**
 * One note, dim if its part is not heard.
 * @param {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} brush
 * @param {NoteBox} box
 * @param {PlayerData} loop
 * @param {Look} look
 * @param {string} colour
 */
function drawNote(brush, box, loop, look, colour) {
  const note = loop.notes[box.index];
  const lane = laneOf(loop, note);
  const isHeard = look.heard?.(lane) ?? true;
  brush.globalAlpha = (0.25 + 0.75 * (note.certainty ?? 1)) * (isHeard ? 1 : DIM);
  brush.fillStyle = colour;
  brush.beginPath();
  const isHit = lane === "drums";
  const across = isHit ? box.width - Math.min(1, box.width / 4) : box.width - 1;
  const corner = Math.min(isHit ? 2 : 3, box.height / 3);
  brush.roundRect(box.x, box.y, Math.max(isHit ? 1 : 1.5, across), box.height, corner);
  brush.fill();
}

/**
 * A note the model nearly wrote: hollow, the surer the clearer.
 * @param {OffscreenCanvasRenderingContext2D} brush
 * @param {NoteBox} box
 * @param {PlayerNote} ghost
 * @param {Look} look
 */
function drawGhost(brush, box, ghost, look) {
  brush.globalAlpha = 0.35 + 0.65 * (ghost.certainty ?? 0);
  brush.strokeStyle = look.text;
  brush.lineWidth = 1;
  const [width, height] = [Math.max(2, box.width - 2), Math.max(2, box.height - 1)];
  brush.beginPath();
  brush.roundRect(box.x + 0.5, box.y + 0.5, width, height, Math.min(2, height / 3));
  brush.stroke();
}

/**
 * Beats and bars, the drums' rows with their names, and the rules between lines and
 * between lanes.
 * @param {OffscreenCanvasRenderingContext2D} brush
 * @param {PlayerData} loop
 * @param {number} width
 * @param {number} height
 * @param {number} left pixels for the names
 * @param {Look} look
 * @param {string} family of the font
 */
function drawGrid(brush, loop, width, height, left, look, family) {
  const { count, steps } = linesOf(loop);
  const lane = height / count / loop.parts.length;
  brush.fillStyle = look.text;
  if (look.grid) {
    // beats of several lines, or of many bars, would be too close to be read
    const every = count === 1 && steps <= MOST_BEATS ? BEAT : BAR;
    for (let step = every; step < steps; step += every) {
      brush.globalAlpha = step % BAR === 0 ? 0.3 : 0.1;
      brush.fillRect(Math.round(left + (step * (width - left)) / steps), 0, 1, height);
    }
  }
  for (let line = 0; line < count && loop.parts.includes("drums"); line += 1) {
    const top = (line * height) / count + lane * loop.parts.indexOf("drums");
    drawRows(brush, top, lane, width, left, family);
  }
  brush.globalAlpha = 0.5;
  for (let line = 1; line < count * loop.parts.length; line += 1) {
    brush.fillRect(0, Math.round(line * lane), width, 1);
  }
}

/**
 * Every other row of a drum grid shaded, and their names if there is room on the left.
 * @param {OffscreenCanvasRenderingContext2D} brush
 * @param {number} top
 * @param {number} height
 * @param {number} width
 * @param {number} left
 * @param {string} family
 */
function drawRows(brush, top, height, width, left, family) {
  const row = height / DRUMS.length;
  brush.textBaseline = "middle";
  brush.font = `${Math.min(11, row)}px ${family}`;
  DRUMS.forEach(({ name }, i) => {
    const y = top + height - (i + 1) * row;
    brush.globalAlpha = 0.05;
    if (i % 2 === 0) brush.fillRect(left, y, width - left, row);
    brush.globalAlpha = 0.8;
    if (left) brush.fillText(name, 6, y + row / 2 + 0.5, left - 8);
  });
}
