"""The card of an exercise, above its page: it asks, says what is to be said, and locks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

import streamlit as st

from pages.shared.form import Form
from pages.shared.lessons import guesses, way, words
from pages.shared.lessons.answers import LONGEST, answer, judged
from pages.shared.lessons.doing import Doing
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import path
from pages.shared.lessons.tasks import Comparison
from pages.shared.link import LESSON
from pages.shared.prose import rooted
from pages.shared.reasons import reason
from pages.shared.words import joined, literal, tell
from pages.shared.worker import NoAnswerError

# By these a session keeps, for each variant, the last answer; and those whose answer was asked for.
ANSWERS: Final = "answers"
SHOWN: Final = "answers shown"


def draw(lesson: Lesson) -> None:
    """The card."""
    solved = guesses.remembered().get(lesson.name) == str(lesson.variant)
    with st.container(border=True, key="exercise"):
        st.markdown(words.exercise(lesson))
        try:
            if lesson.has_answer:
                asked, replied = st.columns(2, gap="medium")
                with asked:
                    st.markdown(f"**{lesson.question}**")
                with replied:
                    _ask(lesson, solved)
                    _reply(lesson, solved)
            else:
                st.warning(words.not_offered())
            way.beside(lesson, solved=solved)
        except NoAnswerError as error:
            st.error(reason(error))


def _ask(lesson: Lesson, solved: bool) -> None:
    match lesson.task:
        case Doing() as task:
            names = [task.form.settings[key].label for key in task.moves]
            st.markdown(words.done_so() if solved else words.do_so(names))
        case Comparison(choices=choices):
            with st.container(horizontal=True, gap="small"):
                for outcome, text in choices.items():
                    said = (lesson, outcome)
                    st.button(text, key=f"{LESSON} {outcome}", on_click=_answer, args=said)
        case _:
            with (
                st.form(f"{LESSON} form", border=False),
                st.container(horizontal=True, vertical_alignment="bottom"),
            ):
                st.text_input(tell("Your answer"), key=_slot(lesson), width=200)
                st.form_submit_button(tell("Check"), on_click=_typed, args=(lesson,))


def _reply(lesson: Lesson, solved: bool) -> None:
    """What is to be said of the last answer; the right one where it is known, and why it is."""
    given = st.session_state.get(ANSWERS, {}).get(lesson.address)
    verdict = judged(lesson, given, solved=solved) if given is not None else None
    if verdict is not None:
        box = st.success if verdict.right else st.info if verdict.counts else st.warning
        box(verdict.said)
    if solved or lesson.address in st.session_state.get(SHOWN, ()):
        told = isinstance(lesson.task, Doing) or (verdict is not None and verdict.right)
        parts = ["" if told else f"**{answer(lesson)}**", rooted(lesson.explanation)]
        st.markdown(joined(parts))
    elif verdict is not None and verdict.counts:
        st.button(tell("Show the answer"), on_click=_show, args=(lesson,))


def _slot(lesson: Lesson) -> str:
    return f"answer {lesson.address}"


def _typed(lesson: Lesson) -> None:
    # one sign more than any number has, so that what is too long is refused as that
    _answer(lesson, st.session_state[_slot(lesson)].strip()[: LONGEST + 1])


def _answer(lesson: Lesson, given: str) -> None:
    st.session_state.setdefault(ANSWERS, {})[lesson.address] = given
    if judged(lesson, given).right:
        guesses.solve(lesson)


def _show(lesson: Lesson) -> None:
    st.session_state.setdefault(SHOWN, set()).add(lesson.address)


def brought(form: Form[object], key: str) -> bool:
    """Whether the present exercise asks for this control of the page to be moved."""
    address = st.session_state.get(LESSON)
    if address is None or path()[address].page != form.page:
        return False
    task = path()[address].task
    return isinstance(task, Doing) and key in task.moves


def opens(form: Form[object], name: str) -> bool:
    """Whether the present lesson has this box of the page stand open at first."""
    address = st.session_state.get(LESSON)
    return address is not None and (path()[address].page, path()[address].opens) == (
        form.page,
        name,
    )


def settings_of(form: Form[object], query: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """What a link asks the page: one that names nothing but a lesson asks what that does."""
    address = st.session_state.get(LESSON)
    if address is None or any(key in form.named for key, _ in query):
        return query
    return [*parse_qsl(path()[address].query, keep_blank_values=True), *query]


def watch(form: Form[object]) -> bool:
    """On a page opened in an exercise by doing: say what is left to do. Whether that is news:
    nothing is left, and so it ticks itself.
    """
    address = st.session_state.get(LESSON)
    if address is None:
        return False
    lesson, task = path()[address], path()[address].task
    solved = guesses.known().get(lesson.name) == str(lesson.variant)
    if lesson.page != form.page or not isinstance(task, Doing) or solved:
        return False
    try:
        if task.solution is None:  # the card has said so
            return False
        left = _left(task, form)
    except NoAnswerError as error:
        st.error(reason(error))
        return False
    if left:
        st.info(left)
    else:
        guesses.solve(lesson)
    return not left


def _left(task: Doing, form: Form[object]) -> str:
    """What is left to do, in a sentence; nothing if it is done."""
    try:
        state = form.values(form.chosen(st.session_state))
        if (strayed := task.strayed(state)) is not None:
            return words.strayed(form.settings[strayed], task.begins[strayed])
        missing = task.open(state)
        return words.missing(missing) if missing else ""
    except ValueError as error:
        return words.unchecked(literal(reason(error)))
