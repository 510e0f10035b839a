// @ts-check
/** A journey as blocks to play from, to drag, to double and to take away. */

import { ArrangementBlocks, barsOf } from "./arrangement_blocks.js";
import { ArrangementHand } from "./arrangement_hand.js";
import { doubled, movedTo, roundOf, startIn, without } from "./arrangement_order.js";
import { themeOf } from "./colour.js";
import { isLoop } from "./contract.js";
import { BAR } from "./layout.js";

/** @typedef {import("./contract.js").Mount} Mount */
/** @typedef {import("./contract.js").JourneyStop} JourneyStop */
/** @typedef {import("./contract.js").PlayerData} PlayerData */
/** @typedef {import("./engine.js").Engine} Engine */

const FOLLOWS = "A blend follows its stops: move or remove one of those.";
const ENDING = "The ending is set below.";

/** One mounted arrangement. */
export class Arrangement {
  /** @param {ShadowRoot|HTMLElement} root @param {Engine} engine */
  constructor(root, engine) {
    this.root = root;
    this.engine = engine;
    /** @type {(name: string, value: unknown) => void} */
    this.report = () => {};
    /** @type {PlayerData|null} the whole journey */
    this.loop = null;
    /** @type {JourneyStop[]} as they are to be, which Python may not know of yet */
    this.stops = [];
    this.shown = ""; // what the blocks were made from
    this.front = 0; // the chosen block
    /** @type {number|null} the stop to choose once Python has answered */
    this.wanted = null;
    this.nth = Date.now(); // goes up; a page that was loaded anew starts higher
    this.asked = 0; // the last gesture that Python was told of; 0: none yet
    /** @param {string} s */
    const find = (s) => /** @type {HTMLElement} */ (root.querySelector(s));
    this.whole = find(".arrangement");
    this.list = find(".blocks");
    this.playButton = find(".play-all");
    this.where = find(".where");
    this.chosen = find(".chosen");
    this.live = find(".live");
    this.buttons = {
      earlier: /** @type {HTMLButtonElement} */ (find(".earlier")),
      later: /** @type {HTMLButtonElement} */ (find(".later")),
      twice: /** @type {HTMLButtonElement} */ (find(".twice")),
      remove: /** @type {HTMLButtonElement} */ (find(".remove")),
    };
    this.blocks = new ArrangementBlocks(this.list);
    this.theme = themeOf(root);
    this.hand = this.#wire();
    this.mover = { move: (/** @type {number} */ dx) => this.#go(dx) };
    engine.movers.add(this.mover);
    const size = new ResizeObserver(() => this.#animate());
    size.observe(this.list);
    const forget = engine.subscribe(() => this.refresh());
    this.remove = () => {
      forget();
      size.disconnect();
      engine.movers.delete(this.mover);
      cancelAnimationFrame(this.frame ?? 0);
    };
  }

  /** Take what Python sent. @param {Mount} mount */
  update({ data, setStateValue }) {
    this.report = setStateValue;
    this.theme = themeOf(this.root);
    if (!isLoop(data.loop)) return;
    const isFirst = this.loop === null;
    // what Python says before it knows of the last gesture is an answer to one before
    if (data.nth >= this.asked) this.#take(data);
    this.blocks.paint(this.theme);
    if (isFirst && !this.engine.playing) this.engine.show(data.loop); // Space plays it
    this.refresh();
  }

  /** @param {{loop: PlayerData, blocks: import("./contract.js").JourneyBlock[], stops: JourneyStop[], times: number}} data */
  #take({ loop, blocks, stops, times }) {
    this.loop = loop;
    this.stops = stops;
    this.whole.classList.remove("waits");
    const shown = JSON.stringify([loop.id, blocks, times]);
    if (shown === this.shown) return;
    this.shown = shown;
    const hadFocus = this.list.matches(":focus-within");
    this.hand.drop();
    this.blocks.build(loop, blocks, times);
    if (this.wanted !== null) {
      const at = blocks.findIndex(({ kind, stop }) => kind === "stop" && stop === this.wanted);
      this.front = Math.max(0, at);
      this.wanted = null;
    }
    this.#choose(this.front);
    if (hadFocus) this.#focus();
  }

  #wire() {
    const { buttons } = this;
    this.playButton.onclick = () => this.#toggle(0);
    buttons.earlier.onclick = () => this.#shift(-1);
    buttons.later.onclick = () => this.#shift(1);
    buttons.twice.onclick = () => this.#double();
    buttons.remove.onclick = () => this.#drop();
    return new ArrangementHand(this.list, {
      play: (index) => this.#play(index),
      go: (by) => {
        this.#go(by);
        this.#focus();
      },
      shift: (by) => this.#shift(by),
      drop: () => this.#drop(),
      double: () => this.#double(),
      toggle: () => this.#toggle(this.front),
      stopOf: (index) => this.#stopOf(index),
      put: (stop, gap) => this.#put(stop, gap),
    });
  }

  /** The stop that a block is; null of a blend and of the ending. @param {number} index */
  #stopOf(index) {
    const block = this.blocks.blocks[index];
    return block?.kind === "stop" ? block.stop : null;
  }

  /** @param {number} by @returns {boolean} */
  #go(by) {
    if (!by) return false;
    this.#choose(this.front + by);
    return true;
  }

  /** @param {number} index */
  #choose(index) {
    const { blocks } = this.blocks;
    this.front = Math.min(blocks.length - 1, Math.max(0, index));
    this.blocks.choose(this.front);
    this.#tools();
  }

  #focus() {
    /** @type {HTMLElement|undefined} */ (this.list.children[this.front])?.focus();
  }

  /** What can be done to the chosen block; what cannot says why. */
  #tools() {
    const block = this.blocks.blocks[this.front];
    if (!block) return;
    const stop = this.#stopOf(this.front);
    const why = block.kind === "blend" ? FOLLOWS : ENDING;
    this.chosen.textContent = stop === null ? `${block.label}. ${why}` : block.label;
    const { earlier, later, twice, remove } = this.buttons;
    earlier.disabled = stop === null || stop === 0;
    later.disabled = stop === null || stop === this.stops.length - 1;
    twice.disabled = remove.disabled = stop === null;
  }

  /** Play from a block on. @param {number} index */
  #play(index) {
    const { loop, blocks } = this;
    const block = blocks.blocks[index];
    if (!loop || !block) return;
    this.#choose(index);
    this.engine.playFrom(loop, startIn(block, blocks.blocks, blocks.times));
    this.engine.settle(loop);
    this.#say(`Playing from ${block.label}, ${barsOf(block)}`);
  }

  /** @param {number} index of the block to play from */
  #toggle(index) {
    if (this.#sounds) this.engine.stop();
    else this.#play(index);
  }

  get #sounds() {
    return this.loop !== null && this.engine.sounding?.id === this.loop.id;
  }

  /** @param {number} by */
  #shift(by) {
    const stop = this.#chosenStop();
    if (stop === null) return;
    const to = stop + by;
    if (to < 0 || to >= this.stops.length) this.#say("There is no place further on.");
    else this.#put(stop, by > 0 ? to + 1 : to);
  }

  #double() {
    const stop = this.#chosenStop();
    if (stop === null) return;
    const { title } = this.stops[stop];
    this.#tell(doubled(this.stops, stop), stop + 1, `Stop ${stop + 1}, ${title}, twice.`);
  }

  #drop() {
    const stop = this.#chosenStop();
    if (stop === null) return;
    const { title } = this.stops[stop];
    const rest = without(this.stops, stop);
    const left = rest.length === 1 ? "1 stop is" : `${rest.length || "No"} stops are`;
    const next = Math.min(stop, rest.length - 1);
    this.#tell(rest, next, `Removed stop ${stop + 1}, ${title}. ${left} left.`);
  }

  /** The chosen stop among those there are to be; while Python is asked, the wanted one. */
  #chosenStop() {
    const stop = this.wanted ?? this.#stopOf(this.front);
    if (stop === null) this.#say(FOLLOWS);
    return stop === null || stop >= this.stops.length ? null : stop;
  }

  /** @param {number} stop @param {number} gap */
  #put(stop, gap) {
    const to = gap > stop ? gap - 1 : gap;
    if (to === stop) return;
    const { title } = this.stops[stop];
    const words = `${title} is now stop ${to + 1} of ${this.stops.length}.`;
    this.#tell(movedTo(this.stops, stop, gap), to, words);
  }

  /** Ask Python for these stops. @param {JourneyStop[]} stops @param {number} wanted @param {string} words */
  #tell(stops, wanted, words) {
    this.stops = stops;
    this.wanted = wanted;
    this.nth += 1;
    this.asked = this.nth;
    this.whole.classList.add("waits");
    this.#say(words);
    this.report("stops", { stops: stops.map(({ id }) => id), nth: this.nth });
  }

  /** @param {string} words for those who do not see it */
  #say(words) {
    if (this.live.textContent !== words) this.live.textContent = words;
  }

  /** Show the engine as it is now. */
  refresh() {
    const sounds = this.#sounds;
    this.playButton.classList.toggle("playing", sounds);
    this.playButton.setAttribute("aria-label", sounds ? "Stop" : "Play the journey");
    this.#animate();
  }

  #animate() {
    cancelAnimationFrame(this.frame ?? 0);
    const { engine, loop, theme } = this;
    if (!loop) return;
    const draw = (/** @type {boolean} */ isWhole) => {
      const position = this.#sounds ? engine.position : null;
      const heard = (/** @type {string} */ part) => engine.parts.heard(loop, part);
      this.blocks.draw(position, { theme, heard, isWhole });
      this.#count(position);
      if (engine.playing) this.frame = requestAnimationFrame(() => draw(false));
    };
    draw(true);
  }

  /** @param {number|null} position */
  #count(position) {
    const { loop, blocks } = this;
    if (!loop) return;
    const bars = loop.total_steps / BAR;
    const length = `${bars} ${bars === 1 ? "bar" : "bars"}`;
    let words = length;
    if (position !== null) {
      const round = Math.floor(position / roundOf(blocks.blocks)) + 1;
      const rounds = blocks.times > 1 && round <= blocks.times ? `, round ${round}` : "";
      words = `Bar ${Math.floor(position / BAR) + 1} of ${length}${rounds}`;
    }
    if (this.where.textContent !== words) this.where.textContent = words;
  }
}
