"""What of a loss is rounding: no verdict is made of it, and none of it is drawn."""

from __future__ import annotations

import numpy as np

from wd_core import Dataset
from wd_core.arrays import Array
from wd_core.linear.spectrum import decompose

# A loss below this share of that of predicting 0 is rounding, whatever the data.
ROUNDING = 1e-24
# An estimate that varies by less than this share over all λ prefers none of them.
ALIKE = 1e-9


def rounding_share(data: Dataset) -> float:
    """The share of the loss of predicting 0 below which an exact solution's loss is rounding.

    (εκ)² where that is more: least squares loses κ = √(s_max/s_min) times the digits.
    """
    s = decompose(data).s
    condition = float(np.sqrt(s.max() / s.min())) if s.size else 1.0
    return max(ROUNDING, (float(np.finfo(np.float64).eps) * condition) ** 2)


def without_rounding(loss: Array, y: Array, share: float = ROUNDING) -> Array:
    """Losses on targets y, with 0 for what is left of them by rounding; NaN stays."""
    return np.where(loss <= share * float(np.mean(y**2)), 0.0, loss)


def alike(score: Array) -> bool:
    """Whether a score prefers no λ to any other, where it is defined."""
    kept = score[~np.isnan(score)]
    return bool(np.ptp(kept) <= ALIKE * kept.max())


def over(loss: Array, least: float) -> Array:
    """How many times the least loss, never below 1; infinite where only the least is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(loss == least, 1.0, np.maximum(loss / least, 1.0))
