"""How many sheets a printed page takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# So the objects of a PDF say that they are a page.
SHEETS = re.compile(rb"/Type\s*/Page\b(?!s)")
# Every picture as it is to stay, and as wide as its place.
DRAWN = """() => [...document.querySelectorAll('.wd-chart')].every(({ dataset }) =>
    ['done', 'paused'].includes(dataset.state))
  && [...document.querySelectorAll('.wd-plot')].every(plot =>
    !plot._fullLayout || Math.abs(plot._fullLayout.width - plot.clientWidth) < 2)"""


def faults(page: Page) -> list[str]:
    """On which paper the page is not one sheet."""
    page.wait_for_function(DRAWN)
    sheets = {paper: len(SHEETS.findall(page.pdf(format=paper))) for paper in ("A4", "Letter")}
    page.wait_for_function(DRAWN)
    return [f"{count} sheets of {paper}" for paper, count in sheets.items() if count != 1]
