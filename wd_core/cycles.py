"""Minibatch descent: where repeating an epoch's batches stops converging."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import torch

from wd_core.device import place
from wd_core.optimizers import OPTIMIZERS
from wd_core.spectrum import max_stable_lr, row_space
from wd_core.steps import rates_of
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

    A step is linear in w, b and what the rule keeps, so an epoch multiplies all of these by a
    product of matrices [S, S], in the row space of rank r with S = r + 1 for each of u = (w, b) and
    the arrays of state; it converges where none of the product's eigenvalues exceeds 1 in size.
    Other epochs have other orders: an estimate for them.
    NaN for a rule that is not linear, and where the search would take too long.
    """
    full = max_stable_lr(dataset.X_train, run)
    V = row_space(dataset.X_train)
    size = (V.shape[1] + 1) * (1 + len(OPTIMIZERS[run.optimizer].slots))
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
    """What a step on these rows [m, K] multiplies u = (w, b) by, and the arrays of state with it.

    The rule itself is asked, for each direction of u and of the state: it is linear.
    """
    m, k = rows.shape
    rule = OPTIMIZERS[run.optimizer]
    halved = run.loss == "half_mse"
    share = m / run.batch_size if halved else 1.0
    rates = rates_of([replace(run, lr=lr)], rule, k + 1, share, place("cpu", torch.float64, 0))
    # without the constant that `train` carries along
    rates = replace(rates, lr=rates.lr[:-1], pull=rates.pull[:-1], keep=rates.keep[:-1])
    u, *state = np.split(np.eye(k * (1 + len(rule.slots))), 1 + len(rule.slots))
    gradient = rows.T @ (rows @ u) / (run.batch_size if halved else m / 2)
    moved, kept = rule.update(u, gradient, tuple(state), rates, 1)
    return np.concatenate([moved, *kept])
