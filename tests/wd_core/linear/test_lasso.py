"""Exact paths under the L1 penalty: optimality, scikit-learn's descent, and the corners."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import ElasticNet

from tests.oracles import half_mean_square, random_dataset
from wd_core import Dataset, DatasetSpec, L1Path, l1_path, make_dataset, ridge_path

# Optimality up to the rounding of gradients of order one.
OPTIMAL = 1e-11
# Where scikit-learn's own descent stops.
DESCENT = 1e-9
RATIOS = (1.0, 0.6, 0.05)


def largest(data: Dataset) -> float:
    """The λ of the lasso from which every weight is zero."""
    X, y = data.X_train - data.X_train.mean(0), data.y_train - data.y_train.mean()
    return float(np.abs(X.T @ y).max()) / len(y)


def broken(data: Dataset, path: L1Path, ratio: float) -> float:
    """By how much the optimality conditions are broken at worst, as a share of the largest pull."""
    X, worst = data.X_train, 0.0
    for lam, w, b in zip(path.weight_decay, path.weights, path.bias, strict=True):
        residual = data.y_train - X @ w - b
        force = X.T @ residual / len(X) - lam * (1 - ratio) * w
        held = np.abs(force - lam * ratio * np.sign(w))[w != 0]
        free = np.maximum(np.abs(force) - lam * ratio, 0)[w == 0]
        worst = max(worst, abs(residual.mean()), *held, *free)
    return worst / max(largest(data), 1e-300)


SHAPES = {"tall": (30, 6), "square": (9, 9), "wide": (10, 40), "one row": (1, 4), "one": (5, 1)}


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_path_is_that_of_scikit_learn(shape, ratio):
    data = random_dataset(*SHAPES[shape])
    lams = largest(data) * np.array([1.5, 0.9, 0.5, 0.1, 0.02]) + 1e-9
    path = l1_path(data, lams, ratio)
    for lam, w, b in zip(lams, path.weights, path.bias, strict=True):
        theirs = ElasticNet(alpha=lam, l1_ratio=ratio, tol=1e-14, max_iter=1_000_000)
        theirs.fit(data.X_train, data.y_train)
        np.testing.assert_allclose(w, theirs.coef_, rtol=DESCENT, atol=DESCENT)
        assert b == pytest.approx(theirs.intercept_, rel=DESCENT, abs=DESCENT)
        np.testing.assert_array_equal(w == 0, theirs.coef_ == 0)
    assert broken(data, path, ratio) < OPTIMAL


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("source", ["linear", "sparse", "correlated", "diabetes"])
def test_optimality_holds_down_to_tiny_penalties(source, ratio):
    """Where coordinate descent would need millions of rounds."""
    data = make_dataset(DatasetSpec(source, n_train=20, n_features=60, noise=0.1, seed=2))
    lams = largest(data) * np.geomspace(1.2, 1e-6, 40)
    path = l1_path(data, lams, ratio)
    assert broken(data, path, ratio) < OPTIMAL
    if ratio == 1:
        assert path.nonzeros[0] == 0
        assert path.nonzeros.max() <= data.n_train - 1  # the mean takes one


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 12),
    d=st.integers(1, 12),
    ratio=st.sampled_from(RATIOS),
    whole=st.booleans(),
    copies=st.booleans(),
)
def test_optimality_holds_whatever_the_data(seed, n, d, ratio, whole, copies):
    """Ties, too: whole numbers, and columns that are copies of others or constant."""
    draw = np.random.default_rng(seed)
    X, y = draw.normal(size=(n, d)), draw.normal(size=n)
    if whole:
        X, y = np.round(X), np.round(y)
    if copies:
        X = np.column_stack([X, -X[:, 0], X[:, -1], np.ones(n)])
    data = Dataset(X, y, X, y)
    lams = np.array([0.3, 0.001, 0.1, 0.03, 2.0])
    path = l1_path(data, lams, ratio)
    assert broken(data, path, ratio) * max(largest(data), 1e-300) < 1e-10


def test_every_number_of_a_path_is_that_of_its_own_weights():
    data = random_dataset(12, 20)
    lams = [0.05, 0.4, 0.0001, 0.1]  # in no order
    path = l1_path(data, lams)
    assert path.weight_decay.tolist() == lams
    for row, lam in enumerate(lams):
        w, b = path.weights[row], float(path.bias[row])
        train, test = (data.X_train, data.y_train), (data.X_test, data.y_test)
        assert path.train_loss[row] == pytest.approx(half_mean_square(*train, w, b), rel=1e-10)
        assert path.test_loss[row] == pytest.approx(half_mean_square(*test, w, b), rel=1e-10)
        assert path.nonzeros[row] == sum(one != 0 for one in w) == 20 - path.zeros[row]
        alone = l1_path(data, [lam])
        np.testing.assert_allclose(alone.weights[0], w, rtol=1e-10, atol=1e-12)
        np.testing.assert_array_equal(alone.weights[0] == 0, w == 0)
    again = pickle.loads(pickle.dumps(path))
    np.testing.assert_array_equal(again.weights, path.weights)


def test_from_the_largest_pull_on_every_weight_is_zero():
    data = random_dataset(12, 20)
    edge = largest(data)
    path = l1_path(data, [edge * 1.0001, edge * 0.9999, 1e308])
    assert path.nonzeros.tolist() == [0, 1, 0]
    assert path.bias[0] == pytest.approx(data.y_train.mean())


@pytest.mark.parametrize("shape", [(20, 4), (6, 9)])
def test_without_a_sharp_part_it_is_ridge(shape):
    data, lams = random_dataset(*shape), [0.0, 0.1, 2.0]
    mine, ridge = l1_path(data, lams, 0.0), ridge_path(data, lams)
    for name in ("weights", "bias", "train_loss", "test_loss"):
        pair = getattr(mine, name), getattr(ridge, name)
        np.testing.assert_allclose(*pair, rtol=1e-10, atol=1e-12)


def test_without_a_penalty_it_is_least_squares_where_that_is_one_solution():
    data = random_dataset(20, 4)
    path = l1_path(data, [0.0])
    columns = np.column_stack([data.X_train, np.ones(20)])
    exact = np.linalg.lstsq(columns, data.y_train)[0]
    np.testing.assert_allclose([*path.weights[0], path.bias[0]], exact, rtol=1e-10)
    rule = "weight_decays must be > 0 where the examples do not determine every weight, got 0.0"
    with pytest.raises(ValueError, match=rule):
        l1_path(random_dataset(4, 9), [0.1, 0.0])


def test_no_penalties_make_an_empty_path():
    assert l1_path(random_dataset(5, 3), []).weights.shape == (0, 3)


@pytest.mark.parametrize("ratio", [-0.1, 1.1, np.nan, "x", True])
def test_a_ratio_that_is_none_is_refused(ratio):
    with pytest.raises(ValueError, match=r"^l1_ratio must be .*, got "):
        l1_path(random_dataset(5, 3), [0.1], ratio)
