"""A data set from a user's own table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from wd_core.arrays import Array
from wd_core.checks import require, require_part
from wd_core.data.standardise import LARGEST, listed, split
from wd_core.records import Dataset
from wd_core.seeding import generator


class Frame(Protocol):
    """A table with named columns, such as a pandas DataFrame."""

    columns: Any

    def __getitem__(self, name: Any, /) -> Any: ...


def dataset_from_frame(
    frame: Frame | Mapping[Any, Any],
    target: object,
    *,
    n_train: int | None = None,
    test_share: float = 0.25,
    seed: int = 0,
    standardise: bool = True,
) -> Dataset:
    """A data set from a user's table: the column `target` is y, every other column a feature.

    `frame` is a DataFrame or a mapping from names to columns (lists, arrays, tensors). Its rows are
    shuffled by the seed; the first `n_train` train, by default all but `test_share` of them, and
    the rest test. True and False count as 1 and 0. With `standardise` features and target are
    standardised with the training part's mean and scale, and `note` says so.
    Raises ValueError, naming the column and the row (counted from 1, without a header), for text,
    holes, infinite values, columns of one name, a target that is not there, no feature, fewer than
    3 rows, or a part that would be too small: 2 rows to train and 1 to test are the least.
    """
    names = _column_names(frame, target)
    columns = [_numbers(name, frame[name]) for name in names]
    n_rows = len(columns[0])
    require(n_rows >= 3, "the table", "of at least 3 rows", n_rows)
    for name, column in zip(names, columns, strict=True):
        length = f"as long as column {names[0]!r} ({n_rows})"
        require(len(column) == n_rows, f"column {name!r}", length, len(column))
        _require_numbers(name, column)
    n_train = _train_size(n_rows, n_train, test_share)
    require(_is_whole(seed) and seed >= 0, "seed", "a whole number >= 0", seed)
    require(isinstance(standardise, bool | np.bool_), "standardise", "True or False", standardise)

    rows = torch.randperm(n_rows, generator=generator(seed, "split")).numpy()
    train, test = rows[:n_train], rows[n_train:]
    y = columns.pop(names.index(target))
    X = np.column_stack(columns)
    features = tuple(str(name) for name in names if name != target)
    if standardise:
        return split(X, y, features, str(target), train, test)
    note = "The numbers are those of the table: nothing is standardised."
    return Dataset(X[train], y[train], X[test], y[test], note=note, feature_names=features)


def _column_names(frame: Frame | Mapping[Any, Any], target: object) -> list[Any]:
    is_table = isinstance(frame, Mapping) or hasattr(frame, "columns")
    require(is_table, "frame", "a table or a mapping of columns", type(frame).__name__)
    names = list(frame if isinstance(frame, Mapping) else frame.columns)
    doubles = sorted({str(name) for name in names if names.count(name) > 1})
    require(not doubles, "column names", "different from each other", listed(doubles))
    hashable = type(target).__hash__ is not None  # what has no hash is no name
    known = hashable and target in {*names}
    require(known, "target", f"one of the columns {listed(names)}", target)
    require(len(names) > 1, "the table", "of at least one column beside the target", listed(names))
    return names


def _numbers(name: object, column: Any) -> Array:
    """A column as float64; holes become nan. ValueError for anything that is not a number."""
    if hasattr(column, "detach"):
        column = column.detach().cpu().numpy()
    if isinstance(column, np.ma.MaskedArray):
        column = np.ma.filled(column.astype(object), np.nan)
    # A list goes in as objects: NumPy would turn all of it to text for a single word in it.
    values = np.asarray(column, dtype=None if hasattr(column, "dtype") else object)
    require(values.ndim == 1, f"column {name!r}", "one value a row", values.shape)
    if values.dtype.kind in "biuf":
        return values.astype(np.float64)
    if values.dtype.kind in "mM":  # as objects these would pass for whole numbers
        values = values.astype(str)
    entries = [_hole_as_nan(value) for value in values]
    other = [row for row, entry in enumerate(entries) if not isinstance(entry, Real | Decimal)]
    if other:
        _refuse(name, "numbers only, no text and no dates", entries[other[0]], other)
    return np.array(entries, dtype=np.float64)


def _hole_as_nan(value: object) -> object:
    return np.nan if value is None or type(value).__name__ in ("NAType", "NaTType") else value


def _require_numbers(name: object, column: Array) -> None:
    holes = np.flatnonzero(np.isnan(column))
    if holes.size:
        _refuse(name, "a number in every row", "a hole", holes)
    wild = np.flatnonzero(np.abs(column) > LARGEST)
    if wild.size:
        _refuse(name, f"finite numbers, at most {LARGEST:g} in size", float(column[wild[0]]), wild)


def _refuse(name: object, rule: str, value: object, rows: Sequence[int] | NDArray[Any]) -> None:
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    raise ValueError(f"column {name!r} must have {rule}, got {value} in row {rows[0] + 1}{more}")


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _train_size(n_rows: int, n_train: int | None, test_share: float) -> int:
    if n_train is not None:
        rule = f"a whole number from 2 to {n_rows - 1} (one less than the rows)"
        require(_is_whole(n_train) and 2 <= n_train <= n_rows - 1, "n_train", rule, n_train)
        return int(n_train)
    require_part("test_share", test_share)
    return n_rows - min(max(1, round(test_share * n_rows)), n_rows - 2)
