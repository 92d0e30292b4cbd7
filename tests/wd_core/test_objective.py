"""The λ convention against torch's losses, autograd and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import half_mean_square, random_dataset
from wd_core import data_loss, gradient, objective, penalty
from wd_core.objective import augmented, mean_half_square

# Sums of a few dozen products of order one.
EXACT = 1e-12
# Central differences with h = 1e-5: h² of truncation, 1e-16/h of rounding.
DIFFERENCED = 1e-8

B = 0.4


@pytest.fixture
def data():
    return random_dataset(12, 3, seed=4)


@pytest.fixture
def w():
    return np.array([0.3, -1.2, 0.8])


def test_data_loss_is_half_of_mse_loss(data, w):
    output = torch.tensor(data.X_train @ w + B)
    mse = torch.nn.MSELoss()(output, torch.tensor(data.y_train)).item()
    assert data_loss(data.X_train, data.y_train, w, B) == pytest.approx(mse / 2, rel=EXACT)


def test_data_loss_is_the_mean_of_the_books_squared_loss(data, w):
    by_hand = half_mean_square(data.X_train, data.y_train, w, B)
    assert data_loss(data.X_train, data.y_train, w, B) == pytest.approx(by_hand, rel=EXACT)


def test_data_loss_of_two_examples_worked_out():
    # residuals 1·2 + 1 − 0 = 3 and 2·2 + 1 − 4 = 1: (9 + 1)/(2·2)
    assert data_loss([[1.0], [2.0]], [0.0, 4.0], [2.0], 1.0) == 2.5


def test_penalty_is_lambda_half_times_the_square_without_the_bias(data, w):
    assert penalty([3.0, 4.0], 0.2) == pytest.approx(0.1 * 25, rel=EXACT)
    total = objective(data.X_train, data.y_train, w, 100.0, 0.5)
    apart = data_loss(data.X_train, data.y_train, w, 100.0) + 0.25 * float(w @ w)
    assert total == pytest.approx(apart, rel=EXACT)


@pytest.mark.parametrize("weight_decay", [0.0, 0.5, 3.0])
def test_gradient_is_autograds(data, w, weight_decay):
    X, y = torch.tensor(data.X_train), torch.tensor(data.y_train)
    wt = torch.tensor(w, requires_grad=True)
    bt = torch.tensor(B, dtype=torch.float64, requires_grad=True)
    (((X @ wt + bt - y) ** 2).mean() / 2 + weight_decay / 2 * wt.dot(wt)).backward()
    along_w, along_b = gradient(data.X_train, data.y_train, w, B, weight_decay)
    np.testing.assert_allclose(along_w, wt.grad.numpy(), rtol=EXACT)
    assert along_b == pytest.approx(bt.grad.item(), rel=EXACT)


@given(st.integers(1, 9), st.integers(1, 9), st.floats(0, 5), st.integers(0, 99))
def test_gradient_is_the_slope_of_the_objective(n, d, weight_decay, seed):
    data = random_dataset(n, d, seed)
    draw = np.random.default_rng(seed)
    w, b = draw.normal(size=d), float(draw.normal())
    along_w, along_b = gradient(data.X_train, data.y_train, w, b, weight_decay)
    direction, bias_direction, h = draw.normal(size=d), float(draw.normal()), 1e-5

    def at(step: float) -> float:
        X, y = data.X_train, data.y_train
        return objective(X, y, w + step * direction, b + step * bias_direction, weight_decay)

    slope = (at(h) - at(-h)) / (2 * h)
    expected = along_w @ direction + along_b * bias_direction
    assert slope == pytest.approx(expected, rel=DIFFERENCED, abs=1e3 * DIFFERENCED)


def test_lists_and_tensors_are_taken(data, w):
    X, y = data.X_train, data.y_train
    expected = gradient(X, y, w, B, 0.5)
    for form in (np.ndarray.tolist, torch.tensor):
        along_w, along_b = gradient(form(X), form(y), form(w), B, 0.5)
        np.testing.assert_array_equal(along_w, expected[0])
        assert along_b == expected[1]


def test_augmented_rows_give_the_residual(data, w):
    v = np.append(w, [B, -1.0])
    residual = augmented(data.X_train, data.y_train) @ v
    np.testing.assert_allclose(residual, data.X_train @ w + B - data.y_train, atol=EXACT)


def test_mean_half_square_of_every_column(data, w):
    v = np.column_stack([np.append(w, [B, -1.0]), np.append(2 * w, [0.0, -1.0])])
    A = augmented(data.X_train, data.y_train)
    expected = [
        half_mean_square(data.X_train, data.y_train, w, B),
        half_mean_square(data.X_train, data.y_train, 2 * w, 0.0),
    ]
    np.testing.assert_allclose(mean_half_square(A, v, len(A)), expected, rtol=EXACT)


@pytest.mark.parametrize("wrong", [[np.nan, 0, 0], [[1, 2, 3]], ["a", "b", "c"]])
def test_wrong_weights_are_refused_by_name(data, wrong):
    with pytest.raises(ValueError, match="w must be"):
        data_loss(data.X_train, data.y_train, wrong)
