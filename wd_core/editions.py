"""The editions of the book whose chapter this is: their settings, what they print, and ours.

A `Recipe` is what a program does: rate, epochs, loss, start. An `Edition` is a book or tutorial for
one framework: a recipe for each of its two codes, and the numbers it prints. `finish` runs a recipe
on fresh data for many seeds and many λ at once and returns where all of them end.

Every seed has data of its own, so the runs cannot be columns of one matrix. Nor need they be: w
never leaves the span of its start and the training rows, w = γ w₀ + Xᵀc, so [γ, c, b] move with
the Gram matrix XXᵀ [N, N] alone, and all seeds take a step in one multiplication.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from wd_core.data import make_dataset
from wd_core.training import batch_order, start_draw
from wd_core.types import Array, Dataset, DatasetSpec, Hyperparameters, as_array, require

Code = Literal["scratch", "concise"]
Quantity = Literal["norm", "half_square", "train", "test", "train_mse", "test_mse"]
Start = Literal["normal", "uniform"]

# The chapter's data, the same in every edition: 20 examples in 200 dimensions.
DATA = DatasetSpec()
BATCH_SIZE = 5


@dataclass(frozen=True)
class Recipe:
    """What one program of the book does.

    The start is w ~ mean + scale·N(0, 1), or uniform on mean ± scale; b ~ bias_std·N(0, 1).
    `decay_scale`: its λ counts so many times as torch's weight_decay (Keras's l2 has no ½: twice).
    """

    lr: float
    epochs: int
    loss: Literal["half_mse", "mse"] = "half_mse"
    start: Start = "normal"
    mean: float = 0.0
    scale: float = 1.0
    bias_std: float = 0.0
    decay_scale: float = 1.0
    decay_bias: bool = False

    def run(self, weight_decay: float, seed: int = 0) -> Hyperparameters:
        """The same as `Hyperparameters`, all but the start, which `start_of` gives."""
        return Hyperparameters(
            weight_decay=self.decay_scale * weight_decay,
            lr=self.lr,
            batch_size=BATCH_SIZE,
            epochs=self.epochs,
            loss=self.loss,
            decay_bias=self.decay_bias,
            init_std=self.scale,
            init_bias_std=self.bias_std,
            seed=seed,
        )

    @property
    def plain_start(self) -> bool:
        """Whether `Hyperparameters` alone can say the start."""
        return self.start == "normal" and self.mean == 0

    @property
    def steps(self) -> int:
        """How many steps it takes."""
        return self.epochs * -(-DATA.n_train // BATCH_SIZE)

    def shrink(self, weight_decay: ArrayLike) -> Array:
        """(1 − η·wd)^steps: what is left of w where no example reaches."""
        step = 1 - self.lr * self.decay_scale * np.asarray(weight_decay, dtype=np.float64)
        return np.asarray(step**self.steps)

    def ridge_weight_decay(self, weight_decay: float) -> float:
        """λ of the objective ½·mean square + (λ/2)‖w‖² that this program descends for its λ."""
        return self.run(weight_decay).ridge_weight_decay


@dataclass(frozen=True)
class Printed:
    """A number as an edition prints it; `read_off`: it stands in a plot, not in the text."""

    code: Code
    weight_decay: float
    quantity: Quantity
    value: float
    read_off: bool = False


@dataclass(frozen=True)
class Edition:
    """A book or tutorial for one framework. `why`: what sets its numbers apart, a sentence each."""

    key: str
    label: str
    recipes: dict[Code, Recipe]
    printed: tuple[Printed, ...]
    why: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.key)


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


def dataset_of(seed: int) -> Dataset:
    """The chapter's data as this seed draws them."""
    return make_dataset(replace(DATA, seed=seed))


def start_of(recipe: Recipe, seed: int) -> tuple[Array, float]:
    """w [D] and b at the start."""
    draw = start_draw(seed, DATA.n_features)
    w = draw[:-1] if recipe.start == "normal" else _uniform(draw[:-1])
    return recipe.mean + recipe.scale * w, float(recipe.bias_std * draw[-1])


def _uniform(normal: Array) -> Array:
    """A standard normal draw as one that is uniform on ±1: 2Φ(z) − 1."""
    return np.asarray(torch.erf(torch.from_numpy(normal / np.sqrt(2))).numpy())


@dataclass(frozen=True, eq=False)
class _Draws:
    """Data and starts of S seeds, by their inner products.

    gram [S, N, N], cross [S, M, N], y [S, N], y_test [S, M], bias [S]; `starts` [S, D, 3]: the
    normal draw, the uniform one, and ones; on_train [S, N, 3] and on_test [S, M, 3] are X·starts,
    among [S, 3, 3] their products, seen [S, 3, 3] those of their parts in the row space.
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
        X, w = data.X_train, draw[:-1]
        starts = np.column_stack([w, _uniform(w), np.ones_like(w)])
        parts.append(
            (
                X @ X.T,
                data.X_test @ X.T,
                data.y_train,
                data.y_test,
                draw[-1],
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
    mix = np.zeros(3)  # w₀ in the columns of `starts`
    mix[0 if recipe.start == "normal" else 1] = recipe.scale
    mix[2] = recipe.mean
    decay = recipe.decay_scale * np.array(weight_decays)
    keep = 1 - recipe.lr * decay
    keep_bias = keep if recipe.decay_bias else np.ones(L)
    step = recipe.lr * (2 if recipe.loss == "mse" else 1) / BATCH_SIZE
    # One row of `rows` times one column of v is a residual: X w₀·γ + (XXᵀ)c + b − y.
    v = np.zeros((S, N + 3, L))
    v[:, 0], v[:, -2], v[:, -1] = 1.0, recipe.bias_std * given.bias[:, None], 1.0
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


# ---------------------------------------------------------------- the editions

_FIRST = Recipe(lr=0.003, epochs=100)
_FIRST_CONCISE = replace(_FIRST, loss="mse", bias_std=1.0)
_SMALL = Recipe(lr=0.01, epochs=10, scale=0.01)
# Keras and Glorot: uniform on ±√(6/(fan in + fan out)); nn.Linear: on ±1/√(fan in), b as well.
_KERAS = replace(
    _FIRST,
    loss="mse",
    start="uniform",
    scale=float(np.sqrt(6 / (DATA.n_features + 1))),
    decay_scale=2.0,
)
_LAZY = replace(_SMALL, loss="mse", start="uniform", scale=float(1 / np.sqrt(DATA.n_features)))
_SHIFTED = replace(_FIRST, mean=1.0)

_NO_HALF = (
    "The concise code's MSELoss has no ½: its data step is twice as large, its λ counts half, and"
    " its loss curves stand twice as high."
)
_BIAS_DRAWN = "The concise code draws its bias from N(0, 1); the scratch code starts it at 0."
_SHIFT = (
    "The scratch code passes mean=1 where the other frameworks' pass a standard deviation of 1: w"
    " starts at N(1, 1), √2 times as long as at N(0, 1)."
)
_KERAS_START = (
    "The concise code keeps Keras's own Glorot start, far shorter than N(0, 1); its l2 has no ½, so"
    " that wd = 2λ."
)
_KERAS_LOSS = (
    "The concise code's MeanSquaredError has no ½ either: data step and decay are both twice as"
    " large, so λ means the same, but the loss curves stand twice as high."
)
_HALF_SQUARE = "What it prints as “L2 norm of w” is ½‖w‖², the penalty without its λ."
_SMALL_START = "It starts at N(0, 0.01²) and trains for 10 epochs at η = 0.01."
_PENALISED = (
    "Its scratch code adds the penalty inside `loss`, so both curves it plots, validation too,"
    " contain the penalty."
)


def _prints(
    quantity: Quantity, scratch: Sequence[float], concise: Sequence[float | None]
) -> tuple[Printed, ...]:
    """Numbers at λ = 0 and λ = 3 of the two codes; None where none is printed."""
    codes: tuple[tuple[Code, Sequence[float | None]], ...] = (
        ("scratch", scratch),
        ("concise", concise),
    )
    return tuple(
        Printed(code, lam, quantity, value)
        for code, values in codes
        for lam, value in zip((0.0, 3.0), values, strict=True)
        if value is not None
    )


def _first(
    key: str,
    label: str,
    scratch: tuple[float, float],
    concise: tuple[float, float],
    recipes: tuple[Recipe, Recipe],
    why: tuple[str, ...],
    more: tuple[Printed, ...] = (),
) -> Edition:
    both: dict[Code, Recipe] = {"scratch": recipes[0], "concise": recipes[1]}
    return Edition(key, label, both, (*_prints("norm", scratch, concise), *more), why)


def _one(
    key: str,
    label: str,
    scratch: tuple[float, float],
    concise: float,
    recipe: Recipe,
    why: tuple[str, ...],
) -> Edition:
    both: dict[Code, Recipe] = {"scratch": _SMALL, "concise": recipe}
    printed = _prints("half_square", scratch, (None, concise))
    return Edition(key, label, both, printed, (_SMALL_START, _HALF_SQUARE, *why, _PENALISED))


EDITIONS: dict[str, Edition] = {
    edition.key: edition
    for edition in (
        _first(
            "zh-pytorch",
            "Chinese 2.0, PyTorch",
            (12.963, 0.3557),
            (13.728, 0.3891),
            (_FIRST, _FIRST_CONCISE),
            (_NO_HALF, _BIAS_DRAWN),
            (
                Printed("scratch", 0.0, "test", 98.1, read_off=True),
                Printed("scratch", 3.0, "test", 0.080, read_off=True),
                Printed("concise", 0.0, "test_mse", 209.0, read_off=True),
                Printed("concise", 3.0, "test_mse", 0.185, read_off=True),
            ),
        ),
        _first(
            "zh-tensorflow",
            "Chinese 2.0, TensorFlow",
            (19.007, 0.5016),
            (1.2167, 0.03247),
            (_SHIFTED, _KERAS),
            (_SHIFT, _KERAS_START, _KERAS_LOSS),
        ),
        _first(
            "zh-mxnet",
            "Chinese 2.0, MXNet",
            (13.259, 0.3825),
            (15.014, 0.3399),
            (_FIRST, _FIRST),
            ("Gluon's L2Loss has the ½: both codes are one and the same computation.",),
        ),
        _first(
            "zh-paddle",
            "Chinese 2.0, Paddle",
            (13.147, 0.4087),
            (13.261, 0.3603),
            (_FIRST, replace(_FIRST_CONCISE, decay_bias=True)),
            (
                _NO_HALF,
                _BIAS_DRAWN,
                "Its concise code passes weight_decay for all parameters: the bias decays too,"
                " contrary to its comment.",
            ),
        ),
        _first(
            "classic-pytorch",
            "English classic 0.17, PyTorch",
            (14.315, 0.3710),
            (13.136, 0.4068),
            (_FIRST, _FIRST_CONCISE),
            (_NO_HALF, _BIAS_DRAWN),
        ),
        _first(
            "classic-tensorflow",
            "English classic 0.17, TensorFlow",
            (19.748, 0.4978),
            (1.3401, 0.03395),
            (_SHIFTED, _KERAS),
            (_SHIFT, _KERAS_START, _KERAS_LOSS),
        ),
        _one(
            "en-pytorch",
            "English 1.0, PyTorch",
            (0.009949, 0.001727),
            0.013780,
            _LAZY,
            (
                "The concise code's LazyLinear is initialised again at its first call, so its"
                " N(0, 0.01²) start is lost: w starts uniform on ±1/√200 instead.",
                _NO_HALF,
            ),
        ),
        _one(
            "en-mxnet",
            "English 1.0, MXNet",
            (0.009326, 0.001208),
            0.001310,
            _SMALL,
            ("Gluon's L2Loss has the ½: both codes are one and the same computation.",),
        ),
        _one(
            "en-tensorflow",
            "English 1.0, TensorFlow",
            (0.010886, 0.001744),
            0.000964,
            replace(_SMALL, loss="mse", decay_scale=2.0),
            (
                "Keras's l2 has no ½, so that the concise code has wd = 2λ.",
                _KERAS_LOSS,
            ),
        ),
        _one(
            "en-jax",
            "English 1.0, JAX",
            (0.010942, 0.001490),
            0.001469,
            replace(_SMALL, decay_bias=True),
            ("Optax's l2_loss has the ½, and its decay reaches the bias too.",),
        ),
        Edition(
            "tutorial",
            "The tutorial, PyTorch",
            {"scratch": _FIRST, "concise": _FIRST_CONCISE},
            (),
            (
                "Its settings are those of the Chinese edition; none of its printed numbers is"
                " quoted here.",
                "Its concise loop evaluates inside the loop over batches: four points for every"
                " epoch it logs.",
                _NO_HALF,
                _BIAS_DRAWN,
            ),
        ),
    )
}
