"""What else stops overfitting? Weight decay beside the other remedies, over many draws."""

import streamlit as st

from pages.remedies import answer, controls
from pages.remedies import sections as explained
from pages.remedies.payload import picture
from pages.remedies.presets import PRESETS
from pages.remedies.question import FORM
from pages.shared import controls as form_controls
from pages.shared import presets
from pages.shared.chart import chart


@form_controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    drawing, side = st.columns([3, 1], gap="medium")
    with side:
        controls.draw()
        presets.buttons(FORM, PRESETS)
    seen = answer.begun(FORM.chosen(st.session_state))
    with side:
        explained.download(seen)
    with drawing:
        explained.finding(seen)
        chart(picture(seen), key=controls.CHART, on=controls.on_chart())
    explained.explanations(seen)


page()
