"""train(): the stream of epochs, for one run or thousands, on the CPU or a GPU, of any model.

Runs that share data, batch order and update rule are moved together, as a `Problem` that the model
makes of them; nothing here knows what is in it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice, tee
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from wd_core.arrays import Array, numbers
from wd_core.checks import Phrase, require, require_whole
from wd_core.device import Place, place
from wd_core.models import LINEAR, Model
from wd_core.models.linear import STEP_SECONDS
from wd_core.models.seam import Index, Order
from wd_core.optimizers import OPTIMIZERS, Hyperparameters, Runs, Tensor
from wd_core.optimizers.pace import Pace
from wd_core.records import Dataset, EpochRecord, Run
from wd_core.seeding import generator
from wd_core.signatures import typed
from wd_core.steps import Walk

Stream = Generator[EpochRecord, None, None]
# None is a moment to stop
Interruptible = Generator[EpochRecord | None, None, None]

# The time a block of epochs may take: short enough to stop, stream and share the interpreter.
BLOCK_SECONDS = 0.02
# Multiply-adds a second, roughly, only to size the blocks.
SPEED = 2e9
# What training holds of a run at its peak, measured: columns as tall as its weights (rates, state,
# gradient, intermediate results; most of them in float64 for a moment), and single numbers.
COLUMNS_A_RUN, FEW = 18, 64
# Random numbers drawn at once for the batch order.
DRAW_AT_ONCE = 1 << 14


@typed
def train(
    dataset: Dataset,
    runs: Sequence[Hyperparameters],
    *,
    model: Model = LINEAR,
    device: str | torch.device | None = None,
    dtype: torch.dtype = torch.float64,
    start: Sequence[ArrayLike] | None = None,
    batches: Sequence[Sequence[ArrayLike]] | None = None,
    record_every: int = 1,
) -> Stream:
    """Train every run on the data set and yield the state of all of them after each epoch.

    Epoch 0 is the state before any step; with `record_every` = k epochs 0, k, 2k, ... and the last
    are yielded. A row of many runs equals the same run alone up to rounding. `start`: instead of
    the seeded draw, for `Linear` (weights [D] or [R, D], bias scalar or [R]), for `Mlp` a list of
    arrays as torch's parameters; `batches`: for every epoch a list of index arrays instead of the
    seeded shuffle. `device` None chooses by the size of the work.
    Close the generator to cancel. Divergence is recorded, never raised.
    Raises ValueError for wrong arguments, here and not at the first epoch.
    """
    stream = interruptible(
        dataset,
        runs,
        model=model,
        device=device,
        dtype=dtype,
        start=start,
        batches=batches,
        record_every=record_every,
    )
    return _records(stream)


@typed
def interruptible(
    dataset: Dataset,
    runs: Sequence[Hyperparameters],
    *,
    model: Model = LINEAR,
    device: str | torch.device | None = None,
    dtype: torch.dtype = torch.float64,
    start: Sequence[ArrayLike] | None = None,
    batches: Sequence[Sequence[ArrayLike]] | None = None,
    record_every: int = 1,
    watched: bool = False,
) -> Interruptible:
    """What `train` yields, and None at moments between: wherever a block of steps has ended.

    So whoever closes it need not wait for the next record, be it epochs away. `watched`: the epoch
    at which a run diverges is found wherever it is, and not only among the records.
    """
    runs = Runs.of(runs)
    epochs = {*runs.column("epochs").tolist()}
    require(len(epochs) == 1, "runs", "of one number of epochs", sorted(epochs))
    require_whole("record_every", record_every, 1)
    model.check(dataset, runs)
    given_start = None if start is None else model.given_start(start, len(runs), dataset)
    orders = None if batches is None else _given_orders(batches, epochs.pop(), dataset.n_train)
    where = place(device, dtype, multiply_adds_a_step(dataset, runs, model))
    members = _groups(runs)
    streams = [
        _stream(
            model,
            dataset,
            runs if len(members) == 1 else runs[rows],
            where,
            None if given_start is None else model.of_runs(given_start, rows.tolist()),
            orders,
            record_every,
            watched,
        )
        for rows in members
    ]
    return streams[0] if len(streams) == 1 else _merged(streams, np.concatenate(members))


@typed
def collect(stream: Iterator[EpochRecord]) -> Run:
    """Run a stream to its end and stack its records: epoch [E], losses [E, R]."""
    records = tuple(stream)
    known = len(records) > 0 and all(isinstance(record, EpochRecord) for record in records)
    require(known, "stream", "at least one EpochRecord, and nothing else", records[:1])

    def stack(name: str) -> Any:
        return np.array([getattr(record, name) for record in records])

    def accuracy(name: str) -> Any:
        return None if getattr(records[0], name) is None else stack(name)

    return Run(
        epoch=stack("epoch"),
        train_loss=stack("train_loss"),
        test_loss=stack("test_loss"),
        penalty=stack("penalty"),
        weight_norm=stack("weight_norm"),
        bias=stack("bias"),
        train_accuracy=accuracy("train_accuracy"),
        test_accuracy=accuracy("test_accuracy"),
        diverged_at=records[-1].diverged_at,
        records=records,
    )


@typed
def expected_seconds(
    n_train: int, n_features: int, runs: Sequence[Hyperparameters], *, whole: bool = False
) -> float:
    """Roughly what `train` takes for linear runs on one CPU core: to be waited for, or streamed?

    `whole`: with every weight held as such, and not fewer coordinates where these would do.
    """
    groups, first = len(_groups(runs)), runs[0]
    height = n_features + 2 if whole else LINEAR.height(n_train, n_features, runs)
    epoch = _seconds_an_epoch(n_train, height, first.batch_size, len(runs) / groups)
    return first.epochs * groups * epoch


def multiply_adds_a_step(
    dataset: Dataset, runs: Sequence[Hyperparameters], model: Model = LINEAR
) -> float:
    """The size of the matrix products of one step, on average over the groups of runs."""
    n, d = dataset.n_train, dataset.n_features
    columns = len(runs) / len(_groups(runs))
    height = model.height(n, d, runs, dataset.n_classes)
    return 2.0 * min(runs[0].batch_size, n) * height * columns


@typed
def bytes_a_run(dataset: Dataset, runs: Sequence[Hyperparameters], model: Model = LINEAR) -> float:
    """An upper estimate of the memory that `train` takes for each of the runs."""
    n, d, m = dataset.n_train, dataset.n_features, len(dataset.X_test)
    runs = Runs.of(runs)
    groups = [runs[rows] for rows in _groups(runs)]
    height = max(model.height(n, d, group, dataset.n_classes) for group in groups)
    batch = max(min(group[0].batch_size, n) for group in groups)
    columns = COLUMNS_A_RUN * height + 2 * max(batch, min(max(n, m), height)) + FEW
    matrices = len(groups) * height * (d + 2 * (n + m)) / len(runs)
    return 8.0 * (columns + matrices)


@typed
def batch_order(seed: int, n_train: int, epochs: int) -> Iterator[Index]:
    """The seeded order of the training rows, one [n_train] permutation an epoch.

    Drawn many epochs at a time; the numbers are the same as one at a time.
    """
    shuffle = generator(seed, "batch order")
    at_once = max(1, DRAW_AT_ONCE // n_train)
    for begin in range(0, epochs, at_once):
        rows = min(at_once, epochs - begin)
        draw = torch.rand(rows, n_train, generator=shuffle, dtype=torch.float64)
        yield from draw.argsort(dim=1).numpy()


def _given_orders(batches: Sequence[Sequence[ArrayLike]], epochs: int, n_train: int) -> list[Order]:
    require(
        len(batches) >= epochs,
        "batches",
        Phrase("one list for each of {epochs} epochs", epochs=epochs),
        len(batches),
    )
    orders = []
    for epoch in batches[:epochs]:
        arrays = [numbers("batches", batch) for batch in epoch]
        for batch in arrays:
            inside = batch.ndim == 1 and batch.size > 0 and batch.dtype.kind in "iu"
            inside = inside and batch.min() >= 0 and batch.max() < n_train
            require(
                inside,
                "batches",
                Phrase("non-empty lists of row numbers below {n_train}", n_train=n_train),
                batch,
            )
        edges = np.cumsum([0, *map(len, arrays)]).tolist()
        orders.append((np.concatenate([np.empty(0, dtype=np.int64), *arrays]), edges))
    return orders


def _groups(runs: Sequence[Hyperparameters]) -> list[Index]:
    """Row numbers of the runs that can be columns of one matrix."""
    return Runs.of(runs).alike("optimizer", "decay", "penalty", "loss", "batch_size", "seed")


def _records(stream: Interruptible) -> Stream:
    with closing(stream):
        for record in stream:
            if record is not None:
                yield record


def _merged(streams: list[Interruptible], rows: NDArray[np.int64]) -> Interruptible:
    back = np.argsort(rows)
    while True:
        records: list[EpochRecord] = []
        for stream in streams:
            for record in stream:
                if record is not None:
                    records.append(record)
                    break
                yield None
        if len(records) < len(streams):
            return
        parts = tuple(records)

        def join(name: str, parts: tuple[EpochRecord, ...] = parts) -> Any:
            return np.concatenate([getattr(part, name) for part in parts])[back]

        yield EpochRecord(
            epoch=parts[0].epoch,
            train_loss=join("train_loss"),
            test_loss=join("test_loss"),
            penalty=join("penalty"),
            weight_norm=join("weight_norm"),
            bias=join("bias"),
            diverged_at=join("diverged_at"),
            expand=partial(join, "weights"),
            **_of_networks(parts, rows, join),
        )


def _of_networks(parts: Sequence[EpochRecord], rows: Any, join: Any) -> dict[str, Any]:
    """What only the records of networks have."""
    first = parts[0]
    if first.layers is None:
        return {}
    back = np.argsort(rows)

    def layers() -> tuple[Array, ...]:
        each = zip(*(part.parameters for part in parts), strict=True)
        return tuple(np.concatenate(arrays)[back] for arrays in each)

    accuracies = (
        {}
        if first.train_accuracy is None
        else {name: join(name) for name in ("train_accuracy", "test_accuracy")}
    )
    return {"layers": layers, **accuracies}


def _seconds_an_epoch(
    n: int, height: int, batch_size: int, runs: float, step: float = STEP_SECONDS
) -> float:
    return -(-n // batch_size) * step + 4 * n * height * runs / SPEED


def _seeded_orders(run: Hyperparameters, n_train: int) -> Iterator[Order]:
    edges = [*range(0, n_train, run.batch_size), n_train]
    return ((index, edges) for index in batch_order(run.seed, n_train, run.epochs))


def _stream(
    model: Model,
    dataset: Dataset,
    runs: Runs,
    where: Place,
    start: Any | None,
    given_orders: list[Order] | None,
    record_every: int,
    watched: bool,
) -> Interruptible:
    """The runs of a group."""
    first, n = runs[0], dataset.n_train
    lots = model.problem(dataset, runs, where, start).lots()
    if given_orders is None:
        orders, steps = _seeded_orders(first, n), first.steps(n)
    else:
        orders, steps = iter(given_orders), sum(len(edges) - 1 for _, edges in given_orders)
    streams = []
    for lot, its_orders in zip(lots, tee(orders, len(lots)), strict=True):
        seconds = _seconds_an_epoch(
            n, lot.height, first.batch_size, len(runs) / len(lots), lot.step_seconds
        )
        most = max(1, where.block // (lot.held * len(lots))) * record_every
        march = _March(first.epochs, record_every, watched, seconds, most)
        walk = Walk(lot, OPTIMIZERS[first.optimizer], Pace.of(lot.runs, steps))
        streams.append(march.through(walk, its_orders))
    yield from streams[0] if len(streams) == 1 else _merged(streams, np.arange(len(runs)))


@dataclass(frozen=True)
class _March:
    """How a lot is moved: so many epochs, each of about so many seconds, at most so many at once.

    record_every, watched: as in `interruptible`.
    """

    epochs: int
    record_every: int
    watched: bool
    seconds: float
    most: int

    def through(self, walk: Walk, orders: Iterator[Order]) -> Interruptible:
        """The records of the walk, and moments to stop."""
        score = walk.problem.score
        yield from score([0], [walk.v])
        block = max(1, min(int(BLOCK_SECONDS / self.seconds), self.most))
        for begin in range(0, self.epochs, block):
            epochs = range(begin + 1, min(begin + block, self.epochs) + 1)
            if self.seconds >= 2 * BLOCK_SECONDS:
                yield from _in_pieces(walk, next(orders), round(self.seconds / BLOCK_SECONDS))
                with torch.inference_mode(), np.errstate(all="ignore"):
                    kept, states = self._look(walk, epochs[0])
            else:
                kept, states = self._advance(walk, orders, epochs)
            yield from score(kept, states) if kept else [None]

    @torch.inference_mode()
    @np.errstate(all="ignore")
    def _advance(
        self, walk: Walk, orders: Iterator[Order], epochs: range
    ) -> tuple[list[int], list[Tensor]]:
        """Walk through the epochs; return those to record and the weights after each."""
        kept: list[int] = []
        states: list[Tensor] = []
        for epoch, order in zip(epochs, orders, strict=False):
            walk.epoch(order)
            recorded, state = self._look(walk, epoch)
            kept += recorded
            states += state
        return kept, states

    def _look(self, walk: Walk, epoch: int) -> tuple[list[int], list[Tensor]]:
        """The epoch and the weights after it, where they are recorded."""
        if epoch % self.record_every == 0 or epoch == self.epochs:
            return [epoch], [walk.v]
        if self.watched:
            walk.problem.watch(epoch, walk.v)
        return [], []


def _in_pieces(walk: Walk, order: Order, pieces: int) -> Iterator[None]:
    """A long epoch, with a moment to stop between its pieces."""
    batches = walk.problem.batches(order)
    size = -(-(len(order[1]) - 1) // pieces)
    for piece in range(pieces):
        if piece:
            yield None
        _take(walk, islice(batches, size))


@torch.inference_mode()
@np.errstate(all="ignore")
def _take(walk: Walk, batches: Iterator[Tensor]) -> None:
    walk.steps(batches)
