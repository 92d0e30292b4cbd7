"""Data sets side by side beside each alone, whatever their rank; each alone has other oracles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.oracles import random_dataset
from wd_core import Dataset, ridge_path
from wd_core.linear.stack import Stack, stacked

DECAYS = np.array([0.0, 1e-6, 0.01, 0.5, 30.0])
# The same formulas on the same singular values: LAPACK works alike on one matrix and on many.
SAME = 1e-10
SCORES = ("test_loss", "gcv", "loo")


def of_one_rank(n: int, d: int) -> list[Dataset]:
    return [random_dataset(n, d, seed=seed, n_test=9) for seed in range(4)]


def of_several_ranks(n: int, d: int) -> list[Dataset]:
    """The second has a column twice, the third one that does not vary, the last one none."""
    whole, twice, still, empty = of_one_rank(n, d)
    columns = twice.X_train.copy()
    columns[:, -1] = columns[:, 0]
    constant = still.X_train.copy()
    constant[:, -1] = 0.1
    return [
        whole,
        replace(twice, X_train=columns),
        replace(still, X_train=constant),
        replace(empty, X_train=np.full((n, d), 3.0)),
    ]


@pytest.mark.parametrize("sets", [of_one_rank, of_several_ranks])
@pytest.mark.parametrize(("n", "d"), [(12, 4), (5, 4), (4, 4), (4, 9), (2, 3)])
@pytest.mark.parametrize("n_decays", [1, 1000])
def test_each_data_set_is_as_it_is_alone(sets, n: int, d: int, n_decays: int) -> None:
    """With and without folded test rows."""
    datasets = sets(n, d)
    stack = stacked(datasets, n_decays)
    for k, data in enumerate(datasets):
        path = ridge_path(data, DECAYS)
        assert stack.rank[k] == round(path.dof[0]) - 1
        for name in SCORES:
            alone, beside = getattr(path, name), getattr(stack, name)(DECAYS[None])[k]
            np.testing.assert_allclose(beside, alone, rtol=SAME, atol=1e-25)


def test_every_data_set_may_have_its_own_decays() -> None:
    datasets = of_one_rank(7, 3)
    own = DECAYS[1:] * np.arange(1, 5)[:, None]
    stack = stacked(datasets, 1)
    for k, data in enumerate(datasets):
        for name in SCORES:
            beside, alone = getattr(stack, name)(own)[k], getattr(ridge_path(data, own[k]), name)
            np.testing.assert_allclose(beside, alone, rtol=SAME)


def test_the_condition_is_that_of_the_centred_rows() -> None:
    datasets = of_several_ranks(8, 4)
    found = stacked(datasets, 1).condition
    for k, data in enumerate(datasets[:3]):
        d = np.linalg.svd(data.X_train - data.X_train.mean(0), compute_uv=False)
        assert found[k] == pytest.approx(d[0] / d[d > 1e-10][-1])
    assert found[3] == 1


def test_one_data_set_is_a_stack_of_one() -> None:
    data = random_dataset(6, 3, n_test=5)
    stack = stacked([data], 1)
    assert isinstance(stack, Stack)
    np.testing.assert_allclose(stack.gcv(DECAYS[None])[0], ridge_path(data, DECAYS).gcv)
    assert stack.train_square[0] == np.mean(data.y_train**2)
    assert stack.test_square[0] == np.mean(data.y_test**2)
