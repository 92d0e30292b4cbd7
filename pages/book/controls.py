"""The book page's controls, kept in the session, started by the link."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from pages.book.question import SETTINGS, Entry, entry_of, read_link, train_query
from pages.book.words import numbers
from pages.shared import assets, controls
from wd_core.editions import Edition, Printed
from wd_core.recipes import Recipe

PAGE = "book "
OPENED = PAGE + "opened"


def opened_link() -> list[str]:
    """At the page's first run in a session: take over what the link says; its complaints."""
    if OPENED in st.session_state:
        return []
    entry, complaints = read_link(controls.opened_query())
    for key, value in asdict(entry).items():
        st.session_state[PAGE + key] = value
    st.session_state[OPENED] = True
    return complaints


def chosen() -> Entry:
    """The entry as the controls stand now."""
    return entry_of({key: st.session_state[PAGE + key] for key in SETTINGS})


def draw(*keys: str) -> None:
    """The widgets of these settings."""
    for key in keys:
        controls.draw(SETTINGS[key], PAGE)


def open_on_train(entry: Entry) -> None:
    """A link to each code's run with λ = 3 on Train, or why there is none."""
    for code, recipe in entry.book.recipes.items():
        address = _address(recipe, 3.0, entry.seed)
        if address is None:
            st.caption(numbers.not_on_train(code, recipe))
            continue
        st.link_button(
            f"Open on Train: {code}, λ = 3",
            address,
            help="This very run, with its twin at λ = 0, on the page where it can be changed.",
        )


def train_address(book: Edition, printed: Printed, seed: int) -> str | None:
    """The link to the run behind a printed number, where Train can say it."""
    return _address(book.recipes[printed.code], printed.weight_decay, seed)


def _address(recipe: Recipe, weight_decay: float, seed: int) -> str | None:
    query = train_query(recipe, weight_decay, seed)
    return None if query is None else f"{assets.base_path()}/?{query}"
