// @ts-check
/** The nine drums of the models: their names and the pitches each stands for. */

/**
 * In the order of `explorer/drums.py`, from the lowest row of a picture to the top;
 * the first pitch of each is the one it sounds as. A test compares the two.
 */
export const DRUMS = [
  { name: "Kick", pitches: [36, 35] },
  {
    name: "Snare",
    pitches: [38, 27, 28, 31, 32, 33, 34, 37, 39, 40, 56, 65, 66, 75, 85],
  },
  { name: "Closed hat", pitches: [42, 22, 44, 54, 68, 69, 70, 71, 73, 78, 80] },
  { name: "Open hat", pitches: [46, 26, 67, 72, 74, 79, 81] },
  { name: "Low tom", pitches: [45, 29, 41, 43, 61, 64, 84] },
  { name: "Mid tom", pitches: [48, 47, 60, 63, 77, 86, 87] },
  { name: "High tom", pitches: [50, 30, 62, 76, 83] },
  { name: "Crash", pitches: [49, 52, 55, 57, 58] },
  { name: "Ride", pitches: [51, 53, 59, 82] },
];

const ROW_OF = new Map(
  DRUMS.flatMap(({ pitches }, row) => pitches.map((pitch) => [pitch, row])),
);

/** Row of a percussion pitch, 0 the kick; -1 where no drum stands for it. @param {number} pitch */
export function drumRow(pitch) {
  return ROW_OF.get(pitch) ?? -1;
}

/** Pitch of the drum that sounds for a percussion pitch. @param {number} pitch */
export function drumPitch(pitch) {
  return DRUMS[drumRow(pitch)]?.pitches[0] ?? pitch;
}
