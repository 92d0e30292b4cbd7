"""The ways to bring a table: a file, a text, or numbers that are typed."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from pages.shared.brought.session import of_session
from pages.shared.words import tell
from pages.table import words
from pages.table.question import FORM
from pages.table.reading import Given
from wd_core import Table
from wd_core.table import MOST_BYTES

ENDINGS: Final = ("csv", "tsv", "txt", "tab", "dat", "parquet")
# What a table of typed numbers begins with.
COLUMNS: Final = ("x1", "x2", "y")
ROWS: Final = 6


def way() -> str:
    """The way that is chosen; a table that was brought before is there until the visit ends."""
    before = of_session()
    offered = [way for way in words.WAYS if way != words.AGAIN or (before and before.tables)]
    return str(
        st.radio(
            tell("Bring it as"),
            offered,
            format_func=words.WAYS.__getitem__,
            horizontal=True,
            key=FORM.slot("way"),
            persist_state="session",
        )
    )


def given(way: str) -> Given | None:
    """What was brought so, if anything was."""
    match way:
        case words.FILE:
            return _file()
        case words.TEXT:
            return _text()
    return _typed()


def again() -> tuple[Table, str] | None:
    """One of the tables that were brought before, and what it is called."""
    before = of_session()
    if before is None or not before.tables:
        return None
    chosen = st.selectbox(
        tell("The table"),
        [*before.tables][::-1],
        format_func=before.names.__getitem__,
        key=FORM.slot("before"),
    )
    return before.tables[chosen], before.names[chosen]


def _file() -> Given | None:
    file = st.file_uploader(
        tell("Your file"), type=[*ENDINGS], help=words.limits(), key=FORM.slot("file")
    )
    return None if file is None else Given(file.getvalue(), file.name)


def _text() -> Given | None:
    text = st.text_area(
        tell("Paste the rows here, the names of the columns first"),
        height=180,
        max_chars=MOST_BYTES,
        help=words.limits(),
        key=FORM.slot("text"),
        persist_state="session",
    )
    return Given(text, tell("pasted table")) if text.strip() else None


def _typed() -> Given | None:
    empty = pd.DataFrame({name: pd.Series([None] * ROWS, dtype="float64") for name in COLUMNS})
    typed = st.data_editor(
        empty, num_rows="dynamic", hide_index=True, placeholder="", key=FORM.slot("typed")
    )
    filled = typed.dropna(how="all")
    return None if filled.empty else Given(filled.to_csv(index=False), tell("typed table"))
