// Plotly and the style, each fetched once a page.

const loading = new Map();

function once(address, start) {
  if (!loading.has(address)) {
    const promise = start();
    promise.catch(() => loading.delete(address));
    loading.set(address, promise);
  }
  return loading.get(address);
}

function loadTag(node) {
  return new Promise((resolve, reject) => {
    node.onload = resolve;
    node.onerror = () => reject(new Error(`${node.src || node.href} did not load`));
    document.head.append(node);
  });
}

export function loadPlotly(address) {
  return once(address, async () => {
    await loadTag(Object.assign(document.createElement("script"), { src: address, async: true }));
    if (!window.Plotly) throw new Error("Plotly is missing");
    return window.Plotly;
  });
}

export function loadStyle(address) {
  const link = () =>
    Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
  return once(address, () => loadTag(link()));
}
