"""Running text on a page, with its terms linked to the glossary."""

from __future__ import annotations

import streamlit as st

from pages.shared import assets
from pages.shared.glossary.links import linked


def prose(text: str) -> None:
    """A paragraph."""
    st.markdown(linked(text, assets.base_path()))
