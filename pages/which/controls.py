"""The controls of the page “Which λ”, kept in the session, started by the link."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from pages.shared import controls
from pages.shared.settings import Value, of_rules, relevant
from pages.which.answer import measured
from pages.which.figure.scale import Scale
from pages.which.question import DEFAULTS, SETTINGS, Problem, problem_of, read_link

PAGE = "which "
CHART = PAGE + "chart"
OPENED = PAGE + "opened"
TRAINED, AGAIN = PAGE + "trained", PAGE + "again"
# Seconds of work before the first picture, and between two pictures after it.
AT_FIRST, BETWEEN = 0.25, 0.4
FRONT = ("source", "n_train", "n_features", "noise", "lr", "epochs")
REPEATED = ("seeds", "draws", "least", "most")
DATA = ("n_test", "true_weight", "true_bias", "n_informative", "correlation", "extension")
TRAINING = ("optimizer", "decay", *of_rules(), "batch_size", "init_std")


def opened_link() -> list[str]:
    """At the page's first run in a session: take over what the link says. Its complaints.

    They stay while the settings do: the page comes again by itself while it works on.
    """
    if OPENED not in st.session_state:
        problem, complaints = read_link(controls.opened_query())
        show(problem.values())
        st.session_state[OPENED] = (_values(), complaints)
    opened, complaints = st.session_state[OPENED]
    return list(complaints) if opened == _values() else []


def show(values: Mapping[str, Value]) -> None:
    """Set the controls; a setting that is not named takes its default."""
    for key in SETTINGS:
        st.session_state[PAGE + key] = values.get(key, DEFAULTS[key])


def draw() -> None:
    """The widgets that this problem reads; the marked λ has its slider on the chart."""
    read = relevant(_kept("source"), _kept("optimizer"))
    _draw(*(key for key in FRONT if key in read))
    for name, keys in (("Data", DATA), ("Training", TRAINING)):
        with st.expander(name, expanded=False):
            _draw(*(key for key in keys if key in read))
    with st.expander("Repetition and range", expanded=False):
        _draw(*REPEATED, "seed")


def on_chart() -> dict[str, Callable[[], None]]:
    """What the chart's slider and a click in its first panel change."""
    return {"chosen": _slid, "clicked": _clicked}


def chosen() -> Problem:
    """The problem as the controls stand now. ValueError where they do not go together."""
    return problem_of(_values())


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


def _values() -> dict[str, Value]:
    return {key: st.session_state[PAGE + key] for key in SETTINGS}


def _kept(key: str) -> str:
    return str(st.session_state[PAGE + key])


def _slid() -> None:
    value = st.session_state[CHART].chosen
    if value:
        st.session_state[PAGE + "at"] = float(value["at"])


def _clicked() -> None:
    value = st.session_state[CHART].clicked
    if value:
        scale = Scale(*(float(st.session_state[PAGE + key]) for key in ("least", "most")))
        st.session_state[PAGE + "at"] = scale.weight_decay(float(value[0]))


def _draw(*keys: str) -> None:
    for key in keys:
        controls.draw(SETTINGS[key], PAGE)
