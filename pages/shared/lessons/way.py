"""The way on: the steps of the path on Start, and links from step to step.

They are plain links in this very tab, and each opens its page anew: so the address says all there
is to know, and the browser's own Back leads back.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from pages.shared.controls import address
from pages.shared.form import HOME, Link
from pages.shared.lessons import guesses, words
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import path
from pages.shared.link import LESSON
from pages.shared.words import literal, say


def steps() -> None:
    """The steps of the path, those done with a tick, and what is wrong with files of lessons."""
    made, lessons = guesses.remembered(), path().lessons
    st.subheader("The path: guess first, then see", anchor=False)
    st.markdown(words.done(sum(lesson.name in made for lesson in lessons), path()))
    ticks = ("✓" if lesson.name in made else "" for lesson in lessons)
    items = (
        f"<li>{_anchor(_opened(lesson), lesson.title)} {tick}</li>"
        for lesson, tick in zip(lessons, ticks, strict=True)
    )
    _html(f'<nav aria-label="{words.THE_PATH}"><ol>{"".join(items)}</ol></nav>')
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
    parts = (lesson.query, f"{LESSON}={lesson.name}")
    return Link(lesson.page, "&".join(part for part in parts if part))


def _anchor(link: Link, label: str) -> str:
    return f'<a href="{escape(address(link))}" target="_self">{escape(label)}</a>'


def _html(text: str) -> None:
    st.markdown(text, unsafe_allow_html=True)
