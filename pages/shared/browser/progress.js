// @ts-check
// How far a stream has come, its Stop, and how it goes on from there.

import { button, element, icon, setText } from "./nodes.js";
import { formatTime } from "./numbers.js";

export class Progress {
  fill = element("div");
  bar = element(
    "div",
    { class: "wd-progress", role: "progressbar", "aria-label": "Progress", "aria-valuemin": 0 },
    this.fill,
  );
  text = element("span", { class: "wd-text" });
  count = 0;
  told = "";

  /**
   * @param {() => void} stop
   * @param {() => void} resume
   */
  constructor(stop, resume) {
    this.stopButton = button("Stop", stop, icon("stop"), "\u00a0Stop");
    this.resumeButton = button("Go on", resume, icon("play"), "\u00a0Go on");
    this.node = element(
      "div",
      { class: "wd-bar", hidden: "" },
      this.stopButton,
      this.resumeButton,
      this.bar,
      this.text,
    );
  }

  /** @type {(count: number, total: number, unit: string, left: number | null) => void} */
  show(count, total, unit, left) {
    const rest = typeof left === "number" ? `, ${formatTime(left)}` : "";
    this.count = count;
    this.told = `${unit} ${count} of ${total}`;
    setText(this.text, this.told + rest);
    this.text.classList.remove("wd-waiting");
    this.fill.style.width = `${total ? Math.min(100, (100 * count) / total) : 0}%`;
    this.bar.setAttribute("aria-valuemax", String(total));
    this.bar.setAttribute("aria-valuenow", String(count));
  }

  /** @param {string} message why there is nothing to count yet */
  wait(message) {
    setText(this.text, message || this.told);
    this.text.classList.toggle("wd-waiting", message !== "");
  }

  focus() {
    const shown = this.stopButton.hidden ? this.resumeButton : this.stopButton;
    shown.focus({ preventScroll: true });
  }

  /** @param {boolean} stopped */
  stand(stopped) {
    this.stopButton.hidden = stopped;
    this.resumeButton.hidden = !stopped;
    if (stopped) setText(this.text, `Stopped at ${this.told}`);
  }
}
