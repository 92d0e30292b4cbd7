// @ts-check
// The glossary: terms by their letters, each opened in its place, and a field that looks among them.

import { loadStyle } from "./loading.js";
import { element, setText } from "./nodes.js";

/** @typedef {{ anchor: string, term: string, text: string, seen: string, link: string }} Entry */
/** @typedef {{ look: string, found: string, nothing: string }} Labels */
/** @typedef {{ entries: Entry[], labels: Labels, style: string }} Sent */

const GLOSSARY = Symbol.for("weight-decay-explorer glossary");
// What has a letter to stand under: a term in Chinese has none.
const LETTER = /^[a-z]/i;
// So few that are found are opened at once.
const FEW = 3;

/** @typedef {HTMLElement & { [GLOSSARY]?: Glossary }} Parent */

/** @type {(parent: Parent, sent: Sent) => void} */
export function show(parent, sent) {
  const told = JSON.stringify(sent.labels); // other ones in another language
  if (parent[GLOSSARY]?.told === told) return;
  parent.replaceChildren();
  parent[GLOSSARY] = new Glossary(parent, sent, told);
}

class Glossary {
  /**
   * @param {Parent} parent
   * @param {Sent} sent
   * @param {string} told
   */
  constructor(parent, { entries, labels, style }, told) {
    this.labels = labels;
    this.told = told;
    const { compare } = new Intl.Collator(document.documentElement.lang);
    this.entries = entries
      .map((entry) => ({
        box: drawn(entry),
        words: `${entry.term} ${entry.text}`.toLowerCase(),
        letter: LETTER.test(entry.term) ? entry.term[0].toUpperCase() : "",
        term: entry.term,
      }))
      .sort((one, other) => compare(one.term, other.term));
    this.groups = letters(this.entries).map(([letter, boxes]) =>
      element(
        "section",
        letter ? { "aria-label": letter } : {},
        element("span", { class: "wd-letter", "aria-hidden": "true" }, letter),
        ...boxes,
      ),
    );
    this.field = element("input", {
      type: "search",
      "aria-label": labels.look,
      placeholder: labels.look,
      oninput: () => this.look(),
    });
    this.count = element("span", { role: "status" });
    const root = element(
      "div",
      { class: "wd-glossary", style: "visibility: hidden" },
      element("div", { class: "wd-look" }, this.field, this.count),
      element("div", { class: "wd-terms-list" }, ...this.groups),
    );
    parent.append(root);
    addEventListener("hashchange", () => this.open());
    loadStyle(style)
      .catch(() => {})
      .then(() => {
        root.style.visibility = "";
        this.open();
      });
  }

  /** The entry that the address names. */
  open() {
    const heading = document.getElementById(location.hash.slice(1));
    const box = heading?.closest("details");
    if (!box) return;
    box.open = true;
    box.scrollIntoView({ block: "center" });
    box.querySelector("summary")?.focus({ preventScroll: true });
  }

  /** Only the entries that have what is typed; a few of them are opened. */
  look() {
    const wanted = this.field.value.trim().toLowerCase();
    const found = this.entries.filter(({ words }) => words.includes(wanted));
    for (const { box, words } of this.entries) {
      box.hidden = !words.includes(wanted);
      box.open = wanted !== "" && found.length <= FEW && !box.hidden;
    }
    for (const group of this.groups)
      group.hidden = [...group.children].every((one) => one.matches("span, [hidden]"));
    const { labels } = this;
    const said = labels.found.replace("{count}", String(found.length));
    setText(this.count, wanted ? (found.length ? said : labels.nothing) : "");
  }
}

/**
 * What stands under each letter, and each term without one for itself, so that columns may break.
 * @param {{ letter: string, box: HTMLElement }[]} entries
 */
function letters(entries) {
  /** @type {[string, HTMLElement[]][]} */
  const groups = [];
  for (const { letter, box } of entries) {
    const last = groups.at(-1);
    if (letter && last?.[0] === letter) last[1].push(box);
    else groups.push([letter, [box]]);
  }
  return groups;
}

/** @param {Entry} entry */
function drawn({ anchor, term, text, seen, link }) {
  return element(
    "details",
    {},
    element("summary", {}, element("h2", { id: anchor }, term)),
    element("p", {}, `${text} `, element("a", { href: link }, seen)),
  );
}
