// @ts-check
// The numbers above the drawing, each a tile of its own or a term of a sum.

import { element, setText } from "./nodes.js";
import { formatNumber } from "./numbers.js";

/** @import { Help } from "./help.js" */
/** @import { Term, Tile } from "./payload.d.ts" */
/** @import { Picture } from "./picture.js" */

// Longer numbers are written smaller, so that they stay inside their tile.
const ROOMY = 8;

export class Tiles {
  /**
   * Where a number of a series goes, and the name of the series.
   * @type {[HTMLElement, string][]}
   */
  numbers = [];
  node = element("div", { class: "wd-tiles" });
  shape = "";

  /** @param {Help} help */
  constructor(help) {
    this.help = help;
  }

  /** @param {Tile[]} tiles */
  accept(tiles = []) {
    const shape = JSON.stringify(tiles);
    if (shape === this.shape) return;
    this.shape = shape;
    this.numbers = [];
    this.node.replaceChildren(...tiles.map((tile) => this.tile(tile)));
    this.node.hidden = !tiles.length;
    this.help.hide();
  }

  /** @param {Tile} tile */
  tile({ label, help, role, series, text, terms }) {
    const name = element("div", { class: "wd-label" }, element("span", {}, label));
    if (help) name.append(this.help.mark(label, help));
    return element(
      "div",
      { class: terms ? "wd-tile wd-wide" : "wd-tile", "data-role": role ?? "" },
      name,
      terms ? this.sum(terms) : this.number(series, text),
    );
  }

  /** @param {Term[]} terms */
  sum(terms) {
    /** @param {number} place */
    const sign = (place) => (place === terms.length - 1 ? "=" : "+");
    return element(
      "div",
      { class: "wd-terms" },
      ...terms.flatMap(({ label, series, text }, place) => {
        const number = this.number(series, text);
        const box = element("span", { class: "wd-term" }, number, element("small", {}, label));
        return place ? [element("span", { class: "wd-sign" }, sign(place)), box] : [box];
      }),
    );
  }

  /** @type {(series?: string, text?: string) => HTMLElement} */
  number(series = "", text) {
    const node = element("div", { class: "wd-value" }, text ?? "");
    if (text === undefined) this.numbers.push([node, series]);
    return node;
  }

  /**
   * Of a series without epochs, its last number.
   * @type {(picture: Picture, index: number) => void}
   */
  show({ series, steps }, index) {
    for (const [node, name] of this.numbers) {
      const values = series[name] ?? [];
      const text = formatNumber(values[steps.length ? index : values.length - 1]);
      setText(node, text);
      node.toggleAttribute("data-long", text.length > ROOMY);
    }
  }
}
