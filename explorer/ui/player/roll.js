// @ts-check
/** Piano rolls: where each note lies in a picture, and drawing it on a canvas. */

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {{x: number, y: number, width: number, height: number, index: number}} NoteBox */

const MIN_ROWS = 12; // an octave: a tune of one pitch is not one thick bar
const MARGIN = 1; // rows left free above and below
const MIN_HEIGHT = 4; // pixels; what a note needs to be seen
const NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];

/**
 * Name of a pitch, middle C being C4.
 * @param {number} pitch
 */
export function pitchName(pitch) {
  return `${NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
}

/**
 * Box of every note in a picture of `width` x `height`, high pitches on top.
 * @param {PlayerData} loop
 * @param {number} width
 * @param {number} height
 * @returns {NoteBox[]}
 */
export function layout(loop, width, height) {
  const pitches = loop.notes.map((note) => note.pitch);
  const lowest = Math.min(...pitches);
  const highest = Math.max(...pitches);
  const spare = Math.max(0, MIN_ROWS - (highest - lowest + 1));
  const rows = highest - lowest + 1 + spare + 2 * MARGIN;
  const top = highest + Math.floor(spare / 2) + MARGIN;
  const column = width / loop.total_steps;
  const row = height / rows;
  const tall = Math.max(row, MIN_HEIGHT);
  return loop.notes.map((note, index) => ({
    x: note.start_step * column,
    y: (top - note.pitch + 0.5) * row - tall / 2,
    width: (note.end_step - note.start_step) * column,
    height: tall,
    index,
  }));
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

/**
 * The roll in words, for those who do not see it.
 * @param {PlayerData} loop
 */
export function describe(loop) {
  const bars = Math.ceil(loop.total_steps / 16);
  const length = `${bars} ${bars === 1 ? "bar" : "bars"}`;
  if (loop.notes.length === 0) return `Piano roll: silence, ${length}`;
  const count = `${loop.notes.length} ${loop.notes.length === 1 ? "note" : "notes"}`;
  if (loop.is_drum) return `Drum pattern: ${count}, ${length}`;
  const pitches = loop.notes.map((note) => note.pitch);
  const range = [Math.min(...pitches), Math.max(...pitches)].map(pitchName);
  return `Piano roll: ${count} from ${range[0]} to ${range[1]}, ${length}`;
}

/**
 * Draw the loop, filling the canvas; a surer note is more opaque.
 * @param {HTMLCanvasElement} canvas
 * @param {PlayerData|null} loop
 * @param {{note: string, text: string, position?: number|null, grid?: boolean}} look
 *   `position`: step of the playhead; none if null
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
  const column = width / loop.total_steps;
  if (look.grid) {
    brush.fillStyle = look.text;
    for (let step = 4; step < loop.total_steps; step += 4) {
      brush.globalAlpha = step % 16 === 0 ? 0.3 : 0.1;
      brush.fillRect(Math.round(step * column), 0, 1, height);
    }
  }
  for (const box of layout(loop, width, height)) {
    const note = loop.notes[box.index];
    const sounds =
      look.position != null &&
      note.start_step <= look.position &&
      look.position < note.end_step;
    brush.globalAlpha = 0.25 + 0.75 * (note.certainty ?? 1);
    brush.fillStyle = sounds && look.grid ? look.text : look.note;
    brush.beginPath();
    const across = Math.max(1.5, box.width - 1);
    const corner = Math.min(3, box.height / 3);
    brush.roundRect(box.x, box.y, across, box.height, corner);
    brush.fill();
  }
  brush.globalAlpha = 1;
  if (look.position != null) {
    brush.fillStyle = look.text;
    brush.fillRect(Math.min(width - 2, look.position * column), 0, 2, height);
  }
}
