"""What is weight decay? In words, and in one picture that moves at the first touch."""

import streamlit as st

from pages.shared import controls as form_controls
from pages.shared.chart import chart
from pages.shared.lessons import way
from pages.shared.prose import prose
from pages.shared.words import told
from pages.start import controls
from pages.start.payload import picture
from pages.start.question import FORM
from pages.start.words import PARAGRAPHS


@form_controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    drawing, side = st.columns([5, 3], gap="medium")
    with drawing:
        payload = picture(FORM.chosen(st.session_state))
        chart(payload, key=controls.CHART, on=form_controls.slid(FORM, controls.CHART, "at"))
    with side:
        for paragraph in PARAGRAPHS:
            prose(told(paragraph))
        way.begin()
        controls.draw()


page()
