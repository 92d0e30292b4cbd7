"""A hand that chooses from one of Streamlit's lists."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# How long an open list may take to show its options, and how often it is opened.
OPEN_MS, TIMES = 3_000, 5


def choose(page: "Page", name: str, option: str) -> None:
    """Open the list with this label and choose from it; one that closed by itself is opened again.

    It closes where the page scrolls under it, as a busy page does while it is still being drawn.
    """
    from playwright.sync_api import TimeoutError as TookTooLong

    box = page.get_by_role("combobox", name=name)
    wanted = page.get_by_role("option", name=option, exact=True)
    for _ in range(TIMES):
        box.click()
        try:
            return wanted.click(timeout=OPEN_MS)
        except TookTooLong:
            page.keyboard.press("Escape")
    raise AssertionError(f"the list {name!r} shows no option {option!r}")
