"""The phases of descent against real runs, and the limits of a run against what it then does."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.oracles import random_dataset
from wd_core import OPTIMIZERS, Dataset, Hyperparameters, collect, max_stable_lr, train
from wd_core.linear.cycles import cycle_limit
from wd_core.linear.phases import Curvature, Phase, batch_limit, limits
from wd_core.linear.spectrum import largest_curvature

SHAPES = [(12, 3), (8, 20), (1, 1), (5, 1), (1, 4)]
WEIGHT_DECAYS = [0.0, 1e-3, 0.5, 3.0, 40.0, 500.0]
# Learning rates as multiples of 1/h and 2/h, and of 1/λ: on both sides of every boundary.
NEAR = 0.01


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("decay_bias", [False, True])
def test_the_largest_curvature_follows_for_every_decay(
    shape: tuple[int, int], decay_bias: bool
) -> None:
    X = random_dataset(*shape).X_train
    wanted = [largest_curvature(X, lam, decay_bias=decay_bias) for lam in WEIGHT_DECAYS]
    found = Curvature.of(X, decay_bias=decay_bias)
    np.testing.assert_allclose(found.largest(WEIGHT_DECAYS), wanted, rtol=1e-12)
    assert found.largest(3.0) == pytest.approx(wanted[3], rel=1e-12)


def test_the_largest_curvature_of_centred_and_of_empty_features() -> None:
    X = np.array([[1.0, 0.0], [-1.0, 0.0]])
    for rows in (X, 3 * X, 0 * X):
        for lam in WEIGHT_DECAYS:
            wanted = largest_curvature(rows, lam)
            assert Curvature.of(rows).largest(lam) == pytest.approx(wanted, rel=1e-12)


def test_a_negative_decay_is_named() -> None:
    with pytest.raises(ValueError, match="weight_decay must be >= 0"):
        Curvature.of(np.eye(2)).largest([1.0, -1.0])


def directions(data: Dataset, lam: float, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """The way from the minimum along each eigenvector of the Hessian over (w, b), [E, D + 1]."""
    X, n, d = data.X_train, data.n_train, data.n_features
    A = np.zeros((d + 1, d + 1))
    A[:d, :d], A[:d, d], A[d, :d], A[d, d] = X.T @ X / n + lam * np.eye(d), X.mean(0), X.mean(0), 1
    best = np.linalg.solve(A, np.append(X.T @ data.y_train / n, data.y_train.mean()))
    return (np.column_stack([weights, bias]) - best) @ np.linalg.eigh(A)[1]


def real(data: Dataset, lr: float, lam: float) -> Phase:
    """What a run of train() with every example in each step does, from its weights alone."""
    run = Hyperparameters(
        lr=lr, weight_decay=lam, batch_size=data.n_train, epochs=40, init_bias_std=1.0
    )
    path = collect(train(data, [run]))
    away = directions(data, lam, path.weights[:, 0], path.bias[:, 0])
    begin, end = away[:2]
    rounding = 1e-9 * np.abs(begin).max()
    if (np.abs(away[-1]) > np.maximum(np.abs(away[20]), rounding)).any():
        return "diverges"
    clear = np.abs(end) > rounding
    overshot = np.sign(end[clear]) != np.sign(begin[clear])
    if not overshot.any():
        return "monotone"
    # the weights along directions that no example reaches: decay alone moves them
    alone = path.weights[:2, 0] @ np.linalg.svd(data.X_train)[2][data.n_train :].T
    if (np.sign(alone[1]) != np.sign(alone[0])).all():
        assert overshot.sum() >= data.n_features  # all but the bias's, which is not decayed
        return "flips"
    return "ripples"


@pytest.mark.parametrize("lam", [0.01, 0.5, 3.0, 40.0, 300.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_every_region_is_what_a_run_does(lam: float, seed: int) -> None:
    data = random_dataset(8, 20, seed)
    found = Curvature.of(data.X_train)
    h = float(found.largest(lam))
    seen = set()
    for edge, side in product((1 / h, 2 / h, 1 / lam), (1 - NEAR, 1 + NEAR, 0.3)):
        lr = edge * side
        if abs(lr * h - 2) < NEAR / 2 or lr * h > 3:
            continue
        wanted = found.phase(lr, lam)
        assert real(data, lr, lam) == wanted, (lr * h, lr * lam)
        seen.add(wanted)
    assert {"monotone", "ripples", "diverges"} <= seen
    # 1/λ lies below 2/h only where λ is more than the rest of the curvature
    assert ("flips" in seen) == (h < 2 * lam)


def test_the_edges_belong_to_the_regions_that_say_so() -> None:
    found = Curvature.of(random_dataset(8, 20).X_train)
    h = float(found.largest(0.0))
    assert found.phase(2 / h * (1 + 1e-15), 0.0) == "diverges"
    assert found.phase(1 / h * (1 - 1e-15), 0.0) == "monotone"


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_a_run_converges_below_its_limit_and_not_above(
    optimizer: str, decay: str, loss: str
) -> None:
    data = random_dataset(12, 3)
    given = {"weight_decay": 0.5, "optimizer": optimizer, "decay": decay, "loss": loss}
    full = {"batch_size": 12, "epochs": 6000}
    found = limits(data, Hyperparameters(**given, **full))
    assert found.full is not None
    limit = found.limit
    assert limit == found.full.value
    assert limit == max_stable_lr(data.X_train, Hyperparameters(**given, **full))
    ends = []
    for share, broken in ((0.99, "none"), (1.01, "full")):
        run = Hyperparameters(lr=share * limit, **given, **full)
        assert limits(data, run).broken == broken
        ends.append(collect(train(data, [run], record_every=6000)).diverged_at[0])
    assert ends[0] == -1
    assert ends[1] > 0


def test_the_table_holds_the_limit_of_every_optimizer_and_loss() -> None:
    data = random_dataset(12, 3)
    run = Hyperparameters(weight_decay=0.5)
    table = limits(data, run).table
    for name, loss in product(OPTIMIZERS, ("half_mse", "mse")):
        other = Hyperparameters(weight_decay=0.5, optimizer=name, loss=loss)
        known = table[name, loss]
        found = math.nan if known is None else known.value
        np.testing.assert_equal(found, max_stable_lr(data.X_train, other))
    assert table["adam", "mse"] is None


@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
def test_h_is_the_curvature_with_the_decay_that_counts_in_it(optimizer: str, loss: str) -> None:
    """From the Hessian, written out; beside a velocity decay counts otherwise."""
    data, lam, mu = random_dataset(12, 3), 0.5, 0.75
    run = Hyperparameters(
        weight_decay=lam,
        momentum=mu,
        optimizer=optimizer,  # type: ignore[arg-type]
        decay="decoupled",
        loss=loss,  # type: ignore[arg-type]
    )
    found = limits(data, run)
    counts = {"momentum": lam * (1 + mu), "nesterov": lam * (1 + mu) / (1 + 2 * mu)}
    counted = counts.get(optimizer, lam)
    A = np.column_stack([data.X_train, np.ones(12)])
    H = A.T @ A / 12 * (2 if loss == "mse" else 1)
    assert found.largest == pytest.approx(np.linalg.eigvalsh(H)[-1], rel=1e-12)
    h = np.linalg.eigvalsh(H + counted * np.diag([1, 1, 1, 0]))[-1]
    assert found.with_decay == pytest.approx(h, rel=1e-12)
    if found.counted is not None:
        assert found.counted.value == pytest.approx(counted, rel=1e-12)


def test_steps_on_batches_break_their_own_limit_and_not_that_of_all_examples() -> None:
    """Where batches fail later than all examples at once, an η in between breaks nothing."""
    data = random_dataset(12, 3)
    run = Hyperparameters(batch_size=5, optimizer="momentum", decay="decoupled", weight_decay=100.0)
    found = limits(data, run)
    assert found.full is not None
    assert found.full.value < found.batch
    between = replace(run, lr=(found.full.value * found.batch) ** 0.5)
    assert limits(data, between).broken == "none"
    assert limits(data, replace(between, batch_size=12)).broken == "full"


def test_without_momentum_the_table_leaves_nesterov_out() -> None:
    table = limits(random_dataset(12, 3), Hyperparameters(momentum=0.0)).table
    assert ("nesterov", "mse") not in table


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_the_estimate_for_minibatches_is_that_of_repeating_the_epoch(optimizer: str) -> None:
    data = random_dataset(12, 3)
    run = Hyperparameters(weight_decay=0.5, batch_size=5, optimizer=optimizer)  # type: ignore[arg-type]
    assert batch_limit(data, run) == cycle_limit(data, run)
    assert math.isnan(batch_limit(data, replace(run, batch_size=12)))
    assert math.isnan(batch_limit(data, replace(run, optimizer="adam")))


@pytest.mark.parametrize(("weight_decay", "broken"), [(2.5, False), (3.0, False), (4.0, True)])
def test_decay_alone_breaks_where_an_epoch_of_it_makes_w_longer(
    weight_decay: float, broken: bool
) -> None:
    """Out of reach of the data, by a run: its last batch is short and counts 2/6."""
    data = random_dataset(20, 40, scale=1e-6)
    run = Hyperparameters(lr=1.0, weight_decay=weight_decay, batch_size=6, epochs=6)
    path = collect(train(data, [run])).weight_norm[:, 0]
    assert (path[-1] > path[0]) == broken
    assert (limits(data, run).broken == "decay") == broken
    in_full = replace(run, decay="decoupled")
    assert limits(data, in_full).broken == "decay"
    assert collect(train(data, [in_full])).weight_norm[-1, 0] > path[0]


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"lr": 1e-3}, "none"),
        ({"lr": 1e-3, "optimizer": "adam"}, "unknown"),
        ({"lr": 1.0, "weight_decay": 25.0}, "decay"),
        ({"lr": 1.0, "weight_decay": 2.5, "optimizer": "adam", "decay": "decoupled"}, "decay"),
        ({"lr": 1.0, "weight_decay": 2.5, "optimizer": "adam"}, "unknown"),
        ({"lr": 10.0}, "batch"),
        ({"lr": 10.0, "batch_size": 12}, "full"),
    ],
    ids=str,
)
def test_which_limit_broke(given: dict[str, object], broken: str) -> None:
    assert limits(random_dataset(12, 3), Hyperparameters(**given)).broken == broken  # type: ignore[arg-type]


def test_between_the_batches_limit_and_that_of_all_examples_the_batches_broke() -> None:
    data = random_dataset(12, 3)
    found = limits(data, Hyperparameters(batch_size=2))
    assert found.full is not None
    assert found.limit == found.batch < found.full.value
    between = Hyperparameters(batch_size=2, lr=math.sqrt(found.batch * found.full.value))
    assert limits(data, between).broken == "batch"


def test_where_only_decay_has_a_limit_it_is_given() -> None:
    run = Hyperparameters(lr=1.0, weight_decay=2.5, optimizer="adam", decay="decoupled")
    found = limits(random_dataset(12, 3), run)
    assert math.isnan(found.limit)
    assert found.alone is not None
    assert found.alone.value == 2 / 2.5
