"""Filter factors against descent by the engine, scikit-learn and the least over a fine grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from tests.oracles import random_dataset
from wd_core import Dataset, Hyperparameters, collect, ridge_path, train
from wd_core.linear.filters import (
    closest_steps,
    closest_weight_decay,
    degrees_of_freedom,
    descent_filter,
    filter_distance,
    ridge_filter,
)
from wd_core.linear.spectrum import decompose

# A few hundred roundings on numbers of order one.
EXACT = 1e-9
# A minimum found by comparing values is flat to the rounding of these values.
LEAST = 1e-12

SHAPES = [(12, 3), (4, 9), (6, 6), (2, 1), (2, 5), (30, 1)]


def centred(n: int, d: int, seed: int = 3) -> Dataset:
    """Data whose best bias is 0 whatever w is, so that descent on (w, b) keeps b at 0."""
    data = random_dataset(n, d, seed)
    X, y = data.X_train - data.X_train.mean(0), data.y_train - data.y_train.mean()
    return Dataset(X, y, data.X_test, data.y_test)


def along(data: Dataset, weights: np.ndarray) -> np.ndarray:
    """The share of least squares that weights [..., D] hold along each direction."""
    parts = decompose(data)
    return weights @ parts.V / (parts.c / np.sqrt(parts.s))


@pytest.mark.parametrize(("n", "d"), SHAPES)
@pytest.mark.parametrize("weight_decay", [0.0, 0.3, 20.0])
@pytest.mark.parametrize("fastest", [0.1, 1.0, 1.7, 2.2])
def test_descent_keeps_what_the_engine_keeps(n, d, weight_decay, fastest):
    data = centred(n, d)
    s = decompose(data).s
    lr = fastest / (s.max() + weight_decay)
    run = Hyperparameters(weight_decay, lr, batch_size=n, epochs=25, init_std=0.0)
    path = collect(train(data, [run]))
    kept = descent_filter(s, lr, path.epoch[:, None], weight_decay)
    np.testing.assert_allclose(along(data, path.weights[:, 0]), kept, rtol=EXACT, atol=EXACT)


@pytest.mark.parametrize(("n", "d"), SHAPES)
@pytest.mark.parametrize("weight_decay", [1e-3, 0.5, 80.0])
def test_ridge_keeps_what_scikit_learn_keeps(n, d, weight_decay):
    data = random_dataset(n, d)
    model = Ridge(alpha=n * weight_decay, solver="svd").fit(data.X_train, data.y_train)
    kept = ridge_filter(decompose(data).s, weight_decay)
    np.testing.assert_allclose(along(data, model.coef_), kept, rtol=EXACT, atol=EXACT)
    hat = np.column_stack(
        [
            Ridge(alpha=n * weight_decay, solver="svd")
            .fit(data.X_train, unit)
            .predict(data.X_train)
            for unit in np.eye(n)
        ]
    )
    assert degrees_of_freedom(kept) == pytest.approx(np.trace(hat), rel=EXACT)
    assert degrees_of_freedom(kept) == pytest.approx(ridge_path(data, [weight_decay]).dof[0])


def test_the_ends_of_the_filters():
    s = np.array([0.0, 1e-12, 2.0, 1e9])
    assert ridge_filter(s, 0.0).tolist() == [0, 1, 1, 1]
    assert not ridge_filter(s, np.inf).any()
    assert not descent_filter(s, 1e-10, 0).any()
    assert descent_filter(s, 1e-10, np.inf, 0.5) == pytest.approx(ridge_filter(s, 0.5), rel=1e-15)
    # the weak direction keeps all its digits: 1 − (1 − x)^t by itself would lose them
    assert descent_filter(s, 1e-4, 3)[1] == pytest.approx(3e-16, rel=1e-12)
    assert np.isnan(descent_filter(s, 1e-10, 7)).sum() == 0
    assert degrees_of_freedom(np.zeros(0)) == 1


def test_whole_steps_are_counted_where_descent_overshoots():
    # 1 − 0.75·2 = −1/2: the error changes its sign with each step
    assert descent_filter([2.0], 0.75, [[1], [2], [3]])[:, 0] == pytest.approx([1.5, 0.75, 1.125])


spectra = st.lists(st.floats(-3, 1), min_size=1, max_size=12).map(
    lambda logs: 10.0 ** np.array(logs)
)


@given(spectra, st.floats(0.01, 2.3), st.floats(-4, 2))
def test_the_closest_steps_are_the_best_of_all(s, fastest, log_weight_decay):
    lr, lam = fastest / s.max(), 10**log_weight_decay
    t = closest_steps(s, lr, lam)
    wanted = ridge_filter(s, lam)
    found = float(filter_distance(descent_filter(s, lr, t), wanted))
    if np.isfinite(t):
        assert t >= 1
        assert t == int(t)
    tried = np.unique(np.geomspace(1, 1e8, 20_000).round())
    tried = np.append(tried, np.arange(1.0, 2000))
    with np.errstate(over="ignore"):
        others = filter_distance(descent_filter(s, lr, tried[:, None]), wanted)
    assert found <= others.min() + LEAST


@given(spectra, st.floats(0.01, 2.3), st.integers(1, 5000))
def test_the_closest_weight_decay_is_the_best_of_all(s, fastest, steps):
    lr = fastest / s.max()
    lam = closest_weight_decay(s, lr, steps)
    kept = descent_filter(s, lr, steps)
    found = float(filter_distance(ridge_filter(s, lam), kept))
    tried = np.append(0.0, np.geomspace(1e-16, 1e8, 20_000))
    others = filter_distance(ridge_filter(s, tried[:, None]), kept)
    assert found <= others.min() * (1 + LEAST) + LEAST


@given(spectra, st.floats(0.01, 2.3))
def test_many_are_matched_as_each_alone(s, fastest):
    lr, lams, steps = fastest / s.max(), [0.0, 1e-3, 0.5, 80.0], [1.0, 4.0, 5.0, 3000.0]
    found = closest_steps(s, lr, lams)
    assert found.tolist() == [closest_steps(s, lr, lam) for lam in lams]
    found = closest_weight_decay(s, lr, steps)
    alone = [closest_weight_decay(s, lr, t) for t in steps]
    np.testing.assert_allclose(found, alone, rtol=EXACT)


def test_the_better_of_two_basins_is_found():
    # one strong direction wants about 3 steps, twenty weak ones about 20; between them lies a hill
    s = np.append(1.0, np.full(20, 1e-3))
    lam, lr = 0.05, 0.01
    wanted = ridge_filter(s, lam)
    every = np.arange(1.0, 10_000)
    d = filter_distance(descent_filter(s, lr, every[:, None]), wanted)
    hills = np.flatnonzero((d[1:-1] > d[:-2]) & (d[1:-1] > d[2:]))
    assert len(hills) == 1
    assert closest_steps(s, lr, lam) == every[d.argmin()]


def test_a_single_direction_is_matched_exactly():
    assert closest_weight_decay([4.0], 0.1, 3) == pytest.approx(4 * 0.6**3 / (1 - 0.6**3))
    lam = closest_weight_decay([4.0], 0.1, 7)
    assert closest_steps([4.0], 0.1, lam) == 7


def test_weak_directions_follow_the_rule_of_thumb():
    s, lr, lam = np.array([1e-6, 2e-6]), 0.01, 0.1
    assert closest_steps(s, lr, lam) == pytest.approx(1 / (lr * lam), rel=1e-3)
    assert closest_weight_decay(s, lr, 1000) == pytest.approx(1 / (lr * 1000), rel=1e-3)


def test_the_ends_of_the_match():
    s = np.array([0.5, 3.0])
    assert closest_steps(s, 0.1, 0.0) == np.inf
    assert np.isfinite(closest_steps(s, 1.0, 0.0))  # η s_max = 3: there is no limit
    assert closest_steps(s, 0.1, 1e9) == 1
    assert closest_weight_decay(s, 0.1, np.inf) == 0
    assert closest_weight_decay(s, 1.0, 2) == closest_weight_decay(s[::-1], 1.0, 2)
    with pytest.raises(ValueError, match="at least one direction"):
        closest_steps([], 0.1, 1.0)
    with pytest.raises(ValueError, match="at least one direction"):
        closest_weight_decay([0.0], 0.1, 3)
