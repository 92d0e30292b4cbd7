// @ts-check
// Where a picture is entered by key, to be walked point by point; what leads there comes with the
// first who does.

import { element, setText } from "./nodes.js";
import { say } from "./words.js";

/** @import { Chart } from "./chart.js" */
/** @import { Walking } from "./walking.js" */

// There chart2music makes nothing, and there are no arrows.
const PHONES = /Android|webOS|iPhone|iPad|iPod|BlackBerry|Windows Phone/i;

export class Walk {
  // Whether somebody is here.
  on = false;
  /** @type {Promise<Walking> | null} */
  coming = null;
  /** @type {Walking | null} */
  walking = null;
  // What is said, to be read.
  caption = element("div", { class: "wd-said", "aria-hidden": "true" });
  /** @type {HTMLElement} */
  node = element(
    "div",
    {
      class: "wd-walk",
      role: "application",
      tabindex: 0,
      "aria-label": say("The points of the picture, by key"),
      onfocus: () => this.enter(),
      onblur: () => this.leave(),
      onkeydown: (event) => event.key === "Escape" && this.node.blur(),
    },
    this.caption,
  );

  /** @param {Chart} chart */
  constructor(chart) {
    this.chart = chart;
    this.node.hidden = PHONES.test(navigator.userAgent);
  }

  async enter() {
    this.on = true;
    this.coming ??= import("./walking.js").then(({ Walking }) => new Walking(this));
    try {
      this.walking = await this.coming;
      if (this.on) this.walking.begin();
    } catch (error) {
      console.warn(error);
      this.coming = null;
      this.tell(say("The points of this picture cannot be walked by key."));
    }
  }

  leave() {
    this.on = false;
    this.walking?.end();
    setText(this.caption, "");
  }

  // The picture is, or is about to be, another.
  follow() {
    this.walking?.follow();
  }

  // The picture is the same at another place, or in another size.
  place() {
    if (this.on) this.walking?.place();
  }

  /** @type {(text: string, shown?: string) => void} */
  tell(text, shown = text) {
    const { picture, player, voice } = this.chart;
    if (!this.on) return;
    setText(this.caption, shown);
    voice.speak(text, picture.finding(player.index));
  }

  destroy() {
    this.on = false;
    this.walking?.end();
  }
}
