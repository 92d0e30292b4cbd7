// The numbers above the drawing, each a tile of its own or a term of a sum.

import { element, setText } from "./nodes.js";
import { formatNumber } from "./numbers.js";

// Longer numbers are written smaller, so that they stay inside their tile.
const ROOMY = 8;

export class Tiles {
  constructor(help) {
    this.help = help;
    this.numbers = [];
    this.node = element("div", { class: "wd-tiles" });
  }

  accept(tiles = []) {
    const shape = JSON.stringify(tiles);
    if (shape === this.shape) return;
    this.shape = shape;
    this.numbers = [];
    this.node.replaceChildren(...tiles.map((tile) => this.tile(tile)));
    this.node.hidden = !tiles.length;
    this.help.hide();
  }

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

  sum(terms) {
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

  number(series, text) {
    const node = element("div", { class: "wd-value" }, text ?? "");
    if (text === undefined || text === null) this.numbers.push([node, series]);
    return node;
  }

  // Of a series without epochs, its last number.
  show({ series, steps }, index) {
    for (const [node, name] of this.numbers) {
      const values = series[name] ?? [];
      const text = formatNumber(values[steps.length ? index : values.length - 1]);
      setText(node, text);
      node.toggleAttribute("data-long", text.length > ROOMY);
    }
  }
}
