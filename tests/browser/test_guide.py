"""The guide, by keyboard, by touch, and while the picture changes; and the way to the glossary."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pages.shared.glossary.entries import ENTRIES
from pages.train.guide import CARDS
from tests.browser.test_train import moved, opened

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Server

# How strongly each curve is drawn, by its name.
DRAWN = """() => Object.fromEntries(document.querySelector('.wd-plot')._fullData
  .map(trace => [trace.name, trace.opacity]))"""
# How much of the window two elements share.
SHARED = """([one, other]) => {
  const [a, b] = [one, other].map(name => document.querySelector(name).getBoundingClientRect());
  return Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left))
    * Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
}"""
IN_VIEW = """anchor => {
  const { top } = document.getElementById(anchor).getBoundingClientRect();
  return 0 <= top && top < innerHeight;
}"""
MISSING = "anchors => anchors.filter(anchor => !document.getElementById(anchor))"
FOCUSED = "document.activeElement.className"


def card(page: "Page") -> "Locator":
    return page.get_by_role("dialog")


def drawn(page: "Page") -> dict[str, float]:
    return dict(page.evaluate(DRAWN))


def test_it_is_walked_by_keyboard_and_leaves_nothing_behind(page: "Page", server: "Server") -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, server)
    assert not [url for url in asked if "guide.js" in url], "it comes with the first click"
    before = drawn(page)
    place = page.locator(".wd-plot").bounding_box()
    page.get_by_role("button", name="Guide to this page").press("Enter")
    assert card(page).inner_text().startswith("Guide, 1 of 4")
    assert card(page).get_by_text(CARDS[0].text).is_visible()
    assert page.evaluate(FOCUSED) == "wd-card"
    assert page.locator(".wd-plot").bounding_box() == place  # nothing has moved
    lit = drawn(page)
    assert lit["test, λ = 3"] == before["test, λ = 3"]
    assert lit["test, λ = 0"] == before["test, λ = 0"]
    assert lit["test, constant predictor"] < 0.2
    page.keyboard.press("ArrowRight")
    assert card(page).get_by_text(CARDS[1].text).is_visible()
    assert page.locator(".wd-rings > div").count() == 1
    assert page.evaluate(SHARED, [".wd-card", ".st-key-weight_decay"]) == 0

    moved(page)  # the picture is drawn anew, and the card answers
    card(page).get_by_text(CARDS[1].after or "").wait_for()
    assert drawn(page)["test, λ = 5"] == 1
    assert drawn(page)["test, λ = 0"] < 0.2
    for _ in range(2):
        card(page).get_by_role("button", name="Next").press("Enter")
    page.get_by_text("Every curve", exact=True).click()
    card(page).get_by_text(CARDS[3].after or "").wait_for()
    page.wait_for_function("document.querySelector('.wd-plot')._fullData.every(t => t.visible)")
    card(page).get_by_role("button", name="Next").press("Enter")  # what has come is told of
    assert card(page).get_by_text(CARDS[4].text).is_visible()
    assert drawn(page)["‖w‖, λ = 5"] < 0.2
    page.keyboard.press("Escape")
    assert card(page).count() == page.locator(".wd-rings > div").count() == 0
    assert page.evaluate(FOCUSED) == "wd-guide"
    assert min(drawn(page).values()) > 0.2


def test_on_a_phone_it_leaves_free_what_it_speaks_of(
    new_page: Callable[..., "Page"], server: "Server"
) -> None:
    size = {"width": 390, "height": 844}
    page = new_page(viewport=size, has_touch=True, is_mobile=True, color_scheme="dark")
    page.goto(f"{server.url}/which?lesson=none")  # whatever else the link says
    page.locator(".wd-chart[data-run]").wait_for()
    page.get_by_role("button", name="Guide to this page").tap()
    card(page).wait_for()
    while not card(page).get_by_role("button", name="Done").count():
        card(page).get_by_role("button", name="Next").tap()
    assert page.evaluate(SHARED, [".wd-card", ".wd-slider"]) == 0
    box = page.locator(".wd-slider").bounding_box()
    assert box
    assert 0 < box["y"] < size["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    card(page).get_by_role("button", name="Done").tap()
    assert card(page).count() == 0
    assert page.get_by_role("button", name="Guide to this page").is_visible()


def test_a_term_leads_to_its_entry_and_the_page_stays(page: "Page", server: "Server") -> None:
    opened(page, server, {"weight_decay": "5"})
    with page.expect_popup() as opening:
        page.locator(".wd-chart > p").get_by_role("link", name="test loss").press("Enter")
    glossary = opening.value
    entry = glossary.get_by_role("heading", name="Test loss", exact=True)
    entry.wait_for()
    glossary.wait_for_function(IN_VIEW, arg="test-loss")
    assert page.url == f"{server.url}/train?weight_decay=5"
    missing = glossary.evaluate(MISSING, [entry.anchor for entry in ENTRIES])
    assert not missing
    assert glossary.locator("details[open]").count() == 1
    assert glossary.get_by_role("link", name="Seen on Train").is_visible()
    other = next(entry for entry in ENTRIES if entry.page == "geometry")
    field = glossary.get_by_role("searchbox", name="Look for a word")
    field.fill("nesterov")
    glossary.get_by_text("Found: 1").wait_for()
    assert glossary.locator("details:visible").count() == 1
    assert not entry.is_visible()
    field.fill("no such word")
    glossary.get_by_text("No entry has this word.").wait_for()
    field.fill("")
    glossary.locator(f"summary:has(#{other.anchor})").click()
    glossary.get_by_role("link", name="Seen on Geometry").click()
    glossary.locator(".wd-chart[data-run]").wait_for()
    assert glossary.url == f"{server.url}/geometry"
