"""What does a penalty believe about the weights? Likelihood times prior, in two dimensions."""

import streamlit as st

from pages.prior import controls
from pages.prior import sections as explained
from pages.prior.payload import picture
from pages.prior.presets import PRESETS
from pages.prior.question import FORM
from pages.shared import controls as form_controls
from pages.shared import presets
from pages.shared.chart import chart


@form_controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    drawing, side = st.columns([3, 1], gap="medium")
    with side:
        controls.draw()
        question = FORM.chosen(st.session_state)
        presets.buttons(FORM, PRESETS)
        explained.download(question)
    with drawing:
        explained.finding(question)
        on = form_controls.slid(FORM, controls.CHART, "at")
        chart(picture(question), key=controls.CHART, on=on)
    explained.explanations(question)


page()
