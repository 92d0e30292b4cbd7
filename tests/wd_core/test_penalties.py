"""Training under each penalty, against loops written out, scikit-learn, and optimality."""

from __future__ import annotations

import io
import pickle
from contextlib import redirect_stdout
from dataclasses import fields, replace
from itertools import product

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from sklearn.linear_model import ElasticNet

from tests.oracles import half_mean_square, random_batches, random_dataset
from tests.sweeps import ROUNDING, assert_same, finished, one_by_one
from wd_core import (
    OPTIMIZERS,
    PENALTIES,
    Dataset,
    DatasetSpec,
    Hyperparameters,
    Mlp,
    behaviour,
    collect,
    fixed_point,
    gather,
    grid,
    l1_path,
    make_dataset,
    max_stable_lr,
    sweep,
    train,
)
from wd_core.device import Place
from wd_core.export import to_json, to_script
from wd_core.linear.cycles import cycle_limit
from wd_core.linear.inspection import Replay
from wd_core.linear.phases import limits
from wd_core.models import LINEAR
from wd_core.optimizers import Formula, Penalty, Runs
from wd_core.training import batch_order

# A few hundred roundings of numbers of order one.
STEP_BY_STEP = 1e-12
SINGLE = 1e-4
# Descent run until its error is below its rounding.
CONVERGED = 1e-9
# What each penalty weighs ‖w‖₁ and ‖w‖²/2 with, for λ and ρ.
WEIGHTS = {
    "l2": lambda lam, ratio: (0.0, lam),
    "l1": lambda lam, ratio: (lam, 0.0),
    "elastic": lambda lam, ratio: (lam * ratio, lam * (1 - ratio)),
}
SHARP = [name for name in WEIGHTS if name != "l2"]
# name: (rows, features, batch size)
SHAPES = {
    "tall": (9, 3, 3),
    "ragged": (7, 3, 3),
    "whole": (6, 3, 6),
    "batch larger than the data": (6, 3, 8),
    "wide": (6, 12, 3),
    "wide ragged": (5, 12, 3),
    "one row": (1, 3, 1),
}
EPOCHS = 8


def run_of(penalty: str, **more: object) -> Hyperparameters:
    """A stable run whose penalty sets some weights to zero."""
    given = {"weight_decay": 0.4, "lr": 0.05, "batch_size": 3, "epochs": EPOCHS, "l1_ratio": 0.7}
    return Hyperparameters(penalty=penalty, **{**given, **more})


def loop(data, run, w, b, batches):
    """Weights and bias after every epoch, row by row."""
    sharp, smooth = WEIGHTS[run.penalty](run.weight_decay, run.l1_ratio)
    w, path = np.array(w, dtype=float), [(np.array(w, dtype=float), b)]
    for epoch in batches:
        for rows in epoch:
            gradient, pull = np.zeros(len(w)), 0.0
            for i in rows:
                residual = data.X_train[i] @ w + b - data.y_train[i]
                gradient, pull = gradient + residual * data.X_train[i], pull + residual
            if run.loss == "mse":
                gradient, pull, share = 2 * gradient / len(rows), 2 * pull / len(rows), 1.0
            else:
                gradient, pull = gradient / run.batch_size, pull / run.batch_size
                share = len(rows) / run.batch_size
            moved = w - run.lr * (gradient + share * smooth * w)
            b = b - run.lr * pull
            cut = run.lr * sharp * share
            w = np.array([np.sign(x) * max(abs(x) - cut, 0) for x in moved])
            if run.max_norm is not None and np.linalg.norm(w) > run.max_norm:
                w = w * (run.max_norm / np.linalg.norm(w))
        path.append((w, b))
    return path


def assert_follows(data, run, tolerance=STEP_BY_STEP, **kwargs):
    batches = random_batches(data.n_train, run.batch_size, run.epochs)
    w0 = np.random.default_rng(3).normal(size=data.n_features)
    found = collect(train(data, [run], start=(w0, -0.4), batches=batches, **kwargs))
    close = {"rtol": tolerance, "atol": tolerance}
    c = 2 if run.loss == "mse" else 1
    for epoch, (w, b) in enumerate(loop(data, run, w0, -0.4, batches)):
        np.testing.assert_allclose(found.weights[epoch, 0], w, **close)
        np.testing.assert_allclose(found.bias[epoch, 0], b, **close)
        np.testing.assert_array_equal(found.weights[epoch, 0] == 0, w == 0)
        sharp, smooth = WEIGHTS[run.penalty](run.weight_decay, run.l1_ratio)
        penalty = (sharp * np.abs(w).sum() + smooth / 2 * w @ w) / c
        assert found.penalty[epoch, 0] == pytest.approx(penalty, rel=1e3 * tolerance)
        loss = half_mean_square(data.X_train, data.y_train, w, b)
        assert found.train_loss[epoch, 0] == pytest.approx(loss, rel=1e3 * tolerance)
    return found


@pytest.mark.parametrize("max_norm", [None, 0.6])
@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize("penalty", WEIGHTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_epoch_is_that_of_the_loop(shape, penalty, loss, max_norm):
    n, d, size = SHAPES[shape]
    run = run_of(penalty, loss=loss, batch_size=size, max_norm=max_norm)
    assert_follows(random_dataset(n, d), run)


@pytest.mark.parametrize("penalty", SHARP)
def test_zeros_come_and_are_exact(penalty):
    found = assert_follows(random_dataset(6, 12), run_of(penalty, epochs=40))
    zeros = (found.weights[:, 0] == 0).sum(1)
    assert zeros[0] == 0
    assert zeros[-1] >= 3


@pytest.mark.parametrize("penalty", SHARP)
def test_in_single_precision(penalty):
    data, run = random_dataset(7, 12), run_of(penalty, weight_decay=0.1)
    start = (np.random.default_rng(3).normal(size=12), -0.4)
    both = [
        collect(train(data, [run], start=start, dtype=dtype))
        for dtype in (torch.float32, torch.float64)
    ]
    np.testing.assert_allclose(both[0].weights, both[1].weights, rtol=SINGLE, atol=SINGLE)


@pytest.fixture
def torch_place(monkeypatch):
    """Make train() compute on torch tensors, the way of a GPU, on the CPU."""

    def place(device, dtype, work):
        return Place(torch, dtype, torch.device("cpu"), block=1 << 18)

    monkeypatch.setattr("wd_core.training.place", place)


@pytest.mark.parametrize("penalty", WEIGHTS)
@pytest.mark.parametrize("shape", ["ragged", "wide"])
def test_tensors_follow_the_loop_too(shape, penalty, torch_place):
    n, d, size = SHAPES[shape]
    assert_follows(random_dataset(n, d), run_of(penalty, batch_size=size, max_norm=0.6))


# --- many runs ------------------------------------------------------------------------------------


def mixed() -> Runs:
    """Runs of every penalty, some of λ = 0, in no order."""
    axes = {"weight_decay": [0.0, 0.3, 1.0], "l1_ratio": [0.0, 0.5, 1.0], "lr": [0.02, 0.05]}
    runs = grid(run_of("l2"), **axes, penalty=[*WEIGHTS])
    return runs[np.random.default_rng(0).permutation(len(runs))]


@pytest.mark.parametrize("chunk", [None, 5])
def test_every_run_of_a_mixed_sweep_equals_that_run_alone(chunk):
    data, runs = random_dataset(7, 12), mixed()
    parts = finished(sweep(data, runs, chunk=chunk))
    assert_same(gather(parts), one_by_one([data] * len(runs), list(runs)))


def test_every_row_of_train_equals_that_run_alone():
    data, runs = random_dataset(7, 12), mixed()
    together = collect(train(data, runs))
    for row, run in enumerate(runs):
        alone = collect(train(data, [run]))
        np.testing.assert_allclose(together.weights[:, row], alone.weights[:, 0], **ROUNDING)
        np.testing.assert_allclose(together.penalty[:, row], alone.penalty[:, 0], **ROUNDING)
        np.testing.assert_array_equal(together.weights[:, row] == 0, alone.weights[:, 0] == 0)


def test_lots_hold_the_same(monkeypatch):
    data, runs = random_dataset(7, 12), grid(run_of("l1"), weight_decay=np.linspace(0, 1, 40))
    whole = collect(train(data, runs))
    monkeypatch.setattr("wd_core.device.LOT_BYTES", 8 * 14 * 16)
    lots = collect(train(data, runs))
    np.testing.assert_allclose(lots.weights, whole.weights, **ROUNDING)
    np.testing.assert_allclose(lots.penalty, whole.penalty, **ROUNDING)


def test_columns_are_the_parts_of_the_runs():
    runs = mixed()
    for name in ("smooth", "sharp", "ridge_weight_decay", "l1_weight_decay"):
        found = getattr(runs, name)
        assert found.tolist() == [getattr(run, name) for run in runs]
    both = Runs.varied(run_of("elastic"), loss=["mse", "half_mse"])
    assert both.l1_weight_decay.tolist() == [0.4 * 0.7 / 2, 0.4 * 0.7]


@pytest.mark.parametrize("penalty", WEIGHTS)
def test_settings_survive_pickles_and_json(penalty):
    run = run_of(penalty)
    assert pickle.loads(pickle.dumps(run)) == run
    data = random_dataset(6, 3)
    records = pickle.loads(pickle.dumps(list(train(data, [run]))))
    np.testing.assert_array_equal(records[-1].weights, collect(train(data, [run])).weights[-1])
    assert f'"penalty": "{penalty}"' in to_json(None, [run], collect(train(data, [run])))


@pytest.mark.parametrize("penalty", WEIGHTS)
def test_a_basis_holds_runs_of_no_corners_alone(penalty):
    runs = grid(run_of(penalty, epochs=20), lr=[0.01, 0.02])
    assert LINEAR.height(6, 50, runs) == (52 if PENALTIES[penalty].corners else 9)
    assert runs.spans == (not PENALTIES[penalty].corners)


# --- where they end -------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize("penalty", SHARP)
@pytest.mark.parametrize("shape", [(20, 4), (8, 12)])
def test_on_whole_batches_a_run_ends_at_scikit_learns_solution(shape, penalty, loss):
    data = random_dataset(*shape, offset=0.0)
    lam = 0.1 if loss == "half_mse" else 0.2
    run = run_of(
        penalty, loss=loss, weight_decay=lam, lr=0.2 if loss == "half_mse" else 0.1,
        batch_size=shape[0], epochs=60_000,
    )  # fmt: skip
    end = behaviour(run, shape[0]).end
    assert (end.kind, end.l1.value) == ("lasso", pytest.approx(0.1))
    assert fixed_point(run, shape[0]) is None
    ratio = {"l1": 1.0, "elastic": run.l1_ratio}[penalty]
    theirs = ElasticNet(alpha=0.1, l1_ratio=ratio, tol=1e-14, max_iter=1_000_000)
    theirs.fit(data.X_train, data.y_train)
    found = collect(train(data, [run], record_every=run.epochs))
    np.testing.assert_allclose(found.weights[-1, 0], theirs.coef_, rtol=0, atol=CONVERGED)
    np.testing.assert_allclose(found.bias[-1], theirs.intercept_, rtol=0, atol=CONVERGED)
    np.testing.assert_array_equal(found.weights[-1, 0] == 0, theirs.coef_ == 0)
    assert 0 < (theirs.coef_ == 0).sum() < shape[1]
    path = l1_path(data, [end.l1.value], ratio)
    np.testing.assert_allclose(path.weights[0], theirs.coef_, rtol=0, atol=CONVERGED)


@pytest.mark.parametrize("penalty", SHARP)
@pytest.mark.parametrize("size", [4, 5])
def test_on_batches_a_run_settles_around_it(penalty, size):
    """Where it is, up to so many η: the short batch counts less in both parts."""
    data = random_dataset(12, 3)
    run = run_of(penalty, batch_size=size, lr=0.01, epochs=3000, weight_decay=0.05)
    end = behaviour(run, 12).end
    exact = l1_path(data, [end.l1.value], {"l1": 1.0, "elastic": 0.7}[penalty]).weights[0]
    found = collect(train(data, [run])).weights[-500:, 0].mean(0)
    assert np.abs(found - exact).max() < 0.005
    other = l1_path(data, [1.5 * end.l1.value], {"l1": 1.0, "elastic": 0.7}[penalty]).weights[0]
    assert np.abs(found - other).max() > 0.02


def test_the_mean_over_a_short_batch_ends_nobody_knows_where():
    run = run_of("l1", loss="mse", batch_size=5)
    assert behaviour(run, 12).end.kind == "unknown"
    assert behaviour(replace(run, batch_size=4), 12).end.l1.value == 0.2
    assert behaviour(run_of("l1", max_norm=1.0), 12).end.kind == "unknown"


@pytest.mark.parametrize(
    ("run", "ridge"),
    [
        (run_of("l1", weight_decay=0.0), 0.0),
        (run_of("elastic", weight_decay=0.0), 0.0),
        (run_of("elastic", l1_ratio=0.0), 0.4),
        (run_of("l1"), None),
        (run_of("elastic"), None),
        (run_of("elastic", l1_ratio=1.0), None),
    ],
)
def test_it_is_ridge_only_where_nothing_is_sharp(run, ridge):
    assert fixed_point(run, 12) == ridge
    known = behaviour(run, 12)
    assert (known.end.kind == "ridge") == known.has_factor == (ridge is not None)
    assert bool(known.no_factor) == bool(known.end.why) == (ridge is None)
    if ridge is None:
        assert (known.limit_alone, known.grows_alone) == (None, False)


def test_with_a_bound_on_the_norm_the_two_are_one_proximal_map():
    """The end is the best point of the ball: no neighbour is better, by a search from there."""
    data = random_dataset(15, 3, offset=0.0)
    run = run_of("l1", weight_decay=0.05, max_norm=0.3, batch_size=15, lr=0.2, epochs=5000)
    found = collect(train(data, [run], record_every=run.epochs))

    def objective(p):  # each weight as the difference of two that are not negative
        w = p[:3] - p[3:6]
        return half_mean_square(data.X_train, data.y_train, w, p[6]) + 0.05 * p[:6].sum()

    ball = {"type": "ineq", "fun": lambda p: 0.3**2 - (p[:3] - p[3:6]) @ (p[:3] - p[3:6])}
    best = minimize(
        objective, np.full(7, 0.1), constraints=[ball], bounds=[(0, None)] * 6 + [(None, None)],
        method="SLSQP", options={"ftol": 1e-15, "maxiter": 1000},
    )  # fmt: skip
    np.testing.assert_allclose(found.weights[-1, 0], best.x[:3] - best.x[3:6], atol=1e-5)
    assert found.weight_norm[-1, 0] == pytest.approx(0.3)


# --- how large η may be ---------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize("ratio", [0.3, 1.0])
@pytest.mark.parametrize(("n", "d", "size"), [(8, 3, 8), (6, 3, 8), (8, 3, 3), (6, 12, 2)])
def test_below_the_limit_runs_settle_and_above_it_those_far_out_diverge(n, d, size, ratio, loss):
    data = random_dataset(n, d)
    run = run_of("elastic", l1_ratio=ratio, weight_decay=0.1, batch_size=size, loss=loss)
    limit = behaviour(run, n).limit(data)
    assert limit.kind == ("full" if size >= n else "cycle")
    order = next(batch_order(run.seed, n, 1))  # the first epoch's, for ever
    batches = [[order[i : i + size] for i in range(0, n, size)]] * 3000
    runs = [replace(run, lr=limit.lr * share, epochs=3000) for share in (0.95, 1.05)]
    far = (100 * np.random.default_rng(0).normal(size=d), 100.0)
    found = collect(train(data, runs, start=far, batches=batches))
    assert found.diverged_at[0] == -1
    assert found.weight_norm[-1, 0] < found.weight_norm[0, 0]
    assert found.diverged_at[1] > 0 or found.weight_norm[-1, 1] > 1e6


def test_the_limit_counts_the_smooth_part_alone():
    data = random_dataset(12, 3)
    whole = {"batch_size": 12, "weight_decay": 3.0}
    lasso, none = run_of("l1", **whole), run_of("l2", batch_size=12, weight_decay=0.0)
    assert max_stable_lr(data.X_train, lasso) == max_stable_lr(data.X_train, none)
    mix, ridge = run_of("elastic", **whole), run_of("l2", batch_size=12, weight_decay=3.0 * 0.3)
    assert max_stable_lr(data.X_train, mix) == pytest.approx(max_stable_lr(data.X_train, ridge))
    small = replace(lasso, batch_size=3)
    assert cycle_limit(data, small) == cycle_limit(data, replace(none, batch_size=3))
    assert limits(data, mix).counted.value == pytest.approx(0.9)
    assert limits(data, lasso).counted.value == 0
    plain = {name for name, rule in OPTIMIZERS.items() if rule.plain}
    assert {name for name, _ in limits(data, lasso).table} == plain


# --- taken apart, and away ------------------------------------------------------------------------


@pytest.mark.parametrize("max_norm", [None, 0.6])
@pytest.mark.parametrize("penalty", SHARP)
@pytest.mark.parametrize("shape", [(12, 3), (8, 20)])
def test_a_step_taken_apart_adds_up(shape, penalty, max_norm):
    data = random_dataset(*shape)
    run = run_of(penalty, batch_size=5, max_norm=max_norm, init_bias_std=1.0)
    replay, path = Replay(data, run), collect(train(data, [run]))
    for t in range(1, replay.steps + 1):
        one = replay.step(t)
        total = one.before + one.by_data + one.by_decay
        total[:-1] *= one.clip
        np.testing.assert_allclose(total, one.after, rtol=1e-12, atol=1e-12)
        assert one.by_decay[-1] == 0
        if one.place == replay.an_epoch:
            np.testing.assert_allclose(one.after[:-1], path.weights[one.epoch, 0], **ROUNDING)
    assert (path.weights[-1] == 0).any()


SPEC = DatasetSpec(n_features=30, noise=0.1, true_weight=0.1, seed=3)
EXPORTED = [
    run_of(penalty, lr=0.02, epochs=12, loss=loss, batch_size=size, max_norm=norm, l1_ratio=ratio)
    for penalty, loss, size, norm, ratio in product(
        WEIGHTS, ("half_mse", "mse"), (5, 6), (None, 1.5), (0.0, 0.7, 1.0)
    )
] + [run_of(penalty, weight_decay=0.0) for penalty in WEIGHTS]


def scripted(run):
    """Train and test loss of the run's script: whatever it prints is worked out from these."""
    dtype, names = torch.get_default_dtype(), {"__name__": "__main__"}
    try:
        with redirect_stdout(io.StringIO()):
            exec(compile(to_script(SPEC, run), "script.py", "exec"), names)
    finally:
        torch.set_default_dtype(dtype)
    return names["train_loss"], names["test_loss"]


def trained(run):
    found = collect(train(make_dataset(SPEC), [run]))
    return found.train_loss[-1, 0], found.test_loss[-1, 0]


@pytest.mark.parametrize("run", EXPORTED)
def test_the_script_of_a_run_ends_at_its_losses(run):
    assert scripted(run) == pytest.approx(trained(run), rel=1e-9)


# --- what is refused, and what an entry must say --------------------------------------------------


@pytest.mark.parametrize("penalty", SHARP)
@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        *[
            ("optimizer", name, "sgd, or another of plain steps,")
            for name, entry in OPTIMIZERS.items()
            if not entry.plain
        ],
        ("decay", "decoupled", "coupled"),
        ("decay_bias", True, "False"),
    ],
)
def test_what_does_not_go_with_a_threshold_is_refused(penalty, field, value, rule):
    message = f"^{field} must be {rule} for the penalty {penalty}, got {value!r}$"
    with pytest.raises(ValueError, match=message):
        run_of(penalty, **{field: value})
    with pytest.raises(ValueError, match=message):
        grid(run_of("l2"), penalty=["l2", penalty], **{field: [value]})
    assert not run_of(penalty).can_have(**{field: value})
    assert run_of("l2").can_have(**{field: value})


@pytest.mark.parametrize("penalty", SHARP)
def test_networks_take_the_smooth_penalty_alone(penalty):
    data = Dataset(np.eye(3), [0, 1, 2], np.eye(3), [0, 1, 2], n_classes=3)
    message = f"^penalty must be one of l2 for networks, got {penalty!r}$"
    with pytest.raises(ValueError, match=message):
        train(data, [run_of("l2"), run_of(penalty)], model=Mlp(hidden=(2,)))
    with pytest.raises(ValueError, match=message):
        sweep(data, [run_of("l2"), run_of(penalty)], model=Mlp(hidden=(2,)))


def test_one_entry_is_enough(monkeypatch):
    """Twice the lasso and a hint of ridge, known by its entry alone."""
    entry = Penalty(
        label="Nobody's",
        formula=r"2\lambda\lVert w\rVert_1 + \lambda\lVert w\rVert^2/20",
        reads=(),
        needs=PENALTIES["l1"].needs,
        smooth=Formula("λ/10", r"\lambda/10", ("λ",), lambda lam: lam / 10),
        sharp=Formula("2λ", r"2\lambda", ("λ",), lambda lam: 2 * lam),
        corners="It takes the same of every weight.",
        end="It goes where nobody has been.",
    )
    monkeypatch.setitem(PENALTIES, "nobody's", entry)
    monkeypatch.setitem(WEIGHTS, "nobody's", lambda lam, ratio: (2 * lam, lam / 10))
    run = run_of("nobody's", weight_decay=0.2)
    assert_follows(random_dataset(7, 12), run)
    assert behaviour(run, 7).end.why == entry.end
    assert scripted(run) == pytest.approx(trained(run), rel=1e-9)


def facts(name):
    return {field.name: getattr(PENALTIES[name], field.name) for field in fields(Penalty)}


@pytest.mark.parametrize("fact", sorted(facts("l1")))
def test_an_entry_without_a_fact_is_refused_with_its_name(fact):
    rest = facts("l1")
    del rest[fact]
    with pytest.raises(TypeError, match=fact):
        Penalty(**rest)
    with pytest.raises(ValueError, match=fact):
        Penalty(**rest, **{fact: None})


@pytest.mark.parametrize(
    ("name", "changed", "fact"),
    [
        ("l1", {"label": " "}, "label"),
        ("l1", {"formula": ""}, "formula"),
        ("l1", {"reads": ("ratio",)}, "reads"),
        ("l1", {"needs": {"ratio": ("> 0", bool)}}, "needs"),
        ("l1", {"corners": ""}, "corners"),
        ("l1", {"end": " "}, "end"),
        ("l2", {"corners": "It has none."}, "corners"),
        ("l1", {"sharp": Formula("μ", "m", ("μ",), float)}, "sharp"),
    ],
)
def test_a_fact_that_says_nothing_is_refused_with_its_name(name, changed, fact):
    with pytest.raises(ValueError, match=f"^{fact} must be"):
        replace(PENALTIES[name], **changed)


def test_the_default_penalty_needs_nothing_so_that_a_sweep_asks_nothing():
    assert not PENALTIES[Hyperparameters().penalty].needs


def test_labels_and_formulas_tell_the_entries_apart():
    assert len({entry.label for entry in PENALTIES.values()}) == len(PENALTIES)
    assert len({entry.formula for entry in PENALTIES.values()}) == len(PENALTIES)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_reads_names_exactly_the_fields_that_matter(penalty):
    data, run = random_dataset(6, 3), run_of(penalty)
    ends = [
        collect(train(data, [replace(run, l1_ratio=ratio)])).weights[-1] for ratio in (0.2, 0.9)
    ]
    assert np.array_equal(*ends) == ("l1_ratio" not in PENALTIES[penalty].reads)
