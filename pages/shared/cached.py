"""What several sessions ask for again and again, computed once: data sets, baselines, runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from pages.shared.brought.tables import tables
from pages.shared.places import Places
from pages.shared.settings import Settings
from pages.shared.sources import data_source
from pages.shared.work import heavy, in_turn, kept
from wd_core import (
    Dataset,
    DatasetSpec,
    Hyperparameters,
    collect,
    make_dataset,
    ridge_path,
    train,
)
from wd_core.linear.spectrum import decompose
from wd_core.records import Run
from wd_core.training import COLUMNS_A_RUN, expected_seconds

# Longer than this and a run is streamed rather than waited for.
SHORT_SECONDS = 0.15
# Multiply-adds a second of a singular value decomposition, roughly, and what it may take at most.
SVD_SPEED, SVD_SECONDS = 2e8, 5.0
# Drawing more numbers than this takes longer than the eye's tenth of a second.
SLOW_NUMBERS = 3_000_000
# Training holds so many copies of its data at its peak, the data themselves among them; measured.
COPIES = 4
# Of data from this size on, one is made at a time.
LARGE_BYTES = 16 << 20
_MAKING = Places(1)
# More recorded epochs than this no picture can show.
RECORDS = 400


@dataclass(frozen=True)
class Baselines:
    """What a run is measured against, half mean squares on the test data; None: too costly.

    `many`: there are many least squares solutions, and at λ = 0 the one of least norm is shown.
    """

    constant_test: float
    ridge_test: float | None = None
    ridge_norm: float | None = None
    many: bool = False


@kept
def dataset(spec: DatasetSpec) -> Dataset:
    """The data set of a spec. Of large ones one is made at a time.

    What is kept goes when the next is there, but not what is being made: those of a class that asks
    at once would take all the memory.
    """
    if data_bytes(spec) < LARGE_BYTES:
        return make_dataset(spec, tables(spec))
    with in_turn(_MAKING):
        return make_dataset(spec, tables(spec))


def data_bytes(spec: DatasetSpec) -> float:
    """Roughly what a data set takes."""
    return 8.0 * (spec.n_train + spec.n_test) * spec.n_features


def draws_slowly(spec: DatasetSpec) -> bool:
    """Whether so many numbers are drawn that a person would wait for them."""
    return data_source(spec).drawn and spec.n_train * spec.n_features > SLOW_NUMBERS


def svd_seconds(spec: DatasetSpec) -> float:
    """Roughly what decomposing the training data takes."""
    n, d = spec.n_train, spec.n_features
    return n * d * min(n, d) / SVD_SPEED


def is_short(settings: Settings) -> bool:
    """Whether the run, its comparison and its baselines are ready before the eye can follow."""
    spec = settings.data
    return run_seconds(settings) + svd_seconds(spec) <= SHORT_SECONDS


def run_seconds(settings: Settings) -> float:
    """Roughly what the run and its comparison take."""
    return _run_seconds(settings)


@lru_cache(maxsize=256)  # asked for many times a move
def _run_seconds(settings: Settings) -> float:
    spec = settings.data
    return expected_seconds(spec.n_train, spec.n_features, compared(settings.run))


def training_bytes(spec: DatasetSpec, runs: int = 2) -> float:
    """Roughly the most memory that so many runs, side by side on a data set, and that take."""
    rows, columns = spec.n_train + spec.n_test, spec.n_features + 2
    return 8.0 * columns * (COPIES * rows + COLUMNS_A_RUN * runs)


def compared(run: Hyperparameters) -> list[Hyperparameters]:
    """The run, and the same without decay unless it is that."""
    return [run] if run.weight_decay == 0 else [run, replace(run, weight_decay=0.0)]


def record_every(epochs: int) -> int:
    """How many epochs lie between two points of a curve."""
    return -(-epochs // RECORDS)


@heavy(run_seconds)
def short_run(settings: Settings) -> Run:
    """The run beside the same without decay, to the end."""
    every = record_every(settings.run.epochs)
    runs = compared(settings.run)
    return collect(train(dataset(settings.data), runs, record_every=every))


def constant_loss(data: Dataset) -> float:
    """The test loss, half mean square, of predicting the mean of the training targets."""
    return float(np.mean((data.y_test - data.y_train.mean()) ** 2)) / 2


def untrained_loss(data: Dataset) -> float:
    """The training loss, half mean square, of predicting the mean of the training targets."""
    return float(data.y_train.var()) / 2


def zero_loss(data: Dataset) -> float:
    """The same of predicting 0: what there is to learn, mean and all."""
    return float(np.mean(data.y_train**2)) / 2


@heavy(lambda spec, weight_decay: 0.0 if weight_decay is None else svd_seconds(spec))
def baselines(spec: DatasetSpec, weight_decay: float | None) -> Baselines:
    """The constant predictor's test loss, and the exact ridge solution's if a λ is given."""
    data = dataset(spec)
    constant = constant_loss(data)
    if weight_decay is None or svd_seconds(spec) > SVD_SECONDS:
        return Baselines(constant)
    path = ridge_path(data, [weight_decay])
    many = len(decompose(data).s) < data.n_features
    return Baselines(constant, float(path.test_loss[0]), float(path.weight_norm[0]), many)
