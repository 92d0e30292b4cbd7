"""The number of a slider, typed beside it: any within its range, and a refused one says why."""

from __future__ import annotations

from typing import Final

import streamlit as st

from pages.shared.fields import Steps, as_text
from pages.shared.link import printable
from pages.shared.reasons import reason
from pages.shared.state import is_heard
from pages.shared.typed import as_python, is_grouped, plain
from pages.shared.words import literal, say

# A number of seven signs.
WIDTH: Final = 76


def field(setting: Steps, slot: str) -> None:
    """Where it is typed; the slider follows."""
    state, typed = st.session_state, f"{slot} typed"
    kept = as_text(state[slot])
    if state.get(typed) != kept or not is_heard(typed):
        state[typed] = kept

    def read() -> None:
        text = str(state[typed])
        if not text.strip():  # nothing is asked for: what is kept comes back
            return
        try:
            state[slot] = setting.read(as_read(text))
        except ValueError as error:
            state[_refused(slot)] = say(
                "{label}: “{text}” {rule}; it stays {kept}.",
                label=setting.label,
                text=literal(printable(text.strip())),
                rule=reason(error),
                kept=kept,
            )

    st.text_input(
        say("{label}, typed", label=setting.label),
        key=typed,
        on_change=read,
        label_visibility="collapsed",
        width=WIDTH,
    )


def refusal(slot: str) -> None:
    """Why the last number that was typed is not taken, until something else is done."""
    if said := st.session_state.pop(_refused(slot), None):
        st.warning(said)


def as_read(text: str) -> str:
    """A number as people write it, as Python reads it. ValueError where it may be two."""
    bare = plain(text)
    if is_grouped(bare):
        raise ValueError(say("has a comma that may stand for thousands or for a decimal point"))
    return as_python(bare)


def _refused(slot: str) -> str:
    return f"{slot} refused"
