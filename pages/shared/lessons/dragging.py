"""A guess that is dragged along an empty axis, and its mark in the picture afterwards."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl

import streamlit as st

from pages.shared import assets
from pages.shared.form import FORMS
from pages.shared.lessons import guesses
from pages.shared.lessons.lesson import Lesson
from pages.shared.lessons.path import path
from pages.shared.lessons.tasks import Estimate, as_guess
from pages.shared.link import LESSON
from pages.shared.numbers import every_digit, plain
from pages.shared.payload import Guess
from pages.shared.words import say

KEY: Final = "lesson axis"
SHOW: Final = """
export default async function ({ data, parentElement, setTriggerValue }) {
  const { show } = await import(location.origin + data.address);
  show(parentElement, data, (number) => setTriggerValue("guessed", number));
}
"""

_axis = st.components.v2.component("weight_decay_guess", js=SHOW, isolate_styles=False)


def draw(lesson: Lesson, axis: str) -> None:
    """The empty axis with a point to drag; a number may be typed as well."""
    form = FORMS[lesson.page]
    drawn = form.axes[axis]
    question, _ = form.read(parse_qsl(lesson.query, keep_blank_values=True))
    least, most = drawn.ends(question)

    def guessed() -> None:
        if (number := st.session_state[KEY].guessed) is not None:
            guesses.guess(lesson, as_guess(float(number)))

    chart = assets.addresses()["chart"]
    labels = {
        "axis": drawn.label,
        "typed": say("{axis}, typed", axis=drawn.label),
        "show": say("Show me"),
        "drag": say("Drag the point, or type a number."),
        "refused": say(
            "“{text}” is not a number from {least} to {most}.",
            text="{text}",
            least=every_digit(least),
            most=every_digit(most),
        ),
    }
    ends = {"least": least, "most": most, "log": drawn.log}
    style = f"{chart}guess.css"
    data = {"address": f"{chart}guess.js", "style": style, "labels": labels, **ends}
    _axis(key=KEY, data=data, on_guessed_change=guessed)


def marks() -> dict[str, Any]:
    """What the picture of a lesson's page is sent beside the rest: where the guess lies."""
    name = st.session_state.get(LESSON)
    if name is None or name not in path():
        return {}
    lesson, made = path()[name], guesses.known().get(path()[name].name)
    if made is None or not isinstance(lesson.task, Estimate) or not lesson.task.axis:
        return {}
    drawn = FORMS[lesson.page].axes[lesson.task.axis]
    said = say("your guess: {guess}", guess=plain(float(made)))
    return {"guess": Guess(panel=drawn.panel, at=drawn.place(float(made)), text=said)}
