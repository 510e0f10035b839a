// @ts-check
/** What Streamlit calls: mounts a dock, a strip or a big Play button. */

import { BigPlay } from "./big_play.js";
import { Dock } from "./dock.js";
import { engine } from "./engine.js";
import { Strip } from "./strip.js";

/** @typedef {import("./contract.js").Mount} Mount */

const KINDS = { explorer_player: Dock, explorer_strip: Strip, explorer_big_play: BigPlay };

/** @type {WeakMap<object, Dock|Strip|BigPlay>} */
const mounted = new WeakMap();

/**
 * Called when the component appears and whenever its data or the theme change.
 * The sound lives in the engine, so it outlasts every mount.
 * @param {Mount} mount
 */
export default function (mount) {
  const root = mount.parentElement;
  let part = mounted.get(root);
  if (!part) {
    const Kind = KINDS[/** @type {keyof typeof KINDS} */ (mount.name)];
    part = new Kind(root, engine());
    mounted.set(root, part);
  }
  part.update(mount);
  return () => {
    mounted.get(root)?.remove();
    mounted.delete(root);
  };
}
