"""A hand: it chooses from lists and the navigation, opens folders, and pulls a slider."""

from typing import TYPE_CHECKING

from pages.registry import SHOWN

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

# How long an open list may take to show its options, and how often it is opened.
OPEN_MS, TIMES = 3_000, 5


def inside(page: "Page") -> "Locator":
    """What a page shows; what it says to whoever hears it stands beside that, in the same words."""
    return page.get_by_test_id("stMain")


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


def unfold(page: "Page", *labels: str) -> None:
    """Open these folders; what is in them comes then. One that did not hear it is asked again."""
    from playwright.sync_api import TimeoutError as TookTooLong

    for label in labels:
        folder = page.get_by_test_id("stExpander").filter(has_text=label)
        for _ in range(TIMES):
            folder.locator("summary").click()
            try:
                folder.locator("details[open]").wait_for(state="attached", timeout=OPEN_MS)
                break
            except TookTooLong:
                continue


def go_to(page: "Page", title: str) -> None:
    """Open another page by the navigation, as a person does: its group, then its name."""
    group = next(entry.group for entry in SHOWN if entry.title == title)
    navigation = page.get_by_test_id("stTopNav")
    if not group:
        navigation.get_by_role("link", name=title, exact=True).click()
        return
    navigation.get_by_role("button", name=group, exact=True).click()
    page.get_by_test_id("stTopNavDropdownLink").filter(has_text=title).click()


def pull(page: "Page", key: str) -> None:
    """Pull the slider with this key to its left end, and keep it in hand."""
    track = page.locator(f".st-key-{key} .stSlider [role=group]").bounding_box()
    thumb = page.locator(f".st-key-{key} [role=slider], .st-key-{key} input").first
    at = thumb.bounding_box()
    assert track
    assert at
    height, right = track["y"] + track["height"] / 2, track["x"] + track["width"]
    page.mouse.move(right - 8 if at["width"] > 100 else at["x"] + at["width"] / 2, height)
    page.mouse.down()
    page.mouse.move(track["x"] + 1, height, steps=12)
