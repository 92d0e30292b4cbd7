"""Are the book's numbers reproducible? Every edition, as printed and as computed here."""

import streamlit as st

from pages.book import payload
from pages.book import sections as explained
from pages.book.question import FORM
from pages.shared import controls
from pages.shared.chart import chart
from pages.shared.words import literal


@st.fragment
def page() -> None:
    """The page; every control reruns this fragment alone."""
    for complaint in controls.opened(FORM):
        st.warning(literal(complaint))
    controls.draw(FORM, "edition")  # above the pictures, which come before the side on a phone
    prints, side = st.columns([3, 1], gap="medium")
    with side:
        controls.draw(FORM, *FORM.others("edition", "code"))
        entry = FORM.chosen(st.session_state)
        explained.settings(entry)
        explained.open_on_train(entry)
    with prints:
        chart(payload.prints(entry), key="book prints")
        explained.numbers(entry)
        st.subheader("What do its plots show at λ = 3?", anchor=False)
        chart(payload.plots(entry), key="book plots")
    st.subheader("What did λ = 3 do here?", anchor=False)
    curves, beside = st.columns([3, 1], gap="medium")
    with beside:
        controls.draw(FORM, "code")
        entry = FORM.chosen(st.session_state)
        explained.code(entry)
    with curves:
        chart(payload.finding(entry), key="book finding")
        explained.finding(entry)
    st.subheader("Where does every printed number stand?", anchor=False)
    chart(payload.everything(entry), key="book everything")
    explained.everything(entry)


page()
