"""What the tests of sweeps share: every run by itself as the oracle, and how sweeps compare."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

import numpy as np

from wd_core import Dataset, Hyperparameters, Sweep, SweepPart, collect, train

# `wd_core.sweep` is the function; this is the module it comes from.
module = importlib.import_module("wd_core.sweep")

# Chunks of other widths sum in another order and hold w in another basis: a few hundred roundings.
ROUNDING = {"rtol": 1e-10, "atol": 1e-12}
NUMBERS = ("train_loss", "test_loss", "penalty", "weight_norm")
BASE = Hyperparameters(epochs=6, batch_size=3, lr=0.02)


def assert_same(found: Sweep, expected: Sweep, **close) -> None:
    for name in NUMBERS:
        pair = getattr(found, name), getattr(expected, name)
        np.testing.assert_allclose(*pair, **(close or ROUNDING), err_msg=name)
    np.testing.assert_array_equal(found.diverged_at, expected.diverged_at)
    np.testing.assert_array_equal(found.finished, expected.finished)


def one_by_one(datasets: list[Dataset], runs: list[Hyperparameters], **kwargs) -> Sweep:
    """Every run trained by itself: the oracle."""
    alone = [
        collect(train(data, [run], **kwargs)) for data, run in zip(datasets, runs, strict=True)
    ]
    return Sweep(
        *(np.array([getattr(run, name)[-1, 0] for run in alone]) for name in NUMBERS),
        diverged_at=np.array([run.diverged_at[0] for run in alone]),
        finished=np.ones(len(runs), dtype=bool),
    )


def finished(stream: Iterable[SweepPart]) -> list[SweepPart]:
    """The parts that hold runs."""
    return [part for part in stream if len(part.rows)]
