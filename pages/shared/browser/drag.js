// Follows Streamlit's sliders while they move; Streamlit itself hears of it on release only.
// The slider's hidden range input gets a new aria-valuetext with every move: the value itself. Its
// place among the steps would not do, since a rerun may change the steps before the chart hears.
export class Drag {
  constructor(chart) {
    this.chart = chart;
    this.wanted = null;
    this.request = null;
    this.held = null;
    this.seen = new Map();
    this.watch = new MutationObserver((changes) =>
      changes.forEach(({ target }) => this.moved(target)),
    );
    this.watch.observe(document.body, {
      subtree: true,
      attributes: true,
      attributeFilter: ["aria-valuetext"],
    });
    this.pressed = (event) => this.press(event.target);
    this.released = () => this.release();
    addEventListener("pointerdown", this.pressed, true);
    addEventListener("pointerup", this.released, true);
    addEventListener("pointercancel", this.released, true);
  }

  get controls() {
    return this.chart.picture?.payload.live?.controls ?? {};
  }

  find(node) {
    return Object.keys(this.controls).find((key) =>
      node.closest?.(`.st-key-${key.trim().replace(/[^\w-]/g, "-")}`),
    );
  }

  input(key) {
    return document.querySelector(
      `.st-key-${key.trim().replace(/[^\w-]/g, "-")} input[type="range"]`,
    );
  }

  press(target) {
    const key = this.find(target);
    const input = key && this.input(key);
    if (!input) return;
    this.held = { key, from: input.ariaValueText };
    this.seen.set(key, input.ariaValueText);
  }

  // Back where it began: Streamlit will not rerun, so what it last sent is due again.
  release() {
    const { held, chart } = this;
    this.held = null;
    if (!held || this.input(held.key)?.ariaValueText !== held.from) return;
    if (!chart.given || (chart.root.dataset.run === chart.given.run && !this.busy)) return;
    chart.receive(chart.given);
  }

  get busy() {
    return Boolean(this.wanted || this.request);
  }

  // A slider moved by a rerun (a preset, a link) is none of ours: only one in the user's hand is.
  moved(input) {
    const key = this.find(input);
    if (!key || !(input instanceof HTMLInputElement)) return;
    const value = input.ariaValueText;
    const before = this.seen.get(key);
    this.seen.set(key, value);
    if (before === value) return;
    if (this.held?.key !== key && document.activeElement !== input) return;
    const { param, values } = this.controls[key];
    if (!values.includes(value)) return;
    this.wanted = { param, value };
    this.next();
  }

  async next() {
    if (this.request || !this.wanted) return;
    const { param, value } = this.wanted;
    const { chart } = this;
    const address = new URL(chart.address(chart.picture.payload.live.url), location.origin);
    address.searchParams.set(param, value);
    const request = (this.request = new AbortController());
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
    removeEventListener("pointerdown", this.pressed, true);
    removeEventListener("pointerup", this.released, true);
    removeEventListener("pointercancel", this.released, true);
  }
}
