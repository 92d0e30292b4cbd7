// The live chart: draws a figure made in Python, plays its epochs, follows a stream or a drag.
// Or it moves between pictures that were worked out beforehand, by sliders of its own.
// The root node says what is drawn: data-run, data-state, data-epoch, data-frames, data-live.

const PLAY_SECONDS = 4;
const REPAINT_MS = 100;
const NARROW = 520;
const ANSWER_MS = 1500;
const REST_MS = 150;
const SPEEDS = [0.25, 0.5, 1, 2, 4];
const ICONS = {
  play: "M4 2l10 6-10 6z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  back: "M2 2h2v12H2zM14 2v12L5 8z",
  forward: "M12 2h2v12h-2zM2 2v12l9-6z",
  stop: "M3 3h10v10H3z",
};
const DTYPES = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  f4: Float32Array,
  f8: Float64Array,
};
const CONFIG = {
  responsive: false,
  displaylogo: false,
  // sendChartToCloud would upload the chart to another host
  modeBarButtonsToRemove: ["toImage", "sendChartToCloud", "select2d", "lasso2d"],
  showTips: false,
};

const charts = new WeakMap();

export function mount(parent, data, tell = () => {}) {
  let chart = charts.get(parent);
  if (!chart) charts.set(parent, (chart = new Chart(parent, data.assets)));
  chart.tell = tell;
  chart.accept(data);
  // Streamlit also runs the cleanup of a call that a newer one overtook, while the node lives
  // on; only a node that has left the page is an unmount.
  return () =>
    setTimeout(() => {
      if (parent.isConnected || charts.get(parent) !== chart) return;
      charts.delete(parent);
      chart.destroy();
    });
}

// ---------------------------------------------------------------- files

const loading = new Map();

function once(address, start) {
  if (!loading.has(address)) {
    const promise = start();
    promise.catch(() => loading.delete(address));
    loading.set(address, promise);
  }
  return loading.get(address);
}

function loadTag(node) {
  return new Promise((resolve, reject) => {
    node.onload = resolve;
    node.onerror = () => reject(new Error(`${node.src || node.href} did not load`));
    document.head.append(node);
  });
}

function loadPlotly(address) {
  return once(address, async () => {
    await loadTag(Object.assign(document.createElement("script"), { src: address, async: true }));
    if (!window.Plotly) throw new Error("Plotly is missing");
    return window.Plotly;
  });
}

function loadStyle(address) {
  const link = () =>
    Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
  return once(address, () => loadTag(link()));
}

// ---------------------------------------------------------------- numbers and words

const SUPERSCRIPT = {
  "-": "⁻",
  0: "⁰",
  1: "¹",
  2: "²",
  3: "³",
  4: "⁴",
  5: "⁵",
  6: "⁶",
  7: "⁷",
  8: "⁸",
  9: "⁹",
};

function power(value) {
  const [mantissa, exponent] = value.toExponential(2).split("e");
  return `${mantissa}×10${[...String(Number(exponent))].map((sign) => SUPERSCRIPT[sign]).join("")}`;
}

export function formatNumber(value) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  let text;
  if (size !== 0 && (size < 1e-3 || size >= 99950)) text = power(value);
  else if (Number.isInteger(value)) text = String(value);
  else text = size < 999.5 ? value.toPrecision(3) : String(Number(value.toPrecision(3)));
  return text.replace(/^-/, "−");
}

// The link is the document: the address bar always holds the one that opens this very picture.
function showLink(query) {
  if (query === undefined || `?${query}` === (location.search || "?")) return;
  history.replaceState(history.state, "", location.pathname + (query && `?${query}`));
}

function formatTime(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return whole < 60 ? `${whole} s left` : `${Math.floor(whole / 60)} min ${whole % 60} s left`;
}

// ---------------------------------------------------------------- figures

const isObject = (value) =>
  value !== null &&
  typeof value === "object" &&
  !Array.isArray(value) &&
  !ArrayBuffer.isView(value);

function decodeArray({ dtype, bdata, shape }) {
  const bytes = Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0));
  const flat = new DTYPES[dtype](bytes.buffer);
  const sizes = shape === undefined ? [] : String(shape).split(",").map(Number);
  if (sizes.length < 2) return flat;
  return Array.from({ length: sizes[0] }, (_, row) =>
    flat.subarray(row * sizes[1], (row + 1) * sizes[1]),
  );
}

// Decoded once a payload, so that a repaint hands Plotly the same arrays again and Plotly
// sees that nothing in them changed. Arrays of three dimensions are left to Plotly.
function decode(value) {
  if (Array.isArray(value)) return value.some(isObject) ? value.map(decode) : value;
  if (!isObject(value)) return value;
  if (
    value.bdata !== undefined &&
    value.dtype in DTYPES &&
    String(value.shape ?? "").split(",").length < 3
  ) {
    return decodeArray(value);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decode(inner)]));
}

// "text" is the theme's text colour; go.Figure only lets it through as a CSS variable, and then
// any variable of the theme will do.
function resolveColor(value, theme) {
  if (value === "text") return theme.text;
  const variable = typeof value === "string" && value.match(/^var\((--[\w-]+)\)$/);
  return variable ? theme.style.getPropertyValue(variable[1]).trim() || theme.text : value;
}

// Copies the containers and keeps the arrays, except colours that depend on the theme.
function coloured(value, theme, key = "") {
  if (/color$/i.test(key) && !isObject(value)) {
    if (!Array.isArray(value)) return resolveColor(value, theme);
    return value.some((one) => resolveColor(one, theme) !== one)
      ? value.map((one) => resolveColor(one, theme))
      : value;
  }
  if (Array.isArray(value))
    return value.some(isObject) ? value.map((one) => coloured(one, theme)) : value;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, coloured(inner, theme, name)]),
  );
}

function readTheme(node) {
  const style = getComputedStyle(node);
  const read = (name, fallback) => {
    const value = style.getPropertyValue(`--st-${name}`).trim();
    return value && value !== "unset" ? value : fallback;
  };
  return {
    style,
    text: read("text-color", "#31333f"),
    background: read("background-color", "#ffffff"),
    border: read("border-color", "rgba(128,128,128,0.3)"),
    font: read("font", "sans-serif"),
  };
}

function isDark(color) {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

function themedLayout(source, theme, narrow) {
  const layout = coloured(source, theme);
  const axis = {
    gridcolor: theme.border,
    zerolinecolor: theme.border,
    linecolor: theme.border,
    tickcolor: theme.border,
  };
  const names = new Set([
    "xaxis",
    "yaxis",
    ...Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key)),
  ]);
  for (const name of names) layout[name] = { automargin: true, ...axis, ...layout[name] };
  for (const name of Object.keys(layout).filter((key) => /^scene\d*$/.test(key))) {
    for (const side of ["xaxis", "yaxis", "zaxis"]) {
      layout[name][side] = { ...axis, showbackground: false, ...layout[name][side] };
    }
  }
  layout.font = { family: theme.font, color: theme.text, size: narrow ? 12 : 14, ...layout.font };
  layout.paper_bgcolor ??= "rgba(0,0,0,0)";
  layout.plot_bgcolor ??= "rgba(0,0,0,0)";
  layout.hoverlabel = {
    bgcolor: theme.background,
    bordercolor: theme.border,
    font: { color: theme.text },
    ...layout.hoverlabel,
  };
  layout.legend = { bgcolor: "rgba(0,0,0,0)", ...layout.legend };
  layout.modebar = {
    bgcolor: "rgba(0,0,0,0)",
    color: theme.border,
    activecolor: theme.text,
    ...layout.modebar,
  };
  layout.margin = { l: 56, r: 16, t: 32, b: 48, ...layout.margin };
  layout.height ??= 420;
  layout.autosize = true;
  delete layout.width;
  if (narrow) {
    layout.margin = { ...layout.margin, l: 8, r: 8 };
    for (const [path, value] of Object.entries(layout.meta?.narrow ?? {})) setPath(layout, path, value);
  }
  return layout;
}

// "yaxis.domain" as in Plotly's own relayout.
function setPath(layout, path, value) {
  const [name, inner] = path.split(".");
  layout[name] = inner === undefined ? value : { ...layout[name], [inner]: value };
}

// The head of a line glides between two epochs along the segment that will be drawn.
function between(before, after, share, log) {
  if (typeof before !== "number" || typeof after !== "number") return null;
  if (log && before > 0 && after > 0) return before ** (1 - share) * after ** share;
  return before + (after - before) * share;
}

// A log axis has no place for zero: Plotly would draw a fall to the bottom, so it is a gap.
function headOf(values, count, share, log) {
  const part = values.slice(0, count).map((value) => (log && value <= 0 ? null : value));
  if (share > 0 && count < values.length)
    part.push(between(values[count - 1], values[count], share, log));
  return part;
}

// A line through a single point would show nothing: a run's start is a dot until its epochs come.
function visible(trace) {
  if (trace.mode !== "lines" || trace.x.length !== 1) return trace;
  return { ...trace, mode: "lines+markers", marker: { size: 8 }, cliponaxis: false };
}

// Where the points of a moving trace are in one of the pictures: its own points under an affine
// map (a, b, c, d, e, f: x = a·u + b·v + e, y = c·u + d·v + f), or rows of its arrays.
function moved(trace, move, index) {
  if (move.affine) {
    const [a, b, c, d, e, f] = move.affine[index];
    const place = (u, v, at) => Array.from(trace.x, (_, i) => u * trace.x[i] + v * trace.y[i] + at);
    return { x: place(a, b, e), y: place(c, d, f) };
  }
  return { x: move.x[index], y: move.y[index] };
}

// Puts the drawn nodes of a scatter trace on linear axes to other points, past Plotly, which works
// out every trace anew for any change: ten times as fast. False where the nodes do not fit.
function place(plot, full, { x, y }) {
  if (full.visible !== true) return true;
  const group = plot.querySelector(`.scatterlayer .trace${full.uid}`);
  const axis = (name) => plot._fullLayout[`${name[0]}axis${name.slice(1)}`];
  const [xaxis, yaxis] = [axis(full.xaxis), axis(full.yaxis)];
  if (!group || xaxis.type !== "linear" || yaxis.type !== "linear") return false;
  const points = Array.from(x, (value, i) => [xaxis.l2p(value), yaxis.l2p(y[i])]);
  const lines = group.querySelectorAll(".js-line");
  const outline = lines.length || group.querySelector(".fills path") ? pathOf(points) : "";
  lines.forEach((line, i) => line.setAttribute("d", i ? "M0,0" : outline));
  group.querySelector(".fills path")?.setAttribute("d", outline);
  const marks = group.querySelectorAll(".points > path");
  const words = group.querySelectorAll(".textpoint text");
  if ([marks, words].some(({ length }) => length && length !== points.length)) return false;
  marks.forEach((mark, i) => mark.setAttribute("transform", `translate(${points[i]})`));
  [marks, words].forEach((nodes) => nodes.forEach((node) => node.removeAttribute("display")));
  words.forEach((word, i) => {
    word.setAttribute("x", points[i][0]);
    word.setAttribute("y", points[i][1]);
  });
  return true;
}

function pathOf(points) {
  let path = "";
  let pen = "M";
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) pen = "M"; // a gap
    else {
      path += `${pen}${x.toFixed(2)},${y.toFixed(2)}`;
      pen = "L";
    }
  }
  return path || "M0,0";
}

// ---------------------------------------------------------------- nodes

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function icon(name) {
  const box = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  box.setAttribute("viewBox", "0 0 16 16");
  box.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  box.append(path);
  return box;
}

function button(label, onclick, ...children) {
  return element(
    "button",
    { type: "button", class: "wd-button", "aria-label": label, title: label, onclick },
    ...children,
  );
}

// One bubble for all help marks, kept inside the window whichever tile it belongs to.
class Help {
  constructor() {
    this.bubble = element("div", { class: "wd-bubble", role: "tooltip", hidden: "" });
  }

  mark(label, text) {
    const show = () => this.show(mark, text);
    const hide = () => (this.bubble.hidden = true);
    const mark = element(
      "button",
      {
        type: "button",
        class: "wd-help",
        "aria-label": `Help for ${label}: ${text}`,
        onmouseenter: show,
        onfocus: show,
        onclick: show,
        onmouseleave: hide,
        onblur: hide,
        onkeydown: (event) => event.key === "Escape" && hide(),
      },
      "?",
    );
    return mark;
  }

  show(mark, text) {
    this.bubble.textContent = text;
    this.bubble.hidden = false;
    const at = mark.getBoundingClientRect();
    const box = this.bubble.getBoundingClientRect();
    const left = Math.min(at.left, document.documentElement.clientWidth - box.width - 8);
    const below = at.bottom + 6 + box.height <= window.innerHeight;
    this.bubble.style.left = `${Math.max(8, left)}px`;
    this.bubble.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - 6 - box.height)}px`;
  }
}

// ---------------------------------------------------------------- the chart

class Chart {
  constructor(parent, assets) {
    this.assets = assets;
    this.payload = null;
    this.frames = 0;
    this.turn = 0;
    this.playback = 0;
    this.position = 0;
    this.speed = 1;
    this.stream = null;
    this.drag = new Drag(this);
    this.build();
    parent.append(this.root);
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.plot);
    loadStyle(assets["chart.css"])
      .catch(() => {})
      .then(() => (this.root.style.visibility = ""));
  }

  build() {
    this.help = new Help();
    this.handles = element("div", { class: "wd-sliders", hidden: "" });
    this.tiles = element("div", { class: "wd-tiles" });
    this.plot = element("div", { class: "wd-plot", role: "img" });
    this.sentence = element("p", { "aria-live": "polite" });
    this.trouble = element("p", { class: "wd-trouble", role: "alert", hidden: "" });
    this.root = element(
      "div",
      { class: "wd-chart", role: "group", "data-frames": "0", "data-state": "drawing" },
      this.handles,
      this.tiles,
      this.plot,
      this.buildBar(),
      this.buildProgress(),
      this.trouble,
      this.sentence,
      this.help.bubble,
    );
    this.root.style.visibility = "hidden";
  }

  buildBar() {
    this.playButton = button("Play", () => this.toggle(), icon("play"));
    this.backButton = button("Step back", () => this.step(-1), icon("back"));
    this.forwardButton = button("Step forward", () => this.step(1), icon("forward"));
    this.scrubber = element("input", {
      type: "range",
      "aria-label": "Epoch",
      min: 0,
      max: 0,
      step: 1,
      oninput: () => this.seek(Number(this.scrubber.value)),
    });
    this.epochText = element("span", { class: "wd-text" });
    this.speeds = element(
      "select",
      {
        "aria-label": "Speed",
        title: "Speed",
        onchange: () => (this.speed = Number(this.speeds.value)),
      },
      ...SPEEDS.map((speed) => element("option", { value: speed }, `${speed}×`)),
    );
    this.speeds.value = "1";
    const files = element(
      "span",
      { class: "wd-files" },
      ...["PNG", "SVG"].map((name) =>
        button(`Download as ${name}`, () => this.download(name.toLowerCase()), name),
      ),
    );
    this.player = [
      this.playButton,
      this.backButton,
      this.forwardButton,
      this.scrubber,
      this.epochText,
      this.speeds,
    ];
    return (this.bar = element("div", { class: "wd-bar" }, ...this.player, files));
  }

  buildProgress() {
    this.progressFill = element("div");
    this.progressBar = element(
      "div",
      { class: "wd-progress", role: "progressbar", "aria-label": "Training", "aria-valuemin": 0 },
      this.progressFill,
    );
    this.progressText = element("span", { class: "wd-text" });
    return (this.progress = element(
      "div",
      { class: "wd-bar", hidden: "" },
      button("Stop", () => this.stop(), icon("stop"), "\u00a0Stop"),
      this.progressBar,
      this.progressText,
    ));
  }

  // ---- payloads

  accept({ base, payload }) {
    this.base = base;
    // Streamlit calls again with the very same object when only the theme changed.
    if (payload === this.given) return void this.redraw();
    this.given = payload;
    this.receive(payload);
  }

  address(path) {
    return path.startsWith("/") ? this.base + path : path;
  }

  receive(payload, { live = false } = {}) {
    this.turn += 1;
    this.playback += 1;
    clearTimeout(this.resting);
    const goesOn = this.continues(payload);
    if (!goesOn) this.closeStream();
    this.shown = this.payload?.sliders && this.sliders.shown();
    const series = goesOn ? this.payload.series : copySeries(payload.series);
    this.payload = { ...payload, series, live: payload.live ?? (live ? this.payload.live : null) };
    this.figure = decode(payload.figure);
    this.moves = decode(payload.moves ?? {});
    this.position = this.placed(payload);
    if (!live) {
      this.drag.cancel();
      showLink(payload.query);
    }
    if (goesOn) return void this.goOn();
    this.setState("drawing");
    this.start(this.turn, live);
  }

  // Where a payload opens: at its end, or at the picture it names, unless the hand has gone on
  // since: then nearest to where the hand is.
  placed(payload) {
    if (payload.position === undefined) return this.last;
    const { sliders } = this;
    const ahead = sliders && (sliders.held || sliders.overtook(payload));
    return ahead || this.root.dataset.state === "playing"
      ? sliders.nearest(payload, payload.position)
      : payload.position;
  }

  // A rerun that changed something else brings the same stream: it must not start it over.
  continues(payload) {
    const now = this.payload;
    return Boolean(
      now?.stream &&
      payload.stream === now.stream &&
      payload.run === now.run &&
      this.root.dataset.state !== "failed",
    );
  }

  goOn() {
    this.redraw();
    if (["playing", "paused"].includes(this.root.dataset.state)) this.setState("done");
  }

  async start(turn, live) {
    this.complain("");
    this.drawWords();
    try {
      this.Plotly = await loadPlotly(this.assets["plotly.js"]);
    } catch {
      if (turn === this.turn)
        this.fail(
          "The picture cannot be drawn: the drawing library did not load. Reload the page to try again.",
        );
      return;
    }
    if (turn !== this.turn) return;
    if (!this.paint()) return;
    this.root.dataset.run = this.payload.run;
    if (live) this.root.dataset.live = this.payload.run;
    if (this.payload.stream) this.openStream();
    else this.setState("done");
  }

  // ---- drawing

  get growing() {
    return this.figure.data.flatMap((trace, index) =>
      trace.meta?.series === undefined && trace.meta?.moves === undefined ? [] : [index],
    );
  }

  get moving() {
    return this.payload.moves !== undefined;
  }

  get epochs() {
    return this.payload.series.epoch ?? this.payload.series.step ?? [];
  }

  get last() {
    return Math.max(0, this.epochs.length - 1);
  }

  get index() {
    return Math.min(this.last, Math.floor(this.position));
  }

  points(trace, count, share = 0) {
    const { series } = this.payload;
    if (trace.meta.moves !== undefined)
      return moved(trace, this.moves[trace.meta.moves], this.index);
    const glide =
      /lines/.test(trace.mode ?? "lines") && !/markers|text/.test(trace.mode ?? "") ? share : 0;
    const log = (axis) => this.figure.layout[axis[0] + "axis" + axis.slice(1)]?.type === "log";
    return {
      x: headOf(series[trace.meta.x ?? "epoch"] ?? [], count, glide, log(trace.xaxis ?? "x")),
      y: headOf(series[trace.meta.series] ?? [], count, glide, log(trace.yaxis ?? "y")),
    };
  }

  // Always the whole run first, so that the axes fit all of it, then the cut at the epoch.
  paint() {
    const { Plotly, plot } = this;
    this.theme = readTheme(this.root);
    this.narrow = plot.clientWidth < NARROW;
    this.root.style.colorScheme = isDark(this.theme.background) ? "dark" : "light";
    const layout = themedLayout(this.figure.layout ?? {}, this.theme, this.narrow);
    const data = this.figure.data.map((trace) => {
      const copy = coloured(trace, this.theme);
      const fixed = trace.meta?.series === undefined && trace.meta?.moves === undefined;
      return fixed ? copy : visible({ ...copy, ...this.points(trace, Infinity) });
    });
    plot.style.minHeight = `${layout.height}px`;
    plot.setAttribute("aria-label", this.figure.layout?.meta?.alt ?? "Chart");
    this.root.setAttribute("aria-label", this.figure.layout?.meta?.alt ?? "Chart");
    try {
      // A frame that an older playback left waiting would be drawn into the new picture.
      if (plot._transitionData) Plotly.animate(plot, [], { mode: "immediate" });
      // On a phone Plotly's tools never hide, and would cover the legend.
      const config = this.narrow ? { ...CONFIG, displayModeBar: false } : CONFIG;
      Plotly.react(plot, data, layout, config).catch((error) => console.warn(error));
    } catch (error) {
      console.warn(error);
      this.fail("The picture cannot be drawn from these numbers.");
      return false;
    }
    this.listen();
    this.countFrame();
    if (this.index < this.last && !this.moving) this.cut();
    this.drawReadout();
    return true;
  }

  redraw() {
    if (!this.Plotly || !this.plot.isConnected || !this.root.dataset.run) return;
    this.drawWords();
    this.paint();
  }

  listen() {
    if (this.listening) return;
    this.listening = true;
    // Hiding a trace or resetting the axes makes Plotly fit the axes to the cut curves.
    const whole = () => this.index < this.last && !this.moving && this.paint();
    this.plot.on("plotly_restyle", whole);
    this.plot.on("plotly_relayout", whole);
    this.plot.on("plotly_click", ({ event }) => this.clicked(event));
  }

  // A click in the first panel of a figure that asks for clicks is a point for Python.
  clicked(event) {
    if (!this.figure.layout?.meta?.clicks) return;
    const { xaxis, yaxis } = this.plot._fullLayout;
    const box = this.plot.getBoundingClientRect();
    const x = xaxis.p2d(event.clientX - box.left - xaxis._offset);
    const y = yaxis.p2d(event.clientY - box.top - yaxis._offset);
    const inside = (value, [low, high]) => low <= value && value <= high;
    if (inside(x, xaxis.range) && inside(y, yaxis.range)) this.tell("clicked", [x, y]);
  }

  // `redraw: false` moves the lines alone: half the cost of a whole repaint.
  cut() {
    if (this.moving && this.movePast()) return;
    this.cutWithPlotly();
  }

  // Plotly learns of it once the picture rests, so that zoom and hover know the drawn points.
  movePast() {
    clearTimeout(this.resting);
    const past = this.growing.every((index) => {
      const trace = this.figure.data[index];
      return place(this.plot, this.plot._fullData[index], this.points(trace));
    });
    if (past) {
      this.countFrame();
      this.resting = setTimeout(() => this.plot.isConnected && this.cutWithPlotly(), REST_MS);
    }
    return past;
  }

  cutWithPlotly() {
    const { growing } = this;
    if (!growing.length) return;
    const count = this.index + 1;
    const data = growing.map((index) =>
      this.points(this.figure.data[index], count, this.position - this.index),
    );
    const redraw = growing.some(
      (index) => (this.figure.data[index].type ?? "scatter") !== "scatter",
    );
    this.Plotly.animate(
      this.plot,
      { data, traces: growing },
      {
        mode: "immediate",
        frame: { duration: 0, redraw },
        transition: { duration: 0 },
      },
    ).catch(() => {});
    this.countFrame();
  }

  countFrame() {
    this.frames += 1;
    this.root.dataset.frames = this.frames;
  }

  resized() {
    const { plot } = this;
    if (!this.listening || !plot.isConnected || !plot.clientWidth) return;
    if (plot.clientWidth < NARROW !== this.narrow) this.paint();
    else this.Plotly.Plots.resize(plot);
  }

  // ---- words and numbers

  drawWords() {
    this.drawTiles();
    this.drawSliders();
    this.sentence.setAttribute("aria-live", this.payload.sliders ? "off" : "polite");
    if (!this.payload.sentences) this.say(this.payload.sentence ?? "");
    this.drawReadout();
  }

  say(text) {
    setText(this.sentence, text);
    this.sentence.hidden = !text;
  }

  drawSliders() {
    const { sliders } = this.payload;
    this.handles.hidden = !sliders;
    if (sliders) (this.sliders ??= new Sliders(this)).accept(sliders);
  }

  drawTiles() {
    const shape = JSON.stringify(this.payload.tiles ?? []);
    if (shape === this.tileShape) return;
    this.tileShape = shape;
    this.numbers = [];
    this.tiles.replaceChildren(...(this.payload.tiles ?? []).map((tile) => this.tile(tile)));
    this.tiles.hidden = !this.payload.tiles?.length;
    this.help.bubble.hidden = true;
  }

  tile(tile) {
    const label = element("div", { class: "wd-label" }, element("span", {}, tile.label));
    if (tile.help) label.append(this.help.mark(tile.label, tile.help));
    const body = tile.terms ? this.terms(tile.terms) : this.number(tile.series, tile.text);
    const name = tile.terms ? "wd-tile wd-wide" : "wd-tile";
    return element("div", { class: name, "data-role": tile.role ?? "" }, label, body);
  }

  number(series, text) {
    const node = element("div", { class: "wd-value" }, text ?? "");
    if (text === undefined || text === null) this.numbers.push([node, series]);
    return node;
  }

  terms(terms) {
    const sign = (place) => (place === terms.length - 1 ? "=" : "+");
    return element(
      "div",
      { class: "wd-terms" },
      ...terms.flatMap((term, place) => {
        const box = element(
          "span",
          { class: "wd-term" },
          this.number(term.series, term.text),
          element("small", {}, term.label),
        );
        return place ? [element("span", { class: "wd-sign" }, sign(place)), box] : [box];
      }),
    );
  }

  drawReadout() {
    const { index, last, epochs } = this;
    const values = (name) => this.payload.series[name] ?? [];
    for (const [node, name] of this.numbers)
      setText(node, formatNumber(values(name)[epochs.length ? index : values(name).length - 1]));
    for (const node of this.player) node.hidden = last < 1;
    if (!epochs.length) return;
    if (this.payload.sentences) this.say(this.payload.sentences[index]);
    if (this.payload.sliders) {
      this.sliders.show(index);
      this.scrubber.hidden = this.epochText.hidden = true;
    }
    const text = `epoch ${epochs[index]} of ${this.payload.total ?? epochs[last]}`;
    this.scrubber.max = last;
    this.scrubber.value = index;
    this.scrubber.setAttribute("aria-valuetext", text);
    setText(this.epochText, text);
    this.backButton.disabled = index <= 0;
    this.forwardButton.disabled = index >= last;
    this.root.dataset.epoch = epochs[index];
  }

  setState(state) {
    this.root.dataset.state = state;
    const playing = state === "playing";
    if (this.playButton.ariaLabel !== (playing ? "Pause" : "Play")) {
      this.playButton.replaceChildren(icon(playing ? "pause" : "play"));
      this.playButton.ariaLabel = this.playButton.title = playing ? "Pause" : "Play";
    }
    this.progress.hidden = state !== "streaming";
    this.bar.hidden = state === "streaming";
  }

  complain(message) {
    setText(this.trouble, message);
    this.trouble.hidden = !message;
  }

  fail(message) {
    this.complain(message);
    this.setState("failed");
    if (!this.listening) this.bar.hidden = true;
  }

  // ---- playback

  toggle() {
    if (this.root.dataset.state === "playing") this.pause();
    else this.play();
  }

  play() {
    if (this.last < 1) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.seek(this.last);
    this.playback += 1;
    if (this.index >= this.last) this.position = 0;
    this.paint();
    this.setState("playing");
    this.run(this.playback);
  }

  run(playback) {
    let before = performance.now();
    const tick = (now) => {
      if (playback !== this.playback || !this.plot.isConnected) return;
      // A tab in the background gets no frames: it goes on where it was, not where it would be.
      const seconds = Math.min(0.1, Math.max(0, (now - before) / 1000));
      before = now;
      this.position += (seconds / PLAY_SECONDS) * this.last * this.speed;
      if (this.position >= this.last) return void this.settle(this.last);
      const shown = this.root.dataset.epoch;
      this.cut();
      if (String(this.epochs[this.index]) !== shown) this.drawReadout();
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  pause() {
    this.settle(this.index);
  }

  step(by) {
    this.settle(this.index + by);
  }

  settle(index) {
    this.seek(index);
    this.sliders?.choose();
  }

  seek(index) {
    this.playback += 1;
    this.position = Math.min(this.last, Math.max(0, index));
    if (this.index >= this.last && !this.moving) this.paint();
    else {
      this.cut();
      this.drawReadout();
    }
    this.setState(this.index < this.last ? "paused" : "done");
  }

  // ---- streams

  openStream() {
    this.setState("streaming");
    this.drawProgress(this.epochs[this.last] ?? 0, null);
    this.stream = new Stream(this.address(this.payload.stream), {
      rows: (rows) => this.addRows(rows),
      picture: (part) => this.addPicture(part),
      repaint: () => this.repaint(),
      end: (state, message) => this.endStream(state, message),
    });
  }

  closeStream() {
    this.stream?.close();
    this.stream = null;
  }

  addRows({ series = {}, epoch, seconds_left: left }) {
    appendRows(this.payload.series, series, epoch);
    this.drawProgress(epoch ?? this.epochs[this.last], left);
  }

  addPicture({ figure, series, ...rest }) {
    if (figure) this.figure = decode({ ...this.payload.figure, ...figure });
    Object.assign(
      this.payload,
      rest,
      figure ? { figure: { ...this.payload.figure, ...figure } } : {},
    );
    Object.assign(this.payload.series, copySeries(series));
  }

  repaint() {
    this.position = this.last;
    this.redraw();
  }

  stop() {
    this.endStream("stopped");
    const shown = this.epochs[this.last] ?? 0;
    setText(
      this.sentence,
      `Stopped at epoch ${shown} of ${this.payload.total}: what came so far is kept. Move a control to train again.`,
    );
  }

  endStream(state, message) {
    this.closeStream();
    this.repaint();
    if (message) this.fail(message);
    else this.setState(state);
  }

  drawProgress(epoch, left) {
    const total = this.payload.total ?? 0;
    const rest = typeof left === "number" ? `, ${formatTime(left)}` : "";
    setText(this.progressText, `epoch ${epoch} of ${total}${rest}`);
    this.progressFill.style.width = `${total ? Math.min(100, (100 * epoch) / total) : 0}%`;
    this.progressBar.setAttribute("aria-valuemax", total);
    this.progressBar.setAttribute("aria-valuenow", epoch);
  }

  // ---- files and the end

  download(format) {
    const { plot, theme } = this;
    const paper = { paper_bgcolor: theme.background, plot_bgcolor: theme.background };
    return this.Plotly.downloadImage(
      { data: plot.data, layout: { ...plot.layout, ...paper } },
      {
        format,
        filename: this.figure.layout?.meta?.filename ?? "weight-decay",
        width: plot.clientWidth,
        height: plot.clientHeight,
        scale: format === "png" ? 2 : 1,
      },
    ).catch(() => this.complain("The picture could not be saved."));
  }

  destroy() {
    this.turn += 1;
    this.playback += 1;
    clearTimeout(this.resting);
    this.closeStream();
    this.drag.destroy();
    this.sliders?.destroy();
    this.sizes.disconnect();
    if (this.listening) this.Plotly.purge(this.plot);
    this.root.remove();
  }
}

// ---------------------------------------------------------------- series

function copySeries(series = {}) {
  return Object.fromEntries(
    Object.entries(series ?? {}).map(([name, values]) => [name, [...values]]),
  );
}

// Every series stays as long as the epochs: a gap in the stream is a gap in the curve.
function appendRows(all, added, epoch) {
  const count = Math.max(0, ...Object.values(added).map((values) => values.length));
  const epochs =
    added.epoch ?? Array.from({ length: count }, (_, place) => epoch - count + 1 + place);
  const before = (all.epoch ??= []).length;
  for (const [name, values] of Object.entries({ ...added, epoch: epochs })) {
    const target = (all[name] ??= []);
    while (target.length < before) target.push(null);
    for (const value of values) target.push(value);
  }
}

// ---------------------------------------------------------------- sliders

// Range inputs of the chart's own, all over the same pictures: one is moved, the others follow,
// and nobody is asked. Python hears of the picture on release.
class Sliders {
  constructor(chart) {
    this.chart = chart;
    this.held = null;
    this.list = [];
    this.released = () => this.letGo();
    addEventListener("pointerup", this.released, true);
    addEventListener("pointercancel", this.released, true);
  }

  accept(sliders) {
    const shape = JSON.stringify(sliders.map(({ key, label, help }) => [key, label, help]));
    if (shape !== this.shape) this.build(sliders);
    this.shape = shape;
    sliders.forEach((slider, place) => {
      Object.assign(this.list[place], slider);
      this.list[place].input.max = slider.stops.length - 1;
    });
  }

  build(sliders) {
    const { chart } = this;
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
      if (help) name.append(chart.help.mark(label, help));
      const box = element(
        "div",
        { class: "wd-slider", "data-key": key, "data-role": role ?? "" },
        name,
        value,
        input,
      );
      return { key, input, value, box };
    });
    chart.handles.replaceChildren(...this.list.map(({ box }) => box));
  }

  find(key) {
    return this.list.find((slider) => slider.key === key);
  }

  move(key) {
    const { input, stops } = this.find(key);
    this.chart.seek(stops[Number(input.value)]);
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

  shown() {
    const { index, payload } = this.chart;
    return Object.fromEntries(this.list.map(({ key }) => [key, payload.series[key][index]]));
  }

  choose() {
    if (!this.chart.payload?.sliders) return;
    this.sent = this.shown();
    this.sentAt = performance.now();
    this.chart.tell("chosen", this.sent);
  }

  // Whether this payload answers an older choice than the last: its answer is still to come.
  overtook({ series, position }) {
    if (!this.sent || performance.now() - this.sentAt > ANSWER_MS) return false;
    const same = (key) => {
      const [sent, got] = [this.sent[key] ?? 0, series[key]?.[position] ?? 0];
      return Math.abs(sent - got) <= 1e-9 * Math.abs(sent);
    };
    return !Object.keys(this.sent).every(same);
  }

  letGo() {
    this.held = null;
  }

  // The picture of another payload whose numbers are nearest to those now shown.
  nearest({ series, sliders }, otherwise) {
    const before = this.chart.shown;
    if (!before) return otherwise;
    let best = otherwise;
    let least = Infinity;
    for (let index = 0; index < series.step.length; index += 1) {
      const away = sliders.reduce(
        (sum, { key }) => sum + Math.abs((series[key][index] ?? 0) - (before[key] ?? 0)),
        0,
      );
      if (away < least) [least, best] = [away, index];
    }
    return best;
  }

  destroy() {
    removeEventListener("pointerup", this.released, true);
    removeEventListener("pointercancel", this.released, true);
  }
}

function nearestPlace(stops, index) {
  let best = 0;
  stops.forEach((stop, place) => {
    if (Math.abs(stop - index) < Math.abs(stops[best] - index)) best = place;
  });
  return best;
}

// Server-sent events, repainted at a pace of their own, never once a row.
class Stream {
  constructor(address, on) {
    this.on = on;
    this.painted = 0;
    this.cost = 0;
    this.source = new EventSource(address);
    this.listen("rows", (data) => (on.rows(data), this.soon()));
    this.listen("picture", (data) => (on.picture(data), this.soon()));
    this.listen("done", () => on.end("done"));
    this.listen("failed", (data) => on.end("failed", data.message || "The training failed."));
    // EventSource would connect again by itself and so start the training over.
    this.source.onerror = () =>
      this.source &&
      on.end("failed", "The connection to the server was lost before the training ended.");
  }

  listen(name, act) {
    this.source.addEventListener(
      name,
      (event) => this.source && act(JSON.parse(event.data || "{}")),
    );
  }

  soon() {
    if (this.timer) return;
    // A slow machine gets at least as much time between two repaints as one takes.
    const pause = Math.max(REPAINT_MS, 2 * this.cost);
    this.timer = setTimeout(
      () => this.paint(),
      Math.max(0, this.painted + pause - performance.now()),
    );
  }

  paint() {
    this.timer = null;
    this.painted = performance.now();
    this.on.repaint();
    this.cost = performance.now() - this.painted;
  }

  close() {
    clearTimeout(this.timer);
    this.source.close();
    this.source = null;
  }
}

// ---------------------------------------------------------------- dragging

// Follows Streamlit's sliders while they move; Streamlit itself hears of it on release only.
// The slider's hidden range input gets a new aria-valuetext with every move.
class Drag {
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
    return this.chart.payload?.live?.controls ?? {};
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
    this.held = { key, from: input.value };
    this.seen.set(key, input.value);
  }

  // Back where it began: Streamlit will not rerun, so what it last sent is due again.
  release() {
    const { held, chart } = this;
    this.held = null;
    if (!held || this.input(held.key)?.value !== held.from) return;
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
    if (this.held?.key !== key && document.activeElement !== input) return;
    if (this.seen.get(key) === input.value) return;
    this.seen.set(key, input.value);
    const { param, values } = this.controls[key];
    const value = values[Number(input.value) - Number(input.min || 0)];
    if (value === undefined) return;
    this.wanted = { param, value };
    this.next();
  }

  async next() {
    if (this.request || !this.wanted) return;
    const { param, value } = this.wanted;
    const { chart } = this;
    const address = new URL(chart.address(chart.payload.live.url), location.origin);
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
