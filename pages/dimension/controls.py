"""The dimension page's controls, kept in the session, started by the link."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.dimension import answer
from pages.dimension.question import DEFAULT, FORM
from pages.shared import controls

CHART, DRAWN = FORM.slot("chart"), FORM.slot("drawn")
ABOVE = ("axis", "n_train", "n_features", "weight_decay")
PAIRS = (("noise", "signal"), ("intercept",), ("measure",))
# Parts that are drawn between two pictures.
PARTS = 3


def draw() -> None:
    """The widgets that this problem reads; the marked place has its slider on the chart."""
    controls.draw(FORM, *ABOVE)
    for pair in PAIRS:
        for column, key in zip(st.columns(len(pair)), pair, strict=True):
            with column:
                controls.draw(FORM, key)
    with st.expander("Drawing", expanded=False):
        controls.draw(FORM, *FORM.others(*ABOVE, *(key for pair in PAIRS for key in pair), "at"))


def on_chart() -> dict[str, Callable[[], None]]:
    """What the chart's slider changes."""
    return {"chosen": _slid}


def seen() -> answer.Seen:
    """The problem as the controls stand now, with the training sets drawn so far, some at least.

    The session holds on to its own, lest other people's push them out before they are whole.
    """
    problem = FORM.chosen(st.session_state)
    wanted = (problem.sizes, tuple(problem.grid))
    own: answer.Sample | None = st.session_state.get(DRAWN)
    if own is None or (own.sizes, own.grid) != wanted:
        own = st.session_state[DRAWN] = answer.sample(*wanted)
    if own.parts == 0:
        own.grow()
    return answer.seen(problem, own)


def go_on(so_far: answer.Seen) -> None:
    """Draw the next training sets, while the picture so far is looked at, and come again."""
    if not so_far.drawn.whole:
        for _ in range(PARTS):
            so_far.drawn.grow()
        st.rerun()


def _slid() -> None:
    value = st.session_state[CHART].chosen
    if value:
        at = int(value["at"])
        peak = FORM.chosen(st.session_state).sizes.peak
        st.session_state[FORM.slot("at")] = DEFAULT.at if at == peak else at
