/** Drums, bass and a beat underneath: who plays what, when, and whether it is heard. */

import assert from "node:assert/strict";
import test, { mock } from "node:test";

import { instrumentOf, melodic } from "../../explorer/ui/player/bank.js";
import { drumPitch, drumRow } from "../../explorer/ui/player/drums.js";
import { Engine } from "../../explorer/ui/player/engine.js";
import { TRIO, beatOf, fakeBrowser, loopOf } from "./fakes.mjs";

const SIXTEENTH = 0.1; // seconds, at the 150 of the fake loops
const FIRST = 0.06; // seconds from Play to the first step
const BANK = {
  bass: { is_bass: true, program: 33 },
  piano: { program: 0 },
  flute: { program: 73 },
  drums: { is_drum: true },
};
const BEAT = beatOf(
  [
    [36, 0],
    [38, 8],
  ],
  { id: "beat", title: "Rock" },
);
const BAND = loopOf(
  [
    [72, 0, 16],
    [40, 0, 16, "bass"],
    [36, 0, 1, "drums"],
  ],
  { id: "band", parts: TRIO },
);

mock.timers.enable({ apis: ["setInterval", "setTimeout"] });

/** An engine that plays `loop`, and how to let time pass. */
function playing(loop) {
  const ctx = fakeBrowser();
  const engine = new Engine(ctx);
  engine.setBeats([BEAT]);
  engine.show(loop, { play: true });
  const until = (time) => {
    while (ctx.currentTime < time - 1e-9) {
      ctx.currentTime = Math.min(time, ctx.currentTime + 0.025);
      mock.timers.tick(25);
    }
  };
  return { ctx, engine, until };
}

const near = (actual, expected) =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

/** Steps on which voices of this pitch start that were not taken back. */
const steps = (engine, pitch) =>
  engine.performer.voices
    .filter((voice) => voice.pitch === pitch && !voice.done)
    .map((voice) => Math.round((voice.startTime - FIRST) / SIXTEENTH));

/** Whether a part's bus is open. */
const open = (engine, part) => engine.mixer.bus(part).gain.events.at(-1)?.value !== 0;

/** Let the instruments of BANK be there, each with a buffer that names it. */
function fill(bank) {
  bank.instruments = Object.fromEntries(
    Object.entries(BANK).map(([name, each]) => [
      name,
      { slot_seconds: 2, pitches: [36, 40, 72], ...each },
    ]),
  );
  for (const name of Object.keys(BANK)) bank.buffers.set(name, { name, duration: 6 });
}

test("bass and drums have players of their own, and the choice is the melody's", () => {
  const play = (part) => instrumentOf(BANK, BAND, part, "flute");
  assert.deepEqual(TRIO.map(play), ["flute", "bass", "drums"]);
  assert.equal(instrumentOf(BANK, BAND, "melody", null), "piano");
  assert.deepEqual(melodic(BANK), ["piano", "flute"]);
});

test("a bank without a bass lets another instrument play it", () => {
  assert.equal(instrumentOf({ piano: BANK.piano }, BAND, "bass", null), "piano");
});

test("a melody on a low program is not handed to the bass", () => {
  const low = loopOf([[40, 0, 4]], { program: 33 });
  assert.equal(instrumentOf(BANK, low, "melody", null), "piano");
});

test("each percussion pitch sounds as the drum that stands for it", () => {
  assert.equal(drumPitch(44), 42); // the pedal is a closed hi-hat, not the tom beside it
  assert.equal(drumRow(35), 0);
  assert.deepEqual([drumRow(90), drumPitch(90)], [-1, 90]);
});

test("every part of a band sounds on its own instrument", () => {
  const { engine } = playing(BAND);
  fill(engine.bank);
  engine.stop();
  engine.play();
  const players = engine.performer.voices.slice(0, 3).map((voice) => voice.source.buffer.name);
  assert.deepEqual(players, ["piano", "bass", "drums"]);
});

test("another instrument takes over the melody and lets the bass go on", () => {
  const { engine, until } = playing(BAND);
  fill(engine.bank);
  engine.stop();
  engine.play();
  until(FIRST + 3.4 * SIXTEENTH);
  engine.arrange({ instrument: "flute" });
  const names = (pitch) =>
    engine.performer.voices.filter((v) => v.pitch === pitch && !v.done).map((v) => v.source.buffer.name);
  assert.deepEqual(names(72).slice(0, 2), ["piano", "flute"]);
  assert.deepEqual(steps(engine, 40).slice(0, 2), [0, 16], "the bass is not struck again");
});

test("muting closes the part's bus at once, and the clock and the notes go on", () => {
  const { ctx, engine, until } = playing(BAND);
  until(0.5);
  const [position, count] = [engine.position, ctx.sources.length];
  engine.togglePart("muted", "bass");
  assert.deepEqual(
    TRIO.map((part) => open(engine, part)),
    [true, false, true],
  );
  assert.deepEqual([engine.position, ctx.sources.length], [position, count]);
  engine.togglePart("muted", "bass");
  assert.ok(open(engine, "bass"));
});

test("a part that plays solo is heard alone", () => {
  const { engine } = playing(BAND);
  engine.togglePart("solo", "drums");
  assert.deepEqual(
    TRIO.map((part) => open(engine, part)),
    [false, false, true],
  );
});

test("a voice goes through its part's bus, music of one part through none", () => {
  const { engine } = playing(BAND);
  const outputs = engine.performer.voices.slice(0, 3).map((voice) => voice.output);
  assert.deepEqual(
    outputs,
    TRIO.map((part) => engine.mixer.bus(part)),
  );
  engine.show(loopOf([[60, 0, 16]], { id: "tune" }));
  const tune = engine.performer.voices.find((voice) => voice.pitch === 60);
  assert.equal(tune.output, engine.mixer.input);
});

test("bass, drums and a beat are quieter than the melody they play beside", () => {
  const { engine } = playing(BAND);
  const level = (name) => engine.mixer.bus(name).gain.value;
  assert.equal(level("melody"), 1);
  for (const name of ["bass", "drums", "beat"]) assert.ok(level(name) > 0.5 && level(name) < 1);
  engine.togglePart("muted", "drums");
  engine.togglePart("muted", "drums");
  assert.equal(engine.mixer.bus("drums").gain.events.at(-1).value, level("drums"));
});

test("what is muted stays muted in the next band, and a melody between is heard", () => {
  const { engine, until } = playing(BAND);
  engine.togglePart("muted", "melody");
  until(0.5);
  engine.show(loopOf([[72, 0, 16]], { id: "tune" }));
  const last = engine.performer.voices.filter((v) => v.pitch === 72 && !v.done).at(-1);
  assert.equal(last.output, engine.mixer.input);
  engine.show({ ...BAND, id: "another band" });
  assert.equal(open(engine, "melody"), false);
});

test("a beat plays under a melody, on the same clock and round its own length", () => {
  const { engine, until } = playing(loopOf([[60, 0, 4]], { total_steps: 256 }));
  engine.arrange({ beat: "Rock" });
  until(FIRST + 24 * SIXTEENTH);
  assert.ok(engine.performer.voices.every((v) => v.pitch !== 36 || v.isDrum));
  assert.ok(steps(engine, 38).includes(24));
  until(FIRST + 36 * SIXTEENTH);
  assert.ok(steps(engine, 36).includes(32));
  assert.equal(engine.performer.voices.find((v) => v.pitch === 36).output, engine.mixer.bus("beat"));
});

test("a beat chosen while music plays comes in at its place, not at its start", () => {
  const { engine, until } = playing(loopOf([[60, 0, 16]]));
  until(FIRST + 5.4 * SIXTEENTH);
  const before = engine.position;
  engine.arrange({ beat: "Rock" });
  near(engine.position, before);
  assert.equal(steps(engine, 36)[0], 16);
  assert.equal(steps(engine, 38)[0], 8);
  assert.deepEqual(steps(engine, 60).slice(0, 2), [0, 16], "the melody's note is not struck again");
});

test("a beat that is taken away is not heard from the next sixteenth on", () => {
  const { engine, until } = playing(loopOf([[60, 0, 16]]));
  engine.arrange({ beat: "Rock" });
  until(FIRST + 5.4 * SIXTEENTH);
  engine.arrange({ beat: null });
  assert.deepEqual(steps(engine, 38), []);
});

test("a beat follows the tempo", () => {
  const { engine, until } = playing(loopOf([[60, 0, 16]]));
  engine.arrange({ beat: "Rock" });
  until(FIRST + 3.5 * SIXTEENTH);
  engine.setTempo(300);
  const hit = engine.performer.voices.find((v) => v.pitch === 38 && !v.done);
  near(hit.startTime, FIRST + 4 * SIXTEENTH + (4 * SIXTEENTH) / 2);
});

test("music with drums of its own gets no beat, and the choice waits", () => {
  const { engine } = playing(BAND);
  engine.arrange({ beat: "Rock" });
  assert.equal(engine.band.backing(engine.loop), null);
  engine.show(loopOf([[60, 0, 16]], { id: "tune" }));
  assert.equal(engine.band.backing(engine.loop), BEAT);
});

test("a beat that is no longer offered ends", () => {
  const { engine } = playing(loopOf([[60, 0, 16]]));
  engine.arrange({ beat: "Rock" });
  engine.setBeats([]);
  assert.equal(engine.band.beat, null);
});
