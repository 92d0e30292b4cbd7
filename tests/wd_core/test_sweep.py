"""Sweeps: the numbers of each run alone, whatever the chunks; results as they come."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import name_of, random_dataset, schemes
from tests.sweeps import BASE, NUMBERS, ROUNDING, assert_same, finished, module, one_by_one
from wd_core import (
    OPTIMIZERS,
    Dataset,
    DatasetSpec,
    Sweep,
    SweepPart,
    coarse_first,
    gather,
    grid,
    make_dataset,
    sweep,
    training,
)
from wd_core.training import interruptible

# Steps in float32, roundings of 6e-8.
SINGLE = {"rtol": 1e-3, "atol": 1e-5}


@pytest.fixture
def calls(monkeypatch):
    """The sizes of the calls of train(), which go on as they would."""
    sizes: list[int] = []

    def counted(dataset, runs, **kwargs):
        sizes.append(len(runs))
        return interruptible(dataset, runs, **kwargs)

    monkeypatch.setattr(module, "interruptible", counted)
    return sizes


# --- grids ----------------------------------------------------------------------------------------


def test_a_grid_is_the_product_with_its_last_axis_fastest():
    runs = grid(BASE, lr=[0.1, 0.2], weight_decay=np.array([0.0, 1.0, 3.0]), seed=range(2))
    found = [(run.lr, run.weight_decay, run.seed) for run in runs]
    assert found == list(product([0.1, 0.2], [0.0, 1.0, 3.0], [0, 1]))
    assert all(replace(run, lr=0.02, weight_decay=0.0, seed=0) == BASE for run in runs)


def test_a_grid_without_axes_is_its_base():
    assert grid(BASE) == [BASE]


def test_axes_are_lists_arrays_tensors_ranges_and_generators():
    expected = [0.0, 0.5]
    for axis in ([0.0, 0.5], (0, 0.5), np.array(expected), torch.tensor(expected), iter(expected)):
        assert [run.weight_decay for run in grid(BASE, weight_decay=axis)] == expected
    assert [run.optimizer for run in grid(BASE, optimizer=list(OPTIMIZERS))] == list(OPTIMIZERS)
    assert [run.max_norm for run in grid(BASE, max_norm=[None, 1.0])] == [None, 1.0]


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ({"decay_rate": [1]}, "an axis must be one of weight_decay, lr, .*got 'decay_rate'"),
        ({"lr": []}, r"lr must be a sequence of at least one value, got \[\]"),
        ({"lr": 0.1}, "lr must be a sequence of values, got 0.1"),
        ({"lr": np.array(0.1)}, "lr must be a sequence of values"),
        ({"optimizer": "sgd"}, "optimizer must be a sequence of values, got 'sgd'"),
        ({"lr": [0.1, -1.0]}, "lr must be a finite number > 0, got -1.0"),
        ({"weight_decay": [np.nan]}, "weight_decay must be a finite number >= 0, got nan"),
        ({"seed": [0.5]}, "seed must be a whole number"),
    ],
)
def test_wrong_axes_are_refused(axes, message):
    with pytest.raises(ValueError, match=message):
        grid(BASE, **axes)


@pytest.mark.parametrize("shape", [(1,), (7,), (8, 8), (32, 20), (1, 5), (3, 4, 5)])
def test_coarse_grids_come_first(shape):
    order = coarse_first(*shape)
    assert sorted(order.tolist()) == list(range(np.prod(shape)))
    for stride in (1, 2, 4, 8, 16, 32):
        cells = np.ravel_multi_index(
            np.meshgrid(*(np.arange(0, side, stride) for side in shape), indexing="ij"), shape
        ).ravel()
        assert sorted(order[: cells.size].tolist()) == cells.tolist()


@pytest.mark.parametrize("shape", [(0,), (3, 2.5), (3, -1)])
def test_a_grid_without_cells_has_no_order(shape):
    with pytest.raises(ValueError, match="shape must be a whole number >= 1"):
        coarse_first(*shape)


# --- the numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [3, 12])
def test_every_row_is_its_run_alone(d):
    """All optimizers, decays, losses and seeds mixed, and two numbers of epochs."""
    runs = [
        replace(run, seed=seed, epochs=epochs)
        for run in schemes(6, 3)
        for seed, epochs in ((0, 6), (1, 6), (0, 2))
    ]
    runs = [runs[i] for i in np.random.default_rng(0).permutation(len(runs))]
    data = random_dataset(7, d)
    found = gather(sweep(data, runs, chunk=40))
    expected = one_by_one([data] * len(runs), runs)
    assert_same(found, expected)
    assert len({name_of(run) for run in runs}) == 16 * len(OPTIMIZERS)


@given(
    n=st.integers(1, 9),
    d=st.integers(1, 12),
    runs=st.integers(1, 30),
    chunk=st.integers(1, 40),
    optimizer=st.sampled_from(list(OPTIMIZERS)),
    scale=st.floats(-3, 1),
    seed=st.integers(0, 99),
)
def test_chunks_change_nothing_at_any_shape_and_scale(n, d, runs, chunk, optimizer, scale, seed):
    data = random_dataset(n, d, seed, scale=10**scale)
    base = replace(BASE, optimizer=optimizer, lr=1e-3 * min(1, 10 ** (-2 * scale)), eps=1e-3)
    decays = np.linspace(0, 3, runs)
    listed = [replace(base, weight_decay=x, seed=i % 3) for i, x in enumerate(decays.tolist())]
    whole = gather(sweep(data, listed, chunk=runs))
    assert_same(gather(sweep(data, listed, chunk=chunk)), whole)
    pair = listed[:: max(1, runs - 1)]
    ends = one_by_one([data] * len(pair), pair)
    np.testing.assert_allclose(whole.test_loss[:: max(1, runs - 1)], ends.test_loss, **ROUNDING)


def test_every_run_may_have_its_own_data():
    datasets = [random_dataset(5 + i % 2, 4, seed=i) for i in range(4)]
    pairs = list(product(datasets, grid(BASE, weight_decay=[0, 1], seed=[0, 1])))
    order = np.random.default_rng(1).permutation(len(pairs))
    listed, runs = zip(*[pairs[i] for i in order], strict=True)
    expected = one_by_one(list(listed), list(runs))
    for chunk in (1, 5, None):
        assert_same(gather(sweep(listed, runs, chunk=chunk)), expected)


def test_single_precision_is_passed_on():
    data, runs = random_dataset(7, 3), grid(BASE, weight_decay=[0.0, 1.0, 2.0])
    double = gather(sweep(data, runs))
    single = gather(sweep(data, runs, dtype=torch.float32))
    assert_same(single, double, **SINGLE)
    assert (single.test_loss != double.test_loss).any()


def test_divergence_is_told_with_the_epoch_of_the_run_alone():
    data = random_dataset(8, 3)
    runs = grid(replace(BASE, epochs=60), lr=[0.01, 0.3, 2.0, 1e9], weight_decay=[0.0, 1.0, 400.0])
    expected = one_by_one([data] * len(runs), runs)
    fine = expected.diverged_at < 0
    assert 0 < fine.sum() < len(runs)
    assert len(set(expected.diverged_at[~fine].tolist())) > 2
    for chunk in (1, 5, 100):
        found = gather(sweep(data, runs, chunk=chunk))
        np.testing.assert_array_equal(found.diverged_at, expected.diverged_at)
        for name in NUMBERS:
            pair = getattr(found, name)[fine], getattr(expected, name)[fine]
            np.testing.assert_allclose(*pair, **ROUNDING)


def test_no_epoch_at_all_is_the_start():
    data, runs = random_dataset(5, 3), grid(replace(BASE, epochs=0), init_std=[0.0, 1.0])
    assert_same(gather(sweep(data, runs)), one_by_one([data] * 2, runs))


# --- the stream -----------------------------------------------------------------------------------


def test_parts_come_in_the_order_of_the_runs_and_count_them(calls):
    runs = grid(BASE, weight_decay=np.linspace(0, 1, 11))
    parts = finished(sweep(random_dataset(6, 3), runs, chunk=4))
    assert [part.rows.tolist() for part in parts] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10]]
    assert [part.done for part in parts] == [4, 8, 11]
    assert {part.total for part in parts} == {11}
    assert calls == [4, 4, 3]
    for part in parts:
        assert all(getattr(part, name).shape == part.rows.shape for name in NUMBERS)


def test_what_was_stopped_is_not_a_number():
    runs = grid(BASE, weight_decay=np.linspace(0, 1, 11))
    stream = sweep(random_dataset(6, 3), runs, chunk=4)
    found = gather([next(stream)])
    stream.close()
    assert found.finished.tolist() == [True] * 4 + [False] * 7
    for name in NUMBERS:
        assert np.isfinite(getattr(found, name)).tolist() == found.finished.tolist()
    assert found.diverged_at.tolist() == [-1] * 11
    assert list(stream) == []


def test_nothing_is_computed_before_it_is_asked_for_nor_after_the_close(calls):
    runs = grid(BASE, weight_decay=np.linspace(0, 1, 11))
    stream = sweep(random_dataset(6, 3), runs, chunk=4)
    assert calls == []
    next(stream)
    assert calls == [4]
    stream.close()
    assert calls == [4]


def test_a_long_chunk_can_be_closed_between_two_epochs(monkeypatch):
    """The stream pauses while a chunk is trained; closing it closes the training."""
    moments = []

    def watched(*args, **kwargs):
        try:
            for record in interruptible(*args, **kwargs):
                moments.append("record" if record else "pause")
                yield record
        finally:
            moments.append("closed")

    monkeypatch.setattr(module, "interruptible", watched)
    monkeypatch.setattr(module, "PULSE", 0.0)
    monkeypatch.setattr(training, "BLOCK_SECONDS", 1e-6)
    runs = grid(replace(BASE, epochs=1000), weight_decay=[0.0, 1.0])
    stream = sweep(random_dataset(6, 3), runs)
    for _ in range(3):
        part = next(stream)
        assert (len(part.rows), part.done, part.total) == (0, 0, 2)
        assert all(getattr(part, name).shape == (0,) for name in (*NUMBERS, "diverged_at"))
    stream.close()
    assert moments[-1] == "closed"
    assert len(moments) < 100


def test_pauses_change_nothing(monkeypatch):
    data, runs = random_dataset(6, 3), grid(BASE, weight_decay=np.linspace(0, 1, 11))
    expected = gather(sweep(data, runs, chunk=4))
    monkeypatch.setattr(module, "PULSE", 0.0)
    parts = list(sweep(data, runs, chunk=4))
    assert len(parts) > len(finished(parts)) == 3
    assert_same(gather(parts), expected)
    assert (np.diff([part.done for part in parts]) >= 0).all()


def test_parts_can_be_gathered_in_any_order():
    data, runs = random_dataset(6, 3), grid(BASE, weight_decay=np.linspace(0, 1, 11))
    parts = list(sweep(data, runs, chunk=4))
    assert_same(gather(parts[::-1]), gather(parts))


def test_nothing_cannot_be_gathered():
    with pytest.raises(ValueError, match=r"stream must be of at least one part, got \[\]"):
        gather([])


def test_the_default_chunk_is_wide_where_runs_share_batches_and_small_where_they_are_long(calls):
    """An order of magnitude: runs of the book by thousands, long ones by the least chunk."""
    book = make_dataset(DatasetSpec())
    gather(sweep(book, grid(replace(BASE, epochs=2, batch_size=5), weight_decay=range(2000))))
    assert calls == [2000]
    calls.clear()
    long = replace(BASE, epochs=200, batch_size=1, optimizer="adam")
    stream = sweep(random_dataset(200, 100), grid(long, weight_decay=range(200)))
    next(stream)
    stream.close()
    assert calls == [module.LEAST_CHUNK]


def test_many_seeds_are_not_spread_thin(calls):
    """300 batch orders side by side: a quick chunk would hold one run of each."""
    data = random_dataset(20, 3)
    runs = grid(replace(BASE, epochs=60), lr=[0.01] * 9, seed=range(300))
    stream = sweep(data, runs)
    next(stream)
    stream.close()
    assert 600 < calls[0] < len(runs)


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"runs": []}, "runs must be at least one Hyperparameters"),
        ({"runs": [0.5]}, "runs must be a Hyperparameters, got 0.5"),
        ({"dataset": None}, "dataset must be one Dataset.*got None"),
        ({"dataset": [None] * 3}, "dataset must be one Dataset.*got"),
        ({"executor": 2}, "executor must be an Executor, got 2"),
        ({"dataset": [random_dataset(6, 3)] * 2}, "one for each of the 3 runs, got 2"),
        ({"chunk": 0}, "chunk must be a whole number >= 1, got 0"),
        ({"chunk": 2.5}, "chunk must be a whole number >= 1, got 2.5"),
        ({"memory_limit": 0}, "memory_limit must be a whole number >= 1, got 0"),
        ({"memory_limit": np.nan}, "memory_limit must be .*, got nan"),
        ({"memory_limit": "1 GB"}, "memory_limit must be .*, got '1 GB'"),
        ({"dtype": torch.float16}, "dtype must be torch.float32 or torch.float64"),
    ],
)
def test_wrong_arguments_are_refused_at_the_call(arguments, message):
    given_ = {"dataset": random_dataset(6, 3), "runs": grid(BASE, seed=range(3))} | arguments
    with pytest.raises(ValueError, match=message):
        sweep(given_.pop("dataset"), given_.pop("runs"), **given_)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has the device")
def test_a_device_that_is_not_there_is_refused_at_the_call():
    with pytest.raises(RuntimeError, match="device must be present on this machine, got 'cuda'"):
        sweep(random_dataset(6, 3), [BASE], device="cuda")


def test_degenerate_data_are_swept_as_any_other():
    """One row, one feature, constant features, equal rows."""
    X = np.ones((4, 2))
    cases = [
        random_dataset(1, 3),
        random_dataset(5, 1),
        Dataset(X, [1.0, 2.0, 3.0, 4.0], X, np.zeros(4)),
        Dataset(np.vstack([X, 2 * X]), np.ones(8), X, np.zeros(4)),
    ]
    runs = grid(BASE, weight_decay=[0.0, 0.1, 10.0])
    for data in cases:
        assert_same(gather(sweep(data, runs, chunk=2)), one_by_one([data] * 3, runs))


def test_the_fields_of_a_sweep_are_those_of_its_parts():
    names = {field.name for field in fields(SweepPart)} - {"rows", "done", "total", "reason"}
    assert {field.name for field in fields(Sweep)} == names | {"finished"}
