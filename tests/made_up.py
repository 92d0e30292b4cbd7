"""Entries that nobody ships: what the registries say of them must be enough for everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wd_core import DatasetSpec
from wd_core.arrays import Array
from wd_core.data import DataSource
from wd_core.records import Dataset

ROWS, FEATURES, TEST_ROWS = 15, 3, 4


def _table() -> tuple[Array, Array]:
    """Rows [19, 3] of small fractions without order, and targets that depend on them."""
    k = np.arange((ROWS + TEST_ROWS) * FEATURES)
    X = ((k * 37) % 101).reshape(-1, FEATURES) / 32 - 1.5
    return X, X @ np.array([0.75, -0.5, 0.25]) + ((np.arange(len(X)) * 13) % 7) / 16


def _make(spec: DatasetSpec) -> Dataset:
    X, y = _table()
    n, d = spec.n_train, spec.n_features
    return Dataset(X[:n, :d], y[:n], X[ROWS:, :d], y[ROWS:], note="Nothing is standardised.")


def _make_whole(spec: DatasetSpec) -> Dataset:
    return _make(replace(spec, n_train=ROWS, n_features=FEATURES))


def _literals(data: Dataset) -> str:
    arrays = ("X_train", "y_train", "X_test", "y_test")
    lines = [f"{name} = torch.tensor({getattr(data, name).tolist()})" for name in arrays]
    return "\n".join(["# The data", *lines, "n_train, n_features = X_train.shape", ""])


# Real data of at most 15 rows and 3 features, of which a spec may take fewer.
TABLE = DataSource(
    label="Made up",
    description="Fifteen rows of three numbers, made up for a test.",
    formula=r"y = \tfrac34 x_1 - \tfrac12 x_2 + \tfrac14 x_3 + \dots",
    reads=("n_train", "n_features"),
    make=_make,
    most_train=ROWS,
    most_features=FEATURES,
    drawn=False,
    script=lambda spec: _literals(_make(spec)),
    script_imports=(),
)
# The same, always whole: it reads nothing of a spec.
WHOLE = replace(
    TABLE,
    label="Made up, whole",
    reads=(),
    make=_make_whole,
    script=lambda spec: _literals(_make_whole(spec)),
)
SOURCES = {"made_up": TABLE, "made_up_whole": WHOLE}
