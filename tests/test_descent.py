"""Descent from gradients that are written out: runs as autograd has them, AdamW as torch has it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.descent import Descent, epoch_matrix, growth, largest_stable_lr, path
from tests.oracles import name_of, random_batches, random_dataset, schemes, torch_path
from wd_core import Hyperparameters

# Two ways of a few dozen steps in float64.
EXACT = 1e-12
START = np.array([1.0, -0.5, 0.25])


@pytest.mark.parametrize("run", list(schemes(4, 4)), ids=name_of)
def test_it_runs_as_autograd_does(run):
    data, batches = random_dataset(11, 3), random_batches(11, 4, 4)
    expected = torch_path(data, run, START, 0.2, batches)
    states = list(path(data.X_train, data.y_train, run, START, 0.2, batches))
    np.testing.assert_allclose([w for w, _ in states], expected.weights, rtol=EXACT, atol=EXACT)
    np.testing.assert_allclose([b for _, b in states], expected.bias, rtol=EXACT, atol=EXACT)


def test_decoupled_adam_is_torchs_adamw():
    data = random_dataset(8, 3)
    run = Hyperparameters(weight_decay=0.7, lr=0.02, batch_size=8, eps=1e-3)
    run = replace(run, optimizer="adam", decay="decoupled")
    ours = Descent(data.X_train, data.y_train, run, START, np.zeros(1))
    w = torch.tensor(START, requires_grad=True)
    b = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    groups = [{"params": [w]}, {"params": [b], "weight_decay": 0.0}]
    theirs = torch.optim.AdamW(groups, lr=0.02, betas=run.betas, eps=run.eps, weight_decay=0.7)
    X, y = torch.tensor(data.X_train), torch.tensor(data.y_train)
    for _ in range(20):
        ours.step(np.arange(8))
        theirs.zero_grad()
        (((X @ w + b - y) ** 2).mean() / 2).backward()
        theirs.step()
    np.testing.assert_allclose(ours.weights[:, 0], w.detach().numpy(), rtol=EXACT)


def test_the_matrix_of_an_epoch_is_what_the_epoch_does():
    data = random_dataset(11, 3)
    run = Hyperparameters(optimizer="nesterov", lr=0.02, batch_size=4, weight_decay=0.5)
    (batches,) = random_batches(11, 4, 1)
    matrix = epoch_matrix(data.X_train, run, batches)
    run_on = Descent(data.X_train, 0 * data.y_train, run, START, np.ones(1))
    run_on.epoch(batches)
    state = np.concatenate([START, [1.0], np.zeros(len(matrix) - 4)])
    np.testing.assert_allclose((matrix @ state)[:4], [*run_on.weights[:, 0], *run_on.bias])


def test_a_narrow_window_in_which_a_run_grows_is_not_stepped_over():
    """Momentum on a short last batch: it grows from η = 0.433 to 0.465, and again from 0.493."""
    data = random_dataset(11, 3)
    run = Hyperparameters(optimizer="momentum", weight_decay=0.5, batch_size=4)
    order = np.array([9, 8, 0, 3, 10, 6, 4, 7, 5, 1, 2])
    batches = [order[i : i + 4] for i in range(0, 11, 4)]

    def grows(lr):
        return growth(data.X_train, replace(run, lr=lr), batches) > 1

    assert largest_stable_lr(data.X_train, run, batches) == pytest.approx(0.43346, abs=1e-4)
    assert [grows(lr) for lr in (0.43, 0.45, 0.48, 0.5)] == [False, True, False, True]
