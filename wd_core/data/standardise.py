"""Features and target standardised on the rows that train, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wd_core.arrays import Array, as_array
from wd_core.checks import Phrase, require
from wd_core.records import Dataset
from wd_core.signatures import typed

# A column whose training values differ by less than this share of their size is constant: what is
# left is rounding, and dividing by its standard deviation would make a feature of it.
ROUNDING = 1e-10
# Sums and differences of a table's numbers stay inside the range of floats up to this size.
LARGEST = 1e300


@typed
def standardised(columns: Array, train: NDArray[np.int64]) -> tuple[Array, NDArray[np.bool_]]:
    """Columns [N, D] less the mean of the rows `train`, over their standard deviation.

    A column that is constant in those rows has scale 1 and is exactly 0 there; the second result
    [D] says which. The standard deviation is the one with divisor n.
    """
    columns = as_array("columns", columns, 2)
    inside = train.ndim == 1 and train.size > 0 and (0 <= train.min() <= train.max() < len(columns))
    require(
        bool(inside),
        "train",
        Phrase("row numbers below {count}", count=len(columns)),
        train.tolist(),
    )
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


@typed
def split(
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


def _note(names: Sequence[str], target: str, constant: NDArray[np.bool_]) -> Phrase:
    still = [name for name, same in zip(names, constant, strict=False) if same]
    if constant[-1] and still:
        return Phrase(
            "Every feature and the target {target} are standardised with the mean and the standard "
            "deviation of the training rows, where the target is constant: there is nothing to "
            "learn. Constant in the training rows and kept there as zeros: {names}.",
            target=target,
            names=listed(still),
        )
    if constant[-1]:
        return Phrase(
            "Every feature and the target {target} are standardised with the mean and the standard "
            "deviation of the training rows, where the target is constant: there is nothing to "
            "learn.",
            target=target,
        )
    if still:
        return Phrase(
            "Every feature and the target {target} are standardised with the mean and the standard "
            "deviation of the training rows; predicting their mean for every row would give a "
            "training loss of 0.5. Constant in the training rows and kept there as zeros: {names}.",
            target=target,
            names=listed(still),
        )
    return Phrase(
        "Every feature and the target {target} are standardised with the mean and the standard "
        "deviation of the training rows; predicting their mean for every row would give a "
        "training loss of 0.5.",
        target=target,
    )


@typed
def listed(names: Sequence[object], most: int = 10) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(str(name) for name in names[:most]) + more
