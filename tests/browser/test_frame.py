"""The frame around every page: the browser's tab, the one heading, the way to the others."""

from typing import TYPE_CHECKING

import pytest

from pages.registry import PAGES, PICTURED, SHOWN
from pages.registry import Page as Entry
from tests.browser.choosing import go_to

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: entry.path)
def test_every_page_is_reached_and_named(page: "Page", server: "Server", entry: Entry) -> None:
    page.goto(f"{server.url}/{PAGES[1].path}")
    page.get_by_role("heading", name=PAGES[1].question, exact=True, level=1).wait_for()
    go_to(page, entry.title)
    page.get_by_role("heading", name=entry.question, exact=True, level=1).wait_for()
    page.wait_for_function(
        "title => document.title === title", arg=f"{entry.title} · Weight Decay Explorer"
    )
    assert page.locator("h1").count() == 1


# Pixels by which a drawing went beyond the margins that its figure has, on each side.
BEYOND = """() => {
  const { layout, _fullLayout } = document.querySelector('.wd-chart[data-run] .wd-plot');
  return ['l', 'r', 't', 'b'].map(side => _fullLayout._size[side] - layout.margin[side]);
}"""


@pytest.mark.parametrize("entry", PICTURED, ids=lambda entry: entry.path)
def test_a_page_opens_with_a_picture_that_is_laid_out_once(
    page: "Page", server: "Server", entry: Entry
) -> None:
    page.goto(f"{server.url}/{entry.path}")
    page.locator(".wd-chart[data-run]").first.wait_for()
    assert max(page.evaluate(BEYOND)) <= 1  # by less Plotly does not begin anew
