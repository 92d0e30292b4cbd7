"""Do the learning rate and λ pull together? Test loss over both, coupled beside decoupled."""

import streamlit as st

from pages.map import controls, presets
from pages.map import sections as explained
from pages.map.payload import maps
from pages.shared import controls as run_controls
from pages.shared.chart import chart
from pages.shared.words import literal


@st.fragment
def page() -> None:
    """The page; every control reruns this fragment alone."""
    for complaint in controls.opened_link():
        st.warning(literal(complaint))
    picture, side = st.columns([3, 1], gap="medium")
    with side:
        controls.maps()
        controls.runs(controls.chosen())
        controls.one()
        presets.buttons()
    settings, pins, shown = run_controls.chosen(), run_controls.pins(), controls.chosen()
    with picture:
        presets.hint(settings, shown)
        try:
            payload = maps(settings, shown, pins)
        except ValueError as error:
            st.error(literal(str(error)))
            return
        chart(payload, key=controls.CHART, on=controls.on_chart(settings, shown))
        explained.found(settings, shown)
    with side:
        explained.download(settings, shown)
    explained.explanations(settings, shown, payload)


page()
