"""Update rules, and the registry that names them.

A rule is written with operators alone, so that the same function runs on NumPy arrays and on torch
tensors. It moves the augmented weights v [K+2, R]: the coordinates of w, the bias, and a constant
−1 (see `training`). `Rates` holds every number of the runs in a shape that broadcasts against v,
with zeros in the rows that a number must not touch, so no rule mentions bias or constant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Tensor = Any  # np.ndarray on the CPU, torch.Tensor on a GPU: operators only
State = tuple[Tensor, ...]


@dataclass(frozen=True)
class Rates:
    """The numbers of one step for R runs: lr, pull, keep [K+2, R], the rest [1, R].

    `pull` is the coefficient of w in the gradient (coupled decay); `keep` multiplies w before the
    step (decoupled decay): of the two kinds of decay, one is always idle (pull 0 or keep 1).
    """

    lr: Tensor
    pull: Tensor
    keep: Tensor
    momentum: Tensor
    beta1: Tensor
    beta2: Tensor
    eps: Tensor


Update = Callable[[Tensor, Tensor, State, Rates, int], tuple[Tensor, State]]


@dataclass(frozen=True)
class Optimizer:
    """One entry of the registry.

    label and formula are for the page, `reads` names the fields of Hyperparameters it uses,
    `slots` is the number of arrays of state (all start at zero), `update(v, gradient, state,
    rates, t)` is step number t = 1, 2, ... and returns (v, state). `spans` says that v never
    leaves the span of its start and the training rows. `kinds_of_decay_differ` is False where
    coupled and decoupled decay are the same rule, which is then given as `keep`.
    """

    label: str
    formula: str
    reads: tuple[str, ...]
    slots: int
    update: Update
    spans: bool = True
    kinds_of_decay_differ: bool = True


def _sgd(v: Tensor, gradient: Tensor, state: State, rates: Rates, t: int) -> tuple[Tensor, State]:
    return rates.keep * v - rates.lr * gradient, state


def _momentum(
    v: Tensor, gradient: Tensor, state: State, rates: Rates, t: int
) -> tuple[Tensor, State]:
    (velocity,) = state
    velocity = rates.momentum * velocity + (gradient + rates.pull * v)
    return rates.keep * v - rates.lr * velocity, (velocity,)


def _nesterov(
    v: Tensor, gradient: Tensor, state: State, rates: Rates, t: int
) -> tuple[Tensor, State]:
    (velocity,) = state
    gradient = gradient + rates.pull * v
    velocity = rates.momentum * velocity + gradient
    return rates.keep * v - rates.lr * (gradient + rates.momentum * velocity), (velocity,)


def _adam(v: Tensor, gradient: Tensor, state: State, rates: Rates, t: int) -> tuple[Tensor, State]:
    mean, square = state
    gradient = gradient + rates.pull * v
    mean = rates.beta1 * mean + (1 - rates.beta1) * gradient
    square = rates.beta2 * square + (1 - rates.beta2) * (gradient * gradient)
    scale = (square / (1 - rates.beta2**t)) ** 0.5 + rates.eps
    return rates.keep * v - rates.lr * (mean / (1 - rates.beta1**t)) / scale, (mean, square)


OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer(
        label="SGD",
        formula=r"w \leftarrow (1-\eta\lambda)\,w - \eta\,g",
        reads=(),
        slots=0,
        update=_sgd,
        kinds_of_decay_differ=False,
    ),
    "momentum": Optimizer(
        label="SGD with momentum",
        formula=r"m \leftarrow \mu m + g, \quad w \leftarrow w - \eta\,m",
        reads=("momentum",),
        slots=1,
        update=_momentum,
    ),
    "nesterov": Optimizer(
        label="Nesterov momentum",
        formula=r"m \leftarrow \mu m + g, \quad w \leftarrow w - \eta\,(g + \mu m)",
        reads=("momentum",),
        slots=1,
        update=_nesterov,
    ),
    "adam": Optimizer(
        label="Adam",
        formula=(
            r"m \leftarrow \beta_1 m + (1-\beta_1) g, \quad"
            r" s \leftarrow \beta_2 s + (1-\beta_2) g^2, \quad"
            r" w \leftarrow w - \eta\,\hat m / (\sqrt{\hat s} + \epsilon)"
        ),
        reads=("betas", "eps"),
        slots=2,
        update=_adam,
        spans=False,
    ),
}
