"""Priors and the λ they stand for: by conditioning, by risk, and by searching for the mode."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from tests.oracles import random_dataset
from wd_core import (
    Dataset,
    bayes_weight_decay,
    l1_path,
    laplace_weight_decay,
    prior_width,
    ridge_path,
)


def test_the_decay_of_bayes_is_the_posterior_mean():
    """E[w | y] of the joint normal, by conditioning; the bias known to be 0."""
    draw = np.random.default_rng(0)
    n, d, noise, spread = 9, 5, 0.3, 0.7
    X, y = draw.normal(size=(n, d)), draw.normal(size=n)
    mean = spread**2 * X.T @ np.linalg.solve(spread**2 * X @ X.T + noise**2 * np.eye(n), y)
    # mirrored rows make the mean zero; each counts twice, as 2n rows of twice the variance
    data = Dataset(np.vstack([X, -X]), np.concatenate([y, -y]), X, y)
    decay = bayes_weight_decay(noise * np.sqrt(2), spread, 2 * n)
    np.testing.assert_allclose(ridge_path(data, [decay]).weights[0], mean, rtol=1e-10)


def test_no_decay_has_a_smaller_risk_on_average_over_the_prior():
    """The same draws at every λ: the best of the mean test loss is Bayes' λ."""
    n, d, noise, spread = 15, 10, 0.5, 0.4
    draw, losses = np.random.default_rng(1), []
    decay = bayes_weight_decay(noise, spread, n)
    assert decay == pytest.approx(0.25 / (15 * 0.16))
    decays = decay * np.logspace(-0.6, 0.6, 13)
    for _ in range(4000):
        w = spread * draw.normal(size=d)
        X = draw.normal(size=(n, d))
        data = Dataset(X, X @ w + noise * draw.normal(size=n), np.eye(d), w)
        path = ridge_path(data, decays)
        losses.append(((path.weights - w) ** 2).sum(1))
    losses = np.array(losses)
    assert abs(int(losses.mean(0).argmin()) - 6) <= 1
    # paired differences to Bayes' λ, in standard errors: the ends are clearly worse
    worse = (losses - losses[:, [6]])[:, [0, -1]]
    assert (worse.mean(0) > 4 * worse.std(0) / np.sqrt(len(losses))).all()


def test_the_decay_of_bayes_on_the_books_data():
    assert bayes_weight_decay(0.01, 0.01, 20) == pytest.approx(0.05)
    assert bayes_weight_decay(0.05, 0.01, 20) == pytest.approx(1.25)


def test_certainty_of_the_data_or_of_the_weights():
    assert bayes_weight_decay(0.0, 1.0, 20) == 0.0
    assert bayes_weight_decay(1.0, 0.0, 20) == math.inf
    assert math.isnan(bayes_weight_decay(0.0, 0.0, 20))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1.0, 1.0, 1), "noise must be a finite number >= 0, got -1.0"),
        ((np.nan, 1.0, 1), "noise must be"),
        ((1.0, -2.0, 1), "weight_std must be a finite number >= 0, got -2.0"),
        ((1.0, math.inf, 1), "weight_std must be"),
        ((1.0, 1.0, 0), "n_train must be a whole number >= 1, got 0"),
        ((1.0, 1.0, 2.5), "n_train must be a whole number"),
    ],
)
def test_impossible_priors_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        bayes_weight_decay(*arguments)


# --- modes --------------------------------------------------------------------------------------

# The logarithm of each prior's density at w, up to a constant, for a width.
LOGARITHMS = {
    "gaussian": lambda w, width: -(w**2).sum() / (2 * width**2),
    "laplacian": lambda w, width: -np.abs(w).sum() / width,
}
SOLUTIONS = {
    "gaussian": (bayes_weight_decay, ridge_path),
    "laplacian": (laplace_weight_decay, l1_path),
}


@pytest.mark.parametrize("width", [0.05, 0.3])
@pytest.mark.parametrize("prior", LOGARITHMS)
def test_the_solution_is_the_most_probable_weights(prior, width):
    """A search for the highest posterior finds nothing higher, nor do 500 draws near by."""
    data, noise = random_dataset(12, 3), 0.5
    decay, path = SOLUTIONS[prior]
    exact = path(data, [decay(noise, width, 12)])

    def unlikely(p):
        residual = data.y_train - data.X_train @ p[:3] - p[3]
        return residual @ residual / (2 * noise**2) - LOGARITHMS[prior](p[:3], width)

    mode = np.array([*exact.weights[0], exact.bias[0]])
    found = minimize(
        unlikely, np.full(4, 0.1), method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 20_000, "maxfev": 20_000},
    )  # fmt: skip
    assert unlikely(mode) <= found.fun + 1e-9
    near = mode + 1e-3 * np.random.default_rng(0).normal(size=(500, 4))
    assert min(unlikely(p) for p in near) > unlikely(mode)


@pytest.mark.parametrize("prior", LOGARITHMS)
@pytest.mark.parametrize("width", [0.05, 1.0, 30.0])
def test_the_width_of_a_decay_is_the_one_that_gives_it(prior, width):
    decay, _ = SOLUTIONS[prior]
    assert prior_width(0.3, decay(0.3, width, 15), 15, prior) == pytest.approx(width)


def test_no_decay_is_a_flat_prior():
    for prior in LOGARITHMS:
        assert prior_width(0.3, 0.0, 15, prior) == math.inf
        assert prior_width(0.0, 0.5, 15, prior) == 0.0
        assert math.isnan(prior_width(0.0, 0.0, 15, prior))
    assert laplace_weight_decay(1.0, 0.0, 20) == math.inf


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.0, -2.0, 1), "weight_decay must be a finite number >= 0, got -2.0"),
        ((1.0, 1.0, 1, "cauchy"), "prior must be one of gaussian, laplacian, got 'cauchy'"),
    ],
)
def test_impossible_decays_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        prior_width(*arguments)
    with pytest.raises(ValueError, match=r"weight_scale must be .* >= 0, got -1\.0"):
        laplace_weight_decay(1.0, -1.0, 3)
