"""What is worked out for a problem: exact curves, trained runs as they come, choices made anew."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pages.shared import cached
from pages.shared.brought.tables import tables
from pages.shared.sources import data_source
from pages.shared.work import Growth, Parts, resumable, taking
from pages.which.answer.rounding import alike, without_rounding
from pages.which.answer.solutions import (
    METHODS,
    MOST_CHOOSING,
    MOST_TRAINING,
    Chosen,
    Exact,
    chosen,
    exact,
)
from pages.which.question import TRAINED, Problem, Span
from wd_core import (
    DatasetSpec,
    Hyperparameters,
    gather,
    grid,
    make_dataset,
    sweep,
)
from wd_core.arrays import Array
from wd_core.sweep import SweepPart
from wd_core.training import expected_seconds

# What a decomposition, and the rules after it, take at least on one data set.
CHOICE_SECONDS = 8e-3
# A first picture waits for so much of a moment; the rest comes when nobody moves on.
AT_FIRST = 0.02
# Data sets are decomposed together up to so many numbers, which stay in the cache.
NUMBERS_TOGETHER = 1 << 18
# Fewer repetitions than this are none.
LEAST_DRAWS = 5
# The band that is drawn: four runs in five.
BAND = (0.1, 0.9)


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
        return bool(np.isfinite(self.test).all() and alike(self.test))


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
            kept[k] = without_rounding(kept[k], float(np.mean(y**2)))
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


@taking(lambda data, run, span, count: cached.training_bytes(data, len(span.grid)))
@resumable
def training(
    so_far: Sequence[SweepPart], data: DatasetSpec, run: Hyperparameters, span: Span, count: int
) -> Parts[SweepPart]:
    """The runs of every λ, seed after seed."""
    each, done = len(span.grid), sum(len(part.rows) for part in so_far)
    for k in range(done // each, count):
        first = max(done - k * each, 0)
        runs = grid(replace(run, seed=run.seed + k), weight_decay=span.grid[first:])
        with closing(sweep(cached.dataset(data), runs, chunk=len(runs))) as parts:
            for part in parts:
                rows = k * each + first + part.rows
                yield replace(part, rows=rows, total=each * count) if len(rows) else None


@taking(lambda spec, span, count: cached.training_bytes(spec, len(span.grid)))
@resumable
def choosing(so_far: Sequence[Chosen], spec: DatasetSpec, span: Span, count: int) -> Parts[Chosen]:
    """λ chosen on one data set, or split, after the other."""
    rows = spec.n_train + spec.n_test
    together = max(1, int(NUMBERS_TOGETHER / (rows * (spec.n_features + 1))))
    for first in range(len(so_far), count, together):
        seeds = range(spec.seed + first, spec.seed + min(first + together, count))
        specs = [replace(spec, seed=seed) for seed in seeds]
        yield from chosen([make_dataset(one, tables(one)) for one in specs], specs, span)


def works(problem: Problem) -> list[Growth[Any]]:
    """What is worked on for a problem, one after the other."""
    data, span = problem.data, problem.span
    seeds, draws = seeds_shown(problem), draws_shown(problem)
    runs = [training(data, problem.run, span, seeds)] if seeds else []
    return [*runs, *([choosing(data, span, draws)] if draws else [])]


def begun(problem: Problem) -> Seen:
    """What is known after a first moment of work, where that is little. ValueError as from data."""
    for work in works(problem):
        work.begin(share=AT_FIRST)
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
    if not data_source(problem.data).seeded:
        return 0
    count = int(MOST_CHOOSING / (CHOICE_SECONDS + 3 * cached.svd_seconds(problem.data)))
    return min(problem.draws, count) if count >= LEAST_DRAWS else 0
