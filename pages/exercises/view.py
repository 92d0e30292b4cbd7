"""Can you work it out yourself? The exercises, each a link to the page where it is answered."""

from urllib.parse import parse_qsl

import streamlit as st

from pages.exercises.question import FORM
from pages.exercises.words import INTRODUCTION
from pages.shared import controls
from pages.shared.language import with_language
from pages.shared.lessons import way
from pages.shared.link import LESSON
from pages.shared.memory import hand_over
from pages.shared.words import told


@controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    question = FORM.chosen(st.session_state)
    text, side = st.columns([3, 1], gap="medium")
    with side:
        controls.draw(FORM, *FORM.settings)
    with text:
        st.markdown(told(INTRODUCTION))
        way.exercises(question.variant)
    # no chart writes its link into the address bar
    st.query_params.from_dict(dict(parse_qsl(with_language(FORM.query(question)))) | _lesson())
    hand_over()


def _lesson() -> dict[str, str]:
    address = st.session_state.get(LESSON)
    return {LESSON: address} if address else {}


page()
