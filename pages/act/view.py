"""Where does weight decay act? On the directions it cuts, and on what no data reach."""

import streamlit as st

from pages.act import controls
from pages.act import sections as explained
from pages.act.question.matching import has_directions
from pages.act.question.shown import FORM
from pages.shared import controls as run_controls
from pages.shared import presets


@run_controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    drawing, side = st.columns([3, 1], gap="medium")
    with side:
        controls.draw()
        presets.buttons(FORM, presets.PRESETS)
    asked = FORM.chosen(st.session_state)
    settings, shown, pins = asked.settings, asked.shown, asked.pins
    with drawing:
        try:
            explained.directions(settings, shown, pins)
        except ValueError as error:
            run_controls.refuse(error)
            return
        below = has_directions(settings.data)
        if not below:  # it is the only picture, and there is room beside the controls
            st.subheader(explained.PARTS, anchor=False)
            explained.parts(settings, shown, pins, beside=False)
    if below:
        explained.explanations(settings, shown, pins)


page()
