"""What is worked out for a problem: exact curves, trained runs as they come, choices made anew."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.shared import cached
from pages.shared.work import Growth, Parts, kept, resumable
from pages.which.answer.rounding import ROUNDING, alike, over, rounding_share, without_rounding
from pages.which.question import TRAINED, Problem, Span
from wd_core import (
    DATASETS,
    Dataset,
    DatasetSpec,
    Hyperparameters,
    bayes_weight_decay,
    choose,
    gather,
    grid,
    make_dataset,
    ridge_path,
    sweep,
    validation_split,
)
from wd_core.arrays import Array
from wd_core.linear.ridge import RidgePath
from wd_core.sweep import SweepPart
from wd_core.training import expected_seconds

# Points of a drawn exact curve, and of a drawn path of a weight.
FINE, COARSE = 1000, 80
# Weights that are drawn, and of these the ones that are named.
LINES, NAMED = 60, 5
# A decomposition that takes longer than this is not waited for; nor is training this long, nor
# choosing anew on many data sets.
MOST_SVD, MOST_TRAINING, MOST_CHOOSING = 1.5, 15.0, 10.0
# What a decomposition, and the rules after it, take at least on one data set.
CHOICE_SECONDS = 8e-3
# Fewer repetitions than this are none.
LEAST_DRAWS = 5
# The band that is drawn: four runs in five.
BAND = (0.1, 0.9)
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


@dataclass(frozen=True, eq=False)
class Found:
    """The trained runs so far, over λ [G]; NaN where none has ended, or one has diverged.

    Losses that are rounding are 0, but in `own`, which says what Train says.
    train, test, norm: medians; low, high [G]: the band of each; own: train, test and norm [3, G]
    of the page's own seed, the runs that open on Train; diverged [G]: how many of `count` did.
    """

    train: Array
    test: Array
    norm: Array
    train_band: Array
    test_band: Array
    own: Array
    diverged: Array
    count: int

    @property
    def best(self) -> int | None:
        """The place of the λ of the least median test loss; None where no λ is preferred."""
        return None if np.isnan(self.test).all() or self.flat else int(np.nanargmin(self.test))

    @property
    def flat(self) -> bool:
        """Whether the runs of every λ have ended with the same median test loss."""
        return bool(np.isfinite(self.test).all()) and alike(self.test)


@dataclass(frozen=True, eq=False)
class Trained:
    """Every λ trained from several seeds on the same data, as far as the runs have ended."""

    data: DatasetSpec
    run: Hyperparameters
    span: Span
    count: int
    parts: Sequence[SweepPart] = ()

    @property
    def total(self) -> int:
        """How many runs there are."""
        return self.count * len(self.span.grid)

    @property
    def done(self) -> int:
        """How many of them have ended."""
        return sum(len(part.rows) for part in self.parts)

    @property
    def whole(self) -> bool:
        """Whether every run has ended."""
        return self.done == self.total

    @property
    def found(self) -> Found:
        """Medians and bands of what has ended."""
        G = len(self.span.grid)
        nothing = np.full(G, np.nan)
        if not self.parts:
            pair = np.full((2, G), np.nan)
            own = np.full((3, G), np.nan)
            return Found(nothing, nothing, nothing, pair, pair, own, np.zeros(G), 0)
        swept = gather(self.parts)
        ended = swept.finished.reshape(-1, G)
        diverged = (swept.diverged_at.reshape(-1, G) >= 0) & ended
        columns = [
            np.where(diverged, np.nan, getattr(swept, name).reshape(-1, G))
            for name in ("train_loss", "test_loss", "weight_norm")
        ]
        # a seed counts once all its λ have ended
        complete = np.flatnonzero(ended.sum(1) == G)
        complete = complete if len(complete) else np.array([0])
        kept = [column[complete] for column in columns]
        data = cached.dataset(self.data)
        for k, y in enumerate((data.y_train, data.y_test)):
            kept[k] = without_rounding(kept[k], y)
        train, test, norm = (np.median(column, axis=0) for column in kept)
        train_band, test_band = (np.quantile(column, BAND, axis=0) for column in kept[:2])
        own = np.array([column[0] for column in columns])
        return Found(
            train=train,
            test=test,
            norm=norm,
            train_band=train_band,
            test_band=test_band,
            own=own,
            diverged=diverged[complete].sum(0),
            count=len(complete),
        )


@dataclass(frozen=True, eq=False)
class Again:
    """λ chosen anew on data sets, or splits, of the same kind; the first is the page's own."""

    spec: DatasetSpec
    span: Span
    count: int
    found: Sequence[Chosen] = ()

    @property
    def whole(self) -> bool:
        """Whether λ has been chosen on every one."""
        return len(self.found) == self.count

    def column(self, method: str) -> tuple[Array, Array]:
        """The λ that a method chose, and its test loss over the least one, for every repetition."""
        k = METHODS.index(method)
        lams = np.array([one.weight_decay[k] for one in self.found])
        return lams, np.array([one.ratio[k] for one in self.found])


@dataclass(frozen=True, eq=False)
class Seen:
    """A problem and all that is known of it."""

    problem: Problem
    exact: Exact | None
    trained: Trained
    again: Again
    found: Found

    @property
    def grid(self) -> Array:
        """The λ that are trained."""
        return self.problem.span.grid

    @property
    def whole(self) -> bool:
        """Whether nothing is still to come."""
        return self.trained.whole and self.again.whole


@kept
def exact(spec: DatasetSpec, span: Span) -> Exact | None:
    """The exact solutions over the span; None where the decomposition takes too long."""
    if cached.svd_seconds(spec) > MOST_SVD:
        return None
    data = cached.dataset(spec)
    fine = ridge_path(data, np.concatenate([[0.0], np.geomspace(span.least, span.most, FINE)]))
    return Exact(
        fine=_curves(data, fine),
        at=_curves(data, ridge_path(data, span.grid)),
        paths=_paths(data, span),
        chosen=chosen(data, spec, span),
        constant=float(without_rounding(np.array(cached.constant_loss(data)), data.y_test)),
    )


def _fits(data: Dataset, path: RidgePath) -> NDArray[np.bool_]:
    """At which λ the weights take part in fitting the targets, by more than rounding."""
    x2, y2 = float(np.mean(data.X_train**2)), float(np.mean(data.y_train**2))
    return np.asarray(path.weight_norm**2 * x2 > ROUNDING * y2)


def _curves(data: Dataset, path: RidgePath) -> Curves:
    share = rounding_share(data)
    return Curves(
        path.weight_decay,
        without_rounding(path.train_loss, data.y_train, share),
        without_rounding(path.test_loss, data.y_test, share),
        path.dof,
        np.where(_fits(data, path), path.weight_norm, 0.0),
        without_rounding(path.gcv, data.y_train, share),
        without_rounding(path.loo, data.y_train, share),
    )


def _paths(data: Dataset, span: Span) -> Paths:
    lams = np.concatenate([[0.0], np.geomspace(span.least, span.most, COARSE)])
    path = ridge_path(data, lams)
    weights = np.where(_fits(data, path)[:, None], path.weights, 0.0)
    order = np.argsort(-np.abs(weights).max(0), kind="stable")[:LINES]
    names = [_literal(name) for name in data.feature_names]
    names = names or [f"w<sub>{j + 1}</sub>" for j in range(data.n_features)]
    return Paths(lams, weights[:, order], tuple(names[j] for j in order), data.n_features)


def _literal(name: str) -> str:
    """A feature's name where Plotly reads HTML, and %{...} as a place to fill."""
    return escape(name, quote=False).replace("%{", "%\u2060{")


def chosen(data: Dataset, spec: DatasetSpec, span: Span) -> Chosen:
    """λ by every method on one data set; the validation rows are drawn from the spec's seed."""
    lams = span.grid
    rules = choose(data, lams, seed=spec.seed)
    path = ridge_path(data, lams)
    share = rounding_share(data)
    scores = {"test": without_rounding(path.test_loss, data.y_test, share)}
    for rule, score in (("gcv", path.gcv), ("loo", path.loo)):
        scores[rule] = without_rounding(score, data.y_train, share)
    if data.n_train > 1:
        split = validation_split(data, seed=spec.seed)
        held = ridge_path(split, lams).test_loss
        scores["validation"] = without_rounding(held, split.y_test, rounding_share(split))
    undecided = frozenset(
        rule for rule, score in scores.items() if not np.isnan(score).all() and alike(score)
    )
    telling = scores.keys() - undecided
    # nothing is below 0: what a rule finds below the rounding of no decay is rounding
    found = {"bayes": prior_weight_decay(data, spec), "zero": 0.0} | {
        str(rule): 0.0 if scores[rule][0] == 0 else choice.weight_decay
        for rule, choice in rules.items()
        if rule in telling
    }
    wanted = np.array([found.get(method, np.nan) for method in METHODS])
    known = np.isfinite(wanted)
    at_known = ridge_path(data, np.append(wanted[known], lams)).test_loss
    at_known = without_rounding(at_known, data.y_test, share)
    test = np.full(len(METHODS), np.nan)
    test[known] = at_known[: known.sum()]
    return Chosen(wanted, test, float(at_known.min()), undecided)


def prior_weight_decay(data: Dataset, spec: DatasetSpec) -> float:
    """Bayes' σ²/(nτ²) with τ² the mean square of the true weights; NaN where they are unknown."""
    tau = weight_scale(data)
    if tau is None or not DATASETS[spec.source].noise_known:
        return float("nan")
    return bayes_weight_decay(spec.noise, tau, data.n_train)


def weight_scale(data: Dataset) -> float | None:
    """τ: the root mean square of the true weights; None where nobody knows them."""
    return None if data.w_true is None else float(np.sqrt(np.mean(data.w_true**2)))


@resumable
def training(
    so_far: Sequence[SweepPart], data: DatasetSpec, run: Hyperparameters, span: Span, count: int
) -> Parts[SweepPart]:
    """The runs of every λ, seed after seed."""
    ended = np.concatenate([np.empty(0, dtype=np.int64), *(part.rows for part in so_far)])
    runs = grid(run, seed=range(run.seed, run.seed + count), weight_decay=span.grid)
    left = np.setdiff1d(np.arange(len(runs)), ended)
    rest = [runs[i] for i in left.tolist()]
    if not rest:
        return
    with closing(sweep(cached.dataset(data), rest)) as parts:
        for part in parts:
            some = len(part.rows) > 0
            yield replace(part, rows=left[part.rows], total=len(runs)) if some else None


@resumable
def choosing(so_far: Sequence[Chosen], spec: DatasetSpec, span: Span, count: int) -> Parts[Chosen]:
    """λ chosen on one data set, or split, after the other."""
    for k in range(len(so_far), count):
        drawn = replace(spec, seed=spec.seed + k)
        yield chosen(make_dataset(drawn), drawn, span)


def works(problem: Problem) -> list[Growth[Any]]:
    """What is worked on for a problem, one after the other."""
    data, span = problem.data, problem.span
    seeds, draws = seeds_shown(problem), draws_shown(problem)
    runs = [training(data, problem.run, span, seeds)] if seeds else []
    return [*runs, *([choosing(data, span, draws)] if draws else [])]


def begun(problem: Problem) -> Seen:
    """What is known after a first moment of work, where that is little. ValueError as from data."""
    for work in works(problem):
        work.begin()
        if not work.whole:
            break
    return seen(problem)


def seen(problem: Problem) -> Seen:
    """What is known of a problem now."""
    data, run, span = problem.data, problem.run, problem.span
    seeds, draws = seeds_shown(problem), draws_shown(problem)
    runs = training(data, run, span, seeds).parts if seeds else ()
    again = Again(data, span, draws, choosing(data, span, draws).parts if draws else ())
    trained = Trained(data, run, span, seeds, runs)
    return Seen(problem, exact(data, span), trained, again, trained.found)


def seeds_shown(problem: Problem) -> int:
    """How many runs there are for each λ: as many as asked for, or as there is time for."""
    if problem.same_for_every_seed:
        return min(problem.seeds, 1)
    data = problem.data
    seconds = expected_seconds(data.n_train, data.n_features, [problem.run] * TRAINED)
    return min(problem.seeds, int(MOST_TRAINING / seconds))


def draws_shown(problem: Problem) -> int:
    """How often λ is chosen anew: as often as asked for, or as there is time for; or never."""
    if not DATASETS[problem.data.source].seeded:
        return 0
    count = int(MOST_CHOOSING / (CHOICE_SECONDS + 3 * cached.svd_seconds(problem.data)))
    return min(problem.draws, count) if count >= LEAST_DRAWS else 0
