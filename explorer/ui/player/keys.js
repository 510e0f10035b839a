// @ts-check
/** Space, Esc, Ctrl+Z and the arrows, wherever on the page the focus is. */

/** @typedef {import("./engine.js").Engine} Engine */

const WRITES = "input:not([type=range]):not([type=button]), textarea, select";
const USES_SPACE =
  "button, a, summary, label, input, [role=button], [role=checkbox], [role=radio], " +
  "[role=switch], [role=tab], [role=option], [role=menuitem], [role=combobox]";

const USES_ARROWS =
  "input, textarea, select, [role=slider], [role=tab], [role=radio], [role=option], " +
  "[role=combobox], [role=listbox], [role=menuitem], [role=grid], [role=application]";
/** @type {Record<string, [number, number]>} */
const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * @typedef {object} Press
 * @property {string} key
 * @property {boolean} [ctrlKey]
 * @property {boolean} [metaKey]
 * @property {boolean} [altKey]
 * @property {boolean} [shiftKey]
 */
/** @typedef {{matches(selector: string): boolean, isContentEditable?: boolean}} Target */

/**
 * What a key press asks of the player: "toggle", "stop", "undo", "redo", a way to move
 * on the page's strip or square, or nothing.
 *
 * Space stays with whatever is being typed in, and with a button that was reached
 * by Tab; a button that was merely clicked last does not keep it. Arrows stay with
 * everything that uses them, and undo with text.
 * @param {Press} press
 * @param {Target|null} target
 * @param {boolean} tabbed whether the focus was moved by keyboard
 * @returns {"toggle"|"stop"|"undo"|"redo"|[number, number]|null}
 */
export function meaning(press, target, tabbed) {
  const writes = target?.isContentEditable || target?.matches(WRITES);
  if (press.altKey) return null;
  if (press.ctrlKey || press.metaKey) {
    if (writes) return null;
    const key = press.key.toLowerCase();
    if (key === "y" || (key === "z" && press.shiftKey)) return "redo";
    return key === "z" ? "undo" : null;
  }
  if (press.key === "Escape") return "stop";
  if (press.key in ARROWS) {
    const used = writes || target?.matches(USES_ARROWS);
    return used || press.shiftKey ? null : ARROWS[press.key];
  }
  if (press.key !== " ") return null;
  if (writes) return null;
  const slider = target?.matches("input[type=range], [role=slider]");
  if (tabbed && !slider && target?.matches(USES_SPACE)) return null;
  return "toggle";
}

/**
 * Listen on the whole page; returns how to stop that.
 * @param {Engine} engine
 */
export function listen(engine) {
  const stop = new AbortController();
  const everywhere = { capture: true, signal: stop.signal };
  let tabbed = false;
  let ours = false; // the Space that is down was for the player
  /** @param {Event} event */
  const targetOf = (event) => {
    const first = event.composedPath()[0];
    return first instanceof HTMLElement ? first : null;
  };
  window.addEventListener("pointerdown", () => (tabbed = false), everywhere);
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Tab") tabbed = true;
      const wish = meaning(event, targetOf(event), tabbed);
      if (wish === "stop" && engine.playing) engine.stop();
      if (!wish || wish === "stop") return;
      if (Array.isArray(wish)) {
        const [mover] = engine.movers;
        if (!mover?.move(...wish)) return;
      } else if (wish !== "toggle") {
        engine.goTo(engine.history.at + (wish === "undo" ? -1 : 1));
      }
      event.preventDefault(); // no scrolling
      event.stopPropagation();
      if (wish !== "toggle") return;
      ours = true;
      if (!event.repeat) engine.toggle();
    },
    everywhere,
  );
  window.addEventListener(
    "keyup",
    (event) => {
      if (event.key === " " && ours) event.preventDefault(); // no click on the focus
      if (event.key === " ") ours = false;
    },
    everywhere,
  );
  return () => stop.abort();
}
