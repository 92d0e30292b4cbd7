"""Data loss, penalty and gradient: the one place that states the λ convention.

L(w, b) = 1/(2N) Σ (x_i·w + b − y_i)²,  penalty = (λ/2)‖w‖²,  J = L + penalty; the bias is not
penalised. The engine works on augmented data A = [X, 1, y] and weights v = [w; b; −1], for which
the residual is A v, so that L = ‖A v‖²/(2N) and its gradient is Aᵀ(A v)/N.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wd_core.arrays import Array, as_array
from wd_core.signatures import typed


@typed
def data_loss(X: ArrayLike, y: ArrayLike, w: ArrayLike, b: float = 0.0) -> float:
    """Half mean square 1/(2N) Σ (x_i·w + b − y_i)², X [N, D], y [N], w [D]; without the penalty."""
    residual = as_array("X", X, 2) @ as_array("w", w, 1) + b - as_array("y", y, 1)
    return float(residual @ residual) / (2 * len(residual))


@typed
def penalty(w: ArrayLike, weight_decay: float) -> float:
    """(λ/2)‖w‖²."""
    w = as_array("w", w, 1)
    return weight_decay / 2 * float(w @ w)


@typed
def objective(X: ArrayLike, y: ArrayLike, w: ArrayLike, b: float, weight_decay: float) -> float:
    """J = data loss + penalty."""
    return data_loss(X, y, w, b) + penalty(w, weight_decay)


@typed
def gradient(
    X: ArrayLike, y: ArrayLike, w: ArrayLike, b: float = 0.0, weight_decay: float = 0.0
) -> tuple[Array, float]:
    """(∂J/∂w [D], ∂J/∂b): Xᵀr/N + λw and the mean of r, with r = Xw + b − y."""
    X, w = as_array("X", X, 2), as_array("w", w, 1)
    residual = X @ w + b - as_array("y", y, 1)
    return X.T @ residual / len(X) + weight_decay * w, float(residual.mean())


def augmented(X: Array, y: Array, scale: float = 1.0, dtype: Any = np.float64) -> NDArray[Any]:
    """A = scale·[X, 1, y], [N, D+2]."""
    A = np.empty((X.shape[0], X.shape[1] + 2), dtype)
    np.multiply(X, scale, out=A[:, :-2], casting="same_kind")
    A[:, -2] = scale
    np.multiply(y, scale, out=A[:, -1], casting="same_kind")
    return A


def mean_half_square(A: Any, v: Any, n: float) -> Any:
    """‖A v‖²/(2n) for every column of v, [columns]."""
    residual = A @ v
    return (residual * residual).sum(0) / (2 * n)
