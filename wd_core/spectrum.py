"""What the training data can reach, and how fast: SVD, row and null space, stability limits."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike

from wd_core.types import Array, Dataset, Hyperparameters, as_array

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
    # centring leaves rounding of the size of the data itself, not of the centred data
    rounding = np.abs(X).max() * np.sqrt(X.size) * max(X.shape) * np.finfo(np.float64).eps
    kept = d > rounding
    U, d, V = U[:, kept], d[kept], Vt[kept].T
    s, c = d**2 / n, U.T @ (y - y_mean) / np.sqrt(n)
    for part in (U, s, V, c, x_mean):
        part.setflags(write=False)
    return Spectrum(U, s, V, c, x_mean, y_mean)


def row_space(X: ArrayLike) -> Array:
    """An orthonormal basis [D, r] of the span of the rows of X [N, D]: where gradients live."""
    _, d, Vt = np.linalg.svd(as_array("X", X, 2), full_matrices=False)
    return np.asarray(Vt[d > d.max(initial=0.0) * max(np.shape(X)) * np.finfo(np.float64).eps].T)


def unreachable_norm(X: ArrayLike, weights: ArrayLike) -> Array:
    """‖P₀w‖ for weights [..., D], P₀ the projection onto the null space of X: out of data's reach.

    Under SGD with coupled or decoupled decay it is |1 − ηλ|^t times its start, whatever the
    batch order.
    """
    weights = np.asarray(weights, dtype=np.float64)
    basis = row_space(X)
    return np.asarray(np.linalg.norm(weights - (weights @ basis) @ basis.T, axis=-1))


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


def max_stable_lr(X: ArrayLike, run: Hyperparameters) -> float:
    """The learning rate below which full-batch descent on these rows converges; NaN for Adam.

    2/h for SGD, 2(1+μ)/h for momentum, 2(1+μ)/((1+2μ)h) for Nesterov's as in torch, h being the
    largest curvature of what the loss convention descends. With 2/(c·h) for these, decoupled decay
    has h at λ/c in the place of λ. On the rows of one batch it is the limit of repeating that
    batch, so minibatch descent fails near the smallest of these.
    """
    c = limit_scale(run)
    if np.isnan(c):
        return c
    scale = 2 if run.loss == "mse" else 1
    strength = run.ridge_weight_decay / (1 if run.decay == "coupled" else c)
    return 2 / (c * scale * largest_curvature(X, strength, decay_bias=run.decay_bias))


def limit_scale(run: Hyperparameters) -> float:
    """c of the stability limit 2/(c·h) of the run's optimizer; NaN for Adam, which has none."""
    mu = run.momentum
    return {
        "sgd": 1.0,
        "momentum": 1 / (1 + mu),
        "nesterov": (1 + 2 * mu) / (1 + mu),
    }.get(run.optimizer, np.nan)


def unreachable_factor(run: Hyperparameters, n_train: int) -> float:
    """What one epoch multiplies P₀w by: Π (1 − ηλ) over its steps; NaN where no such factor exists.

    It exists for SGD, and for momentum with decoupled decay, whose velocity never enters the null
    space; infinite beyond floats. Under half_mse a short batch of m rows has coupled decay ηλ·m/B.
    """
    single = run.optimizer == "sgd" or (
        run.optimizer in ("momentum", "nesterov") and run.decay == "decoupled"
    )
    if not single:
        return float("nan")
    whole, rest = divmod(n_train, run.batch_size)
    shrink = run.lr * run.weight_decay
    scaled = run.loss == "half_mse" and run.decay == "coupled"
    last = 1 - shrink * (rest / run.batch_size if scaled else 1.0) if rest else 1.0
    if last == 0:
        return 0.0
    with np.errstate(over="ignore"):
        return float(np.float64(1 - shrink) ** whole * last)
