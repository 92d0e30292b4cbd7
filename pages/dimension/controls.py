"""The dimension page's controls, kept in the session, started by the link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

import streamlit as st

from pages.dimension import answer
from pages.dimension.question import DEFAULTS, SETTINGS, Problem, problem_of, read_link
from pages.shared import controls
from pages.shared.settings import Value

PAGE = "dimension "
CHART = PAGE + "chart"
OPENED = PAGE + "opened"
DRAWN = PAGE + "drawn"
# Parts that are drawn between two pictures.
PARTS = 3


def opened_link() -> list[str]:
    """At the page's first run in a session: take over what the link says. Its complaints.

    They stay while the settings do: the page comes again by itself while it draws on.
    """
    if OPENED not in st.session_state:
        problem, complaints = read_link(controls.opened_query())
        show(asdict(problem))
        st.session_state[OPENED] = (_values(), complaints)
    opened, complaints = st.session_state[OPENED]
    return list(complaints) if opened == _values() else []


def show(values: Mapping[str, Value]) -> None:
    """Set the controls; a setting that is not named takes its default."""
    for key in SETTINGS:
        st.session_state[PAGE + key] = values.get(key, DEFAULTS[key])


def draw() -> None:
    """The widgets that this problem reads; the marked place has its slider on the chart."""
    _draw("axis")
    _draw("n_train" if st.session_state[PAGE + "axis"] == "n_features" else "n_features")
    _draw("weight_decay")
    for pair in (("noise", "signal"), ("intercept",), ("measure",)):
        for column, key in zip(st.columns(len(pair)), pair, strict=True):
            with column:
                _draw(key)
    with st.expander("Drawing", expanded=False):
        _draw("draws", "seed")


def on_chart() -> dict[str, Callable[[], None]]:
    """What the chart's slider changes."""
    return {"chosen": _slid}


def seen() -> answer.Seen:
    """The problem as the controls stand now, with the training sets drawn so far, some at least.

    The session holds on to its own, lest other people's push them out before they are whole.
    """
    problem = _problem()
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


def _values() -> dict[str, Value]:
    return {key: st.session_state[PAGE + key] for key in SETTINGS}


def _problem() -> Problem:
    return problem_of(_values())


def _slid() -> None:
    value = st.session_state[CHART].chosen
    if value:
        at = int(value["at"])
        st.session_state[PAGE + "at"] = DEFAULTS["at"] if at == _problem().sizes.peak else at


def _draw(*keys: str) -> None:
    for key in keys:
        controls.draw(SETTINGS[key], PAGE)
