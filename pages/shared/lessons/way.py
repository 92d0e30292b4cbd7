"""The way on: the steps of the path on Start, links from step to step, and the exercises.

They are plain links in this very tab, and each opens its page anew: so the address says all there
is to know, and the browser's own Back leads back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape
from itertools import groupby
from typing import Final

import streamlit as st

from pages.shared.assets import address
from pages.shared.form import HOME, Link
from pages.shared.lessons import guesses, words
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import path
from pages.shared.link import LESSON
from pages.shared.words import literal, say

# The page that lists the exercises.
EXERCISES: Final = "exercises"


def steps() -> None:
    """The steps of the path, those done with a tick, and what is wrong with files of lessons."""
    made, lessons = guesses.remembered(), path().lessons
    if lessons:
        st.subheader("The path: guess first, then see", anchor=False)
        st.markdown(words.done(sum(lesson.name in made for lesson in lessons), path()))
        _list(words.THE_PATH, lessons, made)
    if path().exercises:
        _html(_anchor(Link(EXERCISES, ""), words.to_exercises(len(path().exercises))))
    _faults()


def exercises(first: int) -> None:
    """The exercises, those solved with a tick, each in the first variant from this on that has an
    answer, and what is wrong with files of lessons.
    """
    # the card above the page has asked the tab already
    made = guesses.known() if LESSON in st.session_state else guesses.remembered()
    offers = [offered(variants, first) for variants in path().exercises]
    lessons = [lesson for lesson in offers if lesson is not None]
    st.markdown(words.solved(sum(lesson.name in made for lesson in lessons), len(lessons)))
    begins = 1
    for part, within in groupby(lessons, lambda lesson: lesson.part):
        listed = [*within]
        st.markdown(f"**{part}**" if part else "")
        _list(part or words.THE_EXERCISES, listed, made, begins)
        begins += len(listed)
    _faults()


def offered(variants: Sequence[Lesson], first: int) -> Lesson | None:
    """The first variant with an answer, from this number on and round."""
    start = (first - 1) % len(variants)
    return next((one for one in (*variants[start:], *variants[:start]) if one.has_answer), None)


def beside(lesson: Lesson) -> None:
    """From an exercise to another of its variants, to all others, and to its page alone."""
    links = [_anchor(Link(EXERCISES, ""), say("All exercises"))]
    following = offered(path().exercise[lesson.name], lesson.variant + 1)
    if following is not None and following != lesson:
        links.insert(0, _anchor(_opened(following), say("Another variant")))
    if lesson.page != EXERCISES:
        links.append(_anchor(Link(lesson.page, lesson.query), say("Leave the exercise")))
    _html(" · ".join(links))


def _list(name: str, lessons: Sequence[Lesson], made: Collection[str], begins: int = 1) -> None:
    items = (
        f"<li>{_anchor(_opened(lesson), lesson.title)} {'✓' if lesson.name in made else ''}</li>"
        for lesson in lessons
    )
    _html(f'<nav aria-label="{escape(name)}"><ol start="{begins}">{"".join(items)}</ol></nav>')


def _faults() -> None:
    if path().faults:
        st.warning("\n\n".join(map(literal, path().faults)))


def out(lesson: Lesson, *, done: bool) -> None:
    """From a step to the next when it is done, and off the path."""
    freely = _anchor(Link(lesson.page, lesson.query), say("Leave the path"))
    _html(" · ".join([_onward(lesson), freely] if done else [freely]))


def onward(lesson: Lesson) -> None:
    """From a step to the next, or back to Start after the last."""
    _html(_onward(lesson))


def _onward(lesson: Lesson) -> str:
    following = path().after(lesson)
    if following is None:
        return _anchor(Link(HOME, ""), say("The path ends here: back to Start"))
    return _anchor(_opened(following), say("Next: {title}", title=following.title))


def _opened(lesson: Lesson) -> Link:
    """The link that opens a step."""
    parts = (lesson.query, f"{LESSON}={lesson.address}")
    return Link(lesson.page, "&".join(part for part in parts if part))


def _anchor(link: Link, label: str) -> str:
    return f'<a href="{escape(address(link))}" target="_self">{escape(label)}</a>'


def _html(text: str) -> None:
    st.markdown(text, unsafe_allow_html=True)
