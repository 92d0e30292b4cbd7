"""Arrays of numbers, from whatever holds numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wd_core.checks import require

Array = NDArray[np.float64]


def as_array(name: str, value: ArrayLike | Any, ndim: int) -> Array:
    """A float64 array of `ndim` axes from an array, a list or a tensor; ValueError otherwise."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        given = np.asarray(value)
    except ValueError:  # rows of different lengths
        given = np.empty(0, dtype=object)
    require(given.dtype.kind in "biuf", name, "an array of real numbers", type(value).__name__)
    require(given.ndim == ndim, name, f"an array with {ndim} axes", given.shape)
    array = np.asarray(given, dtype=np.float64, order="C")
    require(bool(np.isfinite(array).all()), name, "finite everywhere", "nan or inf")
    return array
