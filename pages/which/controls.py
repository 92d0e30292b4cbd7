"""The controls of the page “Which λ”, and what the session holds on to."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.shared import controls
from pages.shared.run import RUN
from pages.which.answer import measured
from pages.which.figure.scale import Scale
from pages.which.question import FORM, Problem

CHART, TRAINED, AGAIN = (FORM.slot(name) for name in ("chart", "trained", "again"))
# Seconds of work before the first picture, and between two pictures after it.
AT_FIRST, BETWEEN = 0.25, 0.4
FRONT = ("source", "n_train", "n_features", "noise", "lr", "epochs")
REPEATED = ("seeds", "draws", "least", "most")


def draw() -> None:
    """The widgets that this problem reads; the marked λ has its slider on the chart."""
    controls.draw(FORM, *FRONT)
    controls.folded(FORM, front=FRONT)
    with st.expander("Repetition and range", expanded=False):
        controls.draw(FORM, *REPEATED, *FORM.others(*RUN.settings, *REPEATED, "at"), "seed")


def on_chart() -> dict[str, Callable[[], None]]:
    """What the chart's slider and a click in its first panel change."""
    return {"chosen": _slid, "clicked": _clicked}


def seen(problem: Problem) -> measured.Seen:
    """What is known now, worked on for a moment where that is little.

    The session holds on to what it looks at, lest other people's push it out before it is whole.
    """
    data, run, span = problem.data, problem.run, problem.span
    trained: measured.Trained | None = st.session_state.get(TRAINED)
    wanted = (data, run, span, measured.seeds_shown(problem))
    if trained is None or (trained.data, trained.run, trained.span, trained.count) != wanted:
        trained = st.session_state[TRAINED] = measured.trained(*wanted)
    again: measured.Again | None = st.session_state.get(AGAIN)
    asked = (data, span, measured.draws_shown(problem))
    if again is None or (again.spec, again.span, again.count) != asked:
        again = st.session_state[AGAIN] = measured.again(*asked)
    if not trained.parts:
        trained.grow(AT_FIRST)
    if trained.whole and not again.found:
        again.grow(AT_FIRST)
    return measured.Seen(problem, measured.exact(data, span), trained, again, trained.found)


def go_on(so_far: measured.Seen) -> None:
    """Work on while the picture so far is looked at, and come again."""
    if not so_far.trained.whole:
        so_far.trained.grow(BETWEEN)
        st.rerun()
    if not so_far.again.whole:
        so_far.again.grow(BETWEEN)
        st.rerun()


def _slid() -> None:
    value = st.session_state[CHART].chosen
    if value:
        st.session_state[FORM.slot("at")] = float(value["at"])


def _clicked() -> None:
    value = st.session_state[CHART].clicked
    if value:
        scale = Scale(*(float(st.session_state[FORM.slot(key)]) for key in ("least", "most")))
        st.session_state[FORM.slot("at")] = scale.weight_decay(float(value[0]))
