// @ts-check
// Plotly and the style, each fetched once a page.

/** @import { Plotly } from "./plotly.d.ts" */

/** @type {Map<string, Promise<any>>} */
const loading = new Map();

/**
 * @template T
 * @param {string} address
 * @param {() => Promise<T>} start
 * @returns {Promise<T>}
 */
function once(address, start) {
  const earlier = loading.get(address);
  if (earlier) return earlier;
  const promise = start();
  promise.catch(() => loading.delete(address));
  loading.set(address, promise);
  return promise;
}

/**
 * @param {HTMLScriptElement | HTMLLinkElement} node
 * @returns {Promise<unknown>}
 */
function loadTag(node) {
  const address = "src" in node ? node.src : node.href;
  return new Promise((resolve, reject) => {
    node.onload = resolve;
    node.onerror = () => reject(new Error(`${address} did not load`));
    document.head.append(node);
  });
}

/** @type {(address: string) => Promise<Plotly>} */
export function loadPlotly(address) {
  return once(address, async () => {
    await loadTag(Object.assign(document.createElement("script"), { src: address, async: true }));
    if (!window.Plotly) throw new Error("Plotly is missing");
    return window.Plotly;
  });
}

/** @param {string} address */
export function loadStyle(address) {
  const link = () =>
    Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
  return once(address, () => loadTag(link()));
}
