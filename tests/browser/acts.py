"""What a person does on a page, as far as a proxy could spoil it."""

from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.test_growing import LONG, STATE, stop

if TYPE_CHECKING:
    from playwright.sync_api import Page

COUNTED = "Number(document.querySelector('.wd-progress').getAttribute('aria-valuenow')) > 0"
# What a file begins with, by the button that it is had from.
FILES = {
    "Numbers (CSV)": b"epoch,",
    "PyTorch script": b'"""',
    "Download as PNG": b"\x89PNG",
    "Download as SVG": b"<svg",
}


def visit(page: "Page", url: str, link: str = "") -> None:
    """Open a link and wait until its picture is there, and all that is fetched after it."""
    page.goto(f"{url}/{link}")
    page.wait_for_function(f"{STATE} === 'done'")
    page.wait_for_load_state("networkidle")


def drag(page: "Page") -> None:
    """Pull Train's λ to its left end; the picture follows before it is let go."""
    track = page.locator(".st-key-weight_decay .stSlider [role=group]").bounding_box()
    thumb = page.locator(".st-key-weight_decay [role=slider], .st-key-weight_decay input").first
    at = thumb.bounding_box()
    assert track
    assert at
    height, right = track["y"] + track["height"] / 2, track["x"] + track["width"]
    page.mouse.move(right - 8 if at["width"] > 100 else at["x"] + at["width"] / 2, height)
    page.mouse.down()
    page.mouse.move(track["x"] + 8, height, steps=12)
    page.locator('.wd-chart[data-live="weight_decay=0"]').wait_for()
    page.mouse.up()
    page.locator('.wd-chart[data-state="done"][data-run="weight_decay=0"]').wait_for()


def download(page: "Page") -> None:
    """Save every kind of file that Train offers."""
    page.locator("[data-test-script-state=notRunning]").wait_for()  # a run brings other buttons
    for button, start in FILES.items():
        with page.expect_download() as waiting:
            page.get_by_role("button", name=button).click()
        content = Path(waiting.value.path()).read_bytes()
        assert content.startswith(start), button


def stream(page: "Page", url: str) -> None:
    """Begin a long work, which comes in parts, and stop it."""
    page.goto(f"{url}/map?{LONG['map']}")
    page.wait_for_function(f"{STATE} === 'streaming' && {COUNTED}")  # long before it ends
    stop(page).press("Enter")
    page.wait_for_function(f"{STATE} === 'stopped'")
