// @ts-check
// Plays the epochs of a picture, or steps and scrubs through them; it alone knows the position.

import { button, element, fill, icon, setText } from "./nodes.js";
import { blank } from "./picture.js";
import { say } from "./words.js";

/** @import { Picture } from "./picture.js" */

/** @typedef {{ [event in "started" | "glided" | "sought" | "settled"]: () => void }} Listener */

const PLAY_SECONDS = 4;
const SPEEDS = [0.25, 0.5, 1, 2, 4];

export class Player {
  picture = blank();
  position = 0;
  speed = 1;
  playing = false;
  /**
   * The playback that is on.
   * @type {object | null}
   */
  turn = null;

  playButton = button(say("Play"), () => this.toggle(), icon("play"));
  backButton = button(say("Step back"), () => this.step(-1), icon("back"));
  forwardButton = button(say("Step forward"), () => this.step(1), icon("forward"));
  /** @type {HTMLInputElement} */
  scrubber = element("input", {
    type: "range",
    "aria-label": say("Epoch"),
    min: 0,
    max: 0,
    step: 1,
    oninput: () => this.seek(Number(this.scrubber.value)),
  });
  text = element("span", { class: "wd-text" });
  speeds = element(
    "select",
    {
      "aria-label": say("Speed"),
      title: say("Speed"),
      onchange: () => {
        this.speed = Number(this.speeds.value);
      },
    },
    ...SPEEDS.map((speed) => element("option", { value: speed }, `${speed}×`)),
  );
  nodes = [
    this.playButton,
    this.backButton,
    this.forwardButton,
    this.scrubber,
    this.text,
    this.speeds,
  ];

  /** @param {Listener} on */
  constructor(on) {
    this.on = on;
    this.speeds.value = "1";
  }

  /**
   * Another picture, at this position; a playback of the one before is over.
   * @type {(picture: Picture, position: number) => void}
   */
  open(picture, position) {
    this.halt();
    this.picture = picture;
    this.position = position;
  }

  get index() {
    return this.picture.indexAt(this.position);
  }

  get atEnd() {
    return this.index >= this.picture.last;
  }

  toggle() {
    if (this.playing) this.settle(this.index);
    else this.play();
  }

  play() {
    const { last } = this.picture;
    if (last < 1) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return void this.settle(last);
    if (this.atEnd) this.position = 0;
    this.mark(true);
    this.on.started();
    if (this.playing) this.run();
  }

  run() {
    const turn = {};
    this.turn = turn;
    let before = performance.now();
    /** @param {number} now */
    const tick = (now) => {
      if (turn !== this.turn) return;
      // A tab in the background gets no frames: it goes on where it was, not where it would be.
      const seconds = Math.min(0.1, Math.max(0, (now - before) / 1000));
      before = now;
      const { last } = this.picture;
      this.position += (seconds / PLAY_SECONDS) * last * this.speed;
      if (this.position >= last) return void this.settle(last);
      this.on.glided();
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  halt() {
    this.turn = null;
    this.mark(false);
  }

  /** @param {number} by */
  step(by) {
    this.settle(this.index + by);
  }

  /** @param {number} index */
  settle(index) {
    this.seek(index);
    this.on.settled();
  }

  /** @param {number} index */
  seek(index) {
    this.halt();
    this.position = Math.min(this.picture.last, Math.max(0, index));
    this.on.sought();
  }

  /** @param {boolean} playing */
  mark(playing) {
    if (this.playing === playing) return;
    this.playing = playing;
    this.playButton.replaceChildren(icon(playing ? "pause" : "play"));
    this.playButton.ariaLabel = this.playButton.title = playing ? say("Pause") : say("Play");
  }

  focus() {
    this.playButton.focus({ preventScroll: true });
  }

  show() {
    const { index, picture } = this;
    const { last, payload, steps } = picture;
    for (const node of this.nodes) node.hidden = last < 1;
    if (!steps.length) return;
    if (payload.sliders) this.scrubber.hidden = this.text.hidden = true;
    const text = say("epoch {epoch} of {epochs}", {
      epoch: steps[index],
      epochs: payload.total ?? steps[last],
    });
    this.scrubber.max = String(last);
    this.scrubber.value = String(index);
    fill(this.scrubber);
    this.scrubber.setAttribute("aria-valuetext", text);
    setText(this.text, text);
    this.backButton.disabled = index <= 0;
    this.forwardButton.disabled = this.atEnd;
  }
}
