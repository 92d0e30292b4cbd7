"""Columns of a table as the numbers that are trained on, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from wd_core.arrays import Array
from wd_core.checks import Phrase, shown
from wd_core.data.frame import quoted
from wd_core.data.roles import MOST_LEVELS, level_name, levels_of
from wd_core.table import Note
from wd_core.table.limits import MOST_TOLD
from wd_core.table.names import free_name

if TYPE_CHECKING:
    import pandas as pd


def target_numbers(column: pd.Series[Any]) -> tuple[Array, list[Note]]:
    """A target as numbers, the second of two classes as 1, and what is to be said of it."""
    levels = levels_of(column)
    if column.dtype.kind != "f":
        said = Phrase(
            "The target {name} has two classes: {zero} is trained on as 0 and {one} as 1, by least "
            "squares.",
            name=shown(column.name),
            zero=shown(levels[0]),
            one=shown(levels[-1]),
        )
        return (column == levels[-1]).to_numpy(np.float64), [Note("target", said)]
    notes = []
    if levels == [0.0, 1.0]:
        said = Phrase(
            "The target {name} is 0 or 1 in every row: two classes, told apart by least squares.",
            name=shown(column.name),
        )
        notes.append(Note("target", said))
    elif 2 < len(levels) <= MOST_LEVELS and all(level == round(level) for level in levels):
        said = Phrase(
            "The target {name} has no other values than {levels}: they are taken as numbers, not "
            "as classes.",
            name=shown(column.name),
            levels=", ".join(map(level_name, levels)),
        )
        notes.append(Note("target", said))
    return column.to_numpy(np.float64, copy=True), notes


def as_numbers(column: pd.Series[Any]) -> tuple[dict[str, Array], list[Note]]:
    """A feature as it is, with NaN where it is missing."""
    return {str(column.name): column.to_numpy(np.float64, copy=True)}, []


def as_one_hot(column: pd.Series[Any]) -> tuple[dict[str, Array], list[Note]]:
    """A column of 0 and 1 for each value, for two values one, and one for what is missing."""
    name, levels = str(column.name), levels_of(column)
    asked = levels[1:] if len(levels) == 2 else levels
    columns = {
        f"{name} = {level_name(level)}": (column == level).to_numpy(np.float64) for level in asked
    }
    missing = column.isna().to_numpy(np.float64)
    if missing.any():
        columns[_flag(name)] = missing
    if len(levels) == 2:
        said = Phrase(
            "Column {name} becomes a column of 0 for {zero} and 1 for {one}.",
            name=shown(name),
            zero=shown(level_name(levels[0])),
            one=shown(level_name(levels[1])),
        )
    else:
        said = Phrase(
            "Column {name} becomes a column of 0 and 1 for each of its values: {levels}.",
            name=shown(name),
            levels=quoted([*map(level_name, levels)]),
        )
    return columns, [Note("roles", said)]


def _flag(name: str) -> str:
    return f"{name} is missing"


def fill_holes(columns: dict[str, Array], train: Any, target: str) -> Iterator[Note]:
    """Put medians of the training rows into holes, and a column beside them that says where."""
    with_holes = [name for name, column in columns.items() if np.isnan(column).any()]
    for count, name in enumerate(with_holes):
        column = columns[name]
        holes = np.isnan(column)
        seen = column[train][~holes[train]]
        median = float(np.median(seen if seen.size else column[~holes]))
        column[holes] = median
        flag = free_name(_flag(name), {target, *columns})
        columns[flag] = holes.astype(np.float64)
        if count < MOST_TOLD:
            said = Phrase(
                "Missing values of column {name}: {count}, for which {median} stands, the median "
                "of the training rows; the column {flag} is 1 there.",
                name=shown(name),
                count=f"{int(holes.sum()):,}",
                median=f"{median:.6g}",
                flag=shown(flag),
            )
            yield Note("holes", said)
    if len(with_holes) > MOST_TOLD:
        said = Phrase(
            "In so many more columns the median stands for missing values: {more}.",
            more=len(with_holes) - MOST_TOLD,
        )
        yield Note("holes", said)
