// @ts-check
// What the page's theme and width make of a figure.

import { isObject } from "./arrays.js";
import { distinctLayout, distinctTrace } from "./legible.js";

/** @import { Layout, Trace } from "./plotly.d.ts" */

/**
 * @typedef {object} Theme
 * @property {CSSStyleDeclaration} style
 * @property {string} text
 * @property {string} background
 * @property {string} border
 * @property {string} font
 * @property {number} scale how much larger than usual all type is
 */

// No letter of a picture is smaller, on a wide screen and on a narrow one.
const LEAST = 14;
const LEAST_NARROW = 12;
// A legend above or below a picture takes so much more than its maker thought.
const LARGER = 8;

/**
 * "text" is the theme's text colour; go.Figure only lets it through as a CSS variable, and then
 * any variable of the theme will do.
 * @type {(value: unknown, theme: Theme) => unknown}
 */
function resolveColor(value, theme) {
  if (value === "text") return theme.text;
  const variable = typeof value === "string" && value.match(/^var\((--[\w-]+)\)$/);
  return variable ? theme.style.getPropertyValue(variable[1]).trim() || theme.text : value;
}

/**
 * Copies the containers and keeps the arrays, except colours that depend on the theme.
 * @type {(value: any, theme: Theme, key?: string) => any}
 */
export function coloured(value, theme, key = "") {
  if (/color$/i.test(key) && !isObject(value)) {
    if (!Array.isArray(value)) return resolveColor(value, theme);
    return value.some((one) => resolveColor(one, theme) !== one)
      ? value.map((one) => resolveColor(one, theme))
      : value;
  }
  if (Array.isArray(value))
    return value.some(isObject) ? value.map((one) => coloured(one, theme)) : value;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, coloured(inner, theme, name)]),
  );
}

/**
 * Copies likewise, with every font and line in the size that the window wants.
 * @type {(value: any, size: (given: number) => number, scale: number, key?: string) => any}
 */
function sized(value, size, scale, key = "") {
  if (Array.isArray(value))
    return value.some(isObject) ? value.map((one) => sized(one, size, scale)) : value;
  if (!isObject(value)) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, sized(inner, size, scale, name)]),
  );
  if (/font$/i.test(key) && typeof copy.size === "number") copy.size = size(copy.size);
  if (key === "line" && typeof copy.width === "number") copy.width *= scale;
  if (key === "marker" && typeof copy.size === "number") copy.size *= scale;
  return copy;
}

/** @type {(theme: Theme, narrow: boolean) => (given: number) => number} */
const sizes =
  ({ scale }, narrow) =>
  (given) =>
    scale * Math.max(given, narrow ? LEAST_NARROW : LEAST);

/** @type {(trace: Trace, theme: Theme, narrow: boolean) => Trace} */
export function themedTrace(trace, theme, narrow) {
  const seen = distinctTrace(coloured(trace, theme), theme.background);
  return sized(seen, sizes(theme, narrow), theme.scale);
}

/** @type {(node: Element) => Theme} */
export function readTheme(node) {
  const style = getComputedStyle(node);
  /** @type {(name: string, fallback: string) => string} */
  const read = (name, fallback) => {
    const value = style.getPropertyValue(`--st-${name}`).trim();
    return value && value !== "unset" ? value : fallback;
  };
  return {
    style,
    text: read("text-color", "#31333f"),
    background: read("background-color", "#ffffff"),
    border: read("border-color", "rgba(128,128,128,0.3)"),
    font: read("font", "sans-serif"),
    scale: Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16,
  };
}

/** @param {string} color */
export function isDark(color) {
  const probe = document.createElement("canvas").getContext("2d");
  if (!probe) return false;
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

// A finger that drags over a picture scrolls the page; only a surface is turned.
const isTouched = matchMedia("(pointer: coarse)").matches;

/** @type {(source: Layout, theme: Theme, narrow: boolean) => Layout} */
export function themedLayout(source, theme, narrow) {
  const size = sizes(theme, narrow);
  const seen = distinctLayout(coloured(source, theme), theme.background);
  /** @type {Layout} */
  const layout = sized(seen, size, theme.scale);
  const axis = {
    gridcolor: theme.border,
    zerolinecolor: theme.border,
    linecolor: theme.border,
    tickcolor: theme.border,
  };
  const names = new Set([
    "xaxis",
    "yaxis",
    ...Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key)),
  ]);
  for (const name of names) {
    const given = { automargin: true, ...axis, ...layout[name] };
    const title = isObject(given.title) ? given.title : { text: given.title };
    layout[name] = { ...given, title: { ...title, font: { size: size(0), ...title.font } } };
  }
  for (const name of Object.keys(layout).filter((key) => /^scene\d*$/.test(key))) {
    for (const side of ["xaxis", "yaxis", "zaxis"]) {
      layout[name][side] = { ...axis, showbackground: false, ...layout[name][side] };
    }
  }
  layout.font = { family: theme.font, color: theme.text, size: size(0), ...layout.font };
  layout.paper_bgcolor ??= "rgba(0,0,0,0)";
  layout.plot_bgcolor ??= "rgba(0,0,0,0)";
  layout.hoverlabel = {
    bgcolor: theme.background,
    bordercolor: theme.border,
    font: { color: theme.text },
    ...layout.hoverlabel,
  };
  layout.legend = { bgcolor: "rgba(0,0,0,0)", ...layout.legend };
  // upright it is clear of the legend above the picture
  layout.modebar = {
    orientation: "v",
    bgcolor: "rgba(0,0,0,0)",
    color: theme.border,
    activecolor: theme.text,
    ...layout.modebar,
  };
  layout.margin = Object.fromEntries(
    Object.entries({ l: 56, r: 16, t: 32, b: 48, ...layout.margin }).map(([side, width]) => [
      side,
      theme.scale * width,
    ]),
  );
  layout.height ??= 420;
  layout.autosize = true;
  delete layout.width;
  if (isTouched && !layout.scene) layout.dragmode = false;
  if (!narrow) layout.margin[layout.legend.y < 0 ? "b" : "t"] += LARGER;
  if (narrow) {
    layout.margin = { ...layout.margin, l: 8, r: 8 };
    for (const [path, value] of Object.entries(layout.meta?.narrow ?? {}))
      setPath(layout, path, value);
  }
  return layout;
}

/**
 * "yaxis.domain" as in Plotly's own relayout.
 * @type {(layout: Layout, path: string, value: unknown) => void}
 */
function setPath(layout, path, value) {
  const [name, inner] = path.split(".");
  layout[name] = inner === undefined ? value : { ...layout[name], [inner]: value };
}
