/** Key lock, octave, drone, even loudness, and the words for what changed. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test, { mock } from "node:test";

import { evenGain } from "../../explorer/ui/player/band.js";
import { changes, sureness } from "../../explorer/ui/player/changes.js";
import { Engine } from "../../explorer/ui/player/engine.js";
import { KEYS, droneOn, inKey, likelyTonic, rearranged } from "../../explorer/ui/player/scales.js";
import { TRIO, beatOf, fakeBrowser, loopOf } from "./fakes.mjs";

const EXAMPLE = new URL("../data/after_effects.json", import.meta.url);
const SIXTEENTH = 0.1;

mock.timers.enable({ apis: ["setInterval", "setTimeout"] });

const pitches = (loop) => loop.notes.map(({ pitch }) => pitch);

test("the browser moves notes as the files are moved", () => {
  const { keys, cases, drones } = JSON.parse(readFileSync(EXAMPLE, "utf8"));
  assert.deepEqual(KEYS, keys);
  for (const { key, octave, before, after } of cases) {
    const loop = loopOf(before.map((pitch, i) => [pitch, i, i + 1]));
    assert.deepEqual(pitches(rearranged(loop, key, octave)), after, `${key} ${octave}`);
  }
  for (const { notes, tonic, pitches: held } of drones) {
    assert.equal(likelyTonic(loopOf(notes)), tonic);
    assert.deepEqual(pitches(droneOn(tonic)), held);
  }
});

test("in any key every pitch moves by a semitone at most, and into the key", () => {
  for (const key of KEYS) {
    for (let pitch = 21; pitch <= 108; pitch += 1) {
      const moved = inKey(pitch, key);
      assert.ok(Math.abs(moved - pitch) <= 1);
      assert.equal(inKey(moved, key), moved);
    }
  }
});

test("the octave is the melody's, the key is everybody's but the drums'", () => {
  const band = loopOf(
    [
      [61, 0, 4],
      [37, 0, 4, "bass"],
      [37, 0, 1, "drums"],
    ],
    { parts: TRIO, ghosts: [{ pitch: 63, start_step: 0, end_step: 4, velocity: 80, certainty: 0.2 }] },
  );
  const moved = rearranged(band, "C major", 1);
  assert.deepEqual(pitches(moved), [72, 36, 37]);
  assert.equal(moved.ghosts[0].pitch, 74);
  assert.equal(rearranged(band, null, 0), band);
});

test("a key is heard from the next sixteenth, and the loop stays what it was", () => {
  const ctx = fakeBrowser();
  const engine = new Engine(ctx);
  const loop = loopOf([[61, 0, 16]]);
  engine.show(loop, { play: true });
  ctx.currentTime = 0.06 + 3.4 * SIXTEENTH;
  mock.timers.tick(25);
  engine.arrange({ key: "C major" });
  const live = engine.performer.voices.filter((voice) => !voice.done).map((voice) => voice.pitch);
  assert.deepEqual([...new Set(live)].sort(), [60, 61]);
  assert.equal(engine.loop, loop);
  assert.deepEqual(pitches(engine.seen), [60]);
  engine.arrange({ key: null });
  assert.deepEqual(pitches(engine.seen), [61]);
});

test("a drone holds root and fifth under a tune, at once, and ends at once", () => {
  const ctx = fakeBrowser();
  const engine = new Engine(ctx);
  engine.show(loopOf([[60, 0, 8], [64, 8, 12], [67, 12, 16]]), { play: true });
  ctx.currentTime = 0.06 + 3.4 * SIXTEENTH;
  mock.timers.tick(25);
  const drone = () => engine.performer.voices.filter((v) => v.isBeside && !v.done && v.endTime > ctx.currentTime + SIXTEENTH);
  engine.arrange({ drone: true });
  assert.deepEqual([...new Set(drone().map((v) => v.pitch))].sort(), [48, 55]);
  engine.arrange({ drone: false });
  assert.deepEqual(drone(), []);
});

test("a beat alone has no drone: it has no key", () => {
  const engine = new Engine(fakeBrowser());
  engine.arrange({ drone: true });
  engine.show(beatOf([[36, 0]]), { play: true });
  assert.deepEqual(engine.band.beside(engine.loop), []);
});

test("soft music is lifted and loud music held back, to a limit", () => {
  const at = (velocity) => ({ ...loopOf([[60, 0, 4]]), notes: [{ pitch: 60, start_step: 0, end_step: 4, velocity }] });
  assert.ok(Math.abs(evenGain(at(80)) - 1) < 1e-9);
  assert.ok(evenGain(at(60)) > 1.2 && evenGain(at(10)) <= 1.6);
  assert.ok(evenGain(at(127)) < 0.7);
  assert.ok(Number.isFinite(evenGain(loopOf([]))));
});

const sure = (notes, certainty, id = "x") => {
  const loop = loopOf(notes, { id });
  return { ...loop, notes: loop.notes.map((note) => ({ ...note, certainty })) };
};

test("what changed is told in notes and semitones, and how sure the model is", () => {
  const before = sure([[60, 0, 8], [62, 8, 16]], 0.9);
  const after = sure([[63, 0, 4], [65, 4, 8], [63, 8, 16]], 0.9);
  assert.equal(changes(before, after, [0.8, 0.95]), "busier +1 · higher +3 · as sure as usual");
  assert.equal(changes(after, before, [0.95, 0.99]), "calmer −1 · lower −3 · less sure than usual");
  assert.equal(changes(before, sure([[60, 0, 8], [62, 8, 16]], 0.99), [0.8, 0.95]), "the same notes · surer than usual");
  assert.equal(changes(before, sure([[60, 0, 8], [61, 8, 16]], 0.9), null), "1 of 2 notes new");
});

test("nothing is told of a first sound, of one of other parts, or of notes nobody judged", () => {
  const plain = loopOf([[60, 0, 4]]);
  assert.equal(changes(null, plain, [0.8, 0.9]), "");
  assert.equal(changes(beatOf([[36, 0]]), plain, null), "");
  assert.equal(sureness(plain), null);
  assert.equal(sureness(loopOf([])), null);
});

test("the parts of a band are told apart", () => {
  const one = loopOf([[60, 0, 4], [36, 0, 1, "drums"]], { parts: TRIO });
  const two = loopOf([[60, 0, 4], [72, 4, 8], [40, 0, 4, "bass"]], { parts: TRIO });
  assert.equal(changes(one, two, null), "melody busier +1 · higher +6 · bass busier +1 · drums sparser −1");
});
