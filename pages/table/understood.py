"""What was understood of a table, and the guesses that can be overruled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from pages.shared import controls, tables
from pages.shared.numbers import number_text
from pages.shared.reasons import faults
from pages.shared.words import Names, label, literal, tell, told
from pages.table import reading, words
from pages.table.question import FORM
from pages.table.reading import Given
from wd_core import Table

# Rows and columns of the part that is shown.
ROWS, COLUMNS = 5, 8
# Of a number and of a text so many signs are shown.
DIGITS, LONGEST = 6, 40
OVERRULED: Final = label("Read it in another way")
# By this a session keeps what was read last: reading takes long.
READ: Final = FORM.slot("read")


def table(given: Given) -> Table | None:
    """The table that this is, with what was understood; None where it is refused."""
    told_so = _overruled()
    try:
        found = _read(given, told_so)
    except ValueError as error:
        for fault in faults(error):
            st.error(literal(fault))
        _another_way()
        return None
    known(found)
    _another_way()
    return found


def known(found: Table) -> None:
    """What was understood of a table, and its first rows."""
    st.markdown("\n".join(f"- {literal(told(note))}" for note in found.notes))
    _shown(found)


def _read(given: Given, told_so: Mapping[str, Any]) -> Table:
    asked = (given, tuple(told_so.items()))
    kept = st.session_state.get(READ)
    if kept is None or kept[0] != asked:
        kept = st.session_state[READ] = (asked, reading.table(given, told_so))
    read: Table = kept[1]
    return read


def _shown(found: Table) -> None:
    """Its first rows."""
    rows = found.frame.iloc[:ROWS, :COLUMNS]
    st.markdown(words.shown(len(rows), len(found.frame)))
    cells = [
        {literal(str(name)[:LONGEST]): _cell(value) for name, value in row.items()}
        for row in rows.to_dict(orient="records")
    ]
    tables.table(cells)


def _cell(value: object) -> str:
    if value is None or value != value:
        return "–"
    if isinstance(value, float):
        return number_text(float(f"{value:.{DIGITS}g}"))
    return literal(str(value)[:LONGEST])


def _overruled() -> dict[str, Any]:
    """What somebody said of how the table is to be read."""
    state = st.session_state
    said = {key: state.get(FORM.slot(key)) for key in ("separator", "decimal", "header")}
    for key in ("encoding", "missing"):
        if text := str(state.get(FORM.slot(key)) or "").strip():
            said[key] = text.split() if key == "missing" else text
    return {key: value for key, value in said.items() if value is not None}


def _another_way() -> None:
    controls.folder(FORM, OVERRULED, _ways)


def _ways() -> None:
    choices: dict[str, tuple[str, Names[Any]]] = {
        "separator": (tell("Between two columns"), words.SEPARATORS),
        "decimal": (tell("Decimal sign"), words.DECIMALS),
        "header": (tell("The first line"), words.HEADERS),
    }
    for key, (said, names) in choices.items():
        st.selectbox(
            said,
            [*names],
            format_func=names.__getitem__,
            key=FORM.slot(key),
            persist_state="session",
        )
    for key, said in {
        "encoding": tell("Encoding of the text, such as utf-8 or gbk; empty: found out"),
        "missing": tell("Marks of missing values, with blanks between them; empty: found out"),
    }.items():
        st.text_input(said, key=FORM.slot(key), max_chars=100, persist_state="session")
