"""The controls of a form: a widget for each setting, kept in the session, started by the link."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from functools import wraps
from itertools import filterfalse
from typing import Any, Final
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared import counts, exact
from pages.shared.fields import Choice, Number, Setting, Steps, as_text
from pages.shared.form import Form, InSession
from pages.shared.lessons import exercise
from pages.shared.memory import OPENED, UNSEEN, hand_over, remember
from pages.shared.numbers import number_text
from pages.shared.run import RUN
from pages.shared.settings import FRONT, of_data
from pages.shared.words import literal, refusal, say
from pages.shared.worker import NoAnswerError
from wd_core import DATASETS

# The folders that most pages have.
READING: Final = "How to read the picture"
FORMULAS: Final = "The formulas, with these numbers"
NUMBERS: Final = "The exact numbers, in words"


def page(form: Form[Any]) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """A page: first what its link got wrong, then the rest; every control reruns it alone.

    What no worker could work out is said where it was asked for.
    """

    def made(rest: Callable[[], None]) -> Callable[[], None]:
        @st.fragment
        @wraps(rest)
        def whole() -> None:
            begun, way = time.perf_counter(), "script" if is_open(form) else "opening"
            try:
                if complaints := opened(form):
                    st.warning("\n\n".join(map(literal, complaints)))
                done = exercise.watch(form)
                rest()
                if done and UNSEEN not in st.session_state:  # the card above the page says so
                    st.rerun()
            except NoAnswerError as error:
                counts.REFUSALS.labels(type(error).__name__).inc()
                st.error(str(error))
                hand_over()
            counts.MOVES.labels(form.page, way).observe(time.perf_counter() - begun)

        return whole

    return made


def refuse(error: ValueError, where: DeltaGenerator | None = None) -> None:
    """Say why the values of the controls make no question, here or in another place."""
    (where or st).error(refusal(literal(str(error))))
    hand_over()


def is_open(form: Form[Any]) -> bool:
    """Whether the page has been opened in this session."""
    return form.slot(OPENED) in st.session_state


def opened(form: Form[Any]) -> list[str]:
    """At the page's first run in a session take over what the link says. Its complaints.

    They stay while the settings do: a page may come again by itself while it works on.
    """
    state, key = st.session_state, form.slot(OPENED)
    if not is_open(form):
        complaints = form.take(_query(), state)
        state[key] = (form.kept(state), complaints)
    (first, complaints), values = state[key], form.kept(state)
    remember(form, values)
    return list(complaints) if complaints and values == first else []


def _query() -> list[tuple[str, str]]:
    """The present link's, whole: of one with many fields `st.query_params` has nothing."""
    context = get_script_run_ctx()
    return parse_qsl(context.query_string, keep_blank_values=True) if context else []


def draw(form: Form[Any], *keys: str) -> None:
    """The widgets of these settings, as far as they are read."""
    kept = InSession(form, st.session_state)
    read = form.reads(kept)
    for key in keys:
        if key in read:
            _widget(form.limited(form.settings[key], kept), form.slot(key))


def _widget(setting: Setting, slot: str) -> None:
    match setting:
        case Steps():
            _slider(setting, slot)
        case Number():
            _number(setting, slot)
        case Choice():
            st.selectbox(
                setting.label,
                list(setting.options),
                format_func=lambda name: setting.options[name],
                help=setting.help,
                key=slot,
                persist_state="session",
            )


def _slider(setting: Steps, key: str) -> None:
    value = min(st.session_state[key], setting.steps[-1])
    steps = setting.with_value(value)
    st.session_state[key] = type(steps[0])(value)
    with st.container(key=f"{key} row", horizontal=True, vertical_alignment="center"):
        st.select_slider(
            setting.label,
            steps,
            format_func=as_text,
            help=setting.help,
            key=key,
            persist_state="session",
        )
        exact.field(setting, key)
    exact.refusal(key)


def _number(setting: Number, key: str) -> None:
    kind = int if setting.whole else float
    value = min(max(st.session_state[key], setting.least), setting.most)
    st.session_state[key] = kind(value)
    st.number_input(
        setting.label,
        min_value=kind(setting.least),
        max_value=kind(setting.most),
        step=kind(setting.step),
        format=None if setting.whole else "%.6g",
        help=f"{setting.help} From {number_text(setting.least)} to {number_text(setting.most)}.",
        key=key,
        persist_state="session",
    )


def slid(form: Form[Any], chart: str, key: str) -> dict[str, Callable[[], None]]:
    """What a chart's own slider of this setting changes, when it is let go."""

    def chosen() -> None:
        if value := st.session_state[chart].chosen:
            st.session_state[form.slot(key)] = float(value[key])

    return {"chosen": chosen}


def folded(form: Form[Any], *, front: Collection[str] = FRONT, but: Collection[str] = ()) -> None:
    """The settings of data and training that do not stand in front, each where it belongs.

    `but`: those that the page has no use for.
    """
    left = [key for key in RUN.settings if key in form.settings]
    left = [key for key in left if key not in (*front, *but, "seed")]
    folder(form, "Data", lambda: draw(form, *filter(of_data, left)))
    folder(form, "Training", lambda: draw(form, *filterfalse(of_data, left)))


def reset(form: Form[Any], *, but: Collection[str] = ()) -> None:
    """A button that sets the page back to how it opens; pins, and the settings in `but`, stay."""

    def back() -> None:
        present = form.kept(st.session_state)
        first = form.values(form.of({}))
        form.show({**first, **{key: present[key] for key in but}}, st.session_state)

    st.button("Reset", on_click=back, help="All settings of this page as they were at first.")


def folder(form: Form[Any], label: str, fill: Callable[[], object]) -> None:
    """An expander, closed at first; what is in it is there while it is open."""
    expander = st.expander(label, key=form.slot(f"{label} opened"), on_change="rerun")
    if expander.open:
        with expander:
            fill()


def randomness(form: Form[Any]) -> None:
    """The seed, and a button that takes the next one."""
    slot, source = form.slot("seed"), form.slot("source")

    def new() -> None:
        st.session_state[slot] = (int(st.session_state[slot]) + 1) % 2**31

    def fill() -> None:
        draw(form, "seed")
        seeded = DATASETS[str(st.session_state[source])].seeded
        st.button("New seed", on_click=new, help=_of_a_new_seed(seeded))

    folder(form, "Randomness", fill)


def _of_a_new_seed(seeded: bool) -> str:
    if seeded:
        return say("Draw new data, start and batch order.")
    return say("Draw a new start and batch order; these data stay the same.")
