"""Do the learning rate and λ pull together? Test loss over both, coupled beside decoupled."""

import streamlit as st

from pages.map import controls
from pages.map import sections as explained
from pages.map.payload import maps
from pages.map.presets import PRESETS
from pages.map.question import FORM
from pages.shared import controls as run_controls
from pages.shared import presets
from pages.shared.chart import chart


@run_controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    picture, side = st.columns([3, 1], gap="medium")
    with side:
        controls.maps()
        controls.runs(FORM.chosen(st.session_state).shown)
        controls.one()
        presets.buttons(FORM, PRESETS)
    asked = FORM.chosen(st.session_state)
    settings, shown = asked.settings, asked.shown
    with side:
        presets.hint(FORM, PRESETS, asked)
    with picture:
        try:
            payload = maps(settings, shown, asked.pins)
        except ValueError as error:
            run_controls.refuse(error)
            return
        chart(payload, key=controls.CHART, on=controls.on_chart(settings, shown))
    with side:
        explained.to_train(settings, shown)
        explained.download(settings, shown)
    explained.explanations(settings, shown, payload)


page()
