// @ts-check
// What is printed: the page in light colours and at a sheet's width, and below it the settings, the
// link and its QR code. A browser lays the sheet out as soon as this has heard that it prints.

import { element } from "./nodes.js";
import { say } from "./words.js";

/** @typedef {{ modules: number, path: string }} Code */
/** @typedef {{ settings: [string, string][], code?: Code, refused?: string, heed?: string }} Sheet */

const SVG = "http://www.w3.org/2000/svg";
// No picture is higher: with its words, settings and link it fits on A4 and on Letter.
const HIGHEST = 470;
// Under a question that is to be answered by hand.
const HIGHEST_ASKED = 340;
const ASKED = ".st-key-exercise, .st-key-lesson";
// A code's module is at least so wide that a phone makes it out at arm's length.
const MODULE_MM = 0.4;
const LEAST_MM = 26;
const base = new URL(import.meta.url).pathname.split("/asset/")[0];

/** @type {HTMLElement | null} */
let foot = null;

/** Whether the page is being printed. */
export const isOnPaper = () => foot !== null;

/** How high a picture is there. */
export const heightOnPaper = () => (document.querySelector(ASKED) ? HIGHEST_ASKED : HIGHEST);

const style = () =>
  /** @type {HTMLLinkElement | null} */ (document.querySelector('link[href$="/paper.css"]'));

/**
 * The browser waits for it, as it lays the sheet out at once; nothing where there is no server.
 * @type {(link: string) => Sheet | null}
 */
function asked(link) {
  const request = new XMLHttpRequest();
  const query = new URLSearchParams({ link, lang: document.documentElement.lang });
  try {
    request.open("GET", `${base}/api/paper?${query}`, false);
    request.send();
    return request.status === 200 ? JSON.parse(request.responseText) : null;
  } catch {
    return null;
  }
}

/** @param {Code} code */
function drawn({ modules, path }) {
  const box = document.createElementNS(SVG, "svg");
  const lines = document.createElementNS(SVG, "path");
  box.setAttribute("viewBox", `0 0 ${modules} ${modules}`);
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", say("The link as a QR code"));
  box.style.width = `${Math.max(LEAST_MM, MODULE_MM * modules)}mm`;
  lines.setAttribute("d", path);
  lines.setAttribute("stroke", "#000");
  box.append(lines);
  return box;
}

function footOfSheet() {
  const link = location.origin + location.pathname + location.search;
  const sheet = asked(link);
  const settings = (sheet?.settings ?? []).map(([name, value]) =>
    element("span", {}, `${name} = `, element("b", {}, value)),
  );
  const words = element(
    "div",
    { class: "wd-sheet-words" },
    element("p", { class: "wd-sheet-title" }, document.title),
  );
  if (settings.length) words.append(element("p", { class: "wd-sheet-settings" }, ...settings));
  const heed = sheet?.heed ? ` (${sheet.heed})` : "";
  words.append(element("p", { class: "wd-sheet-link" }, link + heed));
  if (sheet?.refused) words.append(element("p", {}, sheet.refused));
  return element(
    "footer",
    { class: "wd-sheet" },
    ...(sheet?.code ? [drawn(sheet.code)] : []),
    words,
  );
}

// It comes before the charts' own listeners, which draw in what this has set.
addEventListener("beforeprint", () => {
  foot?.remove();
  foot = footOfSheet();
  document.body.append(foot);
  style()?.setAttribute("media", "all");
});

addEventListener("afterprint", () => {
  foot?.remove();
  foot = null;
  style()?.setAttribute("media", "print");
});
