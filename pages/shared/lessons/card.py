"""The card above a page that is opened in a lesson: predict, then see."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.lessons import dragging, exercise, guesses, way, words
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import path
from pages.shared.lessons.tasks import Comparison, Estimate, as_guess
from pages.shared.link import LESSON
from pages.shared.prose import rooted
from pages.shared.reasons import reason
from pages.shared.words import literal, tell
from pages.shared.worker import NoAnswerError

NUMBER: Final = "lesson number"
# Whether it was sent without one.
EMPTY: Final = "lesson number empty"


def begun(page: str) -> Lesson | None:
    """The lesson in the present link; one that this page does not have is said and ignored."""
    name, state = _named(), st.session_state
    state.pop(LESSON, None)
    if name is None:
        return None
    if name not in path() or path()[name].page != page:
        st.warning(literal(words.unknown(name)))
        return None
    state[LESSON] = name  # for the parts of the page that run again by themselves
    return path()[name]


def heading(lesson: Lesson | None) -> str:
    """What a page is called in a step of the path: by that, so that one question stands alone."""
    return lesson.title if lesson is not None and not lesson.variant else ""


def _named() -> str | None:
    context = get_script_run_ctx()
    query = parse_qsl(context.query_string, keep_blank_values=True) if context else []
    return dict(query).get(LESSON)


def draw(lesson: Lesson) -> bool:
    """The card. Whether the page may be shown: a step of the path waits for a guess."""
    if lesson.variant:
        exercise.draw(lesson)
        return True
    made = guesses.remembered().get(lesson.name)
    with st.container(border=True, key="lesson"):
        asked, replied = st.columns(2, gap="medium")
        with asked:
            st.markdown(words.standing(lesson, path()))
            st.markdown(f"**{lesson.question}**")
            if made is None:
                _ask(lesson)
            way.out(lesson, done=made is not None)
        if made is not None:
            with replied:
                _explain(lesson, made)
    return made is not None


def _ask(lesson: Lesson) -> None:
    match lesson.task:
        case Comparison(choices=choices):
            with st.container(horizontal=True, gap="small"):
                for outcome, text in choices.items():
                    said = (lesson, outcome)
                    st.button(text, key=f"{LESSON} {outcome}", on_click=guesses.guess, args=said)
        case Estimate(axis=axis) if axis:
            dragging.draw(lesson, axis)
        case Estimate():
            with st.form(f"{LESSON} form", border=False):
                st.number_input(tell("Your guess"), value=None, key=NUMBER, width=200)
                st.form_submit_button(tell("Show me"), on_click=_typed, args=(lesson,))
            if st.session_state.pop(EMPTY, False):
                st.warning(words.nothing_typed())


def _typed(lesson: Lesson) -> None:
    number = st.session_state[NUMBER]
    st.session_state[EMPTY] = number is None
    if number is not None:
        guesses.guess(lesson, as_guess(number))


def _explain(lesson: Lesson, made: str) -> None:
    task = lesson.task
    assert isinstance(task, Comparison | Estimate)  # a step of the path has no other
    try:
        st.markdown(rooted(f"{words.verdict(task, made)} {lesson.explanation}"))
    except ValueError as error:
        st.warning(literal(words.no_answer(reason(error))))
    except NoAnswerError as error:
        st.error(reason(error))
