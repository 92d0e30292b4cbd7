"""Fresh noise on the inputs: step by step against a loop, and ridge in the mean."""

from __future__ import annotations

import io
import pickle
from contextlib import redirect_stdout
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch

from tests.oracles import random_batches, random_dataset
from tests.sweeps import ROUNDING, assert_same, one_by_one
from wd_core import (
    OPTIMIZERS,
    Dataset,
    DatasetSpec,
    Hyperparameters,
    Mlp,
    behaviour,
    collect,
    fixed_point,
    gather,
    grid,
    make_dataset,
    max_stable_lr,
    sweep,
    train,
)
from wd_core.device import Place
from wd_core.export import to_script
from wd_core.linear.cycles import cycle_limit
from wd_core.linear.inspection import Replay
from wd_core.linear.phases import limits
from wd_core.seeding import generator

STEP_BY_STEP = 1e-12
SHAPES = {"tall": (9, 3, 3), "ragged": (7, 3, 3), "larger batch": (6, 3, 8), "wide": (5, 12, 3)}


def run_of(**more: object) -> Hyperparameters:
    given = {"weight_decay": 0.3, "lr": 0.03, "batch_size": 3, "epochs": 8, "input_noise": 0.5}
    return Hyperparameters(**{**given, **more})


def loop(data, run, w, b, batches):
    """Plain coupled steps, row by row, on rows that the noise is added to."""
    fresh, path = generator(run.seed, "input noise"), [w]
    for epoch in batches:
        for rows in epoch:
            draw = torch.randn(len(rows), len(w), generator=fresh, dtype=torch.float64).numpy()
            X = data.X_train[rows] + run.input_noise * draw
            residual = X @ w + b - data.y_train[rows]
            half = run.loss == "half_mse"
            size = run.batch_size if half else len(rows) / 2
            share = len(rows) / run.batch_size if half else 1.0
            w, b = (
                w - run.lr * (X.T @ residual / size + share * run.weight_decay * w),
                b - run.lr * residual.sum() / size,
            )
        path.append(w)
    return np.array(path)


def assert_follows(data, run):
    batches = random_batches(data.n_train, run.batch_size, run.epochs)
    w0 = np.random.default_rng(3).normal(size=data.n_features)
    found = collect(train(data, [run], start=(w0, -0.4), batches=batches))
    close = {"rtol": STEP_BY_STEP, "atol": STEP_BY_STEP}
    np.testing.assert_allclose(found.weights[:, 0], loop(data, run, w0, -0.4, batches), **close)


@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_epoch_is_that_of_the_loop(shape, loss):
    n, d, size = SHAPES[shape]
    assert_follows(random_dataset(n, d), run_of(loss=loss, batch_size=size, seed=5))


def test_tensors_follow_the_loop_too(monkeypatch):
    where = Place(torch, torch.float64, torch.device("cpu"), block=1 << 18)
    monkeypatch.setattr("wd_core.training.place", lambda *_: where)
    assert_follows(random_dataset(7, 12), run_of())


def mixed():
    axes = {"input_noise": [0.0, 0.2, 1.0], "weight_decay": [0.0, 0.4], "seed": [0, 1]}
    return grid(run_of(epochs=20), **axes, optimizer=["sgd", "adam"])


def test_every_run_of_a_sweep_equals_that_run_alone(monkeypatch):
    data, runs = random_dataset(7, 12), mixed()
    alone = one_by_one([data] * len(runs), list(runs))
    assert_same(gather(sweep(data, runs)), alone)
    monkeypatch.setattr("wd_core.device.LOT_BYTES", 8 * 14)
    assert_same(gather(sweep(data, runs)), alone)


def test_without_noise_nothing_is_drawn():
    data, run = random_dataset(7, 12), run_of(epochs=20)
    both = collect(train(data, [replace(run, input_noise=0.0), run]))
    alone = collect(train(data, [replace(run, input_noise=0.0)]))
    np.testing.assert_allclose(both.weights[:, 0], alone.weights[:, 0], **ROUNDING)
    assert np.abs(both.weights[-1, 1] - alone.weights[-1, 0]).max() > 1e-3


@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize("optimizer", [name for name, rule in OPTIMIZERS.items() if rule.linear])
def test_in_the_mean_it_is_coupled_decay_of_its_variance(optimizer, loss):
    """Step by step, short batches too: within five standard errors over many draws."""
    data, sigma = random_dataset(7, 3), 0.6
    batches = random_batches(7, 3, 6)
    run = run_of(optimizer=optimizer, loss=loss, weight_decay=0.0, input_noise=sigma, epochs=6)
    start = (np.ones(3), 0.5)
    noisy = grid(run, seed=range(1000))
    found = collect(train(data, noisy, start=start, batches=batches)).weights[-1]
    decay = sigma**2 * (1 if loss == "half_mse" else 2)
    ridge = replace(run, input_noise=0.0, weight_decay=decay)
    mean = collect(train(data, [ridge], start=start, batches=batches)).weights[-1, 0]
    error = found.std(0) / np.sqrt(len(found))
    assert (np.abs(found.mean(0) - mean) < 5 * error).all()
    none = collect(train(data, [replace(ridge, weight_decay=0.0)], start=start, batches=batches))
    assert np.abs(found.mean(0) - none.weights[-1, 0]).max() > 10 * error.max()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, 0.3 + 0.25),
        ({"weight_decay": 0.0}, 0.25),
        ({"loss": "mse"}, 0.15 + 0.25),
        ({"optimizer": "momentum", "momentum": 0.5, "decay": "decoupled"}, 0.15 + 0.25),
        ({"optimizer": "adam", "batch_size": 12}, None),
        ({"penalty": "l1"}, None),
    ],
)
def test_the_end_that_is_stated_counts_its_variance(more, expected):
    run = run_of(**more)
    assert fixed_point(run, 12) == (None if expected is None else pytest.approx(expected))
    known = behaviour(run, 12)
    assert (known.end.kind == "unknown") == bool(known.end.why) == (expected is None)
    assert not known.has_factor


def test_no_limit_is_stated():
    data, run = random_dataset(12, 3), run_of(batch_size=12)
    assert np.isnan(max_stable_lr(data.X_train, run))
    assert np.isnan(cycle_limit(data, replace(run, batch_size=3)))
    assert "noise" in behaviour(run, 12).limit(data).why
    assert set(limits(data, run).table.values()) == {None}


SPEC = DatasetSpec(n_features=30, noise=0.1, true_weight=0.1, seed=3)


@pytest.mark.parametrize(
    ("loss", "batch_size", "optimizer"), [*product(["half_mse", "mse"], [5, 6], ["sgd", "adam"])]
)
def test_the_script_of_a_run_ends_at_its_losses(loss, batch_size, optimizer):
    run = run_of(loss=loss, batch_size=batch_size, optimizer=optimizer, input_noise=0.2)
    dtype, names = torch.get_default_dtype(), {"__name__": "__main__"}
    try:
        with redirect_stdout(io.StringIO()):
            exec(compile(to_script(SPEC, run), "script.py", "exec"), names)
    finally:
        torch.set_default_dtype(dtype)
    found = collect(train(make_dataset(SPEC), [run]))
    assert names["train_loss"] == pytest.approx(found.train_loss[-1, 0], rel=1e-9)
    assert names["test_loss"] == pytest.approx(found.test_loss[-1, 0], rel=1e-9)


def test_settings_survive_a_pickle():
    assert pickle.loads(pickle.dumps(run_of())) == run_of()


def test_what_does_not_know_the_noise_refuses_it():
    data = random_dataset(6, 3)
    with pytest.raises(ValueError, match=r"^input_noise must be 0 for a run that .*, got 0\.5$"):
        Replay(data, run_of())
    classes = Dataset(np.eye(3), [0, 1, 2], np.eye(3), [0, 1, 2], n_classes=3)
    with pytest.raises(ValueError, match=r"^input_noise must be 0 for networks, got 0\.5$"):
        train(classes, [run_of()], model=Mlp(hidden=(2,)))
