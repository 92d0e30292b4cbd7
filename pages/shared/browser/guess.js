// @ts-check
// An empty axis with a point that is dragged along it: a guess, before the picture is shown.

import { loadStyle } from "./loading.js";
import { button, element, setText } from "./nodes.js";
import { readNumber } from "./numbers.js";

/** @typedef {{ axis: string, typed: string, show: string, drag: string, refused: string }} Labels */
/** @typedef {{ least: number, most: number, log: boolean, labels: Labels, style: string }} Sent */

const GUESS = Symbol.for("weight-decay-explorer guess");
// So many places the point has, and so many digits what it says.
const PLACES = 300;
const DIGITS = 2;

/** @typedef {HTMLElement & { [GUESS]?: Guess }} Parent */

/** @type {(parent: Parent, sent: Sent, tell: (number: number) => void) => void} */
export function show(parent, sent, tell) {
  parent[GUESS] ??= new Guess(parent, sent);
  parent[GUESS].tell = tell;
}

class Guess {
  /** @type {number | null} */
  number = null;
  /** @type {(number: number) => void} */
  tell = () => {};

  /**
   * @param {Parent} parent
   * @param {Sent} sent
   */
  constructor(parent, sent) {
    const { labels, style } = sent;
    this.sent = sent;
    /** @type {HTMLInputElement} */
    this.point = element("input", {
      type: "range",
      "aria-label": labels.axis,
      "aria-valuetext": labels.drag,
      min: 0,
      max: PLACES,
      value: PLACES / 2,
      step: 1,
      oninput: () => this.take(this.valueAt(Number(this.point.value))),
    });
    /** @type {HTMLInputElement} */
    this.typed = element("input", {
      type: "text",
      inputmode: "decimal",
      "aria-label": labels.typed,
      placeholder: "?",
      onchange: () => this.type(),
    });
    this.refusal = element("p", { role: "alert" });
    this.done = button(
      labels.show,
      () => this.number !== null && this.tell(this.number),
      labels.show,
    );
    this.done.disabled = true;
    const root = element(
      "div",
      { class: "wd-guess", style: "visibility: hidden" },
      element(
        "div",
        { class: "wd-axis" },
        this.point,
        element("div", { "aria-hidden": "true" }, ...this.ticks()),
      ),
      element(
        "div",
        { class: "wd-guessed" },
        element("span", {}, labels.axis),
        this.typed,
        this.done,
      ),
      this.refusal,
    );
    parent.append(root);
    loadStyle(style)
      .catch(() => {})
      .then(() => {
        root.style.visibility = "";
      });
  }

  /** @param {number} place */
  valueAt(place) {
    const { least, most, log } = this.sent;
    const share = place / PLACES;
    const value = log ? least * (most / least) ** share : least + share * (most - least);
    return Number(value.toPrecision(DIGITS));
  }

  /** @param {number} value */
  shareOf(value) {
    const { least, most, log } = this.sent;
    return log
      ? Math.log(value / least) / Math.log(most / least)
      : (value - least) / (most - least);
  }

  /** Powers of ten, or fourths of the axis. */
  ticks() {
    const { least, most, log } = this.sent;
    const first = Math.ceil(Math.log10(least) - 1e-9);
    const decades = Math.floor(Math.log10(most) + 1e-9) - first + 1;
    const values = log
      ? Array.from({ length: decades }, (_, place) => Number(`1e${first + place}`))
      : [0, 1, 2, 3, 4].map((part) => least + (part / 4) * (most - least));
    return values.map((value) =>
      element(
        "span",
        { style: `--at: ${this.shareOf(value)}` },
        String(Number(value.toPrecision(3))),
      ),
    );
  }

  /** @param {number} number */
  take(number) {
    this.number = number;
    this.typed.value = String(number);
    this.point.value = String(Math.round(PLACES * this.shareOf(number)));
    this.point.setAttribute("aria-valuetext", String(number));
    this.done.disabled = false;
    setText(this.refusal, "");
  }

  type() {
    const { least, most, labels } = this.sent;
    const text = this.typed.value;
    const number = readNumber(text);
    if (least <= number && number <= most) return this.take(number);
    this.typed.value = this.number === null ? "" : String(this.number);
    setText(
      this.refusal,
      labels.refused.replace("{text}", () => text),
    );
  }
}
