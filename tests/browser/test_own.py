"""A visitor's own table in a real browser: from the file to the picture, and to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import numpy as np

from tests.browser.choosing import inside

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

NewPage = Callable[..., "Page"]
DONE = '.wd-chart[data-state="done"]'
LAST = (
    """document.querySelector('.wd-plot').data.find(t => t.meta?.series === 'test_loss').y.at(-1)"""
)


def table(rows: int) -> bytes:
    """Three features and a target that is a sum of them with noise, as a spreadsheet writes it."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 3)).round(2)
    y = (x @ [1.0, -2.0, 0.5] + rng.normal(size=rows)).round(2)
    lines = (";".join(f"{v:.2f}".replace(".", ",") for v in row) for row in np.c_[x, y])
    return ("a;b;c;y\n" + "\n".join(lines) + "\n").encode()


def brought(page: Page, server: Server, name: str, content: bytes) -> None:
    page.goto(f"{server.url}/table")
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.locator("input[type=file]").set_input_files([file])


def link(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_small_table_is_trained_on_and_its_link_is_the_document(
    page: Page, server: Server, new_page: NewPage
) -> None:
    brought(page, server, "mine.csv", table(60))
    inside(page).get_by_text("Rows: 60; columns: 4, of which 4 are numbers.").wait_for()
    inside(page).get_by_text("mine.csv can be used. Rows: 60; features: 3.").wait_for()
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_selector(DONE)
    page.wait_for_function("location.search.includes('source=own')")
    assert link(page)["n_train"] == ["45"]
    assert "rows" in link(page)
    here = page.evaluate(LAST)
    page.get_by_role("slider", name="Weight decay λ").press("ArrowRight")
    page.wait_for_function("location.search.includes('weight_decay=5')")
    page.get_by_role("slider", name="Weight decay λ").press("ArrowLeft")
    page.wait_for_function("!location.search.includes('weight_decay=5')")
    other = new_page()
    other.goto(page.url)
    other.wait_for_selector(DONE)
    assert other.evaluate(LAST) == here


def test_a_large_table_is_its_visitors_alone(page: Page, server: Server, new_page: NewPage) -> None:
    brought(page, server, "large.csv", table(400))
    page.get_by_role("button", name="Learning rate and decay", exact=True).click()
    page.wait_for_selector(DONE)  # streamed by an address of its own
    page.wait_for_function("location.search.includes('source=own')")
    assert link(page)["file"] == ["large.csv"]
    assert "rows" not in link(page)
    other = new_page()
    other.goto(page.url)
    inside(other).get_by_text("the table of the file large.csv is not here").wait_for()


def test_a_refused_file_leaves_the_present_data_alone(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/train?n_features=20")
    page.wait_for_selector(DONE)
    brought(page, server, "odd.csv", b"x,y\n1,2\n3\n4,5\n4,5,6\n7,8\n")
    inside(page).get_by_text("line 3 must have 2 cells, as most lines have, got 1").wait_for()
    inside(page).get_by_text("line 5 must have 2 cells, as most lines have, got 3").wait_for()
    assert page.get_by_role("button", name="Train", exact=True).count() == 0
