"""train() against torch.optim step by step, and the facts that hold exactly."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import cache
from itertools import islice

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import (
    Batches,
    Path,
    half_mean_square,
    name_of,
    random_batches,
    random_dataset,
    ridge,
    schemes,
    torch_path,
)
from wd_core import (
    OPTIMIZERS,
    Dataset,
    DatasetSpec,
    Hyperparameters,
    collect,
    make_dataset,
    max_stable_lr,
    ridge_path,
    train,
    unreachable_norm,
    weight_decay_for_norm,
)
from wd_core.device import Place
from wd_core.training import batch_order, expected_seconds

# Tens of stable steps on numbers of order one: a few hundred roundings of 1e-16.
STEP_BY_STEP = 1e-12
# The same in float32, roundings of 6e-8.
SINGLE = 1e-4
# Descent run until its error is below its rounding; the start is forgotten to this.
CONVERGED = 1e-9
# Two orders of summation of the same few numbers.
SUMMED = 1e-13

EPOCHS = 8
# name: (rows, features, batch size). Wide data with more epochs than rows are held in a basis.
SHAPES = {
    "tall": (9, 3, 3),
    "tall ragged": (7, 3, 3),
    "tall full batch": (6, 3, 6),
    "batch larger than the data": (6, 3, 8),
    "wide": (6, 12, 3),
    "wide ragged": (5, 12, 3),
    "wide by one": (5, 6, 2),
    "wide by two": (5, 7, 2),
    "one feature": (7, 1, 2),
    "one row": (1, 3, 1),
}


def start_of(d: int, seed: int = 3) -> tuple[np.ndarray, float]:
    return np.random.default_rng(seed).normal(size=d), -0.4


def assert_follows(
    data: Dataset,
    runs: list[Hyperparameters],
    batches: Batches,
    tolerance: float = STEP_BY_STEP,
    paths: list[Path] | None = None,
    **kwargs,
) -> None:
    """Every run of one call, every epoch: weights, bias, losses and norm are the oracle's."""
    w0, b0 = start_of(data.n_features)
    result = collect(train(data, runs, start=(w0, b0), batches=batches, **kwargs))
    paths = paths or [torch_path(data, run, w0, b0, batches) for run in runs]
    for r, (run, path) in enumerate(zip(runs, paths, strict=True)):
        name = name_of(run)
        close = {"rtol": tolerance, "atol": tolerance, "err_msg": name}
        np.testing.assert_allclose(result.weights[:, r], path.weights, **close)
        np.testing.assert_allclose(result.bias[:, r], path.bias, **close)
        norms = np.linalg.norm(path.weights, axis=1)
        np.testing.assert_allclose(result.weight_norm[:, r], norms, **close)
        for part in ("train", "test"):
            X, y = getattr(data, f"X_{part}"), getattr(data, f"y_{part}")
            losses = [
                half_mean_square(X, y, w, b) for w, b in zip(*vars(path).values(), strict=True)
            ]
            np.testing.assert_allclose(getattr(result, f"{part}_loss")[:, r], losses, **close)


@cache
def paths_of(shape: str) -> list[Path]:
    """What torch makes of all schemes on a shape: asked for by every library, dtype and device."""
    n, d, size = SHAPES[shape]
    start, batches = start_of(d), random_batches(n, size, EPOCHS)
    return [torch_path(random_dataset(n, d), run, *start, batches) for run in schemes(EPOCHS, size)]


def assert_all_schemes_follow(shape: str, tolerance: float = STEP_BY_STEP, **kwargs) -> None:
    """All schemes in one call on a shape."""
    n, d, size = SHAPES[shape]
    runs, batches = list(schemes(EPOCHS, size)), random_batches(n, size, EPOCHS)
    assert_follows(random_dataset(n, d), runs, batches, tolerance, paths_of(shape), **kwargs)


# --- against torch.optim -----------------------------------------------------------------------


@pytest.mark.parametrize("run", list(schemes(EPOCHS, 3)), ids=name_of)
def test_every_scheme_follows_torch_with_a_ragged_last_batch(run):
    assert_follows(random_dataset(7, 3), [run], random_batches(7, 3, EPOCHS))


@pytest.mark.parametrize("shape", SHAPES)
def test_all_schemes_in_one_call_follow_torch(shape):
    assert_all_schemes_follow(shape)


def test_uneven_given_batches_follow_torch():
    batches = [[[0, 1, 2, 3], [4]], [[5, 6], [0], [0, 0, 1]], [], [[6, 2, 4, 1]]]
    runs = list(schemes(len(batches), 3))
    assert_follows(random_dataset(7, 3), runs, batches)


@pytest.mark.parametrize("shape", ["tall ragged", "wide ragged"])
def test_float32_follows_torch(shape):
    assert_all_schemes_follow(shape, SINGLE, dtype=torch.float32)


@pytest.fixture
def torch_place(monkeypatch):
    """Make train() compute on torch tensors, the way of a GPU, on the CPU."""

    def place(device, dtype, work):
        return Place(torch, dtype, torch.device("cpu"), block=1 << 18)

    monkeypatch.setattr("wd_core.training.place", place)


@pytest.mark.parametrize("shape", SHAPES)
def test_tensors_follow_torch(shape, torch_place):
    assert_all_schemes_follow(shape)


def test_tensors_equal_arrays_from_the_seed(monkeypatch, torch_place):
    data, runs = random_dataset(7, 12), list(schemes(20, 3))
    tensors = collect(train(data, runs))
    monkeypatch.undo()
    arrays = collect(train(data, runs))
    np.testing.assert_allclose(tensors.weights, arrays.weights, rtol=1e-9, atol=STEP_BY_STEP)
    np.testing.assert_allclose(tensors.test_loss, arrays.test_loss, rtol=1e-9)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, STEP_BY_STEP), (torch.float32, SINGLE)]
)
def test_the_gpu_follows_torch(shape, dtype, tolerance):
    assert_all_schemes_follow(shape, tolerance, dtype=dtype, device="cuda")


# --- starts and batches ------------------------------------------------------------------------


@pytest.mark.parametrize("form", [np.asarray, torch.as_tensor, np.ndarray.tolist])
def test_a_start_for_each_run_and_a_start_for_all(form):
    data = random_dataset(6, 12)
    runs = [Hyperparameters(weight_decay=wd, epochs=9, batch_size=2) for wd in (0.0, 1.0, 2.0)]
    batches = random_batches(6, 2, 9)
    weights = np.random.default_rng(0).normal(size=(3, 12))
    bias = np.array([0.1, -0.2, 0.3])
    each = collect(train(data, runs, start=(form(weights), form(bias)), batches=batches))
    same = collect(train(data, runs, start=(form(weights[1]), -0.2), batches=batches))
    for r, run in enumerate(runs):
        own = torch_path(data, run, weights[r], bias[r], batches)
        shared = torch_path(data, run, weights[1], -0.2, batches)
        np.testing.assert_allclose(each.weights[:, r], own.weights, atol=STEP_BY_STEP)
        np.testing.assert_allclose(each.bias[:, r], own.bias, atol=STEP_BY_STEP)
        np.testing.assert_allclose(same.weights[:, r], shared.weights, atol=STEP_BY_STEP)


def test_starts_follow_their_runs_through_mixed_groups():
    data = random_dataset(7, 3)
    runs = [
        Hyperparameters(optimizer=name, epochs=2, batch_size=size)
        for name, size in (("adam", 7), ("sgd", 3), ("adam", 3), ("sgd", 7), ("adam", 7))
    ]
    weights = np.arange(15.0).reshape(5, 3)
    first = next(train(data, runs, start=(weights, np.arange(5.0))))
    np.testing.assert_array_equal(first.weights, weights)
    np.testing.assert_array_equal(first.bias, np.arange(5.0))


def test_the_arguments_are_not_written_to():
    data = random_dataset(6, 3)
    weights, X = np.ones(3), data.X_train.copy()
    runs = [Hyperparameters(lr=0.1, epochs=3, max_norm=0.5, weight_decay=1.0)]
    collect(train(data, runs, start=(weights, 0.0)))
    np.testing.assert_array_equal(weights, np.ones(3))
    np.testing.assert_array_equal(data.X_train, X)


def test_records_keep_their_numbers_while_the_stream_goes_on():
    runs = [Hyperparameters(lr=0.05, epochs=6, max_norm=0.5, batch_size=2)]
    data = random_dataset(6, 3)
    kept, copies = [], []
    for record in train(data, runs):
        kept.append(record)
        copies.append((record.weight_norm.copy(), record.train_loss.copy()))
    for record, (norm, loss) in zip(kept, copies, strict=True):
        np.testing.assert_array_equal(record.weight_norm, norm)
        np.testing.assert_array_equal(record.train_loss, loss)
        np.testing.assert_allclose(np.linalg.norm(record.weights, axis=1), norm, rtol=SUMMED)


@given(
    st.sampled_from(sorted(OPTIMIZERS)),
    st.integers(1, 7),
    st.integers(1, 14),
    st.integers(1, 8),
    st.floats(0, 3),
    st.integers(0, 1000),
)
def test_any_shape_follows_torch(optimizer, n, d, size, weight_decay, seed):
    data = random_dataset(n, d, seed)
    run = Hyperparameters(
        optimizer=optimizer,
        weight_decay=weight_decay,
        batch_size=size,
        epochs=EPOCHS,
        lr=0.01,
        eps=1e-3,
        seed=seed,
    )
    assert_follows(data, [run], random_batches(n, size, EPOCHS, seed), 10 * STEP_BY_STEP)


# --- what is recorded --------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize("weight_decay", [0.0, 5.0])
def test_curves_hold_no_penalty_and_no_convention(loss, weight_decay):
    data, start = random_dataset(6, 3), start_of(3)
    run = Hyperparameters(weight_decay=weight_decay, loss=loss, epochs=0)
    (record,) = train(data, [run], start=start)
    expected = half_mean_square(data.X_train, data.y_train, *start)
    assert record.train_loss[0] == pytest.approx(expected, rel=STEP_BY_STEP)
    expected = half_mean_square(data.X_test, data.y_test, *start)
    assert record.test_loss[0] == pytest.approx(expected, rel=STEP_BY_STEP)
    assert record.weight_norm[0] == pytest.approx(np.linalg.norm(start[0]), rel=STEP_BY_STEP)


@pytest.mark.parametrize(("loss", "half"), [("half_mse", 0.5), ("mse", 0.25)])
def test_penalty_is_in_the_unit_of_the_half_mean_square(loss, half):
    runs = [
        Hyperparameters(weight_decay=3.0, loss=loss, decay_bias=bias, epochs=0)
        for bias in (False, True)
    ]
    (record,) = train(random_dataset(6, 2), runs, start=([3.0, 4.0], 2.0))
    np.testing.assert_allclose(record.penalty, [half * 3 * 25, half * 3 * 29], rtol=SUMMED)


def test_one_record_an_epoch_and_the_shapes_of_a_run():
    data = random_dataset(7, 3, n_test=4)
    run = collect(train(data, [Hyperparameters(epochs=5, batch_size=2)] * 2))
    assert run.epoch.tolist() == [0, 1, 2, 3, 4, 5]
    for name in ("train_loss", "test_loss", "penalty", "weight_norm", "bias"):
        assert getattr(run, name).shape == (6, 2)
        assert getattr(run, name).dtype == np.float64
    assert run.weights.shape == (6, 2, 3)
    assert run.diverged_at.tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("every", "epochs"),
    [(1, [0, 1, 2, 3, 4, 5, 6, 7]), (3, [0, 3, 6, 7]), (7, [0, 7]), (50, [0, 7])],
)
@pytest.mark.parametrize("names", [["sgd"], ["sgd", "adam", "sgd"]])
def test_record_every_leaves_epochs_out_and_nothing_else(every, epochs, names):
    data = random_dataset(5, 12)
    runs = [Hyperparameters(optimizer=name, epochs=7, batch_size=2, lr=0.01) for name in names]
    full = collect(train(data, runs))
    thin = collect(train(data, runs, record_every=every))
    assert thin.epoch.tolist() == epochs
    np.testing.assert_array_equal(thin.weights, full.weights[epochs])
    for name in ("train_loss", "test_loss", "weight_norm"):
        expected = getattr(full, name)[epochs]
        np.testing.assert_allclose(getattr(thin, name), expected, rtol=SUMMED)


def test_record_every_across_blocks():
    """A run too long for one block gives the same epochs, each once."""
    data = random_dataset(40, 3)
    runs = [Hyperparameters(epochs=500, batch_size=1, lr=1e-3)]
    full, thin = collect(train(data, runs)), collect(train(data, runs, record_every=7))
    assert full.epoch.tolist() == list(range(501))
    assert thin.epoch.tolist() == [*range(0, 501, 7), 500]
    np.testing.assert_array_equal(thin.weights, full.weights[thin.epoch])


# --- exact facts -------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["half_mse", "mse"])
def test_plain_sgd_has_one_kind_of_decay(loss):
    """Where no batch is short, coupled and decoupled are one rule; a short one scales the first."""
    run = Hyperparameters(weight_decay=2.0, lr=0.01, epochs=20, loss=loss, batch_size=3)
    both = [run, replace(run, decay="decoupled")]
    even = collect(train(random_dataset(6, 12), both))
    np.testing.assert_array_equal(even.weights[:, 0], even.weights[:, 1])
    ragged = collect(train(random_dataset(7, 12), both))
    gap = np.abs(ragged.weights[-1, 0] - ragged.weights[-1, 1]).max()
    assert gap == 0 if loss == "mse" else gap > 1e-3


def test_concise_is_scratch_at_twice_the_rate_and_half_the_decay():
    concise = Hyperparameters(weight_decay=3.0, lr=0.01, loss="mse", batch_size=3, epochs=25)
    scratch = replace(concise, weight_decay=1.5, lr=0.02, loss="half_mse")
    even = collect(train(random_dataset(6, 12), [concise, scratch]))
    np.testing.assert_allclose(even.weights[:, 0], even.weights[:, 1], rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(even.bias[:, 0], even.bias[:, 1], atol=STEP_BY_STEP)
    np.testing.assert_allclose(even.penalty[:, 0], even.penalty[:, 1], rtol=1e-10)


def test_a_short_batch_is_where_scratch_and_concise_part():
    """One short batch of 1 in 3: scratch takes a third of the step that concise takes."""
    data = random_dataset(7, 3)
    concise = Hyperparameters(weight_decay=3.0, lr=0.01, loss="mse", batch_size=3, epochs=1)
    scratch = replace(concise, weight_decay=1.5, lr=0.02, loss="half_mse")
    w, b = start_of(3)
    result = collect(train(data, [concise, scratch], start=(w, b), batches=[[[4]]]))
    steps = result.weights[1] - w
    np.testing.assert_allclose(steps[0], 3 * steps[1], rtol=1e-10)


@given(
    st.integers(1, 6), st.integers(1, 4), st.floats(0, 5), st.integers(0, 99), st.sampled_from("cd")
)
def test_the_unreachable_part_decays_by_itself(n, size, weight_decay, seed, kind):
    """(1 − ηλ)^t in the null space of X, whatever the batch order; m/B of ηλ in a short batch."""
    data = random_dataset(n, 11, seed)
    run = Hyperparameters(
        weight_decay=weight_decay,
        lr=0.02,
        batch_size=size,
        epochs=9,
        seed=seed,
        decay="coupled" if kind == "c" else "decoupled",
    )
    result = collect(train(data, [run, replace(run, loss="mse")]))
    rows = [min(size, n - i) for i in range(0, n, size)]
    scratch = np.prod([1 - run.lr * weight_decay * (m / size if kind == "c" else 1) for m in rows])
    concise = (1 - run.lr * weight_decay) ** len(rows)
    outside = np.eye(11) - np.linalg.pinv(data.X_train) @ data.X_train
    start = result.weights[0, 0] @ outside
    for r, factor in enumerate((scratch, concise)):
        expected = factor ** np.arange(10)[:, None] * start
        np.testing.assert_allclose(result.weights[:, r] @ outside, expected, atol=1e-11)
        np.testing.assert_allclose(
            unreachable_norm(data.X_train, result.weights[:, r]),
            np.linalg.norm(expected, axis=1),
            atol=1e-11,
        )


def test_without_decay_the_code_of_decay_changes_no_bit(monkeypatch):
    data = random_dataset(7, 12)
    run = Hyperparameters(epochs=30, batch_size=3, lr=0.01)
    with_code = collect(train(data, [run]))
    bare = replace(
        OPTIMIZERS["sgd"], update=lambda v, g, state, rates, t: (v - rates.lr * g, state)
    )
    monkeypatch.setitem(OPTIMIZERS, "sgd", bare)
    without = collect(train(data, [run]))
    np.testing.assert_array_equal(with_code.weights, without.weights)
    np.testing.assert_array_equal(with_code.test_loss, without.test_loss)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_without_decay_both_kinds_are_the_same_to_the_bit(optimizer):
    data = random_dataset(7, 12)
    run = Hyperparameters(optimizer=optimizer, epochs=20, batch_size=3, lr=0.01)
    coupled = collect(train(data, [run]))
    decoupled = collect(train(data, [replace(run, decay="decoupled")]))
    np.testing.assert_array_equal(coupled.weights, decoupled.weights)


def mixed_runs() -> list[Hyperparameters]:
    runs = [
        replace(run, seed=seed, batch_size=size, lr=run.lr * (1 + seed))
        for seed, size in ((0, 3), (1, 3), (0, 5))
        for run in schemes(12, 3)
    ]
    return [runs[i] for i in np.random.default_rng(0).permutation(len(runs))[:60]]


@pytest.mark.parametrize("d", [3, 12])
def test_a_row_of_a_sweep_is_the_run_alone(d):
    data, runs = random_dataset(7, d), mixed_runs()
    swept = collect(train(data, runs))
    for r, run in enumerate(runs):
        alone = collect(train(data, [run]))
        close = {"rtol": 1e-10, "atol": STEP_BY_STEP, "err_msg": name_of(run)}
        np.testing.assert_allclose(swept.weights[:, r], alone.weights[:, 0], **close)
        for name in ("train_loss", "test_loss", "penalty", "weight_norm", "bias"):
            expected = getattr(alone, name)[:, 0]
            np.testing.assert_allclose(getattr(swept, name)[:, r], expected, **close)


def test_numbers_of_a_run_are_its_own_inside_one_group():
    """lr, momentum, betas, eps, max_norm and starts differ between columns of one matrix."""
    base = Hyperparameters(epochs=6, batch_size=3, lr=0.01, eps=1e-3)
    changes = [
        {"optimizer": "momentum"},
        {"optimizer": "momentum", "momentum": 0.5},
        {"optimizer": "adam"},
        {"optimizer": "adam", "betas": (0.5, 0.9)},
        {"optimizer": "adam", "eps": 0.1},
        {"lr": 0.03},
        {"init_std": 0.2},
        {"init_bias_std": 2.0},
        {"max_norm": 0.4},
        {"max_norm": 0.9},
        {"decay_bias": True, "weight_decay": 1.0},
        {"decay": "decoupled", "optimizer": "momentum", "weight_decay": 1.0},
    ]
    data, runs = random_dataset(7, 3), [replace(base, **change) for change in changes]
    swept = collect(train(data, runs))
    ends = swept.weights[-1]
    apart = np.linalg.norm(ends[:, None] - ends, axis=-1) + 10 * np.eye(len(runs))
    assert apart.min() > 1e-6
    for r, run in enumerate(runs):
        alone = collect(train(data, [run]))
        np.testing.assert_allclose(swept.weights[:, r], alone.weights[:, 0], atol=STEP_BY_STEP)


@pytest.mark.parametrize("loss", ["half_mse", "mse"])
def test_a_basis_changes_nothing(loss):
    """Too few epochs to pay for the basis give the first epochs of a run long enough for it."""
    data = random_dataset(8, 30)
    run = Hyperparameters(weight_decay=1.0, lr=0.01, batch_size=3, epochs=4, loss=loss)
    held = replace(run, epochs=60)
    plain, rotated = collect(train(data, [run])), collect(train(data, [held]))
    np.testing.assert_allclose(rotated.weights[:5], plain.weights, atol=STEP_BY_STEP)
    for name in ("train_loss", "test_loss", "weight_norm", "bias"):
        expected = getattr(plain, name)
        np.testing.assert_allclose(getattr(rotated, name)[:5], expected, rtol=1e-11)


@pytest.mark.parametrize(
    "columns", [lambda X: np.zeros_like(X), lambda X: np.repeat(X[:1], len(X), 0)]
)
def test_a_basis_of_degenerate_rows(columns):
    """Rows that are zero or all the same leave the basis to rounding, and the run unharmed."""
    plain = random_dataset(5, 12)
    data = replace(plain, X_train=columns(plain.X_train))
    runs = [Hyperparameters(weight_decay=1.0, lr=0.01, batch_size=2, epochs=20)]
    assert_follows(data, runs, random_batches(5, 2, 20))


@pytest.mark.parametrize("init_std", [0.0, 1.0])
def test_a_zero_start(init_std):
    data = random_dataset(5, 12)
    run = Hyperparameters(init_std=init_std, epochs=20, batch_size=2)
    result = collect(train(data, [run, replace(run, weight_decay=2.0)]))
    assert np.isfinite(result.weights).all()
    inside = unreachable_norm(data.X_train, result.weights)
    assert (inside[:, 0] < 1e-12).all() == (init_std == 0)


# --- randomness --------------------------------------------------------------------------------


def test_runs_differ_by_their_decay_alone():
    """Same start, and the same batches: each run is the oracle's on the one seeded order."""
    data = random_dataset(7, 3)
    runs = [Hyperparameters(weight_decay=wd, epochs=5, batch_size=3, seed=8) for wd in (0.0, 2.0)]
    result = collect(train(data, runs))
    np.testing.assert_array_equal(result.weights[0, 0], result.weights[0, 1])
    order = list(batch_order(8, 7, 5))
    batches = [[epoch[i : i + 3] for i in range(0, 7, 3)] for epoch in order]
    for r, run in enumerate(runs):
        path = torch_path(data, run, result.weights[0, r], 0.0, batches)
        np.testing.assert_allclose(result.weights[:, r], path.weights, atol=STEP_BY_STEP)


def test_the_seed_and_nothing_else_decides():
    data = random_dataset(7, 3)
    run = Hyperparameters(epochs=4, batch_size=3, seed=1)
    first = collect(train(data, [run]))
    torch.manual_seed(5)
    np.random.default_rng(5)
    state = torch.get_rng_state()
    again = collect(train(data, [run, replace(run, weight_decay=1.0)]))
    assert torch.equal(torch.get_rng_state(), state)
    np.testing.assert_allclose(again.weights[:, 0], first.weights[:, 0], rtol=SUMMED)
    other = collect(train(data, [replace(run, seed=2)]))
    assert np.abs(other.weights[0] - first.weights[0]).max() > 0.1


def test_every_epoch_is_a_new_permutation_and_the_start_does_not_touch_it():
    order = np.array(list(batch_order(0, 9, 2000)))
    assert (np.sort(order, 1) == np.arange(9)).all()
    assert len({tuple(row) for row in order[:50].tolist()}) == 50
    # each row comes first 2000/9 = 222 times; five standard deviations are 70
    assert np.abs(np.bincount(order[:, 0], minlength=9) - 2000 / 9).max() < 70
    assert (np.array(list(batch_order(0, 9, 3))) == order[:3]).all()


@pytest.mark.parametrize(("std", "bias_std"), [(1.0, 0.0), (0.01, 0.0), (1.0, 1.0), (0.0, 2.0)])
def test_the_start_has_the_asked_spread(std, bias_std):
    data = random_dataset(2, 2000)
    unit = next(train(data, [Hyperparameters(epochs=0, init_bias_std=1.0)]))
    (record,) = train(data, [Hyperparameters(epochs=0, init_std=std, init_bias_std=bias_std)])
    np.testing.assert_allclose(record.weights, std * unit.weights, rtol=SUMMED)
    np.testing.assert_allclose(record.bias, bias_std * unit.bias, rtol=SUMMED)
    # 2000 normal draws: their root mean square is within 5/√4000 of one
    assert np.sqrt((unit.weights**2).mean()) == pytest.approx(1, abs=0.08)


# --- the stream --------------------------------------------------------------------------------


@pytest.mark.parametrize("stop", [0, 1, 2, 5])
@pytest.mark.parametrize("names", [["sgd"], ["sgd", "adam"]])
def test_a_stream_closed_at_any_epoch_leaves_nothing_behind(stop, names):
    data = random_dataset(6, 3)
    runs = [Hyperparameters(optimizer=name, epochs=5, batch_size=2) for name in names]
    untouched = collect(train(data, runs))
    stream = train(data, runs)
    seen = list(islice(stream, stop))
    assert [record.epoch for record in seen] == list(range(stop))
    stream.close()
    assert list(stream) == []
    np.testing.assert_array_equal(collect(train(data, runs)).weights, untouched.weights)


def test_two_streams_at_a_time_do_not_meet():
    data, runs = random_dataset(6, 3), [Hyperparameters(epochs=5, optimizer="adam")]
    alone = collect(train(data, runs))
    pairs = list(zip(train(data, runs), train(data, runs), strict=True))
    for left, right in pairs:
        np.testing.assert_array_equal(left.weights, alone.weights[left.epoch])
        np.testing.assert_array_equal(right.weights, alone.weights[left.epoch])


@pytest.mark.parametrize("names", [["sgd"], ["sgd", "adam"]])
@pytest.mark.parametrize("tensors", [False, True])
def test_no_mode_leaks_to_the_caller(names, tensors, request):
    if tensors:
        request.getfixturevalue("torch_place")
    runs = [Hyperparameters(optimizer=name, epochs=3) for name in names]
    with np.errstate(all="raise"):
        before = np.geterr()
        for record in train(random_dataset(6, 3), runs):
            assert not torch.is_inference_mode_enabled()
            assert torch.is_grad_enabled()
            assert np.geterr() == before
            x = torch.ones(1, requires_grad=True)
            (x * float(record.train_loss[0])).sum().backward()


def test_the_weights_of_a_record_can_be_read_after_the_stream():
    data, runs = random_dataset(5, 12), [Hyperparameters(epochs=9, batch_size=2)]
    records = list(train(data, runs))
    late = np.array([record.weights for record in records])
    early = np.array([record.weights for record in train(data, runs)])
    np.testing.assert_array_equal(late, early)


def test_expected_seconds_tells_short_from_long():
    """An order of magnitude is all that is asked: the book's run is milliseconds, not seconds."""
    book = expected_seconds(20, 200, [Hyperparameters()])
    assert 1e-3 < book < 5e-2
    assert expected_seconds(20, 200, [Hyperparameters(epochs=1000)]) == pytest.approx(10 * book)
    many = [Hyperparameters(weight_decay=i / 100) for i in range(2000)]
    assert expected_seconds(20, 200, many) > 10 * book
    apart = [Hyperparameters(seed=seed) for seed in range(5)]
    assert expected_seconds(20, 200, apart) == pytest.approx(5 * book, rel=0.01)
    assert expected_seconds(2000, 10_000, [Hyperparameters(epochs=1)]) > book


RUN = Hyperparameters(epochs=2)


@pytest.mark.parametrize(
    ("runs", "arguments", "message"),
    [
        ([], {}, "runs must be at least one"),
        ([RUN, replace(RUN, epochs=3)], {}, r"one number of epochs.*\[2, 3\]"),
        ([RUN], {"record_every": 0}, "record_every must be a whole number >= 1, got 0"),
        ([RUN], {"record_every": 1.5}, "record_every"),
        ([RUN], {"dtype": torch.float16}, "dtype must be"),
        ([RUN], {"start": ([1.0, 2.0], 0.0)}, "start weights must be of shape"),
        ([RUN], {"start": (np.ones((2, 3)), 0.0)}, "start weights"),
        ([RUN], {"start": (np.ones(3), [0.0, 0.0])}, "start bias"),
        ([RUN], {"start": ([1.0, np.nan, 0.0], 0.0)}, "start weights must be finite"),
        ([RUN], {"start": (np.ones(3), np.inf)}, "start bias must be finite"),
        ([RUN], {"start": (["a", "b", "c"], 0.0)}, "start must be an array of real numbers"),
        ([RUN], {"batches": [[[0]]]}, "batches must be one list for each of 2 epochs, got 1"),
        ([RUN], {"batches": [[[0]], [[6]]]}, "below 6"),
        ([RUN], {"batches": [[[0]], [[-1]]]}, "below 6"),
        ([RUN], {"batches": [[[0]], [[]]]}, "non-empty"),
        ([RUN], {"batches": [[[0]], [[0.5]]]}, "row numbers"),
        ([RUN], {"batches": [[[0]], [0, 1]]}, "non-empty lists of row numbers"),
    ],
)
def test_wrong_arguments_are_refused_at_the_call(runs, arguments, message):
    with pytest.raises(ValueError, match=message):
        train(random_dataset(6, 3), runs, **arguments)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has the device")
def test_a_device_that_is_not_there_is_refused_at_the_call():
    with pytest.raises(RuntimeError, match="no such"):
        train(random_dataset(6, 3), [RUN], device="no such")
    for device in ("cuda", "cuda:7", torch.device("cuda")):
        with pytest.raises(RuntimeError):
            train(random_dataset(6, 3), [RUN], device=device)


# --- where long runs end -----------------------------------------------------------------------

LONG = Hyperparameters(weight_decay=0.5, lr=0.1, batch_size=12, epochs=4000)


@pytest.fixture(scope="module")
def well12x3() -> Dataset:
    return random_dataset(12, 3, seed=7)


@pytest.mark.parametrize(
    ("change", "weight_decay"),
    [
        ({}, 0.5),
        ({"decay": "decoupled"}, 0.5),
        ({"weight_decay": 0.0}, 0.0),
        ({"loss": "mse", "weight_decay": 1.0}, 0.5),
        ({"optimizer": "momentum"}, 0.5),
        ({"optimizer": "nesterov"}, 0.5),
        ({"optimizer": "momentum", "decay": "decoupled"}, 0.5 * (1 - 0.9)),
        ({"optimizer": "momentum", "decay": "decoupled", "momentum": 0.5}, 0.5 * (1 - 0.5)),
        # eps of the size of the gradient: plain Adam would circle the solution
        ({"optimizer": "adam", "eps": 0.1, "lr": 0.02}, 0.5),
        ({"optimizer": "adam", "eps": 0.1, "lr": 0.02, "loss": "mse", "weight_decay": 1.0}, 0.5),
    ],
)
def test_long_runs_end_in_the_exact_solution(well12x3, change, weight_decay):
    run = replace(LONG, **change)
    *_, last = train(well12x3, [run], record_every=1000)
    w, b = ridge(well12x3.X_train, well12x3.y_train, weight_decay)
    np.testing.assert_allclose(last.weights[0], w, atol=CONVERGED)
    assert last.bias[0] == pytest.approx(b, abs=CONVERGED)
    exact = ridge_path(well12x3, [weight_decay])
    np.testing.assert_allclose(last.train_loss, exact.train_loss, rtol=CONVERGED)
    np.testing.assert_allclose(last.test_loss, exact.test_loss, rtol=1e-7)
    np.testing.assert_allclose(last.weight_norm, exact.weight_norm, rtol=1e-7)


def test_adamw_does_not_end_in_ridge():
    """H = diag(1, 4), w̃ = (3, −0.2), decay 2: SGD ends in (1, −2/15), AdamW in |w_j| <= 1/2."""
    X = np.array([[1.0, 2.0], [1.0, -2.0], [-1.0, 2.0], [-1.0, -2.0]])
    data = Dataset(X, X @ [3.0, -0.2], X, X @ [3.0, -0.2])
    start = (np.zeros(2), 0.0)

    def end(**change) -> np.ndarray:
        run = Hyperparameters(weight_decay=2.0, batch_size=4, epochs=6000, lr=0.002, **change)
        *_, last = train(data, [run], start=start, record_every=6000)
        return last.weights[0]

    np.testing.assert_allclose(end(), [1.0, -2 / 15], atol=1e-9)
    # at a constant rate AdamW circles its end at a distance of about lr
    boxed = end(optimizer="adam", decay="decoupled", betas=(0.9, 0.9))
    np.testing.assert_allclose(boxed, [0.5, -0.2], atol=0.01)


def test_a_bounded_norm_ends_in_the_ridge_solution_of_that_norm(well12x3):
    """θ ≠ 1, so that a radius of θ instead of √θ would show; an idle bound changes nothing."""
    theta = 0.3 * ridge_path(well12x3, [0.0]).weight_norm[0] ** 2
    weight_decay = weight_decay_for_norm(well12x3, theta)
    idle = 4 * ridge_path(well12x3, [0.0]).weight_norm[0]
    run = replace(LONG, weight_decay=0.0)
    runs = [replace(run, max_norm=np.sqrt(theta)), replace(run, max_norm=idle), run]
    *_, last = train(well12x3, runs, record_every=1000)
    w, b = ridge(well12x3.X_train, well12x3.y_train, weight_decay)
    np.testing.assert_allclose(last.weights[0], w, atol=CONVERGED)
    assert last.bias[0] == pytest.approx(b, abs=CONVERGED)
    assert last.weight_norm[0] ** 2 == pytest.approx(theta, rel=CONVERGED)
    np.testing.assert_allclose(last.weights[1], last.weights[2], atol=STEP_BY_STEP)


def test_a_bound_holds_after_every_step_for_every_optimizer():
    data = random_dataset(6, 12)
    runs = [
        Hyperparameters(optimizer=name, max_norm=0.3, lr=0.05, epochs=15, batch_size=2)
        for name in OPTIMIZERS
    ]
    result = collect(train(data, runs))
    assert (result.weight_norm[0] > 1).all()
    assert (result.weight_norm[1:] <= 0.3 * (1 + SUMMED)).all()


def test_a_zero_weight_survives_the_bound():
    run = Hyperparameters(max_norm=1.0, epochs=3, batch_size=2)
    data = replace(random_dataset(4, 2), X_train=np.zeros((4, 2)))
    result = collect(train(data, [run], start=([0.0, 0.0], 0.0)))
    np.testing.assert_array_equal(result.weights, np.zeros((4, 1, 2)))


# --- divergence --------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
@pytest.mark.parametrize("loss", ["half_mse", "mse"])
@pytest.mark.parametrize("d", [3, 20])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_the_stability_limit_is_bracketed(optimizer, loss, d, dtype):
    data = random_dataset(10, d)
    run = Hyperparameters(
        optimizer=optimizer, loss=loss, weight_decay=0.4, batch_size=10, epochs=1500
    )
    limit = max_stable_lr(data.X_train, run)
    runs = [replace(run, lr=limit * share) for share in (0.99, 1.01, 1.5)]
    result = collect(train(data, runs, dtype=dtype))
    assert result.diverged_at[0] == -1
    assert result.train_loss[-1, 0] < result.train_loss[0, 0]
    assert 0 < result.diverged_at[2] < result.diverged_at[1]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("d", [3, 20])
def test_divergence_is_recorded_and_harms_no_other_run(optimizer, d, dtype):
    """No warning, no error, even for a caller who asked NumPy for them."""
    data = random_dataset(6, d)
    calm = Hyperparameters(optimizer=optimizer, epochs=400, batch_size=2, weight_decay=1.0)
    wild = replace(calm, lr=1e4, decay="decoupled")
    with np.errstate(all="raise"):
        result = collect(train(data, [wild, calm, wild], dtype=dtype))
        alone = collect(train(data, [calm], dtype=dtype))
    assert result.diverged_at[1] == -1
    assert 0 < result.diverged_at[0] == result.diverged_at[2] < 20
    tolerance = STEP_BY_STEP if dtype is torch.float64 else SINGLE
    np.testing.assert_allclose(
        result.weights[:, 1], alone.weights[:, 0], rtol=tolerance, atol=tolerance
    )


def test_the_epoch_of_divergence_is_the_first_loss_out_of_all_sense():
    data = random_dataset(6, 3)
    run = Hyperparameters(lr=3.0, epochs=60, batch_size=3)
    result = collect(train(data, [run]))
    at = result.diverged_at[0]
    limit = 1e15 * max(1, result.train_loss[0, 0])
    assert result.train_loss[at - 1, 0] <= limit < result.train_loss[at, 0]
    flags = [bool(record.diverged[0]) for record in result.records]
    assert flags == [False] * at + [True] * (61 - at)
    sparse = collect(train(data, [run], record_every=7))
    assert sparse.diverged_at[0] == -(-at // 7) * 7


def test_too_strong_a_decay_diverges_where_no_data_gradient_reaches():
    """|1 − ηλ| > 1 on features that are zero in training: the test loss alone sees it."""
    plain = random_dataset(4, 3)
    data = replace(plain, X_train=np.zeros((4, 3)))
    run = Hyperparameters(lr=0.1, epochs=200, batch_size=4)
    runs = [replace(run, weight_decay=decay) for decay in (19.0, 25.0)]
    result = collect(train(data, runs))
    assert result.train_loss.max() < 10
    assert result.diverged_at[0] == -1
    # 1.5² a step, from about 1 to 1e15: 43 steps
    assert 35 < result.diverged_at[1] < 55


def test_a_run_that_came_back_has_diverged_all_the_same():
    """Row 0 throws w out of all sense; ηλ = 1 on the empty row 1 sets it to zero again."""
    X, y = np.array([[1e5], [0.0]]), np.array([1.0, 1.0])
    run = Hyperparameters(lr=1.0, weight_decay=1.0, batch_size=1, epochs=4)
    batches = [[[0]], [[1]], [[1]], [[1]]]
    result = collect(train(Dataset(X, y, X, y), [run], start=([1.0], 0.0), batches=batches))
    assert result.train_loss[1, 0] > 1e25
    assert result.train_loss[-1, 0] < 10
    assert [bool(record.diverged[0]) for record in result.records] == [False] + [True] * 4
    assert result.diverged_at[0] == 1


def test_a_huge_start_is_not_divergence():
    run = Hyperparameters(lr=0.01, init_std=1e9, epochs=50, batch_size=6)
    result = collect(train(random_dataset(6, 3), [run]))
    assert result.diverged_at[0] == -1


# --- the numbers of the book -------------------------------------------------------------------

SEEDS = 48


def medians(spec: DatasetSpec, run: Hyperparameters) -> dict[str, np.ndarray]:
    """Medians over seeds of the end of λ = 0 and λ = 3, after `SEEDS` data sets and starts."""
    ends = []
    for seed in range(SEEDS):
        runs = [replace(run, weight_decay=wd, seed=seed) for wd in (0.0, 3.0)]
        *_, last = train(make_dataset(replace(spec, seed=seed)), runs, record_every=run.epochs)
        ends.append([last.train_loss, last.test_loss, last.weight_norm])
    median = np.median(np.array(ends), axis=0)
    return dict(zip(("train", "test", "norm"), median, strict=True))


def test_the_scratch_run_of_the_book():
    """Tolerances: four standard errors of a median of 48, from the spread over seeds."""
    end = medians(DatasetSpec(), Hyperparameters())
    assert end["test"] == pytest.approx([87.9, 0.085], rel=0.12, abs=0.008)
    assert end["norm"] == pytest.approx([13.35, 0.362], rel=0.03)
    assert end["train"][0] < 5e-5
    assert end["train"][1] == pytest.approx(8.9e-4, rel=0.25)


def test_the_concise_run_of_the_book():
    end = medians(DatasetSpec(), Hyperparameters(loss="mse", init_bias_std=1.0))
    assert end["test"][0] == pytest.approx(87.9, rel=0.12)
    assert 0.12 < end["test"][1] < 0.4  # heavy tail over seeds: 0.066 to 1.23
    assert end["norm"] == pytest.approx([13.36, 0.396], rel=0.06)


def test_the_run_of_the_english_edition():
    end = medians(DatasetSpec(), Hyperparameters(lr=0.01, epochs=10, init_std=0.01))
    assert end["test"] == pytest.approx([0.0192, 0.0108], rel=0.08)
    assert end["norm"] == pytest.approx([0.141, 0.053], rel=0.06)


def test_settings_of_two_editions_are_not_to_be_mixed():
    spec = DatasetSpec()
    start = medians(spec, Hyperparameters(lr=0.01, epochs=10))["test"][0]
    assert start > 50


def test_what_decay_does_to_the_random_start():
    """400 steps of (1 − 0.003 λ) in the 180 directions without data."""
    data = make_dataset(DatasetSpec())
    decays = [0.0, 0.5, 1.0, 3.0, 10.0]
    runs = [Hyperparameters(weight_decay=wd) for wd in decays]
    first, *_, last = train(data, runs, record_every=100)
    left = unreachable_norm(data.X_train, last.weights)
    share = left / unreachable_norm(data.X_train, first.weights)
    np.testing.assert_allclose(share, [1, 0.549, 0.3007, 0.02688, 5.11e-6], rtol=1e-3)


@pytest.mark.parametrize("weight_decay", [0.0, 3.0])
def test_a_run_and_its_records_can_be_sent_to_another_process(weight_decay):
    """Weights are worked out on access: what is sent has them, here or there."""
    data = make_dataset(DatasetSpec(n_train=6, n_features=9, n_test=5))
    runs = [Hyperparameters(weight_decay=weight_decay, batch_size=4, epochs=3)]
    here = collect(train(data, runs))
    there = pickle.loads(pickle.dumps(collect(train(data, runs))))
    np.testing.assert_array_equal(there.weights, here.weights)
    np.testing.assert_array_equal(there.test_loss, here.test_loss)
    for one, other in zip(there.records, here.records, strict=True):
        np.testing.assert_array_equal(one.weights, other.weights)
        np.testing.assert_array_equal(one.parameters[1], other.parameters[1])


def test_a_record_whose_weights_are_gone_can_be_sent_too():
    data = make_dataset(DatasetSpec(n_train=6, n_features=9, n_test=5))
    record = next(train(data, [Hyperparameters(epochs=1)]))
    gone = pickle.loads(pickle.dumps(replace(record, expand=no_weights)))
    np.testing.assert_array_equal(gone.test_loss, record.test_loss)
    with pytest.raises(LookupError):
        _ = gone.weights


def no_weights():
    raise LookupError
