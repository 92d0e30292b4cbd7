"""The frame around every page: the browser's tab, the one heading, the way to the others."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pages.registry import PAGES, SHOWN
from tests.browser.choosing import go_to

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server


def test_every_page_is_reached_and_named(page: "Page", server: "Server") -> None:
    page.goto(f"{server.url}/{PAGES[1].path}")
    page.get_by_role("heading", name=PAGES[1].question, exact=True, level=1).wait_for()
    for entry in SHOWN:
        go_to(page, entry.title)
        page.get_by_role("heading", name=entry.question, exact=True, level=1).wait_for()
        page.wait_for_function(
            "title => document.title === title", arg=f"{entry.title} · Weight Decay Explorer"
        )
        assert page.locator("h1").count() == 1, entry.path


# Of every item of the open menu: its name, and its question where that is in sight.
ASKED = """() => [...document.querySelectorAll('[data-testid="stTopNavPopover"] a')].map(link => {
  const said = document.getElementById(link.getAttribute('aria-describedby'));
  const box = said.getBoundingClientRect();
  const seen = document.elementFromPoint(box.x + 20, box.y + box.height / 2);
  return [link.innerText, said.innerText, box.height > 10 && link.contains(seen)];
})"""


def test_the_menu_shows_which_page_is_open_and_what_each_asks(
    page: "Page", server: "Server"
) -> None:
    entry = next(entry for entry in PAGES if entry.path == "act")
    others = [other for other in PAGES if other.group == entry.group]
    page.goto(f"{server.url}/{entry.path}")
    marked = page.locator('[data-testid="stTopNavSection"][aria-current="true"]')
    marked.wait_for()
    assert marked.count() == 1
    assert marked.locator("[data-page]").get_attribute("data-page") == entry.title
    assert marked.inner_text().splitlines()[0] == entry.group
    marked.click()
    page.get_by_test_id("stTopNavPopover").wait_for()
    assert page.evaluate(ASKED) == [[other.title, other.question, True] for other in others]
    page.get_by_test_id("stTopNavPopover").get_by_text(others[0].question).click(force=True)
    page.get_by_role("heading", name=others[0].question, exact=True, level=1).wait_for()
    name = page.locator('[data-testid="stTopNavSection"] [data-page]')
    page.wait_for_function(
        "name => document.querySelector('[data-testid=stTopNavSection] [data-page]')"
        ".dataset.page === name",
        arg=others[0].title,
    )
    assert name.count() == 1


def test_a_phone_shows_the_name_of_the_open_page(
    new_page: Callable[..., "Page"], server: "Server"
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page.goto(f"{server.url}/{PAGES[1].path}")
    opener = page.locator('[data-testid="stExpandSidebarButton"][data-page]')
    opener.wait_for()
    assert opener.get_attribute("data-page") == PAGES[1].title
