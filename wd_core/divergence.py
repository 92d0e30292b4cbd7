"""When a run has left the range of floats, or all sense: one rule for every model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wd_core.arrays import Array

# A loss this many times its start (or 1) is divergence, though still a float: no stable setting
# overshoots by more than a few powers of ten on its way.
BEYOND_SENSE = 1e15


class Divergence:
    """Remembers which of R runs have diverged; the first losses it sees are the measure."""

    def __init__(self, n_runs: int) -> None:
        self._diverged = np.zeros(n_runs, dtype=bool)
        self._limits: tuple[Array, Array] | None = None

    def after(self, train: Array, test: Array, norm: Array) -> NDArray[np.bool_]:
        """Which runs have diverged after each of these epochs, [epochs, R], from [epochs, R]."""
        if self._limits is None:
            self._limits = (
                BEYOND_SENSE * np.maximum(train[0], 1),
                BEYOND_SENSE * np.maximum(test[0], 1),
            )
        wild = ~((train <= self._limits[0]) & (test <= self._limits[1]) & np.isfinite(norm))
        diverged = np.logical_or.accumulate(np.vstack([self._diverged, wild]))[1:]
        self._diverged = diverged[-1]
        return diverged
