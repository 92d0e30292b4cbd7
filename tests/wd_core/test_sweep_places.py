"""Sweeps in little memory, on the device that suits them, and in other processes."""

from __future__ import annotations

import multiprocessing
import tracemalloc
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.oracles import random_dataset
from tests.sweeps import BASE, assert_same, finished, module
from wd_core import (
    OPTIMIZERS,
    DatasetSpec,
    gather,
    grid,
    make_dataset,
    sweep,
    train,
)
from wd_core.training import bytes_a_run, interruptible

# --- memory ---------------------------------------------------------------------------------------


def peak_of(work) -> int:
    """Bytes that a call grows by at its peak; NumPy's arrays are counted."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_a_sweep_keeps_to_its_memory(optimizer, dtype):
    data = make_dataset(DatasetSpec(n_train=10, n_features=40))
    base = replace(BASE, epochs=2, optimizer=optimizer)
    runs = [replace(base, weight_decay=i / 1000) for i in range(6000)]

    def peak(limit: int) -> int:
        stream = sweep(data, runs, dtype=dtype, chunk=len(runs), memory_limit=limit)
        return peak_of(lambda: [None for _ in stream])

    limit = 2 * module.MEGABYTE
    assert peak(limit) < limit
    assert peak(1 << 40) > limit


@pytest.mark.parametrize(
    ("spec", "change", "seeds"),
    [
        ({}, {}, 1),
        ({}, {}, 200),
        ({}, {"batch_size": 3, "loss": "mse"}, 1),
        ({"n_train": 600, "n_features": 10}, {"batch_size": 600}, 1),
        ({"n_train": 600, "n_features": 10}, {"batch_size": 400, "loss": "mse"}, 1),
        ({"n_test": 2000}, {}, 1),
        ({"n_train": 1, "n_features": 1}, {"optimizer": "nesterov"}, 1),
        ({}, {"penalty": "elastic"}, 1),
        ({}, {"input_noise": 0.5}, 200),
    ],
)
def test_the_memory_of_a_run_is_not_underestimated(spec, change, seeds):
    """Nor by more than five times over."""
    data = make_dataset(DatasetSpec(**spec))
    base = replace(BASE, epochs=3, **change)
    runs = [replace(base, weight_decay=i / 1000, seed=i % seeds) for i in range(2000)]
    found = peak_of(lambda: [None for _ in train(data, runs)])
    assert found < len(runs) * bytes_a_run(data, runs) < 5 * found


def test_a_sweep_beyond_any_memory_is_chunked_down_to_single_runs():
    data, runs = random_dataset(6, 3), grid(BASE, weight_decay=[0.0, 1.0, 2.0])
    parts = finished(sweep(data, runs, memory_limit=1))
    assert [len(part.rows) for part in parts] == [1, 1, 1]
    assert_same(gather(parts), gather(sweep(data, runs)))


@pytest.mark.parametrize("error", [MemoryError, torch.cuda.OutOfMemoryError])
@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor])
@pytest.mark.parametrize("late", [False, True])
def test_chunks_are_halved_where_memory_runs_out(monkeypatch, error, pool, late):
    """Before the first epoch or amid them; nothing is lost and nothing comes twice."""
    data, runs = random_dataset(6, 3), grid(BASE, weight_decay=np.linspace(0, 1, 23))
    expected, sizes = gather(sweep(data, runs)), []

    def cramped(dataset, runs, **kwargs):
        sizes.append(len(runs))
        for record in interruptible(dataset, runs, **kwargs):
            if len(runs) > 3 and record and (record.epoch > 0 or not late):
                raise error("no room")
            yield record

    monkeypatch.setattr(module, "interruptible", cramped)
    executor = pool and pool(2)
    parts = finished(sweep(data, runs, chunk=20, executor=executor))
    assert sorted(np.concatenate([part.rows for part in parts]).tolist()) == list(range(23))
    assert [part.done for part in parts] == np.cumsum([len(part.rows) for part in parts]).tolist()
    assert max(len(part.rows) for part in parts) == 3
    assert_same(gather(parts), expected)
    if pool:
        executor.shutdown()
    else:
        assert sizes[:4] == [20, 10, 5, 3]
        assert max(sizes[3:]) == 3  # the rest is not tried at a size that failed
        assert [part.rows[0] for part in parts] == sorted(part.rows[0] for part in parts)


@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor])
def test_memory_too_small_for_one_run_is_an_error(monkeypatch, pool):
    def impossible(*args, **kwargs):
        raise MemoryError("no room")
        yield

    monkeypatch.setattr(module, "interruptible", impossible)
    executor = pool and pool(1)
    with pytest.raises(MemoryError, match="no room"):
        gather(sweep(random_dataset(6, 3), grid(BASE, seed=range(3)), executor=executor))
    if pool:
        executor.shutdown()


# --- devices --------------------------------------------------------------------------------------


@pytest.fixture
def gpu(monkeypatch):
    """A GPU as far as the choice of device goes: (size, device) of the calls of train()."""
    seen: list[tuple[int, str]] = []

    def pretended(dataset, runs, *, device, **kwargs):
        seen.append((len(runs), torch.device(device).type))
        return interruptible(dataset, runs, device="cpu", **kwargs)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(module, "interruptible", pretended)
    return seen


def test_a_large_sweep_goes_to_the_gpu_in_chunks_as_large_as_its_memory(gpu):
    data = make_dataset(DatasetSpec())
    base = replace(BASE, batch_size=20, epochs=60)
    runs = [replace(base, weight_decay=i / 1e4) for i in range(6000)]
    parts = finished(sweep(data, runs))
    assert gpu == [(6000, "cuda")]
    assert parts[0].reason == (
        "CUDA: 5,520,000 multiply-adds a step, and a GPU pays above 5,000,000"
    )
    gpu.clear()
    finished(sweep(data, runs, memory_limit=module.MEMORY_LIMIT // 40))
    assert {device for _, device in gpu} == {"cpu"}  # the steps that fit are small


def test_a_small_sweep_stays_on_the_cpu_and_says_why(gpu):
    (part,) = finished(sweep(random_dataset(6, 3), grid(BASE, seed=range(3))))
    assert gpu == [(3, "cpu")]
    assert part.reason == "CPU: 30 multiply-adds a step, and a GPU pays above 5,000,000"


def test_the_named_device_is_used_and_said(gpu):
    (part,) = finished(sweep(random_dataset(6, 3), grid(BASE, seed=range(3)), device="cuda:0"))
    assert gpu == [(3, "cuda")]
    assert part.reason == "CUDA:0: as asked for"


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_the_gpu_finds_the_same():
    data, runs = random_dataset(7, 12), grid(BASE, weight_decay=np.linspace(0, 1, 20))
    assert_same(gather(sweep(data, runs, device="cuda")), gather(sweep(data, runs, device="cpu")))


# --- executors ------------------------------------------------------------------------------------


class Held(Executor):
    """Runs the first task at once and leaves all others for ever pending."""

    def __init__(self) -> None:
        self.futures: list[Future] = []

    def submit(self, task, /, *args, **kwargs):
        future: Future = Future()
        if not self.futures:
            future.set_result(task(*args, **kwargs))
        self.futures.append(future)
        return future


def test_closing_cancels_what_an_executor_has_not_begun(monkeypatch):
    monkeypatch.setattr(module, "PULSE", 0.0)
    executor = Held()
    runs = grid(BASE, weight_decay=np.linspace(0, 1, 11))
    stream = sweep(random_dataset(6, 3), runs, chunk=4, executor=executor)
    assert next(stream).rows.tolist() == [0, 1, 2, 3]
    waiting = next(stream)
    assert (len(waiting.rows), waiting.done, waiting.total) == (0, 4, 11)
    assert waiting.reason == "sent to Held"
    stream.close()
    assert [future.cancelled() for future in executor.futures] == [False, True, True]


def test_an_error_in_a_worker_reaches_the_caller(monkeypatch):
    def broken(*args, **kwargs):
        raise ArithmeticError("broken")

    monkeypatch.setattr(module, "interruptible", broken)
    with ThreadPoolExecutor(1) as executor, pytest.raises(ArithmeticError, match="broken"):
        gather(sweep(random_dataset(6, 3), [BASE], executor=executor))


def assert_the_same_through(executor: Executor) -> None:
    """Two data sets of 20 runs, one chunk holding some of both."""
    datasets = [random_dataset(6, 3), random_dataset(5, 12)]
    runs = grid(BASE, weight_decay=np.linspace(0, 1, 10), seed=range(4))
    listed = [datasets[i // 20] for i in range(len(runs))]
    parts = finished(sweep(listed, runs, chunk=3, executor=executor))
    assert len(parts) == 15
    assert [part.done for part in parts] == np.cumsum([len(part.rows) for part in parts]).tolist()
    assert parts[0].reason == f"sent to {type(executor).__name__}"
    assert_same(gather(parts), gather(sweep(listed, runs)))


def test_threads():
    with ThreadPoolExecutor(3) as executor:
        assert_the_same_through(executor)


def test_processes():
    """Started afresh: what they are sent is all they know."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        assert_the_same_through(executor)


def test_a_dask_cluster():
    """Two worker processes of a cluster on this machine."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        with client.get_executor() as executor:
            assert_the_same_through(executor)
        assert len(client.ncores()) == 2
