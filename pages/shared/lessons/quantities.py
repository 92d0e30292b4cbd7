"""The numbers that a lesson may name: of a run and of its data, worked out by the engine."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from pages.shared import cached
from pages.shared.fields import Choice, Labels, Number, Setting, Value, as_text
from pages.shared.run import RUN
from pages.shared.settings import Settings
from pages.shared.words import label, tell
from pages.shared.work import heavy
from wd_core import (
    PENALTIES,
    bayes_weight_decay,
    choose,
    fixed_point,
    norm_for_weight_decay,
    ridge_path,
)
from wd_core.linear.behaviour import behaviour
from wd_core.linear.highdim import Isotropic
from wd_core.linear.risk import decompose_sets, measured, stream, training_sets
from wd_core.linear.selection import Choice as Chosen
from wd_core.linear.selection import Rule
from wd_core.linear.spectrum import decompose
from wd_core.records import Run

# What one of them may take: a visitor waits for it.
MOST_SECONDS: Final = 2.0
# The best λ is the best of these, on average over so many data sets.
DRAWS: Final = 20
# A median is one of so many training sets.
SETS: Final = 50
RANGE: Final = np.geomspace(1e-4, 1e2, 241)
# Where what is found is sought more closely afterwards, every so many of them do.
COARSE: Final = 8
# What only the engine knows of a run, and a term may set: no page of a run has a control for it.
BEYOND: Final[Mapping[str, Setting]] = {
    setting.key: setting
    for setting in (
        Choice("penalty", label("Penalty"), label("What λ weighs."), "l2", Labels(PENALTIES)),
        Number(
            "input_noise",
            label("Noise on the inputs σ"),
            label("σ of every step's inputs."),
            0,
            0,
            10,
            0.1,
        ),
    )
}
# A last step that is this little short of the whole is no step.
ROUNDED: Final = 1 - 1e-12
CALL: Final = re.compile(r"([a-z_]+)\s*\(([^()]*)\)")


@dataclass(frozen=True)
class Quantity:
    """Its name in a sentence, what it is of the run with these settings, and about how many seconds
    it takes.
    """

    name: str
    of: Callable[[Settings], float]
    seconds: Callable[[Settings], float]


def _ended(settings: Settings) -> Run:
    run = cached.short_run(settings)
    if run.diverged_at[0] >= 0:
        raise ValueError(tell("the run diverges"))
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
        raise ValueError(tell("decay alone halves no weight in this run"))
    return steps


def end_weight_decay(settings: Settings) -> float:
    """The λ of the exact solution around which the run settles."""
    weight_decay = fixed_point(settings.run, settings.data.n_train)
    if weight_decay is None:
        raise ValueError(tell("no exact solution is known as the end of this run"))
    return weight_decay


def ridge_test_loss(settings: Settings) -> float:
    """The loss of new examples of the exact solution; without decay the one of least norm."""
    path = ridge_path(cached.dataset(settings.data), [settings.run.weight_decay])
    return float(path.test_loss[0])


def median_test_loss(settings: Settings) -> float:
    """The median loss of new examples of the exact solution, over many training sets of its size.

    Without decay the solution is the one of least norm.
    """
    data = settings.data
    source = stream(data.seed, data.n_train, data.n_features)
    sets = training_sets(source, data.n_train, data.n_features, SETS)
    model = Isotropic(data.noise, data.n_features * data.true_weight**2, intercept=True)
    draws = decompose_sets(*sets, intercept=True)
    risk = measured(draws, model, [settings.run.weight_decay])
    return float(np.median(risk.total)) / 2


def best_weight_decay(settings: Settings) -> float:
    """The λ whose exact solutions have the least loss of new examples, over several data sets."""
    first = settings.data.seed
    specs = [replace(settings.data, seed=first + draw) for draw in range(DRAWS)]
    losses = [ridge_path(cached.dataset(spec), RANGE).test_loss for spec in specs]
    return float(RANGE[np.mean(losses, 0).argmin()])


def constant_loss(settings: Settings) -> float:
    """The loss of new examples for predicting the mean of the training targets."""
    return cached.constant_loss(cached.dataset(settings.data))


def end_objective(settings: Settings) -> float:
    """What descent makes small, J = L + penalty, at the end of the run."""
    run = _ended(settings)
    return float(run.train_loss[-1, 0] + run.penalty[-1, 0])


def validated_test_loss(settings: Settings) -> float:
    """The loss of new examples of the exact solution at the λ that a validation split chooses."""
    return _chosen(settings, "validation").test_loss


def best_test_loss(settings: Settings) -> float:
    """The least loss of new examples that an exact solution has at any λ."""
    return _chosen(settings, "test").test_loss


def _chosen(settings: Settings, rule: Rule) -> Chosen:
    data, seed = cached.dataset(settings.data), settings.data.seed
    chosen = choose(data, RANGE[::COARSE], seed=seed)[rule]
    if np.isnan(chosen.test_loss):
        raise ValueError(tell("so few examples cannot be split"))
    return chosen


def ridge_norm(settings: Settings) -> float:
    """The length of w of the exact solution."""
    data = cached.dataset(settings.data)
    return float(ridge_path(data, [settings.run.weight_decay]).weight_norm[0])


def ball(settings: Settings) -> float:
    """θ for which the least loss with ‖w‖² ≤ θ is at the exact solution."""
    return norm_for_weight_decay(cached.dataset(settings.data), settings.run.weight_decay)


def prior_weight_decay(settings: Settings) -> float:
    """The λ of the best guess where weights are drawn around 0, as widely as the true one lies."""
    data = settings.data
    return bayes_weight_decay(data.noise, abs(data.true_weight), data.n_train)


def mse_weight_decay(settings: Settings) -> float:
    """The weight decay that goes the same steps under the mean square without its ½."""
    same = behaviour(settings.run, settings.data.n_train).in_loss("mse")
    if same is None:
        raise ValueError(tell("no numbers make the same steps under the mean square without its ½"))
    return same.run.weight_decay


def left_alone(settings: Settings) -> float:
    """The share that decay alone has left of a weight at the end of the run."""
    does = behaviour(settings.run, settings.data.n_train)
    if not does.has_factor:
        raise ValueError(tell("no factor says what this run leaves of a weight"))
    return float(does.shrinking.left(settings.run.epochs * does.shrinking.an_epoch))


def steps_to_zero(settings: Settings) -> float:
    """Steps until a weight of 1 that no example pulls at is exactly 0 under an L1 penalty."""
    run = replace(settings.run, penalty="l1")
    taken = run.lr * run.sharp
    if taken == 0:
        raise ValueError(tell("without decay nothing takes the weight to 0"))
    return float(math.ceil(ROUNDED / taken))


def kept_steep(settings: Settings) -> float:
    """The share that λ leaves of the solution along the direction in which the loss is steepest."""
    return _kept(settings, place=0)


def kept_flat(settings: Settings) -> float:
    """The same along the direction in which the loss is flattest, of those that examples reach."""
    return _kept(settings, place=-1)


def _kept(settings: Settings, place: int) -> float:
    s = np.sort(decompose(cached.dataset(settings.data)).s)[::-1]
    if not len(s):
        raise ValueError(tell("the examples are all alike"))
    return float(s[place] / (s[place] + settings.run.weight_decay))


def _svd(settings: Settings) -> float:
    return cached.svd_seconds(settings.data)


def _several(settings: Settings) -> float:
    return DRAWS * _svd(settings)


def _many(settings: Settings) -> float:
    return SETS * _svd(settings)


def _nothing(_: Settings) -> float:
    return 0.0


QUANTITIES: Final[Mapping[str, Quantity]] = {
    "train_loss": Quantity(label("the training loss"), train_loss, cached.run_seconds),
    "test_loss": Quantity(label("the test loss"), test_loss, cached.run_seconds),
    "weight_norm": Quantity(label("the length of w"), weight_norm, cached.run_seconds),
    "zero_weights": Quantity(
        label("the number of weights at zero"), zero_weights, cached.run_seconds
    ),
    "half_life": Quantity(label("the half-life of a weight"), half_life, _nothing),
    "end_weight_decay": Quantity(
        label("the λ with which plain descent ends here"), end_weight_decay, _nothing
    ),
    "ridge_test_loss": Quantity(
        label("the test loss of the exact solution"), ridge_test_loss, _svd
    ),
    "median_test_loss": Quantity(label("the median test loss"), median_test_loss, _many),
    "best_weight_decay": Quantity(label("the best λ"), best_weight_decay, _several),
    "constant_loss": Quantity(label("the test loss of a constant"), constant_loss, _nothing),
    "end_objective": Quantity(label("the objective J"), end_objective, cached.run_seconds),
    "validated_test_loss": Quantity(
        label("the test loss at the validated λ"), validated_test_loss, _several
    ),
    "best_test_loss": Quantity(label("the least test loss"), best_test_loss, _several),
    "ridge_norm": Quantity(label("the length of w of the exact solution"), ridge_norm, _svd),
    "ball": Quantity(label("the size θ of the ball"), ball, _svd),
    "prior_weight_decay": Quantity(label("the λ of the prior"), prior_weight_decay, _nothing),
    "mse_weight_decay": Quantity(label("the weight_decay of MSELoss"), mse_weight_decay, _nothing),
    "left_alone": Quantity(label("the share that decay leaves"), left_alone, _nothing),
    "steps_to_zero": Quantity(label("the number of steps to zero"), steps_to_zero, _nothing),
    "kept_steep": Quantity(label("the share kept along the steepest direction"), kept_steep, _svd),
    "kept_flat": Quantity(label("the share kept along the flattest direction"), kept_flat, _svd),
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
        number = _worth(self.name, self.settings)
        if not math.isfinite(number):
            raise ValueError(f"{self.name} is beyond all bounds with these settings")
        return number


def read_term(text: str, base: Mapping[str, Value]) -> Term:
    """The term in a text, with these settings where it names no others. ValueError with a rule."""
    call = CALL.fullmatch(text.strip())
    if call is None:
        raise ValueError(f"“{text.strip()}” is not of the form name(setting=value, ...)")
    name, given = call.groups()
    if name not in QUANTITIES:
        raise ValueError(f"“{name}” is not one of {', '.join(QUANTITIES)}")
    changes = dict(_change(part, base) for part in given.split(",") if part.strip())
    beyond = {key: changes.pop(key) for key in BEYOND if key in changes}
    settings = RUN.of({**base, **changes})
    settings = replace(settings, run=replace(settings.run, **beyond))  # type: ignore[arg-type]
    if QUANTITIES[name].seconds(settings) > MOST_SECONDS:
        raise ValueError(f"{name} would take too long with these settings")
    return Term(name, settings)


def _change(part: str, base: Mapping[str, Value]) -> tuple[str, Value]:
    """A setting and its value; what is no value of its own may be the name of another setting."""
    key, _, text = (piece.strip() for piece in part.partition("="))
    setting = RUN.settings.get(key) or BEYOND.get(key)
    if setting is None:
        raise ValueError(f"“{key}” is no setting of a run")
    try:
        return key, setting.read(text)
    except ValueError as error:
        if text in base:
            return key, setting.read(as_text(base[text]))
        raise ValueError(f"{key}: “{text}” {error}") from None
