"""The pictures that links show where they are previewed, taken from the pages themselves.

    python -m pages.cards             # of all pages
    python -m pages.cards train map   # of these

It starts the app, opens each page in English and writes its picture here. It needs Playwright, of
requirements-dev.txt, and Chromium (CHROMIUM names another than the system's); the pages do not.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from shutil import which
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from pages.registry import SHOWN
from pages.shared.cards import HEIGHT, PICTURES, WIDTH
from pages.shared.form import Link

CHROMIUMS: Final = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
START_SECONDS, WAIT_MS = 90, 120_000
# A picture of a page has few colours, and is a third as large with these alone.
COLOURS: Final = 64
# What was drawn before is faint until it is drawn anew, a while after it was asked for.
SETTLED_MS = 1000
DRAWN: Final = """() => [...document.querySelectorAll(".wd-chart")]
  .every((chart) => ["done", "paused"].includes(chart.dataset.state))
  && document.querySelector('[data-test-script-state="notRunning"]')
  && !document.querySelector('[data-stale="true"]')"""


def main(names: Sequence[str]) -> None:
    """Take the pictures of these pages."""
    with _served() as url, sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM") or next(filter(which, CHROMIUMS), None)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-US")
        page.set_default_timeout(WAIT_MS)
        for entry in SHOWN:
            if not names or entry.path in names:
                page.goto(url + Link(entry.path, "").path)
                content = _taken(page, entry.question, pictured=entry.pictured)
                (PICTURES / f"{entry.path}.png").write_bytes(content)
                print(f"{entry.path}: {len(content) / 1000:.0f} kB")
        browser.close()


def _taken(page: Page, question: str, *, pictured: bool) -> bytes:
    page.get_by_role("heading", name=question, exact=True).wait_for()
    if pictured:
        page.locator(".wd-chart .main-svg").first.wait_for()
    for _ in range(2):
        page.wait_for_function(DRAWN)
        page.wait_for_timeout(SETTLED_MS)
    image = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    content = io.BytesIO()
    few = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(content, "PNG", optimize=True)
    return content.getvalue()


@contextmanager
def _served() -> Iterator[str]:
    """The app, until the block ends: the root of its addresses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {"WEIGHT_DECAY_PREPARE": "0"}
    with subprocess.Popen([*command, f"--server.port={port}"], env=environment) as server:
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _answers(f"{url}/_stcore/health"):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("The app did not start.")
                time.sleep(0.2)
            yield url
        finally:
            server.terminate()


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2):
            return True
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
