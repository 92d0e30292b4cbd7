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
from pages.shared.words import literal, say, tell, told

# The page that lists the exercises.
EXERCISES: Final = "exercises"


def steps() -> None:
    """The steps of the path, those done with a tick, and what is wrong with files of lessons."""
    made, lessons = guesses.remembered(), path().lessons
    if lessons:
        st.header(tell("The path: guess first, then see"), anchor=False)
        st.markdown(words.done(sum(lesson.name in made for lesson in lessons), path()))
        _list(told(words.THE_PATH), lessons, made)
    if path().exercises:
        _html("".join(_to_exercises()))
    _faults()


def begin() -> None:
    """From the first screen of Start to the first step that is not done."""
    lessons = path().lessons
    waiting = [lesson for lesson in lessons if lesson.name not in guesses.known()]
    if waiting:
        said = say("First guess, then see:")
        _html(f"{escape(said)} {_anchor(_opened(waiting[0]), waiting[0].title)}")


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
        _list(part or told(words.THE_EXERCISES), listed, made, begins)
        begins += len(listed)
    _faults()


def offered(variants: Sequence[Lesson], first: int) -> Lesson | None:
    """The first variant with an answer, from this number on and round."""
    start = (first - 1) % len(variants)
    return next((one for one in (*variants[start:], *variants[:start]) if one.has_answer), None)


def beside(lesson: Lesson, *, solved: bool) -> None:
    """From an exercise to another of its variants, to all others, and to its page alone; from one
    that is solved first to the next.
    """
    links = [_anchor(Link(EXERCISES, ""), say("All exercises"))]
    following = offered(path().exercise[lesson.name], lesson.variant + 1)
    if following is not None and following != lesson:
        links.insert(0, _anchor(_opened(following), say("Another variant")))
    if lesson.page != EXERCISES:
        links.append(_anchor(Link(lesson.page, lesson.query), say("Leave the exercise")))
    if solved and (another := _next(lesson)) is not None:
        links.insert(0, _anchor(_opened(another), _to(another)))
    _html(" · ".join(links))


def _next(lesson: Lesson) -> Lesson | None:
    """The exercise after this one, in the same variant if it has that; None after the last."""
    names = [*path().exercise]
    following = names[names.index(lesson.name) + 1 :]
    offers = (offered(path().exercise[name], lesson.variant) for name in following)
    return next((one for one in offers if one is not None), None)


def _list(name: str, lessons: Sequence[Lesson], made: Collection[str], begins: int = 1) -> None:
    items = (
        f"<li>{_anchor(_opened(lesson), lesson.title)} {'✓' if lesson.name in made else ''}</li>"
        for lesson in lessons
    )
    _html(f'<nav aria-label="{escape(name)}"><ol start="{begins}">{"".join(items)}</ol></nav>')


def _faults() -> None:
    if faults := words.faults(path().faults):
        st.warning("\n\n".join(map(literal, faults)))


def out(lesson: Lesson, *, done: bool) -> None:
    """From a step to the next when it is done, and off the path."""
    freely = _anchor(Link(lesson.page, lesson.query), say("Leave the path"))
    _html(" · ".join([_onward(lesson), freely] if done else [freely]))


def onward(lesson: Lesson) -> None:
    """From a step to the next, or back to Start after the last."""
    _html(_onward(lesson))


def _onward(lesson: Lesson) -> str:
    following = path().after(lesson)
    if following is not None:
        return _anchor(_opened(following), _to(following))
    back = _anchor(Link(HOME, ""), say("The path ends here: back to Start"))
    return " · ".join([back, *_to_exercises()])


def _to(lesson: Lesson) -> str:
    return say("Next: {title}", title=lesson.title)


def _to_exercises() -> list[str]:
    count = len(path().exercises)
    return [_anchor(Link(EXERCISES, ""), words.to_exercises(count))] if count else []


def _opened(lesson: Lesson) -> Link:
    """The link that opens a step."""
    parts = (lesson.query, f"{LESSON}={lesson.address}")
    return Link(lesson.page, "&".join(part for part in parts if part))


def _anchor(link: Link, label: str) -> str:
    return f'<a href="{escape(address(link))}" target="_self">{escape(label)}</a>'


def _html(text: str) -> None:
    st.markdown(text, unsafe_allow_html=True)
