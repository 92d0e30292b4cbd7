"""Training sets all along the axis, drawn a part at a time and kept; what they and the limits say.

Arrays over three kinds of λ have them in this order: λ → 0, the fixed λ, the best λ.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.dimension.question import Problem, Sizes
from pages.shared import cached
from pages.shared.work import Growth, Parts, resumable, taking
from wd_core.arrays import Array
from wd_core.linear.highdim import Risk
from wd_core.linear.risk import (
    Draws,
    decompose_sets,
    measured,
    refitted,
    stream,
    together,
    training_sets,
)

# One part of the work takes about so long, and all of it at most.
PART_SECONDS, MOST_SECONDS = 0.15, 10.0
# A first picture waits for so much of a moment; what takes longer comes when nobody moves on.
AT_FIRST = 0.1
# Fewer training sets than this are no measurement.
LEAST_DRAWS = 3
# The band that is drawn: four training sets in five.
BAND = (0.1, 0.9)
# Fits of each training set to fresh noise.
TIMES = 100
# Points of a drawn limit: evenly over the axis, and towards the peak from both sides.
EVEN, TOWARDS = 161, np.geomspace(1e-4, 0.5, 60)


@dataclass(frozen=True, eq=False)
class Curves:
    """Limits [3, P] at places x [P] of the axis, and the risk without features [P]."""

    x: Array
    limit: Risk
    best: Array  # λ*
    without: Array


@dataclass(frozen=True, eq=False)
class Medians:
    """What the draws show: [3, P] each, NaN where nothing has been drawn yet; count [P]."""

    total: Array
    low: Array
    high: Array
    bias2: Array
    variance: Array
    count: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sets:
    """Training sets at some places, and how the drawing goes on there."""

    draws: Mapping[int, Draws]
    states: Mapping[int, Any]


@dataclass(frozen=True, eq=False)
class Sample:
    """The training sets of an axis as far as they are drawn, a part after the other."""

    sizes: Sizes
    grid: tuple[int, ...]
    sets: Sequence[Sets] = ()

    @cached_property
    def seconds(self) -> float:
        """Roughly what one training set at every place takes."""
        return sum(expected_seconds(*self.sizes.pair(x)) for x in self.grid)

    @property
    def draws(self) -> int:
        """How many training sets there are at each place."""
        return min(self.sizes.draws, max(LEAST_DRAWS, int(MOST_SECONDS / self.seconds)))

    @property
    def strides(self) -> int:
        """Into how many parts a costly axis is cut, point by point in turn."""
        return max(1, min(len(self.grid), round(self.seconds / PART_SECONDS)))

    @property
    def at_once(self) -> int:
        """How many training sets a part of a cheap axis has at each of its places."""
        return max(1, min(self.draws, int(PART_SECONDS / self.seconds)))

    @property
    def parts(self) -> int:
        """How many parts are drawn."""
        return len(self.sets)

    @property
    def total(self) -> int:
        """How many parts there are."""
        return self.strides * -(-self.draws // self.at_once)

    @property
    def whole(self) -> bool:
        """Whether every training set has been drawn."""
        return self.parts >= self.total

    @cached_property
    def kept(self) -> dict[int, list[Draws]]:
        """The training sets at each place."""
        found: dict[int, list[Draws]] = {}
        for sets in self.sets:
            for x, draws in sets.draws.items():
                found.setdefault(x, []).append(draws)
        return found


def _bytes(sizes: Sizes, grid: tuple[int, ...]) -> float:
    """What its largest training set takes, copies included."""
    return 8.0 * cached.COPIES * max(math.prod(sizes.pair(x)) for x in grid)


@taking(_bytes)
@resumable
def drawing(so_far: Sequence[Sets], sizes: Sizes, grid: tuple[int, ...]) -> Parts[Sets]:
    """The training sets of an axis, part after part."""
    sample = Sample(sizes, grid)
    states = {x: state for sets in so_far for x, state in sets.states.items()}
    for part in range(len(so_far), sample.total):
        block, stride = divmod(part, sample.strides)
        count = min(sample.at_once, sample.draws - block * sample.at_once)
        draws: dict[int, Draws] = {}
        for x in grid[stride :: sample.strides]:
            source = stream(sizes.seed, *sizes.pair(x))
            if x in states:
                source.bit_generator.state = states[x]
            sets = training_sets(source, *sizes.pair(x), count)
            draws[x] = decompose_sets(*sets, intercept=sizes.intercept)
            states[x] = source.bit_generator.state
            yield None
        yield Sets(draws, {x: states[x] for x in draws})


def work(problem: Problem) -> Growth[Sets]:
    """What is drawn for a problem."""
    return drawing(problem.sizes, tuple(problem.grid))


def expected_seconds(n: int, d: int) -> float:
    """Roughly what drawing and decomposing one training set takes on one core."""
    k = min(n, d)
    return 1.6e-8 * n * d + 5e-11 * n * d * k + 8e-8 * k**2 + 3.1e-10 * k**3 + 2e-6


@dataclass(frozen=True, eq=False)
class Seen:
    """A problem and all that is known of it at the measured places: draws, medians, limits."""

    problem: Problem
    drawn: Sample
    found: Medians
    at: Curves

    @property
    def marked(self) -> int:
        """Which of the places is marked."""
        return self.drawn.grid.index(self.problem.marked)

    @property
    def median(self) -> Array:
        """The measured risk as it is shown, [3, P]."""
        return self.problem.shown(self.found.total - self.problem.noise**2)

    @property
    def limit(self) -> Array:
        """The limit of the risk as it is shown, [3, P]."""
        return self.problem.shown(self.at.limit.excess)

    @property
    def band(self) -> tuple[Array, Array]:
        """Where the middle of the draws lies, as it is shown, [3, P] each."""
        noise = self.problem.noise**2
        low, high = self.found.low - noise, self.found.high - noise
        return self.problem.shown(low), self.problem.shown(high)


def begun(problem: Problem) -> Seen:
    """What is known after a first moment of work, where all training sets are drawn in that."""
    sample = Sample(problem.sizes, tuple(problem.grid))
    expected = sample.seconds * sample.draws
    parts = work(problem).begin(share=AT_FIRST, expected=expected)
    return seen(problem, replace(sample, sets=parts))


def now(problem: Problem) -> Seen:
    """What is known now."""
    grid = tuple(problem.grid)
    return seen(problem, Sample(problem.sizes, grid, work(problem).parts))


def seen(problem: Problem, drawn: Sample) -> Seen:
    """What is known by these training sets."""
    return Seen(problem, drawn, medians(problem, drawn), curves(problem, drawn.grid))


def medians(problem: Problem, drawn: Sample) -> Medians:
    """The middle of the draws for every λ; the same draws whatever σ, r² and λ are."""
    risks = {
        k: _risks(problem, x, drawn.kept[x]) for k, x in enumerate(drawn.grid) if x in drawn.kept
    }
    count = np.zeros(len(drawn.grid), dtype=np.int64)
    for k, risk in risks.items():
        count[k] = risk.shape[-1]
    middle, band = np.full((3, 3, len(count)), np.nan), np.full((2, 3, len(count)), np.nan)
    for many in set(count.tolist()) - {0}:
        places = np.flatnonzero(count == many)
        alike = np.stack([risks[k] for k in places.tolist()], 2)  # [3, 3, P, R]
        middle[..., places] = np.median(alike, -1)
        band[..., places] = np.quantile(alike[0], BAND, -1)
    (total, bias2, variance), (low, high) = middle, band
    return Medians(total, low, high, bias2, variance, count)


def _risks(problem: Problem, x: int, kept: Sequence[Draws]) -> Array:
    """Total, bias² and variance of every training set at a place, for every λ, [3, 3, R]."""
    found = measured(together(kept), problem.model, three(problem, x))
    return np.array(np.broadcast_arrays(found.total, found.parts.bias2, found.parts.variance))


def refits(problem: Problem, drawn: Sample, x: int) -> tuple[Array, Array]:
    """bias² and variance at a place by Monte Carlo over the noise, for every λ: medians, [3] each.

    The medians are over the training sets; each is fitted `TIMES` times.
    """
    fresh = np.random.default_rng([drawn.sizes.seed, x])
    found = [
        [refitted(draws, problem.model, lam, TIMES, fresh) for draws in drawn.kept[x]]
        for lam in three(problem, x).tolist()
    ]
    bias2, variance = (
        np.array([np.median(np.concatenate([pair[part] for pair in kind])) for kind in found])
        for part in (0, 1)
    )
    return bias2, variance


def three(problem: Problem, x: float) -> Array:
    """λ → 0 as 0, the fixed λ, and the best λ at this place."""
    best = float(problem.model.best_weight_decay(*problem.pairs([x]))[0])
    return np.array([0.0, problem.weight_decay, best])


def curves(problem: Problem, x: Array | Sequence[float]) -> Curves:
    """The limits at these places."""
    n, d = problem.pairs(x)
    best = problem.model.best_weight_decay(n, d)
    lams = np.stack([np.zeros_like(best), np.full_like(best, problem.weight_decay), best])
    return Curves(
        x=d if problem.axis == "n_features" else n,
        limit=problem.model.limit(n, d, lams),
        best=best,
        without=problem.model.without_features(n),
    )


def fine(problem: Problem) -> Array:
    """Places of the axis at which a limit is drawn."""
    low, high = problem.sizes.ends
    if low == high:
        return np.array([float(low)])
    peak = float(problem.sizes.peak)
    x = np.concatenate([np.geomspace(low, high, EVEN), peak * (1 - TOWARDS), peak * (1 + TOWARDS)])
    return np.unique(x[(x >= low) & (x <= high)])
