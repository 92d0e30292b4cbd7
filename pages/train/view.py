"""Does weight decay stop overfitting? A run, its twin without decay, and simple rivals."""

import streamlit as st

from pages.shared import controls, presets
from pages.shared.chart import chart
from pages.shared.controls import FORMULAS, NUMBERS
from pages.shared.presets import PRESETS
from pages.shared.run import RUN
from pages.shared.settings import FRONT
from pages.train import controls as own
from pages.train.payload.picture import training_picture
from pages.train.question import FORM
from pages.train.sections import explanations, pinned
from pages.train.sections.downloads import downloads


@controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    picture, side = st.columns([3, 1], gap="medium")
    with side:
        controls.draw(FORM, *FRONT)
        own.curves()
        controls.draw(FORM, *FORM.others(*RUN.settings, "curves"))
        controls.folded(FORM)
        controls.randomness(FORM)
        presets.buttons(FORM, PRESETS)
    asked = FORM.chosen(st.session_state)
    settings = asked.settings
    with side:
        presets.hint(FORM, PRESETS, asked)
    with picture:
        try:
            payload = training_picture(settings, asked.pins, asked.shown)
        except ValueError as error:
            controls.refuse(error)
            return
        # once it has ended there is more to say around it
        chart(payload, key="training", on={"grown": lambda: None})
        own.mend(settings)
        pinned.pinning(settings)
        pinned.table(settings)
    with side:
        downloads(settings)
    controls.folder(FORM, NUMBERS, lambda: explanations.numbers(settings))
    controls.folder(FORM, FORMULAS, lambda: explanations.training(settings))


page()
