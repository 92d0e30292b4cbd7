"""Both codes really run, autograd and torch.optim, and `train` beside each, epoch by epoch."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch

from wd_core.arrays import Array
from wd_core.book.two_codes.program import Program
from wd_core.book.two_codes.source import runnable
from wd_core.checks import require
from wd_core.objective import data_loss
from wd_core.records import Dataset, EpochRecord
from wd_core.seeding import start_draw
from wd_core.training import batch_order, interruptible

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
    has diverged.
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
        return np.asarray(np.linalg.norm(self.parameters[:, :-1], axis=1))

    @property
    def bias(self) -> Array:
        """b of the codes [2]."""
        return np.asarray(self.parameters[:, -1].copy())

    @property
    def size(self) -> Array:
        """The largest weight or b of each code, in absolute value [2]."""
        return np.asarray(np.abs(self.parameters).max(axis=1))

    @property
    def engine_weight_norm(self) -> Array:
        """‖w‖ of their twins [2]."""
        return np.asarray(np.linalg.norm(self.engine[:, :-1], axis=1))

    @property
    def apart(self) -> float:
        """The largest difference between the two codes in any weight or the bias."""
        return float(np.abs(self.parameters[0] - self.parameters[1]).max())

    @property
    def from_engine(self) -> Array:
        """The largest difference between each code and its twin [2]."""
        return np.asarray(np.abs(self.parameters - self.engine).max(axis=1))


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


def lock_step_in_blocks(
    dataset: Dataset, pair: Pair, *, record_every: int = 1, after: Moment | None = None
) -> Generator[Moment | None, None, None]:
    """What `lock_step` yields, and None at moments between: wherever a block of steps has ended.

    Given one of its moments, it goes on after it, to the same numbers: the codes from there, while
    the twins, who take far less, walk there again, lest they are rounded otherwise.
    """
    for name in ("batch_size", "epochs", "init_std", "seed"):
        theirs = [getattr(program, name) for program in pair]
        require(theirs[0] == theirs[1], name, "the same in both programs", theirs)
    at = 0 if after is None else after.epoch
    rows = _rows_a_block(dataset, pair[0].batch_size)
    codes = [_started(dataset, program, at, rows) for program in pair]
    live = [next(code) for code in codes]  # the very tensors that a code moves
    first = np.array([_flat(parameters) for parameters in live])
    if after is not None:
        _put(live, after.parameters)
    twins = interruptible(
        dataset,
        [program.hyperparameters(dataset.n_train) for program in pair],
        start=(first[:, :-1], first[:, -1]),
        device="cpu",
        record_every=record_every,
    )
    with closing(twins):
        for record in twins:
            if record is None or (after is not None and record.epoch <= after.epoch):
                yield None
                continue
            blocks = (record.epoch - at) * -(-dataset.n_train // rows)
            for k in np.flatnonzero(~record.diverged):
                for _ in islice(codes[k], blocks):
                    yield None
            at = record.epoch
            parameters = np.array([_flat(one) for one in live])
            yield _moment(dataset, record, np.where(record.diverged[:, None], np.nan, parameters))


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


def _started(
    dataset: Dataset, program: Program, at: int, rows: int
) -> Generator[Parameters, None, None]:
    """The program's own `train()`, from its own text, on the batches after so many epochs.

    It stops wherever it has gone through so many rows, and at the end of an epoch.
    """
    order = np.array(list(batch_order(program.seed, dataset.n_train, program.epochs)))
    names: dict[str, Any] = {
        "torch": torch,
        "nn": torch.nn,
        "X_train": torch.from_numpy(dataset.X_train),
        "y_train": torch.from_numpy(dataset.y_train),
        "n_features": dataset.n_features,
        "z": torch.from_numpy(start_draw(program.seed, dataset.n_features)),
        "order": [block for epoch in torch.from_numpy(order[at:]) for block in epoch.split(rows)],
    }
    exec(compile(runnable(program), f"<{program.code}>", "exec"), names)
    codes: Generator[Parameters, None, None] = names["train"]()
    return codes


@torch.no_grad()
def _put(live: Sequence[Parameters], values: Array) -> None:
    """Let the codes stand at these values, their state: plain SGD has no other."""
    for parameters, row in zip(live, torch.from_numpy(values), strict=True):
        w, b = parameters
        w.copy_(row[:-1].reshape(w.shape))
        b.copy_(row[-1].reshape(b.shape))


def _flat(parameters: Parameters) -> Array:
    w, b = (parameter.detach().numpy().ravel() for parameter in parameters)
    return np.concatenate([w, b])


def _moment(dataset: Dataset, record: EpochRecord, parameters: Array) -> Moment:
    gone = record.diverged

    def losses(X: Array, y: Array) -> Array:
        return np.array(
            [
                np.nan if lost else data_loss(X, y, p[:-1], float(p[-1]))
                for p, lost in zip(parameters, gone, strict=True)
            ]
        )

    def kept(values: Array) -> Array:
        return np.where(gone, np.nan, values)

    with np.errstate(all="ignore"):
        engine = np.column_stack([record.weights, record.bias])
    return Moment(
        epoch=record.epoch,
        parameters=parameters,
        engine=np.where(gone[:, None], np.nan, engine),
        train_loss=losses(dataset.X_train, dataset.y_train),
        test_loss=losses(dataset.X_test, dataset.y_test),
        engine_train_loss=kept(record.train_loss),
        engine_test_loss=kept(record.test_loss),
    )
