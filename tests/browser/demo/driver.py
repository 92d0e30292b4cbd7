"""What the tests of the chart do on the demo, and what they read off it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Server

DEMO = Path(__file__).parent / "app.py"
PLOTLY = "**/asset/*/cartesian.js"

# Keeps every value that an attribute of the chart's node takes, from now on.
KEEP = """name => { const chart = document.querySelector('.wd-chart'); window.kept = [];
  new MutationObserver(changes => changes.forEach(() => kept.push(chart.getAttribute(name))))
    .observe(chart, {attributeFilter: [name]}); }"""


def root(page: "Page", state: str = "", run: str = "") -> "Locator":
    """The chart's root node, once it says that it is in this state."""
    wanted = (f'[data-state="{state}"]' if state else "") + (f'[data-run="{run}"]' if run else "")
    page.locator(f".wd-chart{wanted}").wait_for()
    return page.locator(".wd-chart")


def opened(page: "Page", demo: "Server") -> "Locator":
    """The chart of the demo as it opens, with what stands above it: that may come after it."""
    page.goto(demo.url)
    page.get_by_role("checkbox", name="Note").wait_for(state="attached")
    return root(page, "done", "decay-0")


def points(page: "Page", trace: int = 0) -> int:
    """Number of points the trace has in the drawing (a step of the animation may be due)."""
    count = "n => document.querySelector('.wd-plot').data[n].x.length"
    return int(page.evaluate(count, trace))


def wait_points(page: "Page", wanted: int, trace: int = 0) -> None:
    """Wait until the trace has so many points."""
    count = "([n, wanted]) => document.querySelector('.wd-plot').data[n].x.length === wanted"
    page.wait_for_function(count, arg=[trace, wanted])


def wait_epoch(page: "Page", above: int) -> None:
    """Wait until a later epoch than this one is drawn."""
    page.wait_for_function(
        "above => Number(document.querySelector('.wd-chart').dataset.epoch) > above", arg=above
    )


def tick_note(page: "Page") -> None:
    """Tick or untick what changes the payload alone, not the run; wait until it is drawn."""
    before = page.locator(".wd-chart").get_attribute("aria-label")
    page.get_by_text("Note", exact=True).click()
    page.locator(f'.wd-chart:not([aria-label="{before}"])').wait_for()


def kept(page: "Page") -> list[str | None]:
    """Every different value since KEEP, in the order in which they came."""
    return list(dict.fromkeys(page.evaluate("kept")))


def record(demo: "Server") -> list[dict[str, Any]]:
    """What the demo's server has noted."""
    with urlopen(f"{demo.url}/api/log") as answer:
        return list(json.load(answer))


def count(demo: "Server", event: str, name: str) -> int:
    """How often this has happened on the server."""
    return len([e for e in record(demo) if e["event"] == event and e["name"] == name])


def wait_closed(page: "Page", demo: "Server", before: int) -> None:
    """Wait until the server has let go of the stream "one" once more."""
    page.wait_for_function(
        """([url, before]) => fetch(url).then(r => r.json())
        .then(all => all.filter(e => e.event === 'closed' && e.name === 'one').length > before)""",
        arg=[f"{demo.url}/api/log", before],
    )


def handle_of(page: "Page", key: str = "weight-decay") -> tuple[float, float, float]:
    """Left, right and middle height of the slider's track."""
    box = page.locator(f".st-key-{key} .stSlider [role=group]").bounding_box()
    assert box
    return box["x"] + 8, box["x"] + box["width"] - 8, box["y"] + box["height"] / 2
