"""Where repeating an epoch's batches diverges, against runs that repeat them."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from wd_core import DatasetSpec, Hyperparameters, collect, make_dataset, train
from wd_core.linear.cycles import cycle_limit
from wd_core.linear.spectrum import max_stable_lr
from wd_core.records import Dataset
from wd_core.training import batch_order

EPOCHS = 1500
# So near to the limit that many epochs tell: e.g. 1.03 to the power of 1500.
BELOW, ABOVE = 0.97, 1.03
ROUNDING = 1e-11  # of w: what a cycle that has come to rest still moves
SEARCH = 2e-5  # what the search leaves of the interval


def random_dataset(n: int, d: int) -> Dataset:
    draw = np.random.default_rng(n + d)
    X = draw.normal(size=(n + 5, d)) * np.geomspace(1, 3, d)
    y = X @ draw.normal(size=d) + draw.normal(size=n + 5) + 1
    return Dataset(X[:n], y[:n], X[n:], y[n:])


def late_growth(data: Dataset, run: Hyperparameters) -> float:
    """By how much the steps of w grow from the middle to the end, batches being repeated."""
    order = next(batch_order(run.seed, data.n_train, 1))
    cycle = [order[i : i + run.batch_size] for i in range(0, data.n_train, run.batch_size)]
    ran = collect(train(data, [replace(run, epochs=EPOCHS)], batches=[cycle] * EPOCHS))
    if ran.diverged_at[0] >= 0:
        return math.inf
    weights = np.array([record.weights[0] for record in ran.records])
    steps = np.linalg.norm(np.diff(weights, axis=0), axis=1)
    least = ROUNDING * np.linalg.norm(weights[-1])
    return float(
        max(steps[-50:].max(), least) / max(steps[EPOCHS // 2 - 50 : EPOCHS // 2].max(), least)
    )


CASES = [
    {"optimizer": optimizer, "decay": decay, "loss": loss, "batch_size": size}
    for optimizer, decay, (loss, size) in product(
        ("sgd", "momentum", "nesterov"), ("coupled", "decoupled"), (("half_mse", 5), ("mse", 4))
    )
]


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("decay_bias", [False, True])
def test_runs_that_repeat_their_batches_diverge_from_there(
    case: dict[str, object], decay_bias: bool
) -> None:
    data = random_dataset(12, 3)
    run = Hyperparameters(weight_decay=0.5, decay_bias=decay_bias, **case)  # type: ignore[arg-type]
    limit = cycle_limit(data, run)
    assert late_growth(data, replace(run, lr=ABOVE * limit)) > 1
    assert late_growth(data, replace(run, lr=BELOW * limit)) <= 1


def test_one_batch_of_all_rows_has_the_full_limit() -> None:
    data = random_dataset(12, 3)
    for optimizer in ("sgd", "momentum", "nesterov"):
        run = Hyperparameters(weight_decay=0.5, batch_size=12, optimizer=optimizer)
        assert cycle_limit(data, run) == pytest.approx(max_stable_lr(data.X_train, run), rel=SEARCH)


def test_momentum_on_the_books_batches_fails_far_below_the_limit_of_each_batch() -> None:
    data = make_dataset(DatasetSpec())
    run = Hyperparameters(weight_decay=3.0, optimizer="momentum")
    order = next(batch_order(0, 20, 1))
    alone = min(max_stable_lr(data.X_train[rows], run) for rows in np.split(order, 4))
    limit = cycle_limit(data, run)
    assert limit < alone / 3
    assert late_growth(data, replace(run, lr=ABOVE * limit)) > 1


@pytest.mark.parametrize(("lr", "holds"), [(0.05, True), (0.06, False)])
def test_the_books_own_run_holds_above_the_limit_of_its_worst_batch(lr: float, holds: bool) -> None:
    data, run = make_dataset(DatasetSpec()), Hyperparameters(weight_decay=3.0)
    rows = np.split(next(batch_order(0, 20, 1)), 4)
    assert min(max_stable_lr(data.X_train[batch], run) for batch in rows) < 0.05
    assert (lr < cycle_limit(data, run)) == holds
    loss = collect(train(data, [replace(run, lr=lr)])).train_loss[:, 0]
    assert (loss[-1] < loss[0]) == holds


def test_what_has_no_limit_or_is_too_large_has_none() -> None:
    assert math.isnan(cycle_limit(random_dataset(12, 3), Hyperparameters(optimizer="adam")))
    large = make_dataset(DatasetSpec(n_train=400, n_features=400))
    assert math.isnan(cycle_limit(large, Hyperparameters(optimizer="momentum")))


def test_the_first_of_two_windows_is_the_limit() -> None:
    """Momentum, λ = 100, a short last batch: growth from 0.0091 to 0.014, and from 0.0267."""
    data = make_dataset(DatasetSpec(n_train=5, n_features=12, noise=0.5, true_weight=0.5, seed=3))
    run = Hyperparameters(optimizer="momentum", weight_decay=100, batch_size=2, seed=3)
    limit = cycle_limit(data, run)
    assert limit == pytest.approx(0.009057, rel=1e-3)
    grown = [late_growth(data, replace(run, lr=lr)) for lr in (0.97 * limit, 1.03 * limit, 0.02)]
    assert max(grown[0], grown[2]) <= 1 < grown[1]


def test_where_no_example_reaches_decay_alone_sets_the_limit() -> None:
    """Features that are all 0: decoupled decay diverges at η = 2/λ, whatever the bias does."""
    rows = np.zeros((5, 3))
    data = Dataset(rows, np.arange(5.0), rows, np.arange(5.0))
    run = Hyperparameters(optimizer="nesterov", decay="decoupled", weight_decay=100, batch_size=2)
    assert cycle_limit(data, run) == pytest.approx(0.02, rel=1e-4)


@pytest.mark.parametrize("weight_decay", [0.0, 0.5, 30.0])
@pytest.mark.parametrize(("n", "d", "batch_size"), [(12, 3, 5), (6, 9, 1), (5, 2, 2)])
def test_a_plain_cycle_grows_from_there_and_nowhere_below(
    n: int, d: int, batch_size: int, weight_decay: float
) -> None:
    """The epoch's matrix written out over all of (w, b), on a grid of η of its own."""
    data = random_dataset(n, d)
    run = Hyperparameters(weight_decay=weight_decay, batch_size=batch_size)
    A = np.column_stack([data.X_train, np.ones(n)])
    order = next(batch_order(0, n, 1))
    cycle = [order[i : i + batch_size] for i in range(0, n, batch_size)]
    decay = weight_decay * np.diag([1.0] * d + [0.0])

    def growth(lr: float) -> float:
        epoch = np.eye(d + 1)
        for rows in cycle:
            share = len(rows) / batch_size
            hessian = A[rows].T @ A[rows] / batch_size + share * decay
            epoch = (np.eye(d + 1) - lr * hessian) @ epoch
        return float(np.abs(np.linalg.eigvals(epoch)).max())

    limit = cycle_limit(data, run)
    assert all(growth(lr) <= 1 + 1e-9 for lr in np.geomspace(limit / 100, limit / 1.001, 300))
    assert growth(1.001 * limit) > 1 + 1e-9
