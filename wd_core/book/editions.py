"""The editions of the book whose chapter this is: their recipes, and the numbers they print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wd_core.book.ends import Quantity
from wd_core.book.recipes import DATA, Code, Recipe


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
    """A book or tutorial for one framework. `why`: what sets its numbers apart, a sentence each.

    penalised: the codes whose plotted losses contain the penalty.
    """

    key: str
    label: str
    recipes: dict[Code, Recipe]
    printed: tuple[Printed, ...]
    why: tuple[str, ...]
    penalised: tuple[Code, ...] = ()

    def __hash__(self) -> int:
        return hash(self.key)


_FIRST = Recipe(lr=0.003, epochs=100)
_FIRST_CONCISE = replace(_FIRST, loss="mse", bias_scale=1.0)
_SMALL = Recipe(lr=0.01, epochs=10, scale=0.01)
# Keras and Glorot: uniform on ±√(6/(fan in + fan out)); nn.Linear: on ±1/√(fan in), b as well.
_KERAS = replace(
    _FIRST,
    loss="mse",
    start="uniform",
    scale=float(np.sqrt(6 / (DATA.n_features + 1))),
    decay_scale=2.0,
)
_BOUND = float(1 / np.sqrt(DATA.n_features))
_LAZY = replace(_SMALL, loss="mse", start="uniform", scale=_BOUND, bias_scale=_BOUND)
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
_BOTH_PENALISED = (
    "Both codes add the penalty inside `loss`, so all curves they plot, validation too, contain the"
    " penalty."
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
    penalised: tuple[Code, ...] = ("scratch",),
) -> Edition:
    both: dict[Code, Recipe] = {"scratch": _SMALL, "concise": recipe}
    printed = _prints("half_square", scratch, (None, concise))
    last = _PENALISED if penalised == ("scratch",) else _BOTH_PENALISED
    why = (_SMALL_START, _HALF_SQUARE, *why, last)
    return Edition(key, label, both, printed, why, penalised)


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
                " N(0, 0.01²) start is lost: w and b start uniform on ±1/√200 instead.",
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
            ("scratch", "concise"),
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
