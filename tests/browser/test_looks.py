"""Every page as it opens: its room, its sheet of paper, its colours, and what axe-core finds on it.

A page is opened once, in one of the two languages, and looked at from all sides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pages.registry import PAGES, PICTURED, SHOWN, Page
from pages.shared.language import LANG
from tests.browser import access, colours, paper, room

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

    from tests.browser.conftest import Server

SCREEN = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}
WIDTH = "document.documentElement.scrollWidth"
VIEWS: dict[str, dict[str, Any]] = {
    "light": {"size": SCREEN, "scheme": "light"},
    "dark": {"size": SCREEN, "scheme": "dark"},
    "phone": {"size": PHONE, "scheme": "light"},
}
LANGUAGES = ("en", "zh")


def address(page: Page) -> str:
    """Of a page, below the server's."""
    return "" if page is PAGES[0] else page.path


# Where a run has diverged, and where a link asks for what there is not.
TROUBLED = ("train?lr=1", "step?lr=1", "map?wd=-1&lr=many")
# What else pages can draw.
DRAWN = (
    "train?weight_decay=1&curves=every&pin=a?weight_decay=0.1&pin=b?weight_decay=3",
    "geometry?source=diabetes",
    "geometry?l1=on&descent=on&objective=on",
    "geometry?view=surface",
    "step?decay=decoupled",
    "step?optimizer=adam",
    "prior?prior=laplacian",
    "dimension?axis=n_train",
)
OPENING = {address(page): page.path for page in PICTURED}


def opened(tab: Tab, server: Server, link: str, said: str) -> None:
    """The page of this link, calm, with its picture where it has one."""
    tab.set_viewport_size(SCREEN)  # type: ignore[arg-type]
    tab.goto(f"{server.url}/{link}{'&' if '?' in link else '?'}{LANG}={said}")
    tab.locator("h1").wait_for()
    if link.partition("?")[0] in OPENING:
        tab.locator(".wd-chart[data-run] .js-plotly-plot .main-svg").first.wait_for(
            state="attached"
        )
    tab.locator(access.QUIET).wait_for()


def seen(tab: Tab, view: str) -> list[str]:
    """What axe-core finds in this view."""
    tab.set_viewport_size(VIEWS[view]["size"])
    tab.emulate_media(color_scheme=VIEWS[view]["scheme"])
    return [f"{view}: {fault}" for fault in access.found(tab)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each page in one of the views and languages, and half of what else is drawn, or all of it."""
    whole = metafunc.config.getoption("--whole-matrix")
    if "views" in metafunc.fixturenames:
        links = enumerate([*map(address, SHOWN), *TROUBLED])
        if whole:
            chosen = [(link, said, [*VIEWS]) for _, link in links for said in LANGUAGES]
        else:
            chosen = [(link, LANGUAGES[n % 2], [[*VIEWS][n % 3]]) for n, link in links]
        metafunc.parametrize(("link", "said", "views"), chosen, ids=lambda one: str(one))
    if "drawn" in metafunc.fixturenames:
        metafunc.parametrize("drawn", DRAWN if whole else DRAWN[::2])


def test_a_page_from_all_sides(
    unguarded: Tab, server: Server, link: str, said: str, views: list[str]
) -> None:
    tab = unguarded
    opened(tab, server, link, said)
    faults = []
    if link in OPENING:
        faults += room.faults(tab, OPENING[link])
        faults += paper.faults(tab)
        faults += [fault for dark in (False, True) for fault in colours.faults(tab, dark=dark)]
    faults += [fault for view in views for fault in seen(tab, view)]
    access.opened_up(tab)
    faults += [f"open, {fault}" for view in views for fault in seen(tab, view)]
    tab.set_viewport_size(VIEWS["phone"]["size"])
    tab.wait_for_function(paper.DRAWN)
    if (wide := tab.evaluate(WIDTH)) > PHONE["width"]:
        faults.append(f"{wide} pixels wide on a phone")
    assert not faults, "\n".join(faults)


def test_every_eye_tells_the_marks_apart(page: Tab, server: Server, drawn: str) -> None:
    opened(page, server, drawn, "en")
    faults = [fault for dark in (False, True) for fault in colours.faults(page, dark=dark)]
    page.emulate_media(color_scheme="light")
    assert not faults, "\n".join(faults)
