// @ts-check
// The keys of a walk through a picture, in a window of their own.

import { button, element } from "./nodes.js";
import { say } from "./words.js";

/** @type {(clicked: boolean) => [string, string][]} */
const keys = (clicked) => [
  ["← →", say("the point before, the next point")],
  ["↑ ↓", say("the curve or row above, the one below")],
  ["Home, End", say("the first point, the last point")],
  ["Ctrl + ← →", say("a tenth of the curve back, on")],
  ["[ ]", say("the lowest point of the curve, the highest")],
  ["Shift + Home, End", say("play to the beginning of the curve, to its end")],
  ["Ctrl", say("stop playing")],
  ["Q, E", say("play faster, slower")],
  [say("Space"), say("the same point again")],
  ...(clicked
    ? [/** @type {[string, string]} */ (["Enter", say("choose the point, as a click does")])]
    : []),
  ["Esc", say("leave the picture")],
];

/** @type {(parent: Element, clicked: boolean) => void} */
export function showKeys(parent, clicked) {
  const name = say("Keys for the points of a picture");
  /** @type {HTMLDialogElement} */
  const dialog = element(
    "dialog",
    { class: "wd-keys", "aria-label": name, onclose: () => dialog.remove() },
    element(
      "table",
      {},
      element("caption", {}, name),
      element(
        "tbody",
        {},
        ...keys(clicked).map(([key, does]) =>
          element("tr", {}, element("th", { scope: "row" }, key), element("td", {}, does)),
        ),
      ),
    ),
    button(say("Close"), () => dialog.close(), say("Close")),
  );
  parent.append(dialog);
  dialog.showModal();
}
