// @ts-check
// What Python is told of a chart, and what it may never have heard.

/** @import { Choice } from "./payload.d.ts" */
/** @import { Value } from "./plotly.d.ts" */

/** @typedef {{ slot: string, value: string }} Dragged a control by its key, and its value in words */
/** @typedef {"chosen" | "clicked" | "grown" | "dragged"} Happening */
/** @typedef {(event: Happening, value: Choice | Value[] | number | Dragged) => void} Tell */

export class Telling {
  /**
   * What was told last, for as long as no answer has come.
   * @type {{ event: Happening, value: Choice | Value[] | number | Dragged } | null}
   */
  unanswered = null;
  /** @type {Tell} */
  python = () => {};

  /** @type {Tell} */
  tell(event, value) {
    if (event !== "grown") this.unanswered = { event, value };
    this.python(event, value);
  }

  // It may have gone with the line to the server.
  tellAgain() {
    if (this.unanswered) this.tell(this.unanswered.event, this.unanswered.value);
  }
}
