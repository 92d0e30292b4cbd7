"""Settings of many runs as columns: the rows are what they would be one by one."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from tests.oracles import schemes
from wd_core import Hyperparameters, grid
from wd_core.optimizers import Runs

MIXED = [
    *schemes(6, 3),
    Hyperparameters(max_norm=0.5, betas=(0.5, 0.25), lr=1, weight_decay=2),
    Hyperparameters(decay_bias=True, seed=2**70, loss="mse", weight_decay=3.0),
]


def test_rows_are_the_runs_that_were_given() -> None:
    runs = Runs.of(MIXED)
    assert list(runs) == MIXED == runs
    assert [type(run.lr) for run in runs] == [type(run.lr) for run in MIXED]
    assert runs[-1] == MIXED[-1]
    assert list(runs[3:9:2]) == MIXED[3:9:2]
    assert list(runs[np.array([5, 0, 5])]) == [MIXED[5], MIXED[0], MIXED[5]]
    assert pickle.loads(pickle.dumps(runs)) == runs
    assert runs != MIXED[:-1]
    assert runs != [*MIXED[:-1], MIXED[0]]
    with pytest.raises(IndexError):
        runs[len(MIXED)]


def test_columns_are_the_fields_of_the_runs() -> None:
    runs = Runs.of(MIXED)
    for name in ("lr", "weight_decay", "momentum", "eps", "batch_size", "seed", "init_std"):
        assert runs.numbers(name).tolist() == [float(getattr(run, name)) for run in MIXED]
    assert runs.column("optimizer").tolist() == [run.optimizer for run in MIXED]
    assert [tuple(pair) for pair in runs.column("betas").tolist()] == [run.betas for run in MIXED]
    assert runs.numbers("max_norm").tolist() == [run.max_norm or np.inf for run in MIXED]
    assert runs.ridge_weight_decay.tolist() == [run.ridge_weight_decay for run in MIXED]


def test_what_all_have_alike_is_no_column() -> None:
    one = Hyperparameters(lr=0.1)
    assert not Runs.of([one] * 5).columns
    assert not Runs.of([one, replace(one)]).columns
    assert set(Runs.of([one, replace(one, seed=1)]).columns) == {"seed"}


def test_runs_alike_are_found_in_the_order_of_the_first() -> None:
    runs = grid(Hyperparameters(), seed=[3, 1], lr=[0.1, 0.2], decay=["coupled", "decoupled"])
    assert [places.tolist() for places in runs.alike("seed", "decay")] == [
        [0, 2],
        [1, 3],
        [4, 6],
        [5, 7],
    ]
    assert [places.tolist() for places in runs.alike("optimizer")] == [list(range(8))]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"lr": [0.1, 0.0]}, "lr must be a finite number > 0, got 0.0"),
        (
            {"lr": [0.1, np.inf, np.nan]},
            "lr must be a finite number, got inf|lr must be .* got inf",
        ),
        ({"lr": [0.1, True]}, "lr must be a finite number > 0, got True"),
        ({"momentum": [0.5, 1.0, 0.2]}, r"momentum must be a finite number in \[0, 1\), got 1.0"),
        ({"betas": [(0.5, 0.5), (0.5, 2.0)]}, r"betas must be a finite number in \[0, 1\), got 2"),
        ({"seed": [0, -1]}, "seed must be a whole number >= 0, got -1"),
        ({"decay": ["coupled", "none"]}, "decay must be one of .* got 'none'"),
        (
            {"optimizer": ["sgd", "nesterov"], "momentum": [0.0, 0.0]},
            "momentum must be > 0 for the optimizer nesterov, got 0.0",
        ),
    ],
)
def test_wrong_values_are_told_as_for_one_run(columns, message) -> None:
    with pytest.raises(ValueError, match=message):
        Runs.varied(Hyperparameters(), **columns)


def test_a_need_binds_its_own_rule_alone() -> None:
    runs = Runs.varied(Hyperparameters(), optimizer=["sgd", "nesterov"], momentum=[0.0, 0.5])
    assert [run.momentum for run in runs] == [0.0, 0.5]


def test_pairs_become_tuples() -> None:
    assert grid(Hyperparameters(), betas=[[0.5, 0.25]])[0].betas == (0.5, 0.25)
