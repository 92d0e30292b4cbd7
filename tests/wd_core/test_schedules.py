"""Runs whose η changes, against torch's schedulers on a nn.Linear and against steps by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields, replace
from itertools import product

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from tests.oracles import ORACLES, random_batches, random_dataset, ridge
from tests.sweeps import assert_same, one_by_one
from wd_core import (
    FOLLOWING,
    OPTIMIZERS,
    SCHEDULES,
    Hyperparameters,
    Mlp,
    behaviour,
    collect,
    decay_factors,
    fixed_point,
    gather,
    grid,
    learning_rates,
    max_stable_lr,
    sweep,
    train,
)
from wd_core.device import Place
from wd_core.linear.inspection import Replay
from wd_core.linear.phases import limits
from wd_core.linear.shrinking import shrinking
from wd_core.models import LINEAR
from wd_core.optimizers import Following, Runs, Schedule, pace
from wd_core.trials import courses, settling

EXACT, SINGLE = 1e-12, 2e-5
# Seven rows in threes: two full batches and a short one, three steps an epoch.
ROWS, BATCH, EPOCHS = 7, 3, 6
T = 3 * EPOCHS
# Kinds of decay, and what it follows.
KINDS = [("coupled", "lr"), *(("decoupled", follows) for follows in FOLLOWING)]
WARMUPS = (0, 1, 5)


def run_of(optimizer: str = "sgd", **more: object) -> Hyperparameters:
    given = {"weight_decay": 0.7, "lr": 0.04, "batch_size": BATCH, "epochs": EPOCHS, "eps": 1e-3}
    given |= {"momentum": 0.8, "betas": (0.85, 0.97)}
    return Hyperparameters(optimizer=optimizer, **{**given, **more})


def eta(run: Hyperparameters, steps: int) -> list[float]:
    """η at each step, as the formulas have it."""
    listed = []
    for t in range(steps):
        if t < run.warmup:
            listed.append(run.lr * (t + 1) / run.warmup)
            continue
        u = (t - run.warmup) / (steps - run.warmup)
        third = [3 * (t - run.warmup) >= k * (steps - run.warmup) for k in (1, 2)]
        listed.append(
            {
                "constant": run.lr,
                "cosine": run.lr * (1 + math.cos(math.pi * u)) / 2,
                "linear": run.lr * (1 - u),
                "step": run.lr * 0.1 ** sum(third),
            }[run.schedule]
        )
    return listed


def strength(run: Hyperparameters, lr: float) -> float:
    """What a step of decoupled decay takes of w."""
    wd = run.weight_decay
    follows = {"lr": lr * wd, "nothing": run.lr * wd, "lr_squared": lr**2 * wd / run.lr}
    return follows[run.decay_follows]


# ---- η itself


def torchs(optimizer: torch.optim.Optimizer, run: Hyperparameters, steps: int):
    """The scheduler that somebody would take from torch."""
    warmup, rest = run.warmup, steps - run.warmup
    after: Callable[[], lr_scheduler.LRScheduler] = {
        "constant": lambda: lr_scheduler.ConstantLR(optimizer, factor=1.0),
        "cosine": lambda: lr_scheduler.CosineAnnealingLR(optimizer, T_max=rest),
        "linear": lambda: lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=rest),
        "step": lambda: lr_scheduler.MultiStepLR(
            optimizer, [-(-rest // 3), -(-2 * rest // 3)], gamma=0.1
        ),
    }[run.schedule]
    if warmup < 2:  # one step of warm-up is a step at η
        if warmup == 0:
            return after()
        first = lr_scheduler.ConstantLR(optimizer, factor=1.0)
    else:
        first = lr_scheduler.LinearLR(optimizer, 1 / warmup, 1.0, total_iters=warmup - 1)
    return lr_scheduler.SequentialLR(optimizer, [first, after()], milestones=[warmup])


@pytest.mark.filterwarnings("ignore:The epoch parameter in:UserWarning")
@pytest.mark.parametrize("warmup", WARMUPS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_learning_rates_are_those_of_torchs_schedulers(schedule, warmup):
    run = run_of(schedule=schedule, warmup=warmup)
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=run.lr)
    scheduler, seen = torchs(optimizer, run, T), []
    for _ in range(T):
        seen.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    found = learning_rates(run, run.steps(ROWS))
    np.testing.assert_allclose(found, seen, rtol=EXACT, atol=EXACT * run.lr)
    np.testing.assert_allclose(found, eta(run, T), rtol=EXACT)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_warm_up_longer_than_the_run_never_ends(schedule):
    run = run_of(schedule=schedule, warmup=40)
    np.testing.assert_allclose(learning_rates(run, T), run.lr * np.arange(1, T + 1) / 40)
    assert len(learning_rates(run, 0)) == 0
    collect(train(random_dataset(ROWS, 3), [run, replace(run, warmup=2**63 - 1)]))


@pytest.mark.parametrize(("schedule", "follows"), [*product(SCHEDULES, FOLLOWING)])
def test_decay_factors_are_what_a_step_leaves(schedule, follows):
    run = run_of(decay="decoupled", schedule=schedule, warmup=4, decay_follows=follows)
    expected = [1 - strength(run, lr) for lr in eta(run, T)]
    np.testing.assert_allclose(decay_factors(run, T), expected, rtol=EXACT)


# ---- runs


def batches_of(data, run):
    """The engine's own order is held elsewhere."""
    return random_batches(data.n_train, run.batch_size, run.epochs)


def side_by_side(base):
    """All schedules in one group, some with a warm-up."""
    return Runs.varied(base, schedule=[*SCHEDULES], warmup=[5, 0, 4, 2])


def on_a_linear_layer(data, run, w0, b0, batches, dtype=torch.float64):
    """Weights and bias after every epoch, by autograd, torch.optim and torch's schedulers."""
    X, y = (torch.tensor(part, dtype=dtype) for part in (data.X_train, data.y_train))
    layer = torch.nn.Linear(len(w0), 1, dtype=dtype)
    with torch.no_grad():
        layer.weight.copy_(torch.as_tensor(w0)[None])
        layer.bias.fill_(b0)
    groups = [{"params": [layer.weight]}, {"params": [layer.bias], "weight_decay": 0.0}]
    whole = run.optimizer == "adam" and run.decay == "decoupled" and run.decay_follows == "lr"
    if whole:
        optimizer = torch.optim.AdamW(
            groups, lr=run.lr, betas=run.betas, eps=run.eps, weight_decay=run.weight_decay
        )
    else:
        optimizer = ORACLES[run.optimizer]([layer.weight, layer.bias], run)
    scheduler = torchs(optimizer, run, sum(map(len, batches)))
    path = []
    for epoch in batches:
        for batch in epoch:
            loss = ((layer(X[batch])[:, 0] - y[batch]) ** 2).mean()
            if run.decay == "coupled":
                loss = loss + run.weight_decay / 2 * (layer.weight**2).sum()
            optimizer.zero_grad()
            loss.backward()
            if run.decay == "decoupled" and not whole:
                with torch.no_grad():
                    layer.weight *= 1 - strength(run, scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
        path.append([*layer.weight.detach()[0].tolist(), layer.bias.item()])
    return np.array(path)


@pytest.mark.filterwarnings("ignore:The epoch parameter in:UserWarning")
@pytest.mark.parametrize(("decay", "follows"), KINDS)
@pytest.mark.parametrize("optimizer", ORACLES)
def test_every_step_is_torchs(optimizer, decay, follows):
    """All schedules side by side, each by itself in torch."""
    data, w0 = random_dataset(ROWS, 4), np.array([0.5, -1.0, 2.0, 0.1])
    base = run_of(optimizer, decay=decay, decay_follows=follows, loss="mse")
    runs, batches = side_by_side(base), batches_of(data, base)
    found = collect(train(data, runs, start=(w0, 0.3), batches=batches))
    for row, run in enumerate(runs):
        path = on_a_linear_layer(data, run, w0, 0.3, batches)
        ours = np.column_stack([found.weights[1:, row], found.bias[1:, row]])
        np.testing.assert_allclose(ours, path, rtol=EXACT, atol=EXACT)


@pytest.mark.filterwarnings("ignore:The epoch parameter in:UserWarning")
@pytest.mark.parametrize("optimizer", [name for name in ORACLES if "eps" in OPTIMIZERS[name].reads])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_betas_and_eps_are_torchs_in_both_precisions(optimizer, dtype):
    data, w0 = random_dataset(ROWS, 4), np.array([0.5, -1.0, 2.0, 0.1])
    base = run_of(optimizer, loss="mse", schedule="cosine", warmup=2)
    runs = grid(base, betas=[(0.0, 0.0), (0.9, 0.999), (0.3, 0.5)], eps=[1e-8, 0.5])
    batches = batches_of(data, base)
    found = collect(train(data, runs, start=(w0, 0.3), batches=batches, dtype=dtype))
    tolerance = EXACT if dtype is torch.float64 else SINGLE
    for row, run in enumerate(runs):
        path = on_a_linear_layer(data, run, w0, 0.3, batches, dtype)
        ours = np.column_stack([found.weights[1:, row], found.bias[1:, row]])
        np.testing.assert_allclose(ours, path, rtol=tolerance, atol=tolerance)


def _velocity(run, g, kept):
    kept["m"] = run.momentum * kept.get("m", 0) + g
    return kept["m"]


def _adam(run, g, kept):
    (beta1, beta2), t = run.betas, kept.get("t", 0) + 1
    m = beta1 * kept.get("m", 0) + (1 - beta1) * g
    s = beta2 * kept.get("s", 0) + (1 - beta2) * g**2
    kept.update(t=t, m=m, s=s)
    return m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + run.eps)


def _rmsprop(run, g, kept):
    kept["s"] = run.betas[1] * kept.get("s", 0) + (1 - run.betas[1]) * g**2
    return g / (np.sqrt(kept["s"]) + run.eps)


def _lion(run, g, kept):
    (beta1, beta2), m = run.betas, kept.get("m", 0 * g)
    kept["m"] = beta2 * m + (1 - beta2) * g
    return np.sign(beta1 * m + (1 - beta1) * g)


BY_HAND = {
    "sgd": lambda run, g, kept: g,
    "momentum": _velocity,
    "nesterov": lambda run, g, kept: g + run.momentum * _velocity(run, g, kept),
    "adam": _adam,
    "rmsprop": _rmsprop,
    "lion": _lion,
}


def by_hand(data, run, w, b, batches):
    """Weights after every step, row by row: the book's loss, its penalty, its threshold."""
    rates, kept, t = eta(run, sum(map(len, batches))), {}, 0
    sharp, smooth = {
        "l2": (0.0, 1.0), "l1": (1.0, 0.0), "elastic": (run.l1_ratio, 1 - run.l1_ratio)
    }[run.penalty]  # fmt: skip
    u = np.array([*w, b])
    decays = np.array([*np.ones(len(w)), float(run.decay_bias)])
    path = []
    for epoch in batches:
        for rows in epoch:
            lr, share = rates[t], len(rows) / run.batch_size
            g = np.zeros(len(u))
            for i in rows:
                x = np.array([*data.X_train[i], 1.0])
                g += x * (x @ u - data.y_train[i]) / run.batch_size
            if run.decay == "coupled":
                g = g + share * smooth * run.weight_decay * decays * u
            else:
                u = u * (1 - strength(run, lr) * decays)
            u = u - lr * BY_HAND[run.optimizer](run, g, kept)
            cut = lr * run.weight_decay * sharp * share
            u[:-1] = np.sign(u[:-1]) * np.maximum(np.abs(u[:-1]) - cut, 0)
            norm = np.linalg.norm(u[:-1])
            if run.max_norm is not None and norm > run.max_norm:
                u[:-1] *= run.max_norm / norm
            path.append(u)
            t += 1
    return np.array(path)


def follows_the_hand(run, n=ROWS, d=4):
    data = random_dataset(n, d)
    batches, w0 = batches_of(data, run), np.linspace(1.0, -0.5, d)
    found = collect(train(data, [run], start=(w0, 0.3), batches=batches))
    path = by_hand(data, run, w0, 0.3, batches)[len(batches[0]) - 1 :: len(batches[0])]
    ours = np.column_stack([found.weights[1:, 0], found.bias[1:, 0]])
    np.testing.assert_allclose(ours, path, rtol=EXACT, atol=EXACT)
    return ours


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize(("decay", "follows"), KINDS)
@pytest.mark.parametrize("optimizer", BY_HAND)
def test_every_step_is_the_one_written_by_hand(optimizer, decay, follows, schedule):
    """More weights than rows, so that runs which stay in the span are held in a basis of it."""
    more = {"decay": decay, "decay_follows": follows, "schedule": schedule, "warmup": 4}
    follows_the_hand(run_of(optimizer, **more, decay_bias=schedule == "cosine"), d=30)


def test_every_optimizer_is_written_by_hand():
    assert set(BY_HAND) == set(OPTIMIZERS)


@pytest.mark.parametrize("max_norm", [None, 0.8])
@pytest.mark.parametrize("penalty", ["l1", "elastic"])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_thresholds_and_bounds_follow_a_schedule(schedule, penalty, max_norm):
    run = run_of(schedule=schedule, warmup=3, penalty=penalty, l1_ratio=0.6, max_norm=max_norm)
    weights = follows_the_hand(replace(run, lr=0.15))[:, :-1]
    assert (weights == 0).any()


def test_other_batches_count_their_own_steps():
    """Batches from outside, of another number an epoch: u is the share of all of them."""
    data, w0 = random_dataset(ROWS, 4), np.ones(4)
    run = run_of(schedule="linear", epochs=2)
    batches = [[np.array([0, 1, 2])], [np.array([3, 4, 5]), np.array([6, 0, 1]), np.array([2])]]
    found = collect(train(data, [run], start=(w0, 0.0), batches=batches))
    np.testing.assert_allclose(
        found.weights[-1, 0], by_hand(data, run, w0, 0.0, batches)[-1, :-1], rtol=EXACT
    )


# ---- sweeps


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_schedules_stand_side_by_side_in_a_sweep(dtype, monkeypatch):
    monkeypatch.setattr(pace, "AT_ONCE", 40)  # a block of steps holds a few of each kind
    axes = {"schedule": [*SCHEDULES], "warmup": [0, 4], "decay_follows": [*FOLLOWING]}
    runs = [
        *grid(run_of(decay="decoupled"), **axes),
        *grid(run_of("adam", decay="decoupled"), **axes, weight_decay=[0.0, 0.5]),
        *grid(run_of(), schedule=[*SCHEDULES], batch_size=[2, 7], epochs=[1, 5]),
        run_of(penalty="l1", schedule="cosine"),
        run_of(penalty="l1"),
        run_of(max_norm=0.5, schedule="step", warmup=2),
    ]
    data = random_dataset(ROWS, 12)
    found = gather(sweep(data, runs, dtype=dtype))
    close = {} if dtype is torch.float64 else {"rtol": 1e-3, "atol": 1e-5}
    assert_same(found, one_by_one([data] * len(runs), runs, dtype=dtype), **close)


def test_constant_runs_beside_others_are_what_they_are_alone():
    data, runs = random_dataset(ROWS, 3), grid(run_of(), schedule=["constant", "cosine"])
    beside, alone = collect(train(data, runs)), collect(train(data, [run_of()]))
    np.testing.assert_allclose(beside.weights[:, 0], alone.weights[:, 0], rtol=EXACT)


def test_runs_that_keep_their_eta_have_no_pace():
    assert pace.Pace.of(grid(run_of(), lr=[0.1, 0.2]), T) is None
    nothing = run_of(decay="decoupled", decay_follows="nothing")
    assert pace.Pace.of(Runs.of([nothing]), T) is None


@pytest.mark.parametrize(("decay", "follows"), KINDS)
def test_networks_follow_their_schedules_side_by_side(decay, follows):
    data, model = random_dataset(ROWS, 3), Mlp((4,), activation="tanh", loss="half_mse")
    base = run_of("adam", decay=decay, decay_follows=follows)
    runs, batches = side_by_side(base), batches_of(data, base)
    draw = np.random.default_rng(0)
    start = [draw.normal(size=shape) for shape in ((4, 3), (4,), (1, 4), (1,))]
    found = collect(train(data, runs, model=model, start=start, batches=batches))
    X, y = torch.tensor(data.X_train), torch.tensor(data.y_train)
    for row, run in enumerate(runs):
        net = torch.nn.Sequential(
            torch.nn.Linear(3, 4, dtype=torch.float64),
            torch.nn.Tanh(),
            torch.nn.Linear(4, 1, dtype=torch.float64),
        )
        with torch.no_grad():
            for p, value in zip(net.parameters(), start, strict=True):
                p.copy_(torch.as_tensor(value))
        matrices = [p for p in net.parameters() if p.ndim == 2]
        optimizer = ORACLES["adam"](net.parameters(), run)
        rates = iter(eta(run, T))
        for rows in (batch for epoch in batches for batch in epoch):
            lr = next(rates)
            optimizer.param_groups[0]["lr"] = lr
            loss = ((net(X[rows])[:, 0] - y[rows]) ** 2).mean() / 2
            if decay == "coupled":
                loss = loss + run.weight_decay / 2 * sum((p**2).sum() for p in matrices)
            optimizer.zero_grad()
            loss.backward()
            with torch.no_grad():
                for p in matrices if decay == "decoupled" else ():
                    p *= 1 - strength(run, lr)
            optimizer.step()
        for ours, p in zip(found.parameters, net.parameters(), strict=True):
            np.testing.assert_allclose(ours[-1, row], p.detach(), rtol=1e-11, atol=EXACT)


@pytest.mark.parametrize("model", [LINEAR, Mlp((4,), loss="half_mse")], ids=["linear", "network"])
def test_tensors_follow_schedules_as_arrays_do(model, monkeypatch):
    """The way of a GPU, on the CPU."""
    runs = [
        *side_by_side(run_of("adam", decay="decoupled", decay_follows="lr_squared")),
        *grid(run_of(), schedule=[*SCHEDULES], lr=[0.01, 0.02]),
        run_of(schedule="cosine"),
        *([run_of(penalty="l1", schedule="cosine", warmup=2)] if model is LINEAR else ()),
    ]
    data = random_dataset(ROWS, 12)
    arrays = collect(train(data, runs, model=model))

    def place(device, dtype, work):
        return Place(torch, dtype, torch.device("cpu"), block=1 << 18)

    monkeypatch.setattr("wd_core.training.place", place)
    tensors = collect(train(data, runs, model=model))
    np.testing.assert_allclose(tensors.weights, arrays.weights, rtol=1e-10, atol=EXACT)


# ---- a step taken apart


@pytest.mark.parametrize(("decay", "follows"), KINDS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_is_taken_apart_at_the_eta_it_has(optimizer, decay, follows):
    data = random_dataset(ROWS, 4)
    more = {"decay": decay, "decay_follows": follows, "schedule": "cosine", "warmup": 4}
    run = run_of(optimizer, **more)
    replay = Replay(data, run)
    assert replay.steps == T
    for step in (T, 2, 9, 1):
        one = replay.step(step)
        np.testing.assert_allclose(one.before + one.by_data + one.by_decay, one.after, atol=1e-12)
        lr = eta(run, T)[step - 1]
        share = len(one.rows) / BATCH if decay == "coupled" else 1.0
        taken = strength(run, lr) * share
        np.testing.assert_allclose(one.rate[:-1], taken, rtol=1e-9)
        if decay == "decoupled":
            np.testing.assert_allclose(one.by_decay[:-1], -taken * one.before[:-1], rtol=1e-9)
    end = collect(train(data, [run]))
    np.testing.assert_allclose(replay.after(T)[:-1], end.weights[-1, 0], rtol=1e-10)


# ---- what is known of a run


@pytest.mark.parametrize(
    ("more", "share"),
    [
        ({"schedule": "cosine"}, 1.0),
        ({"schedule": "linear", "warmup": 9, "optimizer": "momentum"}, 1.0),
        ({"schedule": "step", "decay": "decoupled"}, 1.0),
        ({"schedule": "cosine", "decay": "decoupled", "optimizer": "momentum"}, 0.2),
        ({"schedule": "cosine", "optimizer": "adam"}, 1.0),
        ({"schedule": "cosine", "optimizer": "adam", "decay": "decoupled"}, None),
        ({"schedule": "cosine", "decay": "decoupled", "decay_follows": "nothing"}, None),
        ({"schedule": "linear", "decay": "decoupled", "decay_follows": "lr_squared"}, None),
        # after the warm-up η is constant, and all three are one
        ({"warmup": 5, "decay": "decoupled", "decay_follows": "nothing"}, 1.0),
        ({"decay": "decoupled", "decay_follows": "lr_squared"}, 1.0),
        ({"schedule": "cosine", "decay_bias": True}, None),
        ({"schedule": "cosine", "max_norm": 1.0}, None),
        (
            {
                "schedule": "cosine",
                "decay": "decoupled",
                "decay_follows": "nothing",
                "weight_decay": 0.0,
            },
            0.0,
        ),
    ],
)
def test_the_lambda_of_the_ridge_solution(more, share):
    run = run_of(**{"batch_size": 12, **more})
    expected = None if share is None else pytest.approx(share * 0.7, rel=1e-15)
    assert fixed_point(run, 12) == expected
    end = behaviour(run, 12).end
    assert bool(end.why) == (end.kind == "unknown")


@pytest.mark.parametrize(("decay", "follows"), KINDS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_run_ends_there(schedule, decay, follows):
    """All examples in every step: the solution, or another place where none is named."""
    more = {"decay": decay, "decay_follows": follows, "schedule": schedule, "warmup": 10}
    run = run_of(**more, batch_size=12, epochs=1500, lr=0.2, init_std=0.0, weight_decay=0.4)
    data = random_dataset(12, 3)
    w = collect(train(data, [run], record_every=run.epochs)).weights[-1, 0]
    exact, _ = ridge(data.X_train, data.y_train, 0.4)
    known = fixed_point(run, 12) is not None
    assert known == (schedule == "constant" or follows == "lr")
    assert (np.abs(w - exact).max() < 1e-6) == known


@pytest.mark.parametrize("weight_decay", [0.0, 0.7])
@pytest.mark.parametrize(("decay", "follows"), KINDS)
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_no_example_reaches_is_what_is_said_to_be_left(
    optimizer, schedule, decay, follows, weight_decay
):
    more = {"decay": decay, "decay_follows": follows, "schedule": schedule, "warmup": 4}
    run = run_of(optimizer, **more, weight_decay=weight_decay)
    data = random_dataset(ROWS, 12)
    found, weights = behaviour(run, ROWS), collect(train(data, [run])).weights[:, 0]
    hidden = np.eye(12) - np.linalg.pinv(data.X_train) @ data.X_train
    left = found.shrinking.left(3 * np.arange(EPOCHS + 1))
    exact = np.allclose(weights @ hidden, np.outer(left, weights[0] @ hidden), atol=1e-12)
    assert exact == found.has_factors
    steady = weight_decay == 0 or (decay == "decoupled" and follows == "nothing")
    assert found.has_factor == (found.has_factors and steady) == (not found.no_factor)
    assert np.isnan(found.epoch_factor.value) == (not steady)


def test_how_long_half_of_it_lasts_where_decay_changes():
    run = run_of(schedule="linear", weight_decay=2.0, warmup=3, loss="mse")
    found = shrinking(run, ROWS)
    left = np.cumprod(decay_factors(run, T))
    step = int(np.flatnonzero(left <= 0.5)[0])
    assert step < found.half_life <= step + 1
    np.testing.assert_allclose(found.left(np.arange(1, T + 1)), left, rtol=EXACT)
    assert found.left(T + 9) == found.left(T)
    assert found.growth == pytest.approx(np.log(left[-1]) / EPOCHS, rel=1e-9)
    assert shrinking(replace(run, weight_decay=0.1), ROWS).half_life == math.inf
    growing = replace(run, weight_decay=90.0, schedule="step")
    assert behaviour(growing, ROWS).grows_alone
    assert not behaviour(run, ROWS).grows_alone
    assert shrinking(replace(run, epochs=0), ROWS).half_life == math.inf


@pytest.mark.parametrize("size", [4, 12])
def test_no_limit_is_named_where_eta_falls(size):
    data, plain = random_dataset(12, 3), run_of(batch_size=size)
    for schedule, entry in SCHEDULES.items():
        run = replace(plain, schedule=schedule, warmup=3)
        limit = behaviour(run, 12).limit(data)
        assert np.isnan(max_stable_lr(data.X_train, run)) == entry.falls
        assert (limit.kind == "none") == np.isnan(limit.lr) == bool(limit.why) == entry.falls
        assert limits(data, run).broken == ("unknown" if entry.falls else "none")
    assert behaviour(replace(plain, warmup=3), 12).limit(data) == behaviour(plain, 12).limit(data)


def test_the_same_steps_from_the_other_loss_have_the_same_schedule():
    data = random_dataset(12, 3)
    for decay, follows in KINDS:
        run = run_of("momentum", decay=decay, decay_follows=follows, schedule="cosine")
        same = behaviour(run, 12).in_loss("mse").run
        ends = [collect(train(data, [one])).weights[-1] for one in (run, same)]
        np.testing.assert_allclose(*ends, rtol=1e-10)


def test_a_run_whose_eta_falls_is_not_run_on():
    """With more epochs it would be another run."""
    data, run = random_dataset(12, 3), run_of(schedule="cosine")
    (course,) = courses(data, [run], 50)
    assert course.epochs == EPOCHS
    assert course.end == collect(train(data, [run])).train_loss[-1, 0]
    assert courses(data, [replace(run, schedule="constant")], 50)[0].epochs == 50
    tried = settling(data, [run], 50)
    assert tried is not None
    assert tried[-1].course.epochs == EPOCHS


# ---- what is refused


@pytest.mark.parametrize("follows", [name for name in FOLLOWING if name != "lr"])
def test_what_decay_follows_is_for_decoupled_decay(follows):
    message = f"^decay must be decoupled for the decay_follows {follows}, got 'coupled'$"
    with pytest.raises(ValueError, match=message):
        Hyperparameters(decay_follows=follows)
    with pytest.raises(ValueError, match=message):
        grid(Hyperparameters(), decay_follows=["lr", follows])
    with pytest.raises(ValueError, match=message):
        grid(Hyperparameters(decay="decoupled", decay_follows=follows), decay=["coupled"])
    assert not Hyperparameters().can_have(decay_follows=follows)
    grid(Hyperparameters(), decay_follows=[follows], decay=["decoupled"])


@pytest.mark.parametrize(
    ("entry", "fact"),
    [
        *((SCHEDULES["cosine"], field.name) for field in fields(Schedule)),
        *((FOLLOWING["lr"], field.name) for field in fields(Following)),
    ],
)
def test_an_entry_without_a_fact_is_refused_with_its_name(entry, fact):
    with pytest.raises(ValueError, match=f"^{fact} must be "):
        replace(entry, **{fact: None})


@pytest.mark.parametrize(
    ("entry", "changed"),
    [
        (SCHEDULES["cosine"], {"label": " "}),
        (SCHEDULES["cosine"], {"share": "cos"}),
        (FOLLOWING["lr"], {"power": 3}),
        (FOLLOWING["lr"], {"needs": {"beta": ("> 0", bool)}}),
    ],
)
def test_a_fact_that_says_nothing_is_refused_with_its_name(entry, changed):
    with pytest.raises(ValueError, match=f"^{next(iter(changed))} must be "):
        replace(entry, **changed)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_source_of_a_schedule_is_its_share(schedule):
    entry = SCHEDULES[schedule]
    shares = [eval(entry.source, {"math": math, "done": done, "steps": 17}) for done in range(17)]
    np.testing.assert_allclose(entry.share(np.arange(17), 17), shares, rtol=EXACT)
