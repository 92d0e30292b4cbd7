"""Which λ? The loss over λ, exact and trained, and what each way to choose one costs."""

import streamlit as st

from pages.shared import controls as run_controls
from pages.shared import presets
from pages.shared.chart import chart
from pages.which import controls, payload
from pages.which import sections as explained
from pages.which.answer import measured
from pages.which.presets import PRESETS
from pages.which.question import FORM


@run_controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    drawing, side = st.columns([3, 1], gap="medium")
    with side:
        controls.draw()
        presets.buttons(FORM, PRESETS)
    try:
        seen = measured.begun(FORM.chosen(st.session_state))
    except ValueError as error:
        run_controls.refuse(error, drawing)
        return
    with side:
        presets.hint(FORM, PRESETS, seen.problem)
    with drawing:
        explained.finding(seen)
        chart(payload.picture(seen), key=controls.CHART, on=controls.on_chart())
    with side:
        explained.open_on_train(seen)
        explained.download(seen)
    explained.explanations(seen)


page()
