"""What a person does on a page, as far as a proxy could spoil it."""

from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.choosing import pull
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
    pull(page, "weight_decay")
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
