// @ts-check
// What can be walked in a picture, point by point: its curves, the rows of its heat maps, its marks;
// what is said of each point, and how far to the right and how high it sounds.

import { formatAll, formatPlaces } from "./numbers.js";
import { both, panels } from "./panels.js";
import { say } from "./words.js";

/** @import { Curve, Grid, Panel } from "./panels.js" */
/** @import { Picture } from "./picture.js" */
/** @import { Drawing, FullAxis, Value } from "./plotly.d.ts" */

/**
 * @typedef {object} Group
 * @property {string} key
 * @property {string} panel its title, where it is one of several
 * @property {string} name
 * @property {string[]} axes what the numbers of a point are
 * @property {Step[]} steps
 */
/**
 * @typedef {object} Step
 * @property {Group} group
 * @property {string} name of a mark, or of its group
 * @property {string[]} texts its numbers
 * @property {number} trace
 * @property {number | number[]} place of a point, or a cell's row and column
 * @property {Value} x where it is drawn
 * @property {Value} y
 * @property {number} across from 0, left, to 1
 * @property {number} height from 0, low, to 1; NaN: there is nothing to be heard
 */
/** @typedef {(level: number) => number} Share */

const MIDDLE = 0.5;
// Of 0.001000 and 1.000×10⁻⁴, which are told of many places, what says nothing of one.
const EMPTY = /\.?0+(?=×|$)/;

/** @param {Value[]} places */
const told = (places) =>
  formatPlaces(places).map((text) => (text.includes(".") ? text.replace(EMPTY, "") : text));

/** @type {(picture: Picture, position: number, drawing: Drawing) => Group[]} */
export function groupsOf(picture, position, drawing) {
  /** @param {{ trace: number }} part */
  const isSeen = ({ trace }) => drawing._fullData[trace]?.visible === true;
  const seen = panels(picture, position)
    .map(({ title, axes, ...parts }) => ({
      title,
      axes,
      grids: parts.grids.filter(isSeen),
      curves: parts.curves.filter(isSeen),
      points: parts.points.filter(isSeen),
    }))
    .filter((panel) => panel.grids.length + panel.curves.length + panel.points.length);
  const colours = shareOf(seen.flatMap(({ grids }) => grids.flatMap(levelsOfCells)));
  return seen
    .flatMap((panel, k) => {
      const named = { ...panel, title: seen.length > 1 ? panel.title : "" };
      const rows = named.grids.flatMap((grid) => rowsOf(named, grid, colours, drawing));
      const groups = [...rows, ...linesOf(named, drawing)];
      return groups.map((group) => Object.assign(group, { key: `${k} ${group.name}` }));
    })
    .filter(({ steps }) => steps.length);
}

/**
 * What is said of a point; after another one, no more than is new.
 * @type {(step: Step, before?: Step | null) => string}
 */
export function words({ group, name, texts }, before) {
  const { axes, key, panel } = group;
  const same = key === before?.group.key;
  const numbers = texts.map((value, k) =>
    same || !axes[k] || axes[k] === panel ? value : say("{axis} {value}", { axis: axes[k], value }),
  );
  const point = numbers.reduce((x, y) => say("{x}, {y}", { x, y }));
  if (same && name === before?.name) return point;
  const beside = panel === before?.group.panel || panel === name;
  return both(beside ? name : both(panel, name), point);
}

/** @param {number[]} levels between which it is told where one is */
function shareOf(levels) {
  const finite = levels.filter(Number.isFinite);
  const low = finite.reduce((one, other) => Math.min(one, other), Infinity);
  const high = finite.reduce((one, other) => Math.max(one, other), -Infinity);
  /** @type {Share} */
  return (level) => {
    if (!Number.isFinite(level)) return Number.NaN;
    return high > low ? (level - low) / (high - low) : MIDDLE;
  };
}

/** @type {(place: number, count: number) => number} */
const inOrder = (place, count) => (count > 1 ? place / (count - 1) : MIDDLE);

/** @param {Grid} grid */
const levelsOfCells = ({ drawn }) =>
  Array.from(drawn.z).flatMap((row) => Array.from(row, (cell) => level(cell)));

/** @type {(value: Value | undefined, log?: boolean) => number} */
const level = (value, log = false) => {
  if (typeof value !== "number") return Number.NaN;
  return log ? Math.log10(value) : value;
};

/**
 * The rows of a heat map from its top down.
 * @type {(panel: Panel, grid: Grid, colours: Share, drawing: Drawing) => Group[]}
 */
function rowsOf(panel, grid, colours, drawing) {
  const { across, upwards, cells, drawn, measure, trace } = grid;
  const columns = told(across);
  const axis = axisAt(drawing, trace, "yaxis");
  const rows = told(upwards).map((value, row) => {
    /** @type {Group} */
    const group = {
      key: "",
      panel: panel.title,
      name: say("{axis} {value}", { axis: panel.axes[1], value }),
      axes: [panel.axes[0], measure || (axis ? "" : panel.axes[2])],
      steps: [],
    };
    if (cells[row].every((cell) => cell === null)) return group;
    group.steps = formatAll(cells[row]).map((text, column) => ({
      group,
      name: group.name,
      texts: [columns[column], cells[row][column] === null ? say("no number") : text],
      trace,
      place: [row, column],
      x: drawn.x[column],
      y: drawn.y[row],
      across: inOrder(column, columns.length),
      height: colours(level(drawn.z[row][column])),
    }));
    return group;
  });
  return axis && axis.range[0] > axis.range[1] ? rows : rows.reverse();
}

/**
 * The curves of a panel, and its marks as one more.
 * @type {(panel: Panel, drawing: Drawing) => Group[]}
 */
function linesOf(panel, drawing) {
  const { axes, curves, points, title } = panel;
  const all = [...curves, ...points];
  /** @type {(curve: Curve, side: "xaxis" | "yaxis") => boolean} */
  const isLog = ({ trace }, side) => axisAt(drawing, trace, side)?.type === "log";
  /** @type {(curve: Curve) => number[]} */
  const right = (curve) =>
    curve.places.map((place) => level(curve.drawn.x?.[place], isLog(curve, "xaxis")));
  /** @type {(curve: Curve) => number[]} */
  const up = (curve) => {
    const { y, z } = curve.drawn;
    return curve.places.map((place) => level((z ?? y)?.[place], isLog(curve, "yaxis")));
  };
  const acrossOf = shareOf(all.flatMap(right));
  const heightOf = shareOf(all.flatMap(up));
  /** @type {(group: Group, curve: Curve) => Step[]} */
  const stepsOf = (group, curve) => {
    const { drawn, name, places, trace, x, y, z } = curve;
    const [levels, heights] = [right(curve), up(curve)];
    const numbers = [told(x), formatAll(y), ...(z ? [formatAll(z)] : [])];
    const steps = places.map((place, k) => ({
      group,
      name,
      texts: numbers.map((texts) => texts[k]),
      trace,
      place,
      x: drawn.x?.[place] ?? null,
      y: drawn.y?.[place] ?? null,
      across: Number.isFinite(levels[k]) ? acrossOf(levels[k]) : inOrder(k, places.length),
      height: heightOf(heights[k]),
    }));
    return steps.filter((_, k) => y[k] !== null);
  };
  const groups = curves.map((curve) => {
    /** @type {Group} */
    const group = { key: "", panel: title, name: curve.name, axes, steps: [] };
    group.steps = stepsOf(group, curve);
    return group;
  });
  /** @type {Group} */
  const marks = { key: "", panel: title, name: say("points"), axes, steps: [] };
  marks.steps = points.flatMap((curve) => stepsOf(marks, curve));
  return [...groups, marks];
}

/**
 * The axis that a trace is drawn on; none in space.
 * @type {(drawing: Drawing, trace: number, side: "xaxis" | "yaxis") => FullAxis | undefined}
 */
export function axisAt(drawing, trace, side) {
  const id = drawing._fullData[trace]?.[side];
  return id ? drawing._fullLayout[`${side}${id.slice(1)}`] : undefined;
}
