"""What each column of a table is for: what seems right, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np

from wd_core.checks import Phrase, shown
from wd_core.data.frame import nearest, quoted
from wd_core.data.settings import Role
from wd_core.signatures import typed
from wd_core.table import Table

if TYPE_CHECKING:
    import pandas as pd

ROLES: Final = get_args(Role)
# Of a text with so many different values each becomes a column; so many may be asked for.
MOST_LEVELS: Final = 12
MOST_ONE_HOT: Final = 100
# How columns of row numbers are called, wherever they stand.
COUNTS: Final = frozenset(
    ("", "#", "id", "index", "idx", "no", "no.", "nr", "nr.", "row", "rownames", "unnamed: 0")
)


@dataclass(frozen=True)
class ColumnFacts:
    """A column of a table: what it holds, the role that seems right for it, and why.

    `levels`: how many different values there are, holes left out; `holes`: how many rows have none.
    """

    name: str
    numeric: bool
    levels: int
    holes: int
    role: Role
    why: Phrase


@typed
def suggested_roles(table: Table, target: str | None = None) -> tuple[ColumnFacts, ...]:
    """For every column the role that seems right, when this one is the target.

    Without a target it is the last column of numbers that neither counts rows nor is the same in
    all of them, or else the last text of two values; there may be none. Numbers are features; a
    text of two to MOST_LEVELS values is one-hot; left out are row numbers, what is the same in
    every row, and all other text.
    """
    found = [_facts(place, table.frame[name]) for place, name in enumerate(table.frame.columns)]
    target = _likely_target(found) if target is None else target
    is_target = Phrase("It is what is to be predicted.")
    told = [
        replace(one, role="target", why=is_target) if one.name == target else one for one in found
    ]
    if not any(one.role in ("feature", "one_hot") for one in told):
        told = [_as_feature(one) if _counts(one) else one for one in told]
    return tuple(told)


def _facts(place: int, column: pd.Series[Any]) -> ColumnFacts:
    name, numeric = str(column.name), column.dtype.kind == "f"
    values = column.dropna()
    levels = int(values.nunique())
    role, why = _suggested(place, column, levels, values)
    return ColumnFacts(name, numeric, levels, len(column) - len(values), role, why)


def _suggested(
    place: int, column: pd.Series[Any], levels: int, values: pd.Series[Any]
) -> tuple[Role, Phrase]:
    if not levels:
        return "left_out", Phrase("It has no value in any row.")
    if levels == 1:
        value = level_name(values.iloc[0])
        return "left_out", Phrase("It is the same in every row: {value}.", value=shown(value))
    if column.dtype.kind == "f":
        if counts_rows(place, column):
            first, last = (level_name(column.iloc[k]) for k in (0, -1))
            return "left_out", Phrase(
                "It counts the rows, from {first} to {last}.", first=first, last=last
            )
        return "feature", Phrase("It holds numbers.")
    if levels <= MOST_LEVELS:
        return "one_hot", Phrase(
            "It is text of few different values: {levels}.", levels=quoted(levels_of(values))
        )
    return "left_out", Phrase(
        "It is text of many different values: {count}, such as {value}.",
        count=f"{levels:,}",
        value=shown(values.iloc[0]),
    )


def counts_rows(place: int, column: pd.Series[Any]) -> bool:
    """Whether a column holds 0, 1, 2, ... or 1, 2, 3, ... and stands or is called like a count."""
    name = str(column.name).strip().lower()
    called = place == 0 or name in COUNTS or name == f"column {place + 1}"
    values = column.to_numpy(np.float64)
    first = values[0]
    return bool(
        called and first in (0, 1) and np.array_equal(values, first + np.arange(len(values)))
    )


def _counts(one: ColumnFacts) -> bool:
    return one.numeric and one.role == "left_out" and one.levels > 1


def _as_feature(one: ColumnFacts) -> ColumnFacts:
    why = Phrase("It counts the rows, and there is no other feature.")
    return replace(one, role="feature", why=why)


def _likely_target(found: Sequence[ColumnFacts]) -> str | None:
    numbers = [one.name for one in found if one.role == "feature"]
    classes = [one.name for one in found if one.role == "one_hot" and one.levels == 2]
    likely = numbers or classes
    return likely[-1] if likely else None


def levels_of(values: pd.Series[Any]) -> list[Any]:
    """The different values of a column in their order, holes left out."""
    return sorted(values.dropna().unique().tolist())


def level_name(value: object) -> str:
    """How a level is called: 3 rather than 3.0."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def faults_of_roles(
    names: Sequence[str], target: str, roles: Mapping[str, str]
) -> Iterator[Phrase]:
    """What is wrong with roles that someone gave."""
    for name, role in roles.items():
        if name not in names:
            said = {"names": quoted(names), "name": shown(name)}
            if near := nearest(names, name):
                yield Phrase(
                    "roles must be of the columns {names}, got {name}; did you mean {near}?",
                    near=near,
                    **said,
                )
            else:
                yield Phrase("roles must be of the columns {names}, got {name}", **said)
        elif role not in ROLES:
            yield Phrase(
                "the role of column {name} must be one of {roles}, got {role}",
                name=shown(name),
                roles=", ".join(ROLES),
                role=shown(role),
            )
        elif (role == "target") != (name == target):
            yield Phrase(
                "the target must be column {target} alone, got {role} as the role of {name}",
                target=shown(target),
                role=shown(role),
                name=shown(name),
            )
