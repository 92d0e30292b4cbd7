"""Both codes really run, autograd and torch.optim, and `train` beside each, epoch by epoch."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
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
from wd_core.training import batch_order, train

Pair = tuple[Program, Program]
Parameters = tuple[torch.Tensor, torch.Tensor]

# Roughly what a step of both codes takes, and the numbers that are read a second beyond that.
STEP_SECONDS, SPEED = 5e-4, 1.5e9


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
    for name in ("batch_size", "epochs", "init_std", "seed"):
        theirs = [getattr(program, name) for program in pair]
        require(theirs[0] == theirs[1], name, "the same in both programs", theirs)
    codes = [_started(dataset, program) for program in pair]
    first = np.array([_flat(next(code)) for code in codes])
    twins = train(
        dataset,
        [program.hyperparameters(dataset.n_train) for program in pair],
        start=(first[:, :-1], first[:, -1]),
        device="cpu",
        record_every=record_every,
    )
    parameters, at = first.copy(), 0
    for record in twins:
        for k in np.flatnonzero(~record.diverged):
            if passed := deque(islice(codes[k], record.epoch - at), maxlen=1):
                parameters[k] = _flat(passed[0])
        at = record.epoch
        yield _moment(dataset, record, np.where(record.diverged[:, None], np.nan, parameters))


def seconds_an_epoch(n_train: int, n_test: int, n_features: int, batch_size: int) -> float:
    """Roughly what an epoch of both codes and the twins takes on one CPU core, losses included."""
    steps = -(-n_train // batch_size)
    return steps * STEP_SECONDS + (16 * n_train + 8 * n_test) * n_features / SPEED


def _started(dataset: Dataset, program: Program) -> Generator[Parameters, None, None]:
    """The program's own `train()`, from its own text."""
    order = np.array(list(batch_order(program.seed, dataset.n_train, program.epochs)))
    names: dict[str, Any] = {
        "torch": torch,
        "nn": torch.nn,
        "X_train": torch.from_numpy(dataset.X_train),
        "y_train": torch.from_numpy(dataset.y_train),
        "n_features": dataset.n_features,
        "z": torch.from_numpy(start_draw(program.seed, dataset.n_features)),
        "order": torch.from_numpy(order),
    }
    exec(compile(runnable(program), f"<{program.code}>", "exec"), names)
    codes: Generator[Parameters, None, None] = names["train"]()
    return codes


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
