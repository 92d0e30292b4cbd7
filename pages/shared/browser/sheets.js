// @ts-check
// The numbers that a picture draws, in rows and columns.

import { both, panels } from "./panels.js";
import { say } from "./words.js";

/** @import { Curve, Grid, Panel } from "./panels.js" */
/** @import { Picture } from "./picture.js" */
/** @import { Value } from "./plotly.d.ts" */

/** @typedef {{ title: string, head: string[], rows: Value[][] }} Sheet its first column names a row */

/** @type {(picture: Picture, position: number) => Sheet[]} */
export function sheets(picture, position) {
  return panels(picture, position)
    .flatMap(sheetsOf)
    .filter(({ rows }) => rows.length);
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
  return [...grids.map((grid) => gridSheet(grid, title, axes)), ...beside, marks];
}

/** @param {Curve[]} group of curves over the same places */
const isBeside = (group) => group.length > 1 || group[0].line;

/** @type {(row: Value[], place: number, rows: Value[][]) => boolean} */
const isNew = (row, place, rows) => !place || !same(row, rows[place - 1]);

/** @type {(one: Value[], other: Value[]) => boolean} */
const same = (one, other) =>
  one.length === other.length && one.every((value, k) => value === other[k]);

/** @type {(grid: Grid, title: string, axes: string[]) => Sheet} */
function gridSheet({ name, across, upwards, cells }, title, axes) {
  return {
    title: name ? both(title, name) : title,
    head: [
      say("rows: {upwards}, columns: {across}", { upwards: axes[1], across: axes[0] }),
      ...across.map(String),
    ],
    rows: cells
      .map((row, k) => [upwards[k], ...row])
      .filter((row) => row.slice(1).some((value) => value !== null)),
  };
}
