"""Where recipes end for many seeds and many λ at once, and what needs no training at all.

Every seed has data of its own, so the runs cannot be columns of one matrix. Nor need they be: w
never leaves the span of the training rows and of the draws s_k that its start is made of,
w = Σ γ_k s_k + Xᵀc, so [γ, c, b] move with the Gram matrix XXᵀ [N, N] alone, and all seeds, recipes
and λ take a step in one multiplication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wd_core.arrays import Array, as_array
from wd_core.book.draws import Draws
from wd_core.book.recipes import BATCH_SIZE, DATA, Recipe
from wd_core.checks import Phrase, require
from wd_core.signatures import typed

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

    @typed
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

    @typed
    def columns(self, which: slice) -> Ends:
        """The same of these columns alone."""
        parts = {field.name: getattr(self, field.name)[:, which].copy() for field in fields(self)}
        return Ends(**parts)


@dataclass(frozen=True, eq=False)
class Baselines:
    """Test losses of S seeds without training: the constant predictor [S], exact ridge [S, L]."""

    constant: Array
    ridge: Array


@typed
def finish(recipes: Sequence[Recipe], weight_decays: Sequence[float], draws: Draws) -> list[Ends]:
    """Train every seed on its own data by every recipe with every λ at once: where each ends.

    A row equals `train` on that seed. ValueError for a λ below 0, and where a recipe has more
    epochs than are drawn.
    """
    return _trained(recipes, weight_decays, draws, _last)


@typed
def courses(recipes: Sequence[Recipe], weight_decays: Sequence[float], draws: Draws) -> list[Ends]:
    """The same of one seed, after every epoch from 0 on instead of every seed: [E + 1, L]."""
    require(len(draws.y) == 1, "draws", "of one seed", len(draws.y))
    return _trained(recipes, weight_decays, draws, _every)


def _last(states: Iterator[Array]) -> Array:
    *_, last = states
    return last


def _every(states: Iterator[Array]) -> Array:
    return np.concatenate([state.copy() for state in states])


def _trained(
    recipes: Sequence[Recipe],
    weight_decays: Sequence[float],
    draws: Draws,
    chosen: Callable[[Iterator[Array]], Array],
) -> list[Ends]:
    lam = as_array("weight_decays", list(weight_decays), 1)
    require(bool((lam >= 0).all()), "weight_decays", ">= 0", float(lam.min(initial=0.0)))
    require(lam.size > 0, "weight_decays", "at least one λ", lam.tolist())
    ends: dict[int, Ends] = {}
    for epochs in {recipe.epochs for recipe in recipes}:
        require(
            epochs <= len(draws.order),
            "epochs",
            Phrase("at most {count}", count=len(draws.order)),
            epochs,
        )
        places = [place for place, recipe in enumerate(recipes) if recipe.epochs == epochs]
        columns = _Columns([recipes[place] for place in places], lam, draws)
        ends |= zip(places, columns.ends(chosen(columns.walk())), strict=True)
    return [ends[place] for place in range(len(recipes))]


@dataclass(frozen=True, eq=False)
class _Columns:
    """Runs of one number of epochs, a column for each recipe and λ; their state is [γ, c, b, 1]."""

    recipes: Sequence[Recipe]
    lam: Array
    draws: Draws

    @cached_property
    def mix(self) -> Array:
        """γ at the start, for every recipe [3, R]."""
        mix = np.zeros((3, len(self.recipes)))
        for column, recipe in enumerate(self.recipes):
            mix[_kind(recipe), column] = recipe.scale
            mix[2, column] = recipe.mean
        return mix

    @cached_property
    def used(self) -> NDArray[np.int64]:
        """Which of the draws the starts are made of [K]."""
        return np.flatnonzero(self.mix.any(axis=1))

    @cached_property
    def rows(self) -> Array:
        """A row of these [S, N, K + N + 2] times a column of the state is a residual."""
        draws = self.draws
        y, on_train = draws.y[..., None], draws.on_train[..., self.used]
        return np.concatenate([on_train, draws.gram, np.ones_like(y), -y], axis=2)

    def walk(self) -> Iterator[Array]:
        """The state [S, K + N + 2, R·L] before the first epoch and after each: always one array."""
        K, (S, N), L = len(self.used), self.draws.y.shape, len(self.lam)
        lr = np.array([[recipe.lr] for recipe in self.recipes])
        decays_bias = np.array([[recipe.decay_bias] for recipe in self.recipes])
        slope = np.array([2.0 if recipe.loss == "mse" else 1.0 for recipe in self.recipes])
        keep = 1 - lr * np.array([recipe.decay_scale * self.lam for recipe in self.recipes])
        keep_bias = np.where(decays_bias, keep, 1.0)
        shrink = np.vstack(
            [np.tile(keep.ravel(), (K + N, 1)), keep_bias.ravel(), np.ones(keep.size)]
        )
        step = np.repeat(lr[:, 0] * slope / BATCH_SIZE, L)
        bias = [recipe.bias_scale * self.draws.bias[:, _kind(recipe)] for recipe in self.recipes]
        v = np.zeros((S, K + N + 2, keep.size))
        v[:, :K] = np.repeat(self.mix[self.used], L, axis=1)
        v[:, -2], v[:, -1] = np.repeat(np.stack(bias, axis=1), L, axis=1), 1.0
        yield v
        # What of the state a row's move changes: its own c, and b.
        moved = np.hstack([np.zeros((N, K)), np.eye(N), np.ones((N, 1)), np.zeros((N, 1))])
        every, seeds = self.rows, np.arange(S)[:, None]
        for order in self.draws.order[: self.recipes[0].epochs]:
            rows, places = every[seeds, order], moved[order]
            for k in range(0, N, BATCH_SIZE):
                batch = slice(k, k + BATCH_SIZE)
                move = step * (rows[:, batch] @ v)
                v *= shrink
                v -= places[:, batch].mT @ move
            yield v

    def ends(self, v: Array) -> list[Ends]:
        """Losses and norms of w = Σ γ_k s_k + Xᵀc by recipe, from inner products."""
        draws, used = self.draws, self.used
        gamma, c, bias = v[:, : len(used)], v[:, len(used) : -2], v[:, -2]
        on_train, on_test = draws.on_train[..., used], draws.on_test[..., used]
        among, beyond = (part[:, used][..., used] for part in (draws.among, draws.beyond))
        residual = self.rows @ v
        test = on_test @ gamma + draws.cross @ c + bias[:, None] - draws.y_test[..., None]
        square = (gamma * (among @ gamma)).sum(1) + 2 * (c * (on_train @ gamma)).sum(1)
        square += (c * (draws.gram @ c)).sum(1)
        whole = Ends(
            train=(residual**2).mean(1) / 2,
            test=(test**2).mean(1) / 2,
            norm=np.sqrt(np.maximum(square, 0)),
            unreachable=np.sqrt(np.maximum((gamma * (beyond @ gamma)).sum(1), 0)),
            bias=bias.copy(),
        )
        return [
            whole.columns(slice(k, k + len(self.lam))) for k in range(0, v.shape[2], len(self.lam))
        ]


def _kind(recipe: Recipe) -> int:
    """Which draw the start of a recipe scales."""
    return 0 if recipe.start == "normal" else 1


@typed
def baselines(weight_decays: Sequence[float], draws: Draws) -> Baselines:
    """What needs no training, for λ of ½·mean square + (λ/2)‖w‖²; λ = 0 is the least-norm fit."""
    lam = np.asarray(weight_decays, dtype=np.float64)
    y_mean = draws.y.mean(1, keepdims=True)
    row_mean = draws.gram.mean(1)  # [S, N]: x_i·x̄
    centred = draws.gram - row_mean[:, None] - row_mean[..., None]
    centred = centred + row_mean.mean(1)[:, None, None]
    values, vectors = np.linalg.eigh(centred)
    along = (vectors.mT @ (draws.y - y_mean)[..., None])[..., 0]
    # centring leaves one direction without any spread: it takes no part
    real = values > values.max(1, keepdims=True) * DATA.n_train * np.finfo(np.float64).eps
    below = values[..., None] + DATA.n_train * lam
    inside = np.where(real[..., None], 1 / np.where(real[..., None], below, 1), 0.0)
    dual = vectors @ (inside * along[..., None])
    dual = dual - dual.mean(1, keepdims=True)
    test = draws.cross @ dual - (row_mean[:, None] @ dual)
    residual = test + y_mean[..., None] - draws.y_test[..., None]
    constant = ((draws.y_test - y_mean) ** 2).mean(1) / 2
    return Baselines(constant=constant, ridge=(residual**2).mean(1) / 2)
