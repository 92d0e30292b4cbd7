"""Points of the plane and the numbers beside them: checked where they enter, freed of rounding."""

from __future__ import annotations

from typing import Any

import numpy as np

from wd_core.arrays import Array, as_array, numbers
from wd_core.checks import require, require_non_negative, require_positive

# A weight or a pull is a sum of a few products: below this share of its vector, or of the targets
# that it is made of, it is rounding, and a weight that is exactly 0 reads as one.
DUST = 2e-15


def points(name: str, value: Any) -> Array:
    """Points w [..., 2] of the plane, float64; ValueError for anything else."""
    w = as_array(name, value, max(numbers(name, value).ndim, 1))
    require(w.shape[-1] == 2, name, "of two coordinates on the last axis", w.shape)
    return w


def point(name: str, value: Any) -> Array:
    """One point w [2] of the plane, float64; ValueError for anything else."""
    w = as_array(name, value, 1)
    require(w.shape == (2,), name, "two numbers", w.tolist())
    return w


def non_negative(name: str, value: Any) -> float:
    """A finite number >= 0, an array without axes, too; ValueError for anything else."""
    number = _number(name, value)
    require_non_negative(name, number)
    return float(number)


def positive(name: str, value: Any) -> float:
    """A finite number > 0, an array without axes, too; ValueError for anything else."""
    number = _number(name, value)
    require_positive(name, number)
    return float(number)


def _number(name: str, value: Any) -> float:
    return value if isinstance(value, int | float) else as_array(name, value, 0).item()


def without_dust(vectors: Array) -> Array:
    """Vectors [..., 2] with exact zeros for what is rounding beside their length."""
    length = np.hypot(vectors[..., :1], vectors[..., 1:])  # no square leaves the range of floats
    return np.where(np.abs(vectors) > DUST * length, vectors, 0.0)
