// @ts-check
// Says that the line is cut, for as long as it is, in place of Streamlit's own dialog about it.

import { line } from "./line.js";
import { element, setText } from "./nodes.js";

const WORDS = "No connection; your settings are kept; trying again";
// What is over before that is not worth a word.
const CALM_MS = 500;

const bar = element("div", { class: "wd-offline", role: "status" });
const show = () => document.body.append(bar);
// The page's head may run this before there is a body.
if (document.body) show();
else addEventListener("DOMContentLoaded", show);

/** @type {number | undefined} */
let timer;
const dialogs = new MutationObserver(dismiss);

line.addEventListener("cut", () => {
  timer = setTimeout(() => setText(bar, WORDS), CALM_MS);
  dialogs.observe(document.body, { childList: true });
});
line.addEventListener("back", () => {
  clearTimeout(timer);
  setText(bar, "");
  dialogs.disconnect();
});

function dismiss() {
  /** @type {HTMLElement | null} */
  const close = document.querySelector('[role="dialog"] button[aria-label="Close"]');
  close?.click();
}
