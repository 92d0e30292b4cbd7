"""What does weight decay do to w at each update? One step of a run, taken apart."""

import streamlit as st

from pages.shared import controls as run_controls
from pages.shared.run import RUN
from pages.shared.settings import FRONT
from pages.shared.words import literal
from pages.step import controls
from pages.step import sections as explained
from pages.step.answer.replays import walked


@st.fragment
def page() -> None:
    """The page; every control reruns this fragment alone."""
    for complaint in controls.opened_link():
        st.warning(literal(complaint))
    picture, side = st.columns([3, 1], gap="medium")
    with side:
        run_controls.draw(RUN, *FRONT)
        run_controls.folded(RUN)
        run_controls.randomness(RUN)
    settings, pins = run_controls.chosen(), run_controls.pins()
    with picture:
        try:
            run = walked(settings)
            seen = run.step(min(controls.chosen().step, run.replay.steps))
        except ValueError as error:
            st.error(f"These settings do not go together: {error}. Change that control.")
            return
        for complaint in controls.fit(run.replay):
            st.warning(complaint)
        controls.steps(run.replay)
    with side:
        controls.weights(settings.data.n_features)
    with picture:
        explained.update(settings, controls.chosen(), seen, run, pins)
    pulls, alone = st.columns(2, gap="medium")
    with pulls:
        explained.pulls(settings, seen)
    with alone:
        explained.shrinks(settings, seen)
    explained.doctor(settings)


page()
