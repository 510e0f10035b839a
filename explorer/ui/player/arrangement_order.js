// @ts-check
/** Blocks of a journey as data: their order, where a hand drops one, which one sounds. */

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./contract.js").JourneyBlock} JourneyBlock */
/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */

/**
 * The items with one of them put into the gap before another; the last gap is the end.
 * @template T
 * @param {T[]} items
 * @param {number} from
 * @param {number} gap 0..items.length
 */
export function movedTo(items, from, gap) {
  const rest = items.filter((_, i) => i !== from);
  rest.splice(gap > from ? gap - 1 : gap, 0, items[from]);
  return rest;
}

/**
 * @template T
 * @param {T[]} items
 * @param {number} at
 */
export function without(items, at) {
  return items.filter((_, i) => i !== at);
}

/**
 * The items with one of them twice in a row.
 * @template T
 * @param {T[]} items
 * @param {number} at
 */
export function doubled(items, at) {
  return items.flatMap((item, i) => (i === at ? [item, item] : [item]));
}

/**
 * The gap between boxes into which something dropped at a place goes. Boxes stand in
 * rows, like words: the row nearest to the place counts, and in it what is left of it.
 * @param {number} x
 * @param {number} y
 * @param {Box[]} boxes in order
 */
export function gapAt(x, y, boxes) {
  const away = ({ top, bottom }) => Math.max(top - y, y - bottom, 0);
  const nearest = Math.min(...boxes.map(away));
  const row = boxes.filter((box) => away(box) === nearest);
  const before = boxes.indexOf(row[0]);
  return before + row.filter(({ left, right }) => (left + right) / 2 < x).length;
}

/** Whether a block is played once, after all rounds. @param {JourneyBlock} block */
export function isEnding({ kind }) {
  return kind === "home" || kind === "hold";
}

/** Steps of one round. @param {JourneyBlock[]} blocks */
export function roundOf(blocks) {
  return blocks.reduce((sum, block) => sum + (isEnding(block) ? 0 : block.steps), 0);
}

/**
 * Which block sounds at a step of the whole journey, and how far into it.
 * @param {JourneyBlock[]} blocks of one round and of the ending
 * @param {number} times rounds
 * @param {number} position
 */
export function soundsAt(blocks, times, position) {
  const round = roundOf(blocks);
  const isOver = position >= times * round;
  const at = isOver ? position - (times - 1) * round : position % round;
  const index = blocks.findLastIndex(({ start_step }) => start_step <= at);
  return { index, step: at - blocks[index].start_step };
}

/**
 * Step of the whole journey from which a block is played first.
 * @param {JourneyBlock} block
 * @param {JourneyBlock[]} blocks
 * @param {number} times rounds
 */
export function startIn(block, blocks, times) {
  return block.start_step + (isEnding(block) ? (times - 1) * roundOf(blocks) : 0);
}

/**
 * Some steps of a loop, for a picture.
 * @param {PlayerData} loop
 * @param {number} start
 * @param {number} steps
 * @returns {PlayerData}
 */
export function cut(loop, start, steps) {
  const notes = loop.notes
    .filter((note) => note.start_step >= start && note.start_step < start + steps)
    .map((note) => ({
      ...note,
      start_step: note.start_step - start,
      end_step: Math.min(steps, note.end_step - start),
    }));
  return { ...loop, id: `${loop.id} ${start}`, notes, ghosts: [], total_steps: steps };
}
