// @ts-check
// The numbers that a picture draws, in rows and columns.

import { axisOf, plain, titleOf, told } from "./axis.js";
import { grows } from "./picture.js";
import { say } from "./words.js";

/** @import { Picture } from "./picture.js" */
/** @import { Trace, Value } from "./plotly.d.ts" */

/** @typedef {{ title: string, head: string[], rows: Value[][] }} Sheet its first column names a row */
/** @typedef {{ name: string, x: Value[], y: Value[], z?: Value[], line?: boolean }} Curve */
/**
 * @typedef {object} Panel
 * @property {string} title
 * @property {string[]} axes what its axes measure: across, upwards, and a third or a colour
 * @property {Curve[]} curves
 * @property {Curve[]} points
 * @property {Sheet[]} grids
 */

// A line of fewer points is a mark.
const LEAST = 3;

/** @type {(picture: Picture, position: number) => Sheet[]} */
export function sheets(picture, position) {
  /** @type {Map<string, Panel>} */
  const panels = new Map();
  const { data } = picture.figure;
  for (const [place, trace] of data.entries()) {
    if (!isData(picture, trace)) continue;
    const panel = panelOf(panels, picture, trace);
    const points = grows(trace) ? picture.points(trace, position) : trace;
    if (trace.type === "heatmap" || trace.type === "surface")
      panel.grids.push(grid(picture, panel, trace));
    else if (trace.fill === "tonexty") panel.curves.push(...edges(picture, trace, data[place - 1]));
    else sort(panel, trace, lines(picture, trace, points));
  }
  return [...panels.values()].flatMap(sheetsOf).filter(({ rows }) => rows.length);
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
 * @type {(picture: Picture, upper: Trace, lower: Trace) => Curve[]}
 */
function edges(picture, upper, lower) {
  const name = nameOf(upper);
  const [low] = lines(picture, upper, lower);
  const [high] = lines(picture, upper, upper);
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
 * @type {(picture: Picture, trace: Trace, points: { x?: ArrayLike<Value>, y?: ArrayLike<Value>, z?: any }) => Curve[]}
 */
function lines({ layout }, trace, points) {
  const {
    base,
    customdata,
    hovertemplate,
    marker,
    scene,
    xaxis = "x",
    yaxis = "y",
  } = /** @type {any} */ (trace);
  const across = told(points.x, scene ? {} : axisOf(layout, xaxis));
  // bars that do not begin at 0 are of another measure than their axis
  const upwards =
    base === undefined
      ? told(points.y, scene ? {} : axisOf(layout, yaxis))
      : told(customdata ?? points.y, {});
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
      parts.push({ name, x: [], y: [], ...(z ? { z: [] } : {}) });
    const part = parts[parts.length - 1];
    part.x.push(x);
    part.y.push(upwards[k] ?? null);
    if (z) part.z?.push(z[k]);
    ended = false;
  });
  if (names || parts.length < 2) return parts;
  return parts.map((part, k) => ({ ...part, name: `${part.name} ${k + 1}` }));
}

/** @type {(panel: Panel) => Sheet[]} */
function sheetsOf({ title, axes, curves, points, grids }) {
  /** @type {Curve[][]} */
  const groups = [];
  for (const curve of curves) {
    const group = groups.find(([{ x }]) => same(x, curve.x));
    if (group) group.push(curve);
    else groups.push([curve]);
  }
  const [across, upwards, third] = axes;
  const marked = groups.flatMap((group) => (isBeside(group) ? [] : group));
  const beside = groups.filter(isBeside).map((group) => {
    const names = group.map(({ name }) => name);
    const alone = names.length === 1 && names[0] !== title;
    return {
      title: alone ? both(title, names[0]) : title || names.join(", "),
      head: [across, ...names],
      rows: group[0].x
        .map((x, k) => [x, ...group.map(({ y }) => y[k])])
        .filter((row) => row.slice(1).some((value) => value !== null))
        .filter(isNew),
    };
  });
  const all = [...marked, ...points];
  const withThird = all.some(({ z }) => z);
  const marks = {
    title: beside.length || !title ? both(title, say("points")) : title,
    head: [say("name"), across, upwards, ...(withThird ? [third || "z"] : [])],
    rows: all
      .flatMap(({ name, x, y, z }) =>
        x.map((value, k) => [name, value, y[k], ...(withThird ? [z?.[k] ?? null] : [])]),
      )
      .filter((row) => row[2] !== null)
      .filter(isNew),
  };
  return [...grids, ...beside, marks];
}

/** @param {Curve[]} group of curves over the same places */
const isBeside = (group) => group.length > 1 || group[0].line;

/** @type {(panel: string, part: string) => string} */
const both = (panel, part) => (panel ? say("{panel}: {part}", { panel, part }) : part);

/** @type {(row: Value[], place: number, rows: Value[][]) => boolean} */
const isNew = (row, place, rows) => !place || !same(row, rows[place - 1]);

/** @type {(one: Value[], other: Value[]) => boolean} */
const same = (one, other) =>
  one.length === other.length && one.every((value, k) => value === other[k]);

/**
 * Colours or heights over two axes; where these give the edges of the cells, by the middles.
 * @type {(picture: Picture, panel: Panel, trace: Trace) => Sheet}
 */
function grid({ layout }, { title, axes }, trace) {
  const { colorbar, meta, scene, x, xaxis = "x", y, yaxis = "y" } = /** @type {any} */ (trace);
  const z = /** @type {ArrayLike<Value>[]} */ (trace.z);
  const flat = scene || trace.type === "surface";
  /** @type {(edges: ArrayLike<number>, count: number) => ArrayLike<number>} */
  const middles = (edges, count) =>
    edges.length > count
      ? Array.from({ length: count }, (_, k) => (edges[k] + edges[k + 1]) / 2)
      : edges;
  const across = meta?.across ?? told(middles(x, z[0].length), flat ? {} : axisOf(layout, xaxis));
  const upwards = meta?.upwards ?? told(middles(y, z.length), flat ? {} : axisOf(layout, yaxis));
  /** @type {(values: Value[], row: number) => Value[]} */
  const filled = (values, row) =>
    values.map((value, k) => value ?? meta?.instead?.[row][k] ?? null);
  const name = nameOf(trace);
  return {
    title: name ? both(title, name) : title,
    head: [
      say("rows: {upwards}, columns: {across}", { upwards: axes[1], across: axes[0] }),
      ...Array.from(across, String),
    ],
    rows: Array.from(z, (row, k) => [upwards[k], ...filled(told(row, colorbar ?? {}), k)]).filter(
      (row) => row.slice(1).some((value) => value !== null),
    ),
  };
}
