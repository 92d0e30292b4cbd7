"""Every page as a browser with an empty cache meets it: heading, first drawn chart, and moves."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from benchmarks.browsing import PATIENCE_MS, TooLongError, empty_cache, timed
from benchmarks.table import NOTHING, cell, columns
from pages.registry import PAGES
from tests.browser.conftest import ROOT, Server, serve

ONE_LINE = 'import streamlit as st; st.title("One line")'
# Runs before the page's own script: milliseconds from the navigation to each state. A frame's own
# time will not do: it is when the frame was due, before what held it up.
MILESTONES = """window.reached = {};
  const look = () => {
    const now = performance.now();
    if (document.querySelector('h1')?.textContent) window.reached.heading ??= now;
    if (document.querySelector('.wd-chart[data-run]')) window.reached.chart ??= now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);"""
# What all charts show.
DRAWN = """[...document.querySelectorAll('.wd-chart')]
  .map(({ dataset }) => `${dataset.run} ${dataset.epoch}`).join()"""
# Whether everything came to rest while there was patience.
RESTS = f"""([rest, patience]) => new Promise(resolve => {{
  const began = performance.now();
  let before, since = began;
  const look = () => {{
    const now = performance.now(), drawn = {DRAWN};
    const charts = [...document.querySelectorAll('.wd-chart')];
    const busy = !charts.length || charts.some(({{ dataset }}) => dataset.state !== 'done');
    if (busy || drawn !== before) [before, since] = [drawn, now];
    if (now - since >= rest) return resolve(true);
    if (now - began >= patience) return resolve(false);
    setTimeout(look, 50);
  }};
  look();
}})"""
REST_MS = 500
# Streamlit's sliders and numbers, and the chart's own sliders, in the order of the page.
CONTROL = ".stSlider input[type=range]:visible, .stNumberInput input:visible"
OWN = ".wd-slider input[type=range]:visible"
# Up, and down.
ARROWS = ("ArrowRight", "ArrowLeft")
# A page that other visitors have not had, so that no answer lies ready.
QUERY = urlencode({"seed": 4711})
WIDTHS = (-14, 8, 8, 7, 8, 8, 7, 7, 7)
HEAD = (
    *("page", "heading", "chart", "/ floor"),
    *("cold: h", "chart", "later", "move", "slider"),
)


@dataclass
class Opening:
    """Milliseconds to a page's heading and first chart, and from a key to the change it makes."""

    heading: list[float] = field(default_factory=list)
    chart: list[float] = field(default_factory=list)
    cold_heading: list[float] = field(default_factory=list)
    cold_chart: list[float] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)
    slides: list[float] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def row(self, page: str, floor: float) -> str:
        """Its line of the table."""
        both = self.chart and self.cold_chart
        later = median(self.cold_chart) - median(self.chart) if both else None
        return columns(
            WIDTHS,
            page,
            cell(self.heading, median),
            cell(self.chart, median),
            f"{median(self.chart) / floor:.1f} x" if self.chart else NOTHING,
            cell(self.cold_heading, median),
            cell(self.cold_chart, median),
            NOTHING if later is None else f"{later:+.0f}",
            cell(self.moves, median),
            cell(self.slides, median),
            *self.troubles,
        )

    @contextmanager
    def noted(self, what: str) -> Iterator[None]:
        """What takes too long is part of the row."""
        try:
            yield
        except (TooLongError, PlaywrightTimeoutError):
            self.troubles.append(f" {what}: more than {PATIENCE_MS / 1000:g} s")


def table(browser: Browser, server: Server, pages: Sequence[str], repeats: int, moves: int) -> None:
    """Print it, a page at a time; the server has been running for a while."""
    floor = _floor(browser, repeats)
    print(f"an app of one line shows its heading after {floor:.0f} ms: the floor")
    print(columns(WIDTHS, *HEAD), flush=True)
    for page in pages:
        opening = Opening()
        _warm(browser, server, page, opening, repeats)
        for _ in range(repeats):
            _cold(browser, page, opening)
        for selector, times in ((CONTROL, opening.moves), (OWN, opening.slides)):
            with opening.noted("a move"), empty_cache(browser) as opened:
                opened.goto(f"{_address(server, page)}?{QUERY}")
                _move(opened, selector, moves, times)
        print(opening.row(page, floor), flush=True)


def _floor(browser: Browser, repeats: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "one_line.py"
        script.write_text(ONE_LINE, encoding="utf-8")
        with serve(script, Path(folder) / "log.txt") as server:
            times = [_reached(browser, server.url, "heading") for _ in range(1 + repeats)]
    return median(heading for (heading,) in times[1:])


def _address(server: Server, page: str) -> str:
    """Where a page is; the one that opens is at the root, and elsewhere only sent there."""
    return f"{server.url}/{'' if page == PAGES[0].path else page}"


def _warm(browser: Browser, server: Server, page: str, opening: Opening, repeats: int) -> None:
    with opening.noted("opening it"):
        for visit in range(1 + repeats):
            heading, chart = _reached(browser, _address(server, page), "heading", "chart")
            if visit:  # the first has warmed it
                opening.heading.append(heading)
                opening.chart.append(chart)


def _cold(browser: Browser, page: str, opening: Opening) -> None:
    with tempfile.TemporaryDirectory() as folder, opening.noted("opening it cold"):
        with serve(ROOT / "app.py", Path(folder) / "log.txt") as server:
            heading, chart = _reached(browser, _address(server, page), "heading", "chart")
        opening.cold_heading.append(heading)
        opening.cold_chart.append(chart)


def _reached(browser: Browser, url: str, *names: str) -> list[float]:
    """Milliseconds from the navigation to each of these, for a browser that has no files yet."""
    with empty_cache(browser) as page:
        page.add_init_script(MILESTONES)
        page.goto(url)
        for name in names:
            page.wait_for_function("name => window.reached[name]", arg=name)
        return [float(page.evaluate("name => window.reached[name]", name)) for name in names]


def _move(page: Page, selector: str, moves: int, times: list[float]) -> None:
    """Step a control of this kind, each time to another value; none: no times.

    The page's first that has room for so many steps one way; where none has, its first, to and fro.
    """
    _rest(page)
    controls = page.locator(selector).all()
    if not controls:
        return
    presses = [(control, _presses(control, moves)) for control in controls]
    control, keys = next(filter(lambda pair: len(set(pair[1])) == 1, presses), presses[0])
    for key in keys:
        control.focus()
        times.append(timed(page, DRAWN, lambda key=key: control.press(key)))
        _rest(page)


def _presses(control: Locator, moves: int) -> list[str]:
    """The keys for so many steps: one way where there is room, up before down, else to and fro."""
    if control.get_attribute("type") != "range":
        return ["ArrowUp"] * moves
    up, down = control.evaluate(
        "({ min, max, value, step }) => [max - value, value - min].map((way) => way / (step || 1))"
    )
    ways = ARROWS if up >= min(down, moves) else ARROWS[::-1]
    return [ways[0]] * moves if max(up, down) >= moves else [*islice(cycle(ways), moves)]


def _rest(page: Page) -> None:
    if not page.evaluate(RESTS, [REST_MS, PATIENCE_MS]):
        raise TooLongError
