"""Real data: scikit-learn's table of 442 patients, and what is appended beyond its columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch

from wd_core.arrays import Array
from wd_core.data.rows import shuffled
from wd_core.data.scripts import block, sizes, split_lines, standardised_lines
from wd_core.data.settings import DataSettings
from wd_core.data.source import DataSource
from wd_core.data.standardise import split, standardised
from wd_core.records import Dataset
from wd_core.seeding import generator, seed_of


@cache
def _table() -> tuple[Array, Array, tuple[str, ...]]:
    from sklearn.datasets import load_diabetes  # slow to import, and only this source needs it

    table = load_diabetes(scaled=False)
    return table.data, table.target, tuple(table.feature_names)


def _make(spec: DataSettings) -> Dataset:
    columns, target, names = _table()
    train, test = shuffled(len(columns), spec.n_train, spec.n_test, spec.seed)
    if spec.n_features > columns.shape[1] and spec.extension == "interactions":
        columns, names = _with_interactions(standardised(columns, train)[0], names)
    missing = max(0, spec.n_features - columns.shape[1])
    columns = np.column_stack([columns, _noise_columns(spec.seed, len(columns), missing)])
    names = (*names, *(f"noise {k}" for k in range(1, missing + 1)))[: spec.n_features]
    return split(columns[:, : spec.n_features], target, names, "y", train, test)


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


def _script(spec: DataSettings) -> str:
    """The table, its split, and as much of its extension as the spec uses."""
    dataset = _make(spec)
    n_columns = len(_table()[2])
    n_products = n_columns * (n_columns - 1) // 2 if spec.extension == "interactions" else 0
    products = min(n_products, max(0, spec.n_features - n_columns))
    noise = max(0, spec.n_features - n_columns - n_products)
    all_vary = bool(dataset.X_train.any(axis=0).all() and dataset.y_train.any())
    lines = [
        sizes(dataset.n_train, len(dataset.y_test), dataset.n_features),
        "table, target = load_diabetes(return_X_y=True, scaled=False)",
        "X, y = torch.tensor(table), torch.tensor(target)",
        *split_lines(spec.seed),
        "",
        "",
        *standardised_lines(all_vary),
        "",
        "",
    ]
    if products:
        lines += [
            "X = standardised(X)",
            f"i, j = torch.triu_indices({n_columns}, {n_columns}, offset=1)"
            + (f"[:, :{products}]" if products < n_products else ""),
            "X = torch.cat([X, X[:, i] * X[:, j]], dim=1)",
        ]
    if noise:
        seed = seed_of(spec.seed, "noise features")
        lines += [
            f"generator = torch.Generator().manual_seed({seed})",
            f"noise = [torch.randn(len(X), generator=generator) for _ in range({noise})]",
            "X = torch.cat([X, torch.stack(noise, dim=1)], dim=1)",
        ]
    columns = "X[:, :n_features]" if spec.n_features < n_columns else "X"
    lines += [
        f"X, y = standardised({columns}), standardised(y)",
        "X_train, y_train, X_test, y_test = X[train], y[train], X[test], y[test]",
    ]
    return block("The data", lines)


DIABETES = DataSource(
    label="Diabetes, 442 patients",
    description=(
        "Progress of the disease after a year from ten measurements, of which the first"
        " d are used; beyond ten come the products of all pairs (age·sex, age·bmi,"
        " ..., s5·s6) and then columns of pure noise, or noise alone."
    ),
    formula=r"\hat y = b + \sum_j w_j\,(x_j - \bar x_j) / s_j",
    reads=("n_train", "n_test", "n_features", "seed", "extension"),
    make=_make,
    most_train=441,
    most_features=None,
    drawn=False,
    script=_script,
    script_imports=("from sklearn.datasets import load_diabetes",),
)
