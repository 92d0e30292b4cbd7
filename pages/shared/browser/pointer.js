// @ts-check
// A point of a picture as the pointer on it would show it: with a ring, and what Plotly says there.

import { element } from "./nodes.js";

/** @import { Plot } from "./plot.js" */
/** @import { FullAxis } from "./plotly.d.ts" */
/** @import { Step } from "./steps.js" */

export class Pointer {
  ring = element("div", { class: "wd-ring", hidden: "" });

  /** @param {Plot} plot */
  constructor(plot) {
    this.plot = plot;
  }

  /** @param {Step} step */
  show(step) {
    const at = this.at(step);
    if (!at) return this.hide();
    this.ring.hidden = false;
    this.ring.style.left = `${at.left}px`;
    this.ring.style.top = `${at.top}px`;
    const { xaxis, yaxis } = this.trace(step);
    const { place, trace, x, y } = step;
    const within = Array.isArray(place) ? { xval: x, yval: y } : { pointNumber: place };
    this.plot.Plotly.Fx.hover(this.plot.node, [{ curveNumber: trace, ...within }], [xaxis + yaxis]);
  }

  hide() {
    if (this.ring.hidden) return;
    this.ring.hidden = true;
    this.plot.Plotly.Fx.unhover(this.plot.node);
  }

  /** @param {Step} step */
  click(step) {
    const at = this.at(step);
    if (!at) return;
    const { left, top } = this.plot.node.getBoundingClientRect();
    this.plot.clicked({
      event: { clientX: left + at.left, clientY: top + at.top },
      points: [{ x: step.x, y: step.y, xaxis: at.xaxis }],
    });
  }

  /** @param {Step} step */
  trace({ trace }) {
    return this.plot.node._fullData[trace];
  }

  /**
   * Where it is in the picture; nowhere in space, and where another picture is drawn meanwhile.
   * @param {Step} step
   */
  at(step) {
    const trace = this.trace(step);
    const { place, x, y } = step;
    const drawn = Array.isArray(place) ? trace?.z?.[place[0]] : trace?.x;
    if (!trace?.xaxis || !drawn || drawn.length <= (Array.isArray(place) ? place[1] : place))
      return null;
    const { _fullLayout: layout } = this.plot.node;
    /** @type {FullAxis[]} */
    const [xaxis, yaxis] = [trace.xaxis, trace.yaxis].map(
      (id) => layout[`${id[0]}axis${id.slice(1)}`],
    );
    const [right, down] = [xaxis.d2p(x), yaxis.d2p(y)];
    /** @type {(pixels: number, axis: FullAxis) => boolean} */
    const inside = (pixels, { _length }) => pixels >= -1 && pixels <= _length + 1;
    if (!inside(right, xaxis) || !inside(down, yaxis)) return null;
    return { left: xaxis._offset + right, top: yaxis._offset + down, xaxis };
  }
}
