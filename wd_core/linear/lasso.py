"""Exact solutions under the L1 penalty and the elastic net: the path over λ, zeros and all.

w*(λ) = argmin 1/(2N) Σ r² + λ(ρ‖w‖₁ + (1 − ρ)‖w‖²/2) with a free bias. With the pull of the
smooth part, g = Xcᵀr/N − λ(1 − ρ)w, it is where g_j = λρ·sign(w_j) for every w_j ≠ 0 and
|g_j| ≤ λρ for every other. Once the signs are known the weights solve a linear system, so weights
are let in one at a time, and out where they would change their sign, until these conditions hold.
Source: Osborne, Presnell and Turlach 2000, A new approach to variable selection in least squares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wd_core.arrays import Array
from wd_core.checks import require, require_number
from wd_core.linear.ridge import decays, ridge_path
from wd_core.linear.spectrum import decompose, rounding
from wd_core.objective import augmented, mean_half_square
from wd_core.records import Dataset
from wd_core.signatures import typed

# A weight is let in where it is pulled harder than λρ by more than this share of the largest pull.
ROUNDING = 1e-13
# A direction in which the loss is flat up to this share, and so are the signs, may be left alone.
FLAT = 1e-9
# Rounding may let ties in and out for ever: so often for every weight and example, and no more.
MOST_ENTRIES = 10


@dataclass(frozen=True, eq=False)
class L1Path:
    """Exact solutions for L values of λ; every field has length L, weights is [L, D].

    train_loss, test_loss: half mean square, without the penalty; nonzeros, zeros: how many weights
    are not 0, and how many are exactly 0.
    """

    weight_decay: Array
    weights: Array
    bias: Array
    train_loss: Array
    test_loss: Array

    @property
    def nonzeros(self) -> NDArray[np.int64]:
        """How many weights are not 0, [L]."""
        return np.asarray(np.count_nonzero(self.weights, axis=1))

    @property
    def zeros(self) -> NDArray[np.int64]:
        """How many weights are exactly 0, [L]."""
        return np.asarray(self.weights.shape[1] - self.nonzeros)


@typed
def l1_path(dataset: Dataset, weight_decays: ArrayLike, l1_ratio: float = 1.0) -> L1Path:
    """The exact solution for every λ >= 0, as scikit-learn's ElasticNet(alpha=λ, l1_ratio=ρ).

    ρ = 1 is the lasso, ρ = 0 ridge. ValueError for λ = 0 where examples do not determine every
    weight, unless ρ = 0: which of all least squares solutions is then meant?
    """
    lam = decays(weight_decays)
    require_number("l1_ratio", l1_ratio, "in [0, 1]", lambda ratio: 0 <= ratio <= 1)
    sharp = lam * l1_ratio
    smooth = sharp == 0
    parts = decompose(dataset)
    unique = l1_ratio == 0 or len(parts.s) == dataset.n_features
    rule = "> 0 where the examples do not determine every weight"
    require(unique or not smooth.any(), "weight_decays", rule, 0.0)
    weights = np.zeros((len(lam), dataset.n_features))
    weights[smooth] = ridge_path(dataset, lam[smooth]).weights
    X, y = dataset.X_train - parts.x_mean, dataset.y_train - parts.y_mean
    w = np.zeros(dataset.n_features)
    for place in np.argsort(-lam):
        if not smooth[place]:
            w = _solved(X, y, float(sharp[place]), float(lam[place] * (1 - l1_ratio)), w)
            weights[place] = w
    bias = parts.y_mean - weights @ parts.x_mean
    v = np.vstack([weights.T, bias, np.full(len(lam), -1.0)])
    train, test = (
        mean_half_square(augmented(rows, targets), v, len(rows))
        for rows, targets in (
            (dataset.X_train, dataset.y_train),
            (dataset.X_test, dataset.y_test),
        )
    )
    return L1Path(lam, weights, bias, train, test)


def _solved(X: Array, y: Array, sharp: float, smooth: float, start: Array) -> Array:
    """The solution on centred data for sharp > 0, from another one's weights [D]."""
    w, signs = start.copy(), np.sign(start)
    slack = ROUNDING * float(np.abs(X.T @ y).max()) / len(y)
    for _ in range(MOST_ENTRIES * (len(w) + len(y))):
        before = w.copy()
        _settle(X, y, sharp, smooth, w, signs)
        force = X.T @ (y - X @ w) / len(y) - smooth * w
        outside = np.where(signs == 0, np.abs(force), 0.0)
        strongest = int(outside.argmax())
        # one whose entry moves nothing was pulled by rounding alone
        still = np.array_equal(w, before) and w.any()
        if outside[strongest] <= sharp + slack or still:
            break
        signs[strongest] = np.sign(force[strongest])
    return w


def _settle(X: Array, y: Array, sharp: float, smooth: float, w: Array, signs: Array) -> None:
    """Move w to the best point with these signs, in place; weights that would change theirs leave.

    On the way there the first to reach zero stays at it, and the best point without it is next.
    """
    while (signs != 0).any():
        inside = np.flatnonzero(signs)
        at, sign = w[inside], signs[inside]
        goal = _best(X[:, inside], y, sharp, smooth, at, sign)
        falling = goal * sign < 0
        if not falling.any():
            w[inside] = goal
            return
        shares = np.full(len(inside), np.inf)
        shares[falling] = at[falling] / (at[falling] - goal[falling])
        first = int(shares.argmin())
        w[inside] = at + shares[first] * (goal - at)
        w[inside[first]] = signs[inside[first]] = 0


def _best(X: Array, y: Array, sharp: float, smooth: float, at: Array, sign: Array) -> Array:
    """The minimiser over all w of loss + sharp·sign·w + smooth·‖w‖²/2; where it falls for ever
    along a line, a point on that beyond the first change of sign.
    """
    U, d, Vt = np.linalg.svd(X, full_matrices=False)
    curved = (d > rounding(X)) | (smooth > 0)
    U, d, Vt = U[:, curved], d[curved], Vt[curved]
    slope = sign - Vt.T @ (Vt @ sign)
    if smooth == 0 and np.linalg.norm(slope) > FLAT * np.linalg.norm(sign):
        along = -slope
        falls = along * sign < 0
        return np.asarray(at + 2 * np.abs(at[falls] / along[falls]).min() * along)
    inner = Vt.T @ ((d * (U.T @ y) / len(y) - sharp * (Vt @ sign)) / (d**2 / len(y) + smooth))
    return np.asarray(inner - (sharp / smooth * slope if smooth else 0.0))
