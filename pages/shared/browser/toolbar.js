// @ts-check
// The words of Plotly's own tools, where they are not English; numbers stay as they are.

import { isEnglish, say } from "./words.js";

/** @import { Plotly } from "./plotly.d.ts" */

const NAME = "told";

const dictionary = () => ({
  Zoom: say("Zoom"),
  Pan: say("Pan"),
  "Zoom in": say("Zoom in"),
  "Zoom out": say("Zoom out"),
  "Orbital rotation": say("Orbital rotation"),
  "Turntable rotation": say("Turntable rotation"),
  "Reset camera to default": say("Reset camera to default"),
  "Reset camera to last save": say("Reset camera to last save"),
});

/**
 * What Plotly is to be set up with so that it says these.
 * @param {Plotly} plotly
 */
export function inWords(plotly) {
  if (isEnglish()) return {};
  plotly.register({ moduleType: "locale", name: NAME, dictionary: dictionary(), format: {} });
  return { locale: NAME };
}
