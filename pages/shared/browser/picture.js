// What is drawn: a payload with its figure decoded, and its series, which grow as a stream goes on.

import { decode } from "./arrays.js";
import { headOf, moved } from "./points.js";

export class Picture {
  constructor(payload) {
    this.series = copySeries(payload.series);
    this.streamed = {};
    this.accept(payload);
  }

  accept(payload) {
    this.payload = payload;
    this.figure = decode(payload.figure);
    this.moves = decode(payload.moves ?? {});
  }

  // The same stream, sent again because something else changed: what it said since then stands.
  goOn(payload) {
    const figure = { ...payload.figure, ...this.streamed.figure };
    this.accept({ ...payload, ...this.streamed, figure });
  }

  // What a stream, or its end, says beyond its rows.
  add({ figure, series, ...rest }) {
    if (figure) rest.figure = { ...this.streamed.figure, ...figure };
    Object.assign(this.streamed, rest);
    Object.assign(this.series, copySeries(series));
    this.goOn(this.payload);
  }

  // Every series stays as long as the epochs: a gap in the stream is a gap in the curve.
  addRows({ series: added = {}, epoch }) {
    const count = Math.max(0, ...Object.values(added).map((values) => values.length));
    const epochs =
      added.epoch ?? Array.from({ length: count }, (_, place) => epoch - count + 1 + place);
    const before = (this.series.epoch ??= []).length;
    for (const [name, values] of Object.entries({ ...added, epoch: epochs })) {
      const target = (this.series[name] ??= []);
      while (target.length < before) target.push(null);
      for (const value of values) target.push(value);
    }
  }

  // What a stream counts.
  get unit() {
    return this.payload.unit ?? "epoch";
  }

  get steps() {
    return this.series.epoch ?? this.series.step ?? [];
  }

  get last() {
    return Math.max(0, this.steps.length - 1);
  }

  // The last epoch, or picture, that has been reached at a position between two of them.
  indexAt(position) {
    return Math.min(this.last, Math.floor(position));
  }

  get moving() {
    return this.payload.moves !== undefined;
  }

  get layout() {
    return this.figure.layout ?? {};
  }

  get growing() {
    return this.figure.data.flatMap((trace, index) => (grows(trace) ? [index] : []));
  }

  get alt() {
    return this.layout.meta?.alt ?? "Chart";
  }

  // The points of a growing trace at a position, or of its whole run; a bare line glides on
  // between two epochs.
  points(trace, position, { whole = false } = {}) {
    const index = this.indexAt(position);
    if (trace.meta.moves !== undefined) return moved(trace, this.moves[trace.meta.moves], index);
    const count = whole ? Infinity : index + 1;
    const share = whole || !isBareLine(trace) ? 0 : position - index;
    const head = (name, axis) => headOf(this.series[name] ?? [], count, share, this.isLog(axis));
    return {
      x: head(trace.meta.x ?? "epoch", trace.xaxis ?? "x"),
      y: head(trace.meta.series, trace.yaxis ?? "y"),
    };
  }

  isLog(axis) {
    return this.layout[`${axis[0]}axis${axis.slice(1)}`]?.type === "log";
  }
}

export function grows({ meta }) {
  return meta?.series !== undefined || meta?.moves !== undefined;
}

function isBareLine({ mode }) {
  return /lines/.test(mode ?? "lines") && !/markers|text/.test(mode ?? "");
}

function copySeries(series) {
  return Object.fromEntries(
    Object.entries(series ?? {}).map(([name, values]) => [name, [...values]]),
  );
}
