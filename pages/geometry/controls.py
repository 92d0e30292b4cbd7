"""The geometry page's controls: a widget for each setting, kept in the session under its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict

import streamlit as st
from streamlit.elements.lib.mutable_tab_container import TabContainer

from pages.geometry.answer.solutions import outside, solutions
from pages.geometry.payload.surface import CONTROL
from pages.geometry.question.scene import (
    DEFAULT,
    SETTINGS,
    SWITCH,
    VIEWS,
    Scene,
    read_link,
    relevant,
    scene_of,
)
from pages.geometry.question.settings import OFF, ON
from pages.shared import controls
from pages.shared.numbers import plain
from pages.shared.settings import Choice, Number, as_text, within
from pages.shared.words import say

PAGE = "geometry "
CHART = "geometry chart"
TABS = PAGE + "tab"
OPENED = PAGE + "opened"
# The start that the page chose last.
PLACED = PAGE + "placed"
SHAPE = (
    *("s1", "s2", "angle", "w1", "w2", "feature1", "feature2", "data", "n_train", "n_features"),
    *("noise", "correlation", "true1", "true2", "seed"),
)
PATHS = ("lr", "steps", "start1", "start2", "projected", "sgd", "batch_size")


def opened_link() -> list[str]:
    """At the page's first run in a session: take over what the link says; its complaints."""
    if OPENED in st.session_state:
        return []
    scene, complaints = read_link(controls.opened_query())
    _keep(scene)
    st.session_state[OPENED] = True
    return complaints


def chosen() -> Scene:
    """The scene as the controls stand now."""
    return scene_of({key: st.session_state[PAGE + key] for key in SETTINGS})


def source() -> None:
    """Where the quadratic comes from, and its numbers."""
    _draw("source")
    with st.expander("Its numbers", expanded=True):
        _both(*(key for key in SHAPE if key in relevant(chosen())))


def tabs() -> Sequence[TabContainer]:
    """The level sets and the surface, of which one is open."""
    names = list(VIEWS.values())
    opened = VIEWS[st.session_state[PAGE + "view"]]

    def turned() -> None:
        st.session_state[PAGE + "view"] = list(VIEWS)[names.index(st.session_state[TABS])]

    return st.tabs(names, default=opened, key=TABS, on_change=turned)


def weight_decay(offered: Sequence[float], now: float) -> None:
    """The slider of λ over the surface; its own to move, for it has no pictures sent along."""
    setting = SETTINGS["weight_decay"]
    st.session_state[CONTROL] = now

    def slid() -> None:
        st.session_state[PAGE + "theta"] = 0.0

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
    if st.session_state[PAGE + "view"] == "surface":
        _of_surface()
        return
    _overlays()
    _paths()


def _of_surface() -> None:
    moves = (
        "To move here: λ by its slider over the picture, the numbers above, and the point of view "
        "by dragging the surface."
    )
    if chosen().kind.weights:
        elsewhere = "Descent, L1 and level sets of the objective are drawn among the level sets."
    else:
        elsewhere = "Level sets of the objective are drawn among the level sets."
    st.caption(f"{moves} {elsewhere}")


def _overlays() -> None:
    _draw("objective")
    if "l1" in relevant(chosen()):
        _draw("l1")
    else:
        st.caption(
            "L1 counts each weight by itself, and the coordinates of this plane are not weights: "
            "choose two features to see it."
        )


def _paths() -> None:
    """Descent and its numbers; nothing for a slice."""
    if "descent" not in relevant(chosen()):
        st.caption("Descent is drawn for two features: choose these to see it.")
        return
    _draw("descent")
    if st.session_state[PAGE + "descent"] == ON:
        start = (st.session_state[PAGE + "start1"], st.session_state[PAGE + "start2"])
        if start in ((DEFAULT.start1, DEFAULT.start2), st.session_state.get(PLACED)):
            _start_inside()
        _both(*(key for key in PATHS if key in relevant(chosen())))


def on_chart() -> dict[str, Callable[[], None]]:
    """What the chart's sliders and a click in its panel change."""
    return {"chosen": _slid, "clicked": _clicked}


def _keep(scene: Scene) -> None:
    for key, value in asdict(scene).items():
        st.session_state[PAGE + key] = value


def _slid() -> None:
    value = st.session_state[CHART].chosen
    if not value:
        return
    lam, theta = float(value["weight_decay"]), float(value["theta"])
    with suppress(ValueError):
        solved = solutions(chosen())
        if (lam, theta) == (solved.now, float(solved.theta[solved.chosen])):
            return
        st.session_state[CONTROL] = lam
        st.session_state[PAGE + "theta"] = theta if solved.by_theta(lam, theta) else 0.0


def _clicked() -> None:
    value = st.session_state[CHART].clicked
    if not value:
        return
    st.session_state[PAGE + "start1"], st.session_state[PAGE + "start2"] = (
        float(f"{x:.3g}") for x in value
    )


def _start_inside() -> None:
    """A start that the frame does not hold moves to its upper left."""
    with suppress(ValueError):
        box = solutions(chosen()).box
        if outside(chosen(), box):
            left, right, bottom, top = box
            places = (left + 0.2 * (right - left), top - 0.2 * (top - bottom))
            placed = tuple(float(f"{place:.2g}") for place in places)
            st.session_state[PAGE + "start1"], st.session_state[PAGE + "start2"] = placed
            st.session_state[PLACED] = placed


def _both(*keys: str) -> None:
    """Numbers two abreast, everything else alone."""
    row: list[str] = []
    for key in (*keys, ""):
        wide = not key or isinstance(SETTINGS[key], Choice)
        if row and (wide or len(row) == 2):
            for column, name in zip(st.columns(2), row, strict=False):
                with column:
                    _draw(name)
            row = []
        if key and wide:
            _draw(key)
        elif key:
            row.append(key)


def _draw(key: str) -> None:
    setting = SETTINGS[key]
    if isinstance(setting, Choice) and setting.options is SWITCH:
        _switch(setting)
    elif isinstance(setting, Number):
        _number(_within(setting))
    else:
        controls.draw(setting, PAGE)


def _within(setting: Number) -> Number:
    """The setting with the limit that the sliced data put to it, and its value within that."""
    scene = chosen()
    if "data" not in scene.kind.reads(scene):
        return setting
    limited = within(setting, scene.data)
    state = PAGE + setting.key
    st.session_state[state] = min(st.session_state[state], limited.most)
    return limited


def _switch(setting: Choice) -> None:
    state = PAGE + setting.key

    def turned() -> None:
        st.session_state[state] = ON if st.session_state[state + " on"] else OFF
        if setting.key == "descent":
            _start_inside()

    st.session_state[state + " on"] = st.session_state[state] == ON
    st.toggle(setting.label, key=state + " on", help=setting.help, on_change=turned)


def _number(setting: Number) -> None:
    """A number of any size: one that does not fit is refused in our words, the last one kept."""
    state = PAGE + setting.key
    kept = st.session_state[state]

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
                rule=str(error),
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
