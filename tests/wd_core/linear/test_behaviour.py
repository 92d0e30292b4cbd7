"""What a run does, said beforehand, against long runs of independent optimizers and sums."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import sympy
from sympy.parsing.sympy_parser import (
    implicit_multiplication,
    parse_expr,
    standard_transformations,
)

from tests.oracles import random_batches, random_dataset, ridge, torch_path
from wd_core import OPTIMIZERS, Hyperparameters, collect, train
from wd_core.linear.behaviour import behaviour, fixed_point
from wd_core.linear.cycles import cycle_limit

KINDS = ("coupled", "decoupled")
# Of 3000 steps the slowest direction (s + λ > 0.2) takes exp(−18) at η = 0.03.
ARRIVED = 1e-6
# Steps of η a weight, or a minibatch cycle, stay within so many η of their centre.
CENTRED = 2e-2
FAST, SLOW, LARGE = 0.03, 0.002, 0.3


def value_of(text: str, symbols: dict[str, float]) -> float:
    """A formula of ours, worked out by sympy from its text."""
    text = text.replace("⌈", "ceiling(").replace("⌉", ")").replace("−", "-").replace("·", "*")
    text = text.replace("^", "**").replace("λ", "lam").replace("μ", "mu").replace("η", "eta")
    names = {"lam": "λ", "mu": "μ", "eta": "η"}
    local = {name: sympy.Symbol(name) for name in ("lam", "mu", "eta", "h", "B", "n", "m", "k")}
    for pair in ("etalam", "Bceiling"):
        text = text.replace(pair, {"etalam": "eta*lam", "Bceiling": "B*ceiling"}[pair])
    expression = parse_expr(
        text.replace("2lam", "2*lam").replace("2mu", "2*mu").replace("2eta", "2*eta"),
        local_dict=local,
        transformations=(*standard_transformations, implicit_multiplication),
    )
    given = {local[name]: symbols[names.get(name, name)] for name in local if _in(expression, name)}
    return float(expression.subs(given))


def _in(expression: sympy.Expr, name: str) -> bool:
    return any(str(symbol) == name for symbol in expression.free_symbols)


# Every end that an entry states, by its optimizer and kind of decay.
ENDS = {
    (name, kind): OPTIMIZERS[name].decays[kind].end for name in sorted(OPTIMIZERS) for kind in KINDS
}


def run_of(optimizer: str, decay: str, **more: object) -> Hyperparameters:
    """A run of that rule, 12 examples at once unless said otherwise."""
    lr = FAST if OPTIMIZERS[optimizer].linear else SLOW
    settings = {"weight_decay": 0.4, "batch_size": 12, "epochs": 3000, "init_std": 0.0, "lr": lr}
    settings |= more
    return Hyperparameters(optimizer=optimizer, decay=decay, **settings)


def end_of(run: Hyperparameters, n: int = 12, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Where our engine's run ends (held against the oracles elsewhere), and ridge's data."""
    data = random_dataset(n, 3, seed)
    return collect(train(data, [run])).weights[-100:, 0].mean(0), data


@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize(("optimizer", "decay"), [*product(sorted(OPTIMIZERS), KINDS)])
def test_on_all_examples_a_run_ends_where_it_is_said_to(optimizer, decay, loss):
    run = run_of(optimizer, decay, loss=loss)
    end = behaviour(run, 12).end
    if end.kind == "ridge":
        near = ARRIVED if OPTIMIZERS[optimizer].linear else CENTRED
        # steps that become ever smaller arrive in time with a large η alone
        for lr in (run.lr, LARGE):
            w, data = end_of(replace(run, lr=lr))
            exact, _ = ridge(data.X_train, data.y_train, end.weight_decay.value)
            if np.abs(w - exact).max() < near:
                break
        assert np.abs(w - exact).max() < near
        assert fixed_point(run, 12) == end.weight_decay.value
        other, _ = ridge(data.X_train, data.y_train, 2 * end.weight_decay.value)
        assert np.abs(w - other).max() > 2 * near
    else:
        assert end.kind == {"box": "box", "neither": "unknown"}[ENDS[optimizer, decay].shape]
        assert fixed_point(run, 12) is None


@pytest.mark.parametrize(
    ("optimizer", "decay"), [each for each, end in ENDS.items() if end.shape == "box"]
)
def test_a_run_ends_in_a_box_where_that_is_said(optimizer, decay):
    """Two weights whose curvature is diagonal: the best point of the box is w̃ cut off at its sides.

    β₂ = 0.9, so that the size of the gradients is soon that of the present ones.
    """
    half = np.diag(np.sqrt(2 * np.array([1.0, 4.0])))
    X = np.concatenate([half, -half])
    minimiser = np.array([3.0, -0.2])
    data = replace_targets(X, X @ minimiser)
    run = Hyperparameters(
        weight_decay=2.0,
        lr=1e-3,
        batch_size=4,
        epochs=6000,
        optimizer=optimizer,
        decay=decay,
        betas=(0.9, 0.9),
        init_std=0.0,
    )
    bound = behaviour(run, 4).end.bound.value
    assert bound == 0.5
    w = collect(train(data, [run], record_every=1)).weights[-200:, 0].mean(0)
    assert np.abs(w - np.clip(minimiser, -bound, bound)).max() < 0.02


def replace_targets(X, y):
    from wd_core import Dataset

    return Dataset(X, y, X, y)


@pytest.mark.parametrize(
    ("optimizer", "decay"), [each for each, end in ENDS.items() if end.on_batches]
)
@pytest.mark.parametrize("size", [4, 5])
def test_on_batches_a_run_settles_around_it_too_where_that_is_said(optimizer, decay, size):
    """By autograd: the mean over the last epochs of a slow run is the centre, up to the step."""
    lr = 0.003 if OPTIMIZERS[optimizer].slots else 0.01
    if not OPTIMIZERS[optimizer].linear:  # it can stay there with ever smaller steps alone
        lr = LARGE
    run = run_of(optimizer, decay, batch_size=size, epochs=700, lr=lr, momentum=0.7)
    data = random_dataset(12, 3)
    w0, _ = ridge(data.X_train, data.y_train, 0.4)
    path = torch_path(data, run, w0, 0.5, random_batches(12, size, run.epochs))
    exact, _ = ridge(data.X_train, data.y_train, fixed_point(run, 12))
    assert np.abs(path.weights[-300:].mean(0) - exact).max() < CENTRED / 2
    if size == 5 and decay == "decoupled":
        wrong, _ = ridge(data.X_train, data.y_train, fixed_point(run))
        assert np.abs(path.weights[-300:].mean(0) - wrong).max() > CENTRED / 2


@pytest.mark.parametrize(
    ("more", "n", "share"),
    [
        ({}, None, 1.0),
        ({"loss": "mse"}, None, 0.5),
        ({"decay": "decoupled"}, 11, 10 * 2 / 11),
        ({"decay": "decoupled"}, 20, 1.0),
        ({"decay": "decoupled"}, 4, 10 / 4),
        ({"decay": "decoupled", "loss": "mse"}, 20, 0.5),
        ({"decay": "decoupled", "optimizer": "momentum"}, None, 0.1),
        ({"decay": "decoupled", "optimizer": "nesterov", "momentum": 0.5}, 11, 0.5 * 20 / 11),
        ({"optimizer": "momentum"}, 11, 1.0),
        ({"optimizer": "adam"}, 10, 1.0),
        ({"optimizer": "adam", "loss": "mse"}, 10, 0.5),
        ({"optimizer": "adam", "loss": "mse"}, 7, 0.5),
        ({"optimizer": "adam"}, 20, None),
        ({"optimizer": "adam"}, None, None),
        ({"optimizer": "adam", "decay": "decoupled"}, 10, None),
        ({"optimizer": "rmsprop", "decay": "decoupled"}, 20, None),
        ({"loss": "mse"}, 11, None),
        ({"decay_bias": True}, 20, None),
        ({"max_norm": 1.0}, 20, None),
        ({"weight_decay": 0.0, "decay": "decoupled", "optimizer": "adam"}, 10, 0.0),
        ({"weight_decay": 0.0, "decay": "decoupled", "optimizer": "momentum"}, 11, 0.0),
        ({"weight_decay": 0.0, "decay_bias": True}, 20, 0.0),
    ],
)
def test_the_lambda_of_the_ridge_solution(more, n, share):
    run = Hyperparameters(**{"weight_decay": 0.3, "batch_size": 10, **more})
    found = fixed_point(run, n)
    assert found == (None if share is None else pytest.approx(0.3 * share, rel=1e-15))
    end = behaviour(run, n).end
    assert bool(end.why) == (end.kind == "unknown")
    if end.kind == "ridge":
        known = end.weight_decay
        assert value_of(known.text, known.symbols) == pytest.approx(known.value, rel=1e-12)


@pytest.mark.parametrize("size", [4, 5, 12, 20])
@pytest.mark.parametrize(("optimizer", "decay"), [*product(sorted(OPTIMIZERS), KINDS)])
def test_the_same_steps_in_the_other_convention(optimizer, decay, size):
    """Step by step by autograd; where no numbers make them, none are named."""
    run = run_of(optimizer, decay, batch_size=size, epochs=3, lr=0.02)
    same = behaviour(run, 12).in_loss("mse")
    assert (same is None) == (12 % size != 0)
    if same is None:
        return
    assert same.run.loss == "mse"
    data, batches = random_dataset(12, 3), random_batches(12, size, 3)
    paths = [torch_path(data, one, np.ones(3), 0.2, batches) for one in (run, same.run)]
    np.testing.assert_allclose(paths[0].weights, paths[1].weights, rtol=1e-10, atol=1e-12)
    back = behaviour(same.run, 12).in_loss("half_mse")
    assert back.run == replace(run, eps=back.run.eps)
    for known in (same.lr, same.weight_decay, back.lr, back.weight_decay):
        assert value_of(known.text, known.symbols) == pytest.approx(known.value, rel=1e-12)


@pytest.mark.parametrize("weight_decay", [0.0, 0.7])
@pytest.mark.parametrize("size", [4, 5, 12])
@pytest.mark.parametrize(("optimizer", "decay"), [*product(sorted(OPTIMIZERS), KINDS)])
def test_what_no_example_reaches_is_multiplied_by_the_factor_of_an_epoch(
    optimizer, decay, size, weight_decay
):
    """Twelve examples of 20 weights: by autograd, two epochs."""
    run = run_of(optimizer, decay, batch_size=size, epochs=2, lr=0.05, weight_decay=weight_decay)
    found, data = behaviour(run, 12), random_dataset(12, 20)
    w0 = np.random.default_rng(3).normal(size=20)
    path = torch_path(data, run, w0, 0.0, random_batches(12, size, 2))
    hidden = np.eye(20) - np.linalg.pinv(data.X_train) @ data.X_train
    left = hidden @ path.weights[-1]
    factor = found.epoch_factor
    exact = np.allclose(left, factor.value**2 * (hidden @ w0), atol=1e-12)
    assert exact == found.has_factor
    assert found.has_factor == (not found.no_factor)
    assert value_of(factor.text, factor.symbols) == pytest.approx(factor.value, rel=1e-12)


@pytest.mark.parametrize("size", [4, 5, 12, 30])
@pytest.mark.parametrize(("optimizer", "decay"), [*product(sorted(OPTIMIZERS), KINDS)])
def test_the_limit_is_where_repeating_the_first_epoch_begins_to_grow(optimizer, decay, size):
    data = random_dataset(12, 3)
    run = run_of(optimizer, decay, batch_size=size, lr=0.01, momentum=0.6)
    limit = behaviour(run, 12).limit(data)
    if not OPTIMIZERS[optimizer].linear:
        assert (limit.kind, np.isnan(limit.lr), bool(limit.why)) == ("none", True, True)
        return
    assert limit.kind == ("full" if size >= 12 else "cycle")
    assert limit.lr == pytest.approx(cycle_limit(data, run), rel=1e-4)
    from wd_core.training import batch_order

    order = next(batch_order(run.seed, 12, 1))
    epoch = [order[i : i + size] for i in range(0, 12, size)]
    for share, grows in ((0.97, False), (1.03, True)):
        one = replace(run, lr=share * limit.lr)
        path = torch_path(data, one, np.ones(3), 0.0, [epoch] * 600)
        apart = np.linalg.norm(np.diff(path.weights, axis=0), axis=1)
        assert (apart[-1] > 1e3 * apart[0]) == grows
    if limit.formula:
        known = limit.formula
        assert value_of(known.text, known.symbols) == pytest.approx(known.value, rel=1e-12)


@pytest.mark.parametrize(("optimizer", "decay"), [*product(sorted(OPTIMIZERS), KINDS)])
@pytest.mark.parametrize("product_", [1.9, 2.1])
def test_decay_alone_grows_above_two(optimizer, decay, product_):
    run = run_of(optimizer, decay, lr=1.0, weight_decay=product_)
    found = behaviour(run, 12)
    assert found.grows_alone == (OPTIMIZERS[optimizer].decays[decay].factor and product_ > 2)
    if found.limit_alone:
        assert found.limit_alone.value == 2 / product_


@pytest.mark.parametrize("wrong", [0, -3, 2.5, float("nan"), True, "11", None])
def test_what_is_no_number_of_examples_or_no_loss_is_refused_by_name(wrong):
    run = Hyperparameters()
    if wrong is not None:
        for ask in (behaviour, fixed_point):
            with pytest.raises(ValueError, match="n_train must be a whole number >= 1, got"):
                ask(run, wrong)
    with pytest.raises(ValueError, match="loss must be one of half_mse, mse, got"):
        behaviour(run, 20).in_loss(wrong)


def test_a_run_that_is_pulled_back_has_no_factor():
    held = behaviour(run_of("sgd", "coupled", max_norm=1.0), 12)
    assert (held.has_factor, held.end.kind) == (False, "unknown")
    assert "max_norm" in held.no_factor
