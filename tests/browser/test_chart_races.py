"""The chart where two things happen at once, or where it has to go."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pages.shared import assets
from tests.browser.choosing import choose
from tests.browser.demo.driver import (
    KEEP,
    PLOTLY,
    count,
    handle_of,
    kept,
    opened,
    points,
    root,
    tick_note,
    wait_closed,
    wait_epoch,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.browser.conftest import Server

NewPage = Callable[..., "Page"]

MOUNT_ANOTHER = """async assets => {
  const chart = document.querySelector('.wd-chart');
  const { mount } = await import(assets.chart + 'mount.js');
  const payload = { run: 'another', figure: { data: [], layout: {} }, series: {} };
  mount(chart.parentNode, { assets, base: '', payload });
}"""


def held_back(page: "Page") -> "list[Route]":
    """Plotly's file, asked for and not yet sent."""
    waiting: list[Route] = []
    page.route(PLOTLY, lambda route: waiting.append(route))
    return waiting


def test_nothing_plays_before_there_is_a_drawing(page: "Page", demo: "Server") -> None:
    waiting = held_back(page)
    with page.expect_request(PLOTLY):
        page.goto(demo.url, wait_until="commit")  # it is loaded when that file is
    root(page, "drawing").get_by_text("0.509").wait_for()
    focus = """() => { const button = document.querySelector('.wd-button'); button.focus();
      return document.activeElement === button; }"""
    assert not page.evaluate(focus)
    waiting[0].continue_()
    root(page, "done", "decay-0")
    assert page.evaluate(focus)


def test_a_rerun_before_the_first_drawing_does_not_lose_the_stream(
    page: "Page", demo: "Server"
) -> None:
    waiting = held_back(page)
    with page.expect_request(PLOTLY):
        page.goto(demo.url, wait_until="commit")  # it is loaded when that file is
    choose(page, "Long run", "two")
    chart = root(page, "drawing")
    page.get_by_text("Note", exact=True).click()
    chart.get_by_text("Weight decay 0, noted.").wait_for()
    waiting[0].continue_()
    root(page, "done", "/api/stream?name=two&epochs=40&pace=0.01")
    assert points(page) == 41


def test_a_rerun_neither_restarts_a_stream_nor_unsays_its_end(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    before = count(demo, "opened", "one")
    choose(page, "Long run", "one")
    root(page, "streaming")
    wait_epoch(page, 20)
    chart.get_by_text("Twenty epochs are in.").wait_for()
    tick_note(page)
    assert chart.get_by_text("Twenty epochs are in.").is_visible()
    assert chart.get_attribute("data-state") == "streaming"
    chart.get_by_role("button", name="Stop").click()
    root(page, "stopped")
    epoch = int(chart.get_attribute("data-epoch") or -1)
    tick_note(page)
    assert chart.get_by_text(f"Stopped at epoch {epoch} of 300").is_visible()
    assert chart.get_attribute("data-state") == "stopped"
    page.get_by_role("slider", name="Epoch").fill("10")
    root(page, "paused")
    tick_note(page)
    assert chart.get_attribute("data-epoch") == "10"
    assert points(page) == 11
    assert count(demo, "opened", "one") == before + 1


def test_a_run_without_epochs_yet_shows_no_old_one(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    page.evaluate(KEEP, "data-epoch")
    choose(page, "Long run", "late")
    root(page, "done", "/api/stream?name=late&epochs=5&pace=0.2")
    assert kept(page)[0] is None


def test_leaving_the_page_closes_the_stream(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    before = count(demo, "closed", "one")
    choose(page, "Long run", "one")
    root(page, "streaming")
    page.get_by_text("Chart", exact=True).click()
    page.locator(".wd-chart").wait_for(state="detached")
    wait_closed(page, demo, before)


def test_a_chart_that_is_gone_asks_for_nothing(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_text("Chart", exact=True).click()
    page.locator(".wd-chart").wait_for(state="detached")
    left, right, height = handle_of(page)
    page.mouse.move(left, height)
    page.mouse.down()
    page.mouse.move(right, height, steps=4)
    page.mouse.up()
    page.get_by_text("Chart", exact=True).click()
    root(page, "done", "decay-10")
    assert not [url for url in asked if "/api/train" in url]


def test_an_update_of_the_server_leaves_one_chart(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    here = assets.addresses()
    # The same files at an address of their own are modules of their own.
    page.route(
        "**/asset/newer/**",
        lambda route: route.fulfill(
            response=page.request.get(
                demo.url + here["chart"] + route.request.url.rsplit("/", 1)[1]
            )
        ),
    )
    page.evaluate(MOUNT_ANOTHER, {**here, "chart": "/asset/newer/"})
    root(page, "done", "another")
    assert page.locator(".wd-chart").count() == 1
