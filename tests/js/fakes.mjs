/** What the engine needs of a browser, without sound and with time by hand. */

import { VERSION } from "../../explorer/ui/player/contract.js";

class Param {
  constructor(value = 0) {
    this.value = value;
    this.events = [];
  }
  setValueAtTime(value, time) {
    this.events.push({ kind: "set", value, time });
  }
  linearRampToValueAtTime(value, time) {
    this.events.push({ kind: "ramp", value, time });
  }
  setTargetAtTime(value, time) {
    this.events.push({ kind: "target", value, time });
  }
  cancelScheduledValues(time) {
    this.events = this.events.filter((event) => event.time < time);
  }
}

class Node {
  connect(next) {
    return next;
  }
  disconnect() {}
}

class Source extends Node {
  constructor() {
    super();
    this.playbackRate = new Param(1);
  }
  start(when, offset, duration) {
    Object.assign(this, { when, offset, duration });
  }
  stop(when = 0) {
    this.stopped = when;
  }
}

class Context extends EventTarget {
  constructor() {
    super();
    this.currentTime = 0;
    this.outputLatency = 0;
    this.state = "running";
    this.destination = new Node();
    this.sources = [];
  }
  createGain() {
    return Object.assign(new Node(), { gain: new Param(1) });
  }
  createAnalyser() {
    return new Node();
  }
  createBufferSource() {
    const source = new Source();
    this.sources.push(source);
    return source;
  }
  resume() {
    return Promise.resolve();
  }
}

/** Put the browser's names in place and hand out a context. */
export function fakeBrowser() {
  globalThis.DynamicsCompressorNode = Node;
  globalThis.AudioBuffer = class {
    constructor({ length, sampleRate }) {
      this.duration = length / sampleRate;
      this.wave = new Float32Array(length);
    }
    getChannelData() {
      return this.wave;
    }
  };
  globalThis.document = new EventTarget();
  globalThis.fetch = () => Promise.resolve({ ok: false });
  return new Context();
}

/** A loop with one note per [pitch, start, end] or [pitch, start, end, part]. */
export function loopOf(notes, { total_steps = 16, qpm = 150, id = "x", ...rest } = {}) {
  return {
    version: VERSION,
    id,
    title: id,
    notes: notes.map(([pitch, start_step, end_step, part]) => ({
      pitch,
      start_step,
      end_step,
      velocity: 80,
      ...(part && { part }),
    })),
    total_steps,
    qpm, // at 150 a sixteenth lasts 0.1 s
    program: 0,
    ghosts: [],
    parts: ["melody"],
    autoplay: false,
    play_id: 0,
    ...rest,
  };
}

/** A drum loop with a hit per [pitch, step]. */
export function beatOf(hits, options = {}) {
  const notes = hits.map(([pitch, step]) => [pitch, step, step + 1, "drums"]);
  return loopOf(notes, { parts: ["drums"], ...options });
}

export const TRIO = ["melody", "bass", "drums"];
