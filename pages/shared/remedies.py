"""How large η may be, what runs do when they go on, and what makes one settle: each found once."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from pages.shared import cached
from pages.shared.fields import Steps
from pages.shared.settings import SETTINGS, Settings
from pages.shared.work import heavy, kept
from wd_core import DatasetSpec, Hyperparameters
from wd_core.linear.behaviour import behaviour
from wd_core.linear.outcomes import StabilityLimit
from wd_core.trials import SECONDS, Course, Trial, affordable, courses, settling

# So many smaller values are tried at once.
MOST_TRIED = 12


@dataclass(frozen=True)
class Remedies:
    """The largest smaller η and λ of the sliders with which a run settles; None: none is known.

    Both have been run for `epochs` epochs.
    """

    lr: float | None = None
    weight_decay: float | None = None
    epochs: int = 0


def limit(settings: Settings) -> StabilityLimit:
    """From which η such a run diverges: the same whatever its η, its start and its length."""
    alike = replace(settings.run, lr=1.0, epochs=1, init_std=1.0)
    return _limit(settings.data, alike)


@kept
def _limit(spec: DatasetSpec, run: Hyperparameters) -> StabilityLimit:
    return behaviour(run, spec.n_train).limit(cached.dataset(spec))


@heavy(lambda settings: SECONDS)
def course(settings: Settings) -> Course | None:
    """What the run does when it goes on; None where that takes too long."""
    data = cached.dataset(settings.data)
    return courses(data, [settings.run])[0] if affordable(data, [settings.run]) else None


@heavy(lambda settings: SECONDS)
def remedies(settings: Settings) -> Remedies:
    """What is found by trying, as far as that is done while somebody waits."""
    run = settings.run
    slower = smaller("lr", min(run.lr, _largest(settings)))
    weaker = smaller("weight_decay", run.weight_decay) if _decay_broke_it(settings) else []
    by_lr = _settled(settings, [replace(run, lr=lr) for lr in slower])
    by_decay = _settled(settings, [replace(run, weight_decay=lam) for lam in weaker])
    return Remedies(
        None if by_lr is None else by_lr.run.lr,
        None if by_decay is None else by_decay.run.weight_decay,
        next((found.course.epochs for found in (by_lr, by_decay) if found), 0),
    )


def _settled(settings: Settings, runs: list[Hyperparameters]) -> Trial | None:
    """The first of these runs that settles; None where none does, or trying takes too long."""
    tried = settling(cached.dataset(settings.data), runs)
    return tried[-1] if tried and tried[-1].settles else None


def smaller(key: str, present: float) -> list[float]:
    """The next smaller values of a slider, the largest first; no more than can be tried soon."""
    setting = SETTINGS[key]
    assert isinstance(setting, Steps)
    falling = sorted((float(step) for step in setting.steps if step < present), reverse=True)
    return falling[:MOST_TRIED]


def _largest(settings: Settings) -> float:
    """Below which an η may settle, as far as that is known without trying."""
    alone = behaviour(settings.run, settings.data.n_train).limit_alone
    known = (limit(settings).lr, math.inf if alone is None else alone.value)
    return min(lr for lr in known if not math.isnan(lr))


def _decay_broke_it(settings: Settings) -> bool:
    """Whether a smaller λ may be all that is needed: the run would be stable without decay.

    Where no limit is known, that is so if decay alone grows.
    """
    if settings.run.weight_decay == 0:
        return False
    without = replace(settings, run=replace(settings.run, weight_decay=0.0))
    known = limit(without).lr
    if math.isnan(known):
        return behaviour(settings.run, settings.data.n_train).grows_alone
    return settings.run.lr < known
