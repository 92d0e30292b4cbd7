"""One group of runs, moved a step at a time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wd_core.device import Place
from wd_core.optimizers import OPTIMIZERS, Optimizer, Rates, State, Tensor
from wd_core.types import Array, Hyperparameters

Index = NDArray[np.int64]
Order = tuple[Index, Sequence[int]]  # the rows of an epoch, and where its batches begin and end

# A training set up to this size is gathered an epoch at a time; a larger one would leave the cache.
GATHER_WHOLE = 1 << 16


class Walk:
    """The state of one group of runs, moved an epoch at a time."""

    def __init__(self, A: Tensor, v: Tensor, runs: Sequence[Hyperparameters], where: Place) -> None:
        self.A, self.v, self.runs, self.where = A, v, runs, where
        self.rule = OPTIMIZERS[runs[0].optimizer]
        self.state: State = (0 * v,) * len(self.rule.slots)
        self.t = 0
        self.gather_whole = A.shape[0] * A.shape[1] <= GATHER_WHOLE
        radii = [np.inf if run.max_norm is None else run.max_norm for run in runs]
        self.radius = where.put([radii]) if np.isfinite(radii).any() else None
        self._rates: dict[int, tuple[Rates, float]] = {}

    def epoch(self, order: Order) -> None:
        """One pass over the batches."""
        index, edges = order
        rows = self.where.rows
        whole = rows(self.A, index) if self.gather_whole else None
        for i, j in pairwise(edges):
            self._step(rows(self.A, index[i:j]) if whole is None else whole[i:j])

    def _step(self, batch: Tensor) -> None:
        rates, weight = self._rates_of(batch.shape[0])
        residual = batch @ self.v
        if weight != 1:
            residual = weight * residual
        self.t += 1
        self.v, self.state = self.rule.update(
            self.v, batch.mT @ residual, self.state, rates, self.t
        )
        if self.radius is not None:
            w = self.v[:-2]
            w *= (self.radius / (w * w).sum(0) ** 0.5).clip(max=1)

    def _rates_of(self, rows: int) -> tuple[Rates, float]:
        """The numbers of a step on so many rows, and the weight of its residuals."""
        if rows not in self._rates:
            runs = self.runs
            short = rows / runs[0].batch_size
            coupled_share = short if runs[0].loss == "half_mse" else 1.0
            self._rates[rows] = (
                rates_of(runs, self.rule, len(self.v), coupled_share, self.where),
                1.0 if runs[0].loss == "half_mse" else 1 / short,
            )
        return self._rates[rows]


def rates_of(
    runs: Sequence[Hyperparameters], rule: Optimizer, height: int, share: float, where: Place
) -> Rates:
    """The numbers of a step in the shapes of `Rates`; `share` scales coupled decay."""

    def row(values: Sequence[float]) -> Array:
        return np.array([values], dtype=np.float64)

    moves = np.ones((height, 1))
    moves[-1] = 0  # the constant −1 stays
    lr = moves * row([run.lr for run in runs])
    decay = moves * row([run.weight_decay for run in runs])
    decay[-2] *= [run.decay_bias for run in runs]
    coupled = row([run.decay == "coupled" for run in runs])
    decay = decay * np.where(coupled, share, 1.0)
    in_gradient = 0 * coupled if rule.one_decay else coupled
    return Rates(
        lr=where.put(lr),
        pull=where.put(decay * in_gradient),
        keep=where.put(1 - lr * decay * (1 - in_gradient)),
        momentum=where.put(row([run.momentum for run in runs])),
        beta1=where.put(row([run.betas[0] for run in runs])),
        beta2=where.put(row([run.betas[1] for run in runs])),
        eps=where.put(row([run.eps for run in runs])),
    )
