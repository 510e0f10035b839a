import assert from "node:assert/strict";
import test, { mock } from "node:test";

import { Engine, WORDS } from "../../explorer/ui/player/engine.js";
import { fakeBrowser, loopOf } from "./fakes.mjs";

const SIXTEENTH = 0.1; // seconds, at the 150 of the fake loops
const FIRST = 0.06; // seconds from Play to the first step

mock.timers.enable({ apis: ["setInterval", "setTimeout"] });

/** An engine that plays `loop`, and how to let time pass. */
function playing(loop) {
  const ctx = fakeBrowser();
  const engine = new Engine(ctx);
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

/** Start times of the voices with this pitch that were not taken back. */
const starts = (engine, pitch) =>
  engine.performer.voices.filter((v) => v.pitch === pitch && !v.done).map((v) => v.startTime);

test("notes follow each other across the seam of the loop without a gap", () => {
  const { ctx, engine, until } = playing(loopOf([[60, 0, 16]]));
  until(3);
  const times = ctx.sources.map((source) => source.when);
  times.slice(1).forEach((time, i) => near(time - times[i], 16 * SIXTEENTH));
  const [first, second] = engine.performer.voices;
  near(first.endTime, second.startTime);
});

test("a loop that takes over does so at the next sixteenth and the column goes on", () => {
  const { engine, until } = playing(loopOf([[60, 0, 16]], { id: "a" }));
  until(FIRST + 5.4 * SIXTEENTH);
  const before = engine.position;
  const next = loopOf(
    [
      [72, 6, 7],
      [74, 7, 16],
    ],
    { id: "b" },
  );
  engine.show(next);
  near(engine.position, before);
  near(starts(engine, 72)[0], FIRST + 6 * SIXTEENTH);
  near(starts(engine, 74)[0], FIRST + 7 * SIXTEENTH);
});

test("the old loop's notes end exactly where the new loop's begin", () => {
  const { engine, until } = playing(loopOf([[60, 0, 16]], { id: "a" }));
  until(FIRST + 5.4 * SIXTEENTH);
  engine.show(loopOf([[72, 0, 16]], { id: "b" }));
  const old = engine.performer.voices.find((voice) => voice.pitch === 60);
  near(old.endTime, FIRST + 6 * SIXTEENTH);
  near(starts(engine, 72)[0], old.endTime); // it was held there, so it starts there
});

test("a note that both loops hold is not struck again", () => {
  const { engine, until } = playing(loopOf([[60, 0, 8]], { id: "a" }));
  until(FIRST + 5.4 * SIXTEENTH);
  engine.show(
    loopOf(
      [
        [60, 2, 12],
        [72, 12, 16],
      ],
      { id: "b" },
    ),
  );
  const first = engine.performer.voices.find((voice) => voice.pitch === 60);
  near(first.startTime, FIRST);
  near(first.endTime, FIRST + 12 * SIXTEENTH);
});

test("notes of the old loop that have not begun never sound", () => {
  const pairs = Array.from({ length: 16 }, (_, i) => [60, i, i + 1]);
  const { engine, until } = playing(loopOf(pairs, { id: "a" }));
  until(FIRST + 3.4 * SIXTEENTH);
  engine.show(loopOf([[72, 0, 16]], { id: "b" }));
  assert.ok(starts(engine, 60).every((time) => time < FIRST + 4 * SIXTEENTH));
});

test("going there and back within a sixteenth leaves the first loop as it was", () => {
  const first = loopOf([[60, 0, 16]], { id: "a" });
  const { engine, until } = playing(first);
  until(FIRST + 5.4 * SIXTEENTH);
  engine.show(loopOf([[72, 0, 16]], { id: "b" }));
  engine.show(first);
  const live = engine.performer.voices.filter((v) => !v.done && v.startTime < FIRST + 16 * SIXTEENTH);
  assert.deepEqual(
    live.map((voice) => voice.pitch),
    [60],
  );
  near(live[0].endTime, FIRST + 16 * SIXTEENTH);
});

test("the same loop sent again changes nothing", () => {
  const { ctx, engine, until } = playing(loopOf([[60, 0, 16]]));
  until(0.5);
  const count = ctx.sources.length;
  engine.show(loopOf([[60, 0, 16]]));
  assert.equal(ctx.sources.length, count);
});

test("a new tempo holds from the next sixteenth and keeps the column", () => {
  const { engine, until } = playing(
    loopOf([
      [60, 0, 6],
      [62, 6, 16],
    ]),
  );
  until(FIRST + 3.5 * SIXTEENTH);
  const before = engine.position;
  engine.setTempo(75);
  near(engine.position, before);
  near(starts(engine, 62)[0], FIRST + 4 * SIXTEENTH + 2 * 2 * SIXTEENTH);
});

test("a loop of another length goes on at the column that the beat is on", () => {
  const { engine, until } = playing(loopOf([[60, 0, 1]], { id: "a", total_steps: 32 }));
  until(FIRST + 18.5 * SIXTEENTH);
  engine.show(loopOf([[60, 0, 1]], { id: "b", total_steps: 16 }));
  near(engine.position, 18.5); // the old one until the next sixteenth
  until(FIRST + 19.5 * SIXTEENTH);
  near(engine.position, 3.5);
});

test("a loop of sixteen bars goes round without a gap", () => {
  const last = [[67, 255, 256]];
  const { ctx, engine, until } = playing(loopOf([[60, 0, 1], ...last], { total_steps: 256 }));
  until(FIRST + 257.5 * SIXTEENTH);
  near(engine.position, 1.5);
  const [first, end, again] = ctx.sources.map((source) => source.when);
  near(end - first, 255 * SIXTEENTH);
  near(again - end, SIXTEENTH);
});

test("a loop of sixteen bars gives way at the next sixteenth, not at its end", () => {
  const long = { total_steps: 256 };
  const { engine, until } = playing(loopOf([[60, 140, 160]], { id: "a", ...long }));
  until(FIRST + 150.4 * SIXTEENTH);
  engine.show(loopOf([[72, 151, 160]], { id: "b", ...long }));
  near(starts(engine, 72)[0], FIRST + 151 * SIXTEENTH);
  const old = engine.performer.voices.find((voice) => voice.pitch === 60);
  near(old.endTime, FIRST + 151 * SIXTEENTH);
});

test("stopping ends every note and takes back what was to come", () => {
  const { ctx, engine, until } = playing(loopOf([[60, 0, 2]]));
  until(0.1);
  engine.stop();
  assert.equal(engine.playing, false);
  assert.equal(engine.position, null);
  for (const source of ctx.sources) assert.ok(source.stopped < ctx.currentTime + 0.1);
});

test("a page that slept too long comes back in time", () => {
  const { ctx, engine } = playing(loopOf([[60, 0, 16]]));
  ctx.currentTime = 10;
  mock.timers.tick(25);
  const struck = ctx.sources.map((source) => source.when).filter((time) => time >= 10);
  near((struck[0] - FIRST) / SIXTEENTH - 100, 0); // step 100, in the middle of the note
  const first = engine.performer.voices.find((voice) => voice.startTime >= 10);
  near(first.endTime, FIRST + 112 * SIXTEENTH);
});

test("a browser that holds the sound is reported in words, and nothing looks alive", () => {
  const ctx = fakeBrowser();
  ctx.state = "suspended";
  const engine = new Engine(ctx);
  engine.show(loopOf([[60, 0, 16]]), { play: true });
  mock.timers.tick(1000);
  assert.equal(engine.playing, false);
  assert.equal(engine.message, WORDS.blocked);
});

test("without a sound bank there is a built-in sound, and it says so", async () => {
  const { ctx, engine } = playing(loopOf([[72, 0, 4]]));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(engine.message, WORDS.simple);
  near(ctx.sources[0].playbackRate.value, 2); // the tone is middle C, 60
});

/** An engine with a blend of two loops. */
function blended() {
  const { blend } = new Engine(fakeBrowser());
  blend.setTints([
    ["a", 0],
    ["b", 1],
  ]);
  return blend;
}

test("while a gesture lasts only its own loop and those from elsewhere are followed", () => {
  const blend = blended();
  assert.ok(blend.heeds("a", 0));
  blend.hold("b");
  assert.equal(blend.heeds("a", 0), false);
  assert.ok(blend.heeds("b", 0));
  assert.ok(blend.heeds("a loop from elsewhere", 0));
});

test("what Python said before it knew of the last gesture is not followed, however late", () => {
  const blend = blended();
  blend.hold("a");
  const first = blend.finish("a");
  blend.hold("b");
  const second = blend.finish("b");
  assert.equal(blend.heeds("a", 0), false);
  assert.equal(blend.heeds("a", first), false, "its answer to the first");
  assert.ok(blend.heeds("b", second), "its answer to the second");
  assert.ok(blend.heeds("a", second), "a new wish");
});

test("a loop one was at before is no answer to the gestures after it", () => {
  const blend = blended();
  const first = blend.finish("a");
  blend.finish("b");
  blend.finish("a");
  assert.ok(blend.heeds("a", first)); // the same loop, so nothing changes
  assert.equal(blend.heeds("b", first + 1), false);
});

test("with new tiles a gesture is over, with more tiles it goes on", () => {
  const blend = blended();
  blend.hold("b");
  blend.setTints([["a", 0]], true);
  assert.equal(blend.heeds("a", 0), false);
  blend.setTints([["a", 0]]);
  assert.ok(blend.heeds("a", 0));
});

test("a loop of a blend has its colour between the ends, any other has none", () => {
  const engine = new Engine(fakeBrowser());
  engine.blend.setTints([["a", 0.25]]);
  engine.show(loopOf([], { id: "a" }));
  assert.equal(engine.tint, 0.25);
  engine.show(loopOf([], { id: "elsewhere" }));
  assert.equal(engine.tint, null);
});

test("a strip that leaves takes its colours along, but not those of the next", () => {
  const engine = new Engine(fakeBrowser());
  const leaveFirst = engine.blend.setTints([["a", 0]]);
  const leaveSecond = engine.blend.setTints([["b", 1]]);
  leaveFirst();
  assert.deepEqual([...engine.blend.tints], [["b", 1]]);
  leaveSecond();
  assert.equal(engine.blend.tints.size, 0);
});

test("listeners hear of changes until they leave", () => {
  const engine = new Engine(fakeBrowser());
  let count = 0;
  const leave = engine.subscribe(() => (count += 1));
  engine.setVolume(0.3, false);
  leave();
  engine.setVolume(0.4, false);
  assert.equal(count, 1);
});
