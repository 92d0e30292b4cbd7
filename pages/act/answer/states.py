"""The pairs of λ and t that the sliders stop at, and what is kept at each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from pages.act.question import DEFAULTS, FREE, Shown
from pages.shared import cached
from pages.shared.link import Pin, query_of
from pages.shared.settings import DEFAULTS as RUN
from pages.shared.settings import SETTINGS as TRAIN
from pages.shared.settings import Settings, Steps, Value, as_text
from wd_core import DatasetSpec
from wd_core.arrays import Array
from wd_core.linear.filters import closest_steps, closest_weight_decay, descent_filter, ridge_filter
from wd_core.linear.spectrum import Spectrum, decompose

# Ten stops a decade, those of the other pages among them.
MANTISSAS = ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")
# The t slider ends where the weakest direction is done to a share of exp(−5), between these powers.
DONE, FEWEST, MOST = 5.0, 2, 9
# A λ that follows t is given to so many digits.
DIGITS = 6

Pair = tuple[float, float]


@dataclass(frozen=True, eq=False)
class States:
    """K pairs of λ and t (inf: the limit), and the numbers of those that each slider stops at.

    s [r], falling, and lr are those of the run; `chosen` is the pair that the page is at; `match`
    names what of each pair is the best for the other: "steps", "weight_decay", or "" for neither.
    """

    s: Array
    lr: float
    weight_decay: Array
    steps: Array
    by_weight_decay: list[int]
    by_steps: list[int]
    match: list[str]
    chosen: int

    @property
    def ridge(self) -> Array:
        """What ridge keeps of each direction, [K, r]."""
        return ridge_filter(self.s, self.weight_decay[:, None])

    @property
    def stopped(self) -> Array:
        """What t steps without decay keep, [K, r]; NaN where descent never arrives."""
        kept = descent_filter(self.s, self.lr, self.steps[:, None])
        return np.where(self.arrives, kept, np.nan)

    @property
    def both(self) -> Array:
        """What t steps with decay keep, [K, r]; NaN where descent with decay never arrives."""
        kept = descent_filter(self.s, self.lr, self.steps[:, None], self.weight_decay[:, None])
        return np.where(self.arrives_decayed[:, None], kept, np.nan)

    @property
    def arrives(self) -> bool:
        """Whether descent without decay converges: η s_max < 2."""
        return bool(self.lr * self.s[0] < 2)

    @property
    def arrives_decayed(self) -> NDArray[np.bool_]:
        """Whether descent with decay converges: η(s_max + λ) < 2, [K]."""
        return np.asarray(self.lr * (self.s[0] + self.weight_decay) < 2)


def measurable(spec: DatasetSpec) -> bool:
    """Whether the training data are decomposed while a person waits."""
    return cached.svd_seconds(spec) <= cached.SVD_SECONDS


@lru_cache(maxsize=32)
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


def present(settings: Settings, shown: Shown) -> Pair:
    """λ and t as they stand: t follows λ unless t was moved, or the sliders move alone."""
    spec, lr, lam = settings.data, settings.run.lr, settings.run.weight_decay
    free = shown.sliders == FREE
    if shown.steps and (free or weight_decay_for(spec, lr, shown.steps) == lam):
        return lam, float(shown.steps)
    t = steps_for(spec, lr, lam)
    return lam, min(t, steps_on_offer(spectrum(spec).s, lr)[-1]) if free else t


def query(settings: Settings, shown: Shown, pins: Sequence[Pin]) -> str:
    """The query of the link to this state; what follows from the rest is left out."""
    said: dict[str, Value] = asdict(shown)
    if has_directions(settings.data):
        lam, t = present(settings, shown)
        alone = shown.sliders == FREE
        leads = not alone and _match(settings.data, settings.run.lr, lam, t) == "weight_decay"
        said["steps"] = int(t) if alone or leads else 0
        if leads:  # λ follows from t
            run = replace(settings.run, weight_decay=float(RUN["weight_decay"]))
            settings = replace(settings, run=run)
    own = {key: as_text(value) for key, value in said.items() if value != DEFAULTS[key]}
    return "&".join(part for part in (query_of(settings, pins), urlencode(own)) if part)


def states(settings: Settings, shown: Shown) -> States:
    """Everything that the sliders can reach from the present state without asking."""
    spec, lr = settings.data, settings.run.lr
    now = present(settings, shown)
    pairs, by_lam, by_t = (_free if shown.sliders == FREE else _together)(spec, lr, now)
    place = {pair: k for k, pair in enumerate(pairs)}
    lams, steps = np.array(pairs).T
    return States(
        s=spectrum(spec).s,
        lr=lr,
        weight_decay=lams,
        steps=steps,
        by_weight_decay=[place[pair] for pair in sorted({*by_lam, now})],
        by_steps=[place[pair] for pair in sorted({*by_t, now}, key=lambda pair: pair[1])],
        match=[_match(spec, lr, lam, t) for lam, t in pairs],
        chosen=place[now],
    )


def _match(spec: DatasetSpec, lr: float, weight_decay: float, steps: float) -> str:
    """Which of the two follows from the other; where each does, a λ of the slider leads."""
    t_follows = steps == steps_for(spec, lr, weight_decay)
    if t_follows and weight_decay in weight_decays():
        return "steps"
    if math.isfinite(steps) and weight_decay == weight_decay_for(spec, lr, steps):
        return "weight_decay"
    return "steps" if t_follows else ""


def _together(spec: DatasetSpec, lr: float, now: Pair) -> tuple[list[Pair], set[Pair], set[Pair]]:
    """Every λ with its t, and every t with its λ, λ rising."""
    by_lam = {(lam, steps_for(spec, lr, lam)) for lam in weight_decays()}
    offered = steps_on_offer(spectrum(spec).s, lr)
    by_lam = {pair for pair in by_lam if pair[0] != now[0]}
    by_t = {(weight_decay_for(spec, lr, t), t) for t in offered if t != now[1]}
    by_t = {pair for pair in by_t if pair[0] <= most_weight_decay()}
    pairs = sorted({*by_lam, *by_t, now}, key=lambda pair: (pair[0], -pair[1]))
    return pairs, by_lam, by_t


def _free(spec: DatasetSpec, lr: float, now: Pair) -> tuple[list[Pair], set[Pair], set[Pair]]:
    """Every λ with the present t, and every t with the present λ.

    The present pair stands between the two, so that while one slider moves, the nearest stop of
    the other is where it stands; its neighbours are the next smaller λ and the next larger t.
    """
    lam, t = now
    lams = [x for x in weight_decays() if x != lam]
    steps = [x for x in steps_on_offer(spectrum(spec).s, lr) if x != t]
    row = [(x, t) for x in sorted(lams, key=lambda x: (x < lam, x))]
    column = [(lam, x) for x in sorted(steps, key=lambda x: (x < t, x))]
    return [*row, now, *column], set(row), set(column)
