/** When a loop takes over, scores that choose loops by the step, and playing once. */

import assert from "node:assert/strict";
import test, { mock } from "node:test";

import { Engine } from "../../explorer/ui/player/engine.js";
import { fakeBrowser, loopOf } from "./fakes.mjs";

const SIXTEENTH = 0.1; // seconds, at the 150 of the fake loops
const FIRST = 0.06; // seconds from Play to the first step

mock.timers.enable({ apis: ["setInterval", "setTimeout"] });

/** A loop of one bar with a note on every sixteenth. */
const busy = (pitch, id, total_steps = 16) =>
  loopOf(
    Array.from({ length: total_steps }, (_, i) => [pitch, i, i + 1]),
    { id, total_steps },
  );
const A = busy(60, "a");
const B = busy(72, "b");
const C = busy(84, "c");

function playing(loop) {
  const ctx = fakeBrowser();
  const engine = new Engine(ctx);
  engine.show(loop, { play: true });
  const until = (step) => {
    const time = FIRST + step * SIXTEENTH;
    while (ctx.currentTime < time - 1e-9) {
      ctx.currentTime = Math.min(time, ctx.currentTime + 0.025);
      mock.timers.tick(25);
    }
  };
  return { ctx, engine, until };
}

/** Pitch that sounds on each step, as far as it was handed out and not taken back. */
function heard(ctx, steps) {
  const found = new Array(steps).fill(null);
  for (const source of ctx.sources) {
    const step = Math.round((source.when - FIRST) / SIXTEENTH);
    const cut = source.stopped !== undefined && source.stopped <= source.when + 1e-9;
    if (step < steps && !cut) found[step] = Math.round(72 + 12 * Math.log2(source.playbackRate.value) - 12);
  }
  return found;
}

const near = (actual, expected) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

const runs = (values) =>
  values.flatMap((value, i) => (i && values[i - 1] === value ? [] : [[i, value]]));

test("now: the next sixteenth", () => {
  const { ctx, engine, until } = playing(A);
  until(5.4);
  engine.show(B);
  until(12);
  assert.deepEqual(runs(heard(ctx, 12)), [
    [0, 60],
    [6, 72],
  ]);
});

/** Whole seconds for which the page could do nothing and the loop would still play. */
const secondsAhead = ({ ctx, engine }) => Math.floor(engine.performer.timeline.next.time - ctx.currentTime);

test("a page may be busy for eight seconds right after Play, and after a lone change", () => {
  const { ctx, engine, until } = playing(A);
  assert.equal(secondsAhead({ ctx, engine }), 8);
  until(2.4);
  engine.show(B);
  assert.equal(secondsAhead({ ctx, engine }), 8);
  const last = Math.max(...engine.performer.voices.map((voice) => voice.startTime));
  assert.ok(last > ctx.currentTime + 7.8, "its notes are on the clock");
});

test("while changes follow each other little is handed out, and all when they end", () => {
  const { ctx, engine, until } = playing(A);
  for (let i = 0; i < 8; i += 1) {
    until(10 + i);
    engine.show(i % 2 ? C : B);
    assert.equal(secondsAhead({ ctx, engine }), i ? 1 : 8);
  }
  until(17 + 4);
  assert.equal(secondsAhead({ ctx, engine }), 8);
});

test("what another loop replaces is taken back only when that is handed out", () => {
  const { ctx, engine, until } = playing(A);
  until(5.4);
  const old = engine.performer.voices.filter((voice) => voice.startTime > ctx.currentTime);
  const create = ctx.createBufferSource.bind(ctx);
  let struck = 0;
  ctx.createBufferSource = () => {
    struck += 1;
    assert.ok(old.every((voice) => !voice.done), "a page held up here would be heard");
    return create();
  };
  engine.show(B);
  ctx.createBufferSource = create;
  assert.ok(struck > 70);
  assert.ok(old.every((voice) => voice.done));
});

test("a page held up in the middle of a change lets what began meanwhile fade", () => {
  const { ctx, engine, until } = playing(A);
  until(5.4);
  const old = engine.performer.voices.find((voice) => voice.startTime > ctx.currentTime);
  const { band } = engine;
  const sound = band.sound.bind(band);
  band.sound = (...note) => {
    ctx.currentTime = Math.max(ctx.currentTime, old.startTime + 0.02);
    return sound(...note);
  };
  engine.show(B);
  band.sound = sound;
  near(old.endTime, old.startTime + 0.02);
  assert.ok(old.source.stopped > old.endTime, "it fades, it is not cut");
});

test("next beat and next bar: not before, and the old loop goes on till then", () => {
  for (const [swap, step] of [
    ["next beat", 8],
    ["next bar", 16],
  ]) {
    const { ctx, engine, until } = playing(A);
    engine.setSwap(swap);
    until(5.4);
    engine.show(B);
    assert.equal(engine.loop.id, "b");
    assert.equal(engine.sounding.id, "a");
    until(step - 0.5);
    assert.equal(engine.sounding.id, "a");
    until(step + 0.5);
    assert.equal(engine.sounding.id, "b");
    until(24);
    assert.deepEqual(runs(heard(ctx, 24)), [
      [0, 60],
      [step, 72],
    ]);
  }
});

test("a change of mind before the bar is heard as the last wish", () => {
  const { ctx, engine, until } = playing(A);
  engine.setSwap("next bar");
  until(3.4);
  engine.show(B);
  until(9.4); // B is handed out to the audio clock by now
  engine.show(C);
  until(14.4);
  engine.show(A);
  until(15.4);
  engine.show(C);
  until(20);
  assert.deepEqual(runs(heard(ctx, 20)), [
    [0, 60],
    [16, 84],
  ]);
});

test("on a boundary itself the new loop comes in at the next one", () => {
  const { engine, until } = playing(A);
  engine.setSwap("next beat");
  until(8);
  engine.show(B);
  until(11.5);
  assert.equal(engine.sounding.id, "a");
  until(12.5);
  assert.equal(engine.sounding.id, "b");
});

test("a tempo set while a loop waits for its bar does not lose it", () => {
  const { engine, until } = playing(A);
  engine.setSwap("next bar");
  until(9.4);
  engine.show(B);
  engine.setTempo(150);
  until(12);
  assert.equal(engine.sounding.id, "a");
  until(16.5);
  assert.equal(engine.sounding.id, "b");
});

test("a score says what plays from which step, and a loop that is shown ends it", () => {
  const { ctx, engine, until } = playing(A);
  until(2.4);
  engine.perform((step) => (step % 8 < 4 ? B : C));
  until(16);
  assert.deepEqual(runs(heard(ctx, 16)), [
    [0, 60],
    [3, 72],
    [4, 84],
    [8, 72],
    [12, 84],
  ]);
  assert.equal(engine.loop, C); // what is heard is in front, not what was asked early
  until(16.5);
  assert.equal(engine.loop, B);
  until(17.4);
  engine.show(A);
  assert.equal(engine.score, null);
  until(30);
  assert.deepEqual(runs(heard(ctx, 30)).slice(-1), [[18, 60]]);
});

test("a score starts the sound", () => {
  const engine = new Engine(fakeBrowser());
  engine.show(A);
  engine.perform(() => B);
  assert.ok(engine.playing);
  engine.stop();
  assert.equal(engine.score, null);
});

test("without going round, the loop ends with its last note and the dock stops", () => {
  const { ctx, engine, until } = playing(A);
  until(5);
  engine.setEndless(false);
  until(15.5);
  assert.ok(engine.playing);
  until(16.5);
  assert.equal(engine.playing, false);
  until(24);
  assert.deepEqual(heard(ctx, 24).slice(14), [60, 60, ...new Array(8).fill(null)]);
  engine.setEndless(true);
  engine.play();
  until(60);
  assert.ok(engine.playing);
});

test("ten steps back from twelve sounds lead to the second, by the same notes", () => {
  const engine = new Engine(fakeBrowser());
  const loops = Array.from({ length: 14 }, (_, i) => busy(60 + i, `loop ${i}`));
  for (const loop of loops) {
    engine.show(loop);
    engine.settle(loop);
  }
  for (let i = 0; i < 11; i += 1) engine.goTo(engine.history.at - 1);
  assert.equal(engine.loop, loops[2]);
  engine.goTo(engine.history.at - 1); // there is none before it
  assert.equal(engine.loop, loops[2]);
  engine.goTo(engine.history.at + 1);
  assert.equal(engine.loop, loops[3]);
  engine.show(loops[0]);
  engine.settle(loops[0]);
  assert.deepEqual(
    engine.history.loops.map(({ id }) => id),
    ["loop 2", "loop 3", "loop 0"],
  );
});
