// @ts-check
// A sentence in which each term of the glossary is a link where it first stands.

import { element, setText } from "./nodes.js";

/**
 * @typedef {object} Terms
 * @property {string} address of the glossary
 * @property {{ [word: string]: string }} words in small letters, each with its anchor there
 */

// Beside these signs a word goes on; between Chinese ones there is no blank.
const BESIDE = "(?!\\p{Script=Han})[\\p{L}\\d]";
// Sent once with the page, for all its charts.
const TERMS = Symbol.for("weight-decay-explorer terms");

/** @type {Terms | undefined} */
let before;
/** @type {RegExp | undefined} */
let pattern;

/** @type {(node: Element, text: string) => void} */
export function writeLinked(node, text) {
  if (node.textContent === text) return;
  /** @type {Terms | undefined} */
  const terms = /** @type {any} */ (window)[TERMS];
  if (!terms) return setText(node, text);
  node.replaceChildren();
  node.append(...parts(text, terms, told(terms)));
}

/**
 * The anchors that the page links already.
 * @param {Terms} terms
 */
function told({ address }) {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll(`a[href^="${CSS.escape(address)}#"]`);
  return new Set([...links].map((link) => link.hash.slice(1)));
}

/**
 * A new tab opens: whoever reads loses nothing.
 * @type {(text: string, terms: Terms, told: Set<string>) => (Node | string)[]}
 */
function parts(text, terms, told) {
  return text.split(patternOf(terms)).map((part, place) => {
    const anchor = place % 2 ? terms.words[part.toLowerCase()] : undefined;
    if (!anchor || told.has(anchor)) return part;
    told.add(anchor);
    return element("a", { href: `${terms.address}#${anchor}`, target: "_blank" }, part);
  });
}

/**
 * The longest first: "weight decay" is more than decay.
 * @param {Terms} terms
 */
function patternOf(terms) {
  if (!pattern || terms !== before) {
    const words = Object.keys(terms.words).sort((one, other) => other.length - one.length);
    const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    pattern = new RegExp(`(?<!${BESIDE})(${escaped.join("|")})(?!${BESIDE})`, "giu");
    before = terms;
  }
  return pattern;
}
