"""When a run has left the range of floats, or all sense: one rule for every model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wd_core.arrays import Array

# A loss this many times its start (or 1) is divergence, though still a float: no stable setting
# overshoots by more than a few powers of ten on its way.
BEYOND_SENSE = 1e15
ALL: Any = slice(None)


class Divergence:
    """Remembers at which epoch each of R runs was first found diverged, `at` [R], −1: not yet.

    The first losses it sees are the measure.
    """

    def __init__(self, n_runs: int) -> None:
        self.at = np.full(n_runs, -1)
        self._limits: tuple[Array, Array] | None = None

    def after(
        self, epochs: Sequence[int], train: Array, test: Array, norm: Array, runs: Any = ALL
    ) -> NDArray[np.int64]:
        """`at` of these runs [k] after each of these epochs, from losses and ‖w‖ [epochs, k]."""
        if self._limits is None:
            self._limits = (
                BEYOND_SENSE * np.maximum(train[0], 1),
                BEYOND_SENSE * np.maximum(test[0], 1),
            )
        low, high = (limit[runs] for limit in self._limits)
        wild = ~((train <= low) & (test <= high) & np.isfinite(norm))
        at = self.at[runs]
        if not wild.any():
            return np.broadcast_to(at, wild.shape)
        first = np.where(wild.any(0), np.array(epochs)[wild.argmax(0)], -1)
        new = (at < 0) & (first >= 0)
        self.at = self.at.copy()  # records hold what was
        self.at[runs] = np.where(new, first, at)
        since = np.array(epochs)[:, None] >= first
        return np.where(new & since, first, at)
