"""Which rows of a table train and which test."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from wd_core.seeding import generator

Rows = NDArray[np.int64]


def shuffled(count: int, n_train: int, n_test: int | None, seed: int) -> tuple[Rows, Rows]:
    """The first rows of a shuffle by the seed, and the last ones: all of the rest without n_test.

    The test rows stay while n_train grows, until they meet.
    """
    rows = torch.randperm(count, generator=generator(seed, "split")).numpy()
    first = n_train if n_test is None else max(n_train, count - n_test)
    return rows[:n_train], rows[first:]
