"""Are the book's two codes the same? From scratch and with the framework, in lock-step."""

import streamlit as st

from pages.codes import answer, controls
from pages.codes import payload as picture
from pages.codes import sections as explained
from pages.codes.question import FORM
from pages.shared import controls as run_controls
from pages.shared.chart import chart


@run_controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    curves, side = st.columns([3, 1], gap="medium")
    with side:
        controls.switches()
        controls.run()
        run_controls.reset(FORM)
    question = controls.chosen()
    with curves:
        try:
            seen = answer.begun(question)
        except ValueError as error:
            run_controls.refuse(error)
            return
        explained.limits(question)
        payload = picture.lock_step(seen, FORM.chosen(st.session_state).pins)
        # what has come changes nothing but what is known
        chart(payload, key="codes", on={"grown": lambda: None})
    explained.explanations(seen)


page()
