// @ts-check
/** Piano rolls: where each note lies in a picture, and drawing it on a canvas. */

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {{x: number, y: number, width: number, height: number, index: number}} NoteBox */

const MIN_ROWS = 12; // an octave: a tune of one pitch is not one thick bar
const MARGIN = 1; // rows left free above and below
const MIN_HEIGHT = 4; // pixels; what a note needs to be seen
const MIN_HEIGHT_LONG = 3; // the same in a picture of several lines
const BAR = 16; // steps
const MOST_BARS = 8; // in a line; longer loops are written in several lines
const NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];

/**
 * Name of a pitch, middle C being C4.
 * @param {number} pitch
 */
export function pitchName(pitch) {
  return `${NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
}

/**
 * Lines a loop is written in, one below the other, and the steps of each.
 * @param {PlayerData} loop
 */
export function linesOf(loop) {
  const bars = loop.total_steps / BAR;
  const count = Math.max(1, Math.ceil(bars / MOST_BARS));
  return { count, steps: count === 1 ? loop.total_steps : Math.ceil(bars / count) * BAR };
}

/**
 * Box of every note in a picture of `width` x `height`, high pitches on top. A note
 * that goes on in the next line has a box in both.
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
  const lines = linesOf(loop);
  const column = width / lines.steps;
  const row = height / lines.count / rows;
  const tall = Math.max(row, lines.count === 1 ? MIN_HEIGHT : MIN_HEIGHT_LONG);
  /** @type {NoteBox[]} */
  const boxes = [];
  loop.notes.forEach((note, index) => {
    const last = Math.ceil(note.end_step / lines.steps) - 1;
    for (let line = Math.floor(note.start_step / lines.steps); line <= last; line += 1) {
      const start = Math.max(0, note.start_step - line * lines.steps);
      const end = Math.min(lines.steps, note.end_step - line * lines.steps);
      boxes.push({
        x: start * column,
        y: (line * height) / lines.count + (top - note.pitch + 0.5) * row - tall / 2,
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
 */
export function playhead(loop, position, width, height) {
  const { count, steps } = linesOf(loop);
  const line = Math.min(count - 1, Math.floor(position / steps));
  const x = ((position - line * steps) / steps) * width;
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
  drawGrid(brush, loop, width, height, look);
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
    const head = playhead(loop, look.position, width, height);
    brush.fillStyle = look.text;
    brush.fillRect(head.x, head.y, 2, head.height);
  }
}

/**
 * Beats and bars, and the rule between two lines.
 * @param {CanvasRenderingContext2D} brush
 * @param {PlayerData} loop
 * @param {number} width
 * @param {number} height
 * @param {{text: string, grid?: boolean}} look
 */
function drawGrid(brush, loop, width, height, look) {
  const { count, steps } = linesOf(loop);
  brush.fillStyle = look.text;
  if (look.grid) {
    const every = count === 1 ? BAR / 4 : BAR; // beats would be too close to be read
    for (let step = every; step < steps; step += every) {
      brush.globalAlpha = step % BAR === 0 ? 0.3 : 0.1;
      brush.fillRect(Math.round((step * width) / steps), 0, 1, height);
    }
  }
  brush.globalAlpha = 0.5;
  for (let line = 1; line < count; line += 1) {
    brush.fillRect(0, Math.round((line * height) / count), width, 1);
  }
}
