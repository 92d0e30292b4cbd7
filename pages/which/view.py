"""Which λ? The loss over λ, exact and trained, and what each way to choose one costs."""

import streamlit as st

from pages.shared.chart import chart
from pages.shared.words import literal, say
from pages.which import controls, payload
from pages.which import sections as explained


@st.fragment
def page() -> None:
    """The page; every control reruns this fragment alone."""
    for complaint in controls.opened_link():
        st.warning(literal(complaint))
    drawing, side = st.columns([3, 1], gap="medium")
    with side:
        controls.draw()
        explained.presets()
    try:
        seen = controls.seen(controls.chosen())
    except ValueError as error:
        drawing.error(
            say("These settings do not go together: {why}. Change that control.", why=str(error))
        )
        return
    with drawing:
        explained.hint(seen.problem)
        chart(payload.picture(seen), key=controls.CHART, on=controls.on_chart())
        explained.finding(seen)
        explained.matters(seen)
    with side:
        explained.open_on_train(seen)
        explained.download(seen)
    explained.explanations(seen)
    controls.go_on(seen)


page()
