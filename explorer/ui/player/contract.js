// @ts-check
/**
 * What Python hands to the player: the twin of `contract.py`, name for name.
 * Times are steps of a sixteenth; two loops with the same `id` sound the same.
 */

/** Version of PlayerData; `contract.py` holds the same number. */
export const VERSION = 3;

/** @typedef {"melody"|"bass"|"drums"} Part */

/**
 * @typedef {object} PlayerNote
 * @property {number} pitch
 * @property {number} start_step
 * @property {number} end_step
 * @property {number} velocity
 * @property {number} [certainty] model's probability of this note, 0..1
 * @property {Part} [part] absent: melody
 */

/**
 * @typedef {object} PlayerData
 * @property {number} version
 * @property {string} id
 * @property {string} title
 * @property {PlayerNote[]} notes
 * @property {PlayerNote[]} ghosts notes the model nearly wrote
 * @property {number} total_steps
 * @property {number} qpm
 * @property {number} program
 * @property {string[]} parts names in order, also of parts that rest throughout
 * @property {boolean} autoplay
 * @property {number} play_id
 */

/**
 * @typedef {object} PlayerEvent
 * @property {number|null} qpm
 * @property {number|null} program
 * @property {string|null} instrument
 * @property {string|null} beat
 * @property {string|null} key that all notes stay in; null: as the model wrote them
 * @property {number} octave
 * @property {boolean} drone
 */
/** @typedef {{label: string, loop: PlayerData}} Tile */
/** @typedef {{index: number, id: string, nth: number}} StripEvent */

/**
 * One slider of a bench.
 * @typedef {object} SliderData
 * @property {string} name
 * @property {string} label
 * @property {string} help
 * @property {string} note how far it can be believed
 * @property {boolean} is_weak whether the note is a warning
 * @property {number} value
 * @property {number} before the value before the last change
 * @property {boolean} is_locked
 * @property {number} got the change that was measured, on the slider's scale
 */

/**
 * What the cells of a square are painted with, in place of the colours of four corners.
 * @typedef {object} Paint
 * @property {([number, number]|null)[]} values of each cell: how much of either axis, 0..1
 * @property {("x"|"y"|"both")} of which axis is painted
 * @property {string[]} scale colours from little to much, of one axis
 * @property {[string, string]} axes what grows to the right, and upwards
 * @property {string} words beside the legend
 */

/**
 * What Streamlit calls a component with.
 * @typedef {object} Mount
 * @property {string} name
 * @property {any} data
 * @property {ShadowRoot|HTMLElement} parentElement
 * @property {(name: string, value: unknown) => void} setStateValue
 */

/**
 * Whether `data` is a loop that this script understands. A page left open over an
 * update of the app can meet a newer one.
 * @param {any} data
 * @returns {data is PlayerData}
 */
export function isLoop(data) {
  return (
    data?.version === VERSION &&
    typeof data.id === "string" &&
    Array.isArray(data.notes) &&
    Array.isArray(data.ghosts) &&
    Array.isArray(data.parts) &&
    data.total_steps > 0 &&
    data.qpm > 0
  );
}

/**
 * Part in whose lane a note of the loop is drawn and muted.
 * @param {PlayerData} loop
 * @param {PlayerNote} note
 */
export function laneOf(loop, note) {
  const part = note.part ?? "melody";
  return loop.parts.includes(part) ? part : loop.parts[0];
}

/** Whether nothing but a drum kit plays. @param {PlayerData|null|undefined} loop */
export function isBeat(loop) {
  return loop?.parts.length === 1 && loop.parts[0] === "drums";
}

/** Whether the loop has drums of its own. @param {PlayerData} loop */
export function hasDrums(loop) {
  return loop.parts.includes("drums") || loop.notes.some((note) => note.part === "drums");
}
