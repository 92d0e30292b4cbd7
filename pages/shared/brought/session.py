"""What the visitor of a session brought, which the session keeps."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.brought import tables
from pages.shared.brought.tables import Brought

# By this a session keeps it.
KEPT: Final = "brought"


def of_session() -> Brought | None:
    """It; None where nothing was brought yet, or there is no session."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    kept: Brought | None = st.session_state.get(KEPT)
    return kept


def begun() -> Brought:
    """It, from now on."""
    if (kept := of_session()) is None:
        kept = st.session_state[KEPT] = Brought()
    return kept


def secret() -> dict[str, str]:
    """By what the chart's addresses name the visitor, where there is a table to be found by it."""
    kept = of_session()
    return {} if kept is None else {"visitor": kept.secret}


tables.ask(of_session)
