// @ts-check
/**
 * What Python hands to the player: the twin of `contract.py`, name for name.
 * Times are steps of a sixteenth; two loops with the same `id` sound the same.
 */

/** Version of PlayerData; `contract.py` holds the same number. */
export const VERSION = 1;

/**
 * @typedef {object} PlayerNote
 * @property {number} pitch
 * @property {number} start_step
 * @property {number} end_step
 * @property {number} velocity
 * @property {number} [certainty] model's probability of this note, 0..1
 * @property {true} [is_drum]
 */

/**
 * @typedef {object} PlayerData
 * @property {number} version
 * @property {string} id
 * @property {string} title
 * @property {PlayerNote[]} notes
 * @property {number} total_steps
 * @property {number} qpm
 * @property {number} program
 * @property {boolean} is_drum
 * @property {boolean} autoplay
 * @property {number} play_id
 */

/** @typedef {{qpm: number|null, program: number|null, instrument: string|null}} PlayerEvent */
/** @typedef {{label: string, loop: PlayerData}} Tile */
/** @typedef {{index: number, id: string}} StripEvent */

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
    data.total_steps > 0 &&
    data.qpm > 0
  );
}
