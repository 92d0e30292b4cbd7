"""Can more features, or more data, hurt? Double descent, and how weight decay ends it."""

import streamlit as st

from pages.dimension import controls, payload
from pages.dimension import sections as explained
from pages.shared.chart import chart
from pages.shared.words import literal


@st.fragment
def page() -> None:
    """The page; every control reruns this fragment alone."""
    for complaint in controls.opened_link():
        st.warning(literal(complaint))
    drawing, side = st.columns([3, 1], gap="medium")
    with side:
        controls.draw()
        explained.presets()
    seen = controls.seen()
    with side:
        explained.open_on_train(seen.problem)
    with drawing:
        chart(payload.descent(seen), key=controls.CHART, on=controls.on_chart())
        explained.finding(seen)
    explained.numbers(seen)
    explained.explanations(seen)
    explained.references(seen)
    controls.go_on(seen)


page()
