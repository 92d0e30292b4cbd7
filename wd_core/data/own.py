"""A data set from a user's own table: roles of its columns, classes as numbers, and holes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np

from wd_core.arrays import Array
from wd_core.checks import Phrase, refuse_if_any, require_one_of, shown
from wd_core.data.coding import as_numbers, as_one_hot, fill_holes, target_numbers
from wd_core.data.frame import (
    MOST_FAULTS,
    dataset_from_frame,
    fault_of_text,
    faults_of_names,
    faults_of_size,
    quoted,
    split_rows,
)
from wd_core.data.roles import (
    MOST_LEVELS,
    MOST_ONE_HOT,
    faults_of_roles,
    levels_of,
    suggested_roles,
)
from wd_core.data.scripts import literal
from wd_core.data.settings import DataSettings, Holes, Role
from wd_core.data.source import DataSource
from wd_core.records import Dataset
from wd_core.signatures import typed
from wd_core.table import Note, Table
from wd_core.table.names import free_name

if TYPE_CHECKING:
    import pandas as pd

HOLES: Final = get_args(Holes)
# How many rows test, where nobody says how many train.
TEST_SHARE: Final = 0.25


@typed
def table_dataset(
    table: Table,
    target: str,
    roles: Mapping[str, Role] | None = None,
    *,
    holes: Holes = "drop",
    n_train: int | None = None,
    n_test: int | None = None,
    test_share: float = TEST_SHARE,
    seed: int = 0,
    standardise: bool = True,
) -> Dataset:
    """A data set from a table that was read: `target` is y, the other columns are what roles say.

    A column that `roles` do not name has the role of `suggested_roles`: "feature" (numbers),
    "one_hot" (a column of 0 and 1 for each value; of two values one column, 1 for the second) or
    "left_out". A target of two texts becomes 0 and 1. Rows without a target are left out; `holes`
    says what becomes of other missing values: "drop" leaves out the row, "median" puts in the
    median of the training rows and adds a column that is 1 where there was a hole (of a one-hot
    column the latter alone). `notes` of the data set tell all of that, a fact each; rows train and
    test, and are standardised, as in `dataset_from_frame`.
    Raises ValueError with all that is wrong, a line each.
    """
    return prepared(table, target, roles, holes).dataset(
        n_train, n_test, test_share, seed, standardise
    )


@dataclass
class Prepared:
    """The rows of a table that are used: features with NaN for what a median fills, and y."""

    target: str
    y: Array
    features: dict[str, Array] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @property
    def n_rows(self) -> int:
        """How many rows train and test."""
        return len(self.y)

    @property
    def n_features(self) -> int:
        """How many columns they have, with those that say what was missing."""
        with_holes = sum(bool(np.isnan(column).any()) for column in self.features.values())
        return len(self.features) + with_holes

    def dataset(
        self,
        n_train: int | None,
        n_test: int | None,
        test_share: float,
        seed: int,
        standardise: bool = True,
    ) -> Dataset:
        """The data set of a split, holes filled by what its training rows say."""
        split = (n_train, n_test, test_share, seed)
        train, _ = split_rows(self.n_rows, *split)
        columns = {name: column.copy() for name, column in self.features.items()}
        notes = [*self.notes, *fill_holes(columns, train, self.target)]
        made = dataset_from_frame(
            {self.target: self.y, **columns},
            self.target,
            n_train=n_train,
            n_test=n_test,
            test_share=test_share,
            seed=seed,
            standardise=standardise,
        )
        return replace(made, notes=tuple(notes))


def prepared(table: Table, target: str, roles: Mapping[str, str] | None, holes: str) -> Prepared:
    """The columns in their roles, and the rows that are left. ValueError with all that is wrong."""
    require_one_of("holes", holes, HOLES)
    frame, given = table.frame, dict(roles or {})
    names = [str(name) for name in frame.columns]
    refuse_if_any([*faults_of_names(names, target), *faults_of_roles(names, target, given)])
    role = {one.name: one.role for one in suggested_roles(table, target)} | given
    used = [name for name in names if role[name] in ("feature", "one_hot")]
    faults = [*_faults_of_target(frame[target]), *_faults_of_features(frame, used, role)]
    refuse_if_any(faults[:MOST_FAULTS])

    kept = frame[target].notna().to_numpy(copy=True)
    without_target = len(kept) - int(kept.sum())
    if holes == "drop":
        kept &= frame[used].notna().to_numpy().all(axis=1)
    rows = frame[kept]
    if len(rows) < 3:
        refuse_if_any([_too_few(len(rows), len(frame))])
    y, notes = target_numbers(rows[target])
    result = Prepared(target, y, notes=notes)
    for name in used:
        columns, told = (
            as_one_hot(rows[name]) if role[name] == "one_hot" else as_numbers(rows[name])
        )
        for made, column in columns.items():
            result.features[free_name(made, {target, *result.features})] = column
        result.notes += told
    left = [name for name in names if role[name] == "left_out"]
    result.notes += [*_of_left_out(left), *_of_rows(kept, without_target)]
    return result


def source_of_table(table: Table, spec: DataSettings) -> DataSource:
    """The entry of a user's table, as those of the registry are, with the roles of this spec."""
    found = prepared(table, spec.target, dict(spec.roles), spec.holes)

    def make(spec: DataSettings) -> Dataset:
        return found.dataset(spec.n_train, spec.n_test, TEST_SHARE, spec.seed)

    return DataSource(
        label=Phrase("Your own table"),
        description=Phrase("A table that you brought, its columns in the roles you gave them."),
        formula=r"\hat y = b + \sum_j w_j\,(x_j - \bar x_j) / s_j",
        reads=("n_train", "n_test", "seed", "table", "target", "roles", "holes"),
        make=make,
        most_train=found.n_rows - 1,
        most_features=found.n_features,
        drawn=False,
        script=lambda spec: literal(make(spec)),
        script_imports=(),
    )


# ---- what is wrong


def _faults_of_target(column: pd.Series[Any]) -> Iterator[Phrase]:
    name, levels = column.name, levels_of(column)
    if column.dtype.kind == "f":
        yield from faults_of_size(name, column.to_numpy(np.float64))
    elif len(levels) > MOST_LEVELS:
        yield fault_of_text(name, column)
    elif len(levels) != 2:
        yield Phrase(
            "the target {name} must hold numbers or two classes, got {count}: {levels}; least "
            "squares can tell two classes apart as 0 and 1, but has no order for more",
            name=shown(name),
            count=len(levels),
            levels=quoted(levels),
        )


def _faults_of_features(
    frame: pd.DataFrame, used: list[str], role: Mapping[str, str]
) -> Iterator[Phrase]:
    if not used:
        yield Phrase(
            "the table must have a feature beside the target, got columns that are all left out: "
            "{names}",
            names=quoted([*frame.columns]),
        )
    for name in used:
        column = frame[name]
        numeric = column.dtype.kind == "f"
        levels = int(column.nunique())
        if role[name] == "one_hot" and levels > MOST_ONE_HOT:
            yield Phrase(
                "column {name} must have at most {most} different values to be one-hot, got "
                "{count}",
                name=shown(name),
                most=MOST_ONE_HOT,
                count=f"{levels:,}",
            )
        elif not levels:
            yield Phrase(
                "column {name} must have a value to be a feature, got none", name=shown(name)
            )
        elif role[name] == "feature" and not numeric:
            yield fault_of_text(name, column)
        elif numeric:
            yield from faults_of_size(name, column.to_numpy(np.float64))


def _too_few(count: int, rows: int) -> Phrase:
    return Phrase(
        "the table must be of at least 3 rows without missing values, got {count} of {rows}",
        count=count,
        rows=f"{rows:,}",
    )


# ---- what was left out


def _of_left_out(left: list[str]) -> Iterator[Note]:
    if left:
        said = Phrase("Columns that are left out: {names}.", names=quoted(left))
        yield Note("roles", said)


def _of_rows(kept: Any, without_target: int) -> Iterator[Note]:
    if without_target:
        said = Phrase("Rows without a target are left out: {count}.", count=f"{without_target:,}")
        yield Note("holes", said)
    others = len(kept) - int(kept.sum()) - without_target
    if others:
        said = Phrase(
            "Rows in which a feature is missing are left out: {count} of {rows}.",
            count=f"{others:,}",
            rows=f"{len(kept):,}",
        )
        yield Note("holes", said)
