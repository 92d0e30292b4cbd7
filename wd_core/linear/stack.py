"""Ridge on many data sets of one shape at once: test loss, GCV and leave-one-out over λ.

In the coordinates of `spectrum.decompose`, with R data sets in front: w*(λ) is √s c/(s + λ) along
each direction, and the residuals are U √n c λ/(s + λ) and what no weights can fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wd_core.arrays import Array
from wd_core.linear.spectrum import Spectrum, decompose, rounding
from wd_core.records import Dataset
from wd_core.scoring import folded

# 1 − h_ii below this share of the largest is rounding: row i determines its own fit.
INTERPOLATES = 1e-10
# Leave-one-out takes arrays [R, L, n] of this many numbers at a time, which stay in the cache.
BLOCK = 1 << 15


@dataclass(frozen=True, eq=False)
class Stack:
    """R data sets in r directions each: U [R, n, r], s and c [R, r], and the rest [R, n].

    A direction that is zero up to rounding has s = ∞, and 0 elsewhere. rest: of y, what no weights
    can fit; tests [R, K, r + 1]: [X_test, y_test] in the directions, centred as the training data;
    train_square, test_square [R]: the mean of y² of either, as it is.
    """

    U: Array
    s: Array
    c: Array
    rest: Array
    tests: Array
    n_test: int
    train_square: Array
    test_square: Array

    def coordinates(self, lam: Array) -> Array:
        """w*(λ) along the directions, [R, L, r], for λ >= 0 [R, L]."""
        root = np.sqrt(self.s, where=self.s < np.inf, out=np.zeros_like(self.s))
        return (root * self.c)[:, None] / (self.s[:, None] + lam[..., None])

    def test_loss(self, lam: Array) -> Array:
        """Half mean square on the test rows, [R, L]."""
        rows, targets = self.tests[..., :-1], self.tests[..., -1]
        residual = self.coordinates(lam) @ rows.mT - targets[:, None]
        return np.asarray((residual**2).sum(-1) / (2 * self.n_test))

    def gcv(self, lam: Array) -> Array:
        """Generalised cross-validation, [R, L]: as `loo` with the mean of all 1 − h_ii for each."""
        n, loose = self.rest.shape[1], ~self._tight[:, None]
        inverse = self._inverse(lam)
        square = n * ((inverse * self.c[:, None]) ** 2).sum(-1)
        square += loose * (self.rest**2).sum(-1, keepdims=True)
        gap = inverse.sum(-1) + loose * (n - 1 - self.rank[:, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(gap > 0, n * square / gap**2, np.nan)

    def loo(self, lam: Array) -> Array:
        """The mean of the squared leave-one-out residuals r_i/(1 − h_ii), [R, L], at the same nλ.

        NaN where a row determines its own fit.
        """
        width = max(1, BLOCK // self.rest.size)
        blocks = [lam[:, i : i + width] for i in range(0, max(1, lam.shape[1]), width)]
        return np.concatenate([self._loo(block) for block in blocks], axis=1)

    def _loo(self, lam: Array) -> Array:
        n, loose = self.rest.shape[1], ~self._tight[:, None]
        inverse, squares = self._inverse(lam), self.U**2
        residual = (np.sqrt(n) * inverse * self.c[:, None]) @ self.U.mT
        residual += (loose * self.rest)[:, None]
        gap = inverse @ squares.mT + (loose * (1 - 1 / n - squares.sum(-1)))[:, None]
        defined = gap > INTERPOLATES * gap.max(-1, initial=0.0, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(defined.all(-1), ((residual / gap) ** 2).mean(-1), np.nan)

    @cached_property
    def rank(self) -> NDArray[np.int64]:
        """How many directions have data, [R]."""
        return np.asarray(np.count_nonzero(self.s < np.inf, axis=-1))

    @property
    def condition(self) -> Array:
        """√(s_max/s_min), [R]; 1 where no direction has data."""
        most = np.max(self.s, -1, where=self.s < np.inf, initial=0.0)
        least = np.min(self.s, -1, initial=np.inf)
        return np.sqrt(np.where(most > 0, most / least, 1.0))

    @cached_property
    def _tight(self) -> NDArray[np.bool_]:
        """Whether the data leave no residual at λ = 0, [R]: it vanishes like λ, and so do 1 − h."""
        return np.asarray(self.rank >= self.rest.shape[1] - 1)

    def _inverse(self, lam: Array) -> Array:
        """λ/(s + λ), [R, L, r]; 1/(s + λ) of tight data: λ cancels, and leaves a limit at 0."""
        inverse = 1 / (self.s[:, None] + lam[..., None])
        return np.asarray(inverse * np.where(self._tight[:, None], 1.0, lam)[..., None])


def stack_of(dataset: Dataset, spectrum: Spectrum, n_decays: int) -> Stack:
    """One data set with its spectrum; test rows are folded where so many λ make it pay."""
    y = dataset.y_train - spectrum.y_mean
    rest = y - spectrum.U @ (spectrum.U.T @ y)
    tests = [(dataset.X_test - spectrum.x_mean) @ spectrum.V, dataset.y_test - spectrum.y_mean]
    return Stack(
        U=spectrum.U[None],
        s=spectrum.s[None],
        c=spectrum.c[None],
        rest=rest[None],
        tests=folded(np.column_stack(tests), n_decays)[None],
        n_test=len(dataset.y_test),
        train_square=np.array([np.mean(dataset.y_train**2)]),
        test_square=np.array([np.mean(dataset.y_test**2)]),
    )


def stacked(datasets: Sequence[Dataset], n_decays: int) -> Stack:
    """Data sets of one shape, decomposed in one go; their test rows are folded where it pays."""
    if len(datasets) == 1:
        return stack_of(datasets[0], decompose(datasets[0]), n_decays)
    X, y, X_test, y_test = (
        np.stack([getattr(dataset, name) for dataset in datasets])
        for name in ("X_train", "y_train", "X_test", "y_test")
    )
    n, x_mean, y_mean = X.shape[1], X.mean(1, keepdims=True), y.mean(1, keepdims=True)
    U, d, Vt = np.linalg.svd(X - x_mean, full_matrices=False)
    kept = d > np.array([[rounding(rows)] for rows in X])
    U, centred = U * kept[:, None], y - y_mean
    along = (U.mT @ centred[..., None])[..., 0]
    tests = [(X_test - x_mean) @ (Vt.mT * kept[:, None]), (y_test - y_mean)[..., None]]
    return Stack(
        U=U,
        s=np.where(kept, d**2 / n, np.inf),
        c=along / np.sqrt(n),
        rest=centred - (U @ along[..., None])[..., 0],
        tests=folded(np.concatenate(tests, -1), n_decays),
        n_test=y_test.shape[1],
        train_square=np.mean(y**2, 1),
        test_square=np.mean(y_test**2, 1),
    )
