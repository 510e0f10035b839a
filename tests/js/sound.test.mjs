import assert from "node:assert/strict";
import test from "node:test";

import { drumKit, instrumentFor, nearestSample } from "../../explorer/ui/player/bank.js";
import { Mixer, gainOf } from "../../explorer/ui/player/mixer.js";
import { Voice, levelAt, loudness } from "../../explorer/ui/player/voice.js";
import { fakeBrowser } from "./fakes.mjs";

const BANK = {
  drums: { is_drum: true, program: 0 },
  piano: { program: 0 },
  guitar: { program: 24 },
  flute: { program: 73 },
};

test("the nearest sample is played faster to reach a higher pitch", () => {
  const { slot, rate } = nearestSample([57, 60, 63], 61);
  assert.equal(slot, 1);
  assert.ok(Math.abs(rate - 2 ** (1 / 12)) < 1e-12);
});

test("a pitch of the bank is played as it was recorded", () => {
  assert.deepEqual(nearestSample([57, 60, 63], 63), { slot: 2, rate: 1 });
});

test("pitches outside the bank take its outermost sample", () => {
  assert.equal(nearestSample([57, 60, 63], 20).slot, 0);
  assert.equal(nearestSample([57, 60, 63], 120).slot, 2);
});

test("an instrument is found by program, then by family, then the first", () => {
  assert.equal(instrumentFor(BANK, 73), "flute");
  assert.equal(instrumentFor(BANK, 25), "guitar");
  assert.equal(instrumentFor(BANK, 100), "piano");
  assert.equal(instrumentFor({}, 0), null);
});

test("the drum kit is the instrument marked as one", () => {
  assert.equal(drumKit(BANK), "drums");
  assert.equal(drumKit({ piano: BANK.piano }), null);
});

test("a harder note is louder", () => {
  assert.equal(loudness(127), 1);
  assert.ok(loudness(40) < loudness(80));
});

test("a note swells, holds and fades", () => {
  const note = { startTime: 1, endTime: 2, level: 0.5 };
  assert.equal(levelAt(note, 1), 0);
  assert.equal(levelAt(note, 1.5), 0.5);
  assert.equal(levelAt(note, 2), 0.5);
  assert.equal(levelAt(note, 3), 0);
});

const SAMPLE = { buffer: {}, offset: 4, duration: 2, rate: 1 };
const NOTE = { pitch: 60, velocity: 127, isDrum: false, startTime: 1, endTime: 1.5 };

/** A voice on a fake context. */
function voiceOf(change = {}) {
  const ctx = fakeBrowser();
  return { ctx, voice: new Voice(ctx, ctx.destination, SAMPLE, { ...NOTE, ...change }) };
}

test("a note plays its slot of the sprite, and no more", () => {
  const { ctx } = voiceOf();
  const [{ when, offset, duration }] = ctx.sources;
  assert.deepEqual([when, offset, duration], [1, 4, 2]);
});

test("a note ended early fades from the level it has, without a jump", () => {
  const { voice } = voiceOf();
  voice.moveEnd(1.2, 1.2);
  const levels = voice.gain.gain.events.map((event) => event.value);
  assert.deepEqual(levels, [0, 1, 1, 1, 0]);
  assert.ok(voice.gain.gain.events.every((event) => event.kind === "ramp" || !event.value));
});

test("a note that goes on longer ends where it is told", () => {
  const { voice } = voiceOf();
  voice.moveEnd(1.2, 1.9);
  assert.equal(voice.endTime, 1.9);
});

test("a note that already fades is left to fade", () => {
  const { voice } = voiceOf();
  voice.moveEnd(1.53, 1.8);
  assert.equal(voice.endTime, 1.5);
});

test("a note longer than its sample fades before the sample runs out", () => {
  const { voice } = voiceOf({ endTime: 9 });
  assert.ok(voice.endTime < 3);
  assert.ok(voice.gain.gain.events.at(-1).time <= 3);
});

test("a drum hit rings to the end of its sample, however short its note", () => {
  const { voice } = voiceOf({ isDrum: true, endTime: 1.1 });
  assert.equal(voice.endTime, voice.limit);
});

test("volume starts at 60 percent, is silent at none and full at all", () => {
  assert.equal(new Mixer(fakeBrowser()).volume, 0.6);
  assert.equal(gainOf(0), 0);
  assert.equal(gainOf(1), 1);
});

test("muting is silence that keeps the volume", () => {
  const mixer = new Mixer(fakeBrowser());
  mixer.set(0.8, true);
  assert.equal(mixer.input.gain.events.at(-1).value, 0);
  mixer.set(mixer.volume, false);
  assert.ok(mixer.input.gain.events.at(-1).value > 0);
  assert.equal(mixer.volume, 0.8);
});

test("a note that ends when another loop takes it over goes on, whatever the rounding", () => {
  const ctx = fakeBrowser();
  const sample = { buffer: {}, offset: 0, duration: 5, rate: 1 };
  const note = { pitch: 60, velocity: 80, isDrum: false, startTime: 0, endTime: 0.3 };
  const voice = new Voice(ctx, {}, sample, note);
  voice.moveEnd(0.1 + 0.2, 0.9); // 0.30000000000000004
  assert.equal(voice.endTime, 0.9);
});
