// @ts-check
// What is drawn: a payload with its figure decoded, and its series, which grow as a stream goes on.

import { decode } from "./arrays.js";
import { headOf, moved } from "./points.js";
import { say } from "./words.js";

/** @import { Part, Payload, Rows, Series } from "./payload.d.ts" */
/** @import { Figure, Layout, Trace } from "./plotly.d.ts" */
/** @import { Move, Points } from "./points.js" */

export class Picture {
  /** @type {Part} */
  streamed = {};
  /** @type {Figure} */
  figure;
  /** @type {{ [name: string]: Move }} */
  moves;

  /** @param {Payload} payload */
  constructor(payload) {
    this.series = copySeries(payload.series);
    this.payload = payload;
    this.figure = decode(payload.figure);
    this.moves = decode(payload.moves ?? {});
  }

  /**
   * The same stream, sent again because something else changed: what it said since then stands.
   * @param {Payload} payload
   */
  goOn(payload) {
    const figure = { ...payload.figure, ...this.streamed.figure };
    this.payload = { ...payload, ...this.streamed, figure };
    this.figure = decode(figure);
    this.moves = decode(this.payload.moves ?? {});
  }

  /**
   * What a stream, or its end, says beyond its rows.
   * @param {Part} part
   */
  add({ series, ...rest }) {
    if (rest.figure) rest.figure = { ...this.streamed.figure, ...rest.figure };
    Object.assign(this.streamed, rest);
    Object.assign(this.series, copySeries(series));
    this.goOn(this.payload);
  }

  /**
   * Every series stays as long as the epochs: a gap in the stream is a gap in the curve.
   * @param {Rows} rows
   */
  addRows({ series: added, epoch }) {
    const count = Math.max(0, ...Object.values(added).map((values) => values.length));
    if (!count) return; // only how far it is
    const epochs =
      added.epoch ?? Array.from({ length: count }, (_, place) => epoch - count + 1 + place);
    this.series.epoch ??= [];
    const before = this.series.epoch.length;
    for (const [name, values] of Object.entries({ ...added, epoch: epochs })) {
      this.series[name] ??= [];
      const target = this.series[name];
      while (target.length < before) target.push(null);
      for (const value of values) target.push(value);
    }
  }

  // What a stream counts.
  get unit() {
    return this.payload.unit ?? say("epoch");
  }

  get steps() {
    return /** @type {number[]} */ (this.series.epoch ?? this.series.step ?? []);
  }

  get last() {
    return Math.max(0, this.steps.length - 1);
  }

  /**
   * The last epoch, or picture, that has been reached at a position between two of them.
   * @param {number} position
   */
  indexAt(position) {
    return Math.min(this.last, Math.floor(position));
  }

  get moving() {
    return this.payload.moves !== undefined;
  }

  /** Whether it has depth, for which Plotly's smaller size does not do. */
  get solid() {
    return Object.keys(this.layout).some((name) => name.startsWith("scene"));
  }

  /** @returns {Layout} */
  get layout() {
    return this.figure.layout ?? {};
  }

  get growing() {
    return this.figure.data.flatMap((trace, index) => (grows(trace) ? [index] : []));
  }

  /**
   * What is drawn, in a clause.
   * @returns {string}
   */
  get drawn() {
    return this.layout.meta?.alt ?? say("Chart");
  }

  /**
   * What it shows: what is said of it, here or elsewhere on the page.
   * @param {number} index
   */
  finding(index) {
    const { finding, sentence, sentences } = this.payload;
    return finding ?? sentences?.[index] ?? sentence ?? "";
  }

  /**
   * The picture for who cannot see it.
   * @param {number} index
   */
  alt(index) {
    const { drawn } = this;
    const finding = this.finding(index);
    return finding ? say("{drawn} {finding}", { drawn, finding }) : drawn;
  }

  /**
   * The points of a growing trace at a position, or of its whole run; a bare line glides on
   * between two epochs.
   * @type {(trace: Trace, position: number, options?: { whole?: boolean }) => Points}
   */
  points(trace, position, { whole = false } = {}) {
    const index = this.indexAt(position);
    const { moves, series = "", x = "epoch" } = trace.meta ?? {};
    if (moves !== undefined) return moved(trace, this.moves[moves], index);
    const count = whole ? Infinity : index + 1;
    const share = whole || !isBareLine(trace) ? 0 : position - index;
    /** @type {(name: string, axis: string) => Points["x"]} */
    const head = (name, axis) => headOf(this.series[name] ?? [], count, share, this.isLog(axis));
    return {
      x: head(x, trace.xaxis ?? "x"),
      y: head(series, trace.yaxis ?? "y"),
    };
  }

  /** @param {string} axis */
  isLog(axis) {
    return this.layout[`${axis[0]}axis${axis.slice(1)}`]?.type === "log";
  }
}

// What there is before the first payload.
export const blank = () => new Picture({ run: "", figure: { data: [] }, series: {} });

/** @param {Trace} trace */
export function grows({ meta }) {
  return meta?.series !== undefined || meta?.moves !== undefined;
}

/**
 * Whether a trace is one of these curves: by its series or moves, its group in the legend, its axis,
 * or what its name begins with.
 * @type {(trace: Trace, curves: string[]) => boolean}
 */
export function isOneOf({ meta, name, legendgroup, xaxis = "x" }, curves) {
  return curves.some(
    (curve) =>
      [meta?.series, meta?.moves, legendgroup, xaxis].includes(curve) || name?.startsWith(curve),
  );
}

/** @param {Trace} trace */
function isBareLine({ mode }) {
  return /lines/.test(mode ?? "lines") && !/markers|text/.test(mode ?? "");
}

/** @type {(series?: Series) => Series} */
function copySeries(series = {}) {
  return Object.fromEntries(Object.entries(series).map(([name, values]) => [name, [...values]]));
}
