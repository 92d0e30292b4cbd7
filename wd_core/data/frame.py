"""A data set from a user's own table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from numbers import Real
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from wd_core.arrays import Array
from wd_core.checks import (
    LONGEST,
    Phrase,
    refuse_if_any,
    require,
    require_part,
    require_whole,
    shown,
)
from wd_core.data.rows import shuffled
from wd_core.data.standardise import LARGEST, listed, split
from wd_core.records import Dataset

# No more of what is wrong is told at once.
MOST_FAULTS = 100


class Frame(Protocol):
    """A table with named columns, such as a pandas DataFrame."""

    columns: Any

    def __getitem__(self, name: Any, /) -> Any: ...


def dataset_from_frame(
    frame: Frame | Mapping[Any, Any],
    target: object,
    *,
    n_train: int | None = None,
    n_test: int | None = None,
    test_share: float = 0.25,
    seed: int = 0,
    standardise: bool = True,
) -> Dataset:
    """A data set from a user's table: the column `target` is y, every other column a feature.

    `frame` is a DataFrame or a mapping from names to columns (lists, arrays, tensors). Its rows are
    shuffled by the seed; the first `n_train` train, by default all but `test_share` of them, and
    the rest test, or the last `n_test` of it. True and False count as 1 and 0. With `standardise`
    features and target are standardised with the training part's mean and scale, and `note` says
    so. Raises ValueError with all that is wrong, a line each, naming column and row (counted from
    1, without a header): text, holes, infinite values, columns of one name, a target that is not
    there, no feature, fewer than 3 rows, or a part that would be too small: 2 rows to train and 1
    to test are the least.
    """
    is_table = isinstance(frame, Mapping) or hasattr(frame, "columns")
    require(is_table, "frame", "a table or a mapping of columns", type(frame).__name__)
    names = list(frame if isinstance(frame, Mapping) else frame.columns)
    doubles = sorted({str(name) for name in names if names.count(name) > 1})
    require(not doubles, "column names", "different from each other", listed(doubles))
    columns = {name: _column(name, frame[name]) for name in names}
    faults = [*faults_of_names(names, target), *_faults_of_columns(columns)]
    refuse_if_any(faults[:MOST_FAULTS])

    numbers = {name: column.numbers for name, column in columns.items()}
    train, test = split_rows(len(numbers[target]), n_train, n_test, test_share, seed)
    require(isinstance(standardise, bool | np.bool_), "standardise", "True or False", standardise)
    y = numbers.pop(target)
    X = np.column_stack([*numbers.values()])
    features = tuple(str(name) for name in numbers)
    if standardise:
        return split(X, y, features, str(target), train, test)
    note = "The numbers are those of the table: nothing is standardised."
    return Dataset(X[train], y[train], X[test], y[test], note=note, feature_names=features)


def faults_of_names(names: Sequence[Any], target: object) -> Iterator[Phrase]:
    """What is wrong with a target, or with there being no other column."""
    hashable = type(target).__hash__ is not None  # what has no hash is no name
    if not (hashable and target in {*names}):
        said = {"names": quoted(names), "value": shown(target)}
        if near := nearest(names, target):
            yield Phrase(
                "target must be one of the columns {names}, got {value}; did you mean {near}?",
                near=near,
                **said,
            )
        else:
            yield Phrase("target must be one of the columns {names}, got {value}", **said)
    if len(names) < 2:
        signs = [sign for sign in ";\t|," if any(sign in str(name) for name in names)]
        if signs:
            yield Phrase(
                "the table must be of at least one column beside the target, got {names}; is the "
                "separator {sign}?",
                names=quoted(names),
                sign=repr(signs[0]),
            )
        else:
            yield Phrase(
                "the table must be of at least one column beside the target, got {names}",
                names=quoted(names),
            )


def nearest(names: Sequence[Any], target: object) -> str | None:
    """The column that was probably meant, in quotes: blanks at its end cannot be seen."""
    known = {str(name).strip().lower(): name for name in names}
    wanted = target.strip().lower() if isinstance(target, str) else ""
    near = get_close_matches(wanted[:LONGEST], [name[:LONGEST] for name in known], 1)
    return repr(known[near[0]]) if near and near[0] in known else None


def quoted(names: Sequence[Any], most: int = 10) -> str:
    """The first names in quotes, and how many more there are."""
    return listed([*map(repr, names)], most)


class Column(NamedTuple):
    """A column as float64 with NaN for holes, and what is wrong with it."""

    numbers: Array
    faults: list[Phrase]


def _column(name: object, column: Any) -> Column:
    if hasattr(column, "detach"):
        column = column.detach().cpu().numpy()
    if isinstance(column, np.ma.MaskedArray):
        column = np.ma.filled(column.astype(object), np.nan)
    # A list goes in as objects: NumPy would turn all of it to text for a single word in it.
    values = np.asarray(column, dtype=None if hasattr(column, "dtype") else object)
    if values.ndim != 1:
        said = {"name": repr(name), "shape": values.shape}
        return Column(
            np.empty(0), [Phrase("column {name} must be one value a row, got {shape}", **said)]
        )
    if values.dtype.kind in "biuf":
        return _of_numbers(name, values.astype(np.float64))
    if values.dtype.kind in "mM":  # as objects these would pass for whole numbers
        values = values.astype(str)
    entries = [_hole_as_nan(value) for value in values]
    other = [row for row, entry in enumerate(entries) if not isinstance(entry, Real | Decimal)]
    if other:
        return Column(np.full(len(entries), np.nan), [_of_text(name, entries, other)])
    return _of_numbers(name, np.array(entries, dtype=np.float64))


def _of_text(name: object, entries: Sequence[Any], rows: Sequence[int]) -> Phrase:
    """The first entry that is no number; where all can be read as numbers, that they are text."""
    words = [row for row in rows if not _reads_as_number(entries[row])]
    told, more = _first(name, words or rows, entries)
    if words and more:
        return Phrase(
            "column {name} must have numbers only, no text and no dates, got {value} in row {row} "
            "and {more} more",
            more=more,
            **told,
        )
    if words:
        return Phrase(
            "column {name} must have numbers only, no text and no dates, got {value} in row {row}",
            **told,
        )
    if more:
        return Phrase(
            "column {name} must have numbers, not numbers as text, got {value} in row {row} and "
            "{more} more",
            more=more,
            **told,
        )
    return Phrase(
        "column {name} must have numbers, not numbers as text, got {value} in row {row}", **told
    )


def _first(
    name: object, rows: Sequence[int] | NDArray[Any], entries: Any
) -> tuple[dict[str, object], int]:
    """Where the first fault is and what stands there, and how many more there are."""
    entry = entries[rows[0]]
    value = repr(entry) if isinstance(entry, float) else shown(str(entry))
    return {"name": repr(name), "value": value, "row": rows[0] + 1}, len(rows) - 1


def fault_of_text(name: object, column: Iterable[Any]) -> Phrase:
    """What is wrong with a column of text in which numbers are wanted."""
    entries = [_hole_as_nan(value) for value in column]
    return _of_text(name, entries, [k for k, v in enumerate(entries) if isinstance(v, str)])


def _reads_as_number(entry: object) -> bool:
    if not isinstance(entry, str):
        return False
    try:
        float(entry)
    except ValueError:
        return False
    return True


def _hole_as_nan(value: object) -> object:
    return np.nan if value is None or type(value).__name__ in ("NAType", "NaTType") else value


def _of_numbers(name: object, column: Array) -> Column:
    holes = np.flatnonzero(np.isnan(column))
    faults = [_of_holes(name, holes)] if holes.size else []
    return Column(column, [*faults, *faults_of_size(name, column)])


def _of_holes(name: object, holes: NDArray[Any]) -> Phrase:
    told, more = {"name": repr(name), "row": holes[0] + 1}, len(holes) - 1
    if more:
        return Phrase(
            "column {name} must have a number in every row, got a hole in row {row} and {more} "
            "more",
            more=more,
            **told,
        )
    return Phrase("column {name} must have a number in every row, got a hole in row {row}", **told)


def faults_of_size(name: object, column: Array) -> Iterator[Phrase]:
    """What is wrong with a column of which numbers are infinite or enormous."""
    wild = np.flatnonzero(np.abs(column) > LARGEST)
    if not wild.size:
        return
    told, more = _first(name, wild, column.tolist())
    told |= {"largest": f"{LARGEST:g}"}
    if more:
        yield Phrase(
            "column {name} must have finite numbers, at most {largest} in size, got {value} in row "
            "{row} and {more} more",
            more=more,
            **told,
        )
    else:
        yield Phrase(
            "column {name} must have finite numbers, at most {largest} in size, got {value} in row "
            "{row}",
            **told,
        )


def _faults_of_columns(columns: Mapping[Any, Column]) -> Iterator[Phrase]:
    """Of all columns what is wrong with each, and with their lengths."""
    lengths = {name: len(column.numbers) for name, column in columns.items()}
    first = next(iter(columns), None)
    for name, column in columns.items():
        yield from column.faults
        if not column.faults and lengths[name] != lengths[first]:
            yield Phrase(
                "column {name} must be as long as column {first} ({rows}), got {count}",
                name=repr(name),
                first=repr(first),
                rows=lengths[first],
                count=lengths[name],
            )
    if columns and lengths[first] < 3 and not columns[first].faults:
        yield Phrase("the table must be of at least 3 rows, got {count}", count=lengths[first])


def split_rows(
    n_rows: int, n_train: int | None, n_test: int | None, test_share: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows that train and those that test. ValueError for sizes that cannot be."""
    train = _train_size(n_rows, n_train, test_share)
    require(_is_whole(seed) and seed >= 0, "seed", "a whole number >= 0", seed)
    if n_test is not None:
        require_whole("n_test", n_test, 1)
    return shuffled(n_rows, train, n_test, seed)


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _train_size(n_rows: int, n_train: int | None, test_share: float) -> int:
    if n_train is not None:
        rule = Phrase("a whole number from 2 to {most} (one less than the rows)", most=n_rows - 1)
        require(_is_whole(n_train) and 2 <= n_train <= n_rows - 1, "n_train", rule, n_train)
        return int(n_train)
    require_part("test_share", test_share)
    return n_rows - min(max(1, round(test_share * n_rows)), n_rows - 2)
