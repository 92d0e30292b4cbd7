"""Where a recipe ends for many seeds and many λ at once, and what needs no training at all.

Every seed has data of its own, so the runs cannot be columns of one matrix. Nor need they be: w
never leaves the span of its start and the training rows, w = γ w₀ + Xᵀc, so [γ, c, b] move with
the Gram matrix XXᵀ [N, N] alone, and all seeds take a step in one multiplication.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wd_core.arrays import Array, as_array
from wd_core.book.recipes import BATCH_SIZE, DATA, Recipe, dataset_of, uniform
from wd_core.checks import require
from wd_core.seeding import start_draw
from wd_core.training import batch_order

Quantity = Literal["norm", "half_square", "train", "test", "train_mse", "test_mse"]


@dataclass(frozen=True, eq=False)
class Ends:
    """Where S seeds and L values of λ end, all [S, L].

    train, test: half mean squares; norm: ‖w‖; unreachable: ‖P₀w‖, its part that no example reaches.
    """

    train: Array
    test: Array
    norm: Array
    unreachable: Array
    bias: Array

    def quantity(self, name: Quantity) -> Array:
        """The number in the unit in which an edition prints it, [S, L]."""
        match name:
            case "norm":
                return self.norm
            case "half_square":
                return self.norm**2 / 2
            case "train" | "test":
                return np.asarray(getattr(self, name))
            case "train_mse" | "test_mse":
                return np.asarray(2 * getattr(self, name.removesuffix("_mse")))


@dataclass(frozen=True, eq=False)
class Baselines:
    """Test losses of S seeds without training: the constant predictor [S], exact ridge [S, L]."""

    constant: Array
    ridge: Array


@dataclass(frozen=True, eq=False)
class _Draws:
    """Data and starts of S seeds, by their inner products.

    gram [S, N, N], cross [S, M, N], y [S, N], y_test [S, M]; bias [S, 2]: the normal draw and the
    uniform one; `starts` [S, D, 3]: the same of w, and ones; on_train [S, N, 3] and on_test
    [S, M, 3] are X·starts, among [S, 3, 3] their products, seen [S, 3, 3] those of their parts in
    the row space.
    """

    gram: Array
    cross: Array
    y: Array
    y_test: Array
    bias: Array
    on_train: Array
    on_test: Array
    among: Array
    seen: Array


@lru_cache(maxsize=4)
def _draws(seeds: tuple[int, ...]) -> _Draws:
    parts: list[tuple[Array, ...]] = []
    for seed in seeds:
        data, draw = dataset_of(seed), start_draw(seed, DATA.n_features)
        X, both = data.X_train, np.column_stack([draw, uniform(draw)])
        starts = np.column_stack([both[:-1], np.ones(DATA.n_features)])
        parts.append(
            (
                X @ X.T,
                data.X_test @ X.T,
                data.y_train,
                data.y_test,
                both[-1],
                X @ starts,
                data.X_test @ starts,
                starts.T @ starts,
            )
        )
    gram, cross, y, y_test, bias, on_train, on_test, among = map(np.array, zip(*parts, strict=True))
    seen = on_train.mT @ np.linalg.solve(gram, on_train)
    return _Draws(gram, cross, y, y_test, bias, on_train, on_test, among, seen)


@lru_cache(maxsize=4)
def _orders(seeds: tuple[int, ...], epochs: int) -> NDArray[np.int8]:
    """The rows of every epoch's batches, [epochs, S, N]."""
    orders = [list(batch_order(seed, DATA.n_train, epochs)) for seed in seeds]
    shape = (len(seeds), epochs, DATA.n_train)
    return np.swapaxes(np.array(orders, dtype=np.int8).reshape(shape), 0, 1)


def finish(recipe: Recipe, weight_decays: Sequence[float], seeds: Sequence[int]) -> Ends:
    """Train every seed on its own data with every λ at once: where they end.

    The seeds are those of `DatasetSpec` and `Hyperparameters`: a row equals `train` on that seed.
    """
    lam = as_array("weight_decays", list(weight_decays), 1)
    require(bool((lam >= 0).all()), "weight_decays", ">= 0", float(lam.min(initial=0.0)))
    require(len(seeds) > 0, "seeds", "at least one", tuple(seeds))
    chosen = tuple(int(seed) for seed in seeds)
    return _finish(recipe, tuple(lam.tolist()), chosen)


@lru_cache(maxsize=32)
def _finish(recipe: Recipe, weight_decays: tuple[float, ...], seeds: tuple[int, ...]) -> Ends:
    given = _draws(seeds)
    S, N, L = len(seeds), DATA.n_train, len(weight_decays)
    kind = 0 if recipe.start == "normal" else 1
    mix = np.zeros(3)  # w₀ in the columns of `starts`
    mix[kind], mix[2] = recipe.scale, recipe.mean
    decay = recipe.decay_scale * np.array(weight_decays)
    keep = 1 - recipe.lr * decay
    keep_bias = keep if recipe.decay_bias else np.ones(L)
    step = recipe.lr * (2 if recipe.loss == "mse" else 1) / BATCH_SIZE
    # One row of `rows` times one column of v is a residual: X w₀·γ + (XXᵀ)c + b − y.
    v = np.zeros((S, N + 3, L))
    v[:, 0], v[:, -2], v[:, -1] = 1.0, recipe.bias_scale * given.bias[:, [kind]], 1.0
    rows = np.concatenate(
        [(given.on_train @ mix)[..., None], given.gram, np.ones((S, N, 1)), -given.y[..., None]], 2
    )
    which = np.arange(S)[:, None]
    shrink = np.vstack([np.tile(keep, (N + 1, 1)), keep_bias, np.ones(L)])
    for order in _orders(seeds, recipe.epochs):
        for k in range(0, N, BATCH_SIZE):
            batch = order[:, k : k + BATCH_SIZE]
            move = step * (rows[which, batch] @ v)
            v *= shrink
            v[which, batch + 1] -= move
            v[:, -2] -= move.sum(1)
    return _ends(given, v, rows, mix)


def _ends(given: _Draws, v: Array, rows: Array, mix: Array) -> Ends:
    """Losses and norms of w = γ w₀ + Xᵀc, from inner products."""
    gamma, c, bias = v[:, 0], v[:, 1:-2], v[:, -2]
    start_train, start_test = given.on_train @ mix, given.on_test @ mix
    residual = rows @ v
    test = start_test[..., None] * gamma[:, None] + given.cross @ c + bias[:, None]
    test -= given.y_test[..., None]
    whole = (mix @ given.among @ mix)[:, None]
    hidden = np.maximum(whole - (mix @ given.seen @ mix)[:, None], 0)
    square = gamma**2 * whole + 2 * gamma * (start_train[..., None] * c).sum(1)
    square = square + (c * (given.gram @ c)).sum(1)
    return Ends(
        train=(residual**2).mean(1) / 2,
        test=(test**2).mean(1) / 2,
        norm=np.sqrt(np.maximum(square, 0)),
        unreachable=np.abs(gamma) * np.sqrt(hidden),
        bias=bias,
    )


def baselines(weight_decays: Sequence[float], seeds: Sequence[int]) -> Baselines:
    """What needs no training, for λ of ½·mean square + (λ/2)‖w‖²; λ = 0 is the least-norm fit."""
    lam = np.asarray(weight_decays, dtype=np.float64)
    given = _draws(tuple(int(seed) for seed in seeds))
    y_mean = given.y.mean(1, keepdims=True)
    row_mean = given.gram.mean(1)  # [S, N]: x_i·x̄
    centred = given.gram - row_mean[:, None] - row_mean[..., None]
    centred = centred + row_mean.mean(1)[:, None, None]
    values, vectors = np.linalg.eigh(centred)
    along = (vectors.mT @ (given.y - y_mean)[..., None])[..., 0]
    # centring leaves one direction without any spread: it takes no part
    real = values > values.max(1, keepdims=True) * DATA.n_train * np.finfo(np.float64).eps
    below = values[..., None] + DATA.n_train * lam
    inside = np.where(real[..., None], 1 / np.where(real[..., None], below, 1), 0.0)
    dual = vectors @ (inside * along[..., None])
    dual = dual - dual.mean(1, keepdims=True)
    test = given.cross @ dual - (row_mean[:, None] @ dual)
    residual = test + y_mean[..., None] - given.y_test[..., None]
    constant = ((given.y_test - y_mean) ** 2).mean(1) / 2
    return Baselines(constant=constant, ridge=(residual**2).mean(1) / 2)
