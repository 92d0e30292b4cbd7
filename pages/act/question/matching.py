"""Which number of steps matches a λ best, and which λ a number of steps: on given data."""

from __future__ import annotations

import math
from functools import lru_cache

from pages.shared import cached
from pages.shared.fields import Steps
from pages.shared.settings import SETTINGS as TRAIN
from pages.shared.work import kept
from wd_core import DatasetSpec
from wd_core.arrays import Array
from wd_core.linear.filters import closest_steps, closest_weight_decay
from wd_core.linear.spectrum import Spectrum, decompose

# Ten stops a decade, those of the other pages among them.
MANTISSAS = ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")
# The t slider ends where the weakest direction is done to a share of exp(−5), between these powers.
DONE, FEWEST, MOST = 5.0, 2, 9
# A λ that follows t is given to so many digits.
DIGITS = 6

Pair = tuple[float, float]


def measurable(spec: DatasetSpec) -> bool:
    """Whether the training data are decomposed while a person waits."""
    return cached.svd_seconds(spec) <= cached.SVD_SECONDS


@kept
def spectrum(spec: DatasetSpec) -> Spectrum:
    """The directions of the centred training data."""
    return decompose(cached.dataset(spec))


def has_directions(spec: DatasetSpec) -> bool:
    """Whether the centred training data vary at all, and are decomposed here."""
    return measurable(spec) and len(spectrum(spec).s) > 0


@lru_cache(maxsize=4096)
def steps_for(spec: DatasetSpec, lr: float, weight_decay: float) -> float:
    """The number of steps that matches λ best."""
    return closest_steps(spectrum(spec).s, lr, weight_decay)


@lru_cache(maxsize=4096)
def weight_decay_for(spec: DatasetSpec, lr: float, steps: float) -> float:
    """The λ that matches so many steps best."""
    lam = closest_weight_decay(spectrum(spec).s, lr, steps)
    return float(f"{lam:.{DIGITS}g}")


def most_weight_decay() -> float:
    """The largest λ that a run may have."""
    setting = TRAIN["weight_decay"]
    assert isinstance(setting, Steps)
    return setting.steps[-1]


def weight_decays() -> list[float]:
    """The λ that the slider stops at, 0 among them."""
    setting = TRAIN["weight_decay"]
    assert isinstance(setting, Steps)
    first, last = (round(math.log10(lam)) for lam in (setting.steps[1], setting.steps[-1]))
    between = [float(f"{digits}e{k}") for k in range(first, last) for digits in MANTISSAS]
    return [0.0, *between, float(setting.steps[-1])]


def steps_on_offer(s: Array, lr: float) -> list[float]:
    """The t that the slider stops at."""
    power = math.ceil(math.log10(DONE / (lr * float(s.min()))))
    last = min(max(power, FEWEST), MOST)
    numbers = {float(f"{digits}e{k}") for k in range(last) for digits in MANTISSAS}
    return [*sorted(t for t in numbers if t == int(t)), 10.0**last]


def leading(spec: DatasetSpec, lr: float, weight_decay: float, steps: float) -> str:
    """Which of the two follows from the other; where each does, a λ of the slider leads."""
    t_follows = steps == steps_for(spec, lr, weight_decay)
    if t_follows and weight_decay in weight_decays():
        return "steps"
    if math.isfinite(steps) and weight_decay == weight_decay_for(spec, lr, steps):
        return "weight_decay"
    return "steps" if t_follows else ""
