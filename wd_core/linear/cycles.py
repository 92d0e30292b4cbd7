"""Minibatch descent: where repeating an epoch's batches stops converging."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from wd_core.arrays import Array
from wd_core.device import place
from wd_core.linear.spectrum import max_stable_lr, row_space
from wd_core.models.linear import rates_of
from wd_core.optimizers import OPTIMIZERS, Hyperparameters, Optimizer, Rates, Runs
from wd_core.records import Dataset
from wd_core.signatures import typed
from wd_core.training import batch_order

# The search: from far below the full-batch limit to above it, in steps so fine that a narrow window
# of η in which descent grows is not stepped over; then halved to a share of 2e-5.
LOWEST, HIGHEST, FINE, HALVINGS = 3e-3, 4.0, 1.06, 12
# How often an epoch is doubled to see whether it may grow, and what tells: 1.003 an epoch.
DOUBLINGS, GROWN = 8, 1.5
# Directions that nothing moves keep a factor of 1, up to rounding.
STILL = 1e-9
# So many learning rates are looked at together, from the smallest, until one grows.
AT_ONCE = 16
# How many learning rates there are.
TRIED = math.ceil(math.log(HIGHEST / LOWEST, FINE)) + 1
# Multiply-adds that the search may take, about a second.
MOST_WORK = 4e9
# Multiply-adds a second where the matrices are small, and what one step of one η takes beside them.
SPEED, STEP_SECONDS = 2e9, 1e-5


@typed
def cycle_limit(dataset: Dataset, run: Hyperparameters) -> float:
    """The learning rate from which the first epoch's batches, repeated for ever, diverge.

    A step is linear in w, b and what the rule keeps, so an epoch multiplies all of these by a
    product of matrices [S, S], in the row space of rank r with S = r + 1 for each of u = (w, b) and
    the arrays of state; it converges where none of the product's eigenvalues exceeds 1 in size.
    One direction outside the row space, in which decay acts alone, stands for all that there are.
    With momentum it may converge again above the limit, in between windows in which it grows; one
    in which it grows by less than 0.3 % an epoch may be missed. Other epochs have other orders: an
    estimate for them. A threshold after each step takes a bounded amount, and so leaves the limit
    where it is for weights far from zero.
    NaN for a rule that is not linear, where the search would take too long, and where λ is so large
    that the learning rates are too small for floats.
    """
    full = max_stable_lr(dataset.X_train, run)
    V = row_space(dataset.X_train)
    alone = np.zeros((dataset.n_train, int(V.shape[1] < dataset.n_features)))
    A = np.column_stack([dataset.X_train @ V, alone, np.ones(dataset.n_train)])
    size = A.shape[1] * (1 + len(OPTIMIZERS[run.optimizer].slots))
    if math.isnan(full) or _work(dataset.n_train, size, run) > MOST_WORK:
        return math.nan
    lrs = full * np.geomspace(LOWEST, HIGHEST, TRIED)
    if not (lrs > 0).all():
        return math.nan
    order = next(batch_order(run.seed, dataset.n_train, 1))
    starts = range(0, dataset.n_train, run.batch_size)
    batches = [A[order[i : i + run.batch_size]] for i in starts]
    low, high = _first_growth(batches, run, lrs)
    for _ in range(HALVINGS // 2):
        # two halvings together: working out three epochs takes hardly longer than one
        middle = _between(low, high)
        first, third = _between(low, middle), _between(middle, high)
        below, halfway, above = _epochs(batches, run, np.array([first, middle, third]))
        if _grows(halfway):
            low, high = (low, first) if _grows(below) else (first, middle)
        else:
            low, high = (middle, third) if _grows(above) else (third, high)
    return high


def _between(low: float, high: float) -> float:
    """The geometric mean; the product itself may underflow."""
    return math.sqrt(low) * math.sqrt(high)


@typed
def cycle_seconds(n_train: int, n_features: int, run: Hyperparameters) -> float:
    """Roughly what finding `cycle_limit` takes at most, on one core."""
    size = (min(n_train + 1, n_features) + 1) * (1 + len(OPTIMIZERS[run.optimizer].slots))
    steps = -(-n_train // run.batch_size)
    return TRIED * steps * STEP_SECONDS + _work(n_train, size, run) / SPEED


def _work(n_train: int, size: int, run: Hyperparameters) -> float:
    """Multiply-adds of the search among matrices of this size."""
    steps = -(-n_train // run.batch_size)
    return float(TRIED * (steps + DOUBLINGS) + 25 * HALVINGS) * size**3


def _first_growth(batches: list[Array], run: Hyperparameters, lrs: Array) -> tuple[float, float]:
    """The first of these learning rates, which rise, at which an epoch grows, and the one before.

    The last one where none does.
    """
    epochs: dict[int, Array] = {}
    for begin in range(_calm(batches, run, lrs), len(lrs), AT_ONCE):
        some = _epochs(batches, run, lrs[begin : begin + AT_ONCE])
        epochs |= {begin + i: epoch for i, epoch in enumerate(some)}
        growing = (begin + int(i) for i in _suspects(some) if _grows(some[i]))
        first = next(growing, len(lrs) - 1)
        if first < len(lrs) - 1:
            break
    while first - 1 in epochs and first > 1 and _grows(epochs[first - 1]):  # too slowly to suspect
        first -= 1
    return float(lrs[max(first - 1, 0)]), float(lrs[first])


def _calm(batches: list[Array], run: Hyperparameters, lrs: Array) -> int:
    """How many of these learning rates, but the last, are so small that no step lengthens u.

    A plain step multiplies it by I − ηM, M symmetric and without negative eigenvalues: up to 2 over
    the largest of them the step is no longer than u, and so is an epoch of such steps.
    """
    if not OPTIMIZERS[run.optimizer].plain:
        return 0
    unit = _each_step(batches, run, np.ones(1))
    curved = max(float(np.linalg.eigvalsh(np.eye(len(step)) - step)[-1]) for (step,) in unit)
    return int(np.searchsorted(lrs[:-1], 2 / curved)) if curved > 0 else len(lrs) - 1


def _suspects(epochs: Array) -> NDArray[np.int64]:
    """Which of these epochs' matrices may grow, told by what many doublings make of them."""
    with np.errstate(over="ignore", invalid="ignore"):
        power = epochs.astype(np.float32)
        for _ in range(DOUBLINGS - 1):
            power = power @ power
        size, size_after = (np.abs(many).max((1, 2)) for many in (power, power @ power))
        return np.flatnonzero(~(size_after <= GROWN * size)).astype(np.int64)


def _grows(epoch: Array) -> bool:
    """Whether an eigenvalue of an epoch's matrix exceeds 1 in size."""
    if not np.isfinite(epoch).all():
        return True
    return float(np.abs(np.linalg.eigvals(epoch)).max()) > 1 + STILL


def _epochs(batches: list[Array], run: Hyperparameters, lrs: Array) -> Array:
    """The product of the steps of one epoch, [L, S, S] for L learning rates."""
    steps = _each_step(batches, run, lrs)
    product = next(steps)
    for step in steps:
        with np.errstate(over="ignore", invalid="ignore"):
            product = step @ product
    return product


def _each_step(batches: list[Array], run: Hyperparameters, lrs: Array) -> Iterator[Array]:
    """What a step on each batch [m, K] multiplies u = (w, b) by, and the arrays of state with it.

    The rule itself is asked, for each direction of u and of the state: it is linear. [L, S, S].
    """
    rule, k = OPTIMIZERS[run.optimizer], batches[0].shape[1]
    size, count = k * (1 + len(rule.slots)), len(lrs)
    runs = Runs.varied(run, lr=lrs.tolist())
    u, *state = np.split(np.tile(np.eye(size), count), 1 + len(rule.slots))
    rates = {m: _rates(runs, rule, m, k, size) for m in {len(rows) for rows in batches}}
    for rows in batches:
        m = len(rows)
        gradient = rows.T @ (rows @ u) / (run.batch_size if run.loss == "half_mse" else m / 2)
        moved, kept = rule.update(u, gradient, tuple(state), rates[m], 1)
        columns = np.concatenate([moved, *kept]).reshape(size, count, size)
        yield np.asarray(columns.transpose(1, 0, 2))


def _rates(runs: Runs, rule: Optimizer, m: int, k: int, size: int) -> Rates:
    """The numbers of a step on m rows, for each learning rate and direction a column.

    They are without the constant that `train` carries along.
    """
    share = m / runs[0].batch_size if runs[0].loss == "half_mse" else 1.0
    rates = rates_of(runs, rule, k + 1, share, place("cpu", torch.float64, 0))
    return replace(
        rates,
        **{
            name: np.repeat(part[:k], size, axis=1)
            for name, part in vars(rates).items()
            if np.ndim(part)
        },
    )
