// @ts-check
// Range inputs of the chart's own, all over the same pictures: one is moved, the others follow,
// and nobody is asked. Python hears of the picture on release.

import { element, fill } from "./nodes.js";
import { readNumber } from "./numbers.js";
import { say } from "./words.js";

/** @import { Chart } from "./chart.js" */
/** @import { Choice, Payload, Series, Slider } from "./payload.d.ts" */

/** @typedef {{ input: HTMLInputElement, value: HTMLInputElement, box: HTMLElement }} Nodes */

export class Sliders {
  /**
   * The key of the one in somebody's hand.
   * @type {string | null}
   */
  held = null;
  /** @type {(Slider & Nodes)[]} */
  list = [];
  node = element("div", { class: "wd-sliders", hidden: "" });
  shape = "";
  /** @type {Choice | null} */
  sent = null;
  released = () => {
    this.held = null;
  };

  /** @param {Chart} chart */
  constructor(chart) {
    this.chart = chart;
    addEventListener("pointerup", this.released, true);
    addEventListener("pointercancel", this.released, true);
  }

  /** @param {Slider[]} sliders */
  accept(sliders = []) {
    const shape = JSON.stringify(sliders.map(({ key, label, help }) => [key, label, help]));
    if (shape !== this.shape) this.build(sliders);
    this.shape = shape;
    sliders.forEach((slider, place) => {
      Object.assign(this.list[place], slider);
      this.list[place].input.max = String(slider.stops.length - 1);
    });
    this.node.hidden = !sliders.length;
  }

  /** @param {Slider[]} sliders */
  build(sliders) {
    const { help: bubble } = this.chart;
    this.list = sliders.map((slider) => {
      const { key, label, help, role } = slider;
      const input = element("input", {
        type: "range",
        "aria-label": label,
        min: 0,
        max: sliders.length,
        step: 1,
        onpointerdown: () => {
          this.held = key;
        },
        oninput: () => this.move(key),
        onchange: () => this.choose(),
      });
      const value = element("input", {
        class: "wd-value",
        type: "text",
        inputmode: "decimal",
        "aria-label": say("{label}, typed", { label }),
        onfocus: () => this.begin(key),
        onchange: () => this.type(key),
        onblur: () => this.show(this.chart.player.index),
      });
      const name = element("span", { class: "wd-label" }, element("span", {}, label));
      if (help) name.append(bubble.mark(label, help));
      const box = element(
        "div",
        { class: "wd-slider", "data-key": key, "data-role": role ?? "" },
        name,
        input,
        value,
      );
      return { ...slider, input, value, box };
    });
    this.node.replaceChildren(...this.list.map(({ box }) => box));
  }

  /** @param {string} key */
  find(key) {
    return this.list.find((one) => one.key === key);
  }

  /**
   * The number itself, to be typed over.
   * @param {string} key
   */
  begin(key) {
    const value = this.find(key)?.value;
    if (!value) return;
    value.value = String(this.numbers()[key] ?? "");
    value.select();
  }

  /**
   * A number that was typed: a picture that is there, or one that Python is asked for, in which the
   * other sliders follow.
   * @param {string} key
   */
  type(key) {
    const slider = this.find(key);
    if (!slider) return;
    const { label, stops, value } = slider;
    const { chart } = this;
    const offered = stops.map((stop) => Number(chart.picture.series[key][stop]));
    const [least, most] = [Math.min(...offered), Math.max(...offered)];
    const number = readNumber(value.value);
    const taken = least <= number && number <= most;
    const now = slider.texts[chart.player.index];
    const refused = say(
      "{label}: “{text}” is not a number from {least} to {most}; it stays {now}.",
      { label, text: value.value, least, most, now },
    );
    chart.complain(taken ? "" : refused);
    value.blur();
    if (!taken) return;
    const place = offered.indexOf(number);
    if (place >= 0) return void chart.player.settle(stops[place]);
    this.sent = Object.fromEntries(this.list.map((one) => [one.key, null]));
    this.sent[key] = number;
    chart.telling.tell("chosen", this.sent);
  }

  /** @param {string} key */
  move(key) {
    const slider = this.find(key);
    if (slider) this.chart.player.seek(slider.stops[Number(slider.input.value)]);
  }

  /**
   * The thumb of a slider that has no stop at this picture stands at the nearest one.
   * @param {number} index
   */
  show(index) {
    for (const { key, input, value, stops, texts } of this.list) {
      if (!(this.held === key && stops[Number(input.value)] === index))
        input.value = String(nearestPlace(stops, index));
      fill(input);
      input.setAttribute("aria-valuetext", texts[index]);
      if (document.activeElement === value) continue;
      value.value = texts[index];
      value.size = Math.max(1, texts[index].length);
    }
  }

  /**
   * The numbers of the picture that is shown, one for each slider.
   * @returns {Choice}
   */
  numbers() {
    const { picture, player } = this.chart;
    return Object.fromEntries(this.list.map(({ key }) => [key, picture.series[key][player.index]]));
  }

  choose() {
    if (!this.list.length) return;
    this.sent = this.numbers();
    this.chart.telling.tell("chosen", this.sent);
    this.chart.rest();
  }

  /**
   * Where the next payload opens: at the picture it names, unless the hand has gone on since; then
   * nearest to where the hand is. Asked while the picture before is still the chart's.
   * @param {Payload} payload
   */
  placed(payload) {
    const { series, sliders, position } = payload;
    if (!this.list.length || !sliders) return position;
    const { player, telling } = this.chart;
    const ahead = this.held || player.playing || telling.unanswered?.event === "chosen";
    return ahead ? nearestPicture(series, sliders, this.numbers()) : position;
  }

  /**
   * Whether a payload answers an older choice than the last: its answer is still to come.
   * @param {Payload} payload
   */
  overtook({ heard }) {
    if (!heard || !this.sent) return false;
    return Object.entries(this.sent).some(([key, number]) => heard[key] !== number);
  }

  destroy() {
    removeEventListener("pointerup", this.released, true);
    removeEventListener("pointercancel", this.released, true);
  }
}

/** @type {(stops: number[], index: number) => number} */
function nearestPlace(stops, index) {
  return leastAt(stops.map((stop) => Math.abs(stop - index)));
}

/**
 * The picture whose numbers are nearest to these.
 * @type {(series: Series, sliders: Slider[], numbers: Choice) => number}
 */
function nearestPicture(series, sliders, numbers) {
  /** @param {number} index */
  const away = (index) =>
    sliders.reduce(
      (sum, { key }) => sum + Math.abs(Number(series[key][index] ?? 0) - Number(numbers[key] ?? 0)),
      0,
    );
  return leastAt(series.step.map((_, index) => away(index)));
}

/** @param {number[]} values */
function leastAt(values) {
  let best = 0;
  values.forEach((value, place) => {
    if (value < values[best]) best = place;
  });
  return best;
}
