// @ts-check
// How far a stream has come, and its Stop.

import { button, element, icon, setText } from "./nodes.js";
import { formatTime } from "./numbers.js";

export class Progress {
  fill = element("div");
  bar = element(
    "div",
    { class: "wd-progress", role: "progressbar", "aria-label": "Training", "aria-valuemin": 0 },
    this.fill,
  );
  text = element("span", { class: "wd-text" });

  /** @param {() => void} stop */
  constructor(stop) {
    this.node = element(
      "div",
      { class: "wd-bar", hidden: "" },
      button("Stop", stop, icon("stop"), "\u00a0Stop"),
      this.bar,
      this.text,
    );
  }

  /** @type {(count: number, total: number, unit: string, left: number | null) => void} */
  show(count, total, unit, left) {
    const rest = typeof left === "number" ? `, ${formatTime(left)}` : "";
    setText(this.text, `${unit} ${count} of ${total}${rest}`);
    this.fill.style.width = `${total ? Math.min(100, (100 * count) / total) : 0}%`;
    this.bar.setAttribute("aria-valuemax", String(total));
    this.bar.setAttribute("aria-valuenow", String(count));
  }
}
