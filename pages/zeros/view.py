"""Which penalty makes weights exactly zero? The same data under the L1 norm and under decay."""

import streamlit as st

from pages.shared import controls as form_controls
from pages.shared import presets
from pages.shared.chart import chart
from pages.zeros import controls
from pages.zeros import sections as explained
from pages.zeros.payload import picture
from pages.zeros.presets import PRESETS
from pages.zeros.question import FORM


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
