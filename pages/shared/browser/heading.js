// @ts-check
// A page's question stands beside its answer: what lies below both begins below the longer one.

/** @type {Element | null} */
let observed = null;

const sizes = new ResizeObserver(([{ target, borderBoxSize }]) => {
  const main = /** @type {HTMLElement | null} */ (target.closest('[data-testid="stMain"]'));
  main?.style.setProperty("--wd-asked", `${Math.ceil(borderBoxSize[0].blockSize)}px`);
});

new MutationObserver(() => {
  const heading = document.querySelector('[data-testid="stMain"] h1');
  if (heading === observed) return;
  sizes.disconnect();
  observed = heading;
  if (heading) sizes.observe(heading);
}).observe(document.documentElement, { childList: true, subtree: true });

export {};
