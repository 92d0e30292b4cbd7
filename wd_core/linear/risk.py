"""The test risk of ridge, measured: many Gaussian training sets in one batch, all λ at once.

The data are those of `highdim`. The risk of each fit is exact: the mean over every new x, not over
a test set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wd_core.arrays import Array, as_array
from wd_core.checks import Phrase, require, require_whole
from wd_core.linear.highdim import Isotropic, Risk
from wd_core.seeding import seed_of
from wd_core.signatures import typed


@dataclass(frozen=True, eq=False)
class Draws:
    """R training sets, each by its SVD Xc = U diag(s) Vᵀ of rank k: all that ridge reads.

    Xc: centred where there is an intercept. s2 [R, k] squared singular values; of the direction
    β/r, of x̄ and of ε/σ: their coordinates [R, k] in V, V and U. What V does not span, [R]:
    the squared length of β/r there, and its product with x̄. mean_noise [R]: the mean of ε/σ.
    """

    n_train: int
    intercept: bool
    s2: Array
    truth: Array
    mean: Array
    noise: Array
    missed: Array
    missed_mean: Array
    mean_noise: Array


@dataclass(frozen=True, eq=False)
class Measured:
    """For L values of λ and R training sets, [L, R]: the risk of the very fit, and its parts.

    `total` is that of the noise that was drawn; `parts` hold its mean over all noise, exactly.
    """

    total: Array
    parts: Risk


@typed
def stream(seed: int, n_train: int, n_features: int) -> np.random.Generator:
    """The random numbers of the training sets of this size: every size has its own."""
    require_whole("n_train", n_train, 1)
    require_whole("n_features", n_features, 1)
    return np.random.default_rng([seed_of(seed, "data"), n_train, n_features])


@typed
def training_sets(
    draw: np.random.Generator, n_train: int, n_features: int, count: int
) -> tuple[Array, Array]:
    """The next training sets, X [R, n, d] and ε/σ [R, n]; the same, however they are parted."""
    require_whole("count", count, 1)
    numbers = draw.standard_normal((count, n_train, n_features + 1))
    return numbers[..., :-1], numbers[..., -1]


@typed
def decompose_sets(X: Array, noise: Array, *, intercept: bool) -> Draws:
    """Training sets X [R, n, d], ε/σ [R, n] in their singular directions; β_j = r/√d for every j.

    One eigendecomposition of the smaller Gram matrix each, which keeps half the digits of small s:
    enough for Gaussian data, whose smallest s is seldom below 1/n of the largest.
    """
    require(X.ndim == 3, "X", "an array with 3 axes", X.shape)
    count, n, d = X.shape
    require(
        noise.shape == (count, n),
        "noise",
        Phrase("of shape {shape}", shape=(count, n)),
        noise.shape,
    )
    rank = min(n - intercept, d)
    require(rank >= 1, "n_train", ">= 2 with an intercept", n)
    x_mean = X.mean(1) if intercept else np.zeros((count, d))
    mean_noise = noise.mean(1) if intercept else np.zeros(count)
    X, noise = X - x_mean[:, None], noise - mean_noise[:, None]
    directions = np.stack([np.full((count, d), d**-0.5), x_mean], -1)  # [R, d, 2]
    if rank == d:
        s2, V = _eigh(X.mT @ X)
        inside = V.mT @ directions
        along = (V.mT @ (X.mT @ noise[..., None]))[..., 0] / np.sqrt(s2)
    else:
        s2, U = _eigh(X @ X.mT)
        s2, U = s2[:, -rank:], U[..., -rank:]  # centring leaves one direction without data
        inside = U.mT @ (X @ directions) / np.sqrt(s2)[..., None]
        along = (U.mT @ noise[..., None])[..., 0]
    truth, mean = inside[..., 0], inside[..., 1]
    whole = directions[..., 0]
    return Draws(
        n_train=n,
        intercept=intercept,
        s2=s2,
        truth=truth,
        mean=mean,
        noise=along,
        missed=np.maximum(1 - (truth**2).sum(1), 0) if rank < d else np.zeros(count),
        missed_mean=((whole * x_mean).sum(1) - (truth * mean).sum(1)) * (rank < d),
        mean_noise=mean_noise,
    )


@typed
def together(parts: Sequence[Draws]) -> Draws:
    """At least one part of the training sets of one size, as they were drawn, in one."""
    require(len(parts) > 0, "parts", "at least one", parts)
    if len(parts) == 1:
        return parts[0]
    arrays = {field.name for field in fields(Draws)} - {"n_train", "intercept"}
    whole: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in arrays
    }
    return replace(parts[0], **whole)


def _eigh(gram: Array) -> tuple[Array, Array]:
    """Eigenvalues, none below rounding, and eigenvectors."""
    s2, vectors = np.linalg.eigh(gram)
    return np.maximum(s2, np.finfo(np.float64).eps * s2[:, -1:]), vectors


@typed
def measured(draws: Draws, model: Isotropic, weight_decays: ArrayLike) -> Measured:
    """The risk of ridge on every training set for every λ >= 0; 0 is λ → 0⁺.

    In V, w − β has the coordinates (s ε_u − nλ β_v)/(s² + nλ); a new x sees its square, and
    (ε̄ − x̄·(w − β))² from the bias.
    """
    lam = as_array("weight_decays", weight_decays, 1)
    require(bool((lam >= 0).all()), "weight_decays", ">= 0", float(lam.min(initial=0.0)))
    r, sigma = np.sqrt(model.signal), model.noise
    kept, shrunk = _filters(draws, lam)
    off = -r * shrunk * draws.truth  # [L, R, k], the mean over the noise
    swing = sigma * kept  # times a standard normal number each
    beyond = r * draws.missed_mean
    bias2 = _square(off) + r**2 * draws.missed + (_dot(draws.mean, off) - beyond) ** 2
    variance = _square(swing) + _square(draws.mean * swing) + _of_mean(draws, sigma)
    error = off + swing * draws.noise
    at_mean = sigma * draws.mean_noise - _dot(draws.mean, error) + beyond
    total = _square(error) + r**2 * draws.missed + at_mean**2 + sigma**2
    return Measured(total, Risk(bias2, variance, sigma**2))


@typed
def refitted(
    draws: Draws, model: Isotropic, weight_decay: float, times: int, fresh: np.random.Generator
) -> tuple[Array, Array]:
    """bias² and variance of every training set by Monte Carlo, [R] each: X stays, ε is drawn anew.

    From the mean and the spread of `times` >= 2 fits; unbiased both, so that a small bias² may
    come out below 0.
    """
    require_whole("times", times, 2)
    r, sigma = np.sqrt(model.signal), model.noise
    kept, shrunk = (part[0] for part in _filters(draws, np.array([weight_decay])))
    off = -r * shrunk * draws.truth
    steady = np.append(off, (r * draws.missed_mean - _dot(draws.mean, off))[:, None], -1)
    swing = sigma * kept * fresh.standard_normal((times, *draws.s2.shape))  # [T, R, k]
    at_mean = np.sqrt(_of_mean(draws, sigma)) * fresh.standard_normal((times, len(draws.s2)))
    swing = np.append(swing, (at_mean - _dot(draws.mean, swing))[..., None], -1)
    variance = swing.var(0, ddof=1).sum(-1)
    bias2 = _square(steady + swing.mean(0)) + r**2 * draws.missed - variance / times
    return bias2, np.asarray(variance)


def _filters(draws: Draws, lam: Array) -> tuple[Array, Array]:
    """s/(s² + nλ), what a fit takes over from the noise, and nλ/(s² + nλ), [L, R, k]."""
    alpha = draws.n_train * lam[:, None, None]
    return np.sqrt(draws.s2) / (draws.s2 + alpha), alpha / (draws.s2 + alpha)


def _of_mean(draws: Draws, sigma: float) -> float:
    """The variance of ȳ, where there is an intercept."""
    return sigma**2 / draws.n_train if draws.intercept else 0.0


def _square(parts: Array) -> Array:
    return np.asarray((parts**2).sum(-1))


def _dot(one: Array, other: Array) -> Array:
    return np.asarray((one * other).sum(-1))
