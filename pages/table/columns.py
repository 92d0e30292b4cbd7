"""What each column of a table is for, and what becomes of cells without a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st

from pages.shared.words import say, tell, told
from pages.table import words
from pages.table.question import FORM
from wd_core import Table, suggested_roles
from wd_core.data import ColumnFacts
from wd_core.data.settings import Holes, Role

# What can be chosen of a column that is not the target.
CHOSEN: Final[Sequence[Role]] = ("feature", "one_hot", "left_out")


@dataclass(frozen=True)
class Chosen:
    """The target, the roles of other columns as far as others than the suggested were chosen."""

    target: str
    roles: dict[str, Role]
    holes: Holes


def chosen(table: Table) -> Chosen | None:
    """What each column is for, as it is chosen; None where there is nothing to predict."""
    names = [str(name) for name in table.frame.columns]
    likely = next((one.name for one in suggested_roles(table) if one.role == "target"), None)
    target = st.selectbox(
        tell("Target y, the column to predict"),
        names,
        index=None if likely is None else names.index(likely),
        key=FORM.slot(f"target of {table.hash}"),
        persist_state="session",
    )
    if target is None:
        st.info(say("Choose the column to predict."))
        return None
    facts = suggested_roles(table, target)
    roles = _roles(table, target, facts)
    return Chosen(target, roles, _holes(table, facts, roles))


def _roles(table: Table, target: str, facts: Sequence[ColumnFacts]) -> dict[str, Role]:
    """Those that were changed."""
    others = [one for one in facts if one.name != target]
    column, held, role, why = tell("Column"), tell("Holds"), tell("Used as"), tell("Why")
    shown = pd.DataFrame(
        {
            column: [one.name for one in others],
            held: [words.holds(one) for one in others],
            role: [words.ROLES[one.role] for one in others],
            why: [told(one.why) for one in others],
        }
    )
    edited = st.data_editor(
        shown,
        hide_index=True,
        disabled=[column, held, why],
        column_config={
            role: st.column_config.SelectboxColumn(
                options=[words.ROLES[one] for one in CHOSEN], required=True
            )
        },
        key=FORM.slot(f"roles of {table.hash} for {target}"),
    )
    by_name = {words.ROLES[one]: one for one in CHOSEN}
    now = [by_name[said] for said in edited[role]]
    return {one.name: new for one, new in zip(others, now, strict=True) if new != one.role}


def _holes(table: Table, facts: Sequence[ColumnFacts], roles: dict[str, Role]) -> Holes:
    """What becomes of rows without a value, where there are such."""
    used = [one for one in facts if roles.get(one.name, one.role) in ("feature", "one_hot")]
    count = sum(one.holes for one in used)
    if not count:
        return "drop"
    return st.radio(
        words.gaps(count),
        [*words.HOLES],
        format_func=words.HOLES.__getitem__,
        key=FORM.slot("holes"),
        persist_state="session",
    )
