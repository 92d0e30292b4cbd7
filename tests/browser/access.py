"""What axe-core finds on a page that a reader of another kind would stumble over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.conftest import ROOT, missing

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOUND = """async rules => {
  const { violations } = await axe.run(document, { runOnly: rules });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`));
}"""
OPEN = """() => {
  const closed = [...document.querySelectorAll('details:not([open]) > summary')];
  for (const one of closed) one.click();
  const table = document.querySelector('.wd-files [aria-expanded="false"]');
  table?.click();
  return closed.length + Number(table !== null);
}"""
QUIET = "[data-test-script-state=notRunning]"
# What scrolls is reached by key, and a place to drop files is named, once the page is calm.
REACHED = """() => [...document.querySelectorAll('.katex-display, [data-testid="stTable"] div')]
  .every(one => one.scrollWidth <= one.clientWidth || one.tabIndex === 0) &&
  !document.querySelector('section[role="presentation"][aria-label]')"""
# What is being made anew is paler meanwhile, and what takes another colour or size is between both.
SHOWN_IN_FULL = """() => !document.querySelector('[data-stale=true]') &&
  document.getAnimations().every(one => !(one instanceof CSSTransition))"""


def found(page: Page) -> list[str]:
    """What axe-core says of the page as it stands."""
    if not AXE.exists():
        missing(f"there is no {AXE}: npm ci")
    page.wait_for_function(REACHED)
    page.wait_for_function(SHOWN_IN_FULL)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(FOUND, RULES))


def opened_up(page: Page) -> None:
    """Opens everything that is closed."""
    if not page.evaluate(OPEN):
        return
    page.locator("details[open], .wd-table table").first.wait_for()
    page.locator(QUIET).wait_for()
    page.wait_for_function(SHOWN_IN_FULL)
