// @ts-check
// What scrolls sideways, a long formula or a wide table, is reached by key, too; and where a file is
// dropped is a place that has a name, and no mere decoration as Streamlit calls it.

const MAY_SCROLL = '.katex-display, [data-testid="stTable"] div';
// Only once nothing has changed for so long: to measure is dear while a picture is dragged.
const CALM_MS = 300;

function mark() {
  for (const one of document.querySelectorAll(MAY_SCROLL))
    if (one.scrollWidth > one.clientWidth) one.setAttribute("tabindex", "0");
  for (const one of document.querySelectorAll('section[role="presentation"][aria-label]'))
    one.setAttribute("role", "group");
}

/** @type {number | undefined} */
let timer;
const changes = new MutationObserver(() => {
  clearTimeout(timer);
  timer = setTimeout(mark, CALM_MS);
});
changes.observe(document.documentElement, { childList: true, subtree: true });

export {};
