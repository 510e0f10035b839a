// @ts-check
/** What Streamlit calls: mounts the dock, a strip, a square, sliders, and the rest. */

import { BigPlay } from "./big_play.js";
import { Dock } from "./dock.js";
import { engine } from "./engine.js";
import { MapHand } from "./map_hand.js";
import { Pad } from "./pad.js";
import { Sliders } from "./sliders.js";
import { Strip } from "./strip.js";

/** @typedef {import("./contract.js").Mount} Mount */

const KINDS = {
  explorer_player: Dock,
  explorer_strip: Strip,
  explorer_square: Pad,
  explorer_big_play: BigPlay,
  explorer_map_hand: MapHand,
  explorer_sliders: Sliders,
};

/** @type {WeakMap<object, Dock|Strip|Pad|BigPlay|MapHand|Sliders>} */
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
