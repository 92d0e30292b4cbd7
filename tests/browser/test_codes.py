"""The page “codes” in a real browser: made equal, played, copied, and its link."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.browser.choosing import choose, go_to, inside

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

DRAWN = """() => document.querySelector('.wd-chart[data-state="done"][data-epoch="100"]')"""
TILE = """label => [...document.querySelectorAll('.wd-tile')]
  .find(tile => tile.innerText.startsWith(label)).querySelector('.wd-value').textContent"""
# A difference of float64 rounding, as a tile writes it: 1.67×10⁻¹⁶
ROUNDING = """() => /×10⁻¹[⁴⁵⁶⁷⁸⁹]$/.test([...document.querySelectorAll('.wd-tile')]
  .find(tile => tile.innerText.startsWith('Largest difference'))
  .querySelector('.wd-value').textContent)"""


def opened(page: "Page", server: "Server", query: str = "") -> None:
    page.goto(f"{server.url}/codes{query}")
    page.wait_for_function(DRAWN)


def link(page: "Page") -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_made_equal_they_differ_by_rounding(page: "Page", server: "Server") -> None:
    opened(page, server)
    assert link(page) == {}
    assert 0.01 < float(page.evaluate(TILE, "Largest difference")) < 10
    inside(page).get_by_text("The codes differ in the ½ of the loss and the start of b").wait_for()
    page.get_by_role("button", name="Make them equal").click()
    inside(page).get_by_text("The two codes are one computation").wait_for()
    page.wait_for_function(ROUNDING)
    page.wait_for_function("location.search === '?rates=mapped&bias_start=zero'")
    page.get_by_role("button", name="As in the book").click()
    inside(page).get_by_text("The codes differ in").wait_for()
    page.wait_for_function("location.search === ''")


def test_a_link_opens_the_same_codes_and_a_switch_moves_it(page: "Page", server: "Server") -> None:
    opened(page, server, "?batch_size=6&loss=half&bias_start=zero&divisor=rows")
    inside(page).get_by_text("The two codes are one computation").wait_for()
    choose(page, "A short last batch", "by B | by m")
    inside(page).get_by_text("The codes differ in the divisor of the batch sum").wait_for()
    page.wait_for_function("!location.search.includes('divisor')")
    assert link(page) == {"batch_size": ["6"], "loss": ["half"], "bias_start": ["zero"]}


def test_the_run_is_that_of_train(page: "Page", server: "Server") -> None:
    opened(page, server, "?weight_decay=0.5&loss=half")
    go_to(page, "Train")
    page.get_by_role("heading", name="Does weight decay stop overfitting?").wait_for()
    page.wait_for_function("location.search === '?weight_decay=0.5'")
    go_to(page, "The codes compared")
    page.wait_for_function("location.search === '?weight_decay=0.5&loss=half'")


def test_the_curves_can_be_played_and_stepped(page: "Page", server: "Server") -> None:
    opened(page, server)
    at_the_end = page.evaluate(TILE, "‖w‖, scratch")
    page.get_by_role("button", name="Step back").click()
    page.wait_for_function("document.querySelector('.wd-chart').dataset.epoch === '99'")
    assert page.evaluate(TILE, "‖w‖, scratch") != at_the_end
