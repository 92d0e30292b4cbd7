"""The controls of the page “which”."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.shared import controls, heard
from pages.shared.run import RUN
from pages.shared.words import label
from pages.which.figure.scale import Scale
from pages.which.question import ENDS, FORM, Span

CHART = FORM.slot("chart")
FRONT = ("source", "n_train", "n_features", "noise", "lr", "epochs")
REPEATED = ("seeds", "draws", "least", "most")


def draw() -> None:
    """The widgets that this problem reads; the marked λ has its slider on the chart."""
    controls.draw(FORM, *FRONT)
    controls.folded(FORM, front=FRONT)
    rest = (*REPEATED, *FORM.others(*RUN.settings, *REPEATED, "at"), "seed")
    controls.folder(FORM, label("Repetition and range"), lambda: controls.draw(FORM, *rest))


def on_chart() -> dict[str, Callable[[], None]]:
    """What the chart's slider and a click in it change; what has come changes nothing by itself."""
    slid = controls.slid(FORM, CHART, "at")
    return {**slid, "clicked": _clicked, "grown": lambda: None}


def _clicked() -> None:
    if told := heard.clicked(st.session_state, CHART, 2):
        ends = [float(st.session_state[FORM.slot(key)]) for key in ENDS]
        span, scale = Span(*ends), Scale(*ends)
        st.session_state[FORM.slot("at")] = float(
            span.grid[span.nearest(scale.weight_decay(told[0]))]
        )
