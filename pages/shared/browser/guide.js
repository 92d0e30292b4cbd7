// @ts-check
// The guide: a card at a time beside the picture, which lights up what it speaks of. The page stays
// in the reader's hands meanwhile, and a card may answer what they do.

import { around, control, isThere, Lights, places, shared } from "./lights.js";
import { button, element, setText } from "./nodes.js";

/** @import { Box } from "./lights.js" */

/**
 * @typedef {object} Card
 * @property {string} text
 * @property {string | null} after what it says once one of its controls has been moved
 * @property {string[]} curves
 * @property {{ key: string, slot: string }[]} controls
 * @property {("words" | "tiles" | "play" | "table")[]} parts
 */
/** @typedef {{ [name: string]: string }} Labels */
/** @typedef {{ page: string, cards: Card[], labels: Labels }} Sent */

const GUIDE = Symbol.for("weight-decay-explorer guide");
// Between the card and the edges of the window, and what lies above and below it.
const GAP = 12;
const ABOVE = 64;
const NARROW = 640;

/** @typedef {HTMLElement & { [GUIDE]?: Guide }} Parent */

/**
 * Open the guide from its button, or close it.
 * @type {(button: HTMLElement, sent: Sent) => void}
 */
export function toggle(button, sent) {
  const parent = /** @type {Parent} */ (button.parentElement);
  if (parent[GUIDE]) parent[GUIDE].close();
  else parent[GUIDE] = new Guide(parent, button, sent);
}

class Guide {
  place = 0;
  lights = new Lights();
  // How the controls of the card stood when it came, and whether one has been moved since.
  before = "";
  answered = false;
  frame = 0;
  /** @type {number | null} */
  corner = null;

  /**
   * @param {Parent} parent
   * @param {HTMLElement} opener
   * @param {Sent} sent
   */
  constructor(parent, opener, sent) {
    const { labels } = sent;
    this.parent = parent;
    this.opener = opener;
    this.sent = sent;
    this.title = element("span", { id: "wd-guide-title" });
    this.text = element("p", { id: "wd-guide-text" });
    this.after = element("p", { class: "wd-after" });
    this.back = button(labels.back, () => this.step(-1), labels.back);
    this.next = button(labels.next, () => this.step(1), labels.next);
    this.card = element(
      "div",
      {
        class: "wd-card",
        role: "dialog",
        tabindex: -1,
        "aria-labelledby": "wd-guide-title",
        "aria-describedby": "wd-guide-text",
        onkeydown: (event) => this.pressed(event),
      },
      element(
        "div",
        { class: "wd-card-head" },
        this.title,
        button(labels.close, () => this.close(), "×"),
      ),
      element("div", { "aria-live": "polite" }, this.text, this.after),
      element("div", { class: "wd-card-ways" }, this.back, this.next),
    );
    parent.append(this.card, this.lights.node);
    opener.ariaExpanded = "true";
    addEventListener("keydown", this.escaped);
    this.begin(this.ahead(0, 1));
    this.card.focus({ preventScroll: true });
    this.follow();
  }

  /**
   * A page that is drawn anew brings the same cards again, another page its own.
   * @param {Sent | null} sent
   */
  accept(sent) {
    if (sent?.page !== this.sent.page) this.close();
    else this.sent = sent;
  }

  /** @returns {Card} */
  get now() {
    const { cards, labels } = this.sent;
    const nothing = { text: labels.nothing, after: null, curves: [], controls: [], parts: [] };
    return cards[this.place] ?? nothing;
  }

  /**
   * The next card of which all is there, from this one on; none: beyond the last, or the first.
   * @type {(place: number, by: number) => number}
   */
  ahead(place, by) {
    const { cards } = this.sent;
    while (cards[place] && !isThere(cards[place])) place += by;
    return place;
  }

  // ---- from card to card

  /** @param {number} by */
  step(by) {
    const place = this.ahead(this.place + by, by);
    if (this.sent.cards[place]) this.begin(place);
    else if (by > 0) this.close();
  }

  /** @param {number} place */
  begin(place) {
    this.place = place;
    setText(this.text, this.now.text);
    setText(this.after, "");
    this.count();
    this.before = this.stand();
    this.answered = false;
    this.bringIntoView();
    this.show();
  }

  // Which of how many it is: what the reader does may bring more.
  count() {
    const { cards, labels } = this.sent;
    const told = cards.filter(isThere);
    const number = Math.max(0, told.indexOf(this.now)) + 1;
    const last = !cards[this.ahead(this.place + 1, 1)];
    const label = last ? labels.done : labels.next;
    setText(this.title, fill(labels.place, { card: number, cards: Math.max(1, told.length) }));
    if (this.next.title !== label) this.next.title = this.next.ariaLabel = label;
    setText(this.next, label);
    if (document.activeElement === this.back && number === 1) this.card.focus();
    this.back.disabled = number === 1;
  }

  /** How the controls of the card stand. */
  stand() {
    return this.now.controls.map((one) => standOf(control(one))).join("\n");
  }

  answer() {
    if (this.answered || !this.now.after || this.stand() === this.before) return;
    this.answered = true;
    setText(this.after, this.now.after);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    /** @type {{ [key: string]: number }} */
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    // an arrow does not go out at the end
    if (this.sent.cards[this.ahead(this.place + by, by)]) this.step(by);
  }

  /** @param {KeyboardEvent} event */
  escaped = (event) => {
    const opened = /** @type {Element} */ (event.target).getAttribute?.("aria-expanded") === "true";
    const other = opened && event.target !== this.opener; // a list of choices, say: it closes first
    if (event.key === "Escape" && !event.defaultPrevented && !other) this.close();
  };

  // ---- where it is

  // The page may be drawn anew or scrolled at any time.
  follow = () => {
    this.answer();
    this.count();
    this.show();
    this.frame = requestAnimationFrame(this.follow);
  };

  show() {
    const { nodes, panels } = places(this.now);
    this.lights.show(this.now, nodes);
    this.keepClear([...nodes, ...panels]);
  }

  /**
   * In the corner of the window where it covers least of what it speaks of; it stays until another
   * is better.
   * @param {Box[]} boxes
   */
  keepClear(boxes) {
    const { card } = this;
    const { width, height } = card.getBoundingClientRect();
    const right = document.documentElement.clientWidth - width - GAP;
    const bottom = innerHeight - height - GAP;
    const corners = [
      [right, bottom],
      [GAP, bottom],
      [right, ABOVE],
      [GAP, ABOVE],
    ].map(([left, top]) => ({ left, top, right: left + width, bottom: top + height }));
    const covered = corners.map((corner) =>
      boxes.reduce((sum, box) => sum + shared(corner, box), 0),
    );
    const least = covered.indexOf(Math.min(...covered));
    if (this.corner === null || covered[least] < covered[this.corner]) this.corner = least;
    const { left, top } = corners[this.corner];
    card.style.left = `${left}px`;
    card.style.top = `${top}px`;
  }

  /** On a phone the card takes the lower part of the window. */
  bringIntoView() {
    const { nodes, panels } = places(this.now);
    const all = [...nodes, ...panels];
    if (!all.length) return;
    const taken = innerWidth < NARROW ? this.card.offsetHeight + GAP : 0;
    const room = innerHeight - taken - ABOVE - GAP;
    const whole = around(all);
    const box = whole.bottom - whole.top <= room ? whole : all[0];
    const { top, bottom } = box;
    const lowest = ABOVE + room;
    if (top >= ABOVE && bottom <= lowest) return;
    const by = bottom > lowest && bottom - top <= room ? bottom - lowest : top - ABOVE;
    scroller(this.parent)?.scrollBy(0, by);
  }

  // ---- the end

  close() {
    if (this.parent[GUIDE] !== this) return;
    delete this.parent[GUIDE];
    cancelAnimationFrame(this.frame);
    removeEventListener("keydown", this.escaped);
    const focused = document.activeElement;
    const ours = !focused || focused === document.body || this.card.contains(focused);
    this.lights.clear();
    this.lights.node.remove();
    this.card.remove();
    this.opener.ariaExpanded = "false";
    if (ours) this.opener.focus({ preventScroll: true });
  }
}

/** @type {(text: string, values: { [name: string]: number }) => string} */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** @param {Element | undefined} node */
function standOf(node) {
  if (!node) return "";
  const parts = [...node.querySelectorAll("input, [role=slider]")].map((one) =>
    one instanceof HTMLInputElement
      ? `${one.value} ${one.checked}`
      : one.getAttribute("aria-valuenow"),
  );
  return [node.textContent, ...parts].join(" ");
}

/**
 * What scrolls the page around a node.
 * @param {Element} node
 */
function scroller(node) {
  for (let one = node.parentElement; one; one = one.parentElement) {
    const { overflowY } = getComputedStyle(one);
    if (/auto|scroll/.test(overflowY) && one.scrollHeight > one.clientHeight) return one;
  }
  return document.scrollingElement;
}
