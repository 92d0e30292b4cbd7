"""A printed page: one sheet with its picture, settings, link and code, and nothing to operate."""

import re
from typing import TYPE_CHECKING, Any

import pytest

import pages.registry  # noqa: F401 - every page and its lessons are known, as in the app
from pages.shared.lessons.path import path

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Server, Watch

# What nobody can operate on paper.
OPERATED = ".wd-foot, .modebar-container, .stSlider, .stButton, [data-testid=stHeader], .wd-guide"
PAPER = 690
LINES = """selector => getComputedStyle(document.querySelector(selector), "::after").content"""


def drawn(page: "Page", url: str) -> None:
    page.goto(url)
    page.wait_for_function(
        """() => [...document.querySelectorAll('.wd-chart')].some((one) => one.dataset.run)
          && [...document.querySelectorAll('.wd-chart')]
            .every((one) => ['done', 'paused'].includes(one.dataset.state))"""
    )


def put_on_paper(page: "Page") -> None:
    """What a browser does between being asked to print and laying the sheet out."""
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")


def take_off(page: "Page") -> None:
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")


def width(page: "Page") -> int:
    return int(page.locator(".wd-plot .main-svg").first.evaluate("one => one.clientWidth"))


def is_dark(color: str) -> bool:
    return sum(map(int, re.findall(r"\d+", color)[:3])) < 3 * 128


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_sheet_has_the_picture_in_dark_ink_the_settings_and_the_link(
    page: "Page", server: "Server", scheme: str
) -> None:
    page.set_viewport_size({"width": 1600, "height": 900})
    page.emulate_media(color_scheme=scheme)
    drawn(page, f"{server.url}/train?weight_decay=0.5&lr=0.01")
    before = width(page)
    assert before != PAPER
    put_on_paper(page)
    assert width(page) == PAPER
    text = page.locator(".wd-plot .xtitle").first
    assert is_dark(text.evaluate("one => getComputedStyle(one).fill"))
    for place in ("h1", ".wd-chart > p", ".wd-sheet-link"):
        color = page.locator(place).first.evaluate("one => getComputedStyle(one).color")
        assert is_dark(color), place
    sheet = page.locator(".wd-sheet")
    said = sheet.locator(".wd-sheet-link").inner_text()
    assert said == f"{page.url} (it opens on this machine alone)"
    settings = sheet.locator(".wd-sheet-settings").inner_text()
    assert "λ = 0.5" in settings
    assert "η = 0.01" in settings
    assert sheet.get_by_role("img", name="The link as a QR code").is_visible()
    for operated in page.locator(OPERATED).all():
        assert not operated.is_visible()
    take_off(page)
    page.wait_for_function(
        "wide => document.querySelector('.wd-plot .main-svg').clientWidth === wide", arg=before
    )
    assert page.locator(".wd-sheet").count() == 0
    assert page.locator(".wd-foot").first.is_visible()


def test_a_sheet_speaks_the_language_of_its_page(page: "Page", server: "Server") -> None:
    drawn(page, f"{server.url}/train?lang=zh")
    put_on_paper(page)
    assert "学习率 η = 0.003" in page.locator(".wd-sheet-settings").inner_text()
    said = page.locator(".wd-sheet-link").inner_text()
    assert said.partition(" (")[0].endswith("/train?lang=zh")


def test_closed_boxes_are_left_out_and_an_open_one_is_printed(
    page: "Page", server: "Server"
) -> None:
    drawn(page, f"{server.url}/zeros")
    boxes = page.get_by_test_id("stExpander")
    box = boxes.filter(has_text="How to read the picture")
    box.locator("summary").click()
    box.locator("details[open]").wait_for()
    assert boxes.count() > 1
    put_on_paper(page)
    assert box.is_visible()
    assert [one.is_visible() for one in boxes.all()].count(True) == 1


def lesson(**wanted: Any) -> str:
    """The link of the first exercise, or step, of which this is so."""
    lessons = [*path().lessons, *(one[0] for one in path().exercise.values())]
    found = next(
        one
        for one in lessons
        if type(one.task).__name__ == wanted["task"] and bool(one.variant) is wanted["exercise"]
    )
    return f"{found.page}?lesson={found.address}"


def test_a_step_has_its_choices_and_lines_for_the_answer(page: "Page", server: "Server") -> None:
    page.goto(f"{server.url}/{lesson(task='Comparison', exercise=False)}")
    card = page.locator(".st-key-lesson")
    choices = card.get_by_role("button")
    choices.first.wait_for()
    put_on_paper(page)
    assert all(one.is_visible() for one in choices.all())
    assert page.evaluate(LINES, ".st-key-lesson") != "none"
    take_off(page)
    choices.first.click()
    choices.first.wait_for(state="detached")
    put_on_paper(page)
    assert page.evaluate(LINES, ".st-key-lesson") == "none"


def test_an_exercise_asks_on_paper_though_it_is_answered_here(
    page: "Page", server: "Server"
) -> None:
    page.goto(f"{server.url}/{lesson(task='Number', exercise=True)}")
    card = page.locator(".st-key-exercise")
    card.get_by_label("Your answer").wait_for()
    put_on_paper(page)
    assert page.evaluate(LINES, ".st-key-exercise") != "none"
    assert not card.get_by_label("Your answer").is_visible()
    take_off(page)
    card.get_by_label("Your answer").fill("12345")
    card.get_by_role("button", name="Check").click()
    card.get_by_test_id("stAlert").wait_for()
    put_on_paper(page)
    assert page.evaluate(LINES, ".st-key-exercise") != "none"
    assert not card.get_by_test_id("stAlert").is_visible()


def test_the_glossary_is_printed_with_what_it_says(page: "Page", server: "Server") -> None:
    page.goto(f"{server.url}/glossary")
    said = page.locator(".wd-glossary details p").first
    said.wait_for(state="attached")
    assert not said.is_visible()
    put_on_paper(page)
    assert said.is_visible()
    assert not page.locator(".wd-look").is_visible()


def test_nothing_beside_the_picture_answers_an_exercise(page: "Page", server: "Server") -> None:
    exercise = path().exercise["objective"][0]
    drawn(page, f"{server.url}/{exercise.page}?lesson={exercise.address}")
    assert page.locator(".wd-tiles").is_visible()
    put_on_paper(page)
    assert page.locator(".wd-plot").is_visible()
    assert not page.locator(".wd-tiles").is_visible()
    assert not page.locator(".wd-chart > p").first.is_visible()


def test_without_a_server_it_prints_all_but_the_code(
    page: "Page", server: "Server", watch: "Watch"
) -> None:
    watch.forgive("ERR_FAILED")
    drawn(page, f"{server.url}/train")
    page.route("**/api/paper*", lambda route: route.abort())
    put_on_paper(page)
    assert page.locator(".wd-sheet-link").inner_text().startswith(page.url)
    assert page.locator(".wd-sheet svg").count() == 0
