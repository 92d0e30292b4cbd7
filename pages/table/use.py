"""From a table that is understood to the pages that work on it."""

from __future__ import annotations

import math
from typing import Final

import streamlit as st

from pages.shared import sources
from pages.shared.brought.session import begun
from pages.shared.fields import Number, Value
from pages.shared.form import FORMS
from pages.shared.memory import OPENED
from pages.shared.reasons import faults
from pages.shared.run import PINS, RUN
from pages.shared.settings import SETTINGS
from pages.shared.words import literal, say, told
from pages.table import reading, words
from pages.table.columns import Chosen
from wd_core import Table
from wd_core.data import OWN, DataSource
from wd_core.data.own import TEST_SHARE

# Those that work on the run's data, in the order in which they are offered.
PAGES: Final = ("train", "step", "which", "map", "act", "codes")
# Those that have settings of their own, and not those of the run.
OF_THEIR_OWN: Final = ("which",)


def offer(table: Table, name: str, columns: Chosen) -> None:
    """What would be trained on, and the buttons that open a page with it."""
    try:
        source = reading.entry(table, columns)
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
    state, spec = st.session_state, reading.spec(table, columns)
    examples = (source.most_train or 0) + 1
    testing = math.ceil(TEST_SHARE * examples)
    said: dict[str, Value] = {
        "source": OWN,
        "holes": columns.holes,
        **sources.told(spec),
        "n_train": _at_most("n_train", examples - testing),
        "n_test": _at_most("n_test", testing),
    }
    for form in (RUN, *(FORMS[page] for page in OF_THEIR_OWN)):
        form.show({**form.kept(state), **said}, state)
    state.setdefault(PINS, ())
    for page in OF_THEIR_OWN:  # its link is not asked any more
        state.setdefault(FORMS[page].slot(OPENED), (FORMS[page].kept(state), []))
    return True


def _at_most(key: str, count: int) -> int:
    setting = SETTINGS[key]
    assert isinstance(setting, Number)
    return int(min(count, setting.most))
