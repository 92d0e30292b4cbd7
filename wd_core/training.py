"""train(): the stream of epochs, for one run or thousands, on the CPU or a GPU.

Runs that share data, batch order and update rule are the columns of one matrix v [K+2, R], whose
rows are the K coordinates of w, the bias and a constant −1: on rows A = [x, 1, y] the residual is
then A v and the gradient Aᵀ(A v). Where the rule never leaves the span of its start and the
training rows (`Optimizer.spans`), w is kept in an orthonormal basis of that span, so that d = 200
with 20 examples costs 21 coordinates; losses and ‖w‖ are the same in any such basis.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from wd_core.device import Place, place
from wd_core.objective import augmented
from wd_core.optimizers import OPTIMIZERS, Tensor
from wd_core.scoring import Scorer, basis_pays, folded, spread_of
from wd_core.seeding import generator
from wd_core.steps import Index, Order, Walk
from wd_core.types import (
    Array,
    Dataset,
    EpochRecord,
    Hyperparameters,
    Run,
    as_array,
    require,
    require_whole,
)

Stream = Generator[EpochRecord, None, None]

# The time a block of epochs may take: short enough to stop, stream and share the interpreter.
BLOCK_SECONDS = 0.02
# Rough costs, only to size the blocks: overhead of a step, and multiply-adds a second.
STEP_SECONDS, SPEED = 8e-6, 2e9
# Training sets up to this many numbers are prepared in float64 whatever the run's own precision.
SMALL = 1 << 20
# What training holds of a run at its peak, measured: columns as tall as its weights (rates, state,
# gradient, intermediate results; most of them in float64 for a moment), and single numbers.
COLUMNS_A_RUN, FEW = 18, 64
# Random numbers drawn at once for the batch order.
DRAW_AT_ONCE = 1 << 14


def train(
    dataset: Dataset,
    runs: Sequence[Hyperparameters],
    *,
    device: str | torch.device | None = None,
    dtype: torch.dtype = torch.float64,
    start: tuple[ArrayLike, ArrayLike] | None = None,
    batches: Sequence[Sequence[ArrayLike]] | None = None,
    record_every: int = 1,
) -> Stream:
    """Train every run on the data set and yield the state of all of them after each epoch.

    Epoch 0 is the state before any step; with `record_every` = k epochs 0, k, 2k, ... and the last
    are yielded. A row of many runs equals the same run alone up to rounding. `start`: (weights [D]
    or [R, D], bias scalar or [R]) instead of the seeded draw; `batches`: for every epoch a list of
    index arrays instead of the seeded shuffle. `device` None chooses by the size of the work.
    Close the generator to cancel. Divergence is recorded, never raised.
    Raises ValueError for wrong arguments, here and not at the first epoch.
    """
    runs = tuple(runs)
    require(len(runs) > 0, "runs", "at least one Hyperparameters", runs)
    epochs = {run.epochs for run in runs}
    require(len(epochs) == 1, "runs", "of one number of epochs", sorted(epochs))
    require_whole("record_every", record_every, 1)
    given_start = None if start is None else _given_start(start, len(runs), dataset.n_features)
    orders = None if batches is None else _given_orders(batches, epochs.pop(), dataset.n_train)
    where = place(device, dtype, multiply_adds_a_step(dataset, runs))
    members = _groups(runs)
    streams = [
        _stream(
            dataset,
            [runs[i] for i in rows],
            where,
            None if given_start is None else (given_start[0][rows], given_start[1][rows]),
            orders,
            record_every,
        )
        for rows in members
    ]
    return streams[0] if len(streams) == 1 else _merged(streams, np.concatenate(members))


def collect(stream: Iterator[EpochRecord]) -> Run:
    """Run a stream to its end and stack its records: epoch [E], losses [E, R]."""
    records = tuple(stream)

    def stack(name: str) -> Any:
        return np.array([getattr(record, name) for record in records])

    epoch, diverged = stack("epoch"), stack("diverged")
    return Run(
        epoch=epoch,
        train_loss=stack("train_loss"),
        test_loss=stack("test_loss"),
        penalty=stack("penalty"),
        weight_norm=stack("weight_norm"),
        bias=stack("bias"),
        diverged_at=np.where(diverged.any(0), epoch[diverged.argmax(0)], -1),
        records=records,
    )


def expected_seconds(
    n_train: int, n_features: int, runs: Sequence[Hyperparameters], *, whole: bool = False
) -> float:
    """Roughly what `train` will take on one CPU core, to choose between waiting and streaming.

    `whole`: with every weight held as such, and not fewer coordinates where these would do.
    """
    first, groups = runs[0], len(_groups(runs))
    height = n_features + 2 if whole else _height(n_train, n_features, runs)
    epoch = _seconds_an_epoch(n_train, height, first.batch_size, len(runs) / groups)
    return first.epochs * groups * epoch


def multiply_adds_a_step(dataset: Dataset, runs: Sequence[Hyperparameters]) -> float:
    """The size of the matrix products of one step, on average over the groups of runs."""
    n, d = dataset.n_train, dataset.n_features
    columns = len(runs) / len(_groups(runs))
    return 2.0 * min(runs[0].batch_size, n) * _height(n, d, runs) * columns


def bytes_a_run(dataset: Dataset, runs: Sequence[Hyperparameters]) -> float:
    """An upper estimate of the memory that `train` takes for each of the runs."""
    n, d, m = dataset.n_train, dataset.n_features, len(dataset.X_test)
    groups = [[runs[i] for i in rows] for rows in _groups(runs)]
    height = max(_height(n, d, group) for group in groups)
    batch = max(min(group[0].batch_size, n) for group in groups)
    columns = COLUMNS_A_RUN * height + 2 * max(batch, min(max(n, m), height)) + FEW
    matrices = len(groups) * height * (d + 2 * (n + m)) / len(runs)
    return 8.0 * (columns + matrices)


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


def start_draw(seed: int, n_features: int) -> Array:
    """The seeded standard normal draw of w and b that every start scales, [D + 1]."""
    return torch.randn(
        n_features + 1, generator=generator(seed, "init"), dtype=torch.float64
    ).numpy()


def _given_start(
    start: tuple[ArrayLike, ArrayLike], n_runs: int, n_features: int
) -> tuple[Array, Array]:
    weights, bias = start
    weights = as_array("start weights", weights, min(max(np.ndim(weights), 1), 2))
    bias = as_array("start bias", bias, min(np.ndim(bias), 1))
    for name, array, shape in (
        ("start weights", weights, (n_runs, n_features)),
        ("start bias", bias, (n_runs,)),
    ):
        fits = array.shape in (shape, shape[1:])
        require(fits, name, f"of shape {shape} or {shape[1:]}", array.shape)
    return np.broadcast_to(weights, (n_runs, n_features)), np.broadcast_to(bias, (n_runs,))


def _given_orders(batches: Sequence[Sequence[ArrayLike]], epochs: int, n_train: int) -> list[Order]:
    require(
        len(batches) >= epochs, "batches", f"one list for each of {epochs} epochs", len(batches)
    )
    orders = []
    for epoch in batches[:epochs]:
        arrays = [np.asarray(batch) for batch in epoch]
        for batch in arrays:
            inside = batch.ndim == 1 and batch.size > 0 and batch.dtype.kind in "iu"
            inside = inside and batch.min() >= 0 and batch.max() < n_train
            require(inside, "batches", f"non-empty lists of row numbers below {n_train}", batch)
        edges = np.cumsum([0, *map(len, arrays)]).tolist()
        orders.append((np.concatenate([np.empty(0, dtype=np.int64), *arrays]), edges))
    return orders


def _groups(runs: Sequence[Hyperparameters]) -> list[list[int]]:
    """Row numbers of the runs that can be columns of one matrix."""
    groups: dict[object, list[int]] = defaultdict(list)
    for row, run in enumerate(runs):
        key = (run.optimizer, run.loss, run.batch_size, run.seed)
        groups[key].append(row)
    return list(groups.values())


def _merged(streams: list[Stream], rows: NDArray[np.int64]) -> Stream:
    back = np.argsort(rows)
    for parts in zip(*streams, strict=True):

        def join(name: str, parts: tuple[EpochRecord, ...] = parts) -> Any:
            return np.concatenate([getattr(part, name) for part in parts])[back]

        yield EpochRecord(
            epoch=parts[0].epoch,
            train_loss=join("train_loss"),
            test_loss=join("test_loss"),
            penalty=join("penalty"),
            weight_norm=join("weight_norm"),
            bias=join("bias"),
            diverged=join("diverged"),
            expand=partial(join, "weights"),
        )


def _height(n: int, d: int, runs: Sequence[Hyperparameters]) -> int:
    """Rows of the matrix that holds the first run and its like: coordinates, bias, constant."""
    first = runs[0]
    pays = basis_pays(OPTIMIZERS[first.optimizer], n, d, 1, first.epochs * len(runs))
    return (n + 1 if pays else d) + 2


def _seconds_an_epoch(n: int, height: int, batch_size: int, runs: float) -> float:
    return -(-n // batch_size) * STEP_SECONDS + 4 * n * height * runs / SPEED


def _seeded_orders(run: Hyperparameters, n_train: int) -> Iterator[Order]:
    edges = [*range(0, n_train, run.batch_size), n_train]
    return ((index, edges) for index in batch_order(run.seed, n_train, run.epochs))


def _stream(
    dataset: Dataset,
    runs: Sequence[Hyperparameters],
    where: Place,
    start: tuple[Array, Array] | None,
    given_orders: list[Order] | None,
    record_every: int,
) -> Stream:
    first, X = runs[0], dataset.X_train
    n, d, R = dataset.n_train, dataset.n_features, len(runs)
    if start is None:
        draw = start_draw(first.seed, d)
        directions, which = draw[None, :-1], np.zeros(R, dtype=np.int64)
        scale = np.array([run.init_std for run in runs])
        b0 = np.array([run.init_bias_std for run in runs]) * draw[-1]
    else:
        w0, b0 = start
        directions, which = np.unique(w0, axis=0, return_inverse=True)
        scale = np.ones(R)
    rule = OPTIMIZERS[first.optimizer]
    spread = spread_of(X, directions, first.epochs * R, rule)
    # the weight of a row in a batch's gradient goes into the rows, and out of the losses again
    weight = (1 if first.loss == "half_mse" else 2) / first.batch_size
    # a large set is not copied more than once; a small one is folded before it loses digits
    precise = n * d <= SMALL or where.dtype in (np.float64, torch.float64)
    width = np.float64 if precise else np.float32
    rows = augmented(spread.shrink(X), dataset.y_train, weight**0.5, width)
    test_rows = augmented(spread.shrink(dataset.X_test), dataset.y_test)
    v = np.concatenate([scale * spread.shrink(directions).T[:, which], [b0], np.full((1, R), -1.0)])
    A, few = where.put(rows), folded(rows, first.epochs * R)
    walk = Walk(A, where.put(v), runs, where)
    scorer = Scorer(
        train=A if few is rows else where.put(few),
        test=where.put(folded(test_rows, first.epochs * R)),
        n_train=n * weight,
        n_test=len(dataset.X_test),
        runs=runs,
        spread=spread,
        where=where,
    )
    yield from scorer.score([0], [walk.v])
    orders = _seeded_orders(first, n) if given_orders is None else iter(given_orders)
    seconds = _seconds_an_epoch(n, len(v), first.batch_size, R)
    held = R * (len(v) + len(scorer.train) + len(scorer.test))
    block = max(1, min(int(BLOCK_SECONDS / seconds), where.block // held))
    for begin in range(0, first.epochs, block):
        end = min(begin + block, first.epochs)
        epochs, states = _advance(
            walk, orders, range(begin + 1, end + 1), record_every, first.epochs
        )
        yield from scorer.score(epochs, states)


@torch.inference_mode()
@np.errstate(all="ignore")
def _advance(
    walk: Walk, orders: Iterator[Order], epochs: range, record_every: int, last: int
) -> tuple[list[int], list[Tensor]]:
    """Walk through the epochs; return those to record and the weights after each."""
    kept: list[int] = []
    states: list[Tensor] = []
    for epoch, order in zip(epochs, orders, strict=False):
        walk.epoch(order)
        if epoch % record_every == 0 or epoch == last:
            kept.append(epoch)
            states.append(walk.v)
    return kept, states
