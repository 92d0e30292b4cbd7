"""What does decay do to your own data? A table is brought, understood, and opened elsewhere."""

import streamlit as st

from pages.shared import controls
from pages.shared.memory import hand_over
from pages.shared.words import tell, told
from pages.table import bring, columns, understood, use, words
from pages.table.question import FORM
from wd_core import Table


@controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    st.markdown(told(words.INTRODUCTION))
    way = bring.way()
    brought = _again() if way == words.AGAIN else _given(way)
    if brought is not None:
        table, name = brought
        st.header(tell("What each column is for"), anchor=False)
        chosen = columns.chosen(table)
        if chosen is not None:
            use.offer(table, name, chosen)
    hand_over()


def _given(way: str) -> tuple[Table, str] | None:
    given = bring.given(way)
    if given is None:
        return None
    st.header(tell("What was understood"), anchor=False)
    table = understood.table(given)
    return None if table is None else (table, given.name)


def _again() -> tuple[Table, str] | None:
    brought = bring.again()
    if brought is not None:
        st.header(tell("What was understood"), anchor=False)
        understood.known(brought[0])
    return brought


page()
