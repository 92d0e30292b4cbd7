"""Train's controls: the switch over its curves, and what mends a run that does not settle."""

from __future__ import annotations

import streamlit as st

from pages.shared.numbers import every_digit
from pages.shared.settings import Settings
from pages.shared.words import say, tell
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
    with st.container(horizontal=True, gap="small"):
        if found.lr is not None:
            said = say("Set η to {advised_lr}", advised_lr=every_digit(found.lr))
            _offer(said, "lr", found.lr, primary=True)
        if found.weight_decay is not None:
            value = every_digit(found.weight_decay)
            said = say("Set λ to {advised_weight_decay}", advised_weight_decay=value)
            _offer(said, "weight_decay", found.weight_decay)


def _offer(said: str, key: str, value: float, *, primary: bool = False) -> None:
    st.button(
        said,
        on_click=_set,
        args=(key, value),
        type="primary" if primary else "secondary",
        help=tell("With it the run settles."),
    )


def _set(key: str, value: float) -> None:
    st.session_state[key] = value
