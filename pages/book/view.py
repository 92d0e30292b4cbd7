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
    controls.draw(FORM, "edition")  # above the pictures, which come before the side on a phone
    prints, side = st.columns([3, 1], gap="medium")
    with side:
        controls.draw(FORM, *FORM.others("edition", "code"))
        entry = FORM.chosen(st.session_state)
        explained.settings(entry)
        explained.open_on_train(entry)
    seen = answer.begun(entry)
    with prints:
        chart(payload.prints(seen), key="book prints", on={"grown": lambda: None})
        explained.numbers(seen)
        st.subheader("What do its plots show at λ = 3?", anchor=False)
        chart(payload.plots(entry), key="book plots")
    st.subheader("What did λ = 3 do here?", anchor=False)
    curves, beside = st.columns([3, 1], gap="medium")
    with beside:
        controls.draw(FORM, "code")
        explained.code(seen)
    with curves:
        chart(payload.finding(seen), key="book finding")
        explained.finding(seen)
    st.subheader("Where does every printed number stand?", anchor=False)
    chart(payload.everything(seen), key="book everything")
    explained.everything(seen)


page()
