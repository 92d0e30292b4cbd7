// @ts-check
// How high a picture is: as high as the window has room for, and never too small to be read.

/** @import { Layout } from "./plotly.d.ts" */

// Of the height that its maker gave it; below a question less, of one panel, so that both are seen.
const LEAST = 0.75;
const LEAST_ASKED = 0.55;
const ASKED = ".st-key-lesson, .st-key-exercise";
// What stands below it, in letters' heights: the row of what moves it.
const BELOW = 2.75;
// A picture that begins lower than this share of the window is not the first thing on its page.
const FIRST = 0.6;
// No picture is higher than this share of its width.
const HIGHEST = 0.75;

/**
 * From where it begins, with nothing scrolled, to the end of the window; 0: it has its own height.
 * @param {HTMLElement} node
 */
export function room(node) {
  const window = innerHeight;
  const from = begins(node);
  if (node.clientWidth < 1 || from > FIRST * window) return 0;
  const letters = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const below = BELOW * letters;
  return Math.min(window - from - below, HIGHEST * Math.max(node.clientWidth, window));
}

/**
 * A column that follows the window stands elsewhere than where it began.
 * @param {HTMLElement} node
 */
function begins(node) {
  const main = node.closest('[data-testid="stMain"]');
  const column = node.closest('[data-testid="stColumn"]');
  const top = node.getBoundingClientRect().top;
  if (!main) return top + scrollY;
  const followed = column?.firstElementChild ?? node;
  const away = (column ?? node).getBoundingClientRect().top - followed.getBoundingClientRect().top;
  return top + away + main.scrollTop - main.getBoundingClientRect().top;
}

/**
 * Gives a layout the height that there is room for; what stands above its panels, at a share of
 * their height, moves up with it.
 * @type {(layout: Layout, room: number | null, narrow: boolean) => void}
 */
export function fit(layout, room, narrow) {
  if (!room || narrow) return; // what is scrolled anyway has the height that its maker gave it
  const { height, margin, meta } = layout;
  const usual = meta?.least ?? LEAST;
  const small = !("xaxis2" in layout) && document.querySelector(ASKED);
  const least = small ? Math.min(usual, LEAST_ASKED) : usual;
  layout.height = Math.round(Math.max(least * height, room));
  margin.t *= Math.max(1, layout.height / height);
}
