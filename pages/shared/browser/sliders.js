// Range inputs of the chart's own, all over the same pictures: one is moved, the others follow,
// and nobody is asked. Python hears of the picture on release.

import { element, setText } from "./nodes.js";

export class Sliders {
  constructor(chart) {
    this.chart = chart;
    this.held = null;
    this.list = [];
    this.node = element("div", { class: "wd-sliders", hidden: "" });
    this.released = () => (this.held = null);
    addEventListener("pointerup", this.released, true);
    addEventListener("pointercancel", this.released, true);
  }

  accept(sliders = []) {
    const shape = JSON.stringify(sliders.map(({ key, label, help }) => [key, label, help]));
    if (shape !== this.shape) this.build(sliders);
    this.shape = shape;
    sliders.forEach((slider, place) => {
      Object.assign(this.list[place], slider);
      this.list[place].input.max = slider.stops.length - 1;
    });
    this.node.hidden = !sliders.length;
  }

  build(sliders) {
    const { help: bubble } = this.chart;
    this.list = sliders.map(({ key, label, help, role }) => {
      const input = element("input", {
        type: "range",
        "aria-label": label,
        min: 0,
        max: sliders.length,
        step: 1,
        onpointerdown: () => (this.held = key),
        oninput: () => this.move(key),
        onchange: () => this.choose(),
      });
      const value = element("output", { class: "wd-value" });
      const name = element("span", { class: "wd-label" }, element("span", {}, label));
      if (help) name.append(bubble.mark(label, help));
      const box = element(
        "div",
        { class: "wd-slider", "data-key": key, "data-role": role ?? "" },
        name,
        value,
        input,
      );
      return { key, input, value, box };
    });
    this.node.replaceChildren(...this.list.map(({ box }) => box));
  }

  move(key) {
    const { input, stops } = this.list.find((slider) => slider.key === key);
    this.chart.player.seek(stops[Number(input.value)]);
  }

  // The thumb of a slider that has no stop at this picture stands at the nearest one.
  show(index) {
    for (const { key, input, value, stops, texts } of this.list) {
      if (!(this.held === key && stops[Number(input.value)] === index))
        input.value = nearestPlace(stops, index);
      input.setAttribute("aria-valuetext", texts[index]);
      setText(value, texts[index]);
    }
  }

  // The numbers of the picture that is shown, one for each slider.
  numbers() {
    const { picture, player } = this.chart;
    return Object.fromEntries(this.list.map(({ key }) => [key, picture.series[key][player.index]]));
  }

  choose() {
    if (!this.list.length) return;
    this.sent = this.numbers();
    this.chart.tell("chosen", this.sent);
  }

  // Where the next payload opens: at the picture it names, unless the hand has gone on since; then
  // nearest to where the hand is. Asked while the picture before is still the chart's.
  placed(payload) {
    if (!this.list.length || !payload.sliders) return payload.position;
    const ahead = this.held || this.chart.player.playing || this.overtook(payload);
    return ahead ? nearestPicture(payload, this.numbers()) : payload.position;
  }

  // Whether this payload answers an older choice than the last: its answer is still to come.
  overtook({ heard }) {
    if (!heard || !this.sent) return false;
    return Object.keys(this.sent).some((key) => heard[key] !== this.sent[key]);
  }

  destroy() {
    removeEventListener("pointerup", this.released, true);
    removeEventListener("pointercancel", this.released, true);
  }
}

function nearestPlace(stops, index) {
  return leastAt(stops.map((stop) => Math.abs(stop - index)));
}

// The picture whose numbers are nearest to these.
function nearestPicture({ series, sliders }, numbers) {
  const away = (index) =>
    sliders.reduce(
      (sum, { key }) => sum + Math.abs((series[key][index] ?? 0) - (numbers[key] ?? 0)),
      0,
    );
  return leastAt(series.step.map((_, index) => away(index)));
}

function leastAt(values) {
  let best = 0;
  values.forEach((value, place) => {
    if (value < values[best]) best = place;
  });
  return best;
}
