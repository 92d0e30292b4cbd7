"""Both codes really run, autograd and torch.optim, and `train` beside each, epoch by epoch."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any

import numpy as np
import torch

from wd_core.arrays import Array
from wd_core.book.two_codes.program import Program
from wd_core.book.two_codes.source import runnable
from wd_core.checks import require
from wd_core.objective import augmented, mean_half_square
from wd_core.records import Dataset, EpochRecord
from wd_core.seeding import start_draw
from wd_core.signatures import typed
from wd_core.training import Interruptible, batch_order, interruptible

Pair = tuple[Program, Program]
Parameters = tuple[torch.Tensor, torch.Tensor]

# Roughly what a step of both codes takes, and the numbers that are read a second beyond that.
STEP_SECONDS, SPEED = 5e-4, 1.5e9
# The time a block of steps may take: short enough to stop between two.
BLOCK_SECONDS = 0.05


@dataclass(frozen=True, eq=False)
class Moment:
    """Both codes and both their twins in the engine after `epoch` epochs, scratch first, all [2].

    parameters [2, D + 1]: the codes' weights and, last, the bias; engine [2, D + 1]: the same of
    `train`; train_loss, test_loss: half mean squares whatever the code's own loss; NaN where a code
    has diverged. Of several moments together all arrays have an axis for them in front.
    """

    epoch: int
    parameters: Array
    engine: Array
    train_loss: Array
    test_loss: Array
    engine_train_loss: Array
    engine_test_loss: Array

    @property
    def weight_norm(self) -> Array:
        """‖w‖ of the codes, without the bias [2]."""
        return np.asarray(np.linalg.norm(self.parameters[..., :-1], axis=-1))

    @property
    def bias(self) -> Array:
        """b of the codes [2]."""
        return np.asarray(self.parameters[..., -1].copy())

    @property
    def size(self) -> Array:
        """The largest weight or b of each code, in absolute value [2]."""
        return np.asarray(np.abs(self.parameters).max(axis=-1))

    @property
    def engine_weight_norm(self) -> Array:
        """‖w‖ of their twins [2]."""
        return np.asarray(np.linalg.norm(self.engine[..., :-1], axis=-1))

    @property
    def apart(self) -> Any:
        """The largest difference between the two codes in any weight or the bias."""
        return np.abs(self.parameters[..., 0, :] - self.parameters[..., 1, :]).max(axis=-1)

    @property
    def from_engine(self) -> Array:
        """The largest difference between each code and its twin [2]."""
        return np.asarray(np.abs(self.parameters - self.engine).max(axis=-1))

    @staticmethod
    def together(moments: Sequence[Moment]) -> Moment:
        """Several as one; its epoch is that of the last."""
        require(len(moments) > 0, "moments", "at least one", moments)
        arrays = (field.name for field in fields(Moment) if field.name != "epoch")
        stacks = {name: np.stack([getattr(one, name) for one in moments]) for name in arrays}
        return Moment(epoch=moments[-1].epoch, **stacks)


@typed
def lock_step(
    dataset: Dataset, pair: Pair, *, record_every: int = 1
) -> Generator[Moment, None, None]:
    """Run both codes on the same data, start and batches; epochs 0, k, 2k, ... and the last.

    The engine's twins begin where the codes begin. ValueError where the two programs do not share
    batch size, epochs, start scale and seed.
    """
    with closing(lock_step_in_blocks(dataset, pair, record_every=record_every)) as moments:
        for moment in moments:
            if moment is not None:
                yield moment


@typed
def lock_step_in_blocks(
    dataset: Dataset, pair: Pair, *, record_every: int = 1, after: Moment | None = None
) -> Generator[Moment | None, None, None]:
    """What `lock_step` yields, and None at moments between: wherever a block of steps has ended.

    Given one of its moments, it goes on after it, to the same numbers: the codes from there, while
    the twins, who take far less, walk there again, lest they are rounded otherwise.
    """
    at = 0 if after is None else after.epoch
    rows = _rows_a_block(dataset, pair[0].batch_size)
    codes = [_Code(dataset, program, at, rows) for program in pair]
    twins = _twins(dataset, pair, codes, record_every)
    if after is not None:
        for code, standing in zip(codes, after.parameters, strict=True):
            code.put(standing)
    losses, at_once = _Losses(dataset), _records_at_once(dataset, pair[0].batch_size, record_every)
    with closing(twins):
        for records in _grouped(twins, None if after is None else after.epoch, at_once):
            yield None
            if not records:
                continue
            standing = np.empty((len(records), len(pair), dataset.n_features + 1))
            for k, code in enumerate(codes):
                for row, record in enumerate(records):
                    if not record.diverged[k]:
                        yield from code.walk(record.epoch)
                    standing[row, k] = code.standing()
            yield from _moments(losses, records, standing)


@typed
def foreseen(dataset: Dataset, pair: Pair, *, record_every: int = 1) -> list[Moment]:
    """The moments of `lock_step` before the codes have run: their twins in their place.

    engine and what follows from it are NaN. ValueError as there.
    """
    codes = [_Code(dataset, program, 0, dataset.n_train) for program in pair]
    nothing = np.full((len(pair), dataset.n_features + 1), np.nan)
    records = [one for one in _twins(dataset, pair, codes, record_every) if one is not None]
    return [
        Moment(
            epoch=record.epoch,
            parameters=parameters,
            engine=nothing,
            train_loss=np.where(record.diverged, np.nan, record.train_loss),
            test_loss=np.where(record.diverged, np.nan, record.test_loss),
            engine_train_loss=nothing[:, 0],
            engine_test_loss=nothing[:, 0],
        )
        for record, parameters in zip(records, _of_engine(records), strict=True)
    ]


def _twins(
    dataset: Dataset, pair: Pair, codes: Sequence[_Code], record_every: int
) -> Interruptible:
    """The engine's runs of both programs, from where the codes stand."""
    for name in ("batch_size", "epochs", "init_std", "seed"):
        theirs = [getattr(program, name) for program in pair]
        require(theirs[0] == theirs[1], name, "the same in both programs", theirs)
    first = np.array([code.standing() for code in codes])
    return interruptible(
        dataset,
        [program.hyperparameters(dataset.n_train) for program in pair],
        start=(first[:, :-1], first[:, -1]),
        device="cpu",
        record_every=record_every,
    )


@np.errstate(all="ignore")
def _of_engine(records: Sequence[EpochRecord]) -> Array:
    """w and, last, b of the twins at these epochs [E, 2, D + 1], NaN where one has diverged."""
    weights = np.array([record.weights for record in records])
    bias = np.array([record.bias for record in records])
    engine = np.concatenate([weights, bias[..., None]], axis=-1)
    engine[np.array([record.diverged for record in records])] = np.nan
    return engine


def _grouped(
    twins: Interruptible, after: int | None, size: int
) -> Generator[list[EpochRecord], None, None]:
    """Their records of later epochs, at most so many together; none at moments between."""
    records: list[EpochRecord] = []
    for record in twins:
        if record is None or (after is not None and record.epoch <= after):
            yield []
            continue
        records.append(record)
        if len(records) == size:
            yield records
            records = []
    yield records


@typed
def seconds_an_epoch(n_train: int, n_test: int, n_features: int, batch_size: int) -> float:
    """Roughly what an epoch of both codes and the twins takes on one CPU core, losses included."""
    steps = -(-n_train // batch_size)
    return steps * STEP_SECONDS + (16 * n_train + 8 * n_test) * n_features / SPEED


def _rows_a_block(dataset: Dataset, batch_size: int) -> int:
    """How many rows of an epoch a code goes through at once: whole batches."""
    n, d = dataset.n_train, dataset.n_features
    steps = -(-n // batch_size)
    step = seconds_an_epoch(n, len(dataset.X_test), d, batch_size) / steps
    return batch_size * max(1, min(steps, int(BLOCK_SECONDS / step)))


def _records_at_once(dataset: Dataset, batch_size: int, record_every: int) -> int:
    """For so many records one code walks before the other: to change at every one takes longer."""
    epoch = seconds_an_epoch(dataset.n_train, len(dataset.X_test), dataset.n_features, batch_size)
    return max(1, int(BLOCK_SECONDS / (record_every * epoch)))


class _Code:
    """A program's own `train()`, from its own text, on the batches after so many epochs.

    It stops wherever it has gone through so many rows, and at the end of an epoch.
    """

    def __init__(self, dataset: Dataset, program: Program, at: int, rows: int) -> None:
        names: dict[str, Any] = {
            "torch": torch,
            "nn": torch.nn,
            "X_train": torch.from_numpy(dataset.X_train),
            "y_train": torch.from_numpy(dataset.y_train),
            "n_features": dataset.n_features,
            "z": torch.from_numpy(start_draw(program.seed, dataset.n_features)),
            "order": _order(dataset, program, at, rows),
        }
        exec(compile(runnable(program), f"<{program.code}>", "exec"), names)
        self._steps = _stepping(names)
        self._at, self._blocks = at, -(-dataset.n_train // rows)
        # the numbers of the very tensors that the code moves
        self._w, self._b = (one.detach().numpy().reshape(-1) for one in next(self._steps))

    def walk(self, epoch: int) -> Generator[None, None, None]:
        """Go on to the end of this epoch, with a moment to stop after every block of rows."""
        for _ in islice(self._steps, (epoch - self._at) * self._blocks):
            yield None
        self._at = epoch

    def standing(self) -> Array:
        """w and, last, b [D + 1]."""
        return np.concatenate([self._w, self._b])

    def put(self, standing: Array) -> None:
        """Let it stand there: plain SGD has no other state."""
        self._w[:], self._b[:] = standing[:-1], standing[-1:]


def _stepping(names: dict[str, Any]) -> Generator[Parameters, None, None]:
    """The steps of the `train()` among these names, which are forgotten at their end.

    Its functions know the names and are among them: in a circle that would keep the data.
    """
    try:
        yield from names["train"]()
    finally:
        names.clear()


def _order(dataset: Dataset, program: Program, at: int, rows: int) -> Iterator[torch.Tensor]:
    """The rows of the epochs after so many, block by block; drawn when the first is asked for."""
    epochs = batch_order(program.seed, dataset.n_train, program.epochs)
    for epoch in islice(epochs, at, None):
        yield from torch.split(torch.from_numpy(epoch), rows)


class _Losses:
    """Half mean squares of codes on both parts of a data set."""

    def __init__(self, dataset: Dataset) -> None:
        self._parts = [
            (augmented(X, y), len(X))
            for X, y in ((dataset.X_train, dataset.y_train), (dataset.X_test, dataset.y_test))
        ]

    def of(self, parameters: Array) -> tuple[Array, Array]:
        """On the training and on the test data, of rows [D + 1] of w and b."""
        v = np.vstack([parameters.T, -np.ones(len(parameters))])
        train, test = (np.asarray(mean_half_square(A, v, n)) for A, n in self._parts)
        return train, test


def _moments(
    losses: _Losses, records: Sequence[EpochRecord], standing: Array
) -> Generator[Moment, None, None]:
    """The codes [E, 2, D + 1] beside the records of their twins."""
    for record, parameters, engine in zip(records, standing, _of_engine(records), strict=True):
        gone = record.diverged
        parameters[gone] = np.nan
        with np.errstate(all="ignore"):
            train_loss, test_loss = losses.of(parameters)
        yield Moment(
            epoch=record.epoch,
            parameters=parameters,
            engine=engine,
            train_loss=train_loss,
            test_loss=test_loss,
            engine_train_loss=np.where(gone, np.nan, record.train_loss),
            engine_test_loss=np.where(gone, np.nan, record.test_loss),
        )
