// @ts-check
// What a picture draws, panel by panel: its curves, its marks, its heat maps, with the numbers that
// they stand for and the places where they are drawn.

import { axisOf, plain, titleOf, told } from "./axis.js";
import { grows } from "./picture.js";
import { say } from "./words.js";

/** @import { Picture } from "./picture.js" */
/** @import { Trace, Value } from "./plotly.d.ts" */

/** @typedef {{ x?: ArrayLike<Value>, y?: ArrayLike<Value>, z?: any }} Drawn as the trace has them */
/**
 * @typedef {object} Curve
 * @property {string} name
 * @property {Value[]} x what its points stand for
 * @property {Value[]} y
 * @property {Value[]} [z]
 * @property {boolean} [line]
 * @property {number} trace its number in the figure
 * @property {number[]} places of its points among those of the trace
 * @property {Drawn} drawn
 */
/**
 * @typedef {object} Grid colours or heights over two axes
 * @property {string} name
 * @property {Value[]} across
 * @property {Value[]} upwards
 * @property {Value[][]} cells
 * @property {string} measure what the cells are, where that is said
 * @property {number} trace
 * @property {{ x: ArrayLike<Value>, y: ArrayLike<Value>, z: ArrayLike<Value>[] }} drawn
 */
/**
 * @typedef {object} Panel
 * @property {string} title
 * @property {string[]} axes what its axes measure: across, upwards, and a third or a colour
 * @property {Curve[]} curves
 * @property {Curve[]} points
 * @property {Grid[]} grids
 */

// A line of fewer points is a mark.
const LEAST = 3;

/** @type {(picture: Picture, position: number) => Panel[]} */
export function panels(picture, position) {
  /** @type {Map<string, Panel>} */
  const found = new Map();
  const { data } = picture.figure;
  for (const [place, trace] of data.entries()) {
    if (!isData(picture, trace)) continue;
    const panel = panelOf(found, picture, trace);
    const points = grows(trace) ? picture.points(trace, position) : trace;
    if (trace.type === "heatmap" || trace.type === "surface")
      panel.grids.push(grid(picture, trace, place));
    else if (trace.fill === "tonexty") panel.curves.push(...edges(picture, trace, place));
    else sort(panel, trace, lines(picture, trace, points, place));
  }
  return [...found.values()];
}

/**
 * What the pointer reads, or the legend names; words and what only guides the eye are no data.
 * @type {(picture: Picture, trace: Trace) => boolean}
 */
function isData({ layout }, trace) {
  const { hoverinfo, meta, mode, name, opacity, showlegend, visible } = trace;
  if (meta?.data !== undefined) return meta.data;
  if (visible === false || visible === "legendonly" || mode === "text" || opacity === 0)
    return false;
  if (hoverinfo !== "skip") return true;
  return Boolean(name) && (showlegend ?? layout.showlegend) !== false;
}

/**
 * As the pointer reads it, or the legend.
 * @param {Trace} trace
 */
function nameOf({ hovertemplate, name, type }) {
  const [, beside = ""] = String(hovertemplate ?? "").match(/<extra>(.*)<\/extra>/) ?? [];
  const own = (beside.includes("%{") ? "" : plain(beside)) || plain(name);
  return own || (type === "heatmap" ? "" : say("point"));
}

/** @type {(panels: Map<string, Panel>, picture: Picture, trace: Trace) => Panel} */
function panelOf(panels, { layout }, trace) {
  const { scene = "", xaxis = "x", yaxis = "y", marker } = /** @type {any} */ (trace);
  const key = `${scene} ${xaxis} ${yaxis}`;
  const known = panels.get(key);
  if (known) return known;
  const space = trace.type === "surface" || trace.type === "scatter3d";
  const axes = space
    ? ["x", "y", "z"].map((name) => plain(layout.scene?.[`${name}axis`]?.title?.text) || name)
    : [titleOf(layout, xaxis), titleOf(layout, yaxis), plain(marker?.colorbar?.title?.text)];
  const heading = (layout.annotations ?? []).find(
    /** @param {any} note */
    ({ xref, yref, x, y }) =>
      xref === `${xaxis} domain` && yref?.endsWith(" domain") && x === 0 && y >= 1,
  );
  const title = plain(heading?.text) || axes[1] || axes[0];
  axes[0] ||= "x";
  axes[1] ||= plain(heading?.text) || "y";
  const panel = { title, axes, curves: [], points: [], grids: [] };
  panels.set(key, panel);
  return panel;
}

/**
 * What a band lies between: its lower edge is the trace before it.
 * @type {(picture: Picture, upper: Trace, place: number) => Curve[]}
 */
function edges(picture, upper, place) {
  const name = nameOf(upper);
  const lower = picture.figure.data[place - 1];
  const [low] = lines(picture, upper, lower, place - 1);
  const [high] = lines(picture, upper, upper, place);
  return [
    { ...low, name: say("{name}, lower edge", { name }) },
    { ...high, name: say("{name}, upper edge", { name }) },
  ];
}

/**
 * Many points are a curve, or stand beside others over the same places.
 * @type {(panel: Panel, trace: Trace, parts: Curve[]) => void}
 */
function sort(panel, { meta, mode, type }, parts) {
  const line = type === "bar" || meta?.series !== undefined || (mode ?? "lines").includes("lines");
  for (const part of parts) {
    const long = part.x.length >= LEAST && !part.z;
    (long ? panel.curves : panel.points).push({ ...part, line });
  }
}

/**
 * A trace's points, by the name of each where they have their own; several lines over the same
 * places, one after the other with gaps between, are several curves.
 * @type {(picture: Picture, trace: Trace, points: Drawn, place: number) => Curve[]}
 */
function lines({ layout }, trace, points, place) {
  const { customdata, hovertemplate, marker, scene } = /** @type {any} */ (trace);
  const { xaxis = "x", yaxis = "y", base } = /** @type {any} */ (trace);
  const across = told(points.x, scene ? {} : axisOf(layout, xaxis));
  // bars that do not begin at 0 are of another measure than their axis
  const upwards =
    base === undefined
      ? told(points.y, scene ? {} : axisOf(layout, yaxis))
      : told(customdata ?? points.y, {});
  const drawn = base === undefined ? points : { ...points, y: raised(points.y, base) };
  const coloured = marker?.colorbar?.title ? marker.color : undefined;
  const third = points.z ?? coloured;
  const z = third === undefined ? undefined : told(third, {});
  /** @type {string[] | undefined} */
  const names = hovertemplate?.includes("<extra>%{customdata}") ? customdata : undefined;
  /** @type {Curve[]} */
  const parts = [];
  let ended = true;
  across.forEach((x, k) => {
    if (x === null) {
      ended = true;
      return;
    }
    const name = names ? plain(names[k]) : nameOf(trace);
    const last = parts.at(-1);
    const again = ended && (names ? last?.name !== name : last?.x[0] === x);
    if (!last || again || (names && last.name !== name))
      parts.push({ name, x: [], y: [], ...(z ? { z: [] } : {}), trace: place, places: [], drawn });
    const part = parts[parts.length - 1];
    part.x.push(x);
    part.y.push(upwards[k] ?? null);
    part.places.push(k);
    if (z) part.z?.push(z[k]);
    ended = false;
  });
  if (names || parts.length < 2) return parts;
  return parts.map((part, k) => ({ ...part, name: `${part.name} ${k + 1}` }));
}

/** @type {(heights: ArrayLike<Value> | undefined, base: number) => Value[]} */
const raised = (heights, base) =>
  Array.from(heights ?? [], (height) => (height === null ? null : Number(height) + base));

/** @type {(edges: ArrayLike<any>, count: number) => ArrayLike<any>} */
const middles = (edges, count) =>
  edges.length > count
    ? Array.from({ length: count }, (_, k) => (edges[k] + edges[k + 1]) / 2)
    : edges;

/**
 * Where the axes give the edges of the cells, by the middles.
 * @type {(picture: Picture, trace: Trace, place: number) => Grid}
 */
function grid({ layout }, trace, place) {
  const { colorbar, meta, scene, xaxis = "x", yaxis = "y" } = /** @type {any} */ (trace);
  const z = /** @type {ArrayLike<Value>[]} */ (trace.z);
  const flat = scene || trace.type === "surface";
  const x = middles(/** @type {ArrayLike<Value>} */ (trace.x), z[0].length);
  const y = middles(/** @type {ArrayLike<Value>} */ (trace.y), z.length);
  const across = meta?.across ?? told(x, flat ? {} : axisOf(layout, xaxis));
  const upwards = meta?.upwards ?? told(y, flat ? {} : axisOf(layout, yaxis));
  return {
    name: nameOf(trace),
    across: Array.from(across),
    upwards: Array.from(upwards),
    cells: Array.from(z, (row, k) =>
      told(row, colorbar ?? {}).map((value, n) => value ?? meta?.instead?.[k][n] ?? null),
    ),
    measure: plain(meta?.measure ?? colorbar?.title?.text),
    trace: place,
    drawn: { x, y, z },
  };
}

/** @type {(panel: string, part: string) => string} */
export const both = (panel, part) => (panel ? say("{panel}: {part}", { panel, part }) : part);
