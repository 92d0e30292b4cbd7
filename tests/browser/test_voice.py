"""What a page says to whoever hears it: what a move has changed, once, when it rests."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.demo.driver import handle_of, opened, root, tick_note

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

# Everything that is said from now on, in whichever live place of the page.
LISTEN = """() => { window.told = [];
  const heard = ({ target }) => {
    const live = target.closest?.('[aria-live="polite"], [role="status"]');
    if (live?.textContent) told.push(live.textContent);
  };
  new MutationObserver(changes => changes.forEach(heard))
    .observe(document.body, { subtree: true, childList: true });
}"""
# Longer than a page waits for a move to go on.
PAUSE_MS = 1500


def told(page: "Page") -> list[str]:
    """What has been said, once nothing more is about to be."""
    page.wait_for_timeout(PAUSE_MS)
    return list(page.evaluate("told"))


def test_there_is_one_place_that_speaks_and_it_is_silent_as_a_page_opens(
    page: "Page", demo: "Server"
) -> None:
    opened(page, demo)
    page.wait_for_timeout(PAUSE_MS)
    assert page.locator(".wd-voice").count() == 1
    assert page.locator(".wd-voice").get_attribute("aria-live") == "polite"
    assert page.locator(".wd-voice").inner_text() == ""
    assert page.locator(".wd-chart [aria-live]").count() == 0


def test_a_drag_is_told_once_it_is_over(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    page.evaluate(LISTEN)
    left, right, height = handle_of(page)
    page.mouse.move(left, height)
    page.mouse.down()
    page.mouse.move(right, height, steps=8)
    page.locator('.wd-chart[data-live="decay-10"]').wait_for()  # the route has answered
    assert told(page) == []
    page.mouse.up()
    page.wait_for_function("told.length > 0")
    assert told(page) == ["Weight decay 10."]  # and the script, which says the same


def test_keys_are_told_when_they_rest(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    page.evaluate(LISTEN)
    slider = page.get_by_role("slider", name="Weight decay")
    for _ in range(3):
        slider.press("ArrowRight")
    root(page, "done", "decay-0.00316")
    page.wait_for_function("told.length > 0")
    said = told(page)
    assert said[-1] == "Weight decay 0.00316."
    assert len(said) <= 2  # of three, on a slow machine


def test_what_says_nothing_new_is_not_told(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    page.evaluate(LISTEN)
    page.get_by_role("slider", name="Epoch").fill("20")
    root(page, "paused")
    assert told(page) == []
    tick_note(page)
    page.wait_for_function("told.length > 0")
    assert told(page) == ["Weight decay 0, noted."]


@pytest.mark.parametrize("path", ["start"])
def test_a_slider_of_the_charts_own_is_told_on_release(
    new_page: Callable[..., "Page"], server: "Server", path: str
) -> None:
    page = new_page()
    page.goto(f"{server.url}/{path}")
    page.locator(".wd-chart[data-run]").wait_for()
    page.wait_for_timeout(PAUSE_MS)
    page.evaluate(LISTEN)
    box = page.locator(".wd-slider input[type=range]").bounding_box()
    assert box
    height = box["y"] + box["height"] / 2
    share = page.locator(".wd-slider input[type=range]").evaluate("n => n.value / n.max")
    page.mouse.move(box["x"] + 8 + share * (box["width"] - 16), height)
    page.mouse.down()
    page.mouse.move(box["x"] + 9, height, steps=8)
    assert told(page) == []
    page.mouse.up()
    page.wait_for_function("told.length > 0")
    shown = page.locator(".wd-chart > p").first.inner_text()
    assert told(page) == [shown]
    assert shown in str(page.locator(".wd-plot").get_attribute("aria-label"))
