// @ts-check
// What Streamlit calls: one chart a node, which outlives updates and leaves with the node.

import { Chart } from "./chart.js";
import { speak } from "./words.js";

/** @import { Assets, Sent } from "./chart.js" */
/** @import { Tell } from "./telling.js" */

const CHART = Symbol.for("weight-decay-explorer chart");

/** @typedef {HTMLElement & { [CHART]?: { destroy(): void } }} Parent */

/** @type {(parent: Parent, data: Sent & { assets: Assets }, tell?: Tell) => Promise<() => void>} */
export async function mount(parent, data, tell = () => {}) {
  await speak(data.assets.words);
  const chart = chartOf(parent, data.assets);
  chart.telling.python = tell;
  chart.accept(data);
  // Streamlit also runs the cleanup of a call that a newer one overtook, while the node lives
  // on; only a node that has left the page is an unmount.
  return () =>
    setTimeout(() => {
      if (parent.isConnected || parent[CHART] !== chart) return;
      delete parent[CHART];
      chart.destroy();
    });
}

/**
 * On a page that has outlived an update of the server the chart is one of the older files; and where
 * another language is chosen it is one of the other words.
 * @type {(parent: Parent, assets: Assets) => Chart}
 */
function chartOf(parent, assets) {
  const chart = parent[CHART];
  if (chart instanceof Chart && chart.assets.words === assets.words) return chart;
  chart?.destroy();
  const fresh = new Chart(parent, assets);
  parent[CHART] = fresh;
  return fresh;
}
