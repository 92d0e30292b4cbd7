"""The controls of the page “which”."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.shared import controls
from pages.shared.run import RUN
from pages.which.figure.scale import Scale
from pages.which.question import FORM

CHART = FORM.slot("chart")
FRONT = ("source", "n_train", "n_features", "noise", "lr", "epochs")
REPEATED = ("seeds", "draws", "least", "most")


def draw() -> None:
    """The widgets that this problem reads; the marked λ has its slider on the chart."""
    controls.draw(FORM, *FRONT)
    controls.folded(FORM, front=FRONT)
    rest = (*REPEATED, *FORM.others(*RUN.settings, *REPEATED, "at"), "seed")
    controls.folder(FORM, "Repetition and range", lambda: controls.draw(FORM, *rest))


def on_chart() -> dict[str, Callable[[], None]]:
    """What the chart's slider and a click in it change; what has come changes nothing by itself."""
    return {"chosen": _slid, "clicked": _clicked, "grown": lambda: None}


def _slid() -> None:
    value = st.session_state[CHART].chosen
    if value:
        st.session_state[FORM.slot("at")] = float(value["at"])


def _clicked() -> None:
    value = st.session_state[CHART].clicked
    if value:
        scale = Scale(*(float(st.session_state[FORM.slot(key)]) for key in ("least", "most")))
        st.session_state[FORM.slot("at")] = scale.weight_decay(float(value[0]))
