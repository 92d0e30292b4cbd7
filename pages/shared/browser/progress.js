// @ts-check
// How far a stream has come, its Stop, and how it goes on from there.

import { button, element, icon, setText } from "./nodes.js";
import { formatTime } from "./numbers.js";
import { say } from "./words.js";

export class Progress {
  fill = element("div");
  bar = element(
    "div",
    {
      class: "wd-progress",
      role: "progressbar",
      "aria-label": say("Progress"),
      "aria-valuemin": 0,
    },
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
    this.stopButton = button(say("Stop"), stop, icon("stop"), `\u00a0${say("Stop")}`);
    this.resumeButton = button(say("Go on"), resume, icon("play"), `\u00a0${say("Go on")}`);
    this.node = element(
      "div",
      { class: "wd-bar wd-goes", hidden: "" },
      this.stopButton,
      this.resumeButton,
      this.bar,
      this.text,
    );
  }

  /** @type {(count: number, total: number, unit: string, left: number | null) => void} */
  show(count, total, unit, left) {
    this.count = count;
    this.told = say("{unit} {count} of {total}", { unit, count, total });
    const { told } = this;
    const rest = typeof left === "number" ? formatTime(left) : "";
    setText(this.text, rest ? say("{told}, {rest}", { told, rest }) : told);
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
    if (stopped) setText(this.text, say("Stopped at {place}", { place: this.told }));
  }
}
