"""The settings of a run, checked against the registry of optimizers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import get_args

from wd_core.checks import (
    require,
    require_non_negative,
    require_one_of,
    require_positive,
    require_share,
    require_whole,
)
from wd_core.optimizers.registry import OPTIMIZERS
from wd_core.optimizers.settings import KINDS, Loss, RunSettings


@dataclass(frozen=True)
class Hyperparameters(RunSettings):
    """The settings of one run, named as in torch.optim.

    `loss="half_mse"`: gradient of 1/(2B) Σ r² with B the nominal batch size, so a short last
    batch of m rows scales its whole step, coupled decay included, by m/B (the book's scratch code).
    `loss="mse"`: gradient of the mean of r² over the rows at hand (the book's concise code).
    `decay="coupled"` adds weight_decay·w to the gradient; `"decoupled"` multiplies w by
    (1 − lr·weight_decay) before the step, as torch's AdamW does.
    `max_norm` = √θ: after each step w is projected onto ‖w‖ <= max_norm, the bias untouched.
    The start is w ~ init_std·N(0, 1), b ~ init_bias_std·N(0, 1). Wrong values raise ValueError.
    """

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            require_setting(name, value)
        _require_what_the_rule_needs(self)
        if type(self.betas) is not tuple:
            object.__setattr__(self, "betas", tuple(self.betas))

    @property
    def ridge_weight_decay(self) -> float:
        """λ of the objective L + (λ/2)‖w‖² whose gradient this loss convention descends.

        `mse` has twice the data gradient, so its weight_decay counts half (THEORY: wd = 2λ).
        """
        return self.weight_decay / 2 if self.loss == "mse" else self.weight_decay


def require_setting(name: str, value: object) -> None:
    """Raise the ValueError of a field of Hyperparameters unless it takes this value."""
    if value is not getattr(RunSettings, name):
        _OF_A_RUN[name](name, value)


def _require_what_the_rule_needs(run: Hyperparameters) -> None:
    for name, (rule, fits) in OPTIMIZERS[run.optimizer].needs.items():
        value = getattr(run, name)
        require(fits(value), name, f"{rule} for the optimizer {run.optimizer}", value)


def _betas(name: str, value: object) -> None:
    require(isinstance(value, Sequence) and len(value) == 2, name, "two numbers", value)
    assert isinstance(value, Sequence)
    for beta in value:
        require_share(name, beta)


def _flag(name: str, value: object) -> None:
    require(isinstance(value, bool), name, "True or False", value)


_OF_A_RUN: dict[str, Callable[[str, object], None]] = {
    "weight_decay": require_non_negative,
    "lr": require_positive,
    "batch_size": partial(require_whole, least=1),
    "epochs": partial(require_whole, least=0),
    "optimizer": lambda name, value: require_one_of(name, value, tuple(OPTIMIZERS)),
    "momentum": require_share,
    "betas": _betas,
    "eps": require_positive,
    "decay": partial(require_one_of, choices=KINDS),
    "loss": partial(require_one_of, choices=get_args(Loss)),
    "max_norm": require_positive,
    "decay_bias": _flag,
    "init_std": require_non_negative,
    "init_bias_std": require_non_negative,
    "seed": partial(require_whole, least=0),
}
