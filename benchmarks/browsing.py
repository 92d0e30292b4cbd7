"""A real Chromium, and what is read off its clock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median

from playwright.sync_api import Browser, Page, Playwright

from benchmarks.table import high
from tests.browser.conftest import FLAGS

# Nothing here takes so long unless something is wrong.
PATIENCE_MS = 30_000

# From the event to the first task after the frame in which the drawing is another one.
MEASURE = """() => { window.took = new Promise(resolve => {
  const drawn = () => %s, before = drawn();
  let began;
  for (const kind of ['keydown', 'click'])
    addEventListener(kind, event => (began ??= event.timeStamp), { capture: true, once: true });
  const look = () => {
    if (began === undefined || drawn() === before) return requestAnimationFrame(look);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(performance.now() - began);
    port2.postMessage(null);
  };
  requestAnimationFrame(look);
  setTimeout(() => resolve(null), %d);
}); }"""


class TooLongError(Exception):
    """Nothing new was drawn while there was patience."""


def launched(playwright: Playwright) -> Browser:
    """The system's Chromium; CHROMIUM names another."""
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    return playwright.chromium.launch(executable_path=chromium, args=FLAGS)


def report(name: str, value: str, aim: str = "") -> None:
    """One line of the table."""
    print(f"{name:<52}{value:>18}  {aim}", flush=True)


def spread(times: Sequence[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    return f"{median(times):.0f} / {high(times):.0f} ms"


@contextmanager
def empty_cache(browser: Browser) -> Iterator[Page]:
    """A page whose browser has no files yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context.new_page()
    finally:
        context.close()


def timed(page: Page, drawn: str, act: Callable[[], None]) -> float:
    """Milliseconds from the act's event to the painted change."""
    page.evaluate(MEASURE % (drawn, PATIENCE_MS))
    act()
    took = page.evaluate("took")
    if took is None:
        raise TooLongError
    return float(took)
