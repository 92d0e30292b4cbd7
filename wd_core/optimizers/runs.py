"""The settings of many runs as columns: what all have alike is held once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from wd_core.arrays import Array
from wd_core.checks import require
from wd_core.optimizers.formula import Formula
from wd_core.optimizers.hyperparameters import (
    ASKING,
    Hyperparameters,
    needs_of,
    require_setting,
)
from wd_core.optimizers.penalties import FIELDS, PENALTIES
from wd_core.optimizers.registry import OPTIMIZERS
from wd_core.optimizers.settings import RunSettings
from wd_core.signatures import typed

Column = NDArray[Any]
NAMES = tuple(field.name for field in fields(RunSettings))


class Runs(Sequence[Hyperparameters]):
    """Settings of R runs; a row is its `Hyperparameters`.

    `base` has what all have alike, `columns` [R] each the rest, by the names of its fields.
    """

    def __init__(self, base: Hyperparameters, columns: Mapping[str, Column], count: int) -> None:
        self.base, self.columns, self._count = base, columns, count

    @classmethod
    @typed
    def of(cls, runs: Sequence[Hyperparameters]) -> Runs:
        """The same runs as columns; at least one."""
        if isinstance(runs, Runs):
            return runs
        require(len(runs) > 0, "runs", "at least one Hyperparameters", runs)
        first, columns = runs[0], {}
        if any(run is not first for run in runs):
            rows = [vars(run) for run in runs]
            for name, value in vars(first).items():
                values = [row[name] for row in rows]
                if any(other is not value and other != value for other in values):
                    columns[name] = column_of(values)
        return cls(first, columns, len(runs))

    @classmethod
    @typed
    def varied(cls, base: Hyperparameters, **values: Sequence[Any]) -> Runs:
        """`base` with these values in turn, all equally many. Wrong ones raise ValueError."""
        columns = {name: checked(name, column) for name, column in values.items()}
        return cls.combined(base, columns)

    @classmethod
    def combined(cls, base: Hyperparameters, columns: Mapping[str, Column]) -> Runs:
        """The same of columns that are checked; that a rule's needs are met is checked here."""
        runs = cls(base, columns, len(next(iter(columns.values()))) if columns else 1)
        for kind in ASKING:
            for places in runs.alike(kind):
                entry = getattr(runs[int(places[0])], kind)
                for name, rule, fits in needs_of(kind, entry):
                    for value in runs.column(name)[places].tolist():
                        require(fits(value), name, rule, value)
        return runs

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Hyperparameters: ...
    @overload
    def __getitem__(self, index: slice | Sequence[int] | NDArray[np.int64]) -> Runs: ...
    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, int | np.integer):
            return self._row(range(self._count)[index])
        count = len(range(self._count)[index]) if isinstance(index, slice) else len(index)
        parts = {name: column[index] for name, column in self.columns.items()}
        return Runs(self.base, parts, count)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(other) != len(self):
            return NotImplemented if not isinstance(other, Sequence) else False
        return all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def column(self, name: str) -> Column:
        """A field of every run, [R]; of `betas` [R, 2]."""
        column = self.columns.get(name)
        if column is not None:
            return column
        return np.repeat(column_of([getattr(self.base, name)]), self._count, axis=0)

    def numbers(self, name: str) -> Array:
        """A field of every run as float64, [R]; infinite where it is None."""
        column = self.columns.get(name)
        if column is None:
            value = getattr(self.base, name)
            return np.full(self._count, np.inf if value is None else float(value))
        if column.dtype == object:
            column = np.array([np.inf if value is None else value for value in column.tolist()])
        return column.astype(np.float64)

    @property
    def spans(self) -> bool:
        """Whether these, of one rule and penalty, never leave the span of starts and rows."""
        first = self[0]
        plain = OPTIMIZERS[first.optimizer].spans and not PENALTIES[first.penalty].corners
        return plain and not self.numbers("input_noise").any()

    @property
    def coupled(self) -> Array:
        """1 where decay is coupled, else 0, [R]."""
        if "decay" in self.columns:
            return np.asarray(self.columns["decay"] == "coupled", dtype=np.float64)
        return np.full(self._count, float(self.base.decay == "coupled"))

    @property
    def ridge_weight_decay(self) -> Array:
        """λ of the (λ/2)‖w‖² in the objective of each run, [R]: as of one `Hyperparameters`."""
        return np.asarray(self.smooth / self._doubled)

    @property
    def l1_weight_decay(self) -> Array:
        """λ of the λ‖w‖₁ in the same objective, [R]."""
        return np.asarray(self.sharp / self._doubled)

    @property
    def smooth(self) -> Array:
        """What of each run's λ weighs ‖w‖²/2, in its own loss convention, [R]."""
        return self._of_penalty("smooth")

    @property
    def sharp(self) -> Array:
        """What of each run's λ weighs ‖w‖₁, in its own loss convention, [R]."""
        return self._of_penalty("sharp")

    @property
    def _doubled(self) -> Any:
        """How many times the half mean square each run's loss is."""
        if "loss" in self.columns:
            return np.where(self.columns["loss"] == "mse", 2, 1)
        return 2 if self.base.loss == "mse" else 1

    def _of_penalty(self, name: str) -> Array:
        """A part of the penalty, [R]."""
        which, parts = self.columns.get("penalty"), np.zeros(self._count)
        for penalty in [self.base.penalty] if which is None else {*which.tolist()}:
            part: Formula = getattr(PENALTIES[penalty], name)
            value = part.value(*(self.numbers(FIELDS[symbol]) for symbol in part.symbols))
            parts += value if which is None else np.where(which == penalty, value, 0.0)
        return parts

    def alike(self, *names: str) -> list[NDArray[np.int64]]:
        """The places of the runs that have these fields in common, in the order of the first."""
        columns = [self.columns[name].tolist() for name in names if name in self.columns]
        if not columns:
            return [np.arange(self._count)]
        groups: dict[tuple[Any, ...], list[int]] = {}
        for place, key in enumerate(zip(*columns, strict=True)):
            groups.setdefault(key, []).append(place)
        return [np.array(places) for places in groups.values()]

    def _row(self, place: int) -> Hyperparameters:
        run = object.__new__(Hyperparameters)  # what it is made of has been checked
        run.__dict__.update(vars(self.base))
        for name, column in self.columns.items():
            value = column[place]
            plain = value.tolist() if isinstance(value, np.ndarray | np.generic) else value
            run.__dict__[name] = tuple(plain) if name == "betas" else plain
        return run


def checked(name: str, values: Sequence[Any]) -> Column:
    """The values of a field as a column. Wrong ones raise the field's ValueError."""
    column = column_of(values)
    if column.dtype == np.float64 and column.ndim == 1 and _an_interval_holds(name, column):
        return column
    for value in values:
        require_setting(name, value)
    return column_of([tuple(value) for value in values]) if name == "betas" else column


def _an_interval_holds(name: str, column: Column) -> bool:
    """Whether the ends of these numbers are allowed: what a number may be is an interval."""
    try:
        for end in (float(column.min()), float(column.max())):
            require_setting(name, end)
    except ValueError:
        return False
    return True


def column_of(values: Sequence[Any]) -> Column:
    """Values as an array; of what is no number, text or pair, as they are."""
    kinds = {type(value) for value in values}
    if kinds <= {float} or kinds <= {int} or kinds <= {bool} or kinds <= {str} or kinds <= {tuple}:
        return np.array(values)
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
