// @ts-check
/** The hand on an arrangement: clicks, drags and keys on its blocks. */

import { gapAt } from "./arrangement_order.js";

/**
 * What the hand does to its arrangement; blocks and stops are numbered from 0.
 * @typedef {object} Blocks
 * @property {(index: number) => void} play from a block on
 * @property {(by: number) => void} go to another block
 * @property {(by: number) => void} shift the chosen stop
 * @property {() => void} drop the chosen stop
 * @property {() => void} double the chosen stop
 * @property {() => void} toggle the sound
 * @property {(index: number) => number|null} stopOf a block; null: not to be moved
 * @property {(stop: number, gap: number) => void} put a stop into a gap
 */
/** @typedef {{pointer: number, index: number, x: number, y: number, isLifted: boolean}} Drag */

const PRESS = 6; // pixels a click may wander
const ARROW_WAYS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
const FAR = 1e6; // blocks; there are fewer

export class ArrangementHand {
  /** @param {HTMLElement} list of the blocks @param {Blocks} blocks */
  constructor(list, blocks) {
    this.list = list;
    this.blocks = blocks;
    /** @type {Drag|null} */
    this.drag = null;
    list.onpointerdown = (event) => this.#press(event);
    list.onpointermove = (event) => this.#move(event);
    list.onpointerup = (event) => this.#release(event);
    list.onpointercancel = () => this.drop();
    list.onkeydown = (event) => {
      if (!this.#key(event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
  }

  /** Whatever is being dragged goes back. */
  drop() {
    if (!this.drag) return;
    const block = /** @type {HTMLElement|undefined} */ (this.list.children[this.drag.index]);
    block?.classList.remove("lifted");
    block?.style.removeProperty("translate");
    this.#mark(null);
    this.drag = null;
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const block = /** @type {HTMLElement|null} */ (
      /** @type {HTMLElement} */ (event.target).closest("[role=option]")
    );
    if (!block || event.button !== 0 || this.drag) return;
    const index = [...this.list.children].indexOf(block);
    const { pointerId: pointer, clientX: x, clientY: y } = event;
    this.drag = { pointer, index, x, y, isLifted: false };
  }

  /** @param {PointerEvent} event */
  #move({ pointerId, clientX, clientY }) {
    const { drag } = this;
    if (!drag || drag.pointer !== pointerId) return;
    const [dx, dy] = [clientX - drag.x, clientY - drag.y];
    if (!drag.isLifted && Math.hypot(dx, dy) <= PRESS) return;
    if (this.blocks.stopOf(drag.index) === null) return;
    const block = /** @type {HTMLElement} */ (this.list.children[drag.index]);
    if (!drag.isLifted) {
      this.list.setPointerCapture(pointerId);
      drag.isLifted = true;
      block.classList.add("lifted");
    }
    block.style.translate = `${dx}px ${dy}px`;
    this.#mark(this.#gap(clientX, clientY));
  }

  /** @param {PointerEvent} event */
  #release({ pointerId, clientX, clientY }) {
    const { drag } = this;
    if (!drag || drag.pointer !== pointerId) return;
    const isClick = Math.hypot(clientX - drag.x, clientY - drag.y) <= PRESS;
    const gap = drag.isLifted ? this.#gap(clientX, clientY) : null;
    this.drop();
    if (gap !== null) this.blocks.put(this.blocks.stopOf(drag.index) ?? 0, gap);
    else if (isClick) this.blocks.play(drag.index);
  }

  /** The elements of the stops, in order. */
  get #stops() {
    const children = /** @type {HTMLElement[]} */ ([...this.list.children]);
    return children.filter((_, index) => this.blocks.stopOf(index) !== null);
  }

  /** @param {number} x @param {number} y */
  #gap(x, y) {
    const dragged = this.list.children[this.drag?.index ?? -1];
    const boxes = this.#stops.map((stop) => {
      const box = stop.getBoundingClientRect();
      if (stop !== dragged || !this.drag) return box;
      const [dx, dy] = stop.style.translate.split(" ").map(parseFloat); // where it was
      return new DOMRect(box.x - dx, box.y - (dy || 0), box.width, box.height);
    });
    return gapAt(x, y, boxes);
  }

  /** Show where a stop would go. @param {number|null} gap */
  #mark(gap) {
    const stops = this.#stops;
    stops.forEach((stop, i) => {
      stop.classList.toggle("drop-before", i === gap);
      stop.classList.toggle("drop-after", gap === stops.length && i === gap - 1);
    });
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it was of use */
  #key({ key, altKey, shiftKey, ctrlKey, metaKey }) {
    if (ctrlKey || metaKey) return false;
    const { blocks } = this;
    const way = ARROW_WAYS[/** @type {keyof typeof ARROW_WAYS} */ (key)];
    if (way) altKey || shiftKey ? blocks.shift(way) : blocks.go(way);
    else if (key === "Home") blocks.go(-FAR);
    else if (key === "End") blocks.go(FAR);
    else if (key === "Delete" || key === "Backspace") blocks.drop();
    else if (key === "d" || key === "D") blocks.double();
    else if (key === " ") blocks.toggle();
    else if (key === "Enter") {
      const front = [...this.list.children].findIndex((block) => block.ariaSelected === "true");
      blocks.play(front);
    } else return false;
    return true;
  }
}
