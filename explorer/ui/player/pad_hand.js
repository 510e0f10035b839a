// @ts-check
/** The hand on a square: one pointer that moves the puck or draws, and the arrow keys. */

/** @typedef {import("./grid.js").Point} Point */
/** @typedef {import("./pad_tools.js").PadTools} PadTools */
/**
 * What the hand does to its square.
 * @typedef {object} Grip
 * @property {() => void} begin
 * @property {(points: Point[], isPress: boolean) => void} go the puck went over these places
 * @property {(line: Point[]|null) => void} release null: no line was drawn
 * @property {(dx: number, dy: number) => void} move by so many cells
 * @property {() => void} home
 */

const LEAP = 3; // cells an arrow key moves with Shift
/** @type {Record<string, [number, number]>} */
const WAYS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class PadHand {
  /** @param {HTMLCanvasElement} board @param {PadTools} tools @param {Grip} grip */
  constructor(board, tools, grip) {
    this.board = board;
    this.tools = tools;
    this.grip = grip;
    /** @type {number|null} the pointer that is down; there is one at a time */
    this.pointer = null;
    /** @type {Point[]|null} the line that is being drawn */
    this.line = null;
    board.onpointerdown = (event) => this.#press(event);
    board.onpointermove = (event) => {
      if (event.pointerId === this.pointer) this.#go(event, false);
    };
    board.onpointerup = board.onpointercancel = (event) => {
      if (event.pointerId === this.pointer) this.#release(event);
    };
    board.onkeydown = (event) => this.#key(event);
  }

  get isDown() {
    return this.pointer !== null;
  }

  /** Whatever the pointer does until it is lifted has no meaning any more. */
  drop() {
    this.pointer = null;
    this.line = null;
    this.tools.forget();
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0 || this.isDown) return;
    this.pointer = event.pointerId;
    this.board.setPointerCapture(event.pointerId);
    this.grip.begin();
    if (this.tools.drawing) this.line = [];
    else this.tools.press(event.timeStamp / 1000, this.#under(event));
    this.#go(event, true);
  }

  /** @param {PointerEvent} event @param {boolean} isPress */
  #go(event, isPress) {
    const all = isPress ? [] : (event.getCoalescedEvents?.() ?? []);
    const points = (all.length ? all : [event]).map((each) => {
      const point = this.#under(each);
      this.line?.push(point);
      if (!this.line) this.tools.track(each.timeStamp / 1000, point);
      return point;
    });
    this.grip.go(points, isPress);
  }

  /** @param {PointerEvent} event */
  #release(event) {
    const line = event.type === "pointerup" ? this.line : null;
    this.pointer = null;
    this.line = null;
    this.tools.release(event.timeStamp / 1000);
    this.grip.release(line);
  }

  /** Where on the board an event is, in parts of the sides. @param {PointerEvent} event */
  #under({ clientX, clientY }) {
    const box = this.board.getBoundingClientRect();
    const inside = (/** @type {number} */ part) => Math.min(1, Math.max(0, part));
    return {
      x: inside((clientX - box.left) / box.width),
      y: inside((clientY - box.top) / box.height),
    };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS[event.key];
    const far = event.shiftKey ? LEAP : 1;
    if (way) this.grip.move(way[0] * far, way[1] * far);
    else if (event.key === "Home") this.grip.home();
    else return;
    event.preventDefault(); // no scrolling
  }
}
