// @ts-check
// The drawing itself: Plotly's node, and the two ways to bring it to another epoch or picture.

import { bringInside } from "./inside.js";
import { loadPlotly } from "./loading.js";
import { element } from "./nodes.js";
import { heightOnPaper, isOnPaper } from "./paper.js";
import { blank, grows, isOneOf } from "./picture.js";
import { place, visible } from "./points.js";
import { fit, room } from "./room.js";
import { isDark, readTheme, themedLayout, themedTrace } from "./theme.js";
import { inWords } from "./toolbar.js";
import { isAxis, Zoom } from "./zoom.js";

/** @import { Picture } from "./picture.js" */
/** @import { Click, Drawing, Layout, Plotly, Value } from "./plotly.d.ts" */
/** @import { Guess } from "./payload.d.ts" */
/** @import { Theme } from "./theme.js" */

/**
 * @typedef {object} Listener
 * @property {() => void} drawn
 * @property {(point: Value[]) => void} clicked
 * @property {(zoomed: boolean) => void} zoomed
 * @property {() => void} placed all of it has its place, a first time or again
 * @property {() => void} chosen other curves are shown than before
 */

const NARROW = 520;
// How much is left of what a guide does not speak of.
const UNLIT = 0.12;
const REST_MS = 150;
const CONFIG = {
  responsive: false,
  displaylogo: false,
  // sendChartToCloud would upload the chart to another host
  // what resets the axes is the chart's own button
  modeBarButtonsToRemove: [
    ...["toImage", "sendChartToCloud", "select2d", "lasso2d"],
    ...["autoScale2d", "resetScale2d"],
  ],
  doubleClick: false,
  showTips: false,
};

const BARE = { displayModeBar: false };

// A page that nobody looks at has no frames.
const UNSEEN_MS = 200;
let before = Promise.resolve();

/** Pictures that come together are drawn one after the other, each seen before the next. */
function inTurn() {
  const mine = before;
  before = mine.then(
    () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => setTimeout(resolve));
        setTimeout(resolve, UNSEEN_MS);
      }),
  );
  return mine;
}

/**
 * A visitor's guess, an upright line beside what the picture shows.
 * @type {(layout: Layout, guess: Guess | undefined, theme: Theme) => void}
 */
function markGuess(layout, guess, { text: color, background: bgcolor, scale }) {
  if (!guess) return;
  const { panel, at, text } = guess;
  const on = { xref: `x${panel}`, yref: `y${panel} domain` };
  const line = { color, dash: "dot", width: 2 };
  const font = { color, size: 14 * scale };
  layout.shapes = [
    ...(layout.shapes ?? []),
    { type: "line", ...on, x0: at, x1: at, y0: 0, y1: 1, line },
  ];
  layout.annotations = [
    ...(layout.annotations ?? []),
    {
      ...on,
      x: at,
      y: 0.02,
      text,
      font,
      bgcolor,
      showarrow: false,
      xanchor: "left",
      yanchor: "bottom",
    },
  ];
}

export class Plot {
  /**
   * A plain element until something is drawn.
   * @type {Drawing}
   */
  node = /** @type {any} */ (element("div", { class: "wd-plot", role: "figure" }));
  drawn = false;
  picture = blank();
  position = 0;
  theme = readTheme(this.node);
  narrow = false;
  /**
   * How high the picture may be for all of it to be on the first screen; measured once a window.
   * @type {number | null}
   */
  room = null;
  zoom = new Zoom();
  sizes = new ResizeObserver(() => this.resized());
  /** @type {number | undefined} */
  resting;
  /** @type {Plotly | null} */
  loaded = null;
  /**
   * The curves that a guide speaks of: all others are faint.
   * @type {string[]}
   */
  lit = [];

  /** How Plotly says what it says itself. */
  words = {};

  /** @param {Listener} on */
  constructor(on) {
    this.on = on;
    this.sizes.observe(this.node);
    addEventListener("resize", this.refit);
    addEventListener("beforeprint", this.again);
    addEventListener("afterprint", this.again);
  }

  /** @param {string} address */
  async load(address) {
    // what is written is measured: in the letters in which it is seen
    const letters = document.fonts.load(`16px ${this.theme.font}`).catch(() => {});
    [this.loaded] = await Promise.all([loadPlotly(address), letters]);
    this.words = inWords(this.loaded);
    if (!this.drawn) await inTurn();
  }

  get Plotly() {
    if (!this.loaded) throw new Error("Plotly is not loaded");
    return this.loaded;
  }

  get dark() {
    return isDark(this.theme.background);
  }

  /**
   * Always the whole run first, so that the axes fit all of it, then the cut at the position.
   * False where Plotly cannot draw it.
   * @type {(picture: Picture, position: number) => boolean}
   */
  draw(picture, position) {
    clearTimeout(this.resting);
    this.zoom.follow(picture, this.picture);
    this.picture = picture;
    this.position = position;
    const { node } = this;
    this.theme = readTheme(node);
    this.narrow = node.clientWidth < NARROW;
    this.room ??= room(node);
    const layout = themedLayout(picture.layout, this.theme, this.narrow);
    fit(layout, this.room && isOnPaper() ? heightOnPaper() : this.room, this.narrow);
    markGuess(layout, picture.payload.guess, this.theme);
    this.zoom.apply(layout);
    node.style.minHeight = `${layout.height}px`;
    try {
      // A frame that an older playback left waiting would be drawn into the new picture.
      if (node._transitionData) this.Plotly.animate(node, [], { mode: "immediate" });
      // On a phone Plotly's tools never hide, and would cover the legend.
      const config = { ...CONFIG, ...this.words, ...(this.narrow ? BARE : {}) };
      this.Plotly.react(node, this.traces(), layout, config).catch((error) => console.warn(error));
    } catch (error) {
      console.warn(error);
      return false;
    }
    this.listen();
    bringInside(node);
    this.zoom.drawn(node);
    this.on.zoomed(this.zoom.on);
    this.on.drawn();
    if (this.isCut) this.cut(position);
    return true;
  }

  /** @param {string[]} curves */
  light(curves) {
    if (curves.join() === this.lit.join()) return;
    this.lit = curves;
    if (this.drawn) this.draw(this.picture, this.position);
  }

  traces() {
    const { lit, narrow, picture, position, theme } = this;
    const { data } = picture.figure;
    const faint = data.some((trace) => isOneOf(trace, lit)) ? UNLIT : 1;
    return data.map((trace) => {
      const copy = themedTrace(trace, theme, narrow);
      if (faint < 1 && !isOneOf(trace, lit)) copy.opacity = (copy.opacity ?? 1) * faint;
      if (!grows(trace)) return copy;
      return visible({ ...copy, ...picture.points(trace, position, { whole: true }) });
    });
  }

  get isCut() {
    const { picture, position } = this;
    return !picture.moving && picture.indexAt(position) < picture.last;
  }

  listen() {
    if (this.drawn) return;
    this.drawn = true;
    // Hiding a trace or resetting the axes makes Plotly fit the axes to the cut curves.
    const whole = () => this.isCut && this.draw(this.picture, this.position);
    this.node.on("plotly_restyle", () => {
      whole();
      this.on.chosen();
    });
    this.node.on("plotly_afterplot", () => this.on.placed());
    this.node.on("plotly_relayout", (change = {}) => {
      if (Object.keys(change).some((path) => /^[xy]axis\d*\.range/.test(path))) this.zoomed();
      whole();
    });
    this.node.on("plotly_doubleclick", () => this.unzoom());
    this.node.on("plotly_click", (click) => this.clicked(click));
  }

  zoomed() {
    this.zoom.moved(this.node);
    this.on.zoomed(this.zoom.on);
  }

  unzoom() {
    this.zoom.undo();
    this.draw(this.picture, this.position);
  }

  /**
   * A click in the first panel of a figure that asks for clicks is a point for Python; where it
   * asks for those of all panels, the point under the mouse and the number of its panel.
   * @param {Click} click
   */
  clicked({ event, points: [point] }) {
    const { clicks } = this.picture.layout.meta ?? {};
    if (!clicks) return;
    if (clicks === "panels") {
      const panel = Number(point.xaxis._id.slice(1) || 1) - 1;
      return void this.on.clicked([point.x, point.y, panel]);
    }
    const { xaxis, yaxis } = this.node._fullLayout;
    const box = this.node.getBoundingClientRect();
    const x = xaxis.p2d(event.clientX - box.left - xaxis._offset);
    const y = yaxis.p2d(event.clientY - box.top - yaxis._offset);
    /** @type {(value: number, range: [number, number]) => boolean} */
    const inside = (value, [low, high]) => low <= value && value <= high;
    if (inside(x, xaxis.range) && inside(y, yaxis.range)) this.on.clicked([x, y]);
  }

  /** @param {number} position */
  cut(position) {
    this.position = position;
    // A stream has brought traces that are still to be painted, which brings them here as well.
    if (this.picture.figure.data.length !== this.node._fullData.length) return;
    if (this.picture.moving && this.movePast()) return;
    this.cutWithPlotly();
  }

  // Plotly learns of it once the picture rests, so that zoom and hover know the drawn points.
  movePast() {
    clearTimeout(this.resting);
    const { node, picture, position } = this;
    const past = picture.growing.every((index) =>
      place(node, node._fullData[index], picture.points(picture.figure.data[index], position)),
    );
    if (past) {
      this.on.drawn();
      this.resting = setTimeout(() => this.rest(), REST_MS);
    }
    return past;
  }

  rest() {
    clearTimeout(this.resting);
    if (this.node.isConnected) this.cutWithPlotly();
  }

  // `redraw: false` moves the lines alone: half the cost of a whole repaint.
  cutWithPlotly() {
    const { picture, position } = this;
    const { growing, figure } = picture;
    if (!growing.length) return;
    const data = growing.map((index) => picture.points(figure.data[index], position));
    const redraw = growing.some((index) => (figure.data[index].type ?? "scatter") !== "scatter");
    this.Plotly.animate(
      this.node,
      { data, traces: growing },
      { mode: "immediate", frame: { duration: 0, redraw }, transition: { duration: 0 } },
    ).catch(() => {});
    this.on.drawn();
  }

  resized() {
    const { node } = this;
    if (!this.drawn || !node.isConnected || !node.clientWidth || isOnPaper()) return;
    this.Plotly.Plots.resize(node).then(() => bringInside(node), console.warn);
    if (node.clientWidth < NARROW !== this.narrow) this.refit();
  }

  // Another window has another room.
  refit = () => {
    this.room = null;
    this.again();
  };

  again = () => {
    if (this.drawn && this.node.isConnected) this.draw(this.picture, this.position);
  };

  /**
   * The picture as it is on the screen, on the theme's own background.
   * @param {string} format
   */
  download(format) {
    if (this.picture.moving) this.rest();
    const { node, theme } = this;
    const paper = { paper_bgcolor: theme.background, plot_bgcolor: theme.background };
    return this.Plotly.downloadImage(
      { data: node.data, layout: { ...node.layout, ...this.shownRanges(), ...paper } },
      {
        format,
        filename: this.picture.layout.meta?.filename ?? "weight-decay",
        width: node.clientWidth,
        height: node.clientHeight,
        scale: format === "png" ? 2 : 1,
      },
    );
  }

  // In a copy of the picture Plotly would fit the axes to curves that are cut.
  shownRanges() {
    const { layout, _fullLayout: full } = this.node;
    const axes = Object.keys(full).filter(isAxis);
    return Object.fromEntries(
      axes.map((name) => [
        name,
        { ...layout[name], range: [...full[name].range], autorange: false },
      ]),
    );
  }

  destroy() {
    clearTimeout(this.resting);
    this.sizes.disconnect();
    removeEventListener("resize", this.refit);
    removeEventListener("beforeprint", this.again);
    removeEventListener("afterprint", this.again);
    if (this.drawn) this.Plotly.purge(this.node);
  }
}
