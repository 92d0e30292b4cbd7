// @ts-check
// Server-sent events, repainted at a pace of their own, never once a row.

import { say } from "./words.js";

/** @import { Failure, Part, Rows, Waiting } from "./payload.d.ts" */

/**
 * @typedef {object} Listener
 * @property {(rows: Rows) => void} rows
 * @property {(part: Part) => void} picture
 * @property {(message: string) => void} waiting for a place, and why; "" once it has one
 * @property {() => void} repaint
 * @property {(state: string, message?: string) => void} end
 * @property {() => void} lost
 */

const REPAINT_MS = 100;
const PATIENCE_MS = 5000;
const TOO_MANY = 429;

export class Stream {
  painted = 0;
  cost = 0;
  /** @type {number | undefined} */
  timer;
  /** @type {EventSource | null} */
  source;

  /**
   * @param {string} address
   * @param {Listener} on
   */
  constructor(address, on) {
    this.on = on;
    this.source = new EventSource(address);
    this.listen("rows", (rows) => {
      on.rows(rows);
      this.soon();
    });
    this.listen("picture", (part) => {
      on.picture(part);
      this.soon();
    });
    this.listen("waiting", (/** @type {Waiting} */ { message }) => on.waiting(message));
    this.listen("done", () => on.end("done"));
    this.listen("failed", (/** @type {Failure} */ { message }) =>
      on.end("failed", message || say("The training failed.")),
    );
    // EventSource would connect again by itself and so start the training over.
    this.source.onerror = () => this.lost(address);
  }

  /**
   * Say why there are no events: an EventSource cannot tell what it was answered.
   * @param {string} address
   */
  async lost(address) {
    const { source } = this;
    source?.close();
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(address, { method: "HEAD", signal }).catch(() => null);
    if (!source || this.source !== source) return;
    if (answer?.status === TOO_MANY) this.on.end("failed", crowded());
    else this.on.lost();
  }

  /** @type {(name: string, act: (data: any) => void) => void} */
  listen(name, act) {
    this.source?.addEventListener(
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
    this.timer = undefined;
    this.painted = performance.now();
    this.on.repaint();
    this.cost = performance.now() - this.painted;
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }
}

const crowded = () =>
  say(
    "Too much is being worked out at once for all who share your internet address. Try again when some of it is done.",
  );
