"""The page's controls: those of the run, shared with Train, and the switches of the two codes."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from pages.codes.answer import Question
from pages.codes.question import SETTINGS, read_link
from pages.shared import controls
from pages.shared.run import RUN
from pages.shared.settings import FRONT, of_rules
from wd_core.book.two_codes import Switches

PAGE = "codes "
OPENED = PAGE + "opened"


def opened_link() -> list[str]:
    """At the first run in a session: take over what the link says; its complaints."""
    link, switches, complaints = read_link(controls.opened_query())
    said = controls.take_run(link)
    if OPENED not in st.session_state:
        _set(switches)
        st.session_state[OPENED] = True
        said += complaints
    return said


def chosen() -> Question:
    """The run and the switches as the controls stand now."""
    switches = Switches(**{key: str(st.session_state[PAGE + key]) for key in SETTINGS})
    return Question(controls.chosen(), switches)


def switches() -> None:
    """The switches, and the buttons that set them all."""
    question = chosen()
    equal = question.equalised
    st.button(
        "Make them equal",
        on_click=_set,
        args=(equal,),
        disabled=equal == question.switches,
        type="primary",
        width="stretch",
        help="Sets only the switches that act: η/2 and wd = 2λ for a missing ½, b at 0, and so on.",
    )
    st.button(
        "As in the book",
        on_click=_set,
        args=(Switches(),),
        disabled=question.switches == Switches(),
        width="stretch",
        help="Every switch as the book's PyTorch edition has it.",
    )
    st.caption("Each switch: from scratch | concise.")
    for setting in SETTINGS.values():
        controls.draw(setting, PAGE)


def run() -> None:
    """The controls of the run."""
    controls.draw(RUN, *FRONT)
    # The book's codes have no other rule than plain SGD: the optimizer is not asked for.
    controls.folded(RUN, but=("optimizer", "decay", *of_rules()))
    controls.randomness(RUN)


def _set(switches: Switches) -> None:
    for key, value in asdict(switches).items():
        st.session_state[PAGE + key] = value
