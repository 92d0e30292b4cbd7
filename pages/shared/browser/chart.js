// @ts-check
// The live chart: draws a figure made in Python, plays its epochs, follows a stream or a drag.
// Or it moves between pictures that were worked out beforehand, by sliders of its own.
// The root node says what is drawn: data-run, data-state, data-epoch, data-frames, data-live.

import { Drag } from "./drag.js";
import { Help } from "./help.js";
import { line } from "./line.js";
import { loadStyle } from "./loading.js";
import { button, element, setText } from "./nodes.js";
import { blank, Picture } from "./picture.js";
import { Player } from "./player.js";
import { Plot } from "./plot.js";
import { Progress } from "./progress.js";
import { Sliders } from "./sliders.js";
import { Stream } from "./stream.js";
import { Table } from "./table.js";
import { Telling } from "./telling.js";
import { writeLinked } from "./terms.js";
import { Tiles } from "./tiles.js";
import { Voice } from "./voice.js";
import { Walk } from "./walk.js";
import { say } from "./words.js";

/** @import { Payload } from "./payload.d.ts" */

/** @typedef {{ cartesian: string, whole: string }} Sizes of Plotly: what draws in a plane, and all */
/**
 * Where the files are; of another language than English its name, and its words.
 * @typedef {{ chart: string, modules: string[], plotly: Sizes, lang?: string, words?: string }} Assets
 */
/**
 * @typedef {object} Sent
 * @property {string} base the path the app is mounted under
 * @property {string} [visitor] by what addresses name who has brought a table
 * @property {string} [kept] with a link, what the tab keeps for a server that knows nothing of it
 * @property {Payload} payload
 */

/**
 * What a stream works on, where its address says more than that: pins do not begin it anew.
 * @param {Payload} payload
 */
const workOf = ({ work, stream }) => work ?? stream;

const FOLLOW_MS = 1000;
// A phone has its sliders above the picture: to look at, and by key.
const phone = matchMedia("(max-width: 640px)");
const RESTS = new Set(["done", "paused", "stopped"]);
const kept = () => say("What came so far is kept. “Go on” continues from there.");

export class Chart {
  picture = blank();
  frames = 0;
  turn = 0;
  told = 0;
  width = 0;
  // Whether it was stopped where it can go on.
  halted = false;
  base = "";
  /** @type {string | undefined} */
  visitor = undefined;
  /** @type {Payload | null} */
  given = null;
  /** @type {Stream | null} */
  stream = null;
  // Whether the line was cut, and what comes answers nothing yet that was told before.
  returned = false;
  // Whether the stream has broken off.
  broken = false;
  // Whether what is drawn is a moment of a drag.
  dragged = false;

  telling = new Telling();
  help = new Help();
  tiles = new Tiles(this.help);
  sliders = new Sliders(this);
  drag = new Drag(this);
  progress = new Progress(
    () => this.stop(),
    () => this.resume(),
  );
  plot = new Plot({
    drawn: () => this.countFrame(),
    clicked: (point) => this.telling.tell("clicked", point),
    zoomed: (zoomed) => {
      this.whole.hidden = !zoomed;
    },
    placed: () => this.walk.place(),
    chosen: () => this.walk.follow(),
  });
  player = new Player({
    started: () => this.draw() && this.setState("playing"),
    glided: () => this.glide(),
    sought: () => this.seek(),
    settled: () => this.sliders.choose(),
  });

  walk = new Walk(this);
  table = new Table(() => ({ picture: this.picture, position: this.player.position }));
  sentence = element("p");
  trouble = element("p", { class: "wd-trouble", role: "alert", hidden: "" });
  whole = button(say("Undo the zoom"), () => this.plot.unzoom(), say("Zoomed: show all"));
  bar = element(
    "div",
    { class: "wd-bar" },
    ...this.player.nodes,
    element(
      "span",
      { class: "wd-files" },
      this.whole,
      this.file("PNG"),
      this.file("SVG"),
      this.table.button,
    ),
  );
  foot = element("div", { class: "wd-foot" }, this.bar, this.progress.node);
  drawing = element("div", { class: "wd-drawing" }, this.walk.node, this.plot.node);
  root = element(
    "div",
    { class: "wd-chart", role: "group", "data-frames": "0", "data-state": "drawing" },
    this.sentence,
    this.trouble,
    this.drawing,
    this.foot,
    this.table.node,
    this.tiles.node,
    this.help.bubble,
  );
  voice = new Voice(this.root);

  /**
   * @param {HTMLElement} parent
   * @param {Assets} assets
   */
  constructor(parent, assets) {
    this.assets = assets;
    // Until there is a drawing, nothing can be played or moved in it.
    this.sliders.node.inert = this.bar.inert = this.walk.node.inert = this.whole.hidden = true;
    this.arrange();
    phone.addEventListener("change", this.arrange);
    this.root.style.visibility = "hidden";
    parent.append(this.root);
    line.addEventListener("back", this.back);
    line.addEventListener("caught up", this.caughtUp);
    loadStyle(`${assets.chart}chart.css`)
      .catch(() => {})
      .then(() => {
        this.root.style.visibility = "";
      });
  }

  /** @param {string} name */
  file(name) {
    return button(
      say("Download as {name}", { name }),
      () => this.download(name.toLowerCase()),
      name,
    );
  }

  arrange = () => {
    if (phone.matches) this.drawing.before(this.sliders.node);
    else this.foot.prepend(this.sliders.node);
  };

  // ---- payloads

  /** @param {Sent} sent */
  accept({ base, visitor, kept, payload }) {
    this.base = base;
    this.visitor = visitor;
    // Streamlit calls again with the very same object when only the theme changed.
    if (payload === this.given) return void this.redraw();
    if (kept !== undefined) line.kept = kept;
    if (!this.returned && !this.sliders.overtook(payload)) this.telling.unanswered = null;
    this.given = payload;
    this.receive(payload);
  }

  /** @param {string} path */
  address(path) {
    const { lang } = this.assets;
    const more = Object.entries({ lang, visitor: this.visitor }).filter(([, value]) => value);
    const said = more.map(([name, value]) => `${name}=${value}`).join("&");
    const told = said ? `${path}${path.includes("?") ? "&" : "?"}${said}` : path;
    return path.startsWith("/") ? this.base + told : told;
  }

  /** @type {(payload: Payload, options?: { live?: boolean }) => void} */
  receive(payload, { live = false } = {}) {
    if (!live) {
      this.drag.cancel();
      showLink(payload.query);
    }
    if (this.continues(payload)) return this.goOn(payload);
    this.turn += 1;
    this.dragged = live;
    this.halted = this.broken = false;
    this.closeStream();
    const position = this.sliders.placed(payload) ?? this.placeOfEpoch(payload);
    const { playing } = this.player;
    const controls = payload.live ?? (live ? this.picture.payload.live : null);
    this.picture = new Picture({ ...payload, live: controls });
    this.player.open(this.picture, position ?? this.picture.last);
    this.setState("drawing");
    this.start(this.turn, live, playing);
  }

  /**
   * Where the epoch is that somebody has put the picture to, in another run of so many epochs.
   * @param {Payload} payload
   */
  placeOfEpoch({ series, stream }) {
    if (this.root.dataset.state !== "paused" || this.stream || stream) return undefined;
    const place = (series.epoch ?? []).indexOf(this.picture.steps[this.player.index]);
    return place < 0 ? undefined : place;
  }

  /**
   * A rerun that changed something else brings the same stream: it must not start it over.
   * @param {Payload} payload
   */
  continues(payload) {
    const now = this.picture.payload;
    const same = now.stream && payload.stream && workOf(payload) === workOf(now);
    return Boolean(same && !this.broken && this.root.dataset.state !== "failed");
  }

  /** @param {Payload} payload */
  goOn(payload) {
    const position = this.sliders.placed(payload);
    if (this.halted) this.adopt(payload);
    else this.picture.goOn(payload);
    if (payload.sliders && position !== undefined) this.player.position = position;
    if (this.root.dataset.run) this.root.dataset.run = payload.run;
    this.redraw();
  }

  /**
   * Stopped, the picture holds what had come by then, drawn by the stream or not: so it counts what
   * the words around it count.
   * @param {Payload} payload
   */
  adopt(payload) {
    const { position } = this.player;
    this.picture = new Picture({ ...payload, sentence: kept() });
    this.player.open(this.picture, payload.sliders ? position : this.picture.last);
    this.drawProgress(this.come, null);
    this.progress.stand(true);
  }

  /** @type {(turn: number, live: boolean, interrupted: boolean) => Promise<void>} */
  async start(turn, live, interrupted) {
    this.complain("");
    this.drawWords();
    try {
      const { cartesian, whole } = this.assets.plotly;
      await this.plot.load(this.picture.solid ? whole : cartesian);
    } catch {
      if (turn === this.turn)
        this.fail(
          say(
            "The picture cannot be drawn: the drawing library did not load. Reload the page to try again.",
          ),
        );
      return;
    }
    if (turn !== this.turn || !this.draw()) return;
    const { payload } = this.picture;
    this.root.dataset.run = payload.run;
    if (live) this.root.dataset.live = payload.run;
    // who has just come waits for it; who moves a control may move it again
    if (payload.stream)
      return this.openStream(turn === 1 ? atOnce(payload.stream) : payload.stream);
    this.setState(this.player.atEnd || payload.sliders ? "done" : "paused");
    if (interrupted) this.sliders.choose(); // the picture stays where Play was: Python must know
  }

  // What was on its way may have gone with the line.
  back = () => {
    this.returned = true;
    this.broken ||= this.stream !== null;
  };

  // No payload comes where Python says the same as before.
  caughtUp = () => {
    const { given, telling } = this;
    const astray = !telling.unanswered && this.root.dataset.run !== given?.run;
    this.returned = false;
    if (given && (this.broken || astray)) this.receive(given);
    telling.tellAgain();
  };

  // ---- drawing

  // False where it cannot be drawn, which is then said.
  draw() {
    const { picture, player, plot, root } = this;
    const drawn = plot.draw(picture, player.position);
    root.style.colorScheme = plot.dark ? "dark" : "light";
    root.setAttribute("aria-label", picture.drawn);
    if (!drawn) this.fail(say("The picture cannot be drawn from these numbers."));
    else this.sliders.node.inert = this.bar.inert = this.walk.node.inert = false;
    this.drawReadout();
    return drawn;
  }

  redraw() {
    this.drawWords();
    if (this.plot.drawn && this.root.isConnected) this.draw();
  }

  glide() {
    this.plot.cut(this.player.position);
    if (String(this.picture.steps[this.player.index]) !== this.root.dataset.epoch)
      this.drawReadout();
  }

  seek() {
    const { picture, player, plot } = this;
    if (player.atEnd && !picture.moving) this.draw();
    else {
      plot.cut(player.position);
      this.drawReadout();
    }
    if (!this.stream) this.setState(player.atEnd ? "done" : "paused");
  }

  countFrame() {
    this.frames += 1;
    this.root.dataset.frames = String(this.frames);
  }

  // ---- words and numbers

  drawWords() {
    const { tiles, sliders, sentence, sentences } = this.picture.payload;
    this.tiles.accept(tiles);
    this.sliders.accept(sliders);
    if (!sentences) this.say(sentence ?? "");
    this.drawReadout();
  }

  drawReadout() {
    const { picture, player, plot, root } = this;
    const { index } = player;
    plot.node.setAttribute("aria-label", picture.alt(index));
    this.table.follow();
    this.walk.follow();
    this.tiles.show(picture, index);
    player.show();
    if (!picture.steps.length) return void delete root.dataset.epoch;
    this.sliders.show(index);
    if (picture.payload.sentences) this.say(picture.payload.sentences[index]);
    root.dataset.epoch = String(picture.steps[index]);
  }

  /** @param {string} text */
  say(text) {
    const { sentence, root } = this;
    writeLinked(sentence, text);
    sentence.hidden = !text;
    // What lies below stays where it is when words become fewer.
    if (this.width !== root.clientWidth) sentence.style.removeProperty("--wd-said");
    this.width = root.clientWidth;
    if (text) sentence.style.setProperty("--wd-said", `${sentence.scrollHeight}px`);
  }

  // What a move has come to: not at every step of a drag, in whichever way it goes.
  rest() {
    const finding = this.picture.finding(this.player.index);
    if (this.turn === 1) this.voice.open(finding);
    if (this.walk.on) return; // who walks hears it with the point
    if (!this.dragged && !this.drag.held && !this.sliders.held) this.voice.tell(finding);
  }

  /**
   * The Stop in somebody's hand gives way to Go on, or to Play where there is something to play.
   * @param {string} state
   */
  setState(state) {
    const streaming = state === "streaming";
    const resumes = this.halted && !streaming;
    const left = this.progress.node.contains(document.activeElement);
    this.root.dataset.state = state;
    this.progress.stand(resumes);
    this.progress.node.hidden = !(streaming || resumes);
    this.bar.hidden = streaming;
    if (left) (streaming || resumes ? this.progress : this.player).focus();
    if (RESTS.has(state)) this.rest();
  }

  /** @param {string} message */
  complain(message) {
    setText(this.trouble, message);
    this.trouble.hidden = !message;
  }

  /** @param {string} message */
  fail(message) {
    this.complain(message);
    this.player.halt();
    this.closeStream();
    this.setState("failed");
    this.bar.hidden = !this.plot.drawn;
  }

  /** @param {string} format */
  download(format) {
    this.plot.download(format).catch(() => this.complain(say("The picture could not be saved.")));
  }

  // ---- streams

  /** @param {string} path */
  openStream(path) {
    const { picture } = this;
    this.drawProgress(this.halted ? this.progress.count : this.come, null);
    this.halted = false;
    this.setState("streaming");
    this.stream = new Stream(this.address(path), {
      rows: (rows) => {
        picture.addRows(rows);
        this.drawProgress(rows.epoch, rows.seconds_left);
        this.tellGrown();
      },
      picture: (part) => picture.add(part),
      waiting: (message) => this.progress.wait(message),
      repaint: () => this.repaint(),
      end: (state, message) => this.endStream(state, message),
      lost: () => this.loseStream(),
    });
  }

  // How many of what is counted a payload has brought.
  get come() {
    const { payload, steps, last } = this.picture;
    return payload.come ?? steps[last] ?? 0;
  }

  /** @type {(epoch: number, left: number | null) => void} */
  drawProgress(epoch, left) {
    const { payload, unit } = this.picture;
    this.progress.show(epoch, payload.total ?? 0, unit, left);
  }

  closeStream() {
    this.stream?.close();
    this.stream = null;
  }

  repaint() {
    if (!this.picture.payload.sliders) this.player.position = this.picture.last;
    this.redraw();
  }

  // What stands around the chart follows it at a pace of its own.
  tellGrown({ end = false } = {}) {
    const { resumes, tells_end } = this.picture.payload;
    const due = resumes && (end || performance.now() - this.told >= FOLLOW_MS);
    const whole = tells_end && this.root.dataset.state === "done";
    if (!due && !whole) return;
    this.told = performance.now();
    this.telling.tell("grown", this.progress.count);
  }

  stop() {
    const { picture, progress } = this;
    this.halted = picture.payload.resumes === true;
    picture.add({
      sentence: picture.payload.resumes
        ? kept()
        : say("Stopped at {place}: what came so far is kept. Move a control to train again.", {
            place: progress.told,
          }),
    });
    this.endStream("stopped");
  }

  resume() {
    const { stream } = this.picture.payload;
    // whoever asks for it waits for nothing more
    if (stream) this.openStream(atOnce(stream));
  }

  /** @type {(state: string, message?: string) => void} */
  endStream(state, message) {
    this.closeStream();
    this.repaint();
    if (message) this.fail(message);
    else if (this.root.dataset.state !== "failed") {
      this.setState(state);
      this.tellGrown({ end: true });
    }
  }

  loseStream() {
    this.broken = true;
    this.endStream(
      "failed",
      say("The connection to the server was lost before the training ended."),
    );
  }

  // ---- the end

  destroy() {
    line.removeEventListener("back", this.back);
    line.removeEventListener("caught up", this.caughtUp);
    phone.removeEventListener("change", this.arrange);
    this.turn += 1;
    this.player.halt();
    this.closeStream();
    this.help.hide();
    this.table.destroy();
    this.walk.destroy();
    this.drag.destroy();
    this.sliders.destroy();
    this.plot.destroy();
    this.root.remove();
  }
}

/**
 * The address of a stream that does not wait whether its visitor moves on.
 * @param {string} stream
 */
function atOnce(stream) {
  if (/[?&]at_once=/.test(stream)) return stream;
  return `${stream}${stream.includes("?") ? "&" : "?"}at_once=1`;
}

/**
 * The link is the document: the address bar always holds the one that opens this very picture.
 * @param {string} [query]
 */
function showLink(query) {
  if (query === undefined || `?${query}` === (location.search || "?")) return;
  history.replaceState(history.state, "", location.pathname + (query && `?${query}`));
}
