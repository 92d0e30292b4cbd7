"""Optimizers that nobody ships, each with its oracle: one entry must be enough for everything."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from wd_core import Hyperparameters
from wd_core.optimizers import Decay, Formula, Limit, Optimizer, Parts, Rates, State, Torch
from wd_core.optimizers.facts import APART, NO_FACTOR, STRENGTH, TO_RIDGE, box_if_whole, neither

AVERAGED_CLASS = '''\
class Averaged(torch.optim.Optimizer):
    """Steps along the running average of the gradients."""

    def __init__(self, params, lr, momentum, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            mu = group["momentum"]
            for p in group["params"]:
                mean = self.state[p].setdefault("mean", torch.zeros_like(p))
                mean.mul_(mu).add_((1 - mu) * (p.grad + group["weight_decay"] * p))
                p.sub_(group["lr"] * mean)
'''
SIGNED_CLASS = '''\
class Signed(torch.optim.Optimizer):
    """Steps by the sign of the gradient."""

    def __init__(self, params, lr, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p.sub_(group["lr"] * torch.sign(p.grad + group["weight_decay"] * p))
'''
NOWHERE = "On batches its end is not known: the signs change from batch to batch."


class ByHand(torch.optim.Optimizer):
    """A rule of NumPy: `move(w, g, kept, t)` returns the step and what is kept of each weight."""

    def __init__(self, groups: list[dict[str, Any]], lr: float, move: Any) -> None:
        super().__init__(groups, {"weight_decay": 0.0})
        self.lr, self.move = lr, move

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """One step of every weight."""
        for group in self.param_groups:
            for p in group["params"]:
                kept = self.state[p].setdefault("kept", torch.zeros_like(p))
                g = p.grad.numpy() + group["weight_decay"] * p.numpy()
                moved, keeps = self.move(g, kept.numpy())
                kept.copy_(torch.as_tensor(keeps))
                p.copy_(torch.as_tensor(p.numpy() - self.lr * moved))


def averaged_oracle(groups: list[dict[str, Any]], run: Hyperparameters) -> torch.optim.Optimizer:
    """The same written as a weighted sum with one term split off."""

    def move(g: Any, mean: Any) -> tuple[Any, Any]:
        mean = mean + (1 - run.momentum) * (g - mean)
        return mean, mean

    return ByHand(groups, run.lr, move)


def signed_oracle(groups: list[dict[str, Any]], run: Hyperparameters) -> torch.optim.Optimizer:
    """The sign of each gradient."""
    return ByHand(groups, run.lr, lambda g, kept: (np.sign(g), kept))


def _averaged(v: Any, gradient: Any, state: State, rates: Rates, t: int) -> tuple[Any, State]:
    (mean,) = state
    mean = rates.momentum * mean + (1 - rates.momentum) * (gradient + rates.pull * v)
    return rates.keep * v - rates.lr * mean, (mean,)


def _signed(v: Any, gradient: Any, state: State, rates: Rates, t: int) -> tuple[Any, State]:
    gradient = gradient + rates.pull * v
    step = rates.lr * (gradient > 0) - rates.lr * (gradient < 0)
    return rates.keep * v - step, state


def _mixed(memory: Any, gradient: Any, rates: Rates) -> Any:
    return rates.momentum * memory + (1 - rates.momentum) * gradient


def _mu(run: Hyperparameters) -> tuple[str, ...]:
    return (f"momentum={float(run.momentum)!r}",)


_LIMIT = Formula(
    "2(1 + μ)/((1 − μ)h)",
    r"\frac{2(1+\mu)}{(1-\mu)h}",
    ("μ", "h"),
    lambda mu, h: 2 * (1 + mu) / ((1 - mu) * h),
)
_BESIDE = Formula(
    "λ(1 + μ)/(1 − μ)",
    r"\lambda\tfrac{1+\mu}{1-\mu}",
    ("λ", "μ"),
    lambda lam, mu: lam * (1 + mu) / (1 - mu),
)

# Linear, with a state: it goes to ridge(λ) with either kind of decay.
AVERAGED = Optimizer(
    label="Averaged, nobody’s №1",
    formula=r"a \leftarrow \mu a + (1-\mu) g, \quad w \leftarrow w - \eta\,a",
    reads=("momentum",),
    needs={},
    slots=("mean",),
    update=_averaged,
    parts=Parts(
        memory="mean",
        remember=lambda memory, gradient, rates: _mixed(memory, gradient, rates),
        respond=lambda gradient, memory, rates: _mixed(memory, gradient, rates),
        scale=lambda response, state, rates, t: 1.0,
    ),
    linear=True,
    degree=1,
    leaves_span="",
    one_decay=False,
    featured=False,
    decays={
        "coupled": Decay(
            name="Averaged with L2",
            acts="λw joins the gradient and is averaged with it.",
            part="λw enters the average. Decay's part is the share of the terms λw in it.",
            limit=Limit(lr=_LIMIT, counted=STRENGTH),
            end=TO_RIDGE,
            torch=Torch(call="Averaged", options=_mu, decays=True, definition=AVERAGED_CLASS),
            **NO_FACTOR,
        ),
        "decoupled": Decay(
            name="AveragedW",
            limit=Limit(lr=_LIMIT, counted=_BESIDE),
            end=TO_RIDGE,
            torch=Torch(call="Averaged", options=_mu, decays=False, definition=AVERAGED_CLASS),
            **APART,
        ),
    },
)
_SIGNED_TORCH = {"call": "Signed", "options": lambda run: (), "definition": SIGNED_CLASS}
# Not linear, without a state, and no ridge solution anywhere on batches.
SIGNED = Optimizer(
    label="Signed, nobody’s №2",
    formula=r"w \leftarrow w - \eta\,\mathrm{sign}(g)",
    reads=(),
    needs={},
    slots=(),
    update=_signed,
    parts=Parts(
        memory=None,
        remember=lambda memory, gradient, rates: memory,
        respond=lambda gradient, memory, rates: gradient,
        scale=lambda response, state, rates, t: abs(response) + (response == 0),
    ),
    linear=False,
    degree=0,
    leaves_span="It steps by the sign of each gradient, which leads out of the row space.",
    one_decay=False,
    featured=False,
    decays={
        "coupled": Decay(
            name="Signed with L2",
            acts="λw joins the gradient, of which only the sign counts.",
            part="λw enters the gradient. Decay's part is its share of that, divided by its size.",
            limit=None,
            end=box_if_whole(NOWHERE),
            torch=Torch(decays=True, **_SIGNED_TORCH),  # type: ignore[arg-type]
            **NO_FACTOR,
        ),
        "decoupled": Decay(
            name="SignedW",
            limit=None,
            end=box_if_whole(NOWHERE),
            torch=Torch(decays=False, **_SIGNED_TORCH),  # type: ignore[arg-type]
            **APART,
        ),
    },
)
SHORTER = "The data's part of each step becomes ever smaller and decay's does not, so w goes to 0."


def _summed(v: Any, gradient: Any, state: State, rates: Rates, t: int) -> tuple[Any, State]:
    gradient = gradient + rates.pull * v
    total = state[0] + gradient * gradient
    return rates.keep * v - rates.lr * gradient / (total**0.5 + rates.eps), (total,)


def _eps(run: Hyperparameters) -> tuple[str, ...]:
    return (f"eps={float(run.eps)!r}",)


# Not linear, and yet at a ridge solution on batches, too; beside decoupled decay at none at all.
SUMMED = Optimizer(
    label="Summed, nobody’s №3",
    formula=r"s \leftarrow s + g^2, \quad w \leftarrow w - \eta\,g / (\sqrt{s} + \epsilon)",
    reads=("eps",),
    needs={},
    slots=("total",),
    update=_summed,
    parts=Parts(
        memory=None,
        remember=lambda memory, gradient, rates: memory,
        respond=lambda gradient, memory, rates: gradient,
        scale=lambda response, state, rates, t: state[0] ** 0.5 + rates.eps,
    ),
    linear=False,
    degree=0,
    leaves_span="It divides each weight's step by all of that weight's gradients.",
    one_decay=False,
    featured=False,
    decays={
        "coupled": Decay(
            name="Summed with L2",
            acts="λw joins the gradient and is divided with it.",
            part="λw enters the gradient. Decay's part is λw divided so, times −η.",
            limit=None,
            end=TO_RIDGE,
            torch=Torch(call="torch.optim.Adagrad", options=_eps, decays=True),
            **NO_FACTOR,
        ),
        "decoupled": Decay(
            name="SummedW",
            limit=None,
            end=neither(SHORTER),
            torch=Torch(call="torch.optim.Adagrad", options=_eps, decays=False),
            **APART,
        ),
    },
)
RULES = {"zz_averaged": AVERAGED, "zz_signed": SIGNED, "zz_summed": SUMMED}
RULE_ORACLES = {
    "zz_averaged": averaged_oracle,
    "zz_signed": signed_oracle,
    "zz_summed": lambda groups, run: torch.optim.Adagrad(groups, lr=run.lr, eps=run.eps),
}
# What the averaged one makes of gradients of so many steps ago.
RULE_AGES = {"zz_averaged": lambda run, age: (1 - run.momentum) * run.momentum**age}
