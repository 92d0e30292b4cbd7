"""How weights are held, and what is said of them: losses, norms, divergence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from wd_core.arrays import Array
from wd_core.device import Place
from wd_core.divergence import BEYOND_SENSE, Divergence
from wd_core.objective import mean_half_square
from wd_core.optimizers import Runs, Tensor
from wd_core.records import EpochRecord


@dataclass(frozen=True)
class Spread:
    """How w is held: in the basis Q [D, K], or as it is where Q is None."""

    basis: Array | None

    def shrink(self, X: Array) -> Array:
        """Rows [N, D] in coordinates [N, K]."""
        return X if self.basis is None else X @ self.basis

    def expand(self, coordinates: Array) -> Array:
        """Coordinates [R, K] as weights [R, D]."""
        return coordinates if self.basis is None else coordinates @ self.basis.T


def basis_pays(spans: bool, n: int, d: int, starts: int, run_epochs: int) -> bool:
    """Whether the span of rows and starts is smaller than the space, and the run long enough."""
    return spans and n + starts < d and run_epochs > n


def spread_of(X: Array, directions: Array, run_epochs: int, spans: bool) -> Spread:
    """The span of the training rows and the starts' directions [k, D], where holding it pays."""
    n, d = X.shape
    if not basis_pays(spans, n, d, len(directions), run_epochs):
        return Spread(None)
    return Spread(np.linalg.qr(np.concatenate([X, directions]).T)[0])


def folded(A: Array, run_epochs: int) -> Array:
    """Matrices [..., N, K] with the same ‖A v‖ for every v and no more rows than columns.

    As they are where that does not pay.
    """
    rows, columns = A.shape[-2:]
    pays = rows > columns and run_epochs > columns
    return np.asarray(np.linalg.qr(A, mode="r")) if pays else A


@dataclass
class Scorer:
    """Turns weights after some epochs into records; remembers which runs have diverged."""

    train: Tensor
    test: Tensor
    n_train: float
    n_test: float
    runs: Runs
    spread: Spread
    where: Place

    @np.errstate(over="ignore")  # then nothing is sound, and every state is scored
    def __post_init__(self) -> None:
        self.divergence = Divergence(len(self.runs))
        self.lam, l1 = self.runs.ridge_weight_decay, self.runs.l1_weight_decay
        self.l1 = l1 if l1.any() else None
        self.decay_bias = self.runs.numbers("decay_bias")
        largest = max(
            float((rows * rows).sum()) / n
            for rows, n in ((self.train, self.n_train), (self.test, self.n_test))
        )
        # up to this ‖v‖² no loss can be beyond sense: ‖A v‖² <= ‖A‖²‖v‖², and half for rounding
        self.sound = BEYOND_SENSE / max(largest, 1.0)

    def score(self, epochs: Sequence[int], states: Sequence[Tensor]) -> list[EpochRecord]:
        """The records of these epochs; the first call's losses are the measure of divergence."""
        if not epochs:
            return []
        v = self.where.xp.concatenate(states, 1)
        train, test, norm, bias = self._numbers(v, len(epochs))
        with np.errstate(all="ignore"):
            diverged_at = self.divergence.after(epochs, train, test, norm)
            penalty = self.lam / 2 * (norm**2 + self.decay_bias * bias**2)
            if self.l1 is not None:
                penalty += self.l1 * self._absolute(v, len(epochs))
        return EpochRecord.each(
            epoch=epochs,
            train_loss=train,
            test_loss=test,
            penalty=penalty,
            weight_norm=norm,
            bias=bias,
            diverged_at=diverged_at,
            expand=[partial(self._expand, v, i) for i in range(len(epochs))],
        )

    def watch(self, epoch: int, v: Tensor) -> None:
        """Note which runs have diverged in this state; only suspects are scored."""
        flat = v.reshape(-1)
        if float(flat @ flat) <= self.sound:
            return
        sizes = self.where.get((v * v).sum(0))
        suspects = np.flatnonzero(~(sizes <= self.sound) & (self.divergence.at < 0))
        if len(suspects):
            train, test, norm, _ = self._numbers(v[:, suspects], 1)
            self.divergence.after([epoch], train, test, norm, suspects)

    @torch.inference_mode()
    @np.errstate(all="ignore")
    def _numbers(self, v: Tensor, epochs: int) -> list[Array]:
        """Train loss, test loss, ‖w‖ and bias, each [epochs, R], of the states side by side."""
        w = v[:-2]
        numbers = (
            mean_half_square(self.train, v, self.n_train),
            mean_half_square(self.test, v, self.n_test),
            (w * w).sum(0) ** 0.5,
            v[-2],
        )
        return [self.where.get(number).reshape(epochs, -1) for number in numbers]

    @torch.inference_mode()
    def _absolute(self, v: Tensor, epochs: int) -> Array:
        """‖w‖₁ [epochs, R]; such runs hold w itself, in no basis."""
        return self.where.get(abs(v[:-2]).sum(0)).reshape(epochs, -1)

    @np.errstate(all="ignore")
    def _expand(self, v: Tensor, place: int) -> Array:
        """The weights of the state at a place among those side by side, [R, D]."""
        coordinates = v[:-2, place * len(self.runs) : (place + 1) * len(self.runs)]
        return self.spread.expand(self.where.get(coordinates).T)
