"""The page “map” in a real browser: cells that come, a stop, and a cell clicked to its run."""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from pages.shared.controls import NUMBERS
from pages.shared.numbers import plain
from tests.browser.choosing import inside, unfold

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

SMALL = "n_features=20&epochs=20&per_decade=2&seeds=1"
LONG = "n_features=300&epochs=500&per_decade=6&seeds=3&optimizers=adam"
DONE = '.wd-chart[data-state="done"]'
# Where a cell of a panel is on the screen.
PLACE = """([panel, x, y]) => {
  const plot = document.querySelector('.wd-plot');
  const {_fullLayout: layout} = plot;
  const [across, up] = [layout[`xaxis${panel || ''}`], layout[`yaxis${panel || ''}`]];
  const box = plot.getBoundingClientRect();
  return [box.left + across._offset + across.l2p(x), box.top + up._offset + up.l2p(y)];
}"""
KNOWN = """() => document.querySelector('.wd-plot').data.filter(trace => trace.type === 'heatmap')
  .reduce((sum, trace) => sum + Array.from(trace.z).flatMap(row => Array.from(row))
    .filter(Number.isFinite).length, 0)"""

# Whether the frame of the chosen run lies around this η.
FRAMED = """x => document.querySelector('.wd-plot').layout.shapes
  .some(shape => shape.type === 'rect' && shape.x0 < x && x < shape.x1)"""


def opened(page: "Page", server: "Server", query: str, state: str = DONE) -> None:
    page.goto(f"{server.url}/map?{query}")
    page.wait_for_selector(state)


def link(page: "Page") -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def stopped_at(page: "Page") -> int:
    """How many runs there are of maps that were stopped."""
    told = inside(page).get_by_text("Stopped at run").inner_text()
    return int(told.removeprefix("Stopped at run ").split(" of ")[0].replace(",", ""))


def test_the_cells_come_and_the_answer_with_them(page: "Page", server: "Server") -> None:
    opened(page, server, SMALL)
    inside(page).get_by_text("cells diverged").wait_for()
    assert page.evaluate(KNOWN) > 6 * 40
    assert link(page) == parse_qs(SMALL)


def test_a_cell_opens_as_its_run_on_train(page: "Page", server: "Server") -> None:
    opened(page, server, SMALL)
    inside(page).get_by_text("cells diverged").wait_for()  # the picture stands where it will stay
    page.mouse.click(*page.evaluate(PLACE, [6, -2, 1]))  # the last panel: decoupled Adam
    unfold(page, NUMBERS)
    chosen = inside(page).get_by_text("Chosen: Adam, decoupled (AdamW), η = 0.01, λ = 10.")
    chosen.wait_for()
    page.wait_for_function("location.search.includes('decay=decoupled')")
    assert link(page) == parse_qs(SMALL) | {
        "optimizer": ["adam"],
        "decay": ["decoupled"],
        "lr": ["0.01"],
        "weight_decay": ["10"],
    }
    said = re.search(r"Test loss ([\d.]+), train loss ([\d.]+)", chosen.locator("..").inner_text())
    assert said
    address = page.get_by_role("link", name="Open the chosen run on Train").get_attribute("href")
    page.goto(f"{server.url}{address}")
    page.wait_for_selector(DONE)
    loss = page.evaluate(
        "document.querySelector('.wd-plot').data.find(t => t.meta?.series === 'test_loss').y.at(-1)"
    )
    assert plain(loss) == said.group(1)


def test_a_diverged_cell_is_hovered_and_clicked_like_others(page: "Page", server: "Server") -> None:
    opened(page, server, SMALL)
    inside(page).get_by_text("cells diverged").wait_for()  # the picture stands where it will stay
    place = page.evaluate(PLACE, [0, 0, 1])  # SGD, η = 1, λ = 10
    page.mouse.move(*place)
    page.locator(".hoverlayer .hovertext").get_by_text("diverged at epoch").wait_for()
    page.mouse.click(*place)
    unfold(page, NUMBERS)
    inside(page).get_by_text("Chosen: SGD, coupled, η = 1, λ = 10. It diverged at epoch").wait_for()


def test_the_chosen_run_is_known_when_the_maps_are_whole(page: "Page", server: "Server") -> None:
    chosen = "&weight_decay=1&lr=0.1"
    opened(page, server, SMALL + chosen)
    page.get_by_role("slider", name="Dimension d").press("ArrowLeft")
    page.wait_for_function("!location.search.includes('n_features=20&')")
    unfold(page, NUMBERS)
    inside(page).get_by_text("Chosen: SGD, coupled, η = 0.1, λ = 1. Test loss").wait_for()
    page.wait_for_selector(DONE)
    page.locator("[role=gridcell]", has_text="SGD, either").wait_for(state="attached")


def test_a_stop_keeps_what_is_there_and_a_click_does_not_start_again(
    page: "Page", server: "Server"
) -> None:
    opened(page, server, LONG, '.wd-chart[data-state="streaming"]')
    page.wait_for_function(f"({KNOWN})() > 0")
    page.get_by_role("button", name="Stop").click()
    kept = stopped_at(page)
    assert kept > 0
    page.mouse.click(*page.evaluate(PLACE, [0, -2, 0]))
    page.wait_for_function("location.search.includes('optimizer=adam')")
    page.wait_for_function(FRAMED, arg=-2)
    assert page.locator('.wd-chart[data-state="stopped"]').count() == 1
    assert stopped_at(page) >= kept  # what had come and was not drawn yet counts from now on
    assert page.evaluate(KNOWN) > 0


def test_another_control_closes_the_sweep_and_starts_anew(page: "Page", server: "Server") -> None:
    opened(page, server, LONG + "&seed=3", '.wd-chart[data-state="streaming"]')
    page.get_by_role("button", name="Full batch").click()
    page.wait_for_selector(DONE)
    assert link(page)["optimizers"] == ["momentum"]
    inside(page).get_by_text("cells diverged").wait_for()
