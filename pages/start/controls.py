"""What Start's chart changes."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.shared import controls
from pages.start.question import FORM

CHART = FORM.slot("chart")


def draw() -> None:
    """The widgets of the settings; λ has its slider on the chart."""
    controls.draw(FORM, *FORM.others("at"))
    controls.reset(FORM)


def on_chart() -> dict[str, Callable[[], None]]:
    """What the chart's slider changes."""
    return {"chosen": _slid}


def _slid() -> None:
    value = st.session_state[CHART].chosen
    if value:
        st.session_state[FORM.slot("at")] = float(value["at"])
