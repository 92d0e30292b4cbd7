// @ts-check
// Says that the line is cut, for as long as it is, in place of Streamlit's own dialog about it.

import { line } from "./line.js";
import { element, onceThereIsABody, setText } from "./nodes.js";
import { say } from "./words.js";

// What is over before that is not worth a word.
const CALM_MS = 500;

const bar = element("div", { class: "wd-offline", role: "status" });
onceThereIsABody(() => document.body.append(bar));

/** @type {number | undefined} */
let timer;
const dialogs = new MutationObserver(dismiss);

line.addEventListener("cut", () => {
  timer = setTimeout(
    () => setText(bar, say("No connection; your settings are kept; trying again")),
    CALM_MS,
  );
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
