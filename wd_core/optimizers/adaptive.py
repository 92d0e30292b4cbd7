"""Rules that divide each weight's step by the size of its gradients: Adam, RMSprop."""

from __future__ import annotations

from typing import Any

from wd_core.optimizers.entry import Decay, Optimizer, Parts, Rates, State, Tensor, Torch
from wd_core.optimizers.facts import APART, NO_FACTOR, box_if_whole, ridge_if_whole
from wd_core.optimizers.settings import RunSettings

DIVIDED = (
    "Where such a run ends on batches is not known: each weight's step is divided by the size of "
    "that weight's gradients, which changes from batch to batch."
)
OUT_OF_ROWS = (
    "It divides each weight's step by the size of that weight's gradients, which leads out of the "
    "row space."
)


def _adam(v: Tensor, gradient: Tensor, state: State, rates: Rates, t: int) -> tuple[Tensor, State]:
    mean, square = state
    gradient = rates.pulled(gradient, v)
    mean = rates.beta1 * mean
    mean += (1 - rates.beta1) * gradient
    square = rates.beta2 * square
    square += (1 - rates.beta2) * (gradient * gradient)
    # √(square/(1 − β₂^t)) + ε and mean/(1 − β₁^t), with one multiplication less
    rest = (1 - rates.beta2**t) ** 0.5
    scale = square**0.5
    scale += rates.eps * rest
    step = mean / scale
    step *= rates.lr * (rest / (1 - rates.beta1**t))
    return rates.kept(v) - step, (mean, square)


def _rmsprop(
    v: Tensor, gradient: Tensor, state: State, rates: Rates, t: int
) -> tuple[Tensor, State]:
    (square,) = state
    gradient = rates.pulled(gradient, v)
    square = rates.beta2 * square
    square += (1 - rates.beta2) * (gradient * gradient)
    scale = square**0.5
    scale += rates.eps
    step = rates.lr * gradient
    step /= scale
    return rates.kept(v) - step, (square,)


def _adams_options(run: RunSettings) -> tuple[str, ...]:
    betas = ", ".join(repr(float(beta)) for beta in run.betas)
    return f"betas=({betas})", f"eps={float(run.eps)!r}"


def _rmsprops_options(run: RunSettings) -> tuple[str, ...]:
    return f"alpha={float(run.betas[1])!r}", f"eps={float(run.eps)!r}"


_COUPLED: dict[str, Any] = {
    "acts": "λw joins the gradient, and with it is divided by the size of the gradients so far.",
    "limit": None,
    "end": ridge_if_whole(DIVIDED),
    **NO_FACTOR,
}
_DECOUPLED: dict[str, Any] = {"limit": None, "end": box_if_whole(DIVIDED), **APART}

ADAM = Optimizer(
    label="Adam",
    formula=(
        r"\begin{gathered} m \leftarrow \beta_1 m + (1-\beta_1) g \\"
        r" s \leftarrow \beta_2 s + (1-\beta_2) g^2 \\"
        r" w \leftarrow w - \eta\,\hat m / (\sqrt{\hat s} + \epsilon) \end{gathered}"
    ),
    reads=("betas", "eps"),
    needs={},
    slots=("mean", "square"),
    update=_adam,
    parts=Parts(
        memory="mean",
        remember=lambda memory, gradient, rates: (
            rates.beta1 * memory + (1 - rates.beta1) * gradient
        ),
        respond=lambda gradient, memory, rates: rates.beta1 * memory + (1 - rates.beta1) * gradient,
        scale=lambda response, state, rates, t: (
            (1 - rates.beta1**t) * ((state[1] / (1 - rates.beta2**t)) ** 0.5 + rates.eps)
        ),
    ),
    linear=False,
    degree=0,
    leaves_span=OUT_OF_ROWS,
    one_decay=False,
    featured=True,
    decays={
        "coupled": Decay(
            name="Adam with L2",
            part=(
                "λw enters the gradient, and Adam divides the mean of all gradients by √ŝ + ε. "
                "Decay's part is the share that the terms λw of this and earlier steps have in "
                "that mean, divided alike; the two parts add up to the step."
            ),
            torch=Torch(call="torch.optim.Adam", options=_adams_options, decays=True),
            **_COUPLED,
        ),
        "decoupled": Decay(
            name="AdamW",
            torch=Torch(call="torch.optim.AdamW", options=_adams_options, decays=True),
            **_DECOUPLED,
        ),
    },
)

RMSPROP = Optimizer(
    label="RMSprop",
    formula=(
        r"\begin{gathered} s \leftarrow \beta_2 s + (1-\beta_2) g^2 \\"
        r" w \leftarrow w - \eta\,g / (\sqrt{s} + \epsilon) \end{gathered}"
    ),
    reads=("betas", "eps"),
    needs={},
    slots=("square",),
    update=_rmsprop,
    parts=Parts(
        memory=None,
        remember=lambda memory, gradient, rates: memory,
        respond=lambda gradient, memory, rates: gradient,
        scale=lambda response, state, rates, t: state[0] ** 0.5 + rates.eps,
    ),
    linear=False,
    degree=0,
    leaves_span=OUT_OF_ROWS,
    one_decay=False,
    featured=False,
    decays={
        "coupled": Decay(
            name="RMSprop with L2",
            part=(
                "λw enters the gradient, and RMSprop divides the sum of both by √s + ε. Decay's "
                "part is λw divided so, times −η; the two parts add up to the step."
            ),
            torch=Torch(call="torch.optim.RMSprop", options=_rmsprops_options, decays=True),
            **_COUPLED,
        ),
        "decoupled": Decay(
            name="RMSprop, decoupled",
            torch=Torch(call="torch.optim.RMSprop", options=_rmsprops_options, decays=False),
            **_DECOUPLED,
        ),
    },
)
