"""Arrays of numbers, from whatever holds numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wd_core.checks import Phrase, require

Array = NDArray[np.float64]
# The kinds of numbers that are real: truth values, whole numbers, floats.
REAL = "biuf"


def as_array(name: str, value: ArrayLike | Any, ndim: int) -> Array:
    """A float64 array of `ndim` axes from an array, a list or a tensor; ValueError otherwise."""
    given = numbers(name, value)
    if given.ndim != ndim:
        require(False, name, Phrase("an array with {ndim} axes", ndim=ndim), given.shape)
    array = _as_floats(given)
    require(bool(np.isfinite(array).all()), name, "finite everywhere", "nan or inf")
    return array


def not_nan(name: str, value: ArrayLike | Any) -> Array:
    """A float64 array of any number of axes without NaN, infinite where need be; or ValueError."""
    array = _as_floats(numbers(name, value))
    require(not np.isnan(array).any(), name, "a number everywhere", "nan")
    return array


def numbers(name: str, value: ArrayLike | Any) -> NDArray[Any]:
    """An array of real numbers, none of them masked; ValueError otherwise."""
    require(not _masked(value), name, "without masked entries", type(value).__name__)
    try:
        if hasattr(value, "detach"):
            value = value.detach().cpu().numpy()
        given = np.asarray(value)
    except Exception:  # rows of different lengths, or whatever an object does when it is asked
        given = np.empty(0, dtype=object)
    require(given.dtype.kind in REAL, name, "an array of real numbers", type(value).__name__)
    return given


def _as_floats(given: NDArray[Any]) -> Array:
    with np.errstate(over="ignore"):  # of longer floats
        return np.asarray(given, dtype=np.float64, order="C")


def _masked(value: object) -> bool:
    """Whether an entry is masked: NumPy would take what lies under the mask."""
    if isinstance(value, list | tuple):
        return any(_masked(item) for item in value if not isinstance(item, int | float))
    return isinstance(value, np.ma.MaskedArray) and bool(np.ma.is_masked(value))
