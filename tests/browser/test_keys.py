"""All of a page by key: a way past the navigation, a mark at every stop, an order, no trap.

A walk takes half a minute, so that few pages are walked; `--whole-matrix` walks each in all views
and languages.
"""

from itertools import pairwise, product
from typing import TYPE_CHECKING

import pytest

from pages.registry import PICTURED, SHOWN, Page
from tests.browser.access import QUIET
from tests.browser.keys import LAID, LEAST_CONTRAST, stop, walked
from tests.browser.test_looks import VIEWS

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

    from tests.browser.conftest import Server

SKIP = {
    "en": ("Skip to the controls", "Skip to the picture"),
    "zh": ("跳到控件", "跳到图"),
}
WITH_DECAY = ".st-key-weight_decay input, .wd-slider[data-key='weight_decay'] input >> visible=true"
# λ is reached within so many stops from the page's begin.
SOON = 6
FOCUSED = "document.activeElement.className || document.activeElement.tagName"


# A page of Streamlit's sliders, one of the charts' own, one without either.
WALKED = (("train", "light", "zh"), ("start", "dark", "en"), ("glossary", "phone", "en"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A few pages in one view and language each, or all in all."""
    if "view" in metafunc.fixturenames:
        whole = metafunc.config.getoption("--whole-matrix")
        every = product(SHOWN, VIEWS, SKIP)
        metafunc.parametrize(
            ("entry", "view", "language"),
            [one for one in every if whole or (one[0].path, *one[1:]) in WALKED],
            ids=lambda one: one.path if isinstance(one, Page) else str(one),
        )


def opened(tab: "Tab", server: "Server", entry: Page, language: str) -> None:
    """The page, calm."""
    tab.goto(f"{server.url}/{entry.path}?lang={language}")
    tab.locator("h1").wait_for()
    if entry in PICTURED:
        tab.locator(".wd-chart[data-run]").first.wait_for()
    tab.locator(QUIET).wait_for()
    tab.get_by_text(SKIP[language][0]).wait_for(state="attached")


def test_a_page_is_walked(
    page: "Tab",
    server: "Server",
    entry: Page,
    view: str,
    language: str,
) -> None:
    page.set_viewport_size(VIEWS[view]["size"])
    # with motion a mark is yet to come
    page.emulate_media(color_scheme=VIEWS[view]["scheme"], reduced_motion="reduce")
    opened(page, server, entry, language)
    page.evaluate(LAID)
    stops = walked(page)
    first = SKIP[language][: 1 + (entry in PICTURED)]
    assert [one.name for one in stops[: len(first)]] == list(first)
    unmarked = [one.name for one in stops if one.contrast < LEAST_CONTRAST]
    assert not unmarked
    inside = [one for one in stops if one.inside]
    assert inside
    astray = [(one.name, two.name) for one, two in pairwise(inside) if not two.follows(one)]
    assert not astray
    back = walked(page, "Shift+Tab")
    assert len(back) == len(stops)

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    reached = stop(page)
    assert reached
    assert reached.inside
    assert reached.controls or not page.locator(WITH_DECAY).count()
    if page.locator(WITH_DECAY).count():
        there = page.locator(WITH_DECAY).and_(page.locator(":focus"))
        for _ in range(SOON - 1):  # the way past the navigation was the first
            if there.count():
                break
            page.keyboard.press("Tab")
        assert there.count()
    if entry in PICTURED:
        page.evaluate("document.activeElement.blur()")
        page.get_by_role("link", name=SKIP[language][1]).press("Enter")
        assert "wd-chart" in page.evaluate(FOCUSED)
