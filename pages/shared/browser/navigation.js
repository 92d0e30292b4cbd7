// @ts-check
// The navigation as Streamlit makes it, and what it leaves out. Which group holds the open page, and
// that page's name, are marked where the menu is shut. And on a phone it puts headings and boxes into
// the list of pages, where a list may hold items alone: a screen reader is told of a group of links.

const PAGES = '[data-testid="stSidebarNavItems"]';
const HEAD = '[data-testid="stHeader"]';
const GROUPS = '[data-testid="stTopNavSection"]';
const OPENER = '[data-testid="stExpandSidebarButton"]';
const NARROW = matchMedia("(max-width: 768px)");
const watched = new MutationObserver(tell);
// On a wide window the head alone: it changes seldom, and the page all the time.
const head = new MutationObserver(show);
/** Of the open page: its group, nothing where it has none, and its name. */
let open = ["", ""];

function tell() {
  for (const list of document.querySelectorAll(PAGES)) {
    list.setAttribute("role", "group");
    for (const item of list.querySelectorAll("li")) item.setAttribute("role", "none");
  }
}

function watch() {
  watched.disconnect();
  if (NARROW.matches) watched.observe(document.documentElement, { childList: true, subtree: true });
  tell();
}

/**
 * Mark the open page's place.
 * @type {(group: string, name: string) => void}
 */
export function mark(group, name) {
  open = [group, name];
  head.disconnect();
  const node = document.querySelector(HEAD);
  if (node) head.observe(node, { childList: true, subtree: true, attributeFilter: ["inert"] });
  show();
}

function show() {
  const [group, name] = open;
  const groups = [...document.querySelectorAll(GROUPS)];
  const own =
    groups.find((node) => node.firstElementChild?.textContent === group && !isLeftOut(node)) ??
    (group ? groups.findLast((node) => !isLeftOut(node)) : undefined); // it has all that do not fit
  for (const node of groups) {
    setAttribute(node, "aria-current", node === own ? "true" : "");
    if (node.firstElementChild)
      setAttribute(node.firstElementChild, "data-page", node === own ? name : "");
  }
  for (const node of document.querySelectorAll(OPENER)) setAttribute(node, "data-page", name);
}

/** @param {Element} node */
const isLeftOut = (node) => node.closest("[inert]") !== null;

/** @type {(node: Element, name: string, value: string) => void} */
function setAttribute(node, name, value) {
  if (value) node.setAttribute(name, value);
  else node.removeAttribute(name);
}

NARROW.addEventListener("change", watch);
watch();
