"""The page's controls: those of the run, shared with Train, and the switches of the two codes."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from pages.codes.answer import Question
from pages.codes.question import FORM, SETTINGS
from pages.shared import controls
from pages.shared.settings import FRONT, of_rules
from pages.shared.words import tell
from wd_core.book.two_codes import Switches


def chosen() -> Question:
    """The run and the switches as the controls stand now."""
    asked = FORM.chosen(st.session_state)
    return Question(asked.settings, asked.shown)


def switches() -> None:
    """The switches, and the buttons that set them all."""
    question = chosen()
    equal = question.equalised
    st.button(
        tell("Make them equal"),
        on_click=_set,
        args=(equal,),
        disabled=equal == question.switches,
        type="primary",
        width="stretch",
        help=tell(
            "Sets only the switches that act: η/2 and wd = 2λ for a missing ½, b at 0, and so on."
        ),
    )
    st.button(
        tell("As in the book"),
        on_click=_set,
        args=(Switches(),),
        disabled=question.switches == Switches(),
        width="stretch",
        help=tell("Every switch as the book's PyTorch edition has it."),
    )
    st.caption(
        tell("In each list: left of the bar the code from scratch, right of it the concise one.")
    )
    controls.draw(FORM, *SETTINGS)


def run() -> None:
    """The controls of the run."""
    controls.draw(FORM, *FRONT)
    # The book's codes have no other rule than plain SGD: the optimizer is not asked for.
    controls.folded(FORM, but=("optimizer", "decay", *of_rules()))
    controls.randomness(FORM)


def _set(switches: Switches) -> None:
    for key, value in asdict(switches).items():
        st.session_state[FORM.slot(key)] = value
