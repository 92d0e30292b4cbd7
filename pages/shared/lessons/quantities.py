"""The numbers that a lesson may name: of a run and of its data, worked out by the engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pages.shared import cached
from pages.shared.fields import Value
from pages.shared.run import RUN
from pages.shared.settings import Settings
from pages.shared.work import heavy
from wd_core import fixed_point, ridge_path
from wd_core.linear.behaviour import behaviour
from wd_core.linear.spectrum import decompose
from wd_core.records import Run

# What one of them may take: a visitor waits for it.
MOST_SECONDS: Final = 2.0
# The best λ is the best of these, on average over so many data sets.
DRAWS: Final = 20
RANGE: Final = np.geomspace(1e-4, 1e2, 241)
CALL: Final = re.compile(r"([a-z_]+)\s*\(([^()]*)\)")


@dataclass(frozen=True)
class Quantity:
    """What it is of the run with these settings, and about how many seconds it takes."""

    of: Callable[[Settings], float]
    seconds: Callable[[Settings], float]


def _ended(settings: Settings) -> Run:
    run = cached.short_run(settings)
    if run.diverged_at[0] >= 0:
        raise ValueError("the run diverges")
    return run


def train_loss(settings: Settings) -> float:
    """The loss of the training examples at the end of the run."""
    return float(_ended(settings).train_loss[-1, 0])


def test_loss(settings: Settings) -> float:
    """The loss of new examples at the end of the run."""
    return float(_ended(settings).test_loss[-1, 0])


def weight_norm(settings: Settings) -> float:
    """The length of w at the end of the run."""
    return float(_ended(settings).weight_norm[-1, 0])


def zero_weights(settings: Settings) -> float:
    """How many weights are exactly 0 at the end of the run."""
    return float((_ended(settings).records[-1].weights[0] == 0).sum())


def half_life(settings: Settings) -> float:
    """Steps after which decay alone has halved a weight."""
    does = behaviour(settings.run, settings.data.n_train)
    steps = does.shrinking.half_life
    if not (does.has_factor and 0 < steps < np.inf):
        raise ValueError("decay alone halves no weight in this run")
    return steps


def end_weight_decay(settings: Settings) -> float:
    """The λ of the exact solution around which the run settles."""
    weight_decay = fixed_point(settings.run, settings.data.n_train)
    if weight_decay is None:
        raise ValueError("no exact solution is known as the end of this run")
    return weight_decay


def ridge_test_loss(settings: Settings) -> float:
    """The loss of new examples of the exact solution; without decay the one of least norm."""
    path = ridge_path(cached.dataset(settings.data), [settings.run.weight_decay])
    return float(path.test_loss[0])


def best_weight_decay(settings: Settings) -> float:
    """The λ whose exact solutions have the least loss of new examples, over several data sets."""
    first = settings.data.seed
    specs = [replace(settings.data, seed=first + draw) for draw in range(DRAWS)]
    losses = [ridge_path(cached.dataset(spec), RANGE).test_loss for spec in specs]
    return float(RANGE[np.mean(losses, 0).argmin()])


def kept_steep(settings: Settings) -> float:
    """The share that λ leaves of the solution along the direction in which the loss is steepest."""
    return _kept(settings, place=0)


def kept_flat(settings: Settings) -> float:
    """The same along the direction in which the loss is flattest, of those that examples reach."""
    return _kept(settings, place=-1)


def _kept(settings: Settings, place: int) -> float:
    s = np.sort(decompose(cached.dataset(settings.data)).s)[::-1]
    if not len(s):
        raise ValueError("the examples are all alike")
    return float(s[place] / (s[place] + settings.run.weight_decay))


def _svd(settings: Settings) -> float:
    return cached.svd_seconds(settings.data)


def _several(settings: Settings) -> float:
    return DRAWS * _svd(settings)


def _nothing(_: Settings) -> float:
    return 0.0


QUANTITIES: Final[Mapping[str, Quantity]] = {
    "train_loss": Quantity(train_loss, cached.run_seconds),
    "test_loss": Quantity(test_loss, cached.run_seconds),
    "weight_norm": Quantity(weight_norm, cached.run_seconds),
    "zero_weights": Quantity(zero_weights, cached.run_seconds),
    "half_life": Quantity(half_life, _nothing),
    "end_weight_decay": Quantity(end_weight_decay, _nothing),
    "ridge_test_loss": Quantity(ridge_test_loss, _svd),
    "best_weight_decay": Quantity(best_weight_decay, _several),
    "kept_steep": Quantity(kept_steep, _svd),
    "kept_flat": Quantity(kept_flat, _svd),
}


@heavy(lambda name, settings: QUANTITIES[name].seconds(settings))
def _worth(name: str, settings: Settings) -> float:
    return QUANTITIES[name].of(settings)


@dataclass(frozen=True)
class Term:
    """One of them for the settings of a run, as a lesson names it: name(setting=value, ...)."""

    name: str
    settings: Settings

    @property
    def value(self) -> float:
        """The number. ValueError with a reason where these settings have none."""
        return _worth(self.name, self.settings)

    def of_seed(self, seed: int) -> Term:
        """The same of other data, another start and another order of the examples."""
        settings = self.settings
        data, run = replace(settings.data, seed=seed), replace(settings.run, seed=seed)
        return Term(self.name, Settings(data, run))


def read_term(text: str, base: Mapping[str, Value]) -> Term:
    """The term in a text, with these settings where it names no others. ValueError with a rule."""
    call = CALL.fullmatch(text.strip())
    if call is None:
        raise ValueError(f"“{text.strip()}” is not of the form name(setting=value, ...)")
    name, given = call.groups()
    if name not in QUANTITIES:
        raise ValueError(f"“{name}” is not one of {', '.join(QUANTITIES)}")
    changes = dict(_change(part) for part in given.split(",") if part.strip())
    settings = RUN.of({**base, **changes})
    if QUANTITIES[name].seconds(settings) > MOST_SECONDS:
        raise ValueError(f"{name} would take too long with these settings")
    return Term(name, settings)


def _change(part: str) -> tuple[str, Value]:
    key, _, text = (piece.strip() for piece in part.partition("="))
    if key not in RUN.settings:
        raise ValueError(f"“{key}” is no setting of a run")
    try:
        return key, RUN.settings[key].read(text)
    except ValueError as error:
        raise ValueError(f"{key}: “{text}” {error}") from None
