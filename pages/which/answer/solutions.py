"""The exact solutions over λ, and the λ that each rule chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.shared import cached
from pages.shared.plotting import quoted
from pages.shared.sources import data_source
from pages.shared.work import heavy
from pages.which.answer.rounding import (
    ROUNDING,
    alike,
    lost,
    over,
    rounding_share,
    without_rounding,
)
from pages.which.question import Span
from wd_core import (
    Dataset,
    DatasetSpec,
    bayes_weight_decay,
    ridge_path,
)
from wd_core.arrays import Array
from wd_core.linear.ridge import RidgePath
from wd_core.linear.selection import Rule, Rules

# Points of a drawn exact curve, and of a drawn path of a weight.
FINE, COARSE = 1000, 80
# Weights that are drawn, and of these the ones that are named.
LINES, NAMED = 60, 5
# A decomposition that takes longer than this is not waited for; nor is training this long, nor
# choosing anew on many data sets.
MOST_SVD, MOST_TRAINING, MOST_CHOOSING = 1.5, 15.0, 10.0
# Weights without decay may widen the shown range by this share of what the others span.
BEYOND = 0.5
# How λ may be chosen; `test` is hindsight, `zero` is no decay at all.
METHODS = ("test", "bayes", "gcv", "loo", "validation", "zero")


@dataclass(frozen=True, eq=False)
class Curves:
    """Exact solutions over λ [L]: losses, degrees of freedom, ‖w*‖, estimates (mean square)."""

    weight_decay: Array
    train: Array
    test: Array
    dof: Array
    norm: Array
    gcv: Array
    loo: Array


@dataclass(frozen=True, eq=False)
class Paths:
    """Weights w*_j over λ [C]: of D the largest, [C, ≤ LINES], the largest first, with names."""

    weight_decay: Array
    weights: Array
    names: tuple[str, ...]
    total: int

    @property
    def ends(self) -> tuple[float, float]:
        """The least and largest weight shown: those without decay only where they are near."""
        rest = self.weights if self.near else self.weights[1:]
        return float(rest.min()), float(rest.max())

    @property
    def near(self) -> bool:
        """Whether the weights without decay are of the size of those with it."""
        least, most = float(self.weights[1:].min()), float(self.weights[1:].max())
        room = BEYOND * (most - least)
        bare = self.weights[0]
        return bool(bare.min() >= least - room and bare.max() <= most + room)


@dataclass(frozen=True, eq=False)
class Chosen:
    """λ by each of METHODS and the exact test loss there, [6] each, NaN where undefined.

    `least`: the least of these and of those on the grid, so that nothing that is compared with it
    is below it; `alike`: the methods whose score is defined and the same for every λ, which choose
    none.
    """

    weight_decay: Array
    test: Array
    least: float
    alike: frozenset[str]

    @property
    def ratio(self) -> Array:
        """The test loss over the least one; infinite where only the least is 0."""
        return over(self.test, self.least)


@dataclass(frozen=True, eq=False)
class Exact:
    """All that one decomposition of the training data answers."""

    fine: Curves
    at: Curves  # at the λ that are trained
    paths: Paths
    chosen: Chosen
    constant: float  # the test loss of predicting the mean


@heavy(lambda spec, span: cached.svd_seconds(spec))
def exact(spec: DatasetSpec, span: Span) -> Exact | None:
    """The exact solutions over the span; None where the decomposition takes too long."""
    if cached.svd_seconds(spec) > MOST_SVD:
        return None
    data = cached.dataset(spec)
    fine = ridge_path(data, np.concatenate([[0.0], np.geomspace(span.least, span.most, FINE)]))
    constant, square = cached.constant_loss(data), float(np.mean(data.y_test**2))
    return Exact(
        fine=_curves(data, fine),
        at=_curves(data, ridge_path(data, span.grid)),
        paths=_paths(data, span),
        chosen=chosen([data], [spec], span)[0],
        constant=float(without_rounding(np.array(constant), square)),
    )


def _fits(data: Dataset, path: RidgePath) -> NDArray[np.bool_]:
    """At which λ the weights take part in fitting the targets, by more than rounding."""
    x2, y2 = float(np.mean(data.X_train**2)), float(np.mean(data.y_train**2))
    return np.asarray(path.weight_norm**2 * x2 > ROUNDING * y2)


def _curves(data: Dataset, path: RidgePath) -> Curves:
    share = rounding_share(data)
    train, test = float(np.mean(data.y_train**2)), float(np.mean(data.y_test**2))
    return Curves(
        path.weight_decay,
        without_rounding(path.train_loss, train, share),
        without_rounding(path.test_loss, test, share),
        path.dof,
        np.where(_fits(data, path), path.weight_norm, 0.0),
        without_rounding(path.gcv, train, share),
        without_rounding(path.loo, train, share),
    )


def _paths(data: Dataset, span: Span) -> Paths:
    lams = np.concatenate([[0.0], np.geomspace(span.least, span.most, COARSE)])
    path = ridge_path(data, lams)
    weights = np.where(_fits(data, path)[:, None], path.weights, 0.0)
    order = np.argsort(-np.abs(weights).max(0), kind="stable")[:LINES]
    names = [quoted(name) for name in data.feature_names]
    names = names or [f"w<sub>{j + 1}</sub>" for j in range(data.n_features)]
    return Paths(lams, weights[:, order], tuple(names[j] for j in order), data.n_features)


def chosen(datasets: Sequence[Dataset], specs: Sequence[DatasetSpec], span: Span) -> list[Chosen]:
    """λ by every method on data sets of one shape, each with the validation rows of its seed."""
    lams = span.grid
    rules = Rules.on(datasets, [spec.seed for spec in specs], len(lams))
    scores = {rule: _score(rules, rule, lams[None]) for rule in rules.known}
    undecided = {rule: alike(score) for rule, score in scores.items()}
    wanted = np.full((len(datasets), len(METHODS)), np.nan)
    for k, (data, spec) in enumerate(zip(datasets, specs, strict=True)):
        wanted[k, METHODS.index("bayes")] = prior_weight_decay(data, spec)
    wanted[:, METHODS.index("zero")] = 0.0
    for rule, score in scores.items():
        # nothing is below 0: what a rule finds below the rounding of no decay is rounding
        choice = np.where(score[:, 0] == 0, 0.0, rules.choice(rule, lams, score))
        wanted[:, METHODS.index(rule)] = np.where(undecided[rule], np.nan, choice)
    test = _score(rules, "test", wanted)
    test[~np.isfinite(wanted)] = np.nan
    least = np.minimum(np.nanmin(test, axis=1), scores["test"].min(axis=1))
    return [
        Chosen(wanted[k], test[k], float(least[k]), frozenset(r for r in scores if undecided[r][k]))
        for k in range(len(datasets))
    ]


def _score(rules: Rules, rule: Rule, lam: Array) -> Array:
    """What a rule minimises for λ [R, L] or [1, L], without what is rounding, [R, L]."""
    stack = rules.stack(rule)
    square = stack.train_square if rule in ("gcv", "loo") else stack.test_square
    return without_rounding(rules.score(rule, lam), square[:, None], lost(stack.condition)[:, None])


def prior_weight_decay(data: Dataset, spec: DatasetSpec) -> float:
    """Bayes' σ²/(nτ²) with τ² the mean square of the true weights; NaN where they are unknown."""
    tau = weight_scale(data)
    if tau is None or not data_source(spec).noise_known:
        return float("nan")
    return bayes_weight_decay(spec.noise, tau, data.n_train)


def weight_scale(data: Dataset) -> float | None:
    """τ: the root mean square of the true weights; None where nobody knows them."""
    return None if data.w_true is None else float(np.sqrt(np.mean(data.w_true**2)))
