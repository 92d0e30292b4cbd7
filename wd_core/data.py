"""Where data come from: the registry of sources, and a user's own table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from numbers import Real
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from wd_core.seeding import Purpose, generator
from wd_core.types import Array, Dataset, DatasetSpec, require

# A column whose training values differ by less than this share of their size is constant: what is
# left is rounding, and dividing by its standard deviation would make a feature of it.
ROUNDING = 1e-10
# Sums and differences of a table's numbers stay inside the range of floats up to this size.
LARGEST = 1e300


@dataclass(frozen=True)
class DataSource:
    """One entry of the registry.

    `label`, `description` (one sentence) and `formula` (LaTeX) are for the page; `reads` names the
    fields of DatasetSpec that `make` uses; `most_train` is the largest n_train, None for no limit.
    """

    label: str
    description: str
    formula: str
    reads: tuple[str, ...]
    make: Callable[[DatasetSpec], Dataset]
    most_train: int | None = None


class Frame(Protocol):
    """A table with named columns, such as a pandas DataFrame."""

    columns: Any

    def __getitem__(self, name: Any, /) -> Any: ...


def make_dataset(spec: DatasetSpec) -> Dataset:
    """Draw or load the data of a spec.

    The training rows depend on the seed alone, not on `n_test`, and their X not on `noise`.
    ValueError where n_train is more than the source has.
    """
    source = DATASETS[spec.source]
    most = source.most_train
    require(
        most is None or spec.n_train <= most,
        "n_train",
        f"at most {most} for the source {spec.source}",
        spec.n_train,
    )
    return source.make(spec)


def standardised(columns: Array, train: NDArray[np.int64]) -> tuple[Array, NDArray[np.bool_]]:
    """Columns [N, D] less the mean of the rows `train`, over their standard deviation.

    A column that is constant in those rows has scale 1 and is exactly 0 there; the second result
    [D] says which. The standard deviation is the one with divisor n.
    """
    part = columns[train]
    low, spread = part.min(0), np.ptp(part, axis=0)
    constant = spread <= ROUNDING * np.abs(part).max(0) + 1 / LARGEST
    centre = np.where(constant, low, part.mean(0))
    # Squares are taken of numbers below 1, so that no column is too large or too small for them.
    unit = np.where(constant, 1.0, spread)
    deviation = unit * np.sqrt(np.mean(((part - centre) / unit) ** 2, axis=0))
    result = (columns - centre) / np.where(constant, 1.0, deviation)
    result[np.ix_(train, constant)] = 0.0
    return result, constant


def _drawn(spec: DatasetSpec, w: Array, correlation: float = 0.0) -> Dataset:
    """y = X w + true_bias + noise·N(0, 1); training and test part from generators of their own."""

    def part(n: int, purpose: Purpose) -> tuple[Array, Array]:
        draw = generator(spec.seed, purpose)
        X = torch.randn(n, spec.n_features, generator=draw, dtype=torch.float64).numpy()
        _correlate(X, correlation)
        noise = torch.randn(n, generator=draw, dtype=torch.float64).numpy()
        return X, X @ w + spec.true_bias + spec.noise * noise

    X_train, y_train = part(spec.n_train, "data")
    X_test, y_test = part(spec.n_test, "test data")
    return Dataset(X_train, y_train, X_test, y_test, w_true=w, b_true=float(spec.true_bias))


def _correlate(X: Array, correlation: float) -> None:
    """Turn independent columns into x_j = ρ x_{j−1} + √(1−ρ²) z_j, in place: unit variance kept."""
    if correlation == 0:
        return
    rest = (1 - correlation**2) ** 0.5
    for j in range(1, X.shape[1]):
        X[:, j] *= rest
        X[:, j] += correlation * X[:, j - 1]


def _linear(spec: DatasetSpec) -> Dataset:
    return _drawn(spec, np.full(spec.n_features, float(spec.true_weight)))


def _sparse(spec: DatasetSpec) -> Dataset:
    w = np.zeros(spec.n_features)
    w[: spec.n_informative] = spec.true_weight
    return _drawn(spec, w)


def _correlated(spec: DatasetSpec) -> Dataset:
    return _drawn(spec, np.full(spec.n_features, float(spec.true_weight)), spec.correlation)


@cache
def _diabetes_table() -> tuple[Array, Array, tuple[str, ...]]:
    from sklearn.datasets import load_diabetes  # slow to import, and only this source needs it

    table = load_diabetes(scaled=False)
    return table.data, table.target, tuple(table.feature_names)


def _diabetes(spec: DatasetSpec) -> Dataset:
    columns, target, names = _diabetes_table()
    rows = torch.randperm(len(columns), generator=generator(spec.seed, "split")).numpy()
    train = rows[: spec.n_train]
    # From the far end of the shuffle: the test rows stay while n_train grows, until they meet.
    test = rows[max(spec.n_train, len(rows) - spec.n_test) :]
    if spec.n_features > columns.shape[1] and spec.extension == "interactions":
        columns, names = _with_interactions(standardised(columns, train)[0], names)
    missing = max(0, spec.n_features - columns.shape[1])
    columns = np.column_stack([columns, _noise_columns(spec.seed, len(columns), missing)])
    names = (*names, *(f"noise {k}" for k in range(1, missing + 1)))[: spec.n_features]
    return _split(columns[:, : spec.n_features], target, names, "y", train, test)


def _with_interactions(Z: Array, names: Sequence[str]) -> tuple[Array, tuple[str, ...]]:
    """Columns and the products of all pairs, in the order 1·2, 1·3, ..., 1·D, 2·3, ..."""
    i, j = np.triu_indices(Z.shape[1], 1)
    products = [f"{names[a]}·{names[b]}" for a, b in zip(i.tolist(), j.tolist(), strict=True)]
    return np.column_stack([Z, Z[:, i] * Z[:, j]]), (*names, *products)


def _noise_columns(seed: int, rows: int, count: int) -> Array:
    """N(0, 1) columns [rows, count]; each is drawn whole, so that more columns keep the former."""
    draw = generator(seed, "noise features")
    columns = [torch.randn(rows, generator=draw, dtype=torch.float64) for _ in range(count)]
    return torch.stack(columns, dim=1).numpy() if columns else np.empty((rows, 0))


def _split(
    columns: Array,
    target: Array,
    names: Sequence[str],
    target_name: str,
    train: NDArray[np.int64],
    test: NDArray[np.int64],
) -> Dataset:
    """A data set of these rows, features and target standardised on the training part."""
    table, constant = standardised(np.column_stack([columns, target]), train)
    return Dataset(
        X_train=table[train, :-1],
        y_train=table[train, -1],
        X_test=table[test, :-1],
        y_test=table[test, -1],
        note=_note(names, target_name, constant),
        feature_names=tuple(names),
    )


def _note(names: Sequence[str], target: str, constant: NDArray[np.bool_]) -> str:
    note = (
        f"Every feature and the target {target} are standardised with the mean and the standard "
        "deviation of the training rows"
    )
    if constant[-1]:
        note += ", where the target is constant: there is nothing to learn."
    else:
        note += "; predicting their mean for every row would give a training loss of 0.5."
    still = [name for name, same in zip(names, constant, strict=False) if same]
    if still:
        note += f" Constant in the training rows and kept there as zeros: {_listed(still)}."
    return note


def _listed(names: Sequence[object], most: int = 10) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(str(name) for name in names[:most]) + more


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

    rows = torch.randperm(n_rows, generator=generator(seed, "split")).numpy()
    train, test = rows[:n_train], rows[n_train:]
    y = columns.pop(names.index(target))
    X = np.column_stack(columns)
    features = tuple(str(name) for name in names if name != target)
    if standardise:
        return _split(X, y, features, str(target), train, test)
    note = "The numbers are those of the table: nothing is standardised."
    return Dataset(X[train], y[train], X[test], y[test], note=note, feature_names=features)


def _column_names(frame: Frame | Mapping[Any, Any], target: object) -> list[Any]:
    is_table = isinstance(frame, Mapping) or hasattr(frame, "columns")
    require(is_table, "frame", "a table or a mapping of columns", type(frame).__name__)
    names = list(frame if isinstance(frame, Mapping) else frame.columns)
    doubles = sorted({str(name) for name in names if names.count(name) > 1})
    require(not doubles, "column names", "different from each other", _listed(doubles))
    require(target in names, "target", f"one of the columns {_listed(names)}", target)
    require(len(names) > 1, "the table", "of at least one column beside the target", _listed(names))
    return names


def _numbers(name: object, column: Any) -> Array:
    """A column as float64; holes become nan. ValueError for anything that is not a number."""
    if hasattr(column, "detach"):
        column = column.detach().cpu().numpy()
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
    require(0 < test_share < 1, "test_share", "between 0 and 1", test_share)
    return n_rows - min(max(1, round(test_share * n_rows)), n_rows - 2)


_DRAWN = ("n_train", "n_test", "n_features", "noise", "true_weight", "true_bias", "seed")

DATASETS: dict[str, DataSource] = {
    "linear": DataSource(
        label="Linear, many small weights",
        description="Independent features, all with the same small weight: the book's data.",
        formula=r"y = b + \sum_j w\,x_j + \sigma\varepsilon, \quad x_j, \varepsilon \sim N(0, 1)",
        reads=_DRAWN,
        make=_linear,
    ),
    "sparse": DataSource(
        label="Sparse, few weights",
        description=(
            "Independent features, of which only the first k, those that matter, have a weight"
            " (all of them where there are no more than k)."
        ),
        formula=(
            r"y = b + \sum_{j \le k} w\,x_j + \sigma\varepsilon,"
            r" \quad x_j, \varepsilon \sim N(0, 1)"
        ),
        reads=(*_DRAWN, "n_informative"),
        make=_sparse,
    ),
    "correlated": DataSource(
        label="Correlated features",
        description=(
            "Features of unit variance, each with correlation ρ to its neighbours, all of one"
            " weight."
        ),
        formula=(
            r"y = b + \sum_j w\,x_j + \sigma\varepsilon, \quad x_1 = z_1, \quad"
            r" x_j = \rho\,x_{j-1} + \sqrt{1 - \rho^2}\,z_j, \quad z_j, \varepsilon \sim N(0, 1)"
        ),
        reads=(*_DRAWN, "correlation"),
        make=_correlated,
    ),
    "diabetes": DataSource(
        label="Diabetes, 442 patients",
        description=(
            "Progress of the disease after a year from ten measurements, of which the first"
            " d are used; beyond ten come the products of all pairs (age·sex, age·bmi,"
            " ..., s5·s6) and then columns of pure noise, or noise alone."
        ),
        formula=r"\hat y = b + \sum_j w_j\,(x_j - \bar x_j) / s_j",
        reads=("n_train", "n_test", "n_features", "seed", "extension"),
        make=_diabetes,
        most_train=441,
    ),
}
