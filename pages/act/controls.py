"""The page's controls: those of the run, shared with Train, and the sliders of the chart."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qsl

import streamlit as st

from pages.act.question.matching import has_directions
from pages.act.question.shown import FORM, slid
from pages.shared import controls, heard
from pages.shared.run import RUN

CHART = "act directions"
# No loss is measured here.
UNUSED = ("n_test",)


def draw() -> None:
    """How the chart's sliders move, and the run's own; λ too where no chart has a slider for it."""
    on_chart = False
    with suppress(ValueError):  # data that cannot be had are explained in the picture's place
        on_chart = has_directions(FORM.chosen(st.session_state).settings.data)
    if on_chart:
        controls.draw(FORM, "sliders")
    else:
        controls.draw(FORM, "weight_decay")
    controls.draw(FORM, "lr", "n_features", *FORM.others(*RUN.settings, "sliders", "steps"))
    controls.folded(FORM, but=UNUSED)
    controls.randomness(FORM)


def write_link(query: str) -> None:
    """Put the link into the address bar where no chart does."""
    pairs = parse_qsl(query)
    st.query_params.from_dict({k: [v for key, v in pairs if key == k] for k, _ in pairs})


def on_chart() -> dict[str, Callable[[], None]]:
    """What the chart's sliders change."""
    return {"chosen": _slid}


def _slid() -> None:
    told = heard.slid(st.session_state, CHART, "weight_decay", "steps")
    if not told or told == (None, None):
        return
    asked = FORM.chosen(st.session_state)
    lam, t = slid(asked, *told)  # no number of steps: the limit
    st.session_state["weight_decay"] = float(lam)
    st.session_state[FORM.slot("steps")] = int(t)
