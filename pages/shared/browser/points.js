// @ts-check
// Where the points of a trace are at an epoch or in a picture, and how drawn nodes get there.

/** @import { Numbers } from "./arrays.js" */
/** @import { Value } from "./plotly.d.ts" */
/** @import { Drawing, FullAxis, FullTrace, Trace } from "./plotly.d.ts" */

/** @typedef {{ x: ArrayLike<Value>, y: ArrayLike<Value> }} Points */
/** @typedef {{ affine: Numbers[] } | { x: Numbers[], y: Numbers[] }} Move */

/**
 * The head of a line glides between two epochs along the segment that will be drawn.
 * @type {(before: Value, after: Value, share: number, log: boolean) => number | null}
 */
function between(before, after, share, log) {
  if (typeof before !== "number" || typeof after !== "number") return null;
  if (log && before > 0 && after > 0) return before ** (1 - share) * after ** share;
  return before + (after - before) * share;
}

/**
 * A log axis has no place for zero: Plotly would draw a fall to the bottom, so it is a gap.
 * @type {(values: Value[], count: number, share: number, log: boolean) => Value[]}
 */
export function headOf(values, count, share, log) {
  const part = values.slice(0, count).map((value) => (log && Number(value) <= 0 ? null : value));
  if (share > 0 && count < values.length)
    part.push(between(values[count - 1], values[count], share, log));
  return part;
}

/**
 * A line through a single point would show nothing: a run's start is a dot until its epochs come.
 * @type {(trace: Trace & Points) => Trace}
 */
export function visible(trace) {
  if (trace.mode !== "lines" || trace.x.length !== 1) return trace;
  return { ...trace, mode: "lines+markers", marker: { size: 8 }, cliponaxis: false };
}

/**
 * Where the points of a moving trace are in one of the pictures: its own points under an affine
 * map (a, b, c, d, e, f: x = a·u + b·v + e, y = c·u + d·v + f), or rows of its arrays.
 * @type {(trace: Trace, move: Move, index: number) => Points}
 */
export function moved(trace, move, index) {
  if (!("affine" in move)) return { x: move.x[index], y: move.y[index] };
  const [a, b, c, d, e, f] = move.affine[index];
  const own = /** @type {{ x: ArrayLike<number>, y: ArrayLike<number> }} */ (trace);
  /** @type {(u: number, v: number, at: number) => number[]} */
  const place = (u, v, at) => Array.from(own.x, (_, i) => u * own.x[i] + v * own.y[i] + at);
  return { x: place(a, b, e), y: place(c, d, f) };
}

/**
 * Puts the drawn nodes of a scatter trace on linear axes to other points, past Plotly, which works
 * out every trace anew for any change: ten times as fast. False where the nodes do not fit.
 * @type {(plot: Drawing, full: FullTrace, points: Points) => boolean}
 */
export function place(plot, full, { x, y }) {
  if (full.visible !== true) return true;
  const group = plot.querySelector(`.scatterlayer .trace${full.uid}`);
  /** @type {(name: string) => FullAxis} */
  const axis = (name) => plot._fullLayout[`${name[0]}axis${name.slice(1)}`];
  const [xaxis, yaxis] = [axis(full.xaxis), axis(full.yaxis)];
  if (!group || xaxis.type !== "linear" || yaxis.type !== "linear") return false;
  const points = Array.from(x, (value, i) => [xaxis.l2p(value), yaxis.l2p(y[i])]);
  const lines = group.querySelectorAll(".js-line");
  const outline = lines.length || group.querySelector(".fills path") ? pathOf(points) : "";
  lines.forEach((line, i) => {
    line.setAttribute("d", i ? "M0,0" : outline);
  });
  group.querySelector(".fills path")?.setAttribute("d", outline);
  const marks = group.querySelectorAll(".points > path");
  const words = group.querySelectorAll(".textpoint text");
  if ([marks, words].some(({ length }) => length && length !== points.length)) return false;
  marks.forEach((mark, i) => {
    mark.setAttribute("transform", `translate(${points[i]})`);
  });
  for (const node of [...marks, ...words]) node.removeAttribute("display");
  words.forEach((word, i) => {
    word.setAttribute("x", String(points[i][0]));
    word.setAttribute("y", String(points[i][1]));
  });
  return true;
}

/** @param {number[][]} points */
function pathOf(points) {
  let path = "";
  let pen = "M";
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y))
      pen = "M"; // a gap
    else {
      path += `${pen}${x.toFixed(2)},${y.toFixed(2)}`;
      pen = "L";
    }
  }
  return path || "M0,0";
}
