// @ts-check
// The table behind a picture: the numbers that are drawn, to read and to take away.

import { button, element, icon, setText } from "./nodes.js";
import { DIGITS, formatAll, formatNumber, formatPlaces } from "./numbers.js";
import { say } from "./words.js";

/** @import { Picture } from "./picture.js" */
/** @import { Value } from "./plotly.d.ts" */
/** @import { Sheet } from "./sheets.js" */

// A table follows a picture that plays or grows at a pace of its own.
const FOLLOW_MS = 300;
// What programs that reckon begin a formula with, and a sign that is none: as tables.py has them.
const FORMULA = /^[=+\-@]/;
const NO_SIGN = "\u2060";

export class Table {
  /** @type {number | undefined} */
  due;
  sheets = /** @type {Promise<typeof import("./sheets.js")> | null} */ (null);
  button = button(say("Show as a table"), () => this.toggle(), icon("table"));
  node = element("div", {
    class: "wd-table",
    role: "group",
    tabindex: 0,
    "aria-label": say("The numbers of the picture"),
    hidden: "",
  });

  /** @param {() => { picture: Picture, position: number }} shown */
  constructor(shown) {
    this.shown = shown;
    this.button.ariaExpanded = "false";
  }

  async toggle() {
    this.node.hidden = !this.node.hidden;
    this.button.ariaExpanded = String(!this.node.hidden);
    if (this.node.hidden) return this.node.replaceChildren();
    await this.write();
    this.node.scrollIntoView({ block: "nearest" });
  }

  // What is drawn is about to be something else.
  follow() {
    if (this.node.hidden || this.due !== undefined) return;
    this.due = setTimeout(() => this.write(), FOLLOW_MS);
  }

  async write() {
    clearTimeout(this.due);
    this.due = undefined;
    this.sheets ??= import("./sheets.js");
    try {
      const { sheets } = await this.sheets;
      const { picture, position } = this.shown();
      if (this.node.hidden) return;
      const name = picture.layout.meta?.filename ?? "weight-decay";
      const parts = sheets(picture, position).map((sheet, k) => block(sheet, `${name}-${k + 1}`));
      this.node.replaceChildren(...parts);
    } catch (error) {
      console.warn(error);
      this.sheets = null;
      setText(this.node, say("The table could not be made."));
    }
  }

  destroy() {
    clearTimeout(this.due);
  }
}

/** @type {(sheet: Sheet, filename: string) => HTMLElement} */
function block(sheet, filename) {
  const { title, head, rows } = sheet;
  const columns = head.map((_, k) => (k ? formatAll : formatPlaces)(rows.map((row) => row[k])));
  return element(
    "div",
    {},
    button(say("Download “{title}” as CSV", { title }), () => save(sheet, filename), "CSV"),
    element(
      "table",
      {},
      element("caption", {}, title),
      element(
        "thead",
        {},
        element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, headed(text)))),
      ),
      element(
        "tbody",
        {},
        ...rows.map((_, place) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, columns[0][place]),
            ...columns.slice(1).map((column) => element("td", {}, column[place])),
          ),
        ),
      ),
    ),
  );
}

/** @param {string} text of a column: a name, or a number of a grid */
const headed = (text) =>
  text && Number.isFinite(Number(text)) ? formatNumber(Number(text), DIGITS) : text;

/** @param {Value} value */
function cell(value) {
  if (typeof value === "number") return String(value);
  const text = String(value ?? "");
  const inert = FORMULA.test(text) ? NO_SIGN + text : text;
  return /[",\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** @type {(sheet: Sheet, filename: string) => void} */
function save({ head, rows }, filename) {
  const lines = [head, ...rows].map((row) => row.map(cell).join(","));
  // with the mark that makes spreadsheets read λ as λ
  const file = new Blob([`\ufeff${lines.join("\n")}\n`], { type: "text/csv" });
  const address = URL.createObjectURL(file);
  element("a", { href: address, download: `${filename}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
