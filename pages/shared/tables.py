"""Rows of words as tables, without a detour: Streamlit takes ten times as long by way of pandas."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pyarrow
import streamlit as st

from pages.shared.words import tell
from wd_core.arrays import Array

Row = dict[str, str]
# What such programs begin a formula with, and a sign that is none and nobody sees.
FORMULAS: Final = ("=", "+", "-", "@")
NO_SIGN: Final = "\u2060"


def arrow(rows: Sequence[Row]) -> pyarrow.Table:
    """The rows as Streamlit sends them; all have the same keys."""
    return pyarrow.Table.from_pylist(list(rows))


def table(rows: Sequence[Row]) -> None:
    """A table with a line below each row."""
    st.table(arrow(rows), border="horizontal", hide_index=True)


def inert(text: str) -> str:
    """Words from outside as a cell: a visitor may take the table to a program that reckons."""
    return f"{NO_SIGN}{text}" if text.startswith(FORMULAS) else text


def as_csv(columns: Mapping[str, Array]) -> str:
    """Columns of numbers as CSV, in full precision; what is undefined is empty."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(columns)
    for row in zip(*(column.tolist() for column in columns.values()), strict=True):
        rows.writerow(["" if value != value else repr(value) for value in row])
    return text.getvalue()


def download(name: str, text: Callable[[], str], about: str) -> None:
    """A button for numbers as a CSV file of this name, written when it is asked for."""
    st.download_button(
        tell("Numbers (CSV)"),
        text,
        file_name=f"{name}.csv",
        mime="text/csv",
        on_click="ignore",
        help=about,
    )
