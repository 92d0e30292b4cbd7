"""A server that is killed again and again under people at work: what do their tabs lose?"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browsing import PATIENCE_MS, launched
from benchmarks.table import columns, high
from pages.shared.link import PIN
from pages.shared.run import MOST_PINS
from tests.browser.conftest import ROOT, Server, free_port, serve
from tests.browser.wire import Wire

# The link that each tab was opened by, with a seed of its own: what must never come back.
LINK = "weight_decay=5&lr=0.01&epochs=30"
SLIDERS = {"weight_decay": "Weight decay λ", "lr": "Learning rate η"}
KEYS = ("ArrowLeft", "ArrowRight")
# Of the moves this share are no slider's: a run is pinned.
PINS = 0.2
# Keeps every address that the tab shows.
ADDRESSES = """window.addresses = [];
  for (const name of ['replaceState', 'pushState']) {
    const plain = history[name];
    history[name] = function (...told) {
      plain.apply(this, told);
      addresses.push(location.search);
    };
  }"""
CONNECTED = "document.querySelector('[data-test-connection-state=CONNECTED]')"
BACK = f"""() => document.querySelector('.wd-offline')?.textContent === ''
  && {CONNECTED}?.dataset.testScriptState === 'notRunning'
  && ['done', 'paused'].includes(document.querySelector('.wd-chart')?.dataset.state)"""
CUT = f"() => !{CONNECTED}"
# A tab has settled when its address says what its controls show; this long it may take.
SETTLE_SECONDS = 10.0
HEAD = ("kill", "tabs", "back", "slowest", "lost", "older", "dialogs")
WIDTHS = (5, 5, 8, 8, 5, 6, 8)


@dataclass(frozen=True)
class Held:
    """What a tab holds: where its sliders stand, and its pins."""

    sliders: dict[str, str]
    pins: list[str]


class Tab:
    """A person in a browser's tab."""

    def __init__(self, browser: Browser, url: str, seed: int) -> None:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(ADDRESSES)
        self.page: Page = context.new_page()
        self.page.goto(f"{url}/train?{LINK}&seed={seed}")
        self.page.wait_for_function(BACK)

    def act(self, chance: random.Random) -> None:
        """Make a move, and wait for nothing."""
        page = self.page
        if chance.random() < PINS and len(self.linked().pins) < MOST_PINS - 1:
            page.evaluate("""() => [...document.querySelectorAll('.stButton button')]
                .find(button => button.textContent === 'Pin this run')?.click()""")
        else:
            name = SLIDERS[chance.choice(list(SLIDERS))]
            slider = page.get_by_role("slider", name=name)
            if slider.is_enabled():
                slider.press(chance.choice(KEYS))

    def held(self) -> Held:
        """What its controls show, and its address of the pins."""
        sliders = {
            key: self.page.get_by_role("slider", name=name).get_attribute("aria-valuetext") or ""
            for key, name in SLIDERS.items()
        }
        return Held(sliders, self.linked().pins)

    def linked(self) -> Held:
        """What its address says."""
        return _of(urlsplit(self.page.url).query)

    def forget_addresses(self) -> None:
        """From now on count anew which addresses it shows."""
        self.page.evaluate("addresses.length = 0")

    def addresses(self) -> list[Held]:
        """What the addresses said that it showed since."""
        return [_of(query.removeprefix("?")) for query in self.page.evaluate("addresses")]

    def dialogs(self) -> int:
        """How many windows lie over the page."""
        return self.page.get_by_role("dialog").count()


def _of(query: str) -> Held:
    values = parse_qs(query)
    usual = {"weight_decay": "3", "lr": "0.003"}
    return Held({key: values.get(key, [usual[key]])[0] for key in SLIDERS}, values.get(PIN, []))


@dataclass
class Row:
    """What came of one kill: seconds until each tab was back, and what was wrong."""

    back: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    dialogs: int = 0

    def line(self, what: str) -> str:
        """A line of the table."""
        times = [f"{median(self.back):.1f} s", f"{max(self.back):.1f} s"]
        wrong = [str(len(self.lost)), str(len(self.older)), str(self.dialogs)]
        line = columns(WIDTHS, what, str(len(self.back)), *times, *wrong)
        return "\n".join([line, *self.lost, *self.older])


class Victims:
    """Tabs at a server that is killed and started anew, behind a wire that is cut and mended."""

    def __init__(self, browser: Browser, n_tabs: int, folder: Path, seed: int = 0) -> None:
        self._folder, self._port = folder, free_port()
        self._chance = random.Random(seed)
        self._running = ExitStack()
        self._server = self._start()
        self._wire = Wire(self._server.url)
        self.tabs = [Tab(browser, self._wire.url, place) for place in range(n_tabs)]

    def _start(self) -> Server:
        log = self._folder / "server.txt"
        return self._running.enter_context(serve(ROOT / "app.py", log, port=self._port))

    def end(self) -> None:
        """End the server."""
        self._wire.end()
        self._running.close()

    def work(self, seconds: float) -> None:
        """All move at once, for so long."""
        end = time.monotonic() + seconds
        while True:
            for tab in self._chance.sample(self.tabs, len(self.tabs)):
                tab.act(self._chance)
                if time.monotonic() > end:
                    return

    def kill(self) -> Row:
        """Kill the server in the middle of its work; what its tabs have at the next one."""
        return self._strike(lambda: os.kill(self._server.pid, signal.SIGKILL), self._restart)

    def cut(self, seconds: float) -> Row:
        """Cut the wire in the middle of all work, for so long; what the tabs have afterwards."""
        return self._strike(self._wire.cut, lambda: self._mend(seconds))

    def _restart(self) -> None:
        self._running.close()
        self._server = self._start()

    def _mend(self, seconds: float) -> None:
        self.tabs[0].page.wait_for_timeout(1000 * seconds)
        self._wire.mend()

    def _strike(self, blow: Callable[[], None], mend: Callable[[], None]) -> Row:
        row = Row()
        self.work(self._chance.uniform(0.5, 2.0))
        blow()
        for tab in self.tabs:
            tab.page.wait_for_function(CUT)
        before = [tab.held() for tab in self.tabs]
        for tab in self.tabs:
            tab.forget_addresses()
        mend()
        began = time.monotonic()
        for place, (tab, held) in enumerate(zip(self.tabs, before, strict=True)):
            tab.page.wait_for_function(BACK)
            row.back.append(time.monotonic() - began)
            _judge(tab, held, row, place)
        return row


def _judge(tab: Tab, held: Held, row: Row, place: int) -> None:
    end = time.monotonic() + SETTLE_SECONDS
    while not (kept := _keeps(tab.linked(), held)) and time.monotonic() < end:
        tab.page.wait_for_timeout(50)
    if not (kept and _keeps(tab.held(), held)):
        row.lost.append(f"      tab {place}: {held} became {tab.held()}, {tab.page.url}")
    older = [shown for shown in tab.addresses() if not _keeps(shown, held)]
    if older:
        row.older.append(f"      tab {place}: {held}, but its address said {older}")
    row.dialogs += tab.dialogs()


def _keeps(later: Held, before: Held) -> bool:
    """Whether all of it is there; a pin that was on its way may have come, too."""
    return later.sliders == before.sliders and later.pins[: len(before.pins)] == before.pins


def main() -> int:
    """Print the table; 1 where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--tabs", type=int, default=10)
    parser.add_argument("--cut", type=float, default=0.0, help="then cut all lines for seconds")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    print(columns(WIDTHS, *HEAD))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launched(playwright)
        victims = Victims(browser, asked.tabs, Path(folder), asked.seed)
        rows = []
        try:
            for kill in range(asked.kills):
                rows.append(victims.kill())
                print(rows[-1].line(str(kill + 1)), flush=True)
            if asked.cut:
                rows.append(victims.cut(asked.cut))
                print(rows[-1].line("cut"), flush=True)
        finally:
            victims.end()
            browser.close()
    print(_in_all(rows))
    return int(any(row.lost or row.older or row.dialogs for row in rows))


def _in_all(rows: Sequence[Row]) -> str:
    times = [seconds for row in rows for seconds in row.back]
    lost, older = (sum(len(getattr(row, name)) for row in rows) for name in ("lost", "older"))
    return (
        f"{len(times)} tabs came back from {len(rows)} cuts, half of them within "
        f"{median(times):.1f} s of the server's return and 95 % within {high(times):.1f} s; "
        f"{lost} lost something, {older} showed an address that was older"
    )


if __name__ == "__main__":
    raise SystemExit(main())
