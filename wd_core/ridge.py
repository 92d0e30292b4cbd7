"""Exact ridge solutions by one SVD: the path over λ, θ ⇄ λ, degrees of freedom, GCV, leave-one-out.

w*(λ) = argmin 1/(2N) Σ r² + (λ/2)‖w‖² with a free bias. With the centred Xc = U D Vᵀ,
s_j = d_j²/N and c_j = u_jᵀ yc/√N:  w*(λ) = Σ v_j √s_j c_j/(s_j + λ),  b* = ȳ − x̄·w*.
λ = 0 means the limit λ → 0⁺, the least-norm solution of least squares.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wd_core.spectrum import Spectrum, decompose
from wd_core.types import Array, Dataset, as_array, require

# 1 − h_ii below this share of the largest is rounding: row i determines its own fit.
INTERPOLATES = 1e-10
# Newton on the secular equation needs 5 steps as a rule; the hardest start known needs 40.
NEWTON_STEPS = 100


@dataclass(frozen=True, eq=False)
class RidgePath:
    """Exact solutions for L values of λ; every field but weights [L, D] has length L.

    train_loss, test_loss: half mean square; dof = 1 + Σ s/(s + λ), the intercept included;
    gcv, loo: estimates of the mean square (not halved) of a new prediction, the second the mean of
    the squared residuals r_i/(1 − h_ii), for Nλ held fixed. Undefined is NaN.
    """

    weight_decay: Array
    weights: Array
    bias: Array
    train_loss: Array
    test_loss: Array
    weight_norm: Array
    dof: Array
    gcv: Array
    loo: Array


def ridge_path(dataset: Dataset, weight_decays: ArrayLike) -> RidgePath:
    """The exact solution for every λ >= 0, with its losses and what selects among them."""
    lam = as_array("weight_decays", weight_decays, 1)
    require(bool((lam >= 0).all()), "weight_decays", ">= 0", float(lam.min(initial=0.0)))
    parts = decompose(dataset)
    shrink = _filter(parts.s, lam)  # [L, r]
    coordinates = shrink * parts.c / np.sqrt(parts.s)
    weights = coordinates @ parts.V.T
    bias = parts.y_mean - weights @ parts.x_mean
    n, residual_scale = dataset.n_train, np.sqrt(dataset.n_train)
    centred = dataset.y_train - parts.y_mean
    residual = centred - residual_scale * (shrink * parts.c) @ parts.U.T
    test_residual = weights @ dataset.X_test.T + bias[:, None] - dataset.y_test
    gcv, loo = _selection(parts, lam, centred)
    return RidgePath(
        weight_decay=lam,
        weights=weights,
        bias=bias,
        train_loss=(residual**2).sum(1) / (2 * n),
        test_loss=(test_residual**2).mean(1) / 2,
        weight_norm=np.sqrt((coordinates**2).sum(1)),
        dof=1 + shrink.sum(1),
        gcv=gcv,
        loo=loo,
    )


def norm_for_weight_decay(dataset: Dataset, weight_decay: float) -> float:
    """θ(λ) = ‖w*(λ)‖² = Σ s c²/(s + λ)²; strictly falling in λ."""
    require(weight_decay >= 0, "weight_decay", ">= 0", weight_decay)
    parts = decompose(dataset)
    return _theta(parts.s, parts.c, weight_decay)


def weight_decay_for_norm(dataset: Dataset, theta: float) -> float:
    """λ(θ), the λ >= 0 with ‖w*(λ)‖² = θ; 0.0 where θ >= ‖w*(0)‖² and the constraint is idle."""
    require(theta > 0, "theta", "> 0", theta)
    parts = decompose(dataset)
    return secular_root(parts.s, parts.c, theta)


def secular_root(s: Array, c: Array, theta: float) -> float:
    """The λ >= 0 with Σ s c²/(s + λ)² = θ, 0.0 where none is needed; s > 0.

    Newton on 1/‖w*(λ)‖ = 1/√θ, which is concave in λ: from the left it climbs to the root without
    overshooting. The start is the larger of 0 and ‖√s c‖/√θ − s_max.
    """
    if _theta(s, c, 0.0) <= theta:
        return 0.0
    radius, pull = math.sqrt(theta), np.sqrt(s) * c
    lam = max(0.0, math.sqrt(pull @ pull) / radius - float(s.max()))
    for _ in range(NEWTON_STEPS):
        inverse = 1 / (s + lam)
        w = pull * inverse
        norm = math.sqrt(w @ w)
        share = w / norm  # lest the squares of tiny weights underflow
        step = (norm / radius - 1) / float((share * share) @ inverse)
        if lam + step <= lam:
            break
        lam += step
    return lam


def _theta(s: Array, c: Array, weight_decay: float) -> float:
    return float((s * (c / (s + weight_decay)) ** 2).sum())


def _filter(s: Array, lam: Array) -> Array:
    """s/(s + λ), [L, r]."""
    return s / (s + lam[:, None])


def _selection(parts: Spectrum, lam: Array, centred: Array) -> tuple[Array, Array]:
    """GCV and mean squared leave-one-out residual, [L] each, from r = (I − H)y and gap = 1 − h_ii.

    Where the data leave no residual at λ = 0 (rank n − 1), both vanish like λ; they are divided by
    λ first, which cancels in the quotients and leaves the finite limit at λ = 0.
    """
    n, r = parts.U.shape
    inside = 1 / (parts.s[:, None] + lam)  # [r, L]
    along = np.sqrt(n) * parts.c[:, None]
    squares = parts.U**2
    if r < n - 1:
        inside = lam * inside
        residual = parts.U @ (inside * along) + (centred - parts.U @ along[:, 0])[:, None]
        gap = squares @ inside + (1 - 1 / n - squares.sum(1))[:, None]
    else:
        residual = parts.U @ (inside * along)
        gap = squares @ inside
    defined = gap > INTERPOLATES * gap.max(0, initial=0.0)  # [n, L]
    mean_gap = gap.mean(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        gcv = np.where(mean_gap > 0, (residual**2).mean(0) / mean_gap**2, np.nan)
        loo = np.where(defined.all(0), ((residual / gap) ** 2).mean(0), np.nan)
    return gcv, loo
