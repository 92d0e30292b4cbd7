"""Running text on a page, with its terms linked to the glossary."""

from __future__ import annotations

import re

import streamlit as st

from pages.shared import assets
from pages.shared.glossary.links import linked

TO_PAGE = re.compile(r"\]\(/")


def prose(text: str) -> None:
    """A paragraph."""
    st.markdown(linked(text, assets.base_path()))


def helped(text: str) -> str:
    """What stands behind the “?” of a control, its terms linked as well."""
    return linked(text, assets.base_path())


def rooted(text: str) -> str:
    """A text whose links to pages, [name](/page), lead there wherever the app is mounted.

    Streamlit opens them in a new tab: what is open in this one stays.
    """
    return TO_PAGE.sub(f"]({assets.base_path()}/", text)
