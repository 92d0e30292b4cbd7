"""Minibatch descent: where repeating an epoch's batches stops converging."""

from __future__ import annotations

import math

import numpy as np

from wd_core.spectrum import max_stable_lr, row_space
from wd_core.training import batch_order
from wd_core.types import Array, Dataset, Hyperparameters

# The ends of the search, as shares of the full-batch limit, and how often it is halved: what is
# left is a share of 2e-5.
LOWEST, HIGHEST, HALVINGS = 1e-6, 4.0, 20
# Directions that nothing moves keep a factor of 1, up to rounding.
STILL = 1e-9
# Multiply-adds that the search may take, about a second.
MOST_WORK = 2e9


def cycle_limit(dataset: Dataset, run: Hyperparameters) -> float:
    """The learning rate from which the first epoch's batches, repeated for ever, diverge.

    A step is linear in w, b and their velocity, so an epoch multiplies the state by a product of
    matrices [S, S], in the row space of rank r with S = r + 1, or twice that with a velocity; it
    converges where none of the product's eigenvalues exceeds 1 in size. Other epochs have other
    orders: an estimate for them.
    For SGD, momentum and Nesterov; NaN for Adam, and where the search would take too long.
    """
    full = max_stable_lr(dataset.X_train, run)
    V = row_space(dataset.X_train)
    size = (V.shape[1] + 1) * (1 if run.optimizer == "sgd" else 2)
    steps = -(-dataset.n_train // run.batch_size)
    if math.isnan(full) or HALVINGS * (steps + 25) * size**3 > MOST_WORK:
        return math.nan
    A = np.column_stack([dataset.X_train @ V, np.ones(dataset.n_train)])
    order = next(batch_order(run.seed, dataset.n_train, 1))
    starts = range(0, dataset.n_train, run.batch_size)
    batches = [A[order[i : i + run.batch_size]] for i in starts]
    low, high = LOWEST * full, HIGHEST * full
    for _ in range(HALVINGS):
        middle = math.sqrt(low * high)
        if _growth(batches, run, middle) <= 1 + STILL:
            low = middle
        else:
            high = middle
    return high


def _growth(batches: list[Array], run: Hyperparameters, lr: float) -> float:
    """The largest eigenvalue, in size, of the product of the steps of one epoch."""
    product = _step(batches[0], run, lr)
    for rows in batches[1:]:
        with np.errstate(over="ignore", invalid="ignore"):
            product = _step(rows, run, lr) @ product
        if not np.isfinite(product).all():
            return math.inf
    return float(np.abs(np.linalg.eigvals(product)).max())


def _step(rows: Array, run: Hyperparameters, lr: float) -> Array:
    """What a step on these rows [m, K] multiplies u = (w, b) by, or (u, v) with the velocity v."""
    m, k = rows.shape
    unit = np.eye(k)
    decayed = np.diag([*[1.0] * (k - 1), float(run.decay_bias)]) * run.weight_decay
    halved = run.loss == "half_mse"
    gradient = rows.T @ rows / (run.batch_size if halved else m / 2)
    mu = run.momentum
    if run.decay == "coupled":
        gradient, kept = gradient + decayed * (m / run.batch_size if halved else 1.0), unit
    else:
        kept = unit - lr * decayed
    if run.optimizer == "sgd":
        return np.asarray(kept - lr * gradient)
    ahead = (1 + mu, mu**2) if run.optimizer == "nesterov" else (1.0, mu)
    return np.block(
        [[kept - lr * ahead[0] * gradient, -lr * ahead[1] * unit], [gradient, mu * unit]]
    )
