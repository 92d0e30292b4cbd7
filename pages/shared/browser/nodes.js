// @ts-check
// The elements that the chart's own parts are made of.

const ICONS = {
  play: "M4 2l10 6-10 6z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  back: "M2 2h2v12H2zM14 2v12L5 8z",
  forward: "M12 2h2v12h-2zM2 2v12l9-6z",
  stop: "M3 3h10v10H3z",
  table: "M1 2h14v12H1zM2.5 6v2.5h5V6zM9 6v2.5h4.5V6zM2.5 10v2.5h5V10zM9 10v2.5h4.5V10z",
};

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {{ [name: string]: string | number | ((event: any) => unknown) }} attributes `on...` listens
 * @param {...(Node | string)} children
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, String(value));
  }
  node.append(...children);
  return node;
}

/** @type {(node: Element, text: string) => void} */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * What the page's head starts may run before there is a body.
 * @param {() => void} place puts something there
 */
export function onceThereIsABody(place) {
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);
}

/**
 * Its track is filled as far as its thumb: no browser does it in our colours in both themes.
 * @param {HTMLInputElement} range
 */
export function fill(range) {
  const { max, min, value } = range;
  const share = (Number(value) - Number(min)) / (Number(max) - Number(min) || 1);
  range.style.setProperty("--wd-share", String(share));
}

/** @param {keyof typeof ICONS} name */
export function icon(name) {
  const box = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  box.setAttribute("viewBox", "0 0 16 16");
  box.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  box.append(path);
  return box;
}

/** @type {(label: string, onclick: () => unknown, ...children: (Node | string)[]) => HTMLButtonElement} */
export function button(label, onclick, ...children) {
  return element(
    "button",
    { type: "button", class: "wd-button", "aria-label": label, title: label, onclick },
    ...children,
  );
}
