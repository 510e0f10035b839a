// @ts-check
/** Colours of the two ends, and what lies between them, blended in OKLab. */

/** @typedef {[number, number, number]} Triple */

/** Colours of the tunes A, B, C and D. */
const CORNERS = {
  dark: ["#F0A202", "#56B4E9", "#2DBE8D", "#D98AB5"],
  light: ["#9A5B00", "#0B6AA6", "#0B7A5B", "#9C3F73"],
};

/**
 * Red, green and blue in 0..1 of "#rgb", "#rrggbb" or "rgb(r, g, b)".
 * @param {string} css
 * @returns {Triple}
 */
export function parseColour(css) {
  const text = css.trim();
  if (text.startsWith("#")) {
    const digits =
      text.length === 4 ? [...text.slice(1)].map((d) => d + d).join("") : text.slice(1);
    const part = (/** @type {number} */ i) => parseInt(digits.slice(i, i + 2), 16) / 255;
    return [part(0), part(2), part(4)];
  }
  const numbers = (text.match(/[\d.]+/g) ?? ["0", "0", "0"]).map(Number);
  return [numbers[0] / 255, numbers[1] / 255, numbers[2] / 255];
}

/** @param {number} v */
const toLinear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
/** @param {number} v */
const toGamma = (v) => (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);

/** @param {Triple} rgb @returns {Triple} */
export function toOklab(rgb) {
  const [r, g, b] = rgb.map(toLinear);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** @param {Triple} lab @returns {Triple} */
export function fromOklab([lightness, a, b]) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const shown = (/** @type {number} */ v) => toGamma(Math.min(1, Math.max(0, v)));
  return [
    shown(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    shown(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    shown(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/**
 * Colour a fraction `t` of the way from `a` to `b`, as "rgb(r, g, b)".
 * @param {string} a
 * @param {string} b
 * @param {number} t
 */
export function blend(a, b, t) {
  return css(between(toOklab(parseColour(a)), toOklab(parseColour(b)), t));
}

/** @param {Triple} a @param {Triple} b @param {number} t @returns {Triple} */
const between = (a, b, t) => /** @type {Triple} */ (a.map((v, i) => v + (b[i] - v) * t));

/** @param {Triple} lab */
const css = (lab) => `rgb(${fromOklab(lab).map((v) => Math.round(v * 255)).join(", ")})`;

/** @param {string} background a CSS colour */
export function isDark(background) {
  return toOklab(parseColour(background))[0] < 0.5;
}

/**
 * Colour a fraction `t` of the way from tune A to tune B on this background.
 * @param {number} t
 * @param {string} background
 */
export function blendColour(t, background) {
  return cornerColour(t, 0, background);
}

/**
 * Colour of a place in the square of tunes: A top left, B top right, C and D below.
 * @param {number} u from left to right, 0..1
 * @param {number} v from top to bottom, 0..1
 * @param {string} background
 */
export function cornerColour(u, v, background) {
  return amongColours(CORNERS[isDark(background) ? "dark" : "light"], u, v);
}

/**
 * Colour of a place in a square between four.
 * @param {string[]} corners top left, top right, and the two below
 * @param {number} u from left to right, 0..1
 * @param {number} v from top to bottom, 0..1
 */
export function amongColours(corners, u, v) {
  const [a, b, c, d] = corners.map((each) => toOklab(parseColour(each)));
  return css(between(between(a, b, u), between(c, d, u), v));
}

/**
 * The page's theme as seen by a mounted component.
 * @param {ShadowRoot|HTMLElement} root
 */
export function themeOf(root) {
  const host = root instanceof ShadowRoot ? root.host : root;
  const style = getComputedStyle(host);
  /** @param {string} name @param {string} otherwise */
  const value = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  return {
    text: value("--st-text-color", "#1B1F2A"),
    background: value("--st-background-color", "#FBFAF7"),
    primary: value("--st-primary-color", "#0B6AA6"),
  };
}

/** @typedef {ReturnType<typeof themeOf>} Theme */
