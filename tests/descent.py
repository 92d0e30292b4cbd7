"""Runs, and the matrices of runs, stepped by the oracles from gradients that are written out.

Slower than the engine and faster than autograd. Nothing here imports a formula from `wd_core`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from tests.oracles import ORACLES, Array
from wd_core import Hyperparameters

Rows = NDArray[np.int64]
Epoch = Sequence[Rows]

# The search for a limit: it begins so far below 2/h, and takes steps as fine as this.
LEAST, FINE, HALVINGS = 0.02, 1.02, 30
# What never moves is multiplied by 1 up to rounding.
STILL = 1e-9


class Descent:
    """K columns of w [D, K] and b [1, K] that one run's rule moves, a batch at a time."""

    def __init__(self, X: Array, y: Array, run: Hyperparameters, w: Array, b: Array) -> None:
        self.X, self.y, self.run = torch.tensor(X), torch.tensor(y)[:, None], run
        self.w = torch.tensor(np.reshape(w, (X.shape[1], -1)), requires_grad=True)
        self.b = torch.tensor(np.reshape(b, (1, -1)), requires_grad=True)
        coupled = run.decay == "coupled"
        # a penalty in the loss is part of the gradient; with mean squares the rule has it
        self.pulled = run.weight_decay if coupled and run.loss == "half_mse" else 0.0
        self.shrunk = 1.0 if coupled else 1 - run.lr * run.weight_decay
        self.decayed = [self.w, self.b] if run.decay_bias else [self.w]
        own = run.weight_decay if coupled and run.loss == "mse" else 0.0
        groups = [
            {"params": [self.w], "weight_decay": own},
            {"params": [self.b], "weight_decay": own if run.decay_bias else 0.0},
        ]
        self.rule = ORACLES[run.optimizer](groups, run)

    @torch.no_grad()
    def step(self, rows: Rows) -> None:
        """One batch: half mean squares count by the nominal batch size, mean squares by rows."""
        index, run = torch.as_tensor(rows), self.run
        X = self.X[index]
        weight = 1 / run.batch_size if run.loss == "half_mse" else 2 / len(rows)
        residual = weight * (X @ self.w + self.b - self.y[index])
        self.w.grad, self.b.grad = X.T @ residual, residual.sum(0, keepdim=True)
        for parameter in self.decayed:
            assert parameter.grad is not None
            # a penalty in the loss of a short batch counts as its rows do
            parameter.grad += self.pulled * len(rows) / run.batch_size * parameter
            parameter.mul_(self.shrunk)
        self.rule.step()
        if run.max_norm is not None:
            self.w.mul_(torch.clamp(run.max_norm / self.w.norm(dim=0), max=1.0))

    def epoch(self, batches: Epoch) -> None:
        """One pass over these batches."""
        for rows in batches:
            self.step(rows)

    @property
    def weights(self) -> Array:
        """w [D, K]."""
        return self.w.detach().numpy().copy()

    @property
    def bias(self) -> Array:
        """b [K]."""
        return self.b.detach().numpy()[0].copy()

    def slots(self) -> list[tuple[torch.Tensor, str]]:
        """Where the rule keeps numbers of each weight: the parameter, and the name in its state."""
        return [
            (parameter, name)
            for parameter in (self.w, self.b)
            for name, kept in self.rule.state[parameter].items()
            if isinstance(kept, torch.Tensor) and kept.shape == parameter.shape
        ]


def path(
    X: Array, y: Array, run: Hyperparameters, w: Array, b: float, epochs: Iterable[Epoch]
) -> Iterator[tuple[Array, float]]:
    """Weights [D] and bias before the first epoch and after each; the same arrays, copied."""
    descent = Descent(X, y, run, w, np.array(b))
    yield descent.weights[:, 0], float(descent.bias[0])
    for batches in epochs:
        descent.epoch(batches)
        yield descent.weights[:, 0], float(descent.bias[0])


def epoch_matrix(X: Array, run: Hyperparameters, batches: Epoch) -> Array:
    """What an epoch of these batches makes of (w, b, state): its derivative, column by column.

    Of a rule that is linear it does not depend on where it is taken. All targets are 0, so that a
    column is an epoch from one unit vector of (w, b, state).
    """
    y, d = np.zeros(len(X)), X.shape[1]
    trial = Descent(X, y, run, np.ones(d), np.ones(1))
    trial.epoch(batches)
    sizes = [d, 1, *(len(parameter) for parameter, _ in trial.slots())]
    parts = np.split(np.eye(sum(sizes)), np.cumsum(sizes)[:-1])
    columns = Descent(X, y, run, parts[0], parts[1])
    columns.epoch(batches)  # makes the state, whose numbers are then set
    with torch.no_grad():
        columns.w.copy_(torch.tensor(parts[0]))
        columns.b.copy_(torch.tensor(parts[1]))
        for (parameter, name), part in zip(columns.slots(), parts[2:], strict=True):
            columns.rule.state[parameter][name].copy_(torch.tensor(part))
    columns.epoch(batches)
    states = [columns.rule.state[parameter][name].numpy() for parameter, name in columns.slots()]
    return np.vstack([columns.weights, columns.bias[None], *states])


def growth(X: Array, run: Hyperparameters, batches: Epoch) -> float:
    """By how much an epoch of these batches multiplies what is far from rest: above 1 it grows."""
    return float(np.abs(np.linalg.eigvals(epoch_matrix(X, run, batches))).max())


def largest_stable_lr(X: Array, run: Hyperparameters, batches: Epoch) -> float:
    """The η from which on repeating these batches grows, for a rule that is linear.

    Found on a scale so fine that it steps over no narrow window, then by halving.
    """
    A = np.column_stack([X, np.ones(len(X))])
    high = LEAST / (2 * float(np.linalg.norm(A, 2)) ** 2 / run.batch_size + run.weight_decay)
    low = high
    while not _grows(X, run, batches, high):
        low, high = high, FINE * high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _grows(X, run, batches, middle) else (middle, high)
    return high


def _grows(X: Array, run: Hyperparameters, batches: Epoch, lr: float) -> bool:
    return growth(X, replace(run, lr=lr), batches) > 1 + STILL
