"""Sweeps: grids of hyperparameters, trained in chunks that fit the memory, results as they come."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from wd_core.arrays import Array
from wd_core.checks import Phrase, require, require_whole
from wd_core.device import place
from wd_core.models import LINEAR, Model
from wd_core.optimizers import Hyperparameters, Runs
from wd_core.optimizers.runs import NAMES, checked
from wd_core.records import Dataset
from wd_core.signatures import typed
from wd_core.training import bytes_a_run, expected_seconds, interruptible, multiply_adds_a_step

MEGABYTE = 1 << 20
MEMORY_LIMIT = 256 * MEGABYTE
# The time a chunk should take: the first results come before the eye grows impatient.
CHUNK_SECONDS = 0.25
# Fewer columns than this cost nearly what these cost; no power of two, as said of `ODD`.
LEAST_CHUNK = 66
# Chunks are larger than quick where a run in a quick one costs more than this many times its share
# of all runs at once: many batch orders or data sets side by side.
WASTE = 2.0
# While a chunk is trained, the stream pauses this often, so that it can be closed.
PULSE = 0.1
OUT_OF_MEMORY = (MemoryError, torch.cuda.OutOfMemoryError)


@dataclass(frozen=True, eq=False)
class SweepPart:
    """The runs `rows` [k] are finished; a part of none is only a moment to stop.

    train_loss, test_loss [k]: half mean square after the last epoch, without the penalty; penalty
    [k]: (λ/2)‖w‖², or what the run has instead; weight_norm [k]: ‖w‖; diverged_at [k]: the first
    epoch at which the run had diverged, −1 where it did not; of a diverged run the other numbers
    are what is left of it, and may be infinite or NaN. `done` of `total` runs are finished;
    `reason`: the device, and why it.
    """

    rows: NDArray[np.int64]
    train_loss: Array
    test_loss: Array
    penalty: Array
    weight_norm: Array
    diverged_at: NDArray[np.int64]
    done: int
    total: int
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a sweep has found, [R] each, in the order of its runs, as in `SweepPart`.

    Where `finished` is False the losses and norms are NaN and diverged_at is −1.
    """

    train_loss: Array
    test_loss: Array
    penalty: Array
    weight_norm: Array
    diverged_at: NDArray[np.int64]
    finished: NDArray[np.bool_]


Stream = Generator[SweepPart, None, None]


@typed
def grid(base: Hyperparameters, **axes: ArrayLike | Iterable[object]) -> Runs:
    """`base` with every combination of the axes' values, the last axis fastest.

    `grid(base, lr=[0.1, 0.2], weight_decay=[0, 1, 3])` has 6 runs; reshape a result to (2, 3).
    Raises ValueError for an axis that is no field of Hyperparameters, for an empty one, and for a
    value that the field does not take.
    """
    for name in axes:
        require(
            name in NAMES, "an axis", Phrase("one of {choices}", choices=", ".join(NAMES)), name
        )
    columns = {name: checked(name, _values(name, axis)) for name, axis in axes.items()}
    shape = [len(column) for column in columns.values()]
    places = np.indices(shape).reshape(len(axes), math.prod(shape))
    combined = {
        name: column[at] for (name, column), at in zip(columns.items(), places, strict=True)
    }
    return Runs.combined(base, combined)


@typed
def coarse_first(*shape: int) -> NDArray[np.int64]:
    """Places of the cells of a grid of this shape, every 2^k-th along each axis before the rest.

    So a sweep in this order shows the whole picture early, and then finer and finer.
    """
    for side in shape:
        require_whole("shape", side, 1)
    index = np.bitwise_or.reduce(np.indices(shape).reshape(len(shape), -1), axis=0)
    stride = index & -index  # the largest power of 2 that divides the cell's index on every axis
    stride[0] = 2 * max(shape)
    return np.argsort(-stride, kind="stable")


@typed
def sweep(
    dataset: Dataset | Sequence[Dataset],
    runs: Sequence[Hyperparameters],
    *,
    model: Model = LINEAR,
    device: str | torch.device | None = None,
    dtype: torch.dtype = torch.float64,
    memory_limit: int = MEMORY_LIMIT,
    chunk: int | None = None,
    executor: Executor | None = None,
) -> Stream:
    """Train every run to its end and yield what is finished, chunk after chunk.

    `dataset` is one for all runs or one for each. Chunks are taken in the order of the runs, so
    runs ordered from coarse to fine give a coarse picture first; results do not depend on the
    chunks beyond rounding. A chunk has at most `chunk` runs, by default as many as keep to
    `memory_limit` bytes (the data themselves aside) and are quick, about a quarter of a second;
    where memory runs out all the same, chunks are halved. `device` None chooses by the size of the
    work. With an `executor` of concurrent.futures whole chunks are sent to it, and parts come in
    the order in which they are finished. Close the generator to cancel: what runs in an executor
    by then ends unseen. Raises ValueError for wrong arguments, here and not at the first part.
    """
    asked = _paired(dataset, runs)
    require_whole("memory_limit", memory_limit, 1)
    if chunk is not None:
        require_whole("chunk", chunk, 1)
    for data in asked.datasets:
        model.check(data, asked.runs)
    fits = max(1, int(memory_limit // _bytes_a_run(asked, model)))
    where = place(device, dtype, _largest_step(asked, fits, model))
    if chunk is None:  # on a GPU the largest is the fastest, and still quick
        chunk = _quick(asked) if where.xp is np else len(runs)
    chosen = where.device if executor is None else device
    chunks = [
        _Chunk(rows, data, part, model, chosen, dtype)
        for rows, data, part in asked.calls(min(fits, chunk))
    ]
    if executor is None:
        return _here(chunks, len(runs), where.reason)
    return _sent(chunks, len(runs), executor)


@typed
def gather(stream: Iterable[SweepPart]) -> Sweep:
    """Run a stream to its end, or take the parts there are: results in the order of the runs."""
    parts = list(stream)
    require(len(parts) > 0, "stream", "of at least one part", parts)
    for part in parts:
        require(isinstance(part, SweepPart), "stream", "of parts of a sweep", part)
    total = parts[0].total
    rows = np.concatenate([part.rows for part in parts])

    def fill(name: str, empty: Any) -> Any:
        array = np.full(total, empty)
        array[rows] = np.concatenate([getattr(part, name) for part in parts])
        return array

    finished = np.zeros(total, dtype=bool)
    finished[rows] = True
    return Sweep(
        train_loss=fill("train_loss", np.nan),
        test_loss=fill("test_loss", np.nan),
        penalty=fill("penalty", np.nan),
        weight_norm=fill("weight_norm", np.nan),
        diverged_at=fill("diverged_at", -1),
        finished=finished,
    )


@dataclass(frozen=True, eq=False)
class _Asked:
    """The runs, the data sets, and which of these each run is on, [R]."""

    runs: Runs
    datasets: tuple[Dataset, ...]
    owner: NDArray[np.int64]

    def calls(
        self, size: int, most: int | None = None
    ) -> Iterator[tuple[NDArray[np.int64], Dataset, Runs]]:
        """What train() is called with, and which rows that are: in the order of the runs.

        At most `size` of them at a time, of one data set and one number of epochs; of the first
        `most`.
        """
        for begin in range(0, len(self.runs) if most is None else most, size):
            window = self.runs[begin : begin + size]
            for data, places in self._owned(begin, len(window)):
                for alike in window[places].alike("epochs"):
                    rows = begin + places[alike]
                    yield rows, self.datasets[data], self.runs[rows]

    def _owned(self, begin: int, count: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """The data sets of so many runs, and the places of each one's."""
        owner = self.owner[begin : begin + count]
        if len(self.datasets) == 1:
            yield 0, np.arange(count)
            return
        for data in dict.fromkeys(owner.tolist()):
            yield data, np.flatnonzero(owner == data)


def _paired(dataset: Dataset | Sequence[Dataset], runs: Sequence[Hyperparameters]) -> _Asked:
    """Each run with its data set."""
    if not isinstance(runs, Runs):
        runs = tuple(runs)
        known = len(runs) > 0 and all(isinstance(run, Hyperparameters) for run in runs)
        require(known, "runs", "at least one Hyperparameters, and nothing else", runs[:1])
        runs = Runs.of(runs)
    if isinstance(dataset, Dataset):
        return _Asked(runs, (dataset,), np.zeros(len(runs), dtype=np.int64))
    rule = Phrase("one Dataset, or one for each of the {count} runs", count=len(runs))
    given: object = dataset
    listed = isinstance(given, Sequence) and all(isinstance(one, Dataset) for one in given)
    require(listed, "dataset", rule, dataset)
    require(len(dataset) == len(runs), "dataset", rule, len(dataset))
    distinct = {id(one): one for one in dataset}
    number = {name: k for k, name in enumerate(distinct)}
    owner = np.array([number[id(one)] for one in dataset])
    return _Asked(runs, tuple(distinct.values()), owner)


def _values(name: str, axis: Any) -> list[Any]:
    listed = axis.tolist() if hasattr(axis, "tolist") else axis
    fits = isinstance(listed, Iterable) and not isinstance(listed, str)
    require(fits, name, "a sequence of values", axis)
    values = list(listed)
    require(len(values) > 0, name, "a sequence of at least one value", axis)
    return values


@dataclass(frozen=True, eq=False)
class _Chunk:
    """Runs of one data set and one number of epochs: a call of train(), and what it needs."""

    rows: NDArray[np.int64]
    dataset: Dataset
    runs: Runs
    model: Model
    device: str | torch.device | None
    dtype: torch.dtype

    def halves(self) -> tuple[_Chunk, ...]:
        """Two of half the runs, or itself where it is one run."""
        half = (len(self.rows) + 1) // 2
        return tuple(
            replace(self, rows=self.rows[part], runs=self.runs[part])
            for part in (slice(half), slice(half, None))
            if len(self.rows[part])
        )

    def train(self) -> Generator[SweepPart | None, None, None]:
        """Train; nothing at moments to stop, then the part, which counts as a sweep of its own."""
        k = len(self.rows)
        for record in interruptible(
            self.dataset,
            self.runs,
            model=self.model,
            device=self.device,
            dtype=self.dtype,
            record_every=max(1, self.runs[0].epochs),
            watched=True,
        ):
            if record is not None:
                last = record
            yield None
        yield SweepPart(
            self.rows,
            last.train_loss,
            last.test_loss,
            last.penalty,
            last.weight_norm,
            last.diverged_at,
            done=k,
            total=k,
        )


def _trained(chunk: _Chunk) -> SweepPart:
    """The finished chunk: the work that is sent to an executor."""
    return next(part for part in chunk.train() if part is not None)


def _pause(done: int, total: int, reason: str) -> SweepPart:
    """The part of no runs."""
    none, at = np.empty(0), np.empty(0, dtype=np.int64)
    return SweepPart(at, none, none, none, none, at, done, total, reason)


def _here(chunks: Sequence[_Chunk], total: int, reason: str) -> Stream:
    waiting, done = list(chunks)[::-1], 0
    while waiting:
        chunk = waiting.pop()
        paused, part = time.monotonic(), None
        with closing(chunk.train()) as coming:
            while part is None:
                try:
                    part = next(coming)
                except OUT_OF_MEMORY:
                    if len(chunk.rows) == 1:
                        raise
                    waiting = [half for whole in [*waiting, chunk] for half in whole.halves()[::-1]]
                    break
                if part is None and time.monotonic() - paused > PULSE:
                    yield _pause(done, total, reason)
                    paused = time.monotonic()
        if part is not None:  # what is thrown in here is no matter of the chunk's
            done += len(part.rows)
            yield replace(part, done=done, total=total, reason=reason)


def _sent(chunks: Sequence[_Chunk], total: int, executor: Executor) -> Stream:
    reason, done = f"sent to {type(executor).__name__}", 0
    pending = {executor.submit(_trained, chunk): chunk for chunk in chunks}
    try:
        while pending:
            finished, _ = wait(pending, timeout=PULSE, return_when=FIRST_COMPLETED)
            if not finished:
                yield _pause(done, total, reason)
            for future in [future for future in pending if future in finished]:
                chunk = pending.pop(future)
                try:
                    part = future.result()
                except OUT_OF_MEMORY:
                    if len(chunk.rows) == 1:
                        raise
                    pending |= {executor.submit(_trained, half): half for half in chunk.halves()}
                else:
                    done += len(part.rows)
                    yield replace(part, done=done, total=total, reason=reason)
    finally:
        for future in pending:
            future.cancel()


def _quick(asked: _Asked) -> int:
    """How many runs make a chunk that is quick, or large enough not to be mostly overhead."""
    total = len(asked.runs)

    def seconds(size: int) -> float:
        return sum(
            expected_seconds(data.n_train, data.n_features, part)
            for _, data, part in asked.calls(size, min(size, total))
        )

    bearable = WASTE * seconds(total) / total
    size, now = LEAST_CHUNK, seconds(LEAST_CHUNK)
    while size < total:
        twice = seconds(2 * size)
        if twice > CHUNK_SECONDS and now / size <= bearable:
            break
        size, now = 2 * size, twice
    return size


def _bytes_a_run(asked: _Asked, model: Model) -> float:
    """The most that a run of the sweep takes."""
    calls = asked.calls(len(asked.runs))
    return max(bytes_a_run(data, part, model) for _, data, part in calls)


def _largest_step(asked: _Asked, size: int, model: Model) -> float:
    """Multiply-adds of the largest step in chunks of this size."""
    return max(multiply_adds_a_step(data, part, model) for _, data, part in asked.calls(size))
