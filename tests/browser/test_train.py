"""The Train page in a real browser: what a person does with it."""

import csv
import io
from collections.abc import Callable, Mapping
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from pages.shared.controls import NUMBERS
from pages.shared.encoding import encode
from pages.shared.settings import settings_of
from pages.train.payload.picture import training_picture
from tests.browser.choosing import unfold
from tests.browser.demo.driver import KEEP, kept, wait_epoch

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Server, Start

NewPage = Callable[..., "Page"]

WEIGHT_DECAY = "Weight decay λ"
LONG = {"n_features": "10000", "n_train": "2000", "epochs": "300", "batch_size": "32"}

WAIT_MOVED = """before => { const root = document.querySelector('.wd-chart');
  return root.dataset.state === 'done' && root.dataset.run !== before; }"""
POINTS = """() => Object.fromEntries(document.querySelector('.wd-plot').data
  .map(trace => [trace.name, trace.y.filter(y => y !== null).length]))"""
ENDS = """() => Object.fromEntries(document.querySelector('.wd-plot').data
  .map(trace => [trace.name, trace.y.at(-1)]))"""
DRAWN_LINES = """() => [...document.querySelectorAll('.wd-plot .scatterlayer .trace .js-line')]
  .filter(line => line.getTotalLength() > 100).length"""


def address(server: "Server", values: Mapping[str, str] | None = None, page: str = "train") -> str:
    """The address of these settings."""
    return f"{server.url}/{page}" + (f"?{urlencode(values)}" if values else "")


def settled(page: "Page", state: str = "done") -> "Locator":
    """The chart, once it says that it is in this state."""
    page.locator(f'.wd-chart[data-state="{state}"]').wait_for()
    return page.locator(".wd-chart")


def opened(page: "Page", server: "Server", values: Mapping[str, str] | None = None) -> "Locator":
    page.goto(address(server, values))
    return settled(page)


def run_of(page: "Page") -> str:
    return page.locator(".wd-chart").get_attribute("data-run") or ""


def moved(page: "Page", key: str = "ArrowRight", name: str = WEIGHT_DECAY) -> str:
    """Press a key on a slider; the run that is then drawn."""
    before = run_of(page)
    page.get_by_role("slider", name=name).press(key)
    page.wait_for_function(WAIT_MOVED, arg=before)
    return run_of(page)


def ends(page: "Page") -> dict[str, float | None]:
    """The last value of every drawn trace."""
    return dict(page.evaluate(ENDS))


def curves(payload: dict[str, Any]) -> dict[str, float | None]:
    """The same, as the engine has it."""
    figure = payload["figure"]["data"]
    grown = {t["name"]: payload["series"][t["meta"]["series"]][-1] for t in figure if "meta" in t}
    return grown | {t["name"]: t["y"][-1] for t in figure if "meta" not in t}


def streaming(page: "Page", server: "Server") -> "Locator":
    """A long run, once its first epochs are drawn."""
    page.goto(address(server, LONG))
    settled(page, "streaming")
    page.wait_for_function("Number(document.querySelector('.wd-chart').dataset.epoch) >= 2")
    return page.locator(".wd-chart")


# ---------------------------------------------------------------- the picture


def test_opens_with_both_curves_drawn(page: "Page", server: "Server") -> None:
    opened(page, server)
    # With decay and without it, and the simplest prediction.
    assert page.evaluate(DRAWN_LINES) == 3
    page.get_by_text("Every curve", exact=True).click()
    page.wait_for_url("**curves=every")
    settled(page)
    points = page.evaluate(POINTS)
    for name in ("train, λ = 3", "test, λ = 3", "‖w‖, λ = 3", "train, λ = 0", "test, λ = 0"):
        assert points[name] == 101, name
    # Two losses and a norm for each of the two runs, the part out of reach, and two levels.
    assert page.evaluate(DRAWN_LINES) == 9


def test_draws_what_the_engine_computes(page: "Page", server: "Server") -> None:
    opened(page, server)
    wanted = curves(training_picture(settings_of({})))
    drawn = ends(page)
    assert drawn.keys() == wanted.keys()
    for name, value in wanted.items():
        assert drawn[name] == (value if value is None else pytest.approx(value, rel=1e-6)), name


def test_a_key_on_the_slider_brings_new_curves(page: "Page", server: "Server") -> None:
    opened(page, server)
    before = ends(page)
    assert moved(page) == "weight_decay=5"
    after = ends(page)
    assert after["test, λ = 5"] != before["test, λ = 3"]
    assert after["test, λ = 0"] == pytest.approx(before["test, λ = 0"], rel=1e-5)
    assert moved(page, "Home") == "weight_decay=0"
    assert not [name for name in ends(page) if "λ = 3" in name]


@pytest.mark.parametrize("name", ["Learning rate η", "Dimension d"])
def test_every_front_slider_acts(page: "Page", server: "Server", name: str) -> None:
    opened(page, server)
    before = ends(page)["test, λ = 3"]
    moved(page, "ArrowLeft", name)
    assert ends(page)["test, λ = 3"] != before


def test_what_is_folded_comes_when_it_is_opened_and_stays_when_it_is_closed(
    page: "Page", server: "Server"
) -> None:
    opened(page, server)
    epochs = page.get_by_role("spinbutton", name="Epochs")
    assert not epochs.count()
    page.get_by_text("Training", exact=True).click()
    before = run_of(page)
    epochs.fill("30")
    epochs.press("Enter")
    page.wait_for_function(WAIT_MOVED, arg=before)
    page.get_by_text("Training", exact=True).click()
    epochs.wait_for(state="detached")
    assert run_of(page) == "epochs=30"
    assert moved(page) == "weight_decay=5&epochs=30"


def test_dragging_redraws_before_release(page: "Page", server: "Server") -> None:
    chart = opened(page, server)
    box = page.locator(".st-key-weight_decay .stSlider [role=group]").bounding_box()
    assert box
    height, right = box["y"] + box["height"] / 2, box["x"] + box["width"]
    thumb = page.locator(".st-key-weight_decay [role=slider], .st-key-weight_decay input").first
    at = thumb.bounding_box()
    assert at
    page.mouse.move(right - 8 if at["width"] > 100 else at["x"] + at["width"] / 2, height)
    page.mouse.down()
    page.mouse.move(box["x"] + 1, height, steps=12)
    page.locator('.wd-chart[data-live="weight_decay=0"]').wait_for()
    assert chart.get_attribute("data-run") == "weight_decay=0"
    assert not [name for name in ends(page) if "λ = 3" in name]
    page.mouse.up()
    page.locator('.wd-chart[data-state="done"][data-run="weight_decay=0"]').wait_for()
    page.wait_for_url("**weight_decay=0*")


def test_plays_and_pauses(page: "Page", server: "Server") -> None:
    chart = opened(page, server)
    chart.get_by_role("button", name="Play").click()
    settled(page, "playing")
    page.wait_for_function("Number(document.querySelector('.wd-chart').dataset.epoch) > 5")
    chart.get_by_role("button", name="Pause").click()
    settled(page, "paused")
    epoch = int(chart.get_attribute("data-epoch") or -1)
    assert 5 < epoch < 100
    page.wait_for_function(
        "n => document.querySelector('.wd-plot').data[0].x.length === n", arg=epoch + 1
    )


def test_a_preset_moves_the_sliders_and_the_picture(page: "Page", server: "Server") -> None:
    opened(page, server)
    page.get_by_role("button", name="English edition").click()
    page.wait_for_function(WAIT_MOVED, arg="defaults")
    assert set(run_of(page).split("&")) == {"lr=0.01", "epochs=10", "init_std=0.01"}
    slider = page.get_by_role("slider", name="Learning rate η")
    assert slider.get_attribute("aria-valuetext") == "0.01"
    assert page.get_by_text("The start is a hundred").first.is_visible()


def test_a_slider_at_a_value_between_its_steps_is_followed(page: "Page", server: "Server") -> None:
    opened(page, server, {"weight_decay": "0.25"})
    page.evaluate(
        """() => { window.runs = []; const root = document.querySelector('.wd-chart');
        new MutationObserver(() => window.runs.push(root.dataset.run))
          .observe(root, {attributeFilter: ['data-run']}); }"""
    )
    page.get_by_role("slider", name=WEIGHT_DECAY).press("ArrowRight")
    page.wait_for_url("**weight_decay=0.3*")
    assert set(page.evaluate("runs")) == {"weight_decay=0.3"}
    assert "test, λ = 0.3" in ends(page)


RANGES = """() => ['xaxis', 'yaxis']
  .map(axis => document.querySelector('.wd-plot')._fullLayout[axis].range)"""


def test_a_typed_number_keeps_the_epoch_and_the_zoom(page: "Page", server: "Server") -> None:
    chart = opened(page, server)
    page.get_by_role("slider", name="Epoch").fill("40")
    typed = page.get_by_role("textbox", name="Weight decay λ, typed")
    typed.fill("0,05")
    typed.press("Enter")
    page.locator('.wd-chart[data-state="paused"][data-run="weight_decay=0.05"]').wait_for()
    assert chart.get_attribute("data-epoch") == "40"
    whole = page.evaluate(RANGES)
    drag = page.locator(".wd-plot .nsewdrag").first.bounding_box()
    assert drag
    page.mouse.move(drag["x"] + 100, drag["y"] + 40)
    page.mouse.down()
    page.mouse.move(drag["x"] + 300, drag["y"] + 140, steps=5)
    page.mouse.up()
    undo = chart.get_by_role("button", name="Undo the zoom")
    undo.wait_for()
    zoomed = page.evaluate(RANGES)
    assert zoomed != whole
    typed.fill("nothing")
    typed.press("Enter")
    page.get_by_text("“nothing” is not a number; it stays 0.05").wait_for()
    typed.fill("0.07")
    typed.press("Enter")
    page.locator('.wd-chart[data-run="weight_decay=0.07"]').wait_for()
    assert page.evaluate(RANGES) == zoomed
    undo.click()
    undo.wait_for(state="hidden")
    assert page.evaluate(RANGES)[0] == whole[0]


# ---------------------------------------------------------------- the link


def pinned(page: "Page", run: str) -> None:
    """Pin the present run, which is then drawn as one more curve."""
    page.get_by_role("button", name="Pin this run").click()
    page.wait_for_function(
        "name => document.querySelector('.wd-plot').data.some(t => t.name === name)",
        arg=f"test, {run}",
    )


def test_the_address_holds_settings_and_pins(page: "Page", server: "Server") -> None:
    opened(page, server)
    pinned(page, "Run 1")
    moved(page)
    page.wait_for_url("**weight_decay=5*")
    query = parse_qs(urlsplit(page.url).query)
    assert query == {"weight_decay": ["5"], "pin": ["Run 1?"]}


# How much of what stands before a table its tools cover.
COVERED = """() => {
  const tools = document.querySelector('[data-testid="stElementToolbar"]').getBoundingClientRect();
  const before = [...document.querySelectorAll('.stButton button, .stPopover button')]
    .map(button => button.getBoundingClientRect().bottom);
  return Math.max(...before.filter(bottom => bottom < tools.bottom)) - tools.top;
}"""


def test_the_tools_of_a_table_cover_nothing_on_a_phone(new_page: NewPage, server: "Server") -> None:
    page = new_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    opened(page, server, {"pin": "Run 1?lr=0.01"})
    page.get_by_test_id("stElementToolbar").wait_for()
    assert page.evaluate(COVERED) <= 0


def test_a_reload_finds_the_same(page: "Page", server: "Server") -> None:
    opened(page, server)
    moved(page)
    pinned(page, "λ = 5")
    moved(page, "ArrowLeft", "Dimension d")
    page.wait_for_url("**n_features=100*")
    before, run = ends(page), run_of(page)
    page.reload()
    settled(page)
    assert run_of(page) == run
    assert ends(page) == before
    assert page.get_by_role("slider", name=WEIGHT_DECAY).get_attribute("aria-valuetext") == "5"


def test_an_address_opens_anywhere(
    fresh_server: "Start", new_page: NewPage, server: "Server"
) -> None:
    here = new_page()
    opened(here, server, {"lr": "0.005"})
    pinned(here, "η = 0.005")
    moved(here)
    here.wait_for_url("**weight_decay=5*")
    other = fresh_server()
    there = new_page()
    there.goto(here.url.replace(server.url, other.url))
    settled(there)
    assert run_of(there) == run_of(here)
    assert ends(there) == ends(here)


def test_a_deep_link_into_a_cold_server(fresh_server: "Start", page: "Page") -> None:
    page.goto(address(fresh_server(), {"weight_decay": "0"}))
    settled(page)
    assert run_of(page) == "weight_decay=0"
    assert page.get_by_role("dialog").count() == 0
    assert page.get_by_role("heading", name="Does weight decay stop overfitting?").is_visible()


def test_nonsense_in_the_link_falls_back_and_says_so(page: "Page", server: "Server") -> None:
    opened(page, server, {"n_features": "many", "lr": "-3", "colour": "red", "weight_decay": "1"})
    assert run_of(page) == "weight_decay=1"
    (warning,) = page.get_by_test_id("stAlert").all_inner_texts()
    assert len(warning.split("\n\n")) == 3
    assert "“many” in the link is not a whole number; 200 is used" in warning


HOSTILE = ("<img src=x onerror=alert(1)>", "![x](http://127.0.0.2/x.png)", "<a href=//x.y>x</a>")


@pytest.mark.parametrize("keys", [("lr", "epochs", "seed"), ("pin",)])
def test_nothing_in_a_link_becomes_part_of_the_page(
    page: "Page", server: "Server", keys: tuple[str, ...]
) -> None:
    pairs = list(zip(cycle(keys), HOSTILE, strict=False))
    page.goto(f"{server.url}/train?{urlencode(pairs)}")
    settled(page)
    inside = page.get_by_test_id("stMain")
    assert inside.locator("img").count() == 0
    assert (
        inside.locator("a[href]:not([data-testid^=stPageLink], [href^='/glossary#'])").count() == 0
    )
    for hostile in HOSTILE:
        assert inside.get_by_text(hostile[:8]).count() >= 1


# ---------------------------------------------------------------- long runs and divergence


def test_a_long_run_shows_its_epochs_as_they_come(page: "Page", server: "Server") -> None:
    chart = streaming(page, server)
    page.evaluate(KEEP, "data-epoch")
    first = int(chart.get_attribute("data-epoch") or -1)
    for _ in range(3):
        wait_epoch(page, int(chart.get_attribute("data-epoch") or -1))
    epochs = [first, *(int(epoch or -1) for epoch in kept(page))]
    assert epochs == sorted(epochs)
    assert 3 < len(set(epochs)) <= 300
    assert "of 300" in chart.get_by_role("progressbar").locator("..").inner_text()


def test_what_diverged_in_a_stream_is_mended_by_a_click(page: "Page", server: "Server") -> None:
    values = {"n_features": "20", "epochs": "5000", "lr": "1"}
    page.goto(address(server, values))
    settled(page)
    page.get_by_role("button", name="Set η to 0.2").click()
    page.wait_for_url("**lr=0.2**")
    settled(page)
    page.get_by_text("Weight decay").first.wait_for()
    assert not page.get_by_role("button", name="Set η to").is_visible()


def test_stop_acts_and_keeps_the_curves(page: "Page", server: "Server") -> None:
    chart = streaming(page, server)
    chart.get_by_role("button", name="Stop").click()
    settled(page, "stopped")
    epoch = int(chart.get_attribute("data-epoch") or -1)
    assert 2 <= epoch < 300
    points = page.evaluate(POINTS)
    assert points["train, λ = 3"] == points["test, λ = 0"] == epoch + 1
    page.get_by_role("slider", name="Epoch").fill("1")
    page.locator('.wd-chart[data-epoch="1"]').wait_for()


def test_a_moved_control_closes_the_long_run(page: "Page", server: "Server") -> None:
    closed: list[str] = []
    for event in ("requestfailed", "requestfinished"):
        page.on(event, lambda request: closed.append(request.url))
    streaming(page, server)
    page.get_by_role("slider", name=WEIGHT_DECAY).press("ArrowRight")
    page.locator('.wd-chart[data-state="streaming"][data-run*="weight_decay=5"]').wait_for()
    page.wait_for_function("Number(document.querySelector('.wd-chart').dataset.epoch) >= 2")
    streams = [url for url in closed if "/api/train/stream" in url]
    assert len(streams) == 1
    assert "weight_decay" not in streams[0]
    assert "test, λ = 5" in ends(page)
    page.get_by_role("button", name="Stop").click()
    settled(page, "stopped")


def test_a_run_that_diverges_says_why(page: "Page", server: "Server") -> None:
    chart = opened(page, server, {"lr": "1"})
    sentence = chart.locator("p").first.inner_text()
    assert sentence.startswith("Diverged by epoch ")
    assert "The steps grow" in sentence
    unfold(page, NUMBERS)
    page.get_by_text("η = 1 is above ").wait_for()
    points = page.evaluate(POINTS)
    assert 0 < points["train, λ = 3"] < 101


# ---------------------------------------------------------------- files, screens, themes


def test_the_files_hold_the_run(page: "Page", server: "Server") -> None:
    opened(page, server, {"weight_decay": "1", "epochs": "7"})
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Numbers (CSV)").click()
    assert waiting.value.suggested_filename == "weight-decay-run.csv"
    table = Path(waiting.value.path()).read_text()
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [int(row["epoch"]) for row in rows] == list(range(8))
    drawn = ends(page)["test, λ = 1"]
    # The picture's numbers have six digits.
    assert float(rows[-1]["test_loss"]) == pytest.approx(drawn, rel=1e-5)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="PyTorch script").click()
    assert waiting.value.suggested_filename == "weight_decay_run.py"
    script = Path(waiting.value.path()).read_text()
    assert "weight_decay = 1.0" in script
    assert "n_epochs = 7" in script
    compile(script, "weight_decay_run.py", "exec")


def test_a_file_holds_the_run_that_is_shown(page: "Page", server: "Server") -> None:
    opened(page, server)
    moved(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="PyTorch script").click()
    assert "weight_decay = 5.0" in Path(waiting.value.path()).read_text()


def test_a_payload_survives_its_way(page: "Page", server: "Server") -> None:
    opened(page, server)
    sent = page.evaluate("fetch('/api/train?lr=0.01').then(answer => answer.text())")
    assert sent == encode(training_picture(settings_of({"lr": 0.01})))
