"""Paths and the maps between θ and λ at every shape and scale, beside scikit-learn and refits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge, RidgeCV

from tests.oracles import half_mean_square, random_dataset, ridge, without_row
from wd_core import Dataset, norm_for_weight_decay, ridge_path, weight_decay_for_norm

# Both go by an SVD, at condition numbers up to 1e4 or so.
SOLVED = 1e-8
# θ(λ(θ)) = θ: the root is polished until it stops moving.
ROOT = 1e-10
# λ over the scale of the curvature, so that no λ is without effect.
DECAYS = np.array([1e-3, 0.03, 1.0, 30.0])


@st.composite
def datasets(draw, least_rows: int = 1) -> tuple[Dataset, np.ndarray]:
    """Data of any shape, some with a constant feature or equal rows, and decays of their scale."""
    n, d = draw(st.integers(least_rows, 14)), draw(st.integers(1, 14))
    scale = 10.0 ** draw(st.integers(-4, 4))
    data = random_dataset(n, d, draw(st.integers(0, 999)), scale=scale)
    X, y = data.X_train, data.y_train
    if d > 1 and draw(st.booleans()):
        X = np.column_stack([X[:, :-1], np.full(n, 3 * scale)])
    if n > 1 and draw(st.booleans()):
        X[-1] = X[0]
    return Dataset(X, y, data.X_test, data.y_test), DECAYS * scale**2


@given(made=datasets())
def test_weights_bias_and_losses_are_scikit_learns(made):
    data, decays = made
    path = ridge_path(data, decays)
    for i, weight_decay in enumerate(decays):
        model = Ridge(alpha=data.n_train * weight_decay, solver="svd")
        model.fit(data.X_train, data.y_train)
        size = np.abs(data.X_train).max()
        np.testing.assert_allclose(size * path.weights[i], size * model.coef_, atol=SOLVED)
        assert path.bias[i] == pytest.approx(model.intercept_, rel=SOLVED, abs=SOLVED)
        for part in ("train", "test"):
            X, y = getattr(data, f"X_{part}"), getattr(data, f"y_{part}")
            expected = half_mean_square(X, y, model.coef_, model.intercept_)
            loss = getattr(path, f"{part}_loss")[i]
            assert loss == pytest.approx(expected, rel=SOLVED, abs=SOLVED**2)


@given(made=datasets(least_rows=3))
def test_loo_is_scikit_learns_and_refitting(made):
    """Refitted on n − 1 rows with nλ held fixed."""
    data, decays = made
    n = data.n_train
    path = ridge_path(data, decays)
    model = RidgeCV(alphas=n * decays, store_cv_results=True, scoring=None)
    model.fit(data.X_train, data.y_train)
    np.testing.assert_allclose(path.loo, model.cv_results_.mean(0), rtol=1e-6)
    for i, weight_decay in enumerate(decays):
        errors = []
        for row in range(n):
            w, b = ridge(*without_row(data, row), weight_decay * n / (n - 1))
            errors.append((data.X_train[row] @ w + b - data.y_train[row]) ** 2)
        assert path.loo[i] == pytest.approx(np.mean(errors), rel=1e-7)


@given(made=datasets(), factor=st.integers(-6, 6))
def test_units_do_not_matter(made, factor):
    """Features in a unit c times smaller: the same fit at c²λ."""
    data, decays = made
    c = 10.0**factor
    other = Dataset(c * data.X_train, data.y_train, c * data.X_test, data.y_test)
    path, scaled = ridge_path(data, decays), ridge_path(other, c**2 * decays)
    for name in ("train_loss", "test_loss", "dof", "gcv", "loo", "bias"):
        pair = getattr(scaled, name), getattr(path, name)
        np.testing.assert_allclose(*pair, rtol=1e-7, atol=1e-12, err_msg=name)
    np.testing.assert_allclose(c * scaled.weight_norm, path.weight_norm, rtol=SOLVED)


@given(made=datasets(), repeat=st.integers(2, 40))
def test_a_long_path_is_its_parts(made, repeat):
    """Of many λ the test rows are folded, of one λ not."""
    data, decays = made
    long = ridge_path(data, np.tile(decays, repeat))
    for i, weight_decay in enumerate(decays):
        alone = ridge_path(data, [weight_decay])
        for name in ("weights", "bias", "train_loss", "test_loss", "weight_norm", "dof"):
            pair = getattr(long, name)[i :: len(decays)], getattr(alone, name)
            np.testing.assert_allclose(*np.broadcast_arrays(*pair), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("block", [1, 50, 1000])
def test_gcv_and_loo_taken_in_blocks_are_the_same(monkeypatch, block):
    decays = np.concatenate([[0.0], np.logspace(-3, 2, 30)])
    for n, d in ((12, 3), (8, 20)):
        data = random_dataset(n, d)
        whole = ridge_path(data, decays)
        monkeypatch.setattr("wd_core.linear.stack.BLOCK", block)
        parts = ridge_path(data, decays)
        for name in ("gcv", "loo"):
            np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-9)
        assert ridge_path(data, []).loo.shape == (0,)
        monkeypatch.undo()


def test_a_grid_with_zero_begins_with_the_limit():
    """λ = 0 in the grid is the limit of λ → 0, not a division by zero, at any shape."""
    for n, d in ((6, 3), (6, 6), (6, 5), (5, 20), (4, 1), (1, 1), (1, 5), (2, 1)):
        data = random_dataset(n, d, seed=n + d)
        path = ridge_path(data, [0.0, 1e-11, 1.0])
        np.testing.assert_allclose(path.weights[0], path.weights[1], atol=1e-6)
        for name in ("train_loss", "test_loss", "gcv", "loo"):
            first, near = getattr(path, name)[:2]
            both_undefined = np.isnan(first) and (np.isnan(near) or name in ("gcv", "loo"))
            assert both_undefined or first == pytest.approx(near, rel=1e-4, abs=1e-12), (n, d, name)


@given(made=datasets(least_rows=2), shares=st.lists(st.floats(1e-6, 2.0), max_size=9))
def test_arrays_of_theta_and_lambda_invert_each_other(made, shares):
    data, decays = made
    most = norm_for_weight_decay(data, 0.0)
    thetas = norm_for_weight_decay(data, decays)
    assert thetas.tolist() == [norm_for_weight_decay(data, x) for x in decays.tolist()]
    np.testing.assert_allclose(thetas, ridge_path(data, decays).weight_norm ** 2, rtol=SOLVED)
    bounds = most * np.array(shares)
    if most == 0 or (bounds == 0).any():
        return
    found = weight_decay_for_norm(data, bounds)
    assert found.shape == bounds.shape
    assert found.tolist() == [weight_decay_for_norm(data, x) for x in bounds.tolist()]
    binding = bounds < most
    assert (found[~binding] == 0).all()
    np.testing.assert_allclose(
        norm_for_weight_decay(data, found)[binding], bounds[binding], rtol=ROOT
    )


def test_the_maps_give_a_float_for_a_number_and_an_array_for_an_array():
    data = random_dataset(6, 3)
    for convert in (norm_for_weight_decay, weight_decay_for_norm):
        assert type(convert(data, 0.5)) is float
        assert type(convert(data, 1)) is float
        assert type(convert(data, np.float64(0.5))) is float
        for shape in ((0,), (1,), (3,), (2, 2)):
            assert convert(data, np.full(shape, 0.5)).shape == shape
        assert convert(data, [0.5, 0.1]).dtype == np.float64


@pytest.mark.parametrize("wrong", [[0.5, -1.0], [np.nan, 1.0]])
def test_one_wrong_number_in_an_array_is_refused(wrong):
    data = random_dataset(6, 3)
    with pytest.raises(ValueError, match=r"weight_decay must be >= 0, got \["):
        norm_for_weight_decay(data, wrong)
    with pytest.raises(ValueError, match=r"theta must be > 0, got \["):
        weight_decay_for_norm(data, wrong)
