"""What of a loss is rounding: no verdict is made of it, and none of it is drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wd_core import Dataset
from wd_core.arrays import Array
from wd_core.linear.spectrum import decompose

# A loss below this share of that of predicting 0 is rounding, whatever the data.
ROUNDING = 1e-24
# An estimate that varies by less than this share over all λ prefers none of them.
ALIKE = 1e-9


def rounding_share(data: Dataset) -> float:
    """The share of the loss of predicting 0 below which an exact solution's loss is rounding."""
    s = decompose(data).s
    return float(lost(np.sqrt(s.max() / s.min()) if s.size else np.float64(1.0)))


def lost(condition: Array | np.float64) -> Array:
    """The same share from κ = √(s_max/s_min): (εκ)², for least squares loses κ times the digits."""
    return np.maximum(ROUNDING, (np.finfo(np.float64).eps * condition) ** 2)


def without_rounding(loss: Array, square: float | Array, share: float | Array = ROUNDING) -> Array:
    """Losses, with 0 for what is left of them by rounding beside the mean square of the targets.

    NaN stays.
    """
    return np.where(loss <= share * square, 0.0, loss)


def alike(score: Array) -> NDArray[np.bool_]:
    """Whether scores over λ [..., L] prefer none to any other, where they are defined at all."""
    undefined = np.isnan(score)
    least = np.where(undefined, np.inf, score).min(-1)
    most = np.where(undefined, -np.inf, score).max(-1)
    with np.errstate(invalid="ignore"):  # infinite at every λ
        return np.asarray((most - least <= ALIKE * most) & ~undefined.all(-1))


def over(loss: Array, least: float) -> Array:
    """How many times the least loss, never below 1; infinite where only the least is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(loss == least, 1.0, np.maximum(loss / least, 1.0))
