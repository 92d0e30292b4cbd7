"""One λ in the words of other libraries: what to type there for the same ridge solution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from wd_core.checks import Phrase, require_non_negative, require_number, require_whole
from wd_core.data.scripts import number
from wd_core.signatures import typed


@dataclass(frozen=True)
class Setting:
    """What a library is told: `value` of its parameter, and a line of code that says it.

    None where its update minimises no ridge objective.
    """

    value: float | None
    code: str


@dataclass(frozen=True, kw_only=True)
class Convention:
    """How a library states its penalty.

    label: its name; objective (LaTeX): what it minimises, in its own parameter; told: what to type
    for λ, η and n examples; why: a sentence on the factor, or on why there is none.
    """

    label: str
    objective: str
    told: Callable[[float, float, int], Setting]
    why: str


def _ridge(weight_decay: float, lr: float, n_train: int) -> Setting:
    alpha = n_train * weight_decay
    return Setting(alpha, f"Ridge(alpha={number(alpha)}).fit(X, y)")


def _sgd_regressor(weight_decay: float, lr: float, n_train: int) -> Setting:
    rate = 'learning_rate="constant"'
    told = f"alpha={number(weight_decay)}, {rate}, eta0={number(lr)}"
    return Setting(weight_decay, f'SGDRegressor(penalty="l2", {told}).fit(X, y)')


def _torch(weight_decay: float, lr: float) -> str:
    decayed = f'{{"params": [w], "weight_decay": {number(weight_decay)}}}'
    return f'torch.optim.SGD([{decayed}, {{"params": [b]}}], lr={number(lr)})'


def _torch_half(weight_decay: float, lr: float, n_train: int) -> Setting:
    return Setting(weight_decay, _torch(weight_decay, lr))


def _torch_mse(weight_decay: float, lr: float, n_train: int) -> Setting:
    return Setting(2 * weight_decay, _torch(2 * weight_decay, lr / 2))


def _adamw(weight_decay: float, lr: float, n_train: int) -> Setting:
    return Setting(None, "")


def _keras(weight_decay: float, lr: float, n_train: int) -> Setting:
    told = f"kernel_regularizer=keras.regularizers.L2({number(weight_decay)})"
    return Setting(weight_decay, f"keras.layers.Dense(1, {told})")


def _optax(weight_decay: float, lr: float, n_train: int) -> Setting:
    decayed = f"optax.add_decayed_weights({number(weight_decay)})"
    return Setting(weight_decay, f"optax.chain({decayed}, optax.sgd({number(lr)}))")


CONVENTIONS: Final[dict[str, Convention]] = {
    "ridge": Convention(
        label="scikit-learn, Ridge",
        objective=r"\sum_i (x_i w + b - y_i)^2 + \alpha\,\|w\|^2",
        told=_ridge,
        why=Phrase("It adds up the squares of all examples, so that α = nλ."),
    ),
    "sgd_regressor": Convention(
        label="scikit-learn, SGDRegressor",
        objective=r"\tfrac{1}{2n}\sum_i (x_i w + b - y_i)^2 + \tfrac{\alpha}{2}\|w\|^2",
        told=_sgd_regressor,
        why=Phrase("It states λ as this page does, and takes one example at each step."),
    ),
    "torch_half": Convention(
        label="torch, SGD, half the mean square",
        objective=r"\tfrac{1}{2n}\sum_i (x_i w + b - y_i)^2 + \tfrac{\lambda}{2}\|w\|^2",
        told=_torch_half,
        why=Phrase("weight_decay adds λw to the gradient: the penalty is (λ/2)‖w‖²."),
    ),
    "torch_mse": Convention(
        label="torch, SGD, nn.MSELoss",
        objective=r"\tfrac1n\sum_i (x_i w + b - y_i)^2 + \tfrac{\lambda}{2}\|w\|^2",
        told=_torch_mse,
        why=Phrase("The loss lacks the factor ½: double λ, and halve the learning rate."),
    ),
    "adamw": Convention(
        label="torch, AdamW",
        objective="",
        told=_adamw,
        why=Phrase(
            "There is none: AdamW divides the gradient by its recent size, but not the decay. It "
            "keeps each single weight within ±1/λ instead."
        ),
    ),
    "keras": Convention(
        label="Keras, loss mse",
        objective=r"\tfrac1n\sum_i (x_i w + b - y_i)^2 + \ell_2\,\|w\|^2",
        told=_keras,
        why=Phrase("Loss and penalty are both twice ours, so that λ stays as it is."),
    ),
    "optax": Convention(
        label="optax, half the mean square",
        objective=r"\tfrac{1}{2n}\sum_i (x_i w + b - y_i)^2 + \tfrac{\lambda}{2}\|w\|^2",
        told=_optax,
        why=Phrase(
            "It adds λw to the gradient before the step, to b as well, unless a mask leaves it out."
        ),
    ),
}


@typed
def in_conventions(weight_decay: float, lr: float, n_train: int) -> dict[str, Setting]:
    """What to type in each library for the ridge solution at λ, by the names of `CONVENTIONS`.

    That is the minimiser of 1/(2n) Σ (x·w + b − y)² + (λ/2)‖w‖², the bias not penalised, for
    n_train examples; `lr` is the η of the lines that have one. ValueError for wrong values.
    """
    require_non_negative("weight_decay", weight_decay)
    require_number("lr", lr, "above 0", lambda x: x > 0)
    require_whole("n_train", n_train, 1)
    told = (weight_decay, lr, n_train)
    return {name: convention.told(*told) for name, convention in CONVENTIONS.items()}
