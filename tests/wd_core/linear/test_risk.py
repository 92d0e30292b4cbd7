"""Measured risk against refitting, against explicit matrices, and against theory."""

import numpy as np
import pytest

from wd_core import Dataset, ridge_path
from wd_core.linear.highdim import Isotropic
from wd_core.linear.risk import (
    Draws,
    decompose_sets,
    measured,
    refitted,
    stream,
    together,
    training_sets,
)

# The Gram matrix squares the condition number of X: some 1e3 here, 1e6 at the peak.
SAME = 1e-7
# A mean of independent draws lies this many standard errors off once in 16000 times.
ERRORS = 4.0
# What finite n leaves between a mean of many draws and its limit, at n = 200.
FINITE = 0.016

SHAPES = [(12, 5), (6, 15), (5, 4), (5, 5), (2, 1), (3, 7)]


def drawn(n: int, d: int, count: int, intercept: bool, seed: int = 0) -> Draws:
    sets = training_sets(stream(seed, n, d), n, d, count)
    return decompose_sets(*sets, intercept=intercept)


def within(values: np.ndarray, expected: float) -> None:
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert abs(values.mean() - expected) <= ERRORS * error


@pytest.mark.parametrize(("n", "d"), SHAPES)
@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("lam", [0.0, 0.05, 2.0])
def test_the_risk_is_that_of_the_fitted_model(n: int, d: int, intercept: bool, lam: float) -> None:
    model = Isotropic(0.7, 2.5, intercept)
    X, noise = training_sets(stream(3, n, d), n, d, 4)
    found = measured(decompose_sets(X, noise, intercept=intercept), model, [lam])
    beta = np.full(d, np.sqrt(2.5 / d))
    for k in range(4):
        y = 1.3 * intercept + X[k] @ beta + 0.7 * noise[k]
        if intercept:
            path = ridge_path(Dataset(X[k], y, X[k], y), [lam])
            weights, bias = path.weights[0], path.bias[0] - 1.3
        else:
            above = np.vstack([X[k], np.sqrt(n * lam) * np.eye(d)])
            weights, bias = np.linalg.pinv(above) @ np.append(y, np.zeros(d)), 0.0
        expected = ((weights - beta) ** 2).sum() + bias**2 + 0.49
        assert found.total[0, k] == pytest.approx(expected, rel=SAME)


@pytest.mark.parametrize(("n", "d"), SHAPES)
@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("lam", [0.0, 0.05, 2.0])
def test_bias_and_variance_given_X(n: int, d: int, intercept: bool, lam: float) -> None:
    """From the linear map y -> (w, b) written out as a matrix."""
    model = Isotropic(0.7, 2.5, intercept)
    X, noise = training_sets(stream(4, n, d), n, d, 3)
    parts = measured(decompose_sets(X, noise, intercept=intercept), model, [lam]).parts
    beta = np.full(d, np.sqrt(2.5 / d))
    for k in range(3):
        middle = np.full((n, n), 1 / n) if intercept else np.zeros((n, n))
        centred = X[k] - middle @ X[k]
        above = np.vstack([centred, np.sqrt(n * lam) * np.eye(d)])
        # the cut-off drops the directions that centring emptied, and no other
        fit = np.linalg.pinv(above, rcond=1e-12)[:, :n] @ (np.eye(n) - middle)
        bias = middle[0] - X[k].mean(0) @ fit if intercept else np.zeros(n)
        both = np.vstack([fit, bias])
        off = both @ X[k] @ beta - np.append(beta, 0)
        assert parts.bias2[0, k] == pytest.approx((off**2).sum(), rel=SAME, abs=1e-12)
        assert parts.variance[0, k] == pytest.approx(0.49 * (both**2).sum(), rel=SAME)


@pytest.mark.parametrize(("n", "d"), [(12, 5), (6, 15), (2, 1)])
@pytest.mark.parametrize("intercept", [False, True])
def test_bias_and_variance_by_refitting(n: int, d: int, intercept: bool) -> None:
    model, lam = Isotropic(0.7, 2.5, intercept), 0.1
    draws = drawn(n, d, 400, intercept)
    parts = measured(draws, model, [lam]).parts
    bias2, variance = refitted(draws, model, lam, 20, np.random.default_rng(5))
    within(bias2 - parts.bias2[0], 0.0)
    within(variance - parts.variance[0], 0.0)


def test_refitting_without_noise_finds_no_variance() -> None:
    model, draws = Isotropic(0.0, 2.5, True), drawn(6, 15, 5, True)
    bias2, variance = refitted(draws, model, 0.1, 3, np.random.default_rng(5))
    assert (variance == 0).all()
    assert bias2 == pytest.approx(measured(draws, model, [0.1]).parts.bias2[0])


def test_the_noise_of_a_fit_averages_to_its_parts() -> None:
    model, draws = Isotropic(0.7, 2.5, True), drawn(15, 6, 4000, True)
    found = measured(draws, model, [0.2])
    within(found.total[0] - found.parts.total[0], 0.0)


@pytest.mark.parametrize(("n", "d"), [(20, 5), (10, 30), (12, 8)])
@pytest.mark.parametrize("intercept", [False, True])
def test_the_exact_mean_without_decay(n: int, d: int, intercept: bool) -> None:
    model = Isotropic(0.6, 1.5, intercept)
    found = measured(drawn(n, d, 4000, intercept), model, [0.0])
    exact = model.expected_without_decay(n, d)
    within(found.total[0], float(exact.total))
    within(found.parts.variance[0], float(exact.variance))
    if exact.bias2 > 0:
        within(found.parts.bias2[0], float(exact.bias2))
    else:
        assert found.parts.bias2 == pytest.approx(0, abs=1e-20)


@pytest.mark.parametrize("ratio", [0.25, 0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("intercept", [False, True])
def test_the_limits_are_near_at_200_rows(ratio: float, intercept: bool) -> None:
    model, n = Isotropic(1.0, 5.0, intercept), 200
    d = round(ratio * n)
    best = float(model.best_weight_decay(n, d))
    lams = [0.1, best, 2.0] if ratio == 1 else [0.0, 0.1, best, 2.0]
    found = measured(drawn(n, d, 30, intercept), model, lams)
    limit = model.limit(n, d, lams)
    for k in range(len(lams)):
        for values, expected in (
            (found.parts.bias2[k], float(limit.bias2[k])),
            (found.parts.variance[k], float(limit.variance[k])),
            (found.parts.total[k], float(limit.total[k])),
        ):
            error = values.std(ddof=1) / np.sqrt(len(values))
            assert abs(values.mean() - expected) <= ERRORS * error + FINITE * expected


def test_an_intercept_moves_the_peak() -> None:
    """At d = n − 1 the fit with an intercept has no row to spare, the one without has one."""
    with_bias, without = (
        np.median(measured(drawn(31, 30, 300, on), Isotropic(1.0, 0.0, on), [0.0]).parts.variance)
        for on in (True, False)
    )
    assert with_bias > 2 * without


def test_a_heavy_decay_leaves_nothing() -> None:
    model = Isotropic(0.7, 2.5)
    found = measured(drawn(6, 4, 3, False), model, [1e12, 1e300])
    assert found.total == pytest.approx(np.full((2, 3), 2.5 + 0.49))


def test_training_sets_follow_seed_and_size_and_not_how_they_are_parted() -> None:
    whole = training_sets(stream(0, 4, 3), 4, 3, 5)
    going = stream(0, 4, 3)
    parts = [training_sets(going, 4, 3, count) for count in (2, 1, 2)]
    for at_once, pieces in zip(whole, zip(*parts, strict=True), strict=True):
        np.testing.assert_array_equal(at_once, np.concatenate(pieces))
    X, noise = whole
    assert X.shape == (5, 4, 3)
    assert noise.shape == (5, 4)
    other = training_sets(stream(1, 4, 3), 4, 3, 5)[0]
    assert not np.isclose(X, other).any()


@pytest.mark.parametrize("intercept", [False, True])
def test_parts_put_together_are_what_is_drawn_in_one(intercept: bool) -> None:
    going, model = stream(0, 5, 4), Isotropic(0.7, 2.5, intercept)
    parts = [
        decompose_sets(*training_sets(going, 5, 4, count), intercept=intercept)
        for count in (2, 1, 3)
    ]
    whole = measured(drawn(5, 4, 6, intercept), model, [0.0, 0.3])
    found = measured(together(parts), model, [0.0, 0.3])
    np.testing.assert_allclose(found.total, whole.total, rtol=1e-12)  # the sets are the same
    np.testing.assert_allclose(found.parts.total, whole.parts.total, rtol=1e-12)
    assert together(parts[:1]) is parts[0]


def test_duplicate_columns_leave_finite_numbers() -> None:
    X, noise = training_sets(stream(0, 6, 3), 6, 3, 2)
    X = X.copy()
    X[..., 2] = X[..., 1]
    found = measured(decompose_sets(X, noise, intercept=True), Isotropic(), [0.0, 0.1])
    assert np.isfinite(found.total).all()
    assert np.isfinite(found.parts.total).all()


def test_wrong_values_are_refused() -> None:
    with pytest.raises(ValueError, match="n_train must be"):
        drawn(1, 1, 1, True)
    with pytest.raises(ValueError, match="count must be"):
        drawn(2, 1, 0, True)
    with pytest.raises(ValueError, match="n_features must be"):
        stream(0, 2, 0)
    with pytest.raises(ValueError, match="weight_decays must be"):
        measured(drawn(3, 1, 1, True), Isotropic(), [-1.0])
    with pytest.raises(ValueError, match="times must be"):
        refitted(drawn(3, 1, 1, True), Isotropic(), 0.1, 1, np.random.default_rng(0))
