"""Exact solutions against scikit-learn, stacked least squares, refitting and hat matrices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.linalg import hilbert
from scipy.optimize import brentq, minimize
from sklearn.linear_model import Ridge, RidgeCV

from tests.oracles import half_mean_square, random_dataset, ridge, without_row
from wd_core import (
    Dataset,
    DatasetSpec,
    gradient,
    make_dataset,
    norm_for_weight_decay,
    ridge_path,
    weight_decay_for_norm,
)

# Solvers that square the condition number lose its digits; the data here have up to 1e3.
SOLVED = 1e-9
# θ(λ(θ)) = θ: the root is polished until it stops moving.
ROOT = 1e-10

LAMBDAS = [0.0, 1e-6, 0.01, 0.5, 3.0, 1e4]
SHAPES = {
    "well12x3": random_dataset(12, 3, seed=1),
    "wide8x20": random_dataset(8, 20, seed=2),
    "square6x6": random_dataset(6, 6, seed=3),
    "one feature": random_dataset(7, 1, seed=4),
    "scaled9x3": replace(
        random_dataset(9, 3, seed=5),
        X_train=random_dataset(9, 3, seed=5).X_train * [1.0, 20.0, 0.05] + [0.0, 40.0, 1.0],
    ),
    "n = d + 1": random_dataset(6, 5, seed=6),
}


@pytest.fixture(params=SHAPES)
def data(request) -> Dataset:
    return SHAPES[request.param]


def test_weights_and_bias_are_scikit_learns_at_alpha_n_lambda(data):
    path = ridge_path(data, LAMBDAS)
    for i, weight_decay in enumerate(LAMBDAS):
        if weight_decay == 0:
            continue
        model = Ridge(alpha=data.n_train * weight_decay, solver="svd")
        model.fit(data.X_train, data.y_train)
        np.testing.assert_allclose(path.weights[i], model.coef_, rtol=SOLVED, atol=SOLVED)
        assert path.bias[i] == pytest.approx(model.intercept_, rel=SOLVED, abs=SOLVED)


def test_weights_losses_and_norms_are_the_oracles(data):
    path = ridge_path(data, LAMBDAS)
    np.testing.assert_array_equal(path.weight_decay, LAMBDAS)
    for i, weight_decay in enumerate(LAMBDAS):
        w, b = ridge(data.X_train, data.y_train, weight_decay)
        np.testing.assert_allclose(path.weights[i], w, atol=1e-8)
        assert path.bias[i] == pytest.approx(b, abs=1e-7)
        assert path.weight_norm[i] == pytest.approx(np.linalg.norm(path.weights[i]), rel=SOLVED)
        for part in ("train", "test"):
            X, y = getattr(data, f"X_{part}"), getattr(data, f"y_{part}")
            expected = half_mean_square(X, y, path.weights[i], path.bias[i])
            loss = getattr(path, f"{part}_loss")[i]
            assert loss == pytest.approx(expected, rel=1e-8, abs=1e-20)


def test_the_gradient_of_the_objective_vanishes(data):
    path = ridge_path(data, LAMBDAS)
    for i, weight_decay in enumerate(LAMBDAS):
        at = (data.X_train, data.y_train, path.weights[i], path.bias[i], weight_decay)
        along_w, along_b = gradient(*at)
        scale = np.abs(data.X_train).max() ** 2
        assert np.abs(along_w).max() < 1e-11 * scale
        assert abs(along_b) < 1e-11 * scale


def test_zero_decay_is_the_least_norm_solution_of_wide_data():
    data = SHAPES["wide8x20"]
    path = ridge_path(data, [0.0])
    Xc, yc = data.X_train - data.X_train.mean(0), data.y_train - data.y_train.mean()
    np.testing.assert_allclose(path.weights[0], np.linalg.pinv(Xc) @ yc, atol=SOLVED)
    assert path.train_loss[0] < 1e-25
    near = ridge_path(data, [1e-10])
    np.testing.assert_allclose(path.weights[0], near.weights[0], atol=1e-8)


def test_the_hilbert_matrix():
    """scikit-learn's example without an intercept: mirrored rows make the bias zero."""
    X, y = hilbert(10), np.ones(10)
    data = Dataset(np.vstack([X, -X]), np.concatenate([y, -y]), X, y)
    alphas = np.array([1e-10, 1e-8, 1e-6, 1e-4, 1e-2])
    path = ridge_path(data, alphas / 10)
    printed = [394.06, 183.64, 54.40, 15.387, 4.8686]
    np.testing.assert_allclose(path.weight_norm, printed, rtol=1e-4)
    np.testing.assert_allclose(path.bias, 0, atol=1e-12)
    np.testing.assert_allclose(path.dof[[0, -1]] - 1, [5.177, 2.032], rtol=1e-3)


def test_the_exact_test_loss_of_the_book_is_nearly_flat():
    """Means over data sets; their standard error is 0.0007/√60."""
    losses = [
        ridge_path(make_dataset(DatasetSpec(seed=seed)), [0.0, 3.0, 1e9]).test_loss
        for seed in range(60)
    ]
    np.testing.assert_allclose(np.mean(losses, axis=0), [0.00956, 0.00963, 0.01056], atol=5e-4)


# --- θ and λ -----------------------------------------------------------------------------------


def test_norm_for_weight_decay_is_the_squared_norm(data):
    for weight_decay in LAMBDAS:
        squared = ridge_path(data, [weight_decay]).weight_norm[0] ** 2
        assert norm_for_weight_decay(data, weight_decay) == pytest.approx(squared, rel=SOLVED)


@pytest.mark.parametrize("share", [1e-12, 1e-6, 1e-3, 0.1, 0.5, 0.9, 0.999, 1 - 1e-9])
def test_theta_of_lambda_of_theta_is_theta(data, share):
    theta = share * norm_for_weight_decay(data, 0.0)
    weight_decay = weight_decay_for_norm(data, theta)
    assert weight_decay > 0
    assert norm_for_weight_decay(data, weight_decay) == pytest.approx(theta, rel=ROOT)


def test_lambda_of_theta_is_the_root_a_bracket_finds():
    data = SHAPES["well12x3"]
    theta = 0.2
    root = brentq(
        lambda lam: np.sum(ridge(data.X_train, data.y_train, lam)[0] ** 2) - theta,
        0.0,
        1e3,
        xtol=1e-13,
    )
    assert weight_decay_for_norm(data, theta) == pytest.approx(root, rel=1e-8)


def test_an_idle_constraint_needs_no_decay(data):
    """θ at or above the least-norm solution's: λ = 0, exactly."""
    most = ridge_path(data, [0.0]).weight_norm[0] ** 2
    assert weight_decay_for_norm(data, 1.0001 * most) == 0.0
    assert weight_decay_for_norm(data, 1e9) == 0.0


def test_a_tight_constraint_needs_a_decay_of_gradient_over_radius():
    data = SHAPES["well12x3"]
    g = np.linalg.norm(gradient(data.X_train, data.y_train, np.zeros(3), data.y_train.mean())[0])
    assert weight_decay_for_norm(data, 1e-16) == pytest.approx(g / 1e-8, rel=1e-6)


@given(st.integers(1, 9), st.integers(1, 9), st.floats(-3, 3), st.floats(0.01, 0.99))
def test_theta_falls_strictly_and_inverts_at_every_scale(n, d, power, share):
    data = random_dataset(n, d, seed=n + 10 * d, scale=10**power)
    most = norm_for_weight_decay(data, 0.0)
    assume(most > 0)
    weight_decay = weight_decay_for_norm(data, share * most)
    assert norm_for_weight_decay(data, weight_decay) == pytest.approx(share * most, rel=ROOT)
    norms = ridge_path(data, weight_decay * np.array([0.0, 0.5, 1.0, 2.0, 8.0])).weight_norm
    assert (np.diff(norms) < 0).all()


def test_the_multiplier_is_half_of_lambda():
    """dL*/dθ = −λ/2 for L* = min L over ‖w‖² <= θ, by a finite difference of L*."""
    data, theta, h = SHAPES["well12x3"], 0.3, 1e-5

    def least(bound: float) -> float:
        return ridge_path(data, [weight_decay_for_norm(data, bound)]).train_loss[0]

    slope = (least(theta + h) - least(theta - h)) / (2 * h)
    assert slope == pytest.approx(-weight_decay_for_norm(data, theta) / 2, rel=1e-6)


def test_the_constrained_minimum_is_a_solvers():
    data, theta = SHAPES["well12x3"], 0.3

    def loss(z: np.ndarray) -> float:
        return half_mean_square(data.X_train, data.y_train, z[:-1], z[-1])

    bound = {"type": "ineq", "fun": lambda z: theta - z[:-1] @ z[:-1]}
    start = np.full(4, 0.1)
    solved = minimize(loss, start, method="SLSQP", constraints=[bound], options={"ftol": 1e-14})
    path = ridge_path(data, [weight_decay_for_norm(data, theta)])
    np.testing.assert_allclose(path.weights[0], solved.x[:-1], atol=1e-5)


# --- degrees of freedom and selection ----------------------------------------------------------


def hat_matrix(X: np.ndarray, weight_decay: float) -> np.ndarray:
    """H of the fit with a free intercept, by the normal equations of [1, X]."""
    n, d = X.shape
    A = np.column_stack([np.ones(n), X])
    penalty = n * weight_decay * np.diag([0.0] + [1.0] * d)
    return A @ np.linalg.solve(A.T @ A + penalty, A.T)


@pytest.mark.parametrize("name", ["well12x3", "wide8x20", "square6x6", "n = d + 1"])
@pytest.mark.parametrize("weight_decay", [0.01, 0.5, 20.0])
def test_dof_gcv_and_loo_are_the_hat_matrixs(name, weight_decay):
    data = SHAPES[name]
    H, n = hat_matrix(data.X_train, weight_decay), data.n_train
    residual = data.y_train - H @ data.y_train
    path = ridge_path(data, [weight_decay])
    assert path.dof[0] == pytest.approx(np.trace(H), rel=1e-8)
    gcv = (residual**2).mean() / (1 - np.trace(H) / n) ** 2
    assert path.gcv[0] == pytest.approx(gcv, rel=1e-7)
    loo = ((residual / (1 - np.diag(H))) ** 2).mean()
    assert path.loo[0] == pytest.approx(loo, rel=1e-7)


def test_loo_is_refitting_with_n_lambda_held_fixed(data):
    """λ′ = nλ/(n − 1); holding λ itself is another number."""
    n, weight_decay = data.n_train, 0.4

    def refitted(decay: float) -> float:
        errors = []
        for i in range(n):
            w, b = ridge(*without_row(data, i), decay)
            errors.append((data.X_train[i] @ w + b - data.y_train[i]) ** 2)
        return float(np.mean(errors))

    loo = ridge_path(data, [weight_decay]).loo[0]
    assert loo == pytest.approx(refitted(n * weight_decay / (n - 1)), rel=1e-8)
    assert loo != pytest.approx(refitted(weight_decay), rel=1e-6)


def test_loo_and_its_choice_are_scikit_learns():
    data = SHAPES["well12x3"]
    decays = np.logspace(-4, 2, 25)
    path = ridge_path(data, decays)
    model = RidgeCV(alphas=data.n_train * decays, store_cv_results=True)
    model.fit(data.X_train, data.y_train)
    np.testing.assert_allclose(path.loo, model.cv_results_.mean(0), rtol=1e-8)
    assert data.n_train * decays[path.loo.argmin()] == pytest.approx(model.alpha_)


@pytest.mark.parametrize("name", ["wide8x20", "square6x6"])
def test_interpolation_leaves_finite_estimates(name):
    """At λ = 0 both are limits of 0/0: LOO is refitting by least norm, GCV the nearby value."""
    data = SHAPES[name]
    path = ridge_path(data, [0.0, 1e-9])
    assert path.train_loss[0] < 1e-20
    errors = []
    for i in range(data.n_train):
        w, b = ridge(*without_row(data, i), 0.0)
        errors.append((data.X_train[i] @ w + b - data.y_train[i]) ** 2)
    assert path.loo[0] == pytest.approx(np.mean(errors), rel=1e-7)
    assert path.gcv[0] == pytest.approx(path.gcv[1], rel=1e-5)
    assert path.dof[0] == pytest.approx(data.n_train, rel=SOLVED)


def test_gcv_of_an_interpolator_by_its_formula():
    """(1/n)‖Gy‖²/(tr G/n)² with G = Σ u uᵀ/s over the directions orthogonal to 1."""
    data = SHAPES["wide8x20"]
    Xc = data.X_train - data.X_train.mean(0)
    G = np.linalg.pinv(Xc @ Xc.T, rcond=1e-12, hermitian=True)
    n, Gy = data.n_train, G @ data.y_train
    path = ridge_path(data, [0.0])
    assert path.gcv[0] == pytest.approx((Gy @ Gy / n) / (np.trace(G) / n) ** 2, rel=1e-8)
    assert path.loo[0] == pytest.approx(((Gy / np.diag(G)) ** 2).mean(), rel=1e-8)


def test_a_row_that_fits_itself_has_no_loo():
    """One feature is non-zero in row 0 alone, so h_00 = 1 at λ = 0, and below 1 for λ > 0."""
    X = np.array([[1.0, 0.3], [0.0, 1.0], [0.0, -0.4], [0.0, 2.0], [0.0, 0.9]])
    y = np.array([1.0, 2.0, -1.0, 0.5, 0.2])
    path = ridge_path(Dataset(X, y, X, y), [0.0, 0.01, 1.0])
    assert np.isnan(path.loo).tolist() == [True, False, False]
    assert np.isfinite(path.gcv).all()


def test_diabetes_selects_as_scikit_learn_does():
    """The first 342 rows: LOO at its best 3088.14, α = 0.0682 with unit-norm columns."""
    from sklearn.datasets import load_diabetes

    X, y = load_diabetes(return_X_y=True)
    data = Dataset(X[:342], y[:342], X[342:], y[342:])
    decays = 10 ** np.arange(-6, 0, 0.1)
    path = ridge_path(data, decays)
    assert decays[path.loo.argmin()] == pytest.approx(1.995e-4, rel=1e-3)
    assert decays[path.gcv.argmin()] == pytest.approx(1.995e-4, rel=1e-3)
    assert path.loo.min() == pytest.approx(3088.14, abs=0.01)


# --- degenerate data ---------------------------------------------------------------------------


def test_a_constant_feature_gets_no_weight_and_changes_nothing():
    data = SHAPES["well12x3"]
    more = replace(
        data,
        X_train=np.column_stack([data.X_train, np.full(12, 7.3)]),
        X_test=np.column_stack([data.X_test, np.full(9, 7.3)]),
        w_true=None,
    )
    path, plain = ridge_path(more, LAMBDAS), ridge_path(data, LAMBDAS)
    np.testing.assert_allclose(path.weights[:, 3], 0, atol=1e-14)
    for name in ("train_loss", "test_loss", "weight_norm", "dof", "gcv", "loo"):
        np.testing.assert_allclose(getattr(path, name), getattr(plain, name), rtol=SOLVED)


def test_data_without_any_variation_fit_the_mean():
    X, y = np.full((4, 2), 0.1), np.array([1.0, 2.0, 3.0, 6.0])
    data = Dataset(X, y, X, y)
    path = ridge_path(data, [0.0, 1.0])
    np.testing.assert_array_equal(path.weights, np.zeros((2, 2)))
    np.testing.assert_allclose(path.bias, 3.0)
    np.testing.assert_allclose(path.dof, 1.0)
    # the mean without row i is off by (y_i − ȳ)·n/(n − 1)
    np.testing.assert_allclose(path.loo, ((y - 3) ** 2).mean() * (4 / 3) ** 2)
    assert weight_decay_for_norm(data, 0.5) == 0.0


def test_duplicate_rows_count_twice():
    data = SHAPES["well12x3"]
    twice = replace(
        data, X_train=np.vstack([data.X_train] * 2), y_train=np.concatenate([data.y_train] * 2)
    )
    path, plain = ridge_path(twice, LAMBDAS), ridge_path(data, LAMBDAS)
    np.testing.assert_allclose(path.weights, plain.weights, atol=SOLVED)
    np.testing.assert_allclose(path.dof, plain.dof, rtol=SOLVED)
    assert np.isfinite(path.loo).all()


def test_duplicate_rows_of_an_interpolator():
    """A pair of equal rows with equal targets: each predicts the other."""
    wide = random_dataset(5, 12)
    rows = [0, 1, 2, 3, 4, 4]
    data = replace(wide, X_train=wide.X_train[rows], y_train=wide.y_train[rows])
    path = ridge_path(data, [0.0, 0.1])
    errors = []
    for i in range(6):
        w, b = ridge(*without_row(data, i), 0.0)
        errors.append((data.X_train[i] @ w + b - data.y_train[i]) ** 2)
    assert np.isfinite(path.gcv).all()
    assert np.isnan(path.loo[0]) or path.loo[0] == pytest.approx(np.mean(errors), rel=1e-6)


def test_one_example():
    data = random_dataset(1, 3)
    path = ridge_path(data, [0.0, 1.0])
    np.testing.assert_array_equal(path.weights, np.zeros((2, 3)))
    np.testing.assert_allclose(path.bias, data.y_train[0])
    np.testing.assert_array_equal(path.dof, [1.0, 1.0])
    assert np.isnan(path.loo).all()
    assert np.isnan(path.gcv).all()


def test_equal_targets_need_no_weights():
    data = replace(SHAPES["well12x3"], y_train=np.full(12, 2.5))
    path = ridge_path(data, [0.0, 1.0])
    np.testing.assert_allclose(path.weights, 0, atol=1e-12)
    np.testing.assert_allclose(path.bias, 2.5)


def test_no_weight_becomes_zero_and_one_may_grow():
    """Only the norm falls with λ; L2 sets nothing to zero."""
    X = np.array([[1.0, 0.9], [0.2, 0.5], [-1.0, -0.6], [0.4, -0.3], [-0.6, -0.5]])
    y = X @ [1.0, -0.4]
    path = ridge_path(Dataset(X, y, X, y), np.concatenate([[0.0], np.logspace(-3, 5, 60)]))
    assert (np.diff(path.weight_norm) < 0).all()
    assert (path.weights != 0).all()
    assert not (np.diff(np.abs(path.weights), axis=0) <= 0).all()


def test_an_empty_path_and_lists_are_taken():
    data = SHAPES["well12x3"]
    assert ridge_path(data, []).weights.shape == (0, 3)
    np.testing.assert_array_equal(
        ridge_path(data, [1, 2]).weights, ridge_path(data, np.array([1.0, 2.0])).weights
    )


@pytest.mark.parametrize("wrong", [[-1.0], [np.nan], [[1.0]], ["a"]])
def test_wrong_decays_are_refused(wrong):
    with pytest.raises(ValueError, match="weight_decays must be"):
        ridge_path(SHAPES["well12x3"], wrong)


@pytest.mark.parametrize("theta", [0.0, -1.0, np.nan])
def test_a_ball_without_inside_is_refused(theta):
    with pytest.raises(ValueError, match="theta must be"):
        weight_decay_for_norm(SHAPES["well12x3"], theta)


@pytest.mark.parametrize("weight_decay", [-0.1, np.nan])
def test_a_negative_decay_has_no_norm(weight_decay):
    with pytest.raises(ValueError, match="weight_decay must be"):
        norm_for_weight_decay(SHAPES["well12x3"], weight_decay)


def test_the_map_between_constraint_and_penalty_holds_for_the_tiniest_theta():
    """Squares of the solution near the smallest float: shares of them must not underflow."""
    data = random_dataset(12, 3)
    for theta in (1e-200, 1e-250):
        weight_decay = weight_decay_for_norm(data, theta)
        assert norm_for_weight_decay(data, weight_decay) == pytest.approx(theta, rel=1e-10)
