"""The chart component in a real browser, on a demo app of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.choosing import choose
from tests.browser.demo.driver import (
    KEEP,
    count,
    handle_of,
    kept,
    opened,
    points,
    root,
    wait_closed,
    wait_epoch,
    wait_points,
)
from tests.browser.demo.runs import WEIGHT_DECAYS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server, Watch

NewPage = Callable[..., "Page"]

# Each drawing of the first line, looked for frame by frame until the playback is over.
DRAWINGS = """() => new Promise(resolve => {
  const chart = document.querySelector('.wd-chart'), seen = new Set();
  const tick = () => {
    seen.add(chart.querySelector('.scatterlayer .js-line').getAttribute('d'));
    if (chart.dataset.state === 'playing') return requestAnimationFrame(tick);
    resolve(seen.size);
  };
  tick();
})"""
# What a playback of 100 epochs at least draws: 4 seconds, and no frame counts for more than 0.1.
LEAST_DRAWINGS = 40
TICKS = """node => ['x', 'y'].map(axis =>
  [...node.querySelectorAll(`.${axis}tick text`)].map(text => text.textContent))"""


def test_finished_curves_show_at_once(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    assert chart.get_attribute("data-epoch") == "100"
    assert points(page, 0) == points(page, 1) == 101
    assert chart.get_by_text("epoch 100 of 100").is_visible()
    assert chart.locator(".wd-value").all_inner_texts() == ["0", "0.509", "–", "SGD", "0", "0", "0"]
    assert chart.locator(".wd-sign").all_inner_texts() == ["+", "="]
    assert chart.get_by_text("Weight decay 0.").is_visible()
    assert page.get_by_role("figure", name="Loss of the demo run").is_visible()


def test_play_pause_step_scrub(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    chart.get_by_role("button", name="Play").press("Space")
    root(page, "playing")
    wait_epoch(page, 10)
    chart.get_by_role("button", name="Pause").press("Enter")
    root(page, "paused")
    epoch = int(chart.get_attribute("data-epoch") or -1)
    assert 10 < epoch < 100
    wait_points(page, epoch + 1)
    chart.get_by_role("button", name="Step forward").click()
    page.locator(f'.wd-chart[data-epoch="{epoch + 1}"]').wait_for()
    wait_points(page, epoch + 2)
    chart.get_by_role("button", name="Step back").click()
    wait_points(page, epoch + 1)
    scrubber = page.get_by_role("slider", name="Epoch")
    scrubber.fill("37")
    page.locator('.wd-chart[data-epoch="37"]').wait_for()
    wait_points(page, 38)
    assert chart.get_by_text("epoch 37 of 100").is_visible()
    assert scrubber.get_attribute("aria-valuetext") == "epoch 37 of 100"
    assert chart.locator(".wd-value").first.inner_text() == "0.0518"
    scrubber.press("ArrowLeft")
    wait_points(page, 37)


def test_playback_runs_to_the_end(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    chart.get_by_label("Speed").select_option("4×")
    chart.get_by_role("button", name="Play").click()
    root(page, "playing")
    root(page, "done")
    assert chart.get_attribute("data-epoch") == "100"
    assert points(page) == 101


def test_playback_draws_the_epochs_in_order(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    page.evaluate(KEEP, "data-epoch")
    chart.get_by_role("button", name="Play").click()
    root(page, "playing")
    assert page.evaluate(DRAWINGS) > LEAST_DRAWINGS / 2  # the first half may be missed
    root(page, "done")
    epochs = [int(epoch or -1) for epoch in kept(page)]
    assert epochs == sorted(epochs)
    assert (epochs[0], epochs[-1]) == (0, 100)
    assert len(epochs) >= LEAST_DRAWINGS


def test_axes_stay_while_playing(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    ranges = "['xaxis', 'yaxis'].map(a => document.querySelector('.wd-plot')._fullLayout[a].range)"
    before = page.evaluate(ranges)
    page.get_by_role("slider", name="Epoch").fill("20")
    wait_points(page, 21)
    assert page.evaluate(ranges) == before
    chart.locator(".legendtoggle").nth(1).click()
    page.locator(".wd-plot .legend .traces").nth(1).wait_for()
    page.wait_for_function(
        "document.querySelector('.wd-plot')._fullData[1].visible === 'legendonly'"
    )
    wait_points(page, 21)
    assert page.evaluate(ranges)[0] == before[0]


def test_reduced_motion_shows_the_end(page: "Page", demo: "Server") -> None:
    page.emulate_media(reduced_motion="reduce")
    chart = opened(page, demo)
    page.get_by_role("slider", name="Epoch").fill("20")
    root(page, "paused")
    chart.get_by_role("button", name="Play").click()
    assert chart.get_attribute("data-state") == "done"
    assert chart.get_attribute("data-epoch") == "100"


def test_update_keeps_node_zoom_and_hidden_trace(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    page.evaluate(
        """() => { const plot = document.querySelector('.wd-plot'); window.first = plot;
        return Plotly.relayout(plot, {}); }"""
    )
    drag = page.locator(".wd-plot .nsewdrag").bounding_box()
    assert drag
    page.mouse.move(drag["x"] + 100, drag["y"] + 40)
    page.mouse.down()
    page.mouse.move(drag["x"] + 300, drag["y"] + 140, steps=5)
    page.mouse.up()
    page.wait_for_function("document.querySelector('.wd-plot')._fullLayout.xaxis.range[0] > 5")
    zoom = page.evaluate("document.querySelector('.wd-plot')._fullLayout.xaxis.range")
    page.locator(".wd-plot .legendtoggle").nth(1).click()
    page.wait_for_function(
        "document.querySelector('.wd-plot')._fullData[1].visible === 'legendonly'"
    )
    page.get_by_role("slider", name="Weight decay").press("ArrowRight")
    root(page, "done", "decay-0.001")
    assert page.evaluate("document.querySelector('.wd-plot') === window.first")
    assert page.evaluate("document.querySelector('.wd-plot')._fullLayout.xaxis.range") == zoom
    assert page.evaluate("document.querySelector('.wd-plot')._fullData[1].visible") == "legendonly"


def test_an_update_ends_the_playback(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    chart.get_by_label("Speed").select_option("0.25×")
    chart.get_by_role("button", name="Play").click()
    root(page, "playing")
    page.get_by_role("slider", name="Weight decay").press("ArrowRight")
    root(page, "done", "decay-0.001")
    page.evaluate("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
    assert points(page) == 101
    assert chart.get_attribute("data-state") == "done"


def test_stream_shows_its_epochs_in_order(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    page.evaluate(KEEP, "data-epoch")
    choose(page, "Long run", "one")
    root(page, "streaming")
    wait_epoch(page, 50)
    page.get_by_role("button", name="Stop").click()
    root(page, "stopped")
    epochs = [int(epoch) for epoch in kept(page) if epoch and epoch != "100"]
    assert epochs == sorted(epochs)
    assert len(epochs) > 1


def test_a_stream_that_waits_for_a_place_says_so_until_it_begins(
    page: "Page", demo: "Server"
) -> None:
    chart = opened(page, demo)
    choose(page, "Long run", "queued")
    chart.get_by_text("Waiting for a place: 2 come before.").wait_for()
    assert chart.get_attribute("data-state") == "streaming"
    assert chart.get_by_role("button", name="Stop").is_visible()
    chart.locator(".wd-text:visible", has_text="epoch 0 of 5").wait_for()
    root(page, "done", "/api/stream?name=queued&epochs=5&pace=0.2")


def test_epochs_that_come_at_once_are_not_repainted_one_by_one(
    page: "Page", demo: "Server"
) -> None:
    chart = opened(page, demo)
    before = int(chart.get_attribute("data-frames") or 0)
    choose(page, "Long run", "burst")
    root(page, "done", "/api/stream?name=burst&epochs=300&pace=0")
    assert points(page) == 301
    assert 1 < int(chart.get_attribute("data-frames") or 0) - before < 150


def test_stop_keeps_the_curves_and_the_server_lets_go(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    before = count(demo, "closed", "one")
    choose(page, "Long run", "one")
    root(page, "streaming")
    wait_epoch(page, 5)
    assert chart.get_by_role("progressbar", name="Progress").is_visible()
    chart.get_by_text("Twenty epochs are in.").wait_for()
    chart.get_by_role("button", name="Stop").press("Enter")
    assert chart.get_attribute("data-state") == "stopped"  # at once, whatever the server does
    epoch = int(chart.get_attribute("data-epoch") or 0)
    assert 20 < epoch < 300
    assert points(page) == epoch + 1
    assert chart.get_by_role("button", name="Play").evaluate("n => n === document.activeElement")
    wait_closed(page, demo, before)
    page.get_by_role("slider", name="Epoch").fill("10")
    wait_points(page, 11)


def test_stream_ends_and_can_be_played(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    choose(page, "Long run", "two")
    root(page, "done", "/api/stream?name=two&epochs=40&pace=0.01")
    assert chart.get_attribute("data-epoch") == "40"
    assert points(page) == 41
    chart.get_by_role("button", name="Play").click()
    root(page, "playing")
    root(page, "done")


def test_a_failed_stream_says_so(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    choose(page, "Long run", "broken")
    chart = root(page, "failed")
    assert chart.get_by_role("alert").inner_text() == "The demo broke on purpose."
    assert points(page) == 4


def test_who_is_refused_a_stream_is_told_why(page: "Page", demo: "Server", watch: "Watch") -> None:
    watch.forgive("429")
    opened(page, demo)
    page.route("**/api/stream?*", lambda route: route.fulfill(status=429, body="Too much."))
    choose(page, "Long run", "one")
    chart = root(page, "failed")
    assert "Too much is being worked out at once" in chart.get_by_role("alert").inner_text()


def test_a_new_payload_closes_the_old_stream(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    before = count(demo, "closed", "one")
    choose(page, "Long run", "one")
    root(page, "streaming")
    wait_epoch(page, 5)
    choose(page, "Long run", "two")
    chart = root(page, "done", "/api/stream?name=two&epochs=40&pace=0.01")
    assert chart.get_attribute("data-epoch") == "40"
    assert points(page) == 41
    assert count(demo, "closed", "one") == before + 1


def test_live_drag_redraws_before_release(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    left, right, height = handle_of(page)
    page.mouse.move(left, height)
    page.mouse.down()
    before = int(chart.get_attribute("data-frames") or 0)
    page.mouse.move(right, height, steps=18)
    page.locator('.wd-chart[data-live="decay-10"]').wait_for()
    root(page, "done", "decay-10")
    assert int(chart.get_attribute("data-frames") or 0) > before
    assert page.locator(".wd-chart").get_by_text("Weight decay 10.").is_visible()
    page.mouse.move(left, height, steps=5)
    root(page, "done", "decay-0")
    page.mouse.move(right, height, steps=5)
    page.mouse.up()
    root(page, "done", "decay-10")
    assert points(page) == 101


def test_live_drag_follows_the_hand_in_order(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    left, right, height = handle_of(page)
    page.mouse.move(left, height)
    page.mouse.down()
    page.evaluate(KEEP, "data-live")
    page.mouse.move(right, height, steps=36)
    page.locator('.wd-chart[data-live="decay-10"]').wait_for()
    page.mouse.up()
    seen = [WEIGHT_DECAYS.index((run or "").removeprefix("decay-")) for run in kept(page)]
    assert seen == sorted(seen)
    assert len(seen) > 1


def test_theme_colours(page: "Page", demo: "Server") -> None:
    page.emulate_media(color_scheme="dark")
    opened(page, demo)
    look = """() => { const plot = document.querySelector('.wd-plot'), l = plot._fullLayout;
      return [getComputedStyle(plot).getPropertyValue('--st-text-color').trim(), l.font.color,
        plot._fullData[2].line.color, l.shapes[0].line.color, l.paper_bgcolor,
        getComputedStyle(document.querySelector('.wd-button')).color]; }"""
    text, font, line, shape, paper, button = page.evaluate(look)
    assert text == font == line == shape
    assert paper == "rgba(0,0,0,0)"
    channels = [int(part) for part in button[4:-1].split(",")[:3]]
    assert min(channels) > 200
    page.emulate_media(color_scheme="light")
    page.wait_for_function(
        "([dark]) => document.querySelector('.wd-plot')._fullLayout.font.color !== dark", arg=[text]
    )
    after = page.evaluate(look)
    assert after[0] == after[1] == after[2] == after[3] != text


def test_phone_has_no_overflow(new_page: NewPage, demo: "Server") -> None:
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    chart = opened(page, demo)
    wide = """() => [...document.querySelectorAll('.wd-chart, .wd-chart *')]
      .filter(n => n.getBoundingClientRect().right > innerWidth + 1 && !n.closest('.wd-plot'))
      .map(n => n.className)"""
    assert page.evaluate(wide) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    chart.get_by_role("button", name="Help for Test loss: On new examples.").tap()
    assert chart.get_by_role("tooltip").inner_text() == "On new examples."
    assert page.evaluate(wide) == []


def test_downloads(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    for name, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with page.expect_download() as waiting:
            chart.get_by_role("button", name=f"Download as {name}").click()
        assert waiting.value.suggested_filename == f"demo.{name.lower()}"
        assert Path(waiting.value.path()).read_bytes().startswith(start)


def test_a_file_shows_the_same_axes_as_the_screen(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    page.get_by_role("slider", name="Epoch").fill("20")
    wait_points(page, 21)
    with page.expect_download() as waiting:
        chart.get_by_role("button", name="Download as SVG").click()
    svg = Path(waiting.value.path()).read_text()
    inside = f"svg => ({TICKS})(new DOMParser().parseFromString(svg, 'image/svg+xml'))"
    assert page.evaluate(inside, svg) == page.locator(".wd-plot").evaluate(TICKS)


def test_a_finger_on_the_picture_scrolls_the_page(new_page: NewPage, demo: "Server") -> None:
    page = new_page(viewport={"width": 390, "height": 500}, has_touch=True, is_mobile=True)
    opened(page, demo)
    page.locator(".wd-plot").evaluate("node => node.scrollIntoView({block: 'end'})")
    assert page.evaluate("document.elementFromPoint(195, 250).closest('.nsewdrag') !== null")
    top = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = page.evaluate(top)
    finger = page.context.new_cdp_session(page)
    for kind, up in [("touchStart", 0), *(("touchMove", 10 * n) for n in range(1, 11))]:
        place = {"x": 195, "y": 250 - up}
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(f"before => {top} > before + 50", arg=before)


def test_a_help_mark_has_room_for_a_fingertip(new_page: NewPage, demo: "Server") -> None:
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    opened(page, demo)
    hit = """reach => [...document.querySelectorAll('.wd-help')].flatMap(mark => {
      const { x, y, width, height } = mark.getBoundingClientRect();
      return [-reach, reach].map(by => document.elementFromPoint(x + width / 2, y + height / 2 + by)
        ?.closest('.wd-help') === mark); })"""
    page.evaluate("document.querySelector('.wd-tiles').scrollIntoView({ block: 'center' })")
    assert all(page.evaluate(hit, 12))


def test_a_help_bubble_stays_with_its_mark(page: "Page", demo: "Server") -> None:
    page.set_viewport_size({"width": 1000, "height": 400})
    chart = opened(page, demo)
    mark = chart.get_by_role("button", name="Help for Test loss")
    mark.focus()
    bubble = chart.get_by_role("tooltip")
    beside = """() => { const bubble = document.querySelector('.wd-bubble').getBoundingClientRect();
      const mark = document.activeElement.getBoundingClientRect();
      return Math.min(Math.abs(bubble.top - mark.bottom), Math.abs(mark.top - bubble.bottom)) < 9; }
    """
    assert page.evaluate(beside)
    top = "document.activeElement.getBoundingClientRect().top"
    before = page.evaluate(top)
    page.locator("[data-testid=stMain]").evaluate("node => node.scrollBy(0, -40)")
    page.wait_for_function(f"before => {top} > before + 20", arg=before)
    page.wait_for_function(beside)
    assert bubble.is_visible()
    mark.press("Escape")
    assert not bubble.is_visible()
