"""The page “which” in a real browser: the mark, a click through to its run, a phone."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from pages.shared.controls import NUMBERS
from tests.browser.choosing import inside, unfold

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

DRAWN = """() => document.querySelector('.wd-chart')?.dataset.state === "done" """
# The picture of the last repetition is drawn, so that a click does not fall into its coming.
WHOLE = f"""() => ({DRAWN})() && document.querySelector('.wd-chart').dataset.run.endsWith(' 5')"""
# Small enough to be worked out at once, so that nothing comes again while a test looks.
SMALL = "?epochs=20&seeds=2&draws=5"
CURSOR = """() => document.querySelector('.wd-plot').data
  .filter(trace => trace.meta?.moves).map(trace => trace.x[0])"""
# Where a trained point lies in the window.
POINT = """place => {
  const plot = document.querySelector('.wd-plot');
  const { xaxis, yaxis11: yaxis } = plot._fullLayout;
  const runs = plot.data.find(trace => trace.name === 'test, trained');
  const box = plot.getBoundingClientRect();
  return [box.left + xaxis._offset + xaxis.d2p(runs.x[place]),
          box.top + yaxis._offset + yaxis.d2p(runs.y[place])];
}"""


def opened(page: "Page", server: "Server", query: str = SMALL) -> None:
    page.goto(f"{server.url}/which{query}")
    page.wait_for_function(DRAWN)
    unfold(page, NUMBERS, "Does it matter which way λ is chosen?")
    inside(page).get_by_text("5 data sets of the same kind, seeds 0").wait_for()
    page.wait_for_function(WHOLE)
    # what was unfolded lies below the picture, and a mouse reaches only what is in view
    page.evaluate("document.querySelector('.wd-plot').scrollIntoView({ block: 'center' })")


def link(page: "Page") -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize(("place", "lam"), [(0, "0"), (40, "0.328")])
def test_a_clicked_point_opens_as_its_run(
    page: "Page", server: "Server", place: int, lam: str
) -> None:
    opened(page, server)
    page.mouse.click(*page.evaluate(POINT, place))
    page.wait_for_function(f"location.search.endsWith('&at={lam}')")
    inside(page).get_by_text(f"At λ = {lam} the exact solution").wait_for()
    said = inside(page).get_by_text("Its run of seed 0 ends with").inner_text()
    address = page.get_by_role("link", name="Open the marked run on Train").get_attribute("href")
    page.goto(f"{server.url}{address}")
    page.wait_for_function(DRAWN)
    assert link(page)["epochs"] == ["20"]
    for label, what in (("Train loss", "train loss"), ("Test loss", "test loss")):
        tile = page.locator(".wd-tile", has_text=label).first
        value = float(tile.locator(".wd-value").inner_text())
        assert f"{what} {value:.3g}" in said


def test_the_slider_moves_the_mark_and_the_link_follows(page: "Page", server: "Server") -> None:
    opened(page, server)
    slider = page.get_by_role("slider", name="Marked λ")
    slider.focus()
    slider.press("Home")
    inside(page).get_by_text("At λ = 0 the exact solution has test loss").wait_for()
    page.wait_for_function("location.search.endsWith('&at=0')")
    page.get_by_role("link", name="Open the marked run on Train").wait_for()
    xs = page.evaluate(CURSOR)
    assert len(set(xs)) == 1
    assert xs[0] < -3


def test_a_preset_opens_as_its_link(page: "Page", server: "Server") -> None:
    opened(page, server)
    page.get_by_role("button", name="Few examples").click()
    page.wait_for_function("location.search.includes('n_train=12')")
    inside(page).get_by_text("50 data sets of the same kind, seeds 0").wait_for()
    assert "epochs" not in link(page)


# Where the panel of the losses is in the window: left, top, width, height.
PANEL = """() => {
  const plot = document.querySelector('.wd-plot');
  const { xaxis, yaxis } = plot._fullLayout;
  const box = plot.getBoundingClientRect();
  return [box.left + xaxis._offset, box.top + yaxis._offset, xaxis._length, yaxis._length];
}"""
RANGES = """() => {
  const { xaxis, xaxis9 } = document.querySelector('.wd-plot')._fullLayout;
  return [xaxis.range, xaxis9.range];
}"""


def test_the_degrees_of_freedom_are_zoomed_with_the_losses(page: "Page", server: "Server") -> None:
    opened(page, server)
    before, upper = page.evaluate(RANGES)
    assert before == upper
    page.locator(".x9title").get_by_text("degrees of freedom (exact)").wait_for()
    left, top, width, height = page.evaluate(PANEL)
    page.mouse.move(left + 0.3 * width, top + 0.5 * height)
    page.mouse.down()
    page.mouse.move(left + 0.7 * width, top + 0.5 * height, steps=5)
    page.mouse.up()
    page.wait_for_function(f"(({RANGES})()[0][1]) < {before[1] - 0.5}")
    after, upper = page.evaluate(RANGES)
    assert after == upper
