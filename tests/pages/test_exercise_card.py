"""Exercises through AppTest: answered above a page that is never locked, ticked, and listed."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import limits
from pages.shared.lessons import guesses, quantities
from pages.shared.lessons import path as paths
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import path
from tests.pages.opening import fine, in_frame
from tests.pages.test_card import at, charts, links, words

DONE = "✓ **Done.**"


def at_exercise(address: str) -> AppTest:
    """The page of an exercise, opened by its link."""
    lesson = path()[address]
    return fine(at(in_frame(lesson.page), query(lesson)))


def query(lesson: Lesson) -> str:
    return "&".join(part for part in (lesson.query, f"lesson={lesson.address}") if part)


def answered(page: AppTest, text: str) -> AppTest:
    """The page once a number has been typed and sent."""
    page.text_input[0].set_value(text)
    press(page, "Check")
    return fine(page.run())


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click()


def boxes(page: AppTest) -> list[tuple[str, str]]:
    """What is said of an answer, and how."""
    return [
        (kind, str(node.value))
        for kind in ("success", "info", "warning")
        for node in getattr(page, kind)
    ]


def test_a_number_is_refused_foreseen_wrong_shown_and_right() -> None:
    lesson = path()["left.3"]
    page = at_exercise("left.3")
    assert charts(page)[0]["query"] == "lesson=left.3"  # nothing is locked
    assert lesson.question in words(page)
    assert not boxes(page)
    for typed in ("x" * 10_000, "soon"):
        ((kind, said),) = boxes(answered(page, typed))
        assert kind == "warning"
        assert "does not count" in said
        assert "Show the answer" not in [button.label for button in page.button]
    assert boxes(answered(page, "0,9731")) == [
        ("info", "**Not yet.** That is the share that is gone.")
    ]
    assert lesson.explanation not in words(page)
    assert not page.session_state[guesses.KEPT]
    press(page, "Show the answer")
    assert lesson.explanation in words(fine(page.run()))
    assert not page.session_state[guesses.KEPT]  # who is told has not solved it
    assert boxes(answered(page, "2,688e-2")) == [("success", "**Right:** it is 0.0269.")]
    assert page.session_state[guesses.KEPT] == {"left": "3"}
    assert lesson.explanation in words(page)


def test_what_is_typed_after_the_right_answer_takes_nothing_back() -> None:
    page = answered(at_exercise("left.3"), "0.0269")
    assert links(page)["Next: Which weight_decay is it in PyTorch?"].endswith("lesson=torch.3")
    assert "The answer is" not in words(page)  # the box says so
    assert boxes(answered(page, "0.5"))[0][1].startswith("**That is not it.** What does one step")
    assert "**The answer is 0.0269.**" in words(page)
    assert path()["left.3"].explanation in words(page)


def test_an_empty_field_asks_for_a_number() -> None:
    page = at_exercise("left.3")
    press(page, "Check")
    assert boxes(fine(page.run())) == [("warning", "Type a number first.")]


@pytest.mark.parametrize(("address", "opened"), [("stop.1", True), ("beat.1", False)])
def test_the_box_with_the_control_that_is_asked_for_stands_open(address: str, opened: bool) -> None:
    page = at_exercise(address)
    (training,) = (each for each in page.expander if each.label == "Training")
    assert bool(training.children) == opened
    control = "Epochs" if opened else "Weight decay λ"
    assert f"Answer with “{control}” below" in words(page)


def test_the_page_under_an_exercise_is_explored_freely() -> None:
    page = answered(at_exercise("left.3"), "0.5")
    page.select_slider(key="weight_decay").set_value(10.0)
    page = fine(page.run())
    assert charts(page)[0]["query"] == "weight_decay=10&lesson=left.3"
    assert path()["left.3"].question in words(page)
    assert boxes(answered(page, "0.0269"))[0][0] == "success"  # it asks what it asked


def test_a_choice_is_tried_until_it_is_right() -> None:
    page = at_exercise("noise.1")
    page.button(key="lesson alike").click()
    ((kind, said),) = boxes(fine(page.run()))
    assert (kind, said[:30]) == ("info", "**Not yet.** λ is not the stan")
    page.button(key="lesson less").click()
    assert boxes(fine(page.run())) == [("success", "**Right:** Smaller.")]
    assert path()["noise.1"].explanation in words(page)
    assert "Can noise stand in for decay?</a> ✓" in words(page)  # the list below it knows


def test_a_deed_ticks_itself_when_the_page_shows_it() -> None:
    page = at_exercise("beat.1")
    ((kind, said),) = boxes(page)
    assert kind == "info"
    assert said.startswith("Not yet: the test loss is 0.102; it should be at most 0.00701.")
    page.select_slider(key="weight_decay").set_value(10.0)
    assert DONE not in words(fine(page.run()))
    page.select_slider(key="n_features").set_value(100)
    page.select_slider(key="weight_decay").set_value(50.0)
    assert boxes(fine(page.run())) == [
        ("info", "Not yet: put “Dimension d” back to 200, this exercise is about another control.")
    ]
    page.select_slider(key="n_features").set_value(200)
    page = fine(page.run())
    assert DONE in words(page)
    assert path()["beat.1"].explanation in words(page)
    assert not boxes(page)
    page.select_slider(key="weight_decay").set_value(1.0)
    assert DONE in words(fine(page.run()))  # what is done is done


def test_a_state_that_has_no_number_is_not_done_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = at_exercise("stop.1")
    with monkeypatch.context() as hurried:
        hurried.setattr(quantities, "MOST_SECONDS", 0.0)
        ((_, said),) = boxes(fine(page.run()))
    assert "cannot be checked with these settings: test\\_loss would take too long" in said
    page.session_state["epochs"] = 4
    page.session_state["n_train"] = 39
    ((_, said),) = boxes(fine(page.run()))
    assert said.startswith("Not yet: put “Training examples n” back to 40")


def test_a_variant_without_a_solution_is_not_asked_and_another_is_offered() -> None:
    page = at_exercise("beat.2")
    assert [kind for kind, _ in boxes(page)] == ["warning"]
    assert path()["beat.2"].question not in words(page)
    assert links(page)["Another variant"] == "/train?seed=3&lesson=beat.4"
    assert charts(page)


@pytest.mark.parametrize("name", ["beat", "beat.0", "beat.11", "beat.x", "left.1.1", "matrix.1"])
def test_an_exercise_that_the_page_does_not_have_is_said_and_ignored(name: str) -> None:
    page = at(in_frame("train"), urlencode({"lesson": name}))
    assert "no lesson" in page.warning[0].value
    assert charts(page)[0]["query"] == ""


def test_the_list_opens_each_in_a_variant_that_has_an_answer_and_ticks_what_is_solved() -> None:
    page = at(in_frame("exercises"), "variant=2")
    titles = [variants[0].title for variants in path().exercises]
    assert [label for label in links(page) if label in titles] == titles
    assert links(page)["Find a λ that beats a constant"] == "/train?seed=3&lesson=beat.4"
    assert links(page)["How much of the random start is left?"].endswith("lesson=left.2")
    assert "Solved: 0 of 12." in words(page)
    page.session_state[guesses.KEPT] = {"left": "4"}
    page.number_input(key="exercises variant").set_value(1)
    page = fine(page.run())
    assert "left?</a> ✓" in words(page)
    assert "Solved: 1 of 12." in words(page)
    assert "variant" not in page.query_params
    page.number_input(key="exercises variant").set_value(7)
    assert fine(page.run()).query_params["variant"] == "7"


@pytest.mark.parametrize("told", [{"left": "3"}, {"left": "x"}, {"left": "5"}, {"left": 3}, {}])
def test_what_a_tab_says_is_taken_where_it_is_a_variant(told: dict[str, object]) -> None:
    assert guesses._said_of(told, "left") == ("3" if told == {"left": "3"} else None)


def test_a_folder_with_an_exercise_alone_has_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "title: Mine\npage: exercises\nquestion: One and one?\nnumber: 1 + 1\n---\n{answer}\n"
    (tmp_path / "1-mine.md").write_text(text, encoding="utf-8")
    (tmp_path / "2-bad.md").write_text(text.replace("page", "pages"), encoding="utf-8")
    monkeypatch.setenv(limits.LESSONS.variable, str(tmp_path))
    path.cache_clear()
    try:
        start = fine(in_frame("start").run())
        assert links(start) == {"An exercise to try": "/exercises"}
        page = fine(in_frame("exercises").run())
        assert links(page) == {"Mine": "/exercises?lesson=mine.1"}
        (fault,) = page.warning
        assert "bad.md is left out. Line 2" in fault.value.replace("\\", "")
        page = fine(at(in_frame("exercises"), "lesson=mine.1"))
        assert boxes(answered(page, "2"))[0][0] == "success"
        assert not any(label == "Another variant" for label in links(page))
    finally:
        paths.path.cache_clear()


def test_a_page_without_a_chart_gives_the_tab_what_it_is_to_keep() -> None:
    page = at(in_frame("exercises"), "variant=3")
    (kept,) = (
        data["kept"]
        for made in page.get("bidi_component")
        if "kept" in (data := json.loads(made.proto.json or "{}"))
    )
    assert json.loads(kept) == {"start": "", "exercises": "variant=3"}
