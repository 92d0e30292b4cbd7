"""Ridge on isotropic Gaussian data where n and d are large: its test risk in closed form.

y = b + x·β + σε with x ~ N(0, I_d), ε ~ N(0, 1), ‖β‖² = r². The penalty is (λ/2)‖w‖² on the half
mean square, the bias is free where there is one. The limits hold as n, d → ∞ at a fixed ratio.
Hastie, Montanari, Rosset, Tibshirani 2022; Dobriban, Wager 2018; Krogh, Hertz 1992.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wd_core.arrays import Array
from wd_core.checks import Phrase, require, require_non_negative
from wd_core.signatures import typed


@dataclass(frozen=True, eq=False)
class Risk:
    """The mean square error of a prediction for a new x, in its parts; arrays of one shape.

    noise = σ², which no predictor can lower; excess = bias² + variance; total = excess + σ².
    """

    bias2: Array
    variance: Array
    noise: float

    @property
    def excess(self) -> Array:
        """What the fit adds to the noise."""
        return np.asarray(self.bias2 + self.variance)

    @property
    def total(self) -> Array:
        """The mean square error of a new y; the book's test loss is half of it."""
        return np.asarray(self.excess + self.noise)


@dataclass(frozen=True)
class Isotropic:
    """The distribution of the data, whatever n and d: noise = σ, signal = r² = ‖β‖².

    With an intercept n centred rows carry what n − 1 rows carry without, and the mean of y adds
    its own error: every risk is that of n − 1 rows at the same nλ, times 1 + 1/n.
    """

    noise: float = 0.5
    signal: float = 1.0
    intercept: bool = False

    def __post_init__(self) -> None:
        require_non_negative("noise", self.noise)
        require_non_negative("signal", self.signal)
        require(isinstance(self.intercept, bool), "intercept", "True or False", self.intercept)

    @typed
    def rows(self, n_train: ArrayLike) -> Array:
        """n, or n − 1 with an intercept: as many features fit any y exactly."""
        n = np.asarray(n_train, dtype=np.float64)
        least = 1 + self.intercept
        require(
            bool((n >= least).all()),
            "n_train",
            Phrase(">= {least}", least=least),
            float(n.min(initial=math.inf)),
        )
        return n - self.intercept

    @typed
    def best_weight_decay(self, n_train: ArrayLike, n_features: ArrayLike) -> Array:
        """λ* = dσ²/(n r²), the λ of the least risk; also the Bayes λ for β_j ~ N(0, r²/d)."""
        n, d = np.asarray(n_train, np.float64), _features(n_features)
        with np.errstate(divide="ignore", invalid="ignore"):
            best = d * self.noise**2 / (n * np.float64(self.signal))
        return np.asarray(np.where(np.isnan(best), 0.0, best))

    @typed
    def limit(self, n_train: ArrayLike, n_features: ArrayLike, weight_decay: ArrayLike) -> Risk:
        """The risk of ridge as n, d → ∞, by broadcasting; n and d need not be whole.

        With γ = d/n, a = 1 − γ + λ, p = 1 − γ − λ and D² = (λ + (1−√γ)²)(λ + (1+√γ)²):
        bias² = r² (D−a)(D−p)/(4γD), variance = σ²γ (D+p)/(D(D+a)). These are r²λ²m′ and
        σ²γ(m − λm′), m(−λ) the Stieltjes transform of the Marchenko–Pastur law, with nothing in
        them that cancels. λ = 0 is λ → 0⁺; the variance is infinite at γ = 1 there, 0 at λ = ∞.
        """
        n, d = np.asarray(n_train, np.float64), _features(n_features)
        lam = np.asarray(weight_decay, dtype=np.float64)
        require(bool((lam >= 0).all()), "weight_decay", ">= 0", float(lam.min(initial=0.0)))
        rows = self.rows(n)
        shares = _shares(*np.broadcast_arrays(d / rows, lam * n / rows))
        return self._risk(n, *shares)

    @typed
    def expected_without_decay(self, n_train: ArrayLike, n_features: ArrayLike) -> Risk:
        """The exact mean for λ → 0 at finite n and d; infinite for |d − n| <= 1 (n − 1 for n).

        variance: d/(n−d−1), or n/(d−n−1); bias²: 0, or 1 − n/d.
        """
        n, d = np.asarray(n_train, np.float64), _features(n_features)
        rows = self.rows(n)
        with np.errstate(divide="ignore"):
            spread = np.minimum(rows, d) / np.maximum(np.abs(rows - d) - 1, 0)
        return self._risk(n, np.maximum(1 - rows / d, 0), spread)

    @typed
    def without_features(self, n_train: ArrayLike) -> Array:
        """The total risk of w = 0: of predicting 0, or the mean of y with an intercept."""
        n = np.asarray(n_train, np.float64)
        return np.asarray(self._factor(n) * (self.signal + self.noise**2))

    @property
    def second_minimum(self) -> float:
        """d/n (d/(n − 1)) of the least risk beyond the peak for λ → 0; ∞ where it falls for ever.

        √SNR/(√SNR − 1), SNR = r²/σ² > 1. Without noise there is no peak: 1.
        """
        ratio = self.noise / math.sqrt(self.signal) if self.signal else math.inf
        return 1 / (1 - ratio) if ratio < 1 else math.inf

    def _factor(self, n: Array) -> Array:
        return np.asarray(1 + 1 / n if self.intercept else np.ones_like(n))

    def _risk(self, n: Array, missed: Array, spread: Array) -> Risk:
        """The share of r² that is missed and the spread per σ², as the risk of the model."""
        noise, factor = self.noise**2, self._factor(n)
        variance = np.zeros_like(spread) if noise == 0 else noise * spread
        return Risk(
            bias2=factor * self.signal * missed,
            variance=factor * variance + (factor - 1) * noise,
            noise=noise,
        )


def _features(n_features: ArrayLike) -> Array:
    d = np.asarray(n_features, dtype=np.float64)
    require(bool((d > 0).all()), "n_features", "> 0", float(d.min(initial=math.inf)))
    return d


def _shares(ratio: Array, lam: Array) -> tuple[Array, Array]:
    """bias²/r² and variance/σ² without an intercept."""
    a, p = 1 - ratio + lam, 1 - ratio - lam
    D = np.hypot(a, 2 * np.sqrt(ratio * lam))
    with np.errstate(divide="ignore", invalid="ignore"):
        less_a, less_p = _less(D, a, 4 * ratio * lam), _less(D, p, 4 * lam)
        more_a, more_p = _less(D, -a, 4 * ratio * lam), _less(D, -p, 4 * lam)
        # (D−a)(D+a) = 4γλ and (D−p)(D+p) = 4λ: the same quotient, where it is not 0/0
        quotient = np.where(a < 0, less_a / (ratio * less_p), more_p / more_a)
        missed = less_a / ratio * (less_p / D) / 4
        spread = ratio * quotient / D
    at_peak, heavy = D == 0, np.isinf(lam)
    missed = np.where(at_peak, 0.0, np.where(heavy, 1.0, missed))
    return missed, np.where(at_peak, np.inf, np.where(heavy, 0.0, spread))


def _less(D: Array, x: Array, product: Array) -> Array:
    """D − x where D² − x² = product, without cancellation."""
    return np.asarray(np.where(x > 0, product / (D + x), D - x))
