"""SVD, row space and stability against eigenvalues, autograd's Hessian and the step's matrix."""

from __future__ import annotations

import pickle
from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.descent import growth
from tests.oracles import random_dataset
from wd_core import (
    OPTIMIZERS,
    Hyperparameters,
    collect,
    largest_curvature,
    max_stable_lr,
    train,
    unreachable_norm,
)
from wd_core.linear.behaviour import behaviour
from wd_core.linear.spectrum import MOST_KEPT, _kept, decompose, row_space

# A few dozen roundings on numbers of order one.
EXACT = 1e-11
# Spectral radii of a defective matrix move by the square root of a rounding.
RADIUS = 1e-6

SHAPES = [(12, 3), (3, 12), (5, 5), (6, 5), (1, 4), (4, 1), (1, 1)]


def autograd_hessian(X: np.ndarray, weight_decay: float) -> np.ndarray:
    rows = torch.tensor(np.column_stack([X, np.ones(len(X))]))

    def objective(z: torch.Tensor) -> torch.Tensor:
        return ((rows @ z) ** 2).mean() / 2 + weight_decay / 2 * (z[:-1] ** 2).sum()

    start = torch.zeros(rows.shape[1], dtype=torch.float64)
    return torch.autograd.functional.hessian(objective, start).numpy()


@pytest.mark.parametrize(("n", "d"), SHAPES)
def test_decomposition_rebuilds_the_centred_data(n, d):
    data = random_dataset(n, d, seed=2)
    parts = decompose(data)
    X, y = data.X_train, data.y_train
    centred = parts.U * np.sqrt(n * parts.s) @ parts.V.T
    np.testing.assert_allclose(centred, X - X.mean(0), atol=EXACT)
    np.testing.assert_allclose(parts.V.T @ parts.V, np.eye(len(parts.s)), atol=EXACT)
    np.testing.assert_allclose(parts.U.T @ parts.U, np.eye(len(parts.s)), atol=EXACT)
    np.testing.assert_allclose(parts.U.T @ (y - y.mean()), np.sqrt(n) * parts.c, atol=EXACT)
    covariance = np.cov(X.T, bias=True).reshape(d, d)
    eigenvalues = np.linalg.eigvalsh(covariance)[::-1][: len(parts.s)]
    np.testing.assert_allclose(parts.s, eigenvalues, atol=EXACT)
    assert len(parts.s) == min(n - 1, d)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_directions_without_variation_are_dropped_at_every_scale(size):
    draw = np.random.default_rng(0)
    factors = draw.normal(size=(8, 2))
    X = size * np.column_stack([factors, factors @ draw.normal(size=(2, 3)), np.full(8, 3.0)])
    data = replace(random_dataset(8, 6), X_train=X)
    assert len(decompose(data).s) == 2


def test_data_are_decomposed_once_and_anew_when_they_change():
    X = np.random.default_rng(0).normal(size=(8, 3))
    data = replace(random_dataset(8, 3), X_train=X)
    first = decompose(data)
    assert decompose(data) is first
    assert decompose(replace(data)) is not first  # another data set, though an equal one
    with pytest.raises(ValueError, match="read-only"):
        first.s[0] = 1.0
    data.X_train[0] += 1.0
    fresh = decompose(replace(data))
    np.testing.assert_array_equal(decompose(data).s, fresh.s)
    data.y_train[0] += 1.0
    assert (decompose(data).c != fresh.c).any()
    assert pickle.loads(pickle.dumps(data)).n_train == 8


def test_large_data_are_not_kept():
    data = random_dataset(1 << 10, 1 + (MOST_KEPT >> 10))
    assert data.X_train.size > MOST_KEPT
    before = len(_kept)
    with mock.patch("wd_core.linear.spectrum._decomposed") as worked:
        decompose(data)
        decompose(data)
    assert worked.call_count == 2
    assert len(_kept) == before


@pytest.mark.parametrize(("n", "d"), SHAPES)
def test_row_space_projects_as_the_pseudo_inverse_does(n, d):
    X = random_dataset(n, d, seed=3).X_train
    basis = row_space(X)
    np.testing.assert_allclose(basis @ basis.T, np.linalg.pinv(X) @ X, atol=EXACT)
    assert basis.shape == (d, min(n, d))


def test_row_space_of_repeated_and_of_zero_rows():
    X = random_dataset(3, 5).X_train
    assert row_space(np.vstack([X, X, 2 * X])).shape == (5, 3)
    assert row_space(np.zeros((3, 5))).shape == (5, 0)


@pytest.mark.parametrize("n", [5, 200])
def test_rows_whose_mean_is_rounding_span_what_the_centred_rows_do(n):
    """Standardised data: one tolerance decides what is a direction, centred or not."""
    X = random_dataset(n, 7).X_train
    data = replace(random_dataset(n, 7), X_train=X - X.mean(0))
    assert row_space(data.X_train).shape[1] == len(decompose(data).s) == min(n - 1, 7)


@given(st.integers(1, 6), st.integers(1, 12), st.integers(0, 99))
def test_unreachable_norm_is_the_distance_to_the_row_space(n, d, seed):
    X = random_dataset(n, d, seed).X_train
    weights = np.random.default_rng(seed).normal(size=(2, 3, d))
    outside = np.eye(d) - np.linalg.pinv(X) @ X
    expected = np.linalg.norm(weights @ outside, axis=-1)
    np.testing.assert_allclose(unreachable_norm(X, weights), expected, atol=1e-9)


def test_unreachable_norm_takes_one_weight_vector_or_many():
    X = [[1.0, 0.0, 0.0]]
    assert unreachable_norm(X, [5.0, 3.0, 4.0]) == pytest.approx(5)
    np.testing.assert_allclose(unreachable_norm(X, [[5.0, 3, 4], [2, 0, 1]]), [5, 1])


@pytest.mark.parametrize(("n", "d"), SHAPES)
@pytest.mark.parametrize("weight_decay", [0.0, 0.5, 30.0])
def test_curvature_is_the_largest_eigenvalue_of_autograds_hessian(n, d, weight_decay):
    X = random_dataset(n, d, seed=5).X_train
    largest = np.linalg.eigvalsh(autograd_hessian(X, weight_decay))[-1]
    assert largest_curvature(X, weight_decay) == pytest.approx(largest, rel=EXACT)


def test_curvature_counts_the_bias():
    """A feature of mean 10 and the bias pull together; centred data would say 1."""
    X = np.array([[9.0], [11.0]])
    assert largest_curvature(X) == pytest.approx(102.0, abs=0.1)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize("momentum", [0.3, 0.9])
@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
@pytest.mark.parametrize("decay_bias", [False, True])
@pytest.mark.parametrize(("n", "d"), [(9, 3), (4, 7)])
def test_at_the_limit_one_step_is_marginal(optimizer, loss, momentum, decay, decay_bias, n, d):
    """The spectral radius of the step's matrix passes 1 there and nowhere before."""
    X = random_dataset(n, d, seed=6).X_train
    run = Hyperparameters(
        weight_decay=0.7,
        optimizer=optimizer,
        loss=loss,
        momentum=momentum,
        decay=decay,
        decay_bias=decay_bias,
    )
    limit = max_stable_lr(X, run)

    def radius(lr: float) -> float:
        return growth(X, replace(run, lr=lr, batch_size=n), [np.arange(n)])

    assert radius(limit) == pytest.approx(1, abs=RADIUS)
    assert radius(1.001 * limit) > 1 + 1e-4
    for share in (0.05, 0.3, 0.7, 0.999):
        assert radius(share * limit) < 1


def test_mse_halves_the_limit():
    X = random_dataset(9, 3).X_train
    book = max_stable_lr(X, Hyperparameters())
    assert max_stable_lr(X, Hyperparameters(loss="mse")) == pytest.approx(book / 2, rel=EXACT)


def test_adam_has_no_such_limit():
    assert np.isnan(max_stable_lr(random_dataset(9, 3).X_train, Hyperparameters(optimizer="adam")))


@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("n", [6, 7])
def test_the_factor_of_an_epoch_is_what_training_does(optimizer, decay, loss, n):
    """Or none is stated: where that part has a velocity of its own, or where steps lead into it."""
    data = random_dataset(n, 15)
    run = Hyperparameters(
        weight_decay=2.0,
        lr=0.01,
        batch_size=3,
        epochs=6,
        optimizer=optimizer,
        decay=decay,
        loss=loss,
    )
    found = behaviour(run, n)
    norms = unreachable_norm(data.X_train, collect(train(data, [run])).weights[:, 0])
    if found.has_factor:
        np.testing.assert_allclose(
            norms, norms[0] * found.epoch_factor.value ** np.arange(7), rtol=1e-10
        )
    else:
        assert np.ptp(norms[1:] / norms[:-1]) > 1e-4


def test_a_factor_beyond_floats_is_infinite_and_a_step_that_leaves_nothing_is_0() -> None:
    wild = Hyperparameters(lr=1.0, weight_decay=100.0, batch_size=1)
    assert abs(behaviour(wild, 2000).epoch_factor.value) == np.inf
    # 2000 rows in batches of 3: the last step counts 2/3, and 1 − 1.5·2/3 = 0
    still = Hyperparameters(lr=1.0, weight_decay=1.5, batch_size=3)
    assert behaviour(still, 2000).epoch_factor.value == 0.0
