"""The settings of the dimension page: a problem, as its controls and its link say it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np

from pages.shared.fields import Choice, Number, Setting, Steps, Value
from pages.shared.form import Form, Link, Values, link_to
from pages.shared.settings import SETTINGS as TRAIN
from pages.shared.words import label, say
from wd_core.arrays import Array
from wd_core.linear.highdim import Isotropic

Axis = Literal["n_features", "n_train"]
Measure = Literal["risk", "excess", "loss"]
# What varies goes from the fixed size over this to the fixed size times this.
REACH = 10
# Where it is measured, as shares of the fixed size; and at the peak and its neighbours.
SHARES = (
    *(0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 2 / 3, 0.75, 0.8, 0.9, 0.95, 1.0),
    *(1.05, 1.1, 1.2, 4 / 3, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0),
)
MOST = 500
TRAIN_EPOCHS = 2000
LEAST = {"n_features": 1, "n_train": 2}


@dataclass(frozen=True)
class Sizes:
    """What decides which training sets are drawn."""

    axis: Axis
    fixed: int
    intercept: bool
    seed: int
    draws: int

    @property
    def peak(self) -> int:
        """The d, or the n, at which as many features as rows fit any y exactly."""
        if self.axis == "n_features":
            return max(self.fixed - self.intercept, 1)
        return max(self.fixed + self.intercept, LEAST["n_train"])

    @property
    def diverges(self) -> bool:
        """Whether the limit for λ → 0 is infinite at a place of the axis if there is noise."""
        n, d = self.pair(self.peak)
        return n - self.intercept == d

    @property
    def ends(self) -> tuple[int, int]:
        """The least and the largest d or n on the axis."""
        return max(LEAST[self.axis], -(-self.fixed // REACH)), self.fixed * REACH

    def grid(self, also: int) -> list[int]:
        """Every d or n that is measured, in rising order; `also` among them."""
        low, high = self.ends
        round_shares = [round(self.fixed * share) for share in SHARES]
        around = [self.peak - 1, self.peak, self.peak + 1]
        return sorted({x for x in (*round_shares, *around, also) if low <= x <= high})

    def pair(self, x: int) -> tuple[int, int]:
        """n and d at this place of the axis."""
        return (self.fixed, x) if self.axis == "n_features" else (x, self.fixed)


@dataclass(frozen=True)
class Problem:
    """What the picture shows. Of n_train and n_features the axis reads the one it holds fixed."""

    axis: Axis = "n_features"
    n_train: int = 50
    n_features: int = 50
    at: int = 0  # the peak, wherever the sizes put it
    weight_decay: float = 0.02
    noise: float = 0.5
    signal: float = 1.0
    intercept: Literal["on", "off"] = "on"
    measure: Measure = "loss"
    draws: int = 50
    seed: int = 0

    @property
    def sizes(self) -> Sizes:
        """Which training sets are drawn."""
        fixed = self.n_train if self.axis == "n_features" else self.n_features
        return Sizes(self.axis, fixed, self.intercept == "on", self.seed, self.draws)

    @property
    def model(self) -> Isotropic:
        """The distribution of the data."""
        return Isotropic(self.noise, self.signal, self.intercept == "on")

    @property
    def marked(self) -> int:
        """The d or n that is marked: `at`, the end of the axis that is nearer, or the peak."""
        low, high = self.sizes.ends
        return min(max(self.at, low), high) if self.at else self.sizes.peak

    @property
    def grid(self) -> list[int]:
        """Every d or n that is measured, the marked one among them."""
        return self.sizes.grid(self.marked)

    def pairs(self, x: Array | Sequence[float]) -> tuple[Array, Array]:
        """n and d at places of the axis, which need not be whole."""
        varied = np.asarray(x, dtype=np.float64)
        fixed = np.full_like(varied, self.sizes.fixed)
        return (fixed, varied) if self.axis == "n_features" else (varied, fixed)

    @property
    def kinds(self) -> tuple[int, ...]:
        """Which of λ → 0, the fixed λ and the best λ are shown: a fixed λ = 0 is λ → 0."""
        return (0, 1, 2) if self.weight_decay > 0 else (0, 2)

    @property
    def scale(self) -> float:
        """What a mean square is multiplied by before it is shown."""
        return 0.5 if self.measure == "loss" else 1.0

    def shown(self, excess: Array) -> Array:
        """An excess risk as it is shown: with σ² or without, whole or half."""
        return self.scale * (excess + (0.0 if self.measure == "excess" else self.noise**2))


DEFAULT = Problem()

SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Choice(
            "axis",
            label("What grows"),
            label(
                "The axis of the picture: d, the number of features, or n, the number of examples."
            ),
            DEFAULT.axis,
            {
                "n_features": label("features d, at a fixed n"),
                "n_train": label("examples n, at a fixed d"),
            },
        ),
        Number(
            "n_train",
            label("Training examples n"),
            label("n: the number of training examples, the same all along the axis."),
            DEFAULT.n_train,
            2,
            MOST,
            10,
            whole=True,
        ),
        Number(
            "n_features",
            label("Dimension d"),
            label("d: the number of features, the same all along the axis."),
            DEFAULT.n_features,
            1,
            MOST,
            10,
            whole=True,
        ),
        Number(
            "at",
            label("Marked place"),
            label("The d (or n) whose numbers are shown; the slider at the picture moves it."),
            DEFAULT.at,
            1,
            REACH * MOST,
            1,
            whole=True,
            instead=label("the peak is marked instead"),
        ),
        Steps(
            "weight_decay",
            label("Fixed weight decay λ"),
            label(
                "λ: strength of the penalty (λ/2)‖w‖², the same for every d and n; 0 is the limit "
                "λ → 0."
            ),
            DEFAULT.weight_decay,
            TRAIN["weight_decay"].steps,  # type: ignore[union-attr]
        ),
        Number(
            "noise",
            label("Noise σ"),
            label("σ: standard deviation of the noise on y."),
            DEFAULT.noise,
            0.0,
            10.0,
            0.1,
        ),
        Number(
            "signal",
            label("True ‖β‖² = r²"),
            label(
                "r²: squared norm of the true weights, spread evenly over all d; r²/σ² is the SNR."
            ),
            DEFAULT.signal,
            0.01,
            100.0,
            0.5,
        ),
        Choice(
            "intercept",
            label("Intercept b"),
            label("A free bias, never decayed, takes up one example: the peak moves to d = n − 1."),
            DEFAULT.intercept,
            {"on": label("fitted"), "off": label("none (as in the papers)")},
        ),
        Choice(
            "measure",
            label("What is shown"),
            label(
                "Half the mean square error of a new y, as on all pages; or all of it, as in "
                "papers."
            ),
            DEFAULT.measure,
            {
                "loss": label("test loss: half the test risk"),
                "risk": label("test risk: bias² + variance + σ²"),
                "excess": label("excess risk: bias² + variance"),
            },
        ),
        Steps(
            "draws",
            label("Training sets a point"),
            label(
                "How many training sets are drawn at every point; fewer where that takes too long."
            ),
            DEFAULT.draws,
            [5, 10, 20, 50, 100, 200],
            whole=True,
        ),
        Number(
            "seed",
            label("Seed"),
            label("Fixes the training sets: features and noise."),
            DEFAULT.seed,
            0,
            2**31 - 1,
            1,
            whole=True,
        ),
    )
}


def _read(values: Values) -> set[str]:
    return values.keys() - {"n_features" if values["axis"] == "n_features" else "n_train"}


def _said(problem: Problem) -> Values:
    at = 0 if problem.marked == problem.sizes.peak else problem.marked
    return asdict(problem) | {"at": at}


def _mended(problem: Problem, _: Values) -> tuple[Problem, list[str]]:
    """A mark at the peak stays there; of one beside the axis it is said which is shown instead."""
    if problem.at == problem.sizes.peak:
        return replace(problem, at=DEFAULT.at), []
    if problem.at in (DEFAULT.at, problem.marked):
        return problem, []
    low, high = problem.sizes.ends
    said = say(
        "Marked place: {given} in the link lies beside the axis, which goes from {low} to "
        "{high}; {marked} is marked instead.",
        given=problem.at,
        low=low,
        high=high,
        marked=problem.marked,
    )
    return problem, [said]


# A preset is the same wherever its mark stands and whatever is drawn.
FORM = Form(
    "dimension",
    SETTINGS,
    Problem,
    reads=_read,
    said=_said,
    mended=_mended,
    aside=("at", "seed", "draws"),
)


def on_train(problem: Problem) -> Link | None:
    """The link to a run on a training set of the marked size on Train, None where it has no such.

    Full-batch descent from 0 at a third of the largest stable rate in the limit: few examples may
    curve the loss more than that.
    """
    n, d = problem.sizes.pair(problem.marked)
    if problem.intercept == "off":
        return None  # Train always fits an intercept
    curvature = (1 + math.sqrt(d / n)) ** 2 + problem.weight_decay
    values: dict[str, Value] = {
        "weight_decay": problem.weight_decay,
        "lr": float(f"{2 / 3 / curvature:.1g}"),
        "n_features": d,
        "n_train": n,
        "batch_size": n,
        "noise": problem.noise,
        "true_weight": float(f"{math.sqrt(problem.signal / d):.6g}"),
        "true_bias": 0.0,
        "epochs": TRAIN_EPOCHS,
        "init_std": 0.0,
        "seed": problem.seed,
    }
    return link_to("train", values)
