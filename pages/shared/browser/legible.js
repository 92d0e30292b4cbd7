// @ts-check
// Lines, marks and names stand out from the ground that a theme gives them. A colour that does not
// is seen through less, and then made darker on a light ground, and lighter on a dark one.

import { isObject } from "./arrays.js";

/** @import { Layout, Trace } from "./plotly.d.ts" */
/** @typedef {[number, number, number]} Rgb from 0 to 255 */
/** @typedef {{ rgb: Rgb, alpha: number }} Colour */
/** @typedef {"line" | "marker"} Part of a trace that has a colour */
/** @typedef {{ color?: unknown, width?: number, opacity?: number, symbol?: unknown, line?: Style }} Style */
/** @typedef {{ line?: Style, marker?: Style, fillcolor?: unknown }} Styled */

// What WCAG asks of marks, and of text.
const MARKS = 3;
const NAMES = 4.5;
const STEP = 0.02;
// A line as thick as this is an area.
const THICK = 12;
// What is drawn in one colour, in a plane and in space.
const DRAWN = ["scatter", "scatter3d", "bar"];

/** @type {Map<string, Colour | null>} */
const known = new Map();

/** @type {(text: unknown) => Colour | null} */
function read(text) {
  if (typeof text !== "string") return null;
  const before = known.get(text);
  if (before !== undefined) return before;
  const hex = text.match(/^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i);
  const parts = text.match(/^rgba?\(([^)]*)\)$/);
  const [red, green, blue, alpha = 1] = hex
    ? hex.slice(1).map((part) => Number.parseInt(part, 16))
    : (parts?.[1] ?? "").split(",").map(Number);
  const colour = hex || parts ? { rgb: /** @type {Rgb} */ ([red, green, blue]), alpha } : null;
  known.set(text, colour);
  return colour;
}

/** @type {(rgb: Rgb) => number} */
function luminance(rgb) {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @type {(one: Rgb, other: Rgb) => number} */
function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** @type {(from: Rgb, to: Rgb, share: number) => Rgb} */
const mixed = (from, to, share) =>
  /** @type {Rgb} */ (from.map((part, place) => part + share * (to[place] - part)));

/** @type {(colour: Colour, opacity: number, ground: Rgb, least: number) => boolean} */
const standsOut = ({ rgb, alpha }, opacity, ground, least) =>
  contrast(mixed(ground, rgb, alpha * opacity), ground) >= least;

/**
 * How opaque a colour has to be, at most 1.
 * @type {(colour: Colour, opacity: number, ground: Rgb, least: number) => number}
 */
function opaque(colour, opacity, ground, least) {
  let share = opacity;
  while (share < 1 && !standsOut(colour, share, ground, least)) share = Math.min(1, share + STEP);
  return share;
}

/**
 * The colour itself, or one like it that stands out; what has the colour of its ground is meant to.
 * @type {(text: unknown, opacity: number, ground: Rgb, least: number) => any}
 */
function legible(text, opacity, ground, least) {
  const colour = read(text);
  if (!colour || colour.alpha === 0 || contrast(colour.rgb, ground) < 1.01) return text;
  if (standsOut(colour, opacity, ground, least)) return text;
  const bare = { rgb: colour.rgb, alpha: 1 };
  const alpha = opaque(bare, colour.alpha * opacity, ground, least) / opacity;
  const seen = { rgb: colour.rgb, alpha: Math.min(1, alpha) };
  const end = /** @type {Rgb} */ (luminance(ground) > 0.18 ? [0, 0, 0] : [255, 255, 255]);
  for (let share = STEP; share <= 1 && !standsOut(seen, opacity, ground, least); share += STEP)
    seen.rgb = mixed(colour.rgb, end, share);
  return `rgba(${seen.rgb.map(Math.round).join(", ")}, ${seen.alpha})`;
}

/**
 * Where a trace has a colour that has to be seen.
 * @type {(trace: Trace & Styled) => Part[]}
 */
function strokes({ type = "scatter", mode = "lines", line = {}, marker = {} }) {
  if (!DRAWN.includes(type)) return [];
  if (type === "bar") return ["marker"];
  const thin = line.width !== 0 && (line.width ?? 0) < THICK;
  // a mark with a rim of its own is seen by that
  const rimmed = (marker.line?.width ?? 0) >= 1 && !/-open/.test(String(marker.symbol));
  /** @type {[Part, boolean][]} */
  const parts = [
    ["line", /lines/.test(mode) && thin],
    ["marker", /markers/.test(mode) && !rimmed],
  ];
  return parts.flatMap(([part, drawn]) => (drawn ? [part] : []));
}

/**
 * A trace with what has to be seen of it; what is filled with the colour of its line stays so.
 * @type {(source: Trace, background: string) => Trace}
 */
export function distinctTrace(source, background) {
  const ground = read(background)?.rgb;
  if (!ground) return source;
  const trace = /** @type {Trace & Styled} */ (named(source, ground));
  const parts = strokes(trace);
  const given = trace.opacity ?? 1;
  /** @param {Part} part */
  const own = (part) => trace[part]?.opacity ?? 1;
  const wanted = parts.map((part) => {
    const colour = read(trace[part]?.color);
    return colour ? opaque(colour, given * own(part), ground, MARKS) / own(part) : given;
  });
  const opacity = Math.min(1, Math.max(given, ...wanted));
  if (opacity > given) trace.opacity = opacity;
  for (const part of parts) {
    const color = trace[part]?.color;
    const seen = legible(color, opacity * own(part), ground, MARKS);
    if (seen === color) continue;
    trace[part] = { ...trace[part], color: seen };
    if (part === "line" && trace.fillcolor === color) trace.fillcolor = seen;
  }
  return trace;
}

/**
 * A copy with names in colours that are read on this ground: those of a trace, or a note.
 * @type {(value: { [name: string]: any }, ground: Rgb) => { [name: string]: any }}
 */
function named(value, ground) {
  const entries = Object.entries(value).map(([name, inner]) => {
    if (!/font$/i.test(name) || !isObject(inner) || !inner.color) return [name, inner];
    return [name, { ...inner, color: legible(inner.color, 1, ground, NAMES) }];
  });
  return Object.fromEntries(entries);
}

/** @type {(layout: Layout, background: string) => Layout} */
export function distinctLayout(layout, background) {
  const ground = read(background)?.rgb;
  if (!ground || !layout.annotations) return layout;
  const annotations = layout.annotations.map((/** @type {Layout} */ one) => named(one, ground));
  return { ...layout, annotations };
}
