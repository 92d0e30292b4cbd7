// @ts-check
// Follows Streamlit's sliders while they move; Streamlit itself hears of it on release only.
// The slider's hidden range input gets a new aria-valuetext with every move: the value itself. Its
// place among the steps would not do, since a rerun may change the steps before the chart hears.

import { line } from "./line.js";

/** @import { Chart } from "./chart.js" */
/** @import { Control } from "./payload.d.ts" */

export class Drag {
  /**
   * What to ask for next.
   * @type {{ param: string, value: string } | null}
   */
  wanted = null;
  /** @type {AbortController | null} */
  request = null;
  /**
   * The slider in the user's hand, where it was, and whether the line was cut since.
   * @type {{ key: string, from: string | null, cut: boolean } | null}
   */
  held = null;
  /** @type {Map<string, string | null>} */
  seen = new Map();
  watch = new MutationObserver((changes) => {
    for (const { target } of changes) this.moved(target);
  });
  /** @param {Event} event */
  pressed = ({ target }) => this.press(target);
  released = () => this.release();
  interrupted = () => {
    if (this.held) this.held.cut = true;
  };

  /** @param {Chart} chart */
  constructor(chart) {
    this.chart = chart;
    this.watch.observe(document.body, {
      subtree: true,
      attributes: true,
      attributeFilter: ["aria-valuetext"],
    });
    line.addEventListener("cut", this.interrupted);
    addEventListener("pointerdown", this.pressed, true);
    addEventListener("pointerup", this.released, true);
    addEventListener("pointercancel", this.released, true);
  }

  /** @returns {{ [key: string]: Control }} */
  get controls() {
    return this.chart.picture.payload.live?.controls ?? {};
  }

  /** @param {EventTarget | null} node */
  find(node) {
    if (!(node instanceof Element)) return undefined;
    return Object.keys(this.controls).find((key) => node.closest(boxOf(key)));
  }

  /** @type {(key: string) => HTMLInputElement | null} */
  input(key) {
    return document.querySelector(`${boxOf(key)} input[type="range"]`);
  }

  /** @param {EventTarget | null} target */
  press(target) {
    const key = this.find(target);
    if (key === undefined) return;
    const input = this.input(key);
    if (!input) return;
    this.held = { key, from: input.ariaValueText, cut: line.cut };
    this.seen.set(key, input.ariaValueText);
  }

  // Back where it began: Streamlit will not rerun, so what it last sent is due again. It takes no
  // notice either of one that is let go after the line was cut.
  release() {
    const { held, chart } = this;
    this.held = null;
    const value = held && this.input(held.key)?.ariaValueText;
    if (held?.cut && value && value !== held.from)
      chart.telling.tell("dragged", { slot: held.key, value });
    if (!held || value !== held.from) return;
    if (!chart.given || (chart.root.dataset.run === chart.given.run && !this.busy)) return;
    chart.receive(chart.given);
  }

  get busy() {
    return Boolean(this.wanted || this.request);
  }

  /**
   * A slider moved by a rerun (a preset, a link) is none of ours: only one in the user's hand is.
   * @param {Node} input
   */
  moved(input) {
    const key = this.find(input);
    if (key === undefined || !(input instanceof HTMLInputElement)) return;
    const value = input.ariaValueText;
    const before = this.seen.get(key);
    this.seen.set(key, value);
    if (before === value) return;
    if (this.held?.key !== key && document.activeElement !== input) return;
    const { param, values } = this.controls[key];
    if (value === null || !values.includes(value)) return;
    this.wanted = { param, value };
    this.next();
  }

  async next() {
    const { chart, wanted } = this;
    const { live } = chart.picture.payload;
    if (this.request || !wanted || !live) return;
    const address = new URL(chart.address(live.url), location.origin);
    address.searchParams.set(wanted.param, wanted.value);
    const request = new AbortController();
    this.request = request;
    this.wanted = null;
    const answer = await fetch(address, { signal: request.signal })
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null);
    if (this.request !== request) return;
    this.request = null;
    // A long run is left to the release: a stream for every step of a drag would be wasted.
    if (answer && !answer.stream) chart.receive(answer, { live: true });
    this.next();
  }

  cancel() {
    this.wanted = null;
    this.request?.abort();
    this.request = null;
  }

  destroy() {
    this.cancel();
    this.watch.disconnect();
    line.removeEventListener("cut", this.interrupted);
    removeEventListener("pointerdown", this.pressed, true);
    removeEventListener("pointerup", this.released, true);
    removeEventListener("pointercancel", this.released, true);
  }
}

/**
 * The box that Streamlit draws around the control with this key.
 * @param {string} key
 */
function boxOf(key) {
  return `.st-key-${key.trim().replace(/[^\w-]/g, "-")}`;
}
