"""The controls of a run: a widget for each setting, kept in the session, started by the link."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import filterfalse
from typing import Any

import streamlit as st

from pages.shared import assets
from pages.shared.form import Form, Link
from pages.shared.link import Link as RunLink
from pages.shared.link import Pin
from pages.shared.numbers import number_text
from pages.shared.run import PINS, RUN
from pages.shared.settings import (
    DEFAULTS,
    FRONT,
    SETTINGS,
    Choice,
    Number,
    Setting,
    Settings,
    Steps,
    Value,
    as_text,
    of_data,
    settings_of,
    within,
)
from pages.shared.words import say
from wd_core import DATASETS


def opened_query() -> list[tuple[str, str]]:
    """What the address says, as pairs of a name and a text."""
    return [(key, text) for key in st.query_params for text in st.query_params.get_all(key)]


def address(link: Link) -> str:
    """Where the link leads, from the root of the host."""
    return assets.base_path() + link.path


def take_run(link: RunLink) -> list[str]:
    """At the first page of a session that shows a run: take over the link's; its complaints."""
    if PINS in st.session_state:
        return []
    show(link.settings.values())
    st.session_state[PINS] = link.pins
    return list(link.complaints)


def show(values: Mapping[str, Value]) -> None:
    """Set the controls; a setting that is not named takes its default."""
    for key in SETTINGS:
        st.session_state[key] = values.get(key, DEFAULTS[key])


def presets(choices: Iterable[tuple[str, str, Any]], on_click: Callable[[Any], None]) -> None:
    """A button for each preset: its name, what to look for, and what the click hands over."""
    st.markdown("**Presets**")
    with st.container(horizontal=True, gap="small"):
        for name, look_for, chosen in choices:
            st.button(name, help=look_for, on_click=on_click, args=(chosen,))


def pins() -> tuple[Pin, ...]:
    """The pinned runs of this session."""
    kept: tuple[Pin, ...] = st.session_state[PINS]
    return kept


def chosen() -> Settings:
    """The settings as the controls stand now."""
    return settings_of({key: st.session_state.get(key, DEFAULTS[key]) for key in SETTINGS})


def folded(form: Form[Any], *, front: Collection[str] = FRONT, but: Collection[str] = ()) -> None:
    """The settings of data and training that do not stand in front, each where it belongs.

    `but`: those that the page has no use for.
    """
    left = [key for key in RUN.settings if key in form.settings]
    left = [key for key in left if key not in (*front, *but, "seed")]
    with st.expander("Data", expanded=False):
        draw(form, *filter(of_data, left))
    with st.expander("Training", expanded=False):
        draw(form, *filterfalse(of_data, left))


def randomness(form: Form[Any]) -> None:
    """The seed, and a button that takes the next one."""
    slot, source = form.slot("seed"), form.slot("source")

    def new() -> None:
        st.session_state[slot] = (int(st.session_state[slot]) + 1) % 2**31

    with st.expander("Randomness", expanded=False):
        draw(form, "seed")
        seeded = DATASETS[str(st.session_state[source])].seeded
        st.button("New seed", on_click=new, help=_of_a_new_seed(seeded))


def _of_a_new_seed(seeded: bool) -> str:
    if seeded:
        return say("Draw new data, start and batch order.")
    return say("Draw a new start and batch order; these data stay the same.")


def opened(form: Form[Any]) -> list[str]:
    """At the page's first run in a session take over what the link says. Its complaints.

    They stay while the settings do: a page may come again by itself while it works on.
    """
    state, key = st.session_state, form.slot("opened")
    if key not in state:
        complaints = form.take(opened_query(), state)
        state[key] = (form.kept(state), complaints)
    kept, complaints = state[key]
    return list(complaints) if kept == form.kept(state) else []


def draw(form: Form[Any] | Setting, *keys: str) -> None:
    """The widgets of these settings, as far as they are read."""
    if not isinstance(form, Form):
        widget(form, "".join(keys) + form.key)
        return
    kept = form.kept(st.session_state)
    read = form.reads(kept)
    for key in keys:
        if key in read:
            widget(form.limited(form.settings[key], kept), form.slot(key))


def widget(setting: Setting, slot: str) -> None:
    """The widget of a setting, whose value the session keeps by the name `slot`."""
    source = str(st.session_state.get(slot.removesuffix(setting.key) + "source"))
    match setting:
        case Steps():
            _slider(within(setting, source), slot)
        case Number():
            _number(within(setting, source), slot)
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
    st.select_slider(
        setting.label,
        steps,
        format_func=as_text,
        help=setting.help,
        key=key,
        persist_state="session",
    )


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
