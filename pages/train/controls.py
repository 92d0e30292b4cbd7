"""Train's controls: the switch over its curves, and what mends a run that does not settle."""

from __future__ import annotations

import streamlit as st

from pages.shared.numbers import every_digit
from pages.shared.settings import Settings
from pages.shared.words import say
from pages.train.payload.picture import advised
from pages.train.question import ASKED, EVERY, FORM, SETTINGS

SWITCH = FORM.slot("every curve")


def curves() -> None:
    """The switch between the curves of the question and every curve."""
    state, slot, setting = st.session_state, FORM.slot("curves"), SETTINGS["curves"]

    def turned() -> None:
        state[slot] = EVERY if state[SWITCH] else ASKED

    state[SWITCH] = state[slot] == EVERY
    st.toggle(setting.label, key=SWITCH, help=setting.help, on_change=turned)


def mend(settings: Settings) -> None:
    """A click for each value that is known to make a run settle that does not."""
    found = advised(settings)
    values = {"lr": ("η", found.lr), "weight_decay": ("λ", found.weight_decay)}
    known = {key: pair for key, pair in values.items() if pair[1] is not None}
    if not known:
        return
    with st.container(horizontal=True, gap="small"):
        for key, (symbol, value) in known.items():
            assert value is not None
            st.button(
                say("Set {symbol} to {value}", symbol=symbol, value=every_digit(value)),
                on_click=_set,
                args=(key, value),
                type="primary" if key == "lr" else "secondary",
                help="With it the run settles.",
            )


def _set(key: str, value: float) -> None:
    st.session_state[key] = value
