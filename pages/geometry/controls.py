"""The geometry page's controls: switches, numbers of any size, and what its chart moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import streamlit as st
from streamlit.elements.lib.mutable_tab_container import TabContainer

from pages.geometry.answer.solutions import outside, solutions
from pages.geometry.payload.surface import CONTROL
from pages.geometry.question.scene import (
    DEFAULT,
    FORM,
    PATHS,
    SETTINGS,
    SHAPE,
    SWITCH,
    VIEWS,
)
from pages.geometry.question.settings import OFF, ON
from pages.shared import controls, heard
from pages.shared.fields import Choice, Number, as_text
from pages.shared.form import Values
from pages.shared.numbers import plain
from pages.shared.reasons import reason
from pages.shared.words import joined, say, tell

CHART, TABS = "geometry chart", FORM.slot("tab")
# The start that the page chose last.
PLACED = FORM.slot("placed")
# What stands at the picture or has a place of its own beside it.
PLACES = ("source", "weight_decay", "theta", "view", "objective", "l1", "descent")


def source() -> None:
    """Where the quadratic comes from, and its numbers."""
    values = FORM.kept(st.session_state)
    _draw("source", values)
    with st.expander(tell("Its numbers"), expanded=True):
        _both(SHAPE, values)


def tabs() -> Sequence[TabContainer]:
    """The level sets and the surface, of which one is open."""
    names = list(VIEWS.values())
    opened = VIEWS[st.session_state[FORM.slot("view")]]

    def turned() -> None:
        st.session_state[FORM.slot("view")] = list(VIEWS)[names.index(st.session_state[TABS])]

    return st.tabs(names, default=opened, key=TABS, on_change=turned)


def weight_decay(offered: Sequence[float], now: float) -> None:
    """The slider of λ over the surface; its own to move, for it has no pictures sent along."""
    setting = SETTINGS["weight_decay"]
    st.session_state[CONTROL] = now

    def slid() -> None:
        st.session_state[FORM.slot("theta")] = 0.0

    st.select_slider(
        setting.label,
        offered,
        format_func=plain,
        help=setting.help,
        key=CONTROL,
        on_change=slid,
        persist_state="session",
    )


def overlays() -> None:
    """What else is drawn in the plane."""
    if st.session_state[FORM.slot("view")] == "surface":
        _of_surface()
        return
    values = FORM.kept(st.session_state)
    _overlays(values)
    _paths(values)


def _of_surface() -> None:
    moves = tell(
        "To move here: λ by its slider at the picture, the numbers above, and the point of view "
        "by dragging the surface."
    )
    if FORM.chosen(st.session_state).kind.weights:
        elsewhere = tell(
            "Descent, L1 and level sets of the objective are drawn among the level sets."
        )
    else:
        elsewhere = tell("Level sets of the objective are drawn among the level sets.")
    st.caption(joined([moves, elsewhere]))


def _overlays(values: Values) -> None:
    _draw("objective", values)
    if "l1" in FORM.reads(values):
        _draw("l1", values)
    else:
        st.caption(
            tell(
                "L1 counts each weight by itself, and the coordinates of this plane are not "
                "weights: choose two features to see it."
            )
        )
    _both(FORM.others(*PLACES, *SHAPE, *PATHS), values)


def _paths(values: Values) -> None:
    """Descent and its numbers; nothing for a slice."""
    if "descent" not in FORM.reads(values):
        st.caption(tell("Descent is drawn for two features: choose these to see it."))
        return
    _draw("descent", values)
    if st.session_state[FORM.slot("descent")] == ON:
        start = (st.session_state[FORM.slot("start1")], st.session_state[FORM.slot("start2")])
        if start in ((DEFAULT.start1, DEFAULT.start2), st.session_state.get(PLACED)):
            _start_inside()
        _both(PATHS, values)


def on_chart() -> dict[str, Callable[[], None]]:
    """What the chart's sliders and a click in its panel change."""
    return {"chosen": _slid, "clicked": _clicked}


def _slid() -> None:
    told = heard.slid(st.session_state, CHART, "weight_decay", "theta")
    if told is None:
        return
    lam, theta = told
    if lam is None or theta is None:
        _typed(lam, theta)
        return
    with suppress(ValueError):
        solved = solutions(FORM.chosen(st.session_state))
        if (lam, theta) == (solved.now, float(solved.theta[solved.chosen])):
            return
        st.session_state[CONTROL] = lam
        st.session_state[FORM.slot("theta")] = theta if solved.by_theta(lam, theta) else 0.0


def _typed(weight_decay: float | None, theta: float | None) -> None:
    """One of the two was typed: the other follows."""
    if weight_decay is not None:
        st.session_state[CONTROL] = weight_decay
    st.session_state[FORM.slot("theta")] = 0.0 if theta is None else theta


def _clicked() -> None:
    if told := heard.clicked(st.session_state, CHART, 2):
        for key, x in zip(("start1", "start2"), told, strict=True):
            st.session_state[FORM.slot(key)] = float(f"{x:.3g}")


def _start_inside() -> None:
    """A start that the frame does not hold moves to its upper left."""
    with suppress(ValueError):
        box = solutions(FORM.chosen(st.session_state)).box
        if outside(FORM.chosen(st.session_state), box):
            left, right, bottom, top = box
            places = (left + 0.2 * (right - left), top - 0.2 * (top - bottom))
            placed = tuple(float(f"{place:.2g}") for place in places)
            st.session_state[FORM.slot("start1")], st.session_state[FORM.slot("start2")] = placed
            st.session_state[PLACED] = placed


def _both(keys: Iterable[str], values: Values) -> None:
    """Numbers two abreast, everything else alone, as far as these values read them."""
    row: list[str] = []
    read = FORM.reads(values)
    for key in (*(key for key in keys if key in read), ""):
        wide = not key or isinstance(SETTINGS[key], Choice)
        if row and (wide or len(row) == 2):
            for column, name in zip(st.columns(2), row, strict=False):
                with column:
                    _draw(name, values)
            row = []
        if key and wide:
            _draw(key, values)
        elif key:
            row.append(key)


def _draw(key: str, values: Values) -> None:
    setting = FORM.limited(SETTINGS[key], values)
    if isinstance(setting, Choice) and setting.options is SWITCH:
        _switch(setting)
    elif isinstance(setting, Number):
        _number(setting)
    else:
        controls.draw(FORM, key)


def _switch(setting: Choice) -> None:
    state = FORM.slot(setting.key)

    def turned() -> None:
        st.session_state[state] = ON if st.session_state[state + " on"] else OFF
        if setting.key == "descent":
            _start_inside()

    st.session_state[state + " on"] = st.session_state[state] == ON
    st.toggle(setting.label, key=state + " on", help=setting.help, on_change=turned)


def _number(setting: Number) -> None:
    """A number of any size: one that does not fit is refused in our words, the last one kept."""
    state = FORM.slot(setting.key)
    # no more than sliced data have
    kept = min(st.session_state[state], setting.most)

    def typed() -> None:
        value = st.session_state[state]
        try:
            setting.read(as_text(value))
        except ValueError as error:
            st.session_state[state] = kept
            st.session_state[state + " refused"] = say(
                "{label}: {value} {rule}; it stays {kept}.",
                label=setting.label,
                value=float(value),
                rule=reason(error),
                kept=float(kept),
            )

    kind = int if setting.whole else float
    st.session_state[state] = kind(kept)
    st.number_input(
        setting.label,
        step=kind(setting.step),
        format=None if setting.whole else "%.6g",
        help=setting.help,
        key=state,
        on_change=typed,
        persist_state="session",
    )
    if refused := st.session_state.pop(state + " refused", None):
        st.warning(refused)
