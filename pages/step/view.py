"""What does weight decay do to w at each update? One step of a run, taken apart."""

import streamlit as st

from pages.shared import controls as run_controls
from pages.shared.run import RUN
from pages.shared.settings import FRONT
from pages.step import controls
from pages.step import sections as explained
from pages.step.answer.replays import walked
from pages.step.question import FORM


@run_controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    picture, side = st.columns([3, 1], gap="medium")
    with side:
        run_controls.draw(FORM, *FRONT)
        run_controls.folded(FORM, helps=controls.HELPS)
        run_controls.randomness(FORM)
    asked = FORM.chosen(st.session_state)
    settings = asked.settings
    with picture:
        try:
            run = walked(settings)
            seen = run.step(min(controls.wanted("step"), run.replay.steps))
        except ValueError as error:
            run_controls.refuse(error)
            return
        for complaint in controls.fit(run.replay):
            st.warning(complaint)
    with side:
        controls.weights(settings.data.n_features)
        run_controls.draw(FORM, *FORM.others(*RUN.settings, "step", "first", "second"))
        run_controls.reset(FORM)
    asked = FORM.chosen(st.session_state)
    with picture:
        explained.update(settings, asked.shown, seen, run, asked.pins)
        controls.steps(run.replay)
        explained.formulas(settings, asked.shown, seen)
        explained.rate(settings)
    explained.explanations(settings, asked.shown, seen, run)


page()
