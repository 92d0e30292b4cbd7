"""Which λ a belief about the weights stands for, and which belief a λ: Gaussian, and Laplacian.

With noise N(0, σ²), a flat prior of the bias and w_j independent, the most probable w minimises
n·L/σ² less the logarithm of the prior: ridge for e^{−w²/(2τ²)}, the lasso for e^{−|w|/β}.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np

from wd_core.checks import require, require_whole
from wd_core.signatures import typed

Prior = Literal["gaussian", "laplacian"]
# λ = σ²/(n·width^power): the power of the prior's width.
POWERS: Mapping[str, int] = {"gaussian": 2, "laplacian": 1}


@typed
def bayes_weight_decay(noise: float, weight_std: float, n_train: int) -> float:
    """λ = σ²/(nτ²): with w ~ N(0, τ²I) and noise N(0, σ²) ridge is the posterior mean.

    No λ has a smaller risk on average over this prior. Infinite for τ = 0 (w = 0 is known); NaN
    where σ = τ = 0, and any λ does. Source: Hoerl and Kennard 1970; Bishop 2006, § 3.3.
    """
    return _ratio(noise, "weight_std", weight_std, n_train, POWERS["gaussian"])


@typed
def laplace_weight_decay(noise: float, weight_scale: float, n_train: int) -> float:
    """λ = σ²/(nβ): with w_j ~ e^{−|w|/β}/(2β) the lasso's solution is the posterior's mode.

    It is not the posterior's mean, which is nowhere exactly 0. Infinite for β = 0; NaN where
    σ = β = 0. Source: Tibshirani 1996, § 5.
    """
    return _ratio(noise, "weight_scale", weight_scale, n_train, POWERS["laplacian"])


@typed
def prior_width(
    noise: float, weight_decay: float, n_train: int, prior: Prior = "gaussian"
) -> float:
    """τ = σ/√(nλ) or β = σ²/(nλ), of the prior for which λ's solution is the posterior's mode.

    Infinite for λ = 0: a flat prior; NaN where σ = λ = 0.
    """
    return float(_ratio(noise, "weight_decay", weight_decay, n_train, 1) ** (1 / POWERS[prior]))


def _ratio(noise: float, name: str, value: float, n_train: int, power: int) -> float:
    """σ²/(n·value^power)."""
    for argument, number in (("noise", noise), (name, value)):
        require(0 <= number < math.inf, argument, "a finite number >= 0", number)
    require_whole("n_train", n_train, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.float64(noise) ** 2 / (n_train * np.float64(value) ** power))
