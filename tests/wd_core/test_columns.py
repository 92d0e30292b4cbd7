"""How the runs of the linear model lie in memory, and what a step leaves as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.oracles import random_dataset
from wd_core import OPTIMIZERS, Hyperparameters, grid
from wd_core.device import place
from wd_core.models import LINEAR
from wd_core.models.linear import ODD, Columns
from wd_core.optimizers import KINDS, Runs
from wd_core.steps import Walk

WEIGHT_DECAYS = np.linspace(0, 2, 40).tolist()


def columns(runs: Runs, dtype: torch.dtype = torch.float64, d: int = 30) -> Columns:
    """These runs on eight rows, which a basis pays for where the rule allows one."""
    return LINEAR.problem(random_dataset(8, d), runs, place("cpu", dtype, 0), None)


def epoch_of(problem: Columns, optimizer: str) -> Walk:
    """A walk that has made one epoch of batches of three, the last of them short."""
    walk = Walk(problem, OPTIMIZERS[optimizer])
    walk.epoch((np.arange(8), [0, 3, 6, 8]))
    return walk


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_all_that_a_step_works_on_lies_row_by_row(optimizer, kind):
    """NumPy keeps two orders apart for the whole run, and takes twice as long over them."""
    base = Hyperparameters(optimizer=optimizer, decay=kind, batch_size=3)
    problem = columns(grid(base, weight_decay=WEIGHT_DECAYS))
    walk = epoch_of(problem, optimizer)
    rates = vars(problem.rates(walk.rule, 3)).values()
    arrays = [problem.start, walk.v, *walk.state, *(one for one in rates if np.ndim(one))]
    assert all(array.flags.c_contiguous for array in arrays)
    assert walk.v.shape == (problem.height, len(WEIGHT_DECAYS))


@pytest.mark.parametrize("axis", [{"weight_decay": WEIGHT_DECAYS}, {"lr": [0.01, 0.02]}])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_a_step_leaves_the_constant_as_it_is(optimizer, kind, axis):
    base = Hyperparameters(
        optimizer=optimizer, decay=kind, batch_size=3, weight_decay=1.0, init_bias_std=1.0
    )
    problem = columns(grid(base, **axis))
    walk = epoch_of(problem, optimizer)
    assert (walk.v[-1] == -1).all()
    assert (walk.v != problem.start)[:-1].any(1).all()


@pytest.mark.parametrize("count", [1, 700, 2048, 4096, 10_000])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_lots_are_all_the_runs_in_their_order_and_fit_the_cache(optimizer, dtype, count):
    decays = np.linspace(0, 3, count)
    problem = columns(grid(Hyperparameters(optimizer=optimizer), weight_decay=decays), dtype, d=200)
    lots = problem.lots()
    widths = [len(lot.runs) for lot in lots]
    in_order = [lot.runs.numbers("weight_decay") for lot in lots]
    assert np.array_equal(np.concatenate([lot.start for lot in lots], 1), problem.start)
    assert np.array_equal(np.concatenate(in_order), decays)
    assert max(lot.start.size for lot in lots) <= problem.where.lot
    # no row of a full lot begins where another begins in the cache
    assert all(width // ODD % 2 == 1 and width % ODD == 0 for width in widths[:-1])
    assert len(lots) == 1 or widths[0] > problem.where.lot // problem.height - 2 * ODD


def test_a_lot_is_at_least_one_run_however_many_weights_it_has():
    problem = columns(grid(Hyperparameters(optimizer="adam"), lr=[0.1, 0.2, 0.3]))
    problem.where = replace(problem.where, lot=1)
    assert [len(lot.runs) for lot in problem.lots()] == [1, 1, 1]
