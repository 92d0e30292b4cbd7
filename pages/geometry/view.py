"""Why does a penalty pull the optimum in? Level sets, a disc, and where they touch."""

import streamlit as st

from pages.geometry import controls
from pages.geometry import sections as explained
from pages.geometry.answer.solutions import solutions
from pages.geometry.payload import plane as payload
from pages.geometry.payload import surface
from pages.geometry.question.scene import FORM
from pages.geometry.words import plain
from pages.shared import controls as run_controls
from pages.shared.chart import chart
from pages.shared.prose import prose
from pages.shared.words import told


@run_controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    drawing, side = st.columns([3, 1], gap="medium")
    with side:
        controls.source()
        controls.overlays()
        run_controls.reset(FORM, but=("view",))
    scene = FORM.chosen(st.session_state)
    try:
        solved = solutions(scene)
    except ValueError as error:
        run_controls.refuse(error, drawing)
        return
    with side:
        explained.examples(scene)
    with drawing:
        explained.start(scene, solved)
        plane, above = controls.tabs()
        if plane.open:
            with plane:
                chart(payload.plane(scene), key=controls.CHART, on=controls.on_chart())
        if above.open:
            with above:
                controls.weight_decay(solved.weight_decays, solved.now)
                chart(surface.surface(scene), key="geometry surface")
        prose(told(plain.MEANING))
        explained.found(scene, solved)
    explained.explanations(scene, solved)


page()
