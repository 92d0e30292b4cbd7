// @ts-check
// A walk through the points of a picture: chart2music leads from one to the next and has each heard.
// Which there are, and what is said of them, is ours: it has no Chinese, and of the point that it
// comes to on another curve it says nothing.

import { c2mChart } from "./chart2music.js";
import { showKeys } from "./keys.js";
import { setText } from "./nodes.js";
import { Pointer } from "./pointer.js";
import { groupsOf, words } from "./steps.js";
import { say } from "./words.js";

/** @import { Music, Note } from "./chart2music.js" */
/** @import { Group, Step } from "./steps.js" */
/** @import { Walk } from "./walk.js" */

// A point is heard before it is said; and a key held down goes past many.
const NOTE_MS = 300;
// What plays or grows is walked again once it rests.
const REST_MS = 500;
const SHARES = { minimum: 0, maximum: 1 };
const AXES = { x: SHARES, y: SHARES };
// Keys of chart2music for what there is not here, and for what fails where one curve has fewer
// points than another.
const UNUSED = [
  { key: "O" },
  { key: "M" },
  { key: "PageUp", altKey: true },
  { key: "PageUp", shiftKey: true },
  { key: "PageDown", altKey: true },
  { key: "PageDown", shiftKey: true },
];

export class Walking {
  // Whether the picture has changed since its points were taken.
  stale = true;
  // Whether it has just begun, and nothing was said yet.
  beginning = false;
  /** @type {Music | null} */
  music = null;
  /** @type {Step | null} */
  step = null;
  /**
   * The point that was spoken of last.
   * @type {Step | null}
   */
  told = null;
  finding = "";
  /** @type {number | undefined} */
  saying;
  /** @type {number | undefined} */
  due;

  /** @param {Walk} walk */
  constructor(walk) {
    this.walk = walk;
    this.chart = walk.chart;
    this.pointer = new Pointer(walk.chart.plot);
    walk.node.prepend(this.pointer.ring);
  }

  begin() {
    this.beginning = true;
    this.told = null;
    this.renew();
  }

  end() {
    this.hush();
    clearTimeout(this.saying);
    clearTimeout(this.due);
    this.pointer.hide();
  }

  follow() {
    this.stale = true;
    if (!this.walk.on) return;
    this.pointer.hide();
    clearTimeout(this.due);
    this.due = setTimeout(() => this.renew(), REST_MS);
  }

  place() {
    if (!this.stale && this.step) this.pointer.show(this.step);
  }

  // ---- the points

  renew() {
    const before = this.step && words(this.step);
    if (this.stale) this.take();
    if (!this.music) return this.walk.tell(say("There is no point in this picture."));
    const { custom } = this.music.getCurrent().point;
    this.step = custom;
    this.pointer.show(custom);
    const { picture, player } = this.chart;
    const same = before === words(custom) && this.finding === picture.finding(player.index);
    if (this.beginning || !same) this.tellSoon();
  }

  take() {
    const { picture, player, plot } = this.chart;
    const groups = groupsOf(picture, player.position, plot.node);
    this.stale = false;
    this.hush();
    if (!groups.length) {
      this.music?.cleanUp();
      this.music = null;
      return;
    }
    const data = Object.fromEntries(groups.map(({ steps }, k) => [keyOf(k), steps.map(noteOf)]));
    if (this.music) this.music.setData(data, AXES, ...this.placeIn(groups));
    else this.music = this.make(data);
  }

  /**
   * The same point of the same curve, as far as it is still there.
   * @type {(groups: Group[]) => [number, string]}
   */
  placeIn(groups) {
    const { step } = this;
    const same = groups.findIndex(({ key }) => key === step?.group.key);
    if (!step || same < 0) return [0, keyOf(0)];
    const place = step.group.steps.indexOf(step);
    return [Math.min(place, groups[same].steps.length - 1), keyOf(same)];
  }

  /** @param {{ [group: string]: Note[] }} data */
  make(data) {
    const { node } = this.walk;
    const { err, data: music } = c2mChart({
      type: "matrix", // the arrows lead up and down, too
      element: node,
      cc: document.createElement("div"), // what it says itself is neither seen nor heard
      data,
      axes: AXES,
      options: {
        enableSound: typeof AudioContext === "function",
        enableSpeech: false,
        onFocusCallback: ({ point }) => this.come(point.custom),
        onSelectCallback: ({ point }) => this.pointer.click(point.custom),
        customHotkeys: [
          { key: { key: "H" }, force: true, callback: () => this.showKeys() },
          ...UNUSED.map((key) => ({ key, force: true, callback: () => {} })),
        ],
      },
    });
    if (!music) throw new Error(err ?? "");
    return music;
  }

  showKeys() {
    showKeys(this.chart.root, Boolean(this.chart.picture.layout.meta?.clicks));
  }

  // ---- from one to the next

  /** @param {Step} step */
  come(step) {
    const elsewhere = this.step && step.group !== this.step.group;
    this.step = step;
    this.pointer.show(step);
    this.tellSoon();
    // chart2music is silent where it comes to another curve
    if (elsewhere) this.press(" ");
  }

  tellSoon() {
    if (this.step) setText(this.walk.caption, words(this.step));
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.tell(), NOTE_MS);
  }

  tell() {
    const { step } = this;
    const { picture, player } = this.chart;
    const { index } = player;
    if (!step) return;
    const finding = picture.finding(index);
    const news = finding === this.finding ? "" : finding;
    const point = words(step, news ? null : this.told);
    let text = news ? say("{drawn} {finding}", { drawn: news, finding: point }) : point;
    if (this.beginning)
      text = say("{picture} Arrow keys lead from point to point, H tells all keys. {point}", {
        picture: picture.alt(index),
        point,
      });
    this.beginning = false;
    this.finding = finding;
    this.told = step;
    this.walk.tell(text, words(step));
  }

  // What it plays by itself.
  hush() {
    if (this.music) this.press("Control", { ctrlKey: true });
  }

  /** @type {(key: string, more?: KeyboardEventInit) => void} */
  press(key, more) {
    this.walk.node.dispatchEvent(new KeyboardEvent("keydown", { key, ...more }));
  }
}

/** @param {number} place of a curve */
const keyOf = (place) => `curve ${place}`;

/** @type {(step: Step) => Note} */
const noteOf = (step) => ({ x: step.across, y: step.height, custom: step });
