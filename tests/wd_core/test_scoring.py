"""Losses of states, whatever the size of the data."""

import numpy as np
import pytest

from wd_core import Dataset, Hyperparameters, train


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("size", [1e100, 1e160, 1e200])
def test_squares_beyond_all_floats_are_no_warning(size: float, optimizer: str) -> None:
    X = np.full((4, 3), size)
    data = Dataset(X, np.arange(4.0), X, np.arange(4.0))
    records = list(train(data, [Hyperparameters(epochs=3, optimizer=optimizer)]))
    assert len(records) == 4
    assert records[-1].diverged[0] or np.isfinite(records[-1].train_loss[0])
