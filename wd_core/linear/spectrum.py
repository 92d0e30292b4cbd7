"""What the training data can reach, and how fast: SVD, row and null space, stability limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from hashlib import blake2b
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike

from wd_core.arrays import Array, as_array
from wd_core.optimizers import OPTIMIZERS, Hyperparameters, Known
from wd_core.records import Dataset
from wd_core.signatures import typed

# A decomposition of more numbers than this is not kept: the data would take twice their memory.
MOST_KEPT = 1 << 20


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The SVD of the centred training data: U [N, r], s [r] = d²/N, V [D, r], c [r] = Uᵀyc/√N.

    Its arrays are read-only: whoever asks next about the same data gets the same ones.
    """

    U: Array
    s: Array
    V: Array
    c: Array
    x_mean: Array
    y_mean: float


# With the digest of the data, for a Dataset may be built on arrays that someone writes into.
_kept: WeakKeyDictionary[Dataset, tuple[bytes, Spectrum]] = WeakKeyDictionary()


@typed
def decompose(dataset: Dataset) -> Spectrum:
    """The SVD of the centred training data; directions that are zero up to rounding are dropped.

    Worked out once for a data set of moderate size, as long as its numbers stay the same.
    """
    if dataset.X_train.size > MOST_KEPT:
        return _decomposed(dataset)
    digest = blake2b(dataset.X_train.data)
    digest.update(dataset.y_train.data)
    known = _kept.get(dataset)
    if known is None or known[0] != digest.digest():
        known = _kept[dataset] = digest.digest(), _decomposed(dataset)
    return known[1]


def _decomposed(dataset: Dataset) -> Spectrum:
    X, y, n = dataset.X_train, dataset.y_train, dataset.n_train
    x_mean, y_mean = X.mean(0), float(y.mean())
    U, d, Vt = np.linalg.svd(X - x_mean, full_matrices=False)
    kept = d > rounding(X)  # centring leaves rounding of the size of the data itself
    U, d, V = U[:, kept], d[kept], Vt[kept].T
    s, c = d**2 / n, U.T @ (y - y_mean) / np.sqrt(n)
    for part in (U, s, V, c, x_mean):
        part.setflags(write=False)
    return Spectrum(U, s, V, c, x_mean, y_mean)


def rounding(X: Array) -> float:
    """Singular values of X, centred or not, up to this are rounding."""
    return float(np.abs(X).max() * np.sqrt(X.size) * max(X.shape) * np.finfo(np.float64).eps)


@typed
def row_space(X: ArrayLike) -> Array:
    """An orthonormal basis [D, r] of the span of the rows of X [N, D]: where gradients live."""
    X = as_array("X", X, 2)
    _, d, Vt = np.linalg.svd(X, full_matrices=False)
    return np.asarray(Vt[d > rounding(X)].T)


@typed
def unreachable_norm(X: ArrayLike, weights: ArrayLike) -> Array:
    """‖P₀w‖ for weights [..., D], P₀ the projection onto the null space of X: out of data's reach.

    Under SGD with coupled or decoupled decay it is |1 − ηλ|^t times its start, whatever the
    batch order.
    """
    weights = np.asarray(weights, dtype=np.float64)
    basis = row_space(X)
    return np.asarray(np.linalg.norm(weights - (weights @ basis) @ basis.T, axis=-1))


@typed
def largest_curvature(
    X: ArrayLike, weight_decay: float = 0.0, *, decay_bias: bool = False
) -> float:
    """The largest eigenvalue of the Hessian of J over (w, b): [[XᵀX/N + λI, x̄], [x̄ᵀ, 1]].

    With `decay_bias` the last entry is 1 + λ.
    """
    X = as_array("X", X, 2)
    n, d = X.shape
    if d <= n:
        hessian = np.zeros((d + 1, d + 1))
        hessian[:d, :d] = X.T @ X / n + weight_decay * np.eye(d)
        hessian[:d, d] = hessian[d, :d] = X.mean(0)
    else:  # outside the row space the curvature is λ alone: the n directions of the Gram matrix do
        squares, U = np.linalg.eigh(X @ X.T)
        singular = np.sqrt(np.maximum(squares, 0))
        hessian = np.zeros((n + 1, n + 1))
        hessian[:n, :n] = np.diag(singular**2 / n + weight_decay)
        hessian[:n, n] = hessian[n, :n] = singular * U.sum(0) / n
    hessian[-1, -1] = 1 + weight_decay * decay_bias
    return float(np.linalg.eigvalsh(hessian)[-1])


@typed
def max_stable_lr(X: ArrayLike, run: Hyperparameters) -> float:
    """The learning rate below which full-batch descent on these rows converges; NaN if unknown.

    Unknown where a schedule lets η fall: a run that begins to grow may then settle in the end.
    The `Limit` of the run's optimizer and kind of decay, 2/h for plain SGD, at the curvature of
    these rows. On the rows of one batch it is the limit of repeating that batch.
    """
    known = stability(X, run)
    return np.nan if known is None else known.value


@typed
def stability(X: ArrayLike, run: Hyperparameters) -> Known | None:
    """The same with its formula; None without a known limit, where η falls, and with noisy inputs.

    h is the largest curvature over (w, b) of what the run's loss convention descends, with the
    limit's `counted` in the place of λ: twice that of the half mean square under `mse`. Of λ counts
    what weighs ‖w‖²/2. Thresholding lengthens no difference: below the limit every start converges;
    above it those diverge that begin far out, while others may be held where weights are zero.
    """
    limit = OPTIMIZERS[run.optimizer].decays[run.decay].limit
    if limit is None or run.input_noise or run.lr_falls:
        return None
    symbols = {"λ": run.ridge_weight_decay, "μ": run.momentum}
    counted = limit.counted.at(symbols).value
    scale = 2 if run.loss == "mse" else 1
    h = math.inf  # where what is counted is beyond floats
    if math.isfinite(counted):
        h = scale * largest_curvature(X, counted, decay_bias=run.decay_bias)
    return limit.lr.at({**symbols, "h": h})
