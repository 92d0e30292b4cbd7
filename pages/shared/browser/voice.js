// @ts-check
// What a page says to whoever hears it: what has changed, once a move has come to rest.

import { element, setText } from "./nodes.js";

// A key held down on a slider makes many moves: the last is told.
const REST_MS = 500;

// One place a page, whatever charts come and go: two that speak at once would cut each other off.
const region = element("div", { class: "wd-voice", "aria-live": "polite" });
document.body.append(region);
/** @type {number | undefined} */
let due;

export class Voice {
  /**
   * What is known of this chart's picture: it was said, or stood there as it opened.
   * @type {string | null}
   */
  known = null;

  /** @param {HTMLElement} root of the chart; the first of a page speaks for it */
  constructor(root) {
    this.root = root;
  }

  /** @param {string} finding of the picture that the page opens with, which is read and not said */
  open(finding) {
    this.known ??= finding;
  }

  /** @param {string} finding of a picture that rests */
  tell(finding) {
    if (document.querySelector(".wd-chart") !== this.root) return;
    clearTimeout(due);
    due = setTimeout(() => this.say(finding), REST_MS);
  }

  /**
   * At once, in place of what was about to be said; all that is known of the picture is in it.
   * @type {(text: string, finding: string) => void}
   */
  speak(text, finding) {
    clearTimeout(due);
    this.known = finding;
    // the same once more is said once more
    setText(region, text === region.textContent ? `${text}\u00a0` : text);
  }

  /** @param {string} finding */
  say(finding) {
    if (finding === this.known || !this.root.isConnected) return;
    this.known = finding;
    setText(region, finding);
  }
}
