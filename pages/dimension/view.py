"""Can more features, or more data, hurt? Double descent, and how weight decay ends it."""

import streamlit as st

from pages.dimension import answer, controls, payload
from pages.dimension import sections as explained
from pages.dimension.presets import PRESETS
from pages.dimension.question import FORM
from pages.shared import controls as run_controls
from pages.shared import presets
from pages.shared.chart import chart


@run_controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    drawing, side = st.columns([3, 1], gap="medium")
    with side:
        controls.draw()
        presets.buttons(FORM, PRESETS)
    seen = answer.begun(FORM.chosen(st.session_state))
    with side:
        explained.open_on_train(seen.problem)
    with drawing:
        explained.finding(seen)
        chart(payload.descent(seen), key=controls.CHART, on=controls.on_chart())
    explained.explanations(seen)
    explained.references(seen)


page()
