// @ts-check
// Started by the page's head: Plotly is evaluated, and the style read, while Streamlit's own program
// is still on its way. A chart that asks for either waits for the same.

import "./heading.js";
import "./navigation.js";
import "./offline.js";
import "./paper.js";
import "./places.js";
import "./reach.js";
import "./skip.js";
import { loadPlotly, loadStyle } from "./loading.js";

/** @type {{ [as: string]: (address: string) => Promise<unknown> }} */
const loads = { style: loadStyle, script: loadPlotly };

for (const link of document.querySelectorAll('link[rel="preload"][href*="/asset/"]')) {
  const load = loads[link.getAttribute("as") ?? ""];
  load?.(link.getAttribute("href") ?? "").catch(() => {}); // the chart tries again, and says so
}
