// @ts-check
// The tab's line to the server. It notices when the line is cut, even where nobody says so, and it
// tells the server that is found next, which may know nothing of this tab, what the tab has kept.
// It says "cut" and "back", and "caught up" once that server has answered.

import { field, fieldsOf, joined } from "./protobuf.js";

const SOCKET = /\/_stcore\/stream$/;
// Of the protocol buffers that Streamlit's client sends. One message after the other is both in one:
// what the second says overrules the first, or is added to it.
const RERUN = 11;
const QUERY = 1;
const CONTROLS = 2;
const CONTROL = 1;
// Of a control: its name, that it is a button which was pressed, and a text.
const ID = 1;
const PRESSED = 2;
const TEXT = 6;
// Of those that the server sends: that it is done, and with 2 that it begins over again.
const DONE = 6;
const OVER_AGAIN = 2;
// Asks the server for nothing but a sign of life.
const ALIVE = new Uint8Array([0x88, 0x01, 0x01]);
// The name by which pages/shared/returns.py finds it.
const BROUGHT = "$$ID-weight-decay-explorer memory-None";

const LOOK_MS = 1000;
// A server that has said nothing for so long is asked whether it is there,
const QUIET_MS = 5000;
// the line is cut where it does not answer for so long,
const CUT_MS = 4000;
// and where that lasts another one is looked for.
const DEAD_MS = 10_000;
// Streamlit's client shows within this time what it was sent.
const SHOWN_MS = 100;

export class Line extends EventTarget {
  cut = false;
  /** @type {WebSocket | null} */
  socket = null;
  heard = 0;
  asked = 0;
  // What the server keeps for this tab, as it said last.
  kept = "";
  // Whether the server may not know yet what the tab has kept.
  brings = false;
  /**
   * What was sent and not worked out yet.
   * @type {Uint8Array[]}
   */
  unheard = [];
  /**
   * Of that, buttons pressed when the line was cut: where controls stand is always sent again.
   * @type {Uint8Array<ArrayBuffer>[]}
   */
  pressed = [];
  // Whether its visitor went back or forward meanwhile.
  strayed = false;

  constructor() {
    super();
    addEventListener("popstate", () => {
      this.strayed = this.cut;
    });
  }

  /** @param {WebSocket} socket */
  watch(socket) {
    /** @type {(event: string, act: () => void) => void} */
    const on = (event, act) =>
      socket.addEventListener(event, () => this.socket === socket && act());
    socket.addEventListener("open", () => {
      this.socket = socket;
      this.brings = this.heard !== 0;
      this.pressed.push(...lastPresses(this.unheard));
      this.hear();
      setTimeout(() => this.catchUp());
    });
    on("message", () => this.hear());
    socket.addEventListener("message", ({ data }) => {
      if (this.socket === socket && endsRun(new Uint8Array(data))) this.answered();
    });
    on("close", () => {
      this.socket = null;
      this.fall();
    });
  }

  hear() {
    this.heard = performance.now();
    this.asked = 0;
    if (this.cut) this.say("back");
  }

  answered() {
    this.unheard = [];
    if (!this.brings) return;
    this.brings = false;
    for (const message of this.pressed.splice(0)) this.socket?.send(message);
    setTimeout(() => this.dispatchEvent(new Event("caught up")), SHOWN_MS);
  }

  fall() {
    if (!this.cut) this.say("cut");
  }

  /** @param {"cut" | "back"} event */
  say(event) {
    this.cut = event === "cut";
    this.dispatchEvent(new Event(event));
  }

  // Streamlit's client asks for another page when the address changes, but not while the line is cut.
  catchUp() {
    if (this.strayed) dispatchEvent(new PopStateEvent("popstate"));
  }

  look() {
    const { socket } = this;
    if (socket?.readyState !== WebSocket.OPEN) return;
    const now = performance.now();
    if (!this.asked && now - this.heard > QUIET_MS) {
      this.asked = now;
      socket.send(ALIVE);
    }
    const waited = this.asked && now - this.asked;
    if (waited > CUT_MS) this.fall();
    if (waited > DEAD_MS) {
      // the end of one that is dead would come late, or not at all
      socket.dispatchEvent(new CloseEvent("close", { code: 1006 }));
      socket.close();
    }
  }

  /**
   * The message as it is sent. Streamlit's client puts the query in it that it once loaded, and not
   * the one that it shows.
   * @param {Uint8Array} message
   */
  send(message) {
    const [{ number } = { number: 0 }] = fieldsOf(message);
    if (number !== RERUN) return message;
    this.unheard.push(message);
    if (!this.brings) return message;
    const memory = field(CONTROL, [field(ID, BROUGHT), field(TEXT, this.kept)]);
    const query = field(QUERY, location.search.slice(1));
    return joined([message, field(RERUN, [query, field(CONTROLS, [memory])])]);
  }
}

/**
 * Whether the server says that all it was asked is done.
 * @param {Uint8Array} message
 */
function endsRun(message) {
  return fieldsOf(message).some(
    ({ number, content }) => number === DONE && content[0] !== OVER_AGAIN,
  );
}

/**
 * The buttons pressed since the last move: what one does depends on where the controls stand.
 * @param {Uint8Array[]} messages
 */
function lastPresses(messages) {
  const pressed = messages.map(presses);
  return pressed.slice(pressed.findLastIndex((buttons) => !buttons.length) + 1).flat();
}

/**
 * The message with no controls in it but buttons that are pressed; none where none is.
 * @param {Uint8Array} message
 */
function presses(message) {
  const [rerun] = fieldsOf(message);
  const parts = fieldsOf(rerun.content);
  const controls = parts.filter(({ number }) => number === CONTROLS);
  const pressed = controls
    .flatMap(({ content }) => fieldsOf(content))
    .filter(({ content }) => fieldsOf(content).some(({ number }) => number === PRESSED));
  if (!pressed.length) return [];
  const others = parts.filter(({ number }) => number !== CONTROLS).map(({ whole }) => whole);
  const buttons = field(
    CONTROLS,
    pressed.map(({ whole }) => whole),
  );
  return [field(RERUN, [...others, buttons])];
}

const NAME = Symbol.for("weight-decay-explorer line");

/** @returns {Line} */
function begun() {
  const line = new Line();
  globalThis.WebSocket = class extends WebSocket {
    /**
     * @param {string | URL} address
     * @param {string | string[]} [protocols]
     */
    constructor(address, protocols) {
      super(address, protocols);
      if (SOCKET.test(new URL(this.url).pathname)) line.watch(this);
    }

    /** @param {any} message */
    send(message) {
      super.send(this === line.socket ? line.send(message) : message);
    }
  };
  setInterval(() => line.look(), LOOK_MS);
  return line;
}

const tab = /** @type {{ [NAME]?: Line }} */ (/** @type {unknown} */ (globalThis));
tab[NAME] ??= begun();
// A page that has outlived an update of the server keeps the line that it has.
export const line = tab[NAME];
