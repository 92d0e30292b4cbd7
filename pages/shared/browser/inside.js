// @ts-check
// Names that reach out of a small picture are moved into it.

// A picture as wide as this has room for its names.
const ROOMY = 760;
// Headings and names beside the curves, and titles of axes; what the panels cut off is meant to be.
const NAMES =
  '.annotation, .textpoint:not([clip-path] *), .infolayer > [class^="g-"][class$="title"]';

/** @param {HTMLElement} node a picture as it has been drawn */
export function bringInside(node) {
  if (node.clientWidth >= ROOMY) return;
  const edge = node.getBoundingClientRect();
  const names = [.../** @type {NodeListOf<SVGElement>} */ (node.querySelectorAll(NAMES))];
  for (const { style } of names) style.translate = "";
  const boxes = names.map((name) => name.getBoundingClientRect());
  names.forEach(({ style }, place) => {
    const { left, right } = boxes[place];
    const by = Math.max(edge.left - left, Math.min(0, edge.right - right));
    if (by) style.translate = `${by}px`;
  });
}
