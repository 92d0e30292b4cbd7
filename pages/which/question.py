"""The settings of the page “which”: data, a run, how often it is repeated, and a range of λ."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from pages.shared.fields import Number, Setting, Steps, Value, usual
from pages.shared.form import Form, Link, Values, link_to
from pages.shared.guessing import GuessAxis
from pages.shared.numbers import every_digit
from pages.shared.run import read_by_run, too_large, within_data
from pages.shared.settings import SETTINGS as TRAIN
from pages.shared.settings import Settings, settings_of
from pages.shared.words import label, say
from wd_core import DatasetSpec, Hyperparameters
from wd_core.arrays import Array

# Trained λ, 0 among them, and the digits they are rounded to, so that links to them are short.
TRAINED, DIGITS = 64, 3
# Data on which λ matters, and on which it can be found.
TELLING: dict[str, float] = {
    "n_train": 30,
    "n_test": 1000,
    "n_features": 25,
    "noise": 0.5,
    "true_weight": 0.2,
    "lr": 0.02,
    "batch_size": 10,
}
SHARED = tuple(key for key in TRAIN if key != "weight_decay")

SETTINGS: dict[str, Setting] = {
    key: replace(TRAIN[key], default=TELLING.get(key, TRAIN[key].default))  # type: ignore[arg-type]
    for key in SHARED
} | {
    setting.key: setting
    for setting in (
        Steps(
            "least",
            label("Smallest λ > 0"),
            label("Where the axis of λ begins; λ = 0 has a place of its own to the left."),
            1e-3,
            [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1],
        ),
        Steps(
            "most",
            label("Largest λ"),
            label("Where the axis of λ ends; nothing larger is trained or chosen."),
            10.0,
            [1.0, 3.0, 10.0, 30.0, 100.0],
        ),
        Steps(
            "seeds",
            label("Runs for each λ"),
            label("Seeds of the start and of the batch order; the data stay the same."),
            20,
            [1, 2, 5, 10, 20, 50],
            whole=True,
        ),
        Steps(
            "draws",
            label("Repetitions"),
            label("How many data sets are drawn, or splits of a table, to choose λ on each anew."),
            50,
            [5, 10, 20, 50, 100, 200],
            whole=True,
        ),
        Number(
            "at",
            label("Marked λ"),
            label("λ: the slider at the picture and a click in it move the mark."),
            1.0,
            0.0,
            100.0,
            0.1,
        ),
    )
}
# What of a problem is made of several settings.
PARTS, ENDS = ("data", "run", "span"), ("least", "most")


@dataclass(frozen=True)
class Span:
    """A range of λ: 0, and from `least` to `most`."""

    least: float
    most: float

    @property
    def grid(self) -> Array:
        """The λ that are trained: 0, then even ratios, rounded."""
        return _grid(self.least, self.most)

    def nearest(self, weight_decay: float) -> int:
        """The place in the grid of the λ nearest in ratio; 0 is nearest to 0 alone."""
        if weight_decay <= 0:
            return 0
        return 1 + int(np.abs(np.log(self.grid[1:]) - np.log(weight_decay)).argmin())


@lru_cache(maxsize=64)  # every move asks for it many times
def _grid(least: float, most: float) -> Array:
    even = np.geomspace(least, most, TRAINED - 1)
    grid = np.array([0.0, *(float(f"{lam:.{DIGITS}g}") for lam in even)])
    grid.flags.writeable = False
    return grid


@dataclass(frozen=True)
class Problem:
    """What the picture shows; `run` is without decay, and every λ of the span is put into it."""

    data: DatasetSpec
    run: Hyperparameters
    span: Span
    seeds: int
    draws: int
    at: float

    @property
    def marked(self) -> int:
        """The place in the grid of the marked λ."""
        return self.span.nearest(self.at)

    @property
    def weight_decay(self) -> float:
        """The marked λ."""
        return float(self.span.grid[self.marked])

    @property
    def is_rounded(self) -> bool:
        """Whether another λ was asked for than the marked one, the nearest that is trained."""
        return self.at not in (self.weight_decay, usual(SETTINGS["at"]))

    @property
    def same_for_every_seed(self) -> bool:
        """Whether neither the start nor the order of the examples is random."""
        return self.run.init_std == 0 and self.run.batch_size >= self.data.n_train

    def settings(self, weight_decay: float) -> Settings:
        """The run at this λ, as Train knows it."""
        return Settings(self.data, replace(self.run, weight_decay=weight_decay))

    def values(self) -> dict[str, Value]:
        """Every setting by its key."""
        shared = self.settings(0.0).values()
        own = {key: value for key, value in vars(self).items() if key not in PARTS}
        ends = {key: getattr(self.span, key) for key in ENDS}
        return {key: shared[key] for key in SHARED} | ends | own | {"at": self.weight_decay}


def _problem(**values: Value) -> Problem:
    settings = settings_of({key: values[key] for key in SHARED} | {"weight_decay": 0.0})
    span = Span(*(float(values[key]) for key in ENDS))
    own: dict[str, Any] = {key: values[key] for key in values.keys() - {*SHARED, *ENDS}}
    return Problem(settings.data, settings.run, span, **own)


def _read(values: Values) -> set[str]:
    return {*read_by_run(values), *(values.keys() - SHARED)}


def _said(problem: Problem) -> Values:
    """Of a mark where the default one stands nothing has to be said."""
    at = float(usual(SETTINGS["at"]))
    unmoved = problem.marked == problem.span.nearest(at)
    return problem.values() | ({"at": at} if unmoved else {})


def _mended(problem: Problem, given: Values) -> tuple[Problem, list[str]]:
    """Too many examples or features are all there are; a mark beside the axis stands at its end."""
    complaints = too_large(problem.data, given)
    at = float(given.get("at", problem.weight_decay))
    if not (at == 0 or problem.span.least <= at <= problem.span.most):
        complaints.append(
            say(
                "Marked λ: {given} in the link lies beside the axis, which goes from {least} to "
                "{most}; {weight_decay} is marked instead.",
                given=every_digit(at),
                least=every_digit(problem.span.least),
                most=every_digit(problem.span.most),
                weight_decay=every_digit(problem.weight_decay),
            )
        )
    return problem, complaints


# A preset is the same whatever λ is marked.
FORM = Form(
    "which",
    SETTINGS,
    _problem,
    values=Problem.values,
    reads=_read,
    said=_said,
    mended=_mended,
    limited=within_data,
    aside=("at",),
    axes={
        "weight_decay": GuessAxis(
            label("Weight decay λ"),
            lambda problem: (problem.span.least, problem.span.most),
            log=True,
            place=math.log10,
        )
    },
)


def on_train(problem: Problem) -> Link | None:
    """The link to the marked run on Train."""
    return link_to("train", problem.settings(problem.weight_decay).values())
