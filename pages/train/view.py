"""Does weight decay stop overfitting? A run, its twin without decay, and simple rivals."""

import streamlit as st

from pages.shared import controls, presets
from pages.shared.chart import chart
from pages.shared.words import literal, say
from pages.train.payload.picture import training_picture
from pages.train.sections import explanations, pinned
from pages.train.sections.downloads import downloads


@st.fragment
def page() -> None:
    """The page; every control reruns this fragment alone."""
    link = controls.opened_link()
    if link and link.complaints:
        st.warning("\n\n".join(literal(complaint) for complaint in link.complaints))
    picture, side = st.columns([3, 1], gap="medium")
    with side:
        controls.front()
        controls.folded()
        presets.buttons()
    settings, pins = controls.chosen(), controls.pins()
    with picture:
        presets.hint(settings)
        try:
            payload = training_picture(settings, pins)
        except ValueError as error:
            st.error(
                say(
                    "These settings do not go together: {why}. Change that control.",
                    why=str(error),
                )
            )
            return
        chart(payload, key="training")
        pinned.pinning(settings)
        pinned.table(settings)
    with side:
        downloads(settings)
    explanations.training(settings)


page()
