"""How large η may be, what runs do when they go on, and what makes one settle: each found once."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

from pages.shared import cached
from pages.shared.settings import SETTINGS, Settings, Steps
from wd_core import DatasetSpec, Hyperparameters
from wd_core.behaviour import StabilityLimit, behaviour
from wd_core.trials import Course, affordable, courses, settling

# So many smaller steps of a slider are tried, the largest first.
MOST_TRIED = 6


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


@lru_cache(maxsize=64)
def _limit(spec: DatasetSpec, run: Hyperparameters) -> StabilityLimit:
    return behaviour(run, spec.n_train).limit(cached.dataset(spec))


@lru_cache(maxsize=64)
def course(settings: Settings) -> Course | None:
    """What the run does when it goes on; None where that takes too long."""
    data = cached.dataset(settings.data)
    return courses(data, [settings.run])[0] if affordable(data, [settings.run]) else None


@lru_cache(maxsize=64)
def remedies(settings: Settings) -> Remedies:
    """What is found by trying, as far as that is done while somebody waits."""
    data, run = cached.dataset(settings.data), settings.run
    if not affordable(data, [run]):
        return Remedies()
    tried = settling(data, run, _smaller("lr", min(run.lr, _largest(settings)))) or ()
    lr = next((trial.lr for trial in tried if trial.course.settles), None)
    weight_decay, ran = None, [trial.course for trial in tried]
    weaker = _smaller("weight_decay", run.weight_decay) if _decay_broke_it(settings) else []
    runs = [replace(run, weight_decay=lam) for lam in weaker]
    if runs and affordable(data, runs):
        ran = courses(data, runs)
        found = zip(weaker, ran, strict=True)
        weight_decay = next((lam for lam, course in found if course.settles), None)
    return Remedies(lr, weight_decay, ran[0].epochs if ran else 0)


def _smaller(key: str, present: float) -> list[float]:
    """The slider's next smaller values, the largest first."""
    setting = SETTINGS[key]
    assert isinstance(setting, Steps)
    return [float(step) for step in setting.steps if step < present][: -MOST_TRIED - 1 : -1]


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
