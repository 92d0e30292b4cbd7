"""The chart component in a real browser, on a demo app of its own."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Server, Start, Watch

DEMO = Path(__file__).parent / "demo" / "app.py"
DONE = '.wd-chart[data-state="done"]'
NewPage = Callable[..., "Page"]

# Counts, frame by frame inside the page, how often what `look` reads has changed.
COUNT = """([seconds, what]) => new Promise(resolve => {
  const chart = document.querySelector('.wd-chart'), started = performance.now();
  const look = {
    line: () => chart.querySelector('.scatterlayer .js-line')?.getAttribute('d'),
    frames: () => chart.dataset.frames,
  }[what];
  let shown = look(), changes = 0, frames = 0;
  const tick = now => {
    frames += 1;
    if (look() !== shown) { changes += 1; shown = look(); }
    if (now - started < seconds * 1000) return requestAnimationFrame(tick);
    const took = (now - started) / 1000;
    resolve([changes / took, frames / took]);
  };
  requestAnimationFrame(tick);
})"""


@pytest.fixture(scope="module")
def demo(start_server: "Start") -> "Server":
    return start_server(DEMO)


def root(page: "Page", state: str = "", run: str = "") -> "Locator":
    """The chart's root node, once it says that it is in this state."""
    wanted = (f'[data-state="{state}"]' if state else "") + (f'[data-run="{run}"]' if run else "")
    page.locator(f".wd-chart{wanted}").wait_for()
    return page.locator(".wd-chart")


def opened(page: "Page", demo: "Server") -> "Locator":
    page.goto(demo.url)
    return root(page, "done", "decay-0")


def points(page: "Page", trace: int = 0) -> int:
    """Number of points the trace has in the drawing (a step of the animation may be due)."""
    count = "n => document.querySelector('.wd-plot').data[n].x.length"
    return int(page.evaluate(count, trace))


def wait_points(page: "Page", wanted: int, trace: int = 0) -> None:
    count = "([n, wanted]) => document.querySelector('.wd-plot').data[n].x.length === wanted"
    page.wait_for_function(count, arg=[trace, wanted])


def choose(page: "Page", stream: str) -> None:
    page.get_by_role("combobox", name="Long run").click()
    page.get_by_role("option", name=stream, exact=True).click()


def record(demo: "Server") -> list[dict[str, Any]]:
    with urlopen(f"{demo.url}/api/log") as answer:
        return list(json.load(answer))


def times(demo: "Server", event: str, name: str) -> list[float]:
    return [e["time"] for e in record(demo) if e["event"] == event and e["name"] == name]


def handle_of(page: "Page", key: str = "weight-decay") -> tuple[float, float, float]:
    """Left, right and middle height of the slider's track."""
    box = page.locator(f".st-key-{key} .stSlider [role=group]").bounding_box()
    assert box
    return box["x"] + 8, box["x"] + box["width"] - 8, box["y"] + box["height"] / 2


def test_finished_curves_show_at_once(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    assert chart.get_attribute("data-epoch") == "100"
    assert points(page, 0) == points(page, 1) == 101
    assert chart.get_by_text("epoch 100 of 100").is_visible()
    assert chart.locator(".wd-value").all_inner_texts() == ["0", "0.509", "–", "SGD", "0", "0", "0"]
    assert chart.locator(".wd-sign").all_inner_texts() == ["+", "="]
    assert chart.get_by_text("Weight decay 0.").is_visible()
    assert page.get_by_role("img", name="Loss of the demo run").is_visible()


def test_play_pause_step_scrub(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    chart.get_by_role("button", name="Play").press("Space")
    root(page, "playing")
    page.wait_for_function("Number(document.querySelector('.wd-chart').dataset.epoch) > 10")
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


def test_playback_is_smooth(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    chart.get_by_role("button", name="Play").click()
    root(page, "playing")
    pace, frames = page.evaluate(COUNT, [2, "line"])
    print(f"playback: {pace:.0f} drawings a second in {frames:.0f} frames")
    assert pace > 0


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


def test_reduced_motion_shows_the_end(new_page: NewPage, demo: "Server") -> None:
    page = new_page(reduced_motion="reduce")
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


def test_stream_repaints_at_a_fixed_pace(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    choose(page, "one")
    root(page, "streaming")
    page.wait_for_function("Number(document.querySelector('.wd-chart').dataset.epoch) > 5")
    pace, _ = page.evaluate(COUNT, [1.5, "frames"])
    print(f"stream: {pace:.1f} repaints a second")
    assert 0 < pace <= 11  # however fast the epochs come


def test_stop_acts_at_once(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    opens = len(times(demo, "opened", "one"))
    choose(page, "one")
    root(page, "streaming")
    page.wait_for_function("Number(document.querySelector('.wd-chart').dataset.epoch) > 5")
    assert chart.get_by_role("progressbar", name="Training").is_visible()
    chart.get_by_text("Twenty epochs are in.").wait_for()
    took = page.evaluate(
        """() => new Promise(resolve => {
          const chart = document.querySelector('.wd-chart'), started = performance.now();
          [...chart.querySelectorAll('button')].find(b => b.title === 'Stop').click();
          const look = () => chart.dataset.state === 'stopped'
            ? resolve([performance.now() - started, Date.now() / 1000])
            : requestAnimationFrame(look);
          look();
        })"""
    )
    print(f"stop: {took[0]:.0f} ms")
    epoch = int(chart.get_attribute("data-epoch") or 0)
    assert 20 < epoch < 300
    assert points(page) == epoch + 1
    page.wait_for_function(
        """([url, opens]) => fetch(url).then(r => r.json())
        .then(all => all.filter(e => e.event === 'closed' && e.name === 'one').length > opens)""",
        arg=[f"{demo.url}/api/log", opens],
    )
    closed = times(demo, "closed", "one")[-1]
    print(f"server let go {1000 * (closed - took[1]):.0f} ms after the stop")
    page.get_by_role("slider", name="Epoch").fill("10")
    wait_points(page, 11)


def test_stream_ends_and_can_be_played(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    choose(page, "two")
    root(page, "done", "/api/stream?name=two&epochs=40&pace=0.01")
    assert chart.get_attribute("data-epoch") == "40"
    assert points(page) == 41
    chart.get_by_role("button", name="Play").click()
    root(page, "playing")
    root(page, "done")


def test_a_failed_stream_says_so(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    choose(page, "broken")
    chart = root(page, "failed")
    assert chart.get_by_role("alert").inner_text() == "The demo broke on purpose."
    assert points(page) == 4


def test_a_new_payload_closes_the_old_stream(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    before = len(times(demo, "closed", "one"))
    choose(page, "one")
    root(page, "streaming")
    page.wait_for_function("Number(document.querySelector('.wd-chart').dataset.epoch) > 5")
    choose(page, "two")
    chart = root(page, "done", "/api/stream?name=two&epochs=40&pace=0.01")
    assert chart.get_attribute("data-epoch") == "40"
    assert points(page) == 41
    assert len(times(demo, "closed", "one")) == before + 1


def test_leaving_the_page_closes_the_stream(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    before = len(times(demo, "closed", "one"))
    choose(page, "one")
    root(page, "streaming")
    page.get_by_text("Chart", exact=True).click()
    page.locator(".wd-chart").wait_for(state="detached")
    page.wait_for_function(
        """([url, before]) => fetch(url).then(r => r.json())
        .then(all => all.filter(e => e.event === 'closed' && e.name === 'one').length > before)""",
        arg=[f"{demo.url}/api/log", before],
    )


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


def test_live_drag_follows_the_hand(page: "Page", demo: "Server") -> None:
    chart = opened(page, demo)
    left, right, height = handle_of(page)
    page.mouse.move(left, height)
    page.mouse.down()
    page.evaluate(
        """() => { window.lives = []; window.frames_seen = 0;
        const tick = () => { frames_seen += 1; requestAnimationFrame(tick); };
        requestAnimationFrame(tick);
        new MutationObserver(() => lives.push([performance.now(), frames_seen]))
          .observe(document.querySelector('.wd-chart'), {attributeFilter: ['data-live']}); }"""
    )
    for _ in range(2):
        page.mouse.move(right, height, steps=18)
        page.mouse.move(left, height, steps=18)
    root(page, "done", "decay-0")
    pace, frames = page.evaluate(
        """() => { const seconds = (lives.at(-1)[0] - lives[0][0]) / 1000;
        return [(lives.length - 1) / seconds, (lives.at(-1)[1] - lives[0][1]) / seconds]; }"""
    )
    page.mouse.up()
    print(f"drag: {pace:.0f} updates a second in {frames:.0f} frames")
    assert chart.get_attribute("data-run") == "decay-0"
    assert page.evaluate("lives.length") > 2


def test_theme_colours(new_page: NewPage, demo: "Server") -> None:
    page = new_page(color_scheme="dark")
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


def test_without_plotly_one_sentence(page: "Page", demo: "Server", watch: "Watch") -> None:
    watch.forgive("plotly.")
    page.route("**/asset/plotly.*", lambda route: route.abort())
    page.goto(demo.url)
    chart = root(page, "failed")
    assert "The picture cannot be drawn" in chart.get_by_role("alert").inner_text()
    assert chart.get_by_text("0.509").is_visible()


def test_numbers(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    written = page.evaluate(
        """async numbers => {
          const file = performance.getEntriesByType('resource')
            .find(entry => /chart\\.\\w+\\.js/.test(entry.name));
          const { formatNumber } = await import(file.name);
          return numbers.map(formatNumber);
        }""",
        [0, 0.5, 1.23456, 123.456, 1234.5, 99999, 123456, 1.234e-5, -0.00012, 0.001, None, 20],
    )
    assert written == [
        *("0", "0.500", "1.23", "123", "1230", "1.00×10⁵", "1.23×10⁵", "1.23×10⁻⁵", "−1.20×10⁻⁴"),
        *("0.00100", "–", "20"),
    ]


def test_files_are_cached_for_good_and_compressed_once(page: "Page", demo: "Server") -> None:
    opened(page, demo)
    addresses = page.evaluate(
        """() => performance.getEntriesByType('resource').map(entry => entry.name)
        .filter(name => name.includes('/asset/'))"""
    )
    assert len(addresses) == 3
    for address in addresses:
        with urlopen(Request(address, headers={"Accept-Encoding": "gzip"})) as answer:
            packed = answer.read()
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Encoding"] == "gzip"
        with urlopen(address) as answer:
            assert answer.headers["Content-Encoding"] is None
            assert answer.read() == gzip.decompress(packed)
    with pytest.raises(HTTPError, match="404"):
        urlopen(addresses[0] + "x")


def test_below_a_base_path(page: "Page", fresh_server: "Start") -> None:
    below = fresh_server(DEMO, "--server.baseUrlPath=some/place")
    page.goto(below.url)
    root(page, "done", "decay-0")
    page.get_by_role("slider", name="Weight decay").press("ArrowRight")
    root(page, "done", "decay-0.001")
