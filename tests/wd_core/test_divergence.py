"""When runs have diverged: found alike whether every epoch is scored or only watched."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.oracles import random_dataset
from wd_core import Hyperparameters, Mlp
from wd_core.device import place
from wd_core.divergence import BEYOND_SENSE, Divergence
from wd_core.models import LINEAR
from wd_core.optimizers import Runs

RUNS = Runs.of([Hyperparameters(weight_decay=lam) for lam in (0.0, 0.5, 1.0, 2.0, 4.0)])
# What each run's weights are multiplied by after an epoch: some come back, some never go.
COURSES = np.array(
    [
        [1, 1, 1, 1],
        [1, 1e12, 1, 1],
        [1e6, 1e7, 1e8, 1e9],
        [1, np.inf, np.nan, 1],
        [np.nan, 1, 1, 1],
    ]
)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("model", [LINEAR, Mlp(hidden=(3,), loss="half_mse")])
def test_watching_finds_what_scoring_finds(model, dtype) -> None:
    watched, scored = (
        model.problem(random_dataset(6, 3), RUNS, place("cpu", dtype, 0), None) for _ in range(2)
    )
    across = model is LINEAR  # a run is a column
    for problem in (watched, scored):
        problem.score([0], [problem.start])
    for epoch, factors in enumerate(COURSES.T, start=1):
        with np.errstate(all="ignore"):
            v = np.array(watched.start * (factors if across else factors[:, None]))
        if across:
            v[-1] = -1
        watched.watch(epoch, v.astype(watched.start.dtype))
        scored.score([epoch], [v.astype(scored.start.dtype)])
    (last,) = watched.score([9], [watched.start])
    (expected,) = scored.score([9], [scored.start])
    assert last.diverged_at.tolist() == expected.diverged_at.tolist()
    assert last.diverged_at[[0, 3, 4]].tolist() == [-1, 2, 1]
    assert (last.diverged_at[[1, 2]] > 0).all()


def test_the_first_epoch_counts_and_records_stay_as_they_were() -> None:
    divergence = Divergence(3)
    fine, wild = np.ones(3), np.array([1, 2 * BEYOND_SENSE, 1])
    first = divergence.after([0], fine[None], fine[None], fine[None])
    each = divergence.after([5, 6], np.array([fine, wild]), np.array([fine, fine]), np.ones((2, 3)))
    again = divergence.after([7], wild[None], np.array([[np.nan, 1, 1]]), fine[None])
    assert first.tolist() == [[-1, -1, -1]]
    assert each.tolist() == [[-1, -1, -1], [-1, 6, -1]]
    assert again.tolist() == [[7, 6, -1]]
    some = divergence.after([8], wild[None, 1:2], fine[None, :1], fine[None, :1], np.array([2]))
    assert some.tolist() == [[8]]
    assert divergence.at.tolist() == [7, 6, 8]
