// What a page loses in the window that it has, said in lines; the page is left scrolled to its top.
() => {
  const SLACK = 2;
  // What is as wide as it is: tables, formulas and code scroll in their places.
  const WIDE =
    '[data-testid="stTable"], [data-testid="stDataFrame"], .wd-table, .katex-display, .katex, pre, [role="tablist"]';
  const CONTROLS =
    'button, a[href], input, select, textarea, summary, [role="slider"], [role="switch"], [role="tab"]';
  // The menu of a narrow window, until it is opened.
  const ASIDE = '[data-testid="stSidebar"]';
  const faults = new Set();
  const main = document.querySelector('[data-testid="stMain"]');
  const told = (text) => JSON.stringify(text.trim().replace(/\s+/g, " ").slice(0, 60));

  const called = (node) =>
    node.dataset.testid ?? node.closest("[data-testid]")?.dataset.testid ?? node.getAttribute("class") ?? node.tagName;

  for (const one of [document.documentElement, document.body, main]) {
    one.scrollTo(0, 0);
    if (one.scrollWidth > one.clientWidth + SLACK)
      faults.add(`${one.tagName} scrolls sideways: ${one.scrollWidth} in ${one.clientWidth}`);
  }

  const isShown = (node) =>
    node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    node.getClientRects().length > 0;
  const kept = (compute) => {
    const known = new Map();
    return (node) => {
      if (!known.has(node)) known.set(node, compute(node));
      return known.get(node);
    };
  };
  const style = kept(getComputedStyle);
  const edges = kept((node) => node.getBoundingClientRect());
  // Said to a screen reader alone.
  const isUnseen = kept((node) => {
    if (!node || node === document.body) return false;
    const { clip, clipPath, position } = style(node);
    const small = position === "absolute" && edges(node).width <= 1 && edges(node).height <= 1;
    return small || /^rect\(0px/.test(clip) || clipPath === "inset(50%)" || isUnseen(node.parentElement);
  });

  // A table's rows are scrolled to in the place that it has.
  const isScrolledAway = (box, parent) => {
    for (let one = parent; one && one !== main && one !== document.body; one = one.parentElement) {
      if (!/auto|scroll/.test(style(one).overflowY)) continue;
      const { top, bottom } = edges(one);
      if (box.top < top - SLACK || box.bottom > bottom + SLACK) return true;
    }
    return false;
  };

  // ---- text that is cut off

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest(`script, style, option, noscript, ${ASIDE}`)) continue;
    if (!isShown(parent) || isUnseen(parent)) continue;
    if (parent.closest("svg [clip-path]")) continue; // a picture's own window
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 1);
    texts.push({ node, parent, boxes: boxes.filter((box) => !isScrolledAway(box, parent)) });
  }
  const cutBy = (box, parent) => {
    if (parent.closest(WIDE)) return null;
    for (let one = parent; one && one !== document.body; one = one.parentElement) {
      const { overflowX, overflowY, position } = style(one);
      if (overflowX !== "visible" || overflowY !== "visible") {
        const edge = edges(one);
        const across = box.left < edge.left - SLACK || box.right > edge.right + SLACK;
        const down = box.top < edge.top - SLACK || box.bottom > edge.bottom + SLACK;
        if (overflowX !== "visible" && across) return one;
        if (/hidden|clip/.test(overflowY) && down) return one;
        if (/auto|scroll/.test(overflowY) && down) return null; // it is scrolled to
      }
      if (position === "fixed") break;
    }
    return box.left < -SLACK || box.right > innerWidth + SLACK ? document.body : null;
  };
  for (const { node, parent, boxes } of texts) {
    for (const box of boxes) {
      const by = cutBy(box, parent);
      if (by) faults.add(`cut off by ${called(by)}: ${told(node.data)}`);
    }
  }

  // ---- text on text

  const inFlow = kept((node) => {
    if (!node || node === main) return node === main;
    return !/fixed|sticky/.test(style(node).position) && inFlow(node.parentElement);
  });
  const lines = texts
    .filter(({ parent }) => !parent.closest(`svg, ${WIDE}, .katex`) && inFlow(parent))
    .flatMap(({ node, parent, boxes }) => boxes.map((box) => ({ node, parent, box })));
  for (const plot of document.querySelectorAll(".wd-plot")) {
    const svg = plot.querySelector(".main-svg");
    if (svg && isShown(plot))
      lines.push({ node: plot, parent: plot, box: svg.getBoundingClientRect() });
  }
  const name = ({ node }) => (node.nodeType === Node.TEXT_NODE ? told(node.data) : "the picture");
  lines.sort((one, other) => one.box.top - other.box.top);
  lines.forEach((one, place) => {
    for (let k = place + 1; k < lines.length && lines[k].box.top < one.box.bottom; k++) {
      const other = lines[k];
      if (one.node === other.node || one.parent.contains(other.parent) || other.parent.contains(one.parent))
        continue;
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - other.box.top;
      if (wide > 3 && high > 0.4 * Math.min(one.box.height, other.box.height))
        faults.add(`${name(one)} and ${name(other)} lie on each other`);
    }
  });

  // ---- controls under something else

  for (const control of main.querySelectorAll(CONTROLS)) {
    if (!isShown(control) || isUnseen(control) || control.closest("[inert], .modebar-container")) continue;
    if (control.closest(WIDE) || control.disabled) continue;
    control.scrollIntoView({ block: "center", inline: "nearest" });
    const box = control.getBoundingClientRect();
    const at = [box.left + box.width / 2, Math.min(box.top + box.height / 2, innerHeight - 1)];
    const top = document.elementFromPoint(...at);
    const own = control.closest("label") ?? control.closest('[role="group"], [data-testid^="st"]') ?? control;
    if (top && (control.contains(top) || top.contains(control) || own.contains(top))) continue;
    const name = control.ariaLabel || control.textContent || control.id || control.outerHTML;
    faults.add(`${told(name)} is under ${top ? called(top) : "the window's edge"}`);
  }
  main.scrollTo(0, 0);
  return [...faults];
}
