// @ts-check
// Started by the page's head: Plotly is evaluated, and the style read, while Streamlit's own program
// is still on its way. A chart that asks for either waits for the same.

import "./offline.js";
import { loadPlotly, loadStyle } from "./loading.js";

for (const link of document.querySelectorAll('link[rel="preload"][href*="/asset/"]')) {
  const load = link.getAttribute("as") === "style" ? loadStyle : loadPlotly;
  load(link.getAttribute("href") ?? "").catch(() => {}); // the chart tries again, and says so
}
