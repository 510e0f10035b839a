// @ts-check
/**
 * After-effects that never touch what the model wrote: a key that the notes stay in,
 * and octaves up or down. `explorer/after_effects.py` does the same for files;
 * `tests/data/after_effects.json` is what both are tested against.
 */

/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./contract.js").PlayerNote} PlayerNote */

export const TONICS = ["C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
/** Degrees of a mode in semitones; minor is the natural one. @type {Record<string, number[]>} */
const MODES = { major: [0, 2, 4, 5, 7, 9, 11], minor: [0, 2, 3, 5, 7, 8, 10] };
/** Names of all keys: C major, …, B minor. */
export const KEYS = Object.keys(MODES).flatMap((mode) => TONICS.map((tonic) => `${tonic} ${mode}`));
export const MOST_OCTAVES = 2;
const LOWEST = 21; // pitches of a piano
const HIGHEST = 108;
/** How much each degree, in semitones above the tonic, belongs to a key. */
const FIT = {
  major: [4, 0, 2, 0, 3, 2, 0, 3, 0, 2, 0, 1],
  minor: [4, 0, 2, 3, 0, 2, 0, 3, 2, 0, 2, 1],
};

/**
 * The pitch of the key that is nearest; of two as near, the lower.
 * @param {number} pitch
 * @param {string|null} key null: every pitch
 */
export function inKey(pitch, key) {
  if (key === null) return pitch;
  const [tonic, mode] = key.split(" ");
  const root = TONICS.indexOf(tonic);
  const has = (/** @type {number} */ p) => MODES[mode].includes((((p - root) % 12) + 12) % 12);
  return has(pitch) ? pitch : has(pitch - 1) ? pitch - 1 : pitch + 1;
}

/**
 * A pitch some octaves higher; as many fewer as the piano has keys for.
 * @param {number} pitch
 * @param {number} octaves
 */
export function shifted(pitch, octaves) {
  let moved = pitch + 12 * octaves;
  while (moved > HIGHEST && moved > pitch) moved -= 12;
  while (moved < LOWEST && moved < pitch) moved += 12;
  return moved;
}

/**
 * The loop in another key and octave. Drums are left alone, the octave is the melody's.
 * @param {PlayerData} loop
 * @param {string|null} key
 * @param {number} octaves
 * @returns {PlayerData}
 */
export function rearranged(loop, key, octaves) {
  if (key === null && octaves === 0) return loop;
  /** @param {PlayerNote} note */
  const moved = (note) => {
    if (note.part === "drums") return note;
    const pitch = note.part === "bass" ? note.pitch : shifted(note.pitch, octaves);
    return { ...note, pitch: inKey(pitch, key) };
  };
  return { ...loop, notes: loop.notes.map(moved), ghosts: loop.ghosts.map(moved) };
}

/**
 * Tonic, 0 for C, of the key that the loop's notes fit best, long notes more; the lowest
 * of equals. Null for a loop without pitches.
 * @param {PlayerData} loop
 */
export function likelyTonic(loop) {
  const time = new Array(12).fill(0);
  for (const { part, pitch, start_step, end_step } of loop.notes) {
    if (part !== "drums") time[pitch % 12] += end_step - start_step;
  }
  if (time.every((each) => each === 0)) return null;
  const fits = TONICS.map((_, tonic) =>
    Math.max(
      ...Object.values(FIT).map((fit) =>
        fit.reduce((sum, weight, i) => sum + weight * time[(tonic + i) % 12], 0),
      ),
    ),
  );
  return fits.indexOf(Math.max(...fits));
}

/** Tonic of a key by its name. @param {string} key */
export function tonicOf(key) {
  return TONICS.indexOf(key.split(" ")[0]);
}

/**
 * A bar of root and fifth to hold under a loop.
 * @param {number} tonic 0 for C
 * @returns {PlayerData}
 */
export function droneOn(tonic) {
  const root = 36 + ((tonic + 5) % 12) + 7; // G2 to F♯3: deep, and heard on a laptop
  const pitches = [root, root + 7];
  return {
    version: 0,
    id: `drone ${tonic}`,
    title: "",
    notes: pitches.map((pitch) => ({ pitch, start_step: 0, end_step: 16, velocity: 60 })),
    ghosts: [],
    total_steps: 16,
    qpm: 120,
    program: 48,
    parts: ["melody"],
    autoplay: false,
    play_id: 0,
  };
}
