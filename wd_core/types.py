"""Specs (numbers and names, hashable) and records (arrays): what goes in and what comes out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Decay = Literal["coupled", "decoupled"]
Loss = Literal["half_mse", "mse"]
Extension = Literal["interactions", "noise"]


def require(ok: bool, name: str, rule: str, value: object) -> None:
    """Raise the ValueError every wrong input gets: its name, the rule, and the value received."""
    if not ok:
        value = value.item() if isinstance(value, np.generic) else value
        raise ValueError(f"{name} must be {rule}, got {value!r}")


def require_whole(name: str, value: object, least: int) -> None:
    """Raise the ValueError of `require` unless the value is a whole number from `least` on."""
    if type(value) is int and value >= least:
        return
    fits = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least
    require(bool(fits), name, f"a whole number >= {least}", value)


def _number(name: str, value: object, rule: str, ok: Callable[[float], bool]) -> None:
    if type(value) is float and math.isfinite(value) and ok(value):
        return  # what a sweep is made of, thousands of times: nothing else is asked
    number = math.nan
    if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
        with suppress(OverflowError):  # a whole number may be too large for a float
            number = float(value)
    require(math.isfinite(number) and ok(number), name, f"a finite number {rule}".rstrip(), value)


def _non_negative(name: str, value: object) -> None:
    _number(name, value, ">= 0", lambda x: x >= 0)


def _positive(name: str, value: object) -> None:
    _number(name, value, "> 0", lambda x: x > 0)


def _share(name: str, value: object) -> None:
    _number(name, value, "in [0, 1)", lambda x: 0 <= x < 1)


def require_one_of(name: str, value: object, choices: Sequence[str]) -> None:
    """The same for a name: it must be one of these."""
    if not isinstance(value, str) or value not in choices:  # an array answers `in` for each entry
        require(False, name, f"one of {', '.join(choices)}", value)


@dataclass(frozen=True)
class DatasetSpec:
    """What to draw or load: a source of `wd_core.data.DATASETS` and its numbers.

    A field that a source does not read is ignored by it. Wrong values raise ValueError.
    `noise`: standard deviation on the targets; `correlation`: of neighbouring features;
    `n_informative`: weights that are not 0; `extension`: what a table gets beyond its columns.
    """

    source: str = "linear"
    n_train: int = 20
    n_test: int = 100
    n_features: int = 200
    noise: float = 0.01
    true_weight: float = 0.01
    true_bias: float = 0.05
    seed: int = 0
    n_informative: int = 10
    correlation: float = 0.9
    extension: Extension = "interactions"

    def __post_init__(self) -> None:
        from wd_core.data import DATASETS  # the registry imports this module

        require_one_of("source", self.source, tuple(DATASETS))
        for name in ("n_train", "n_test", "n_features", "n_informative"):
            require_whole(name, getattr(self, name), 1)
        require_whole("seed", self.seed, 0)
        _non_negative("noise", self.noise)
        _number("true_weight", self.true_weight, "", lambda _: True)
        _number("true_bias", self.true_bias, "", lambda _: True)
        _number("correlation", self.correlation, "between -1 and 1", lambda x: -1 < x < 1)
        require_one_of("extension", self.extension, get_args(Extension))


@dataclass(frozen=True)
class Hyperparameters:
    """The settings of one run, named as in torch.optim.

    `loss="half_mse"`: gradient of 1/(2B) Σ r² with B the nominal batch size, so a short last
    batch of m rows scales its whole step, coupled decay included, by m/B (the book's scratch code).
    `loss="mse"`: gradient of the mean of r² over the rows at hand (the book's concise code).
    `decay="coupled"` adds weight_decay·w to the gradient; `"decoupled"` multiplies w by
    (1 − lr·weight_decay) before the step, as torch's AdamW does.
    `max_norm` = √θ: after each step w is projected onto ‖w‖ <= max_norm, the bias untouched.
    The start is w ~ init_std·N(0, 1), b ~ init_bias_std·N(0, 1). Wrong values raise ValueError.
    """

    weight_decay: float = 0.0
    lr: float = 0.003
    batch_size: int = 5
    epochs: int = 100
    optimizer: str = "sgd"
    momentum: float = 0.9
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    decay: Decay = "coupled"
    loss: Loss = "half_mse"
    max_norm: float | None = None
    decay_bias: bool = False
    init_std: float = 1.0
    init_bias_std: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        given, defaults = vars(self), Hyperparameters.__dict__
        for name, check in _OF_A_RUN.items():
            value = given[name]
            if value is not defaults[name]:  # most are, in the thousands of runs of a sweep
                check(name, value)
        if self.optimizer is not defaults["optimizer"]:  # which needs nothing
            _require_what_the_rule_needs(self)
        if type(self.betas) is not tuple:
            object.__setattr__(self, "betas", tuple(self.betas))

    @property
    def ridge_weight_decay(self) -> float:
        """λ of the objective L + (λ/2)‖w‖² whose gradient this loss convention descends.

        `mse` has twice the data gradient, so its weight_decay counts half (THEORY: wd = 2λ).
        """
        return self.weight_decay / 2 if self.loss == "mse" else self.weight_decay


def _require_what_the_rule_needs(run: Hyperparameters) -> None:
    from wd_core.optimizers import OPTIMIZERS  # the registry imports this module

    for name, (rule, fits) in OPTIMIZERS[run.optimizer].needs.items():
        value = getattr(run, name)
        require(fits(value), name, f"{rule} for the optimizer {run.optimizer}", value)


def _optimizer(name: str, value: object) -> None:
    from wd_core.optimizers import OPTIMIZERS

    require_one_of(name, value, tuple(OPTIMIZERS))


def _betas(name: str, value: object) -> None:
    require(isinstance(value, Sequence) and len(value) == 2, name, "two numbers", value)
    assert isinstance(value, Sequence)
    for beta in value:
        _share(name, beta)


def _flag(name: str, value: object) -> None:
    require(isinstance(value, bool), name, "True or False", value)


_OF_A_RUN: dict[str, Callable[[str, object], None]] = {
    "weight_decay": _non_negative,
    "lr": _positive,
    "batch_size": partial(require_whole, least=1),
    "epochs": partial(require_whole, least=0),
    "optimizer": _optimizer,
    "momentum": _share,
    "betas": _betas,
    "eps": _positive,
    "decay": partial(require_one_of, choices=get_args(Decay)),
    "loss": partial(require_one_of, choices=get_args(Loss)),
    "max_norm": _positive,
    "decay_bias": _flag,
    "init_std": _non_negative,
    "init_bias_std": _non_negative,
    "seed": partial(require_whole, least=0),
}


def as_array(name: str, value: ArrayLike | Any, ndim: int) -> Array:
    """A float64 array of `ndim` axes from an array, a list or a tensor; ValueError otherwise."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        given = np.asarray(value)
    except ValueError:  # rows of different lengths
        given = np.empty(0, dtype=object)
    require(given.dtype.kind in "biuf", name, "an array of real numbers", type(value).__name__)
    require(given.ndim == ndim, name, f"an array with {ndim} axes", given.shape)
    array = np.asarray(given, dtype=np.float64, order="C")
    require(bool(np.isfinite(array).all()), name, "finite everywhere", "nan or inf")
    return array


@dataclass(frozen=True, eq=False)
class Dataset:
    """Training and test data in float64, from `make_dataset` or straight from arrays.

    X_train [N, D], y_train [N], X_test [M, D], y_test [M]; w_true [D] and b_true where the
    truth is known. Arrays, lists and tensors are taken; wrong shapes or values raise ValueError.
    `note` says in a sentence what was done to the data. With `n_classes` = C the targets are
    classes, whole numbers 0 ... C − 1.
    """

    X_train: Array
    y_train: Array
    X_test: Array
    y_test: Array
    w_true: Array | None = None
    b_true: float | None = None
    note: str = ""
    feature_names: tuple[str, ...] = field(default=())
    n_classes: int | None = None

    def __post_init__(self) -> None:
        for name, ndim in (("X_train", 2), ("y_train", 1), ("X_test", 2), ("y_test", 1)):
            object.__setattr__(self, name, as_array(name, getattr(self, name), ndim))
        if self.w_true is not None:
            object.__setattr__(self, "w_true", as_array("w_true", self.w_true, 1))
            require(
                self.w_true.shape == (self.n_features,),
                "w_true",
                f"of length {self.n_features}",
                self.w_true.shape,
            )
        if self.b_true is not None:
            _number("b_true", self.b_true, "", lambda _: True)
        for part in ("train", "test"):
            X, y = getattr(self, f"X_{part}"), getattr(self, f"y_{part}")
            require(min(X.shape) >= 1, f"X_{part}", "of at least one row and column", X.shape)
            require(len(X) == len(y), f"y_{part}", f"as long as X_{part} ({len(X)})", len(y))
        require(
            self.X_test.shape[1] == self.n_features,
            "X_test",
            f"of {self.n_features} columns as X_train",
            self.X_test.shape,
        )
        if self.n_classes is not None:
            require_whole("n_classes", self.n_classes, 2)
            largest = min(self.n_classes - 1, int(np.finfo(np.float64).max))
            for name in ("y_train", "y_test"):
                y = getattr(self, name)
                fits = bool(((y == np.round(y)) & (y >= 0) & (y <= largest)).all())
                require(fits, name, f"whole numbers from 0 to {self.n_classes - 1}", y)

    @property
    def n_train(self) -> int:
        """N, the number of training examples."""
        return len(self.X_train)

    @property
    def n_features(self) -> int:
        """D, the dimension."""
        return int(self.X_train.shape[1])


@dataclass(frozen=True, eq=False)
class EpochRecord:
    """R runs after `epoch` epochs (0: before any step).

    train_loss, test_loss [R]: half mean square without the penalty; penalty [R]: (λ/2)‖w‖² in the
    same unit; weight_norm [R]: ‖w‖ without the bias; bias [R]; weights [R, D], worked out on first
    access. `diverged` [R]: the run has left the range of floats, or all sense (see `Divergence`).
    Of networks: the model's own loss, weight_norm over what is decayed, bias NaN, and, where there
    are classes, the share of examples put into the right one, train_accuracy and test_accuracy [R].
    """

    epoch: int
    train_loss: Array
    test_loss: Array
    penalty: Array
    weight_norm: Array
    bias: Array
    diverged: NDArray[np.bool_]
    expand: Callable[[], Array] = field(repr=False)
    train_accuracy: Array | None = None
    test_accuracy: Array | None = None
    layers: Callable[[], tuple[Array, ...]] | None = field(default=None, repr=False)

    @cached_property
    def weights(self) -> Array:
        """w of every run, [R, D]; of a network all weight matrices, one after the other."""
        return self.expand()

    @cached_property
    def parameters(self) -> tuple[Array, ...]:
        """What is trained, [R, ...] each: (w, b), or a network's arrays in torch's order."""
        return (self.weights, self.bias) if self.layers is None else self.layers()


@dataclass(frozen=True, eq=False)
class Run:
    """The records of a stream, stacked: epoch [E], the rest [E, R], weights [E, R, D].

    diverged_at [R]: the epoch at which each run diverged, −1 for a run that did not.
    """

    epoch: NDArray[np.int64]
    train_loss: Array
    test_loss: Array
    penalty: Array
    weight_norm: Array
    bias: Array
    diverged_at: NDArray[np.int64]
    records: tuple[EpochRecord, ...] = field(repr=False)
    train_accuracy: Array | None = None
    test_accuracy: Array | None = None

    @cached_property
    def weights(self) -> Array:
        """w after every recorded epoch, [E, R, D]."""
        return np.stack([record.weights for record in self.records])

    @cached_property
    def parameters(self) -> tuple[Array, ...]:
        """What is trained after every recorded epoch, [E, R, ...] each."""
        each = [record.parameters for record in self.records]
        return tuple(np.stack(arrays) for arrays in zip(*each, strict=True))
