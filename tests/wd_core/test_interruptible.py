"""Training that can be stopped between two records, and is the same training."""

from contextlib import closing

import numpy as np
import pytest
import torch

from wd_core import Hyperparameters, Mlp, make_dataset, train, training
from wd_core.data import DatasetSpec
from wd_core.models import LINEAR
from wd_core.records import Dataset, EpochRecord
from wd_core.training import interruptible

DATA = make_dataset(DatasetSpec(n_train=23, n_test=5, n_features=7))
NAMES = ("train_loss", "test_loss", "penalty", "weight_norm", "bias", "diverged", "weights")


def same(one: EpochRecord, other: EpochRecord) -> bool:
    return one.epoch == other.epoch and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in NAMES
    )


def runs(**settings: object) -> list[Hyperparameters]:
    settings = {"epochs": 12, "batch_size": 4, "optimizer": "adam"} | settings
    return [Hyperparameters(weight_decay=lam, **settings) for lam in (0.0, 0.5)]


def silent(monkeypatch: pytest.MonkeyPatch, dataset: Dataset = DATA) -> list[EpochRecord]:
    """The records of the same runs, moved in blocks without a pause."""
    with monkeypatch.context() as patched:
        patched.setattr(training, "BLOCK_SECONDS", 1e6)
        return list(train(dataset, runs(), record_every=5))


@pytest.mark.parametrize("seconds", [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1.0])
def test_moments_to_stop_change_no_number(monkeypatch, seconds):
    expected = silent(monkeypatch)
    monkeypatch.setattr(training, "BLOCK_SECONDS", seconds)
    stream = list(interruptible(DATA, runs(), record_every=5))
    records = [record for record in stream if record is not None]
    assert [record.epoch for record in records] == [0, 5, 10, 12]
    assert all(same(*pair) for pair in zip(records, expected, strict=True))
    assert all(same(*p) for p in zip(train(DATA, runs(), record_every=5), expected, strict=True))


def test_where_an_epoch_is_a_block_there_is_a_moment_at_the_end_of_each(monkeypatch):
    epoch = training._seconds_an_epoch(23, 9, 4, 2)
    monkeypatch.setattr(training, "BLOCK_SECONDS", 0.9 * epoch)
    stream = [record and record.epoch for record in interruptible(DATA, runs(), record_every=5)]
    assert stream == [0, None, None, None, None, 5, None, None, None, None, 10, None, 12]


def test_a_long_epoch_has_moments_inside_it(monkeypatch):
    """At the finest one after every step, but the last of an epoch, where the record comes."""
    monkeypatch.setattr(training, "BLOCK_SECONDS", 1e-9)
    stream = list(interruptible(DATA, runs(epochs=2)))
    steps = -(-23 // 4)
    # pieces beyond the last step have nothing to do
    assert sum(record is None for record in stream) >= 2 * (steps - 1)


def test_a_run_is_stopped_in_the_midst_of_an_epoch(monkeypatch):
    steps = []

    class Counted(type(LINEAR)):
        def problem(self, *given):
            problem = super().problem(*given)
            gradient = problem.gradient
            problem.gradient = lambda v, batch: steps.append(len(batch)) or gradient(v, batch)
            return problem

    monkeypatch.setattr(training, "BLOCK_SECONDS", 2 * 8e-6)
    with closing(interruptible(DATA, runs(batch_size=1), model=Counted())) as stream:
        next(stream)
        next(stream)
    assert 0 < len(steps) < 23


def test_groups_of_runs_pause_in_turn(monkeypatch):
    monkeypatch.setattr(training, "BLOCK_SECONDS", 1e-6)
    both = [*runs(), *runs(optimizer="sgd", lr=0.01), *runs(seed=5)]
    stream = list(interruptible(DATA, both, record_every=6))
    records = [record for record in stream if record is not None]
    assert [record.epoch for record in records] == [0, 6, 12]
    assert len(stream) > 3 * len(records)
    for k, run in enumerate(both):
        (*_, alone) = train(DATA, [run], record_every=6)
        # a column alone is multiplied as a vector: rounding of some hundred operations
        np.testing.assert_allclose(records[-1].weights[k], alone.weights[0], rtol=1e-10)


def test_networks_pause_too(monkeypatch):
    monkeypatch.setattr(training, "BLOCK_SECONDS", 1e-6)
    stream = list(interruptible(DATA, runs(), model=Mlp(hidden=(3,), loss="half_mse")))
    records = [record for record in stream if record is not None]
    assert len(records) == 13 < len(stream)


def test_no_mode_is_on_at_a_moment_to_stop(monkeypatch):
    monkeypatch.setattr(training, "BLOCK_SECONDS", 1e-6)
    for _ in interruptible(DATA, runs()):
        assert not torch.is_inference_mode_enabled()
        with pytest.warns(RuntimeWarning, match="divide by zero"):
            np.array(1.0) / np.array(0.0)
