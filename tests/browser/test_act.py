"""The page “act” in a real browser: λ and t move each other, alone, by keys, by link."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pages.act.sections import PARTS
from pages.shared.controls import NUMBERS
from tests.browser.choosing import choose, go_to, inside, unfold
from wd_core import DatasetSpec, make_dataset
from wd_core.linear.filters import (
    closest_steps,
    closest_weight_decay,
    degrees_of_freedom,
    descent_filter,
    ridge_filter,
)
from wd_core.linear.spectrum import decompose

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Server

NewPage = Callable[..., "Page"]
DECAY, STEPS = "Weight decay λ", "Steps t"
LR = 0.003
S = decompose(make_dataset(DatasetSpec())).s
# Half a unit of the last of three digits that a tile shows; a pixel of a picture some 200 high.
SHOWN, PIXEL = 5e-3, 1e-2

# The shares at which the dots of a trace stand in the drawing, strongest direction first.
DOTS = """name => {
  const plot = document.querySelector('.wd-plot');
  const { uid } = plot._fullData.find(trace => trace.meta?.moves === name);
  const { yaxis } = plot._fullLayout;
  return [...plot.querySelectorAll(`.trace${uid} .points > path`)].map(mark =>
    yaxis.p2l(Number(mark.getAttribute('transform').match(/,\\s*([-\\d.e]+)\\)/)[1])));
}"""


def opened(page: "Page", server: "Server", query: str = "") -> "Locator":
    page.goto(f"{server.url}/act" + (f"?{query}" if query else ""))
    page.locator('.wd-chart[data-state="done"]').wait_for()
    return page.locator(".wd-chart").first


def slider(page: "Page", label: str) -> "Locator":
    return page.get_by_role("slider", name=label, exact=True)


def said(page: "Page", label: str) -> str:
    """What the slider says of itself."""
    return str(slider(page, label).get_attribute("aria-valuetext"))


def tile(chart: "Locator", label: str) -> float:
    """The number in the tile with this label."""
    box = chart.locator(".wd-tile", has_text=label).locator(".wd-value")
    return float(box.inner_text().replace("−", "-"))


def drag(page: "Page", label: str, share: float) -> None:
    """Pull the slider's thumb to this share of its track, and hold it there."""
    handle = slider(page, label)
    box = handle.bounding_box()
    assert box
    now = float(handle.input_value()) / float(handle.get_attribute("max") or 1)
    height = box["y"] + box["height"] / 2
    places = [box["x"] + 8 + part * (box["width"] - 16) for part in (now, share)]
    page.mouse.move(places[0], height)
    page.mouse.down()
    page.mouse.move(places[1], height, steps=12)


def wait_link(page: "Page", part: str) -> None:
    page.wait_for_function("part => location.search.includes(part)", arg=part)


def test_dragging_weight_decay_moves_the_dots_and_finds_the_steps(
    page: "Page", server: "Server"
) -> None:
    chart = opened(page, server)
    freedom = "Degrees of freedom, ridge"
    assert tile(chart, freedom) == pytest.approx(
        degrees_of_freedom(ridge_filter(S, 3.0)), rel=SHOWN
    )
    drag(page, DECAY, 1)
    assert said(page, DECAY) == "100"
    t = closest_steps(S, LR, 100.0)
    assert said(page, STEPS) == str(int(t))
    ridge, stopped = ridge_filter(S, 100.0), descent_filter(S, LR, t)
    assert tile(chart, freedom) == pytest.approx(degrees_of_freedom(ridge), rel=SHOWN)
    assert tile(chart, "… early stopping") == pytest.approx(degrees_of_freedom(stopped), rel=SHOWN)
    assert page.evaluate(DOTS, "ridge dots") == pytest.approx(list(ridge), abs=PIXEL)
    assert page.evaluate(DOTS, "stopped dots") == pytest.approx(list(stopped), abs=PIXEL)
    assert page.evaluate("location.search") == ""  # nobody has been asked
    page.mouse.up()
    wait_link(page, "weight_decay=100")
    assert said(page, STEPS) == str(int(t))


def test_moving_the_steps_finds_weight_decay_and_a_reload_keeps_both(
    page: "Page", server: "Server"
) -> None:
    opened(page, server)
    slider(page, STEPS).press("ArrowRight")
    wait_link(page, "steps=60")
    assert said(page, STEPS) == "60"
    weight_decay = said(page, DECAY)
    assert float(weight_decay) == pytest.approx(closest_weight_decay(S, LR, 60), rel=SHOWN)
    page.reload()
    page.locator('.wd-chart[data-state="done"]').wait_for()
    assert (said(page, DECAY), said(page, STEPS)) == (weight_decay, "60")
    go_to(page, "Train")
    page.wait_for_function("location.search.includes('weight_decay=')")
    kept = page.evaluate("new URLSearchParams(location.search).get('weight_decay')")
    assert float(kept) == pytest.approx(float(weight_decay), rel=SHOWN)


def test_match_off_lets_each_slider_move_alone(page: "Page", server: "Server") -> None:
    opened(page, server)
    t = said(page, STEPS)
    choose(page, "Match λ and t", "each moves alone")
    wait_link(page, "sliders=free")
    drag(page, DECAY, 0)
    assert (said(page, DECAY), said(page, STEPS)) == ("0", t)
    assert page.evaluate(DOTS, "ridge dots") == pytest.approx([1.0] * len(S), abs=PIXEL)
    page.mouse.up()
    wait_link(page, "weight_decay=0")
    slider(page, STEPS).press("ArrowRight")
    wait_link(page, "steps=60")
    assert (said(page, DECAY), said(page, STEPS)) == ("0", "60")


def test_match_on_moves_the_steps_to_weight_decay(page: "Page", server: "Server") -> None:
    opened(page, server, "weight_decay=0&steps=60&sliders=free")
    assert (said(page, DECAY), said(page, STEPS)) == ("0", "60")
    choose(page, "Match λ and t", "each follows the other")
    page.wait_for_function("!location.search.includes('sliders')")
    assert (said(page, DECAY), said(page, STEPS)) == ("0", "∞")
    unfold(page, NUMBERS)
    inside(page).get_by_text("only the limit of ever more steps").wait_for()


def test_another_control_right_after_a_slider_moves_the_picture_too(
    page: "Page", server: "Server"
) -> None:
    opened(page, server, "weight_decay=1&steps=60&sliders=free")
    slider(page, DECAY).press("Home")
    wait_link(page, "weight_decay=0")
    page.get_by_role("button", name="Book, λ = 3").click()
    page.wait_for_function("!location.search.includes('weight_decay=')")
    assert said(page, DECAY) == "3"


def test_play_runs_weight_decay_through_its_range(page: "Page", server: "Server") -> None:
    chart = opened(page, server)
    chart.get_by_label("Speed").select_option("4×")
    chart.get_by_role("button", name="Play").click()
    page.locator('.wd-chart[data-state="playing"]').wait_for()
    wait_link(page, "weight_decay=100")
    assert said(page, DECAY) == "100"


def test_the_parts_of_w_play_over_the_epochs(page: "Page", server: "Server") -> None:
    opened(page, server)
    unfold(page, PARTS)
    page.locator('.wd-chart[data-state="done"]').nth(1).wait_for()
    parts = page.locator(".wd-chart").nth(1)
    assert tile(parts, "In the null space") == pytest.approx(tile(parts, "Predicted"), rel=SHOWN)
    parts.get_by_role("slider", name="Epoch").press("Home")
    assert tile(parts, "In the null space") > 12
    assert tile(parts, "In the null space") == pytest.approx(tile(parts, "Predicted"), rel=SHOWN)
