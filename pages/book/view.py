"""Are the book's numbers reproducible? Every edition, as printed and as computed here."""

import streamlit as st

from pages.book import answer, payload
from pages.book import sections as explained
from pages.book.question import FORM
from pages.shared import controls
from pages.shared.chart import chart


@controls.page(FORM)
def page() -> None:
    """The page, from top to bottom."""
    prints, side = st.columns([3, 1], gap="medium")
    with side:
        controls.draw(FORM, *FORM.others("code"))
        controls.reset(FORM)
        entry = FORM.chosen(st.session_state)
        explained.settings(entry)
        explained.open_on_train(entry)
    seen = answer.begun(entry)
    with prints:
        chart(payload.prints(seen), key="book prints", on={"grown": lambda: None})
        explained.numbers(seen)
    explained.explanations(seen)


page()
