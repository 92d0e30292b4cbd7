"""Whether a run settles, and which smaller learning rate makes it: both found by running it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from pages.shared import cached
from pages.shared.settings import SETTINGS, Settings, Steps
from pages.shared.step.replays import measured
from pages.shared.story import ALIKE


@dataclass(frozen=True)
class Course:
    """The training loss of a run: at its start and end, and its highest in the second half.

    diverged_at: the epoch at which the run diverged, None for one that did not; highest_at: the
    epoch of the highest; untrained: the loss of predicting the mean of y, where a strong decay may
    rightly end.
    """

    start: float
    end: float
    highest: float
    highest_at: int
    untrained: float
    diverged_at: int | None

    @property
    def settles(self) -> bool:
        """Whether the loss, in all of the second half, is no higher than before the first step."""
        return self.diverged_at is None and self.highest <= ALIKE * max(self.start, self.untrained)


@dataclass(frozen=True)
class Trial:
    """A learning rate and what the run does with it."""

    lr: float
    course: Course


def course(settings: Settings) -> Course | None:
    """What the run does; None where running it takes a while."""
    if not cached.is_short(settings):
        return None
    run = cached.short_run(settings)
    loss, half = run.train_loss[:, 0], len(run.epoch) // 2
    at = half + int(loss[half:].argmax())
    diverged = int(run.diverged_at[0])
    return Course(
        start=float(loss[0]),
        end=float(loss[-1]),
        highest=float(loss[at]),
        highest_at=int(run.epoch[at]),
        untrained=cached.untrained_loss(cached.dataset(settings.data)),
        diverged_at=None if diverged < 0 else diverged,
    )


def candidates(settings: Settings) -> list[float]:
    """The slider's learning rates below the limits and the present one, the largest first."""
    setting, run = SETTINGS["lr"], settings.run
    assert isinstance(setting, Steps)
    most = np.fmin(run.lr, measured(settings).lowest)
    return sorted((float(step) for step in setting.steps if step < most), reverse=True)


@lru_cache(maxsize=64)
def trials(settings: Settings) -> tuple[Trial, ...]:
    """The candidates run one after the other, down to the first that settles.

    Where none of them does, all are there; of a run that takes a while, none is.
    """
    found = []
    for lr in candidates(settings) if cached.is_short(settings) else ():
        ran = course(replace(settings, run=replace(settings.run, lr=lr)))
        assert ran is not None  # as short as the present run
        found.append(Trial(lr, ran))
        if ran.settles:
            break
    return tuple(found)


def mended(settings: Settings) -> float | None:
    """The largest candidate that settles, or, where none can be tried, the largest."""
    if not cached.is_short(settings):
        return next(iter(candidates(settings)), None)
    return next((trial.lr for trial in trials(settings) if trial.course.settles), None)
