// @ts-check
// The first stops of a page by key: one leads past the navigation to what is set, λ before all, the
// other to the picture. They stand in for Streamlit's own, which knows one language and one place.

import { element, onceThereIsABody, setText } from "./nodes.js";
import { SPOKEN, say } from "./words.js";

// λ, else a chart's own slider, else whatever else is set or pressed below the question.
const CONTROLS = [
  '.st-key-weight_decay input, .wd-slider[data-key="weight_decay"] input',
  '[data-testid="stMain"] :is(.wd-slider input, .wd-guess input)',
  '[data-testid="stMain"] [data-testid="stColumn"] ~ [data-testid="stColumn"] :is(input, summary)',
  '[data-testid="stMain"] :is(input, select, summary)',
  '[data-testid="stMain"] :is(a, button):not(.wd-guide)',
];
const PICTURE = [".wd-chart"];
const APART = ".st-key-language, .wd-bar";

/** @param {string[]} places the first of which anything is there wins */
function target(places) {
  for (const place of places)
    for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(place)))
      if (node.getClientRects().length && !node.matches(":disabled") && !node.closest(APART))
        return node;
  return document.getElementById("stMain");
}

/** @param {string[]} places */
function link(places) {
  return element("a", {
    href: "#stMain",
    onclick: (event) => {
      event.preventDefault();
      const there = target(places);
      if (there?.matches(PICTURE[0])) there.tabIndex = -1; // no stop, but to be led to
      there?.focus();
      there?.scrollIntoView({ block: "nearest" });
    },
  });
}

const [controls, picture] = [link(CONTROLS), link(PICTURE)];

function write() {
  setText(controls, say("Skip to the controls"));
  setText(picture, say("Skip to the picture"));
}

addEventListener(SPOKEN, write);
write();
const links = element("div", { class: "wd-skip" }, controls, picture);
onceThereIsABody(() => document.body.prepend(links));
