"""The path through AppTest: predict, then see; done steps are ticked; the way on, on every page."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from streamlit.testing.v1 import AppTest

from pages.registry import PAGES, PICTURED
from pages.shared.lessons import guesses
from pages.shared.lessons.guesses import KEPT
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import path
from pages.shared.lessons.tasks import Comparison
from tests.pages.opening import fine, in_frame
from tests.unlinked import unlinked

LESSONS = path().lessons
CHOSEN = [lesson for lesson in LESSONS if isinstance(lesson.task, Comparison)]


def at_lesson(lesson: Lesson) -> AppTest:
    """The page of a lesson, opened by its link."""
    return at(in_frame(lesson.page), f"{lesson.query}&lesson={lesson.name}")


def at(page: AppTest, query: str) -> AppTest:
    page.query_params.clear()
    for key, value in parse_qsl(query, keep_blank_values=True):
        page.query_params[key] = value
    return page.run()


def charts(page: AppTest) -> list[dict[str, Any]]:
    sent = (made.proto.bytes for made in page.get("bidi_component") if made.proto.bytes)
    return [data["payload"] for data in map(json.loads, sent) if "payload" in data]


def links(page: AppTest) -> dict[str, str]:
    """Where each link leads, by its name; all stay in this tab."""
    anchors = re.findall(r'<a href="([^"]*)" target="_self">([^<]*)</a>', words(page))
    return {unescape(label): unescape(href) for href, label in anchors}


def words(page: AppTest) -> str:
    return "\n".join(unlinked(str(node.value)) for node in page.markdown)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_step_holds_back_the_picture_until_there_is_a_guess(lesson: Lesson) -> None:
    page = fine(at_lesson(lesson))
    place = LESSONS.index(lesson) + 1
    assert f"Step {place} of {len(LESSONS)}" in words(page)
    assert [title.value for title in page.title] == [lesson.title]
    assert lesson.question in words(page)
    assert not charts(page)
    assert str(lesson.explanation) not in words(page)
    assert not any(label.startswith("Next") for label in links(page))
    if isinstance(lesson.task, Comparison):
        outcome = next(iter(lesson.task.choices))
        page.button(key=f"lesson {outcome}").click()
    elif lesson.task.axis:  # type: ignore[union-attr]
        page.session_state[KEPT] = {lesson.name: "0.01"}  # as the browser's axis has it kept
    else:
        page.number_input(key="lesson number").set_value(1e-9)
        next(button for button in page.button if button.label == "Show me").click()
    page = fine(page.run())
    assert charts(page)
    queries = [chart["query"] for chart in charts(page) if "query" in chart]
    assert queries
    assert all(query.endswith(f"lesson={lesson.name}") for query in queries)
    assert str(lesson.explanation) in words(page)
    assert re.search("You guessed|Your guess", words(page))
    assert not page.warning
    marked = [chart["guess"] for chart in charts(page) if "guess" in chart]
    axis = getattr(lesson.task, "axis", "")
    assert marked == ([{"panel": "", "at": -2.0, "text": "your guess: 0.01"}] if axis else [])


def test_the_guess_stays_beside_the_answer_whether_right_or_not() -> None:
    lesson = CHOSEN[0]
    for outcome, text in lesson.task.choices.items():  # type: ignore[union-attr]
        page = at_lesson(lesson)
        page.button(key=f"lesson {outcome}").click()
        said = words(page.run())
        assert f"Your guess: “{text}”" in said
        assert ("**Right.**" in said) == (outcome == lesson.task.answer)  # type: ignore[union-attr]


def test_a_number_that_is_none_is_no_guess() -> None:
    page = at_lesson(path()["half"])
    next(button for button in page.button if button.label == "Show me").click()
    page = fine(page.run())
    assert not charts(page)
    assert [each.value for each in page.warning] == ["Type a number first."]
    page.number_input(key="lesson number").set_value(77.0)
    next(button for button in page.button if button.label == "Show me").click()
    assert "**Right.**" in words(page.run())


def test_next_leads_on_and_the_last_step_back_to_start() -> None:
    for lesson, following in zip(LESSONS, [*LESSONS[1:], None], strict=True):
        page = at_lesson(lesson)
        page.session_state[guesses.KEPT] = {lesson.name: guess_of(lesson)}
        page = fine(page.run())
        onward = {href for label, href in links(page).items() if label != "Leave the path"}
        assert onward == ({link_to(following)} if following else {"/", "/exercises"})


def link_to(lesson: Lesson) -> str:
    parts = filter(None, (lesson.query, f"lesson={lesson.name}"))
    return f"/{lesson.page}?{'&'.join(parts)}"


def test_a_link_that_names_a_lesson_alone_opens_it_with_its_settings() -> None:
    lesson = path()["longer"]
    for query, epochs, n_features in (("utm_source=mail", 1000, 40), ("epochs=7", 7, 200)):
        page = in_frame(lesson.page)
        page.session_state[guesses.KEPT] = {lesson.name: guess_of(lesson)}
        page = fine(at(page, f"lesson={lesson.name}&{query}"))
        assert page.session_state["epochs"] == epochs
        assert page.session_state["n_features"] == n_features


def test_what_a_guess_is_about_stands_open_and_beside_the_run() -> None:
    for name, pins, box in (
        ("start", 1, ""),
        ("momentum", 1, ""),
        ("half", 0, path()["half"].opens),
    ):
        lesson = path()[name]
        page = in_frame(lesson.page)
        page.session_state[guesses.KEPT] = {name: guess_of(lesson)}
        page = fine(at(page, f"{lesson.query}&lesson={name}"))
        assert len(page.session_state["pins"]) == pins
        # a box that has something in it is open
        assert [each.label for each in page.expander if each.children] == ([box] if box else [])


def guess_of(lesson: Lesson) -> str:
    task = lesson.task
    return next(iter(task.choices)) if isinstance(task, Comparison) else "1"


def test_who_leaves_the_path_has_the_page_to_himself() -> None:
    lesson = LESSONS[0]
    page = at_lesson(lesson)
    assert links(page) == {"Leave the path": f"/{lesson.page}?{lesson.query}"}
    page = fine(at(page, lesson.query))
    assert lesson.question not in words(page)
    assert charts(page)
    assert "lesson" not in charts(page)[0]["query"]


@pytest.mark.parametrize("name", ["", "nothing", "x" * 10_000, "<img src=x>", "half"])
def test_a_lesson_that_the_page_does_not_have_is_said_and_ignored(name: str) -> None:
    page = at(in_frame("train"), urlencode({"weight_decay": 1, "lesson": name}))
    (warning,) = page.warning
    assert "no lesson" in warning.value
    assert len(warning.value) < 200
    assert charts(page)[0]["query"] == "weight_decay=1"
    assert page.session_state["weight_decay"] == 1


def test_start_has_all_steps_and_ticks_what_is_done() -> None:
    page = in_frame("start").run()
    assert list(links(page)) == [*(lesson.title for lesson in LESSONS), "12 exercises to try"]
    assert links(page)[LESSONS[0].title].startswith(f"/{LESSONS[0].page}?")
    assert "✓" not in words(page)
    page.session_state[guesses.KEPT] = {LESSONS[1].name: "less"}
    page = fine(page.run())
    assert words(page).count("✓") == 1
    assert f"{LESSONS[1].title}</a> ✓" in words(page)
    assert f"Done: 1 of {len(LESSONS)}." in words(page)


@pytest.mark.parametrize(
    "told",
    [{"price": "more"}, {"price": "never", "x": "less"}, {"price": 3}, {}, None, [1], "more"],
)
def test_what_a_tab_says_is_taken_where_it_is_a_guess(told: Any) -> None:
    good = isinstance(told, dict) and told.get("price") == "more"
    assert guesses._said_of(told, "price") == ("more" if good else None)


@pytest.mark.parametrize("place", range(1, len(PICTURED)))
def test_every_page_ends_with_the_way_on(place: int) -> None:
    page = in_frame(PAGES[place].path).run()
    following = PAGES[(place + 1) % len(PAGES)]
    (node,) = page.get("page_link")
    assert node.proto.page == ("" if following is PAGES[0] else following.path)
    assert node.proto.label == f"Next: {following.question}"
