"""The Geometry page in a real browser: dragging λ and θ, playing, links, the phone."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.choosing import go_to, inside, unfold

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Server, Start, Watch

NewPage = Callable[..., "Page"]
DECAY, SIZE = "Weight decay λ", "Constraint ‖w‖² ≤ θ"

# How wide the disc is drawn at every stop of the slider, each right after the slider came there.
SWEEP = """label => {
  const input = document.querySelector(`input[aria-label="${label}"]`);
  const plot = document.querySelector('.wd-plot');
  const { uid } = plot._fullData.find(trace => trace.meta?.moves === 'disc');
  return Array.from({ length: Number(input.max) + 1 }, (_, place) => {
    input.value = place;
    input.dispatchEvent(new Event('input', {bubbles: true}));
    const line = plot.querySelector(`.trace${uid} .js-line`).getAttribute('d');
    const across = line.match(/-?[\\d.]+,/g).map(parseFloat);
    return Math.max(...across) - Math.min(...across);
  });
}"""


def opened(page: "Page", server: "Server", query: str = "") -> "Locator":
    page.goto(f"{server.url}/geometry" + (f"?{query}" if query else ""))
    page.locator('.wd-chart[data-state="done"]').first.wait_for()
    return page.locator(".wd-chart").first


def slider(page: "Page", label: str) -> "Locator":
    return page.get_by_role("slider", name=label)


def said(page: "Page", label: str) -> str:
    """What the slider says of itself."""
    return str(slider(page, label).get_attribute("aria-valuetext"))


def drawn_radius(page: "Page") -> float:
    """The radius of the disc in the drawing, from the path on the screen."""
    return float(
        page.evaluate(
            """() => { const plot = document.querySelector('.wd-plot');
              const { uid } = plot._fullData.find(trace => trace.meta?.moves === 'disc');
              const { xaxis } = plot._fullLayout;
              const line = plot.querySelector(`.trace${uid} .js-line`).getAttribute('d');
              const across = line.match(/-?[\\d.]+,/g).map(parseFloat);
              return (xaxis.p2l(Math.max(...across)) - xaxis.p2l(Math.min(...across))) / 2; }"""
        )
    )


def drag(page: "Page", label: str, share: float, *, let_go: bool = True) -> None:
    """Pull the slider's thumb to this share of its track with the mouse."""
    handle = slider(page, label)
    box = handle.bounding_box()
    assert box
    now = float(handle.input_value()) / float(handle.get_attribute("max") or 1)
    height = box["y"] + box["height"] / 2
    at = lambda part: box["x"] + 8 + part * (box["width"] - 16)  # noqa: E731
    page.mouse.move(at(now), height)
    page.mouse.down()
    page.mouse.move(at(share), height, steps=12)
    if let_go:
        page.mouse.up()


def wait_link(page: "Page", part: str) -> None:
    page.wait_for_function("part => location.search.includes(part)", arg=part)


def test_drag_weight_decay_and_theta_follows_before_release(page: "Page", server: "Server") -> None:
    chart = opened(page, server)
    assert (said(page, DECAY), said(page, SIZE)) == ("0.5", "2.63")
    drag(page, DECAY, 1, let_go=False)
    assert said(page, DECAY) == "1.00×10⁶"
    assert said(page, SIZE).endswith("×10⁻¹¹")
    assert drawn_radius(page) < 0.01
    assert page.evaluate("location.search") == ""  # nobody has been asked
    assert "So strong a penalty" in chart.inner_text()
    page.mouse.up()
    wait_link(page, "weight_decay=1000000")


def test_a_typed_number_is_taken_exactly_or_refused_in_words(
    page: "Page", server: "Server"
) -> None:
    chart = opened(page, server)
    decay = chart.get_by_role("textbox", name=f"{DECAY}, typed")
    for refused in ("much", "1,000"):
        decay.fill(refused)
        decay.press("Enter")
        chart.get_by_text(f"“{refused}” is not a number from 0 to").wait_for()
        assert decay.input_value() == "0.5"
    decay.fill("0,77")
    decay.press("Enter")
    wait_link(page, "weight_decay=0.77")
    assert said(page, DECAY) == "0.77"
    size = chart.get_by_role("textbox", name=f"{SIZE}, typed")
    size.fill("1.3")
    size.press("Enter")
    wait_link(page, "theta=1.3")
    assert said(page, SIZE) == "1.3"


def test_drag_theta_and_weight_decay_follows(page: "Page", server: "Server") -> None:
    chart = opened(page, server)
    drag(page, SIZE, 1, let_go=False)
    assert said(page, DECAY) == "0"
    assert said(page, SIZE) == "8.15: does not bind"
    assert drawn_radius(page) == pytest.approx(8.15**0.5, rel=5e-3)
    assert "does not bind" in chart.inner_text()
    page.mouse.up()
    wait_link(page, "theta=8.15")
    assert said(page, SIZE) == "8.15: does not bind"
    drag(page, SIZE, 0.5)
    page.wait_for_function(  # what was moved is kept where it binds, too
        "theta => Number(new URLSearchParams(location.search).get('theta')) === theta",
        arg=float(said(page, SIZE)),
    )
    assert float(said(page, DECAY)) > 0
    assert drawn_radius(page) ** 2 == pytest.approx(float(said(page, SIZE)), rel=2e-2)


def test_keys_move_a_slider_and_the_words_follow(page: "Page", server: "Server") -> None:
    opened(page, server, "weight_decay=1")
    slider(page, DECAY).press("ArrowRight")
    assert said(page, DECAY) == "1.12"
    wait_link(page, "weight_decay=1.12")
    slider(page, DECAY).press("ArrowRight")
    slider(page, DECAY).press("ArrowRight")
    slider(page, DECAY).press("ArrowRight")
    wait_link(page, "weight_decay=1.6")
    assert said(page, DECAY) == "1.6"
    slider(page, DECAY).press("Home")
    assert said(page, DECAY) == "0"
    wait_link(page, "weight_decay=0")
    unfold(page, "The formulas, with these numbers")
    inside(page).get_by_text("It holds w̃").wait_for()


def test_a_reload_and_the_link_keep_the_picture(
    page: "Page", new_page: NewPage, server: "Server"
) -> None:
    opened(page, server, "w1=1.5&s2=0.1")
    slider(page, DECAY).press("End")
    wait_link(page, "weight_decay=1000000")
    page.reload()
    page.locator('.wd-chart[data-state="done"]').wait_for()
    assert said(page, DECAY) == "1.00×10⁶"
    other = new_page()
    other.goto(page.url)
    other.locator('.wd-chart[data-state="done"]').wait_for()
    assert said(other, SIZE) == said(page, SIZE)
    other.wait_for_function(
        "document.querySelector('[aria-label=\"Eigenvalue s₂\"]')?.value === '0.1'"
    )


def test_play_runs_through_the_range(page: "Page", server: "Server") -> None:
    chart = opened(page, server)
    chart.get_by_label("Speed").select_option("4×")
    chart.get_by_role("button", name="Play").click()
    page.locator('.wd-chart[data-state="playing"]').wait_for()
    page.locator('.wd-chart[data-state="done"]').wait_for()
    assert said(page, DECAY) == "1.00×10⁶"
    wait_link(page, "weight_decay=1000000")


def test_a_control_moved_during_play_keeps_where_play_was(page: "Page", server: "Server") -> None:
    chart = opened(page, server)
    chart.get_by_label("Speed").select_option("0.25×")
    chart.get_by_role("button", name="Play").click()
    page.locator('.wd-chart[data-state="playing"]').wait_for()
    inside(page).get_by_text("Level sets of the objective").click()
    wait_link(page, "objective=on")
    page.wait_for_function("/weight_decay=|theta=/.test(location.search)")
    page.locator('.wd-chart[data-state="done"]').first.wait_for()
    search = parse_qs(urlsplit(page.url).query)
    label, key = (DECAY, "weight_decay") if "weight_decay" in search else (SIZE, "theta")
    assert float(said(page, label)) == pytest.approx(float(search[key][0]), rel=5e-3)


@pytest.mark.parametrize("query", ["", "descent=on&l1=on&objective=on", "source=slice"])
def test_a_drag_draws_every_picture(page: "Page", server: "Server", query: str) -> None:
    opened(page, server, query)
    widths = page.evaluate(SWEEP, DECAY)
    assert widths == sorted(widths, reverse=True)  # the more decay, the smaller the disc
    assert len(set(widths)) > 10


def test_with_reduced_motion_play_is_a_choice_too(page: "Page", server: "Server") -> None:
    page.emulate_media(reduced_motion="reduce")
    chart = opened(page, server)
    chart.get_by_role("button", name="Play").click()
    assert said(page, DECAY) == "1.00×10⁶"
    wait_link(page, "weight_decay=1000000")


def test_a_click_sets_the_start(page: "Page", server: "Server") -> None:
    opened(page, server, "descent=on")
    box = page.locator(".wd-plot .cartesianlayer .xy .nsewdrag, .wd-plot .draglayer .xy").first
    place = box.bounding_box()
    assert place
    page.mouse.move(place["x"] + 60, place["y"] + 300)
    page.mouse.click(place["x"] + 60, place["y"] + 300)
    wait_link(page, "start1=")
    start = page.get_by_role("spinbutton", name="Start w₁")
    assert float(start.input_value()) < -1.6


def test_cold_deep_links_show_their_page(fresh_server: "Start", page: "Page") -> None:
    cold = fresh_server()
    opened(page, cold, "weight_decay=2&angle=20")
    assert said(page, DECAY) == "2"
    assert page.get_by_role("heading", name="Why does a penalty pull").is_visible()
    assert page.get_by_role("dialog").count() == 0


def test_each_page_keeps_its_settings(page: "Page", server: "Server") -> None:
    opened(page, server, "weight_decay=2&s2=0.1")
    go_to(page, "Train")
    page.get_by_role("heading", name="Does weight decay stop").wait_for()
    page.locator('.wd-chart[data-state="done"][data-run="defaults"]').wait_for()
    page.get_by_role("slider", name=DECAY).press("ArrowRight")
    wait_link(page, "weight_decay=5")
    go_to(page, "Geometry")
    page.get_by_role("heading", name="Why does a penalty pull").wait_for()
    wait_link(page, "s2=0.1")
    assert said(page, DECAY) == "2"
    go_to(page, "Train")
    page.get_by_role("heading", name="Does weight decay stop").wait_for()
    wait_link(page, "weight_decay=5")
    assert page.get_by_test_id("stAlert").count() == 0


# Whether all of Plotly has been asked for: only what has depth needs it.
WHOLE = """() => performance.getEntriesByType('resource')
  .some(entry => entry.name.endsWith('/whole.js'))"""


def test_the_surface_is_the_second_tab(page: "Page", server: "Server", watch: "Watch") -> None:
    watch.forgive("WebGL")
    opened(page, server, "objective=on")
    assert not page.evaluate(WHOLE)
    page.get_by_role("tab", name="Surface").click()
    page.locator('.wd-chart[aria-label*="surfaces"]').wait_for()
    assert page.evaluate(WHOLE)
    wait_link(page, "view=surface")
    page.get_by_role("tab", name="Level sets").click()
    page.locator(".wd-slider").first.wait_for()
    assert said(page, DECAY) == "0.5"
    page.wait_for_function("location.search === '?objective=on'")


def test_the_surface_follows_a_drag_of_weight_decay(
    page: "Page", server: "Server", watch: "Watch"
) -> None:
    watch.forgive("WebGL")
    chart = opened(page, server, "view=surface")
    box = page.locator(".st-key-geometry-weight_decay").bounding_box()
    handle = page.locator(".st-key-geometry-weight_decay input[type=range]")
    thumb = handle.bounding_box()
    assert box
    assert thumb
    share = float(handle.input_value()) / float(handle.get_attribute("max") or 1)
    at, height = box["x"] + 8 + share * (box["width"] - 16), thumb["y"] + thumb["height"] / 2
    page.mouse.move(at, height)
    page.mouse.down()
    page.mouse.move(at + 200, height, steps=2)
    page.wait_for_function("document.querySelector('.wd-chart').dataset.live")
    assert page.evaluate("location.search") == "?view=surface"  # not yet let go
    page.mouse.up()
    wait_link(page, "weight_decay=")
    assert "lifts the loss" in chart.inner_text()


def test_the_picture_stays_where_it_is_while_the_words_change(
    page: "Page", server: "Server"
) -> None:
    chart = opened(page, server)
    place = (
        "node => [node.querySelector('.wd-plot').getBoundingClientRect().top, node.offsetHeight]"
    )
    before = chart.evaluate(place)
    for key in ("End", "Home", "ArrowRight"):
        slider(page, SIZE).press(key)
        assert chart.evaluate(place) == pytest.approx(before, abs=0.5)  # no whole pixel


def test_a_number_out_of_range_is_refused(page: "Page", server: "Server") -> None:
    opened(page, server)
    number = page.get_by_role("spinbutton", name="Eigenvalue s₁")
    number.fill("-3")
    number.press("Enter")
    inside(page).get_by_text("−3 is outside the range 0 to 100; it stays 2.").wait_for()
    assert number.input_value() == "2"
