"""What decay alone makes of a weight that no gradient moves, step by step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from wd_core.arrays import Array
from wd_core.checks import require
from wd_core.optimizers import Hyperparameters
from wd_core.optimizers.pace import decay_shares, lr_shares
from wd_core.signatures import typed


@dataclass(frozen=True)
class Shrinking:
    """What decay alone does to a weight over time, where no gradient reaches it.

    full: what a step on a full batch multiplies it by; last: the same of the last step of an epoch,
    whose batch may be short; an_epoch: how many steps an epoch has. changing: the run, where decay
    changes from step to step: full and last are then what it is where η is at its full size.
    """

    full: float
    last: float
    an_epoch: int
    changing: Hyperparameters | None = None

    @typed
    def left(self, steps: ArrayLike) -> Array:
        """What is left of w after so many steps, for one number or an array of them.

        A run whose decay changes ends with its last step: after it nothing is taken.
        """
        given = np.asarray(steps)
        size = given.astype(np.float64)
        counts = bool(((size >= 0) & (size < 2.0**63)).all())
        require(counts, "steps", "whole numbers from 0 to below 2⁶³", steps)
        taken = given.astype(np.int64)
        if self.changing is not None:
            left = np.concatenate([[1.0], np.cumprod(self._each)])
            return np.asarray(left[np.minimum(taken, len(self._each))])
        lasts = taken // self.an_epoch
        return np.asarray(self.full ** (taken - lasts) * self.last**lasts)

    @property
    def growth(self) -> float:
        """log |what an epoch multiplies w by|; −inf where a step takes all of it.

        Where decay changes, the mean over the run's epochs.
        """
        epochs = 1 if self.changing is None else max(self.changing.epochs, 1)
        return float(self._logs.sum()) / epochs

    @property
    def half_life(self) -> float:
        """Steps until half of w is gone; 0 where a step takes all, inf where an epoch takes none.

        Negative where w doubles instead. Where some steps of an epoch shrink w and others do not,
        whole epochs count. Where decay changes, inf if half is left when the run ends.
        """
        growth, half = self.growth, math.log(0.5)
        if growth == 0:
            return math.inf
        if self.changing is not None and growth < 0:
            return _reaches(self._logs, half)
        if not (self._logs < 0).all():
            return self.an_epoch * half / growth
        epochs = math.floor(half / growth)
        steps, rest = epochs * self.an_epoch, half - (epochs * growth if epochs else 0.0)
        for log in map(float, self._logs):
            if log <= rest:
                return steps + rest / log
            steps, rest = steps + 1, rest - log
        return float(steps)

    @property
    def _logs(self) -> Array:
        """log |factor| of every step of an epoch, or of the run where decay changes."""
        with np.errstate(divide="ignore"):
            return np.log(np.abs(self._each))

    @cached_property
    def _each(self) -> Array:
        """The factor of every step of an epoch, or of the run."""
        epoch = np.array([*[self.full] * (self.an_epoch - 1), self.last])
        if self.changing is None:
            return epoch
        steps = self.changing.epochs * self.an_epoch
        shares = decay_shares(self.changing, lr_shares(self.changing, steps, range(steps)))
        return np.asarray(1 - (1 - np.tile(epoch, self.changing.epochs)) * shares)


def _reaches(logs: Array, target: float) -> float:
    """After how many steps their sum is at the target, below 0; inf where it never is."""
    sums = np.cumsum(logs)
    below = np.flatnonzero(sums <= target)
    if not below.size:
        return math.inf
    k = int(below[0])
    return k + (target - (float(sums[k - 1]) if k else 0.0)) / float(logs[k])


@typed
def shrinking(run: Hyperparameters, n_train: int) -> Shrinking:
    """What decay alone does under plain SGD; a short batch counts as `Hyperparameters` says.

    Of a penalty that has a sharp part only what weighs ‖w‖²/2: that is what multiplies weights.
    """
    an_epoch = -(-n_train // run.batch_size)
    rows = n_train - (an_epoch - 1) * run.batch_size
    scaled = run.loss == "half_mse" and run.decay == "coupled"
    rate = run.lr * run.smooth
    last = 1 - rate * (rows / run.batch_size if scaled else 1.0)
    return Shrinking(1 - rate, last, an_epoch, run if run.changes_decay else None)
