"""The way in, in a real browser: Start moves at a touch; predict, see, tick, next, leave; solve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pages.registry  # noqa: F401 - every page's form is known, as in the app
from pages.shared.lessons.path import path

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

DONE = '.wd-chart[data-state="done"]'
LESSONS = path().lessons


def link(page: Page, name: str) -> None:
    """Follow the first link of this name."""
    page.get_by_test_id("stMain").get_by_role("link", name=name).first.click()


def test_start_moves_at_a_touch_and_asks_nobody(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.locator(DONE).wait_for()
    page.wait_for_load_state("networkidle")
    slider = page.get_by_role("slider", name="Weight decay λ")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    box = slider.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2, steps=8)
    page.get_by_text("No decay: the model learns its examples by heart.").wait_for()
    assert not asked
    page.mouse.up()
    page.wait_for_url("**/?at=0")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_path_is_gone_by_guesses_and_a_reload_forgets_none(page: Page, server: Server) -> None:
    first, second = LESSONS[:2]
    page.goto(server.url)
    page.locator(DONE).wait_for()
    link(page, first.title)
    page.get_by_text(first.question).wait_for()
    assert page.locator(".wd-chart").count() == 0
    page.get_by_role("button", name="It makes it larger.").click()
    page.get_by_text("You guessed").wait_for()
    page.locator(DONE).wait_for()
    page.wait_for_function("location.search.endsWith('lesson=price')")
    page.get_by_role("slider", name="Weight decay λ").press("ArrowRight")
    page.wait_for_function("location.search.includes('weight_decay=0.3&')")
    page.wait_for_function("location.search.endsWith('lesson=price')")

    page.reload()  # another session: the tab remembers
    page.get_by_text("You guessed").wait_for()
    page.locator(DONE).wait_for()

    link(page, f"Next: {second.title}")
    page.get_by_text(second.question).wait_for()
    page.locator(".wd-chart").wait_for(state="detached")
    page.wait_for_function("location.search.endsWith('lesson=longer')")
    link(page, "Leave the path")
    page.locator(DONE).wait_for()
    page.get_by_text(second.question).wait_for(state="detached")
    page.wait_for_function("!location.search.includes('lesson')")
    assert "epochs=1000" in page.url

    page.goto(server.url)
    page.get_by_text(f"1 of {len(LESSONS)} are done.").wait_for()
    ticked = page.get_by_role("navigation", name="The steps of the path").get_by_text("✓")
    assert ticked.count() == 1
    assert first.title in ticked.inner_text()


def test_exercises_are_solved_by_a_number_a_choice_and_a_deed(page: Page, server: Server) -> None:
    page.goto(server.url)
    link(page, "12 exercises to try")
    link(page, "How much of the random start is left?")
    page.locator(DONE).wait_for()  # nothing is locked
    field, check = page.get_by_label("Your answer"), page.get_by_role("button", name="Check")
    for typed, reply in {
        "x" * 10_000: "it is longer than any number",
        "0,699": "That is the share that is gone.",
        "0,3007": "Right: it is 0.301.",
    }.items():
        field.fill(typed)
        check.click()
        page.get_by_text(reply).wait_for()
    page.get_by_text("every step leaves 0.997 of it").wait_for()

    link(page, "All exercises")
    page.get_by_text("1 of 12 are solved.").wait_for()
    link(page, "Can noise stand in for decay?")
    page.get_by_role("button", name="The same.").click()
    page.get_by_text("λ is not the standard deviation of the noise.").wait_for()
    page.get_by_role("button", name="Smaller.").click()
    page.get_by_text("2 of 12 are solved.").wait_for()

    link(page, "Find a λ that beats a constant")
    page.get_by_text("at most 0.00701 is wanted.").wait_for()
    slider = page.get_by_role("slider", name="Weight decay λ")
    for weight_decay in (5, 10, 20, 30, 50):
        slider.press("ArrowRight")
        page.wait_for_function("x => location.search.includes(x)", arg=f"={weight_decay}&")
    page.get_by_text("✓ Done.").wait_for()
    page.locator(DONE).wait_for()

    page.reload()  # another session: the tab remembers
    page.get_by_text("✓ Done.").wait_for()
    link(page, "All exercises")
    page.get_by_text("3 of 12 are solved.").wait_for()
    assert page.get_by_text("✓").count() == 3
    page.get_by_role("spinbutton", name="Variant").fill("4")
    page.get_by_role("spinbutton", name="Variant").press("Enter")
    page.wait_for_function("location.search === '?variant=4'")
