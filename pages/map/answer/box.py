"""Where each rule ends on two weights whose answers are known exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pages.map.question import Panel
from pages.shared.work import kept
from wd_core import OPTIMIZERS, Dataset, Hyperparameters, Quadratic, train
from wd_core.arrays import Array
from wd_core.linear.behaviour import behaviour
from wd_core.linear.outcomes import End
from wd_core.optimizers import KINDS

# H and w̃ of the loss ½ (w − w̃)ᵀH(w − w̃), and λ.
CURVATURE, MINIMISER, WEIGHT_DECAY = (1.0, 4.0), (3.0, -0.2), 2.0
STEPS, LR = 4000, 0.002
# A walk of such steps stays so near to where it goes.
NEAR = 8 * LR


@dataclass(frozen=True, eq=False)
class Arrival:
    """A rule and kind of decay, where it goes by what is known, the exact point [2] of that (None:
    unknown), and where it arrives [2]; `either`: the other kind of decay is the same rule.
    """

    panel: Panel
    either: bool
    end: End
    exact: Array | None
    reached: Array

    @property
    def away(self) -> float:
        """How far from the exact point it arrives, in either weight."""
        return np.nan if self.exact is None else float(np.abs(self.reached - self.exact).max())

    @property
    def arrived(self) -> bool:
        """Whether so many steps were enough for it."""
        return self.away <= NEAR


@kept
def arrivals(optimizers: tuple[str, ...]) -> tuple[Arrival, ...]:
    """Full-batch descent from w = 0, with data whose curvature is CURVATURE and whose mean is 0."""
    half = np.diag(np.sqrt(2 * np.array(CURVATURE)))
    X = np.concatenate([half, -half])
    data = Dataset(X, X @ np.array(MINIMISER), X, X @ np.array(MINIMISER))
    panels = [
        Panel(name, decay)
        for name in optimizers
        for decay in (KINDS[:1] if OPTIMIZERS[name].one_decay else KINDS)
    ]
    runs = [
        Hyperparameters(
            weight_decay=WEIGHT_DECAY,
            lr=LR,
            batch_size=len(X),
            epochs=STEPS,
            optimizer=panel.optimizer,
            decay=panel.decay,
            init_std=0.0,
        )
        for panel in panels
    ]
    *_, last = train(data, runs, record_every=STEPS)
    ends = [behaviour(run, len(X)).end for run in runs]
    return tuple(
        Arrival(panel, OPTIMIZERS[panel.optimizer].one_decay, end, _point(end), reached)
        for panel, end, reached in zip(panels, ends, last.weights, strict=True)
    )


def _point(end: End) -> Array | None:
    """The exact point of an end; H is diagonal, so that a box cuts w̃ off at its sides."""
    if end.weight_decay is not None:
        problem = Quadratic(np.diag(CURVATURE), np.array(MINIMISER))
        return problem.ridge(end.weight_decay.value)
    if end.bound is not None:
        return np.clip(MINIMISER, -end.bound.value, end.bound.value)
    return None
