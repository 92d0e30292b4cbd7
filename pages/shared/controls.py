"""The controls of a form: a widget for each setting, kept in the session, started by the link."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import wraps
from itertools import filterfalse
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared import counts, exact, heard, speaking
from pages.shared.fields import Choice, Number, Setting, Steps, as_text
from pages.shared.form import Form, InSession
from pages.shared.lessons import exercise
from pages.shared.memory import OPENED, UNSEEN, hand_over, remember
from pages.shared.numbers import number_text
from pages.shared.prose import helped
from pages.shared.reasons import reason
from pages.shared.run import RUN
from pages.shared.settings import FRONT, of_data
from pages.shared.sources import chosen
from pages.shared.state import is_heard
from pages.shared.words import label, literal, refusal, say, tell, told
from pages.shared.worker import NoAnswerError

# The folders that most pages have.
READING: Final = label("How to read the picture")
FORMULAS: Final = label("The formulas, with these numbers")
NUMBERS: Final = label("The exact numbers, in words")
NO_HELPS: Final[Mapping[str, str]] = MappingProxyType({})


def page(form: Form[Any]) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """A page: first what its link got wrong, then the rest; every control reruns it alone.

    What no worker could work out is said where it was asked for.
    """

    def made(rest: Callable[[], None]) -> Callable[[], None]:
        @st.fragment
        @wraps(rest)
        def whole() -> None:
            speaking.begin()
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
                st.error(reason(error))
                hand_over()
            counts.MOVES.labels(form.page, way).observe(time.perf_counter() - begun)

        return whole

    return made


def refuse(error: ValueError, where: DeltaGenerator | None = None) -> None:
    """Say why the values of the controls make no question, here or in another place."""
    (where or st).error(refusal(literal(reason(error))))
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
        complaints = [
            *speaking.complaints(get_script_run_ctx()),
            *form.take(exercise.settings_of(form, _query()), state),
        ]
        state[key] = (form.kept(state), complaints)
    (first, complaints), values = state[key], form.kept(state)
    remember(form, values)
    return list(complaints) if complaints and values == first else []


def _query() -> list[tuple[str, str]]:
    """The present link's, whole: of one with many fields `st.query_params` has nothing."""
    context = get_script_run_ctx()
    return parse_qsl(context.query_string, keep_blank_values=True) if context else []


def draw(form: Form[Any], *keys: str, helps: Mapping[str, str] = NO_HELPS) -> None:
    """The widgets of these settings, as far as they are read.

    `helps`: labels of what some of them are for on this page, where it is not what they usually are
    for.
    """
    kept = InSession(form, st.session_state)
    read = form.reads(kept)
    for key in keys:
        if key in read:
            setting = form.limited(form.settings[key], kept)
            if key in helps:
                setting = replace(setting, help=told(helps[key]))
            _widget(setting, form.slot(key))


def _widget(setting: Setting, slot: str) -> None:
    match setting:
        case Steps():
            _slider(setting, slot)
        case Number():
            _number(setting, slot)
        case Choice():
            if not is_heard(slot):
                st.session_state[slot] = st.session_state[slot]
            st.selectbox(
                setting.label,
                list(setting.options),
                format_func=setting.named,
                help=helped(setting.help),
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
            help=helped(setting.help),
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
        help=helped(
            tell(
                "{help} From {least} to {most}.",
                help=setting.help,
                least=number_text(setting.least),
                most=number_text(setting.most),
            )
        ),
        key=key,
        persist_state="session",
    )


def slid(form: Form[Any], chart: str, key: str) -> dict[str, Callable[[], None]]:
    """What a chart's own slider of this setting changes, when it is let go."""

    def chosen() -> None:
        if (told := heard.slid(st.session_state, chart, key)) and told[0] is not None:
            st.session_state[form.slot(key)] = told[0]

    return {"chosen": chosen}


def bring_your_own() -> None:
    """A button to the page of one's own table."""
    about = tell("Train on a table of your own: see what was understood of it, then use it here.")
    if st.button(tell("Bring your own table"), help=about):
        st.switch_page("table/view.py")


def folded(
    form: Form[Any],
    *,
    front: Collection[str] = FRONT,
    but: Collection[str] = (),
    helps: Mapping[str, str] = NO_HELPS,
) -> None:
    """The settings of data and training that do not stand in front, each where it belongs.

    `but`: those that the page has no use for. `helps`: as in `draw`.
    """
    left = [key for key in RUN.settings if key in form.settings]
    left = [key for key in left if key not in (*front, *but, "seed")]
    _drawer(form, label("Data"), [*filter(of_data, left)], helps, bring_your_own)
    _drawer(form, label("Training"), [*filterfalse(of_data, left)], helps)


def _drawer(
    form: Form[Any],
    name: str,
    keys: Collection[str],
    helps: Mapping[str, str],
    more: Callable[[], None] = lambda: None,
) -> None:
    """These settings, in sight where an exercise asks for one of them, and what goes with them."""

    def fill() -> None:
        draw(form, *keys, helps=helps)
        more()

    folder(form, name, fill, open=any(exercise.brought(form, key) for key in keys))


def reset(form: Form[Any], *, but: Collection[str] = ()) -> None:
    """A button that sets the page back to how it opens; pins, and the settings in `but`, stay."""

    def back() -> None:
        present = form.kept(st.session_state)
        first = form.values(form.of({}))
        form.show({**first, **{key: present[key] for key in but}}, st.session_state)

    st.button(
        tell("Reset"), on_click=back, help=tell("All settings of this page as they were at first.")
    )


def folder(form: Form[Any], name: str, fill: Callable[[], object], *, open: bool = False) -> None:
    """An expander with a label for a name; what is in it is there while it is open.

    It is closed at first, unless the page or its lesson says otherwise.
    """
    expander = st.expander(
        told(name),
        expanded=open or exercise.opens(form, name),
        key=form.slot(f"{name} opened"),
        on_change="rerun",
    )
    if expander.open:
        with expander:
            fill()


def randomness(form: Form[Any]) -> None:
    """The seed, and a button that takes the next one."""
    slot = form.slot("seed")

    def new() -> None:
        st.session_state[slot] = (int(st.session_state[slot]) + 1) % 2**31

    def fill() -> None:
        draw(form, "seed")
        source = chosen(InSession(form, st.session_state))
        seeded = source is None or source.seeded
        st.button(tell("New seed"), on_click=new, help=_of_a_new_seed(seeded))

    folder(form, label("Randomness"), fill)


def _of_a_new_seed(seeded: bool) -> str:
    if seeded:
        return say("Draw new data, start and batch order.")
    return say("Draw a new start and batch order; these data stay the same.")
