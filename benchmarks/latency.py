"""From a key press to painted curves, in a real Chromium; run on an idle machine.

    python -m benchmarks.latency
    python -m benchmarks.latency --quick --pages step map    # these pages alone, once each

Prints for every page, of a browser with an empty cache, the time to the heading and to the first
drawn chart, on a server that has been running and on one that has just started, beside an app of
one line; and the time from a key on a control to the first frame with the new drawing. For Train
also the same beside a page made of `st.plotly_chart`, updates a second of a drag, playback, long
runs, and what the first and the second visitor of a cold server wait for.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import openings
from benchmarks.browsing import empty_cache, launched, report, spread, timed
from pages.registry import PICTURED
from tests.browser.conftest import ROOT, Server, serve

MOVES = 30
# Of every page: visits, and moves of a control.
REPEATS, STEPS = 3, 5
SLIDERS = ("Weight decay λ", "Learning rate η", "Dimension d")
LONG = "train?n_features=10000&n_train=2000&epochs=300&batch_size=32"

PLAIN = """
import plotly.graph_objects as go
import streamlit as st
from wd_core import DatasetSpec, Hyperparameters, collect, make_dataset, train

steps = [0.0, *(d * 10.0**k for k in range(-4, 2) for d in (1, 2, 3, 5)), 100.0]
weight_decay = st.select_slider("Weight decay λ", steps, 3.0)
runs = [Hyperparameters(weight_decay=weight_decay), Hyperparameters()]
run = collect(train(make_dataset(DatasetSpec()), runs))
figure = go.Figure(layout={"title": {"text": f"λ = {weight_decay:g}"}, "yaxis": {"type": "log"}})
for row, name in enumerate(("with", "without")):
    figure.add_scatter(x=run.epoch, y=run.train_loss[:, row], name=f"train, {name}")
    figure.add_scatter(x=run.epoch, y=run.test_loss[:, row], name=f"test, {name}")
st.plotly_chart(figure)
"""

# What is drawn, in one word: it changes with the curves.
OURS = "document.querySelector('.wd-chart')?.dataset.run"
THEIRS = "document.querySelector('.js-plotly-plot .gtitle')?.textContent"
# Ours has settled once the server's own answer is drawn too and the address names it.
SETTLED = """() => { const chart = document.querySelector('.wd-chart');
  return chart?.dataset.state === 'done'
    && (location.search.slice(1) || 'defaults') === chart.dataset.run; }"""
REPAINTS = """seconds => new Promise(resolve => {
  const root = document.querySelector('.wd-chart'), state = root.dataset.state;
  const before = Number(root.dataset.frames), started = performance.now();
  const look = now => now - started < seconds * 1000 && root.dataset.state === state
    ? requestAnimationFrame(look)
    : resolve(1000 * (Number(root.dataset.frames) - before) / (now - started));
  requestAnimationFrame(look);
})"""
WATCH_LIVE = """() => { window.lives = [];
  new MutationObserver(() => window.lives.push(performance.now()))
    .observe(document.querySelector('.wd-chart'), { attributeFilter: ['data-live'] }); }"""
# Runs before the page's own script: milliseconds from the navigation to each state. A frame's own
# time will not do: it is when the frame was due, before what held it up.
MILESTONES = """window.reached = {};
  const look = () => {
    const now = performance.now();
    const { state, epoch } = document.querySelector('.wd-chart')?.dataset ?? {};
    if (state) window.reached[state] ??= now;
    if (epoch !== undefined) window.reached.epoch ??= now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);"""


def settle(page: Page) -> None:
    """Wait until nothing more is on its way."""
    page.wait_for_function(SETTLED)


def key_presses(page: Page, name: str, drawn: str, after: Callable[[Page], None]) -> list[float]:
    """The times of many moves of a slider, to and fro."""
    slider = page.get_by_role("slider", name=name)
    slider.focus()
    times = []
    for move in range(MOVES):
        key = "ArrowLeft" if move % 2 else "ArrowRight"
        times.append(timed(page, drawn, lambda key=key: page.keyboard.press(key)))
        after(page)
    return times


def sliders(page: Page, server: Server) -> float:
    """Every front slider; the median for λ."""
    page.goto(f"{server.url}/train")
    settle(page)
    medians = []
    for name in SLIDERS:
        times = key_presses(page, name, OURS, settle)
        medians.append(median(times))
        report(f"key on {name} to painted curves, median / p95", spread(times), "aim 150")
    return medians[0]


def plain_page(browser: Browser, ours: float) -> None:
    """The same move on a page of `st.plotly_chart`, Streamlit's settings as they come."""
    with tempfile.TemporaryDirectory() as folder, empty_cache(browser) as page:
        script = Path(folder) / "plain.py"
        script.write_text(PLAIN, encoding="utf-8")
        with serve(script, Path(folder) / "log.txt", "--runner.postScriptGC=true") as server:
            page.goto(server.url)
            page.wait_for_function(f"{THEIRS} === 'λ = 3'")
            times = key_presses(page, "Weight decay λ", THEIRS, _quiet)
    report("the same with st.plotly_chart, median / p95", spread(times))
    report("st.plotly_chart against ours", f"{median(times) / ours:.1f} x")


def _quiet(page: Page) -> None:
    page.wait_for_function(f"{THEIRS} !== undefined")


def drag(page: Page) -> None:
    """Updates a second while the handle of λ is held and moved."""
    settle(page)
    box = page.locator(".st-key-weight_decay .stSlider [role=group]").bounding_box()
    assert box
    left, right = box["x"] + 8, box["x"] + box["width"] - 8
    height = box["y"] + box["height"] / 2
    page.mouse.move(left, height)
    page.mouse.down()
    page.evaluate(WATCH_LIVE)
    for _ in range(3):
        page.mouse.move(right, height, steps=30)
        page.mouse.move(left, height, steps=30)
    rate = page.evaluate("1000 * (lives.length - 1) / (lives.at(-1) - lives[0])")
    page.mouse.up()
    settle(page)
    report("updates while dragging λ", f"{rate:.0f} a second", "aim 10")


def playback(page: Page) -> None:
    """Frames a second while a finished run is played."""
    page.get_by_role("button", name="Play").click()
    page.locator('.wd-chart[data-state="playing"]').wait_for()
    report("playback", f"{page.evaluate(REPAINTS, 2):.0f} frames a second")


def visits(browser: Browser, server: Server) -> None:
    """From the navigation to drawn curves: the first visitor after a start, and the second."""
    for name in ("first", "second"):
        with empty_cache(browser) as page:
            page.add_init_script(MILESTONES)
            page.goto(f"{server.url}/train")
            settle(page)
            report(f"{name} visitor, empty cache, to curves", f"{_reached(page, 'done'):.0f} ms")


def _reached(page: Page, what: str) -> float:
    return float(page.evaluate("what => window.reached[what]", what))


def long_run(browser: Browser, server: Server) -> None:
    """n = 2000, d = 10000: the first epochs, the pace, and Stop."""
    with empty_cache(browser) as page:
        page.add_init_script(MILESTONES)
        page.goto(server.url + "/" + LONG)
        page.wait_for_function(
            "Number(document.querySelector('.wd-chart')?.dataset.epoch ?? -1) >= 1"
        )
        first = _reached(page, "epoch") - _reached(page, "streaming")
        report("long run, stream opened to its first picture", f"{first:.0f} ms", "aim 300")
        report("long run, repaints", f"{page.evaluate(REPAINTS, 4):.1f} a second", "aim 5")
        stop = page.get_by_role("button", name="Stop")
        drawn = "document.querySelector('.wd-chart').dataset.state"
        report("long run, Stop to stopped", f"{timed(page, drawn, stop.click):.0f} ms", "aim 300")


def train(browser: Browser, server: Server) -> None:
    """What is measured of Train alone; the server has just started."""
    visits(browser, server)
    with empty_cache(browser) as page:
        ours = sliders(page, server)
        drag(page)
        playback(page)
    long_run(browser, server)
    plain_page(browser, ours)


def main() -> None:
    """Print the tables."""
    take = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    take.add_argument("--pages", nargs="+", help="these alone, without what concerns Train only")
    take.add_argument("--quick", action="store_true", help="each page once, and few moves")
    asked = take.parse_args()
    times = (1, 2) if asked.quick else (REPEATS, STEPS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launched(playwright)
        with serve(ROOT / "app.py", Path(folder) / "log.txt") as server:
            if not asked.pages and not asked.quick:
                train(browser, server)
            pages = asked.pages or [page.path for page in PICTURED]
            openings.table(browser, server, pages, *times)
        browser.close()


if __name__ == "__main__":
    main()
