"""Which number of steps matches a λ best, and which λ a number of steps: on given data."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pages.shared import cached
from pages.shared.fields import Steps
from pages.shared.settings import SETTINGS as TRAIN
from pages.shared.work import heavy, kept
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


@heavy(cached.svd_seconds)
def spectrum(spec: DatasetSpec) -> Spectrum:
    """The directions of the centred training data."""
    return decompose(cached.dataset(spec))


def has_directions(spec: DatasetSpec) -> bool:
    """Whether the centred training data vary at all, and are decomposed here."""
    return measurable(spec) and len(spectrum(spec).s) > 0


@dataclass(frozen=True, eq=False)
class Matches:
    """What matches best at every stop of the sliders: t by its λ, and λ by its t."""

    spec: DatasetSpec
    lr: float
    steps: dict[float, float]
    weight_decay: dict[float, float]

    def leading(self, weight_decay: float, steps: float) -> str:
        """Which of the two follows from the other; where each does, a λ of the slider leads."""
        if self.steps.get(weight_decay) == steps:
            return "steps"
        if math.isfinite(steps) and weight_decay == self.weight_decay_for(steps):
            return "weight_decay"
        return "steps" if steps == self.steps_for(weight_decay) else ""

    def steps_for(self, weight_decay: float) -> float:
        """The number of steps that matches λ best."""
        stop = self.steps.get(weight_decay)
        return _steps_for(self.spec, self.lr, weight_decay) if stop is None else stop

    def weight_decay_for(self, steps: float) -> float:
        """The λ that matches so many steps best."""
        stop = self.weight_decay.get(steps)
        return _weight_decay_for(self.spec, self.lr, steps) if stop is None else stop


@kept
def matches(spec: DatasetSpec, lr: float) -> Matches:
    """The matches of a run with these data and this η."""
    s, lams = spectrum(spec).s, weight_decays()
    steps = steps_on_offer(s, lr)
    return Matches(
        spec,
        lr,
        dict(zip(lams, closest_steps(s, lr, lams).tolist(), strict=True)),
        dict(zip(steps, map(_rounded, closest_weight_decay(s, lr, steps).tolist()), strict=True)),
    )


@kept
def _steps_for(spec: DatasetSpec, lr: float, weight_decay: float) -> float:
    return closest_steps(spectrum(spec).s, lr, weight_decay)


@kept
def _weight_decay_for(spec: DatasetSpec, lr: float, steps: float) -> float:
    return _rounded(closest_weight_decay(spectrum(spec).s, lr, steps))


def _rounded(weight_decay: float) -> float:
    return float(f"{weight_decay:.{DIGITS}g}")


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
