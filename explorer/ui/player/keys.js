// @ts-check
/** Space plays and stops, Esc stops, wherever on the page the focus is. */

/** @typedef {import("./engine.js").Engine} Engine */

const WRITES = "input:not([type=range]):not([type=button]), textarea, select";
const USES_SPACE =
  "button, a, summary, label, input, [role=button], [role=checkbox], [role=radio], " +
  "[role=switch], [role=tab], [role=option], [role=menuitem], [role=combobox]";

/**
 * What a key press asks of the player: "toggle", "stop" or nothing.
 *
 * Space stays with whatever is being typed in, and with a button that was reached
 * by Tab; a button that was merely clicked last does not keep it.
 * @param {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean}} press
 * @param {{matches(selector: string): boolean, isContentEditable?: boolean}|null} target
 * @param {boolean} tabbed whether the focus was moved by keyboard
 * @returns {"toggle"|"stop"|null}
 */
export function meaning(press, target, tabbed) {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (press.key === "Escape") return "stop";
  if (press.key !== " ") return null;
  if (target?.isContentEditable || target?.matches(WRITES)) return null;
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
      if (wish !== "toggle") return;
      event.preventDefault(); // no scrolling
      event.stopPropagation();
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
