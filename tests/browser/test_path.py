"""The way in, in a real browser: Start moves at a touch; predict, see, tick, next, leave; solve."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

import pages.registry  # noqa: F401 - every page's form is known, as in the app
from pages.shared.lessons.path import path

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server

DONE = '.wd-chart[data-state="done"]'
LESSONS = path().lessons
# What the picture says of a guess, where that stands and where its line does.
MARKED = """() => {
  const { annotations, shapes } = document.querySelector('.wd-plot').layout;
  return [annotations.at(-1).text, annotations.at(-1).x, shapes.at(-1).x0];
}"""


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


def test_a_number_typed_over_the_picture_is_taken_exactly(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.locator(DONE).wait_for()
    typed = page.get_by_role("textbox", name="Weight decay λ, typed")
    typed.fill("0,3")
    typed.press("Enter")
    page.wait_for_url("**/?at=0.3")
    page.wait_for_function("document.querySelector('.wd-slider .wd-value').value === '0.3'")
    slider = page.get_by_role("slider", name="Weight decay λ")
    assert slider.get_attribute("aria-valuetext") == "0.3"
    slider.press("ArrowRight")
    page.wait_for_url("**/?at=0.4")


def test_the_path_is_gone_by_guesses_and_a_reload_forgets_none(page: Page, server: Server) -> None:
    first, second = LESSONS[:2]
    page.goto(server.url)
    page.locator(DONE).wait_for()
    link(page, first.title)
    page.get_by_text(first.question).wait_for()
    assert page.locator(".wd-chart").count() == 0
    page.get_by_role("button", name="It makes it larger.").click()
    page.get_by_text("Your guess").wait_for()
    page.locator(DONE).wait_for()
    page.wait_for_function("location.search.endsWith('lesson=price')")
    page.get_by_role("slider", name="Weight decay λ").press("ArrowRight")
    page.wait_for_function("location.search.includes('weight_decay=0.3&')")
    page.wait_for_function("location.search.endsWith('lesson=price')")

    page.reload()  # another session: the tab remembers
    page.get_by_text("Your guess").wait_for()
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
    page.get_by_text(f"Done: 1 of {len(LESSONS)}.").wait_for()
    ticked = page.get_by_role("navigation", name="The steps of the path").get_by_text("✓")
    assert ticked.count() == 1
    assert first.title in ticked.inner_text()


def test_a_guess_is_dragged_along_an_empty_axis_and_stays_in_the_picture(
    page: Page, server: Server
) -> None:
    lesson = path()["data"]
    page.goto(f"{server.url}/which?{lesson.query}&lesson=data")
    point = page.get_by_role("slider", name="Weight decay λ")
    show, typed = (
        page.get_by_role("button", name="Show me"),
        page.get_by_role("textbox", name="Weight decay λ, typed"),
    )
    point.wait_for()
    assert page.locator(".wd-chart").count() == 0
    assert show.is_disabled()
    box = point.bounding_box()
    assert box
    across, height = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(across, height)
    page.mouse.down()
    page.mouse.move(across + box["width"] / 8, height, steps=5)
    page.mouse.up()
    assert 0.25 < float(typed.input_value()) < 0.4
    dragged = float(typed.input_value())
    point.press("ArrowLeft")
    assert 0.9 * dragged < float(typed.input_value()) < dragged
    typed.fill("20")
    typed.press("Enter")
    page.get_by_text("“20” is not a number from 0.001 to 10.").wait_for()
    typed.fill("0,03")
    typed.press("Enter")
    assert point.get_attribute("aria-valuetext") == "0.03"
    show.click()
    page.get_by_text("You guessed 0.03").wait_for()
    page.locator(".wd-chart[data-run]").wait_for()
    marked = page.evaluate(MARKED)
    assert marked[0] == "your guess: 0.03"
    assert marked[1:] == pytest.approx([math.log10(0.03)] * 2)
    page.reload()
    page.locator(".wd-chart[data-run]").wait_for()
    assert page.evaluate(MARKED)[0] == "your guess: 0.03"


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
    page.get_by_text("Every step leaves 0.997 of the random start").wait_for()

    link(page, "All exercises")
    page.get_by_text("Solved: 1 of 12.").wait_for()
    link(page, "Can noise stand in for decay?")
    page.get_by_role("button", name="The same.").click()
    page.get_by_text("λ is not the standard deviation of the noise.").wait_for()
    page.get_by_role("button", name="Smaller.").click()
    page.get_by_text("Solved: 2 of 12.").wait_for()

    link(page, "Find a λ that beats a constant")
    page.get_by_text("it should be at most 0.00701.").wait_for()
    slider = page.get_by_role("slider", name="Weight decay λ")
    for weight_decay in (5, 10, 20, 30, 50):
        slider.press("ArrowRight")
        page.wait_for_function("x => location.search.includes(x)", arg=f"={weight_decay}&")
    page.get_by_text("✓ Done.").wait_for()
    page.locator(DONE).wait_for()

    page.reload()  # another session: the tab remembers
    page.get_by_text("✓ Done.").wait_for()
    link(page, "All exercises")
    page.get_by_text("Solved: 3 of 12.").wait_for()
    assert page.get_by_text("✓").count() == 3
    page.get_by_role("spinbutton", name="Variant").fill("4")
    page.get_by_role("spinbutton", name="Variant").press("Enter")
    page.wait_for_function("location.search === '?variant=4'")
