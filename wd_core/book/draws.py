"""What seeds draw, as their recipes need it: inner products of the data and the starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wd_core.arrays import Array
from wd_core.book.recipes import DATA, dataset_of, uniform
from wd_core.checks import require
from wd_core.seeding import start_draw
from wd_core.signatures import typed
from wd_core.training import batch_order

# The longest recipe of the book has so many.
EPOCHS = 100


@dataclass(frozen=True, eq=False)
class Draws:
    """Data, starts and batch orders of S seeds.

    gram [S, N, N], cross [S, M, N], y [S, N], y_test [S, M]; bias [S, 2]: the normal draw and the
    uniform one; `starts` [S, D, 3]: the same of w, and ones; on_train [S, N, 3] and on_test
    [S, M, 3] are X·starts, among [S, 3, 3] their products, beyond [S, 3, 3] those of their parts
    that no example reaches. order [E, S, N]: the rows of every epoch's batches.
    """

    gram: Array
    cross: Array
    y: Array
    y_test: Array
    bias: Array
    on_train: Array
    on_test: Array
    among: Array
    beyond: Array
    order: NDArray[np.int8]


@typed
def draw(seeds: Sequence[int], epochs: int = EPOCHS) -> Draws:
    """What these seeds draw, for so many epochs: the same as `DatasetSpec` and `train` draw.

    ValueError where there is no seed.
    """
    require(len(seeds) > 0, "seeds", "at least one", tuple(seeds))
    normal = np.array([start_draw(seed, DATA.n_features) for seed in seeds])
    both = np.stack([normal, uniform(normal)], axis=2)
    parts: list[tuple[Array, ...]] = []
    for seed, drawn in zip(seeds, both, strict=True):
        data = dataset_of(seed)
        X, X_test = data.X_train, data.X_test
        starts = np.column_stack([drawn[:-1], np.ones(DATA.n_features)])
        products = X @ X.T, X_test @ X.T, X @ starts, X_test @ starts, starts.T @ starts
        parts.append((data.y_train, data.y_test, *products))
    y, y_test, gram, cross, on_train, on_test, among = map(np.array, zip(*parts, strict=True))
    orders = [list(batch_order(seed, DATA.n_train, epochs)) for seed in seeds]
    order = np.array(orders, dtype=np.int8).reshape(len(seeds), epochs, DATA.n_train)
    return Draws(
        gram=gram,
        cross=cross,
        y=y,
        y_test=y_test,
        bias=both[:, -1],
        on_train=on_train,
        on_test=on_test,
        among=among,
        beyond=among - on_train.mT @ np.linalg.solve(gram, on_train),
        order=np.swapaxes(order, 0, 1),
    )
