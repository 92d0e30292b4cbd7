"""What both penalties make of the same data at every λ, and of one weight in a step."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pages.shared import cached
from pages.shared.work import heavy
from pages.zeros.question import Question
from wd_core import DatasetSpec, l1_path, ridge_path
from wd_core.arrays import Array
from wd_core.optimizers.penalties import thresholded

# Seconds a path takes for a weight let in, and each of its numbers; measured, roughly.
SPEED = 7e-8


@dataclass(frozen=True, eq=False)
class Path:
    """A penalty's solutions: weights [K, D], losses and how many weights are exactly 0 [K]."""

    weights: Array
    train_loss: Array
    test_loss: Array
    zeros: Array

    @property
    def best(self) -> int:
        """The place of the λ with the least test loss."""
        return int(self.test_loss.argmin())


@dataclass(frozen=True, eq=False)
class Solved:
    """The exact solutions under the L1 norm and under weight decay, at every λ of the axis.

    empties: the least λ at which the L1 norm leaves no weight.
    """

    weight_decays: tuple[float, ...]
    sharp: Path
    smooth: Path
    empties: float


def _seconds(spec: DatasetSpec) -> float:
    n, d = spec.n_train, spec.n_features
    return SPEED * d * d * min(n, d)


@heavy(lambda spec, weight_decays: _seconds(spec))
def solutions(spec: DatasetSpec, weight_decays: tuple[float, ...]) -> Solved:
    """The exact solutions of a data set at these λ."""
    data = cached.dataset(spec)
    sharp, smooth = l1_path(data, weight_decays), ridge_path(data, weight_decays)
    pull = data.X_train.T @ (data.y_train - data.y_train.mean()) / data.n_train
    return Solved(
        weight_decays,
        Path(sharp.weights, sharp.train_loss, sharp.test_loss, sharp.zeros.astype(float)),
        Path(
            smooth.weights,
            smooth.train_loss,
            smooth.test_loss,
            (smooth.weights == 0).sum(1).astype(float),
        ),
        float(np.abs(pull).max()),
    )


def solved(question: Question) -> Solved:
    """The solutions at every λ that the question has a picture of."""
    return solutions(question.data, question.stops)


@dataclass(frozen=True)
class Step:
    """What a step of the penalty alone makes of a weight: cut is ηλ."""

    weight: float
    cut: float

    @property
    def sharp(self) -> float:
        """Less the same amount for every weight, and no further than zero."""
        return float(cut(np.array([self.weight]), self.cut)[0])

    @property
    def smooth(self) -> float:
        """Less a share of itself."""
        return (1 - self.cut) * self.weight

    @property
    def to_zero(self) -> int:
        """After how many such steps the L1 norm has it at exactly zero."""
        steps = abs(self.weight) / self.cut
        return math.ceil(steps - 1e-9 * steps)

    @property
    def to_half(self) -> float:
        """After how many such steps half of it is left under weight decay."""
        return math.log(0.5) / math.log1p(-self.cut)


def cut(weights: Array, amount: float) -> Array:
    """Weights after the L1 norm's part of a step, by the engine's own rule."""
    return np.asarray(thresholded(weights, amount))


def step(question: Question, place: int) -> Step:
    """The step of the question at one λ of the axis."""
    return Step(question.weight, question.lr * question.stops[place])
