"""Rules that are linear in their gradients: plain SGD, and with a velocity."""

from __future__ import annotations

from typing import Any

from wd_core.optimizers.entry import (
    Decay,
    Destination,
    Limit,
    Optimizer,
    Parts,
    Rates,
    State,
    Tensor,
    Torch,
)
from wd_core.optimizers.facts import APART, NO_FACTOR, STRENGTH, TO_RIDGE
from wd_core.optimizers.formula import Formula
from wd_core.optimizers.settings import Kind, RunSettings


def _no_options(run: RunSettings) -> tuple[str, ...]:
    return ()


def _sgd(v: Tensor, gradient: Tensor, state: State, rates: Rates, t: int) -> tuple[Tensor, State]:
    v = rates.keep * v
    gradient *= rates.lr
    v -= gradient
    return v, state


_PLAIN_LIMIT = Limit(
    lr=Formula("2/h", r"\frac{2}{h}", ("h",), lambda h: 2 / h),
    counted=STRENGTH,
)
_PLAIN: dict[str, Any] = {
    "acts": (
        "A step takes a share of each weight, and moves it against the gradient of the data loss."
    ),
    "part": (
        "Both terms use the old w. ∂L is the gradient of the data loss on this batch alone; the "
        "penalty is not in it."
    ),
    "factor": True,
    "no_factor": "",
    "limit": _PLAIN_LIMIT,
    "end": TO_RIDGE,
}

SGD = Optimizer(
    label="SGD",
    formula=r"w \leftarrow (1-\eta\lambda)\,w - \eta\,g",
    reads=(),
    needs={},
    slots=(),
    update=_sgd,
    parts=Parts(
        memory=None,
        remember=lambda memory, gradient, rates: memory,
        respond=lambda gradient, memory, rates: gradient,
        scale=lambda response, state, rates, t: 1.0,
    ),
    linear=True,
    degree=1,
    leaves_span="",
    one_decay=True,
    featured=True,
    decays={
        "coupled": Decay(
            name="SGD with L2",
            torch=Torch(call="torch.optim.SGD", options=_no_options, decays=True),
            **_PLAIN,
        ),
        "decoupled": Decay(
            name="SGDW",
            torch=Torch(call="torch.optim.SGD", options=_no_options, decays=False),
            **_PLAIN,
        ),
    },
)

# What is left of decay beside a velocity, which adds up 1/(1 − μ) gradients.
TO_WEAKER_RIDGE = Destination(
    shape="ridge",
    strength=Formula("λ(1 − μ)", r"\lambda(1-\mu)", ("λ", "μ"), lambda lam, mu: lam * (1 - mu)),
    on_batches=True,
)


def _momentum(
    v: Tensor, gradient: Tensor, state: State, rates: Rates, t: int
) -> tuple[Tensor, State]:
    (velocity,) = state
    velocity = rates.momentum * velocity
    velocity += rates.pulled(gradient, v)
    return rates.kept(v) - rates.lr * velocity, (velocity,)


def _nesterov(
    v: Tensor, gradient: Tensor, state: State, rates: Rates, t: int
) -> tuple[Tensor, State]:
    (velocity,) = state
    gradient = rates.pulled(gradient, v)
    velocity = rates.momentum * velocity
    velocity += gradient
    step = rates.momentum * velocity
    step += gradient
    step *= rates.lr
    return rates.kept(v) - step, (velocity,)


def _with_velocity(label: str, limit: Formula, beside: Formula, *options: str) -> dict[Kind, Decay]:
    """Both kinds of decay of a rule with a velocity."""

    def written(run: RunSettings) -> tuple[str, ...]:
        return (f"momentum={float(run.momentum)!r}", *options)

    return {
        "coupled": Decay(
            name=f"{label} and L2",
            acts="λw joins the gradient and passes through the velocity with it.",
            part=(
                "λw enters the velocity with the gradient. Decay's part is what the terms λw of "
                "this and earlier steps have put into it."
            ),
            limit=Limit(lr=limit, counted=STRENGTH),
            end=TO_RIDGE,
            torch=Torch(call="torch.optim.SGD", options=written, decays=True),
            **NO_FACTOR,
        ),
        "decoupled": Decay(
            name=f"{label}, decoupled",
            limit=Limit(lr=limit, counted=beside),
            end=TO_WEAKER_RIDGE,
            torch=Torch(call="torch.optim.SGD", options=written, decays=False),
            **APART,
        ),
    }


MOMENTUM = Optimizer(
    label="SGD with momentum",
    formula=(r"\begin{gathered} m \leftarrow \mu m + g \\ w \leftarrow w - \eta\,m \end{gathered}"),
    reads=("momentum",),
    needs={},
    slots=("velocity",),
    update=_momentum,
    parts=Parts(
        memory="velocity",
        remember=lambda memory, gradient, rates: rates.momentum * memory + gradient,
        respond=lambda gradient, memory, rates: rates.momentum * memory + gradient,
        scale=lambda response, state, rates, t: 1.0,
    ),
    linear=True,
    degree=1,
    leaves_span="",
    one_decay=False,
    featured=True,
    decays=_with_velocity(
        "SGD with momentum",
        Formula("2(1 + μ)/h", r"\frac{2(1+\mu)}{h}", ("μ", "h"), lambda mu, h: 2 * (1 + mu) / h),
        Formula("λ(1 + μ)", r"\lambda(1+\mu)", ("λ", "μ"), lambda lam, mu: lam * (1 + mu)),
    ),
)

NESTEROV = Optimizer(
    label="Nesterov momentum",
    formula=(
        r"\begin{gathered} m \leftarrow \mu m + g \\"
        r" w \leftarrow w - \eta\,(g + \mu m) \end{gathered}"
    ),
    reads=("momentum",),
    needs={"momentum": ("> 0", lambda momentum: momentum > 0)},
    slots=("velocity",),
    update=_nesterov,
    parts=Parts(
        memory="velocity",
        remember=lambda memory, gradient, rates: rates.momentum * memory + gradient,
        respond=lambda gradient, memory, rates: (
            gradient + rates.momentum * (rates.momentum * memory + gradient)
        ),
        scale=lambda response, state, rates, t: 1.0,
    ),
    linear=True,
    degree=1,
    leaves_span="",
    one_decay=False,
    featured=False,
    decays=_with_velocity(
        "Nesterov momentum",
        Formula(
            "2(1 + μ)/((1 + 2μ)h)",
            r"\frac{2(1+\mu)}{(1+2\mu)\,h}",
            ("μ", "h"),
            lambda mu, h: 2 * (1 + mu) / ((1 + 2 * mu) * h),
        ),
        Formula(
            "λ(1 + μ)/(1 + 2μ)",
            r"\frac{\lambda(1+\mu)}{1+2\mu}",
            ("λ", "μ"),
            lambda lam, mu: lam * (1 + mu) / (1 + 2 * mu),
        ),
        "nesterov=True",
    ),
)
