// @ts-check
// What a card of the guide speaks of: where it is on the page, rings around it, curves without the
// others. Looked for again at every frame, since the page may be drawn anew meanwhile.

import { element } from "./nodes.js";
import { isOneOf } from "./picture.js";

/** @import { Chart } from "./chart.js" */
/** @import { Card } from "./guide.js" */

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box */

const CHART = Symbol.for("weight-decay-explorer chart");
const PARTS = {
  words: ".wd-chart > p:not([hidden])",
  tiles: ".wd-tiles:not([hidden])",
  play: ".wd-bar:not([hidden])",
  table: ':is([data-testid="stTable"], [data-testid="stDataFrame"])',
};

/** @returns {Chart[]} */
function charts() {
  return [...document.querySelectorAll(".wd-chart[data-run]")]
    .map((root) => /** @type {any} */ (root.parentElement)?.[CHART])
    .filter((chart) => chart?.plot);
}

/** @param {string} selector */
const shown = (selector) =>
  [...document.querySelectorAll(selector)].filter((node) => node.getClientRects().length);

/**
 * A setting is found by the class that Streamlit makes of its key, a chart's slider by its own.
 * @param {{ key: string, slot: string }} control
 */
export function control({ key, slot }) {
  const streamlit = `.st-key-${CSS.escape(slot.replace(/[^\w-]/g, "-"))}`;
  return shown(`${streamlit}, .wd-slider[data-key="${CSS.escape(key)}"]`)[0];
}

/** @type {(chart: Chart, curve: string) => boolean} */
const has = (chart, curve) =>
  chart.picture.figure.data.some(
    (trace) => trace.visible !== false && isOneOf(trace, [curve]) && chart.plot.drawn,
  );

/**
 * Whether all is there that a card speaks of.
 * @param {Card} card
 */
export function isThere({ curves, controls, parts }) {
  const drawn = charts();
  return (
    curves.every((curve) => drawn.some((chart) => has(chart, curve))) &&
    controls.every((one) => control(one)) &&
    parts.every((part) => shown(PARTS[part]).length)
  );
}

/**
 * The boxes of it in the window: controls and parts, then panels of the picture.
 * @param {Card} card
 */
export function places({ curves, controls, parts }) {
  const nodes = [...controls.map(control), ...parts.map((part) => shown(PARTS[part])[0])].filter(
    (node) => node !== undefined,
  );
  return {
    nodes: nodes.map((node) => boxOf(node.getBoundingClientRect())),
    panels: charts().flatMap((chart) => panels(chart, curves)),
  };
}

/** @type {(chart: Chart, curves: string[]) => Box[]} */
function panels({ picture, plot: { node } }, curves) {
  const axes = picture.figure.data
    .filter((trace) => isOneOf(trace, curves))
    .map(({ xaxis = "x", yaxis = "y" }) => `${xaxis} ${yaxis}`);
  const { left, top } = node.getBoundingClientRect();
  return [...new Set(axes)].flatMap((pair) => {
    const [x, y] = pair
      .split(" ")
      .map((name) => node._fullLayout?.[`${name[0]}axis${name.slice(1)}`]);
    if (!x || !y) return [];
    return [
      {
        left: left + x._offset,
        top: top + y._offset,
        right: left + x._offset + x._length,
        bottom: top + y._offset + y._length,
      },
    ];
  });
}

/** @param {DOMRect} rect */
const boxOf = ({ left, top, right, bottom }) => ({ left, top, right, bottom });

/**
 * @param {Box[]} boxes one or more
 * @returns {Box}
 */
export function around(boxes) {
  return {
    left: Math.min(...boxes.map(({ left }) => left)),
    top: Math.min(...boxes.map(({ top }) => top)),
    right: Math.max(...boxes.map(({ right }) => right)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
}

/** @type {(one: Box, other: Box) => number} pixels that both take */
export function shared(one, other) {
  const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return Math.max(0, width) * Math.max(0, height);
}

export class Lights {
  node = element("div", { class: "wd-rings", "aria-hidden": "true" });

  /** @type {(card: Card, boxes: Box[]) => void} */
  show({ curves }, boxes) {
    for (const chart of charts()) chart.plot.light(curves);
    while (this.node.children.length > boxes.length) this.node.lastChild?.remove();
    while (this.node.children.length < boxes.length) this.node.append(element("div"));
    boxes.forEach(({ left, top, right, bottom }, place) => {
      const { style } = /** @type {HTMLElement} */ (this.node.children[place]);
      style.transform = `translate(${left}px, ${top}px)`;
      style.width = `${right - left}px`;
      style.height = `${bottom - top}px`;
    });
  }

  clear() {
    for (const chart of charts()) chart.plot.light([]);
    this.node.replaceChildren();
  }
}
