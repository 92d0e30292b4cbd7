"""From a table that is understood to the pages that work on it."""

from __future__ import annotations

from typing import Final

import numpy as np
import streamlit as st

from pages.shared.brought.packed import packed, written_roles
from pages.shared.brought.session import begun
from pages.shared.fields import Value
from pages.shared.form import FORMS
from pages.shared.memory import OPENED
from pages.shared.reasons import faults
from pages.shared.run import PINS, RUN
from pages.shared.words import literal, say, told
from pages.table import reading, words
from pages.table.columns import Chosen
from wd_core import Table
from wd_core.data import OWN, DataSource

# Those that work on the run's data, in the order in which they are offered.
PAGES: Final = ("train", "step", "which", "map", "act", "codes")
# Those that have settings of their own, and not those of the run.
OF_THEIR_OWN: Final = ("which",)
# The share of the rows that test, as the engine has it, and as many as the controls go to.
TEST_SHARE, MOST = 0.25, 2000


def offer(table: Table, name: str, columns: Chosen) -> None:
    """What would be trained on, and the buttons that open a page with it."""
    try:
        source = reading.entry(table, columns.target, columns.roles, columns.holes)
    except ValueError as error:
        for fault in faults(error):
            st.error(literal(fault))
        return
    examples, features = (source.most_train or 0) + 1, source.most_features or 0
    st.success(words.ready(literal(name), examples, features))
    st.markdown(say("Open with this table. Pages that are not named here draw data of their own."))
    with st.container(horizontal=True, gap="small"):
        for page in PAGES:
            opened = st.button(
                FORMS[page].title,
                type="primary" if page == PAGES[0] else "secondary",
                key=f"table opens {page}",
            )
            if opened and _used(table, name, columns, source):
                st.switch_page(f"{page}/view.py")


def _used(table: Table, name: str, columns: Chosen, source: DataSource) -> bool:
    """Have the session's run work on the table; False where there is no room for it."""
    try:
        begun().bring(table, name)
    except ValueError as error:
        st.error(told(error.args[0]))
        return False
    state, rows = st.session_state, packed(table)
    examples = (source.most_train or 0) + 1
    testing = int(np.ceil(TEST_SHARE * examples))
    said: dict[str, Value] = {
        "source": OWN,
        "rows": rows,
        "table": "" if rows else table.hash,
        "file": "" if rows else name,
        "target": columns.target,
        "roles": written_roles(columns.roles.items()),
        "holes": columns.holes,
        "n_train": min(MOST, examples - testing),
        "n_test": min(MOST, testing),
    }
    for form in (RUN, *(FORMS[page] for page in OF_THEIR_OWN)):
        form.show({**form.kept(state), **said}, state)
    state.setdefault(PINS, ())
    for page in OF_THEIR_OWN:  # its link is not asked any more
        state.setdefault(FORMS[page].slot(OPENED), (FORMS[page].kept(state), []))
    return True
