"""What do the words mean? Every term in two plain sentences, and where it is seen."""

import streamlit as st

from pages.glossary.question import FORM
from pages.glossary.words import whole
from pages.shared import assets, controls
from pages.shared.memory import hand_over


@controls.page(FORM)
def page() -> None:
    """The page: one text, in which every term is a heading with an address of its own."""
    with st.container(width=720):
        st.markdown(whole(assets.base_path()), unsafe_allow_html=True)
    hand_over()


page()
