"""What does decay do to your own data? A table is brought, understood, and opened elsewhere."""

import streamlit as st

from pages.shared import controls
from pages.shared.memory import hand_over
from pages.shared.words import tell, told
from pages.table import bring, columns, understood, use, words
from pages.table.question import FORM


@controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    st.markdown(told(words.INTRODUCTION))
    given = bring.given()
    if given is not None:
        st.header(tell("What was understood"), anchor=False)
        table = understood.table(given)
        if table is not None:
            st.header(tell("What each column is for"), anchor=False)
            chosen = columns.chosen(table)
            if chosen is not None:
                use.offer(table, given.name, chosen)
    hand_over()


page()
