"""The dimension page's controls, kept in the session, started by the link."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.dimension.question import DEFAULT, FORM
from pages.shared import controls, heard
from pages.shared.words import label

CHART = FORM.slot("chart")
ABOVE = ("axis", "n_train", "n_features", "weight_decay")
PAIRS = (("noise", "signal"), ("intercept",), ("measure",))


def draw() -> None:
    """The widgets that this problem reads; the marked place has its slider on the chart."""
    controls.draw(FORM, *ABOVE)
    for pair in PAIRS:
        for column, key in zip(st.columns(len(pair)), pair, strict=True):
            with column:
                controls.draw(FORM, key)
    rest = FORM.others(*ABOVE, *(key for pair in PAIRS for key in pair), "at")
    controls.folder(FORM, label("Drawing"), lambda: controls.draw(FORM, *rest))


def on_chart() -> dict[str, Callable[[], None]]:
    """What the chart's slider changes; what has come needs nothing."""
    return {"chosen": _slid, "grown": lambda: None}


def _slid() -> None:
    if (told := heard.slid(st.session_state, CHART, "at")) and told[0] is not None:
        at = int(told[0])
        peak = FORM.chosen(st.session_state).sizes.peak
        st.session_state[FORM.slot("at")] = DEFAULT.at if at == peak else at
