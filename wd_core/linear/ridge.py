"""Exact ridge solutions by one SVD: the path over λ, θ ⇄ λ, degrees of freedom, GCV, leave-one-out.

w*(λ) = argmin 1/(2N) Σ r² + (λ/2)‖w‖² with a free bias. With the centred Xc = U D Vᵀ,
s_j = d_j²/N and c_j = u_jᵀ yc/√N:  w*(λ) = Σ v_j √s_j c_j/(s_j + λ),  b* = ȳ − x̄·w*.
λ = 0 means the limit λ → 0⁺, the least-norm solution of least squares.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from wd_core.arrays import Array, as_array
from wd_core.checks import require
from wd_core.linear.spectrum import decompose
from wd_core.linear.stack import stack_of
from wd_core.records import Dataset
from wd_core.signatures import typed

# Newton on the secular equation needs 5 steps as a rule; the hardest start known needs 40.
NEWTON_STEPS = 100


@dataclass(frozen=True, eq=False)
class RidgePath:
    """Exact solutions for L values of λ; every field has length L, weights is [L, D].

    train_loss, test_loss: half mean square; dof = 1 + Σ s/(s + λ), the intercept included;
    gcv, loo: estimates of the mean square (not halved) of a new prediction, the second the mean of
    the squared residuals r_i/(1 − h_ii), for Nλ held fixed. Undefined is NaN. `weights` is worked
    out on first access, from its coordinates [L, r] along the columns of V [D, r].
    """

    weight_decay: Array
    bias: Array
    train_loss: Array
    test_loss: Array
    weight_norm: Array
    dof: Array
    gcv: Array
    loo: Array
    coordinates: Array = field(repr=False)
    V: Array = field(repr=False)

    @cached_property
    def weights(self) -> Array:
        """w*(λ), [L, D]."""
        return self.coordinates @ self.V.T


@typed
def ridge_path(dataset: Dataset, weight_decays: ArrayLike) -> RidgePath:
    """The exact solution for every λ >= 0, with its losses and what selects among them."""
    lam = decays(weight_decays)
    parts = decompose(dataset)
    stack = stack_of(dataset, parts, len(lam))
    coordinates, inverse = stack.coordinates(lam[None])[0], 1 / (parts.s + lam[:, None])
    left, rest = lam[:, None] * inverse * parts.c, stack.rest[0]
    return RidgePath(
        weight_decay=lam,
        bias=parts.y_mean - coordinates @ (parts.V.T @ parts.x_mean),
        train_loss=((left**2).sum(1) + rest @ rest / dataset.n_train) / 2,
        test_loss=stack.test_loss(lam[None])[0],
        weight_norm=np.sqrt((coordinates**2).sum(1)),
        dof=1 + (parts.s * inverse).sum(1),
        gcv=stack.gcv(lam[None])[0],
        loo=stack.loo(lam[None])[0],
        coordinates=coordinates,
        V=parts.V,
    )


@typed
def decays(weight_decays: ArrayLike) -> Array:
    """λ [L], each >= 0; ValueError otherwise."""
    lam = as_array("weight_decays", weight_decays, 1)
    require(bool((lam >= 0).all()), "weight_decays", ">= 0", float(lam.min(initial=0.0)))
    return lam


@overload
def norm_for_weight_decay(dataset: Dataset, weight_decay: float) -> float: ...
@overload
def norm_for_weight_decay(dataset: Dataset, weight_decay: Sequence[float] | Array) -> Array: ...
@typed
def norm_for_weight_decay(dataset: Dataset, weight_decay: ArrayLike) -> float | Array:
    """θ(λ) = ‖w*(λ)‖² = Σ s c²/(s + λ)², strictly falling in λ; an array for an array of λ."""
    lam = np.asarray(weight_decay, dtype=np.float64)
    require(bool((lam >= 0).all()), "weight_decay", ">= 0", weight_decay)
    parts = decompose(dataset)
    theta = (parts.s * (parts.c / (parts.s + lam[..., None])) ** 2).sum(-1)
    return theta if lam.ndim else float(theta)


@overload
def weight_decay_for_norm(dataset: Dataset, theta: float) -> float: ...
@overload
def weight_decay_for_norm(dataset: Dataset, theta: Sequence[float] | Array) -> Array: ...
@typed
def weight_decay_for_norm(dataset: Dataset, theta: ArrayLike) -> float | Array:
    """λ(θ), the λ >= 0 with ‖w*(λ)‖² = θ; an array for an array of θ.

    0.0 where θ >= ‖w*(0)‖² and the constraint is idle.
    """
    bounds = np.asarray(theta, dtype=np.float64)
    require(bool((bounds > 0).all()), "theta", "> 0", theta)
    parts = decompose(dataset)
    lam = [secular_root(parts.s, parts.c, bound) for bound in bounds.ravel().tolist()]
    return np.reshape(lam, bounds.shape) if bounds.ndim else lam[0]


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
