"""What the whole picture shows: the peak, and what the best λ makes of it; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from pages.dimension.answer import Sample, Seen
from pages.dimension.question import Problem
from pages.dimension.words.names import NOUNS, SHARE, peak_name, place
from pages.shared.numbers import plain
from pages.shared.words import Said, joined, say
from wd_core.arrays import Array

# A hump this much above the valleys at both its sides is called a peak, and it is looked for at
# places within this share of where the limit is infinite, the two next to it among them.
HUMP, NEAR = 1.05, 0.25
# A fall of a limit by less than this share is rounding.
ROUNDING = 1e-12


def finding(seen: Seen) -> str:
    """Where the peak is and how high, what the best λ makes of it, and what lies beyond."""
    parts = (*_peak(seen), *_best(seen), _beyond(seen.problem, seen.drawn))
    return joined(parts)


def _peak(seen: Seen) -> list[Said]:
    problem, drawn, noun = seen.problem, seen.drawn, NOUNS[seen.problem.measure]
    if problem.noise == 0:
        return [say("Without noise (σ = 0) λ → 0 has no variance, and no peak.")]
    if not seen.found.count.all():
        return []
    zero, best = seen.median[[0, 2]]
    infinite = drawn.sizes.peak
    name, top = peak_name(problem), peak_at(zero, drawn.grid, infinite)
    if top is None:
        flat = say("Without decay (λ → 0) the median {noun} shows no peak on this axis.", noun=noun)
        if not drawn.sizes.diverges:
            return [flat]
        return [
            flat,
            say("Its limit is infinite at {name} = {infinite}.", name=name, infinite=infinite),
        ]
    said: dict[str, str | float] = {
        "noun": noun,
        "place": place(problem, drawn.grid[top]),
        "high": float(zero[top]),
        "times": float(zero[top] / best[top]),
        "low": float(best[top]),
    }
    if top == zero.argmax():
        peak = say(
            "Without decay (λ → 0) the median {noun} is highest at {place}: {high}, {times} times "
            "that of the best λ there ({low}).",
            **said,
        )
    else:
        peak = say(
            "Without decay (λ → 0) the median {noun} has a peak at {place}: {high}, {times} times "
            "that of the best λ there ({low}).",
            **said,
        )
    if not drawn.sizes.diverges:
        return [peak]
    if drawn.grid[top] == infinite:
        return [peak, say("Its limit is infinite there, at {name}.", name=name)]
    return [
        peak,
        say("Its limit is infinite at {name} = {infinite}.", name=name, infinite=infinite),
    ]


def peak_at(values: Array, grid: Sequence[int], infinite: int) -> int | None:
    """Where the hump is that stands out most near the place of the infinite limit, if one does."""
    near = [k for k, x in enumerate(grid) if abs(x - infinite) <= max(1, NEAR * infinite)]
    at = max(near, key=lambda k: _stands_out(values, k))
    return at if _stands_out(values, at) >= HUMP else None


def _stands_out(values: Array, top: int) -> float:
    """How many times the valleys a value is, each before anything higher; 0 where a side has none.

    Of two valleys the higher counts, as in the prominence of a summit.
    """
    valleys = []
    for side in (values[:top][::-1], values[top + 1 :]):
        higher = np.flatnonzero(side >= values[top])
        stretch = side[: higher[0]] if len(higher) else side
        if not len(stretch):
            return 0.0
        valleys.append(stretch.min())
    return float(values[top] / max(valleys))


def course_of(limit: Array) -> Literal["0", "rises", "falls", "both"]:
    """Which way a curve goes: it is 0 all along, never falls, never rises, or does both."""
    if not limit.any():
        return "0"
    steps, rounding = np.diff(limit), ROUNDING * limit.max()
    if (steps >= -rounding).all():
        return "rises"
    return "falls" if (steps <= rounding).all() else "both"


def _best(seen: Seen) -> list[Said]:
    """What the best λ makes of the peak, in the limit and in the medians."""
    limit, median = seen.limit[2], seen.median[2]
    way = course_of(limit)
    grows = "d" if seen.problem.axis == "n_features" else "n"
    if way == "0":
        course = say("With the best λ for each {size} it is 0 in the limit.", size=grows)
    elif way == "rises":
        course = say(
            "With the best λ for each {size} it has no peak: its limit never falls as {size} "
            "grows.",
            size=grows,
        )
    elif way == "falls":
        course = say(
            "With the best λ for each {size} it has no peak: its limit never rises as {size} "
            "grows.",
            size=grows,
        )
    else:
        course = say(
            "With the best λ for each {size} it is not monotone in {size} in the limit.", size=grows
        )
    known = (seen.found.count > 0) & (limit > 0)
    if not known.any():
        return [course]
    apart = math.ceil(100 * float(np.abs(median[known] / limit[known] - 1).max()))
    return [course, say("Its medians stay within {apart} % of that limit.", apart=apart)]


def _beyond(problem: Problem, drawn: Sample) -> str:
    """What the limit of λ → 0 does beyond where it is infinite, while features are added."""
    model, n = problem.model, problem.sizes.fixed
    if problem.axis != "n_features" or problem.noise == 0:
        return ""
    name = peak_name(problem)
    nothing = plain(float(problem.shown(model.without_features(n) - problem.noise**2)))
    d = model.second_minimum * float(model.rows(n))
    if math.isinf(d):
        return say(
            "Past {name} the limit of λ → 0 only falls, towards that of w = 0 ({nothing}): the "
            "signal is no stronger than the noise (r² ≤ σ²).",
            name=name,
            nothing=nothing,
        )
    least = plain(float(problem.shown(model.limit(n, d, 0.0).excess)))
    known: dict[str, str | float] = {"name": name, "least": least, "ratio": d / n}
    where = "" if d <= drawn.sizes.ends[1] else say("That lies beyond this axis.")
    if least.value < nothing.value and least != nothing:
        said = say(
            "Past {name} the limit of λ → 0 falls once more, to {least} at d/n = {ratio}, below "
            "using no features at all ({nothing}).",
            **known,
            nothing=nothing,
        )
    else:
        said = say(
            "Past {name} the limit of λ → 0 falls once more, to {least} at d/n = {ratio}, not "
            "below using no features at all ({nothing}).",
            **known,
            nothing=nothing,
        )
    return joined([said, where])


def drawing(drawn: Sample, asked: int) -> str:
    """How much has been measured."""
    parts = [_points(drawn)]
    if drawn.draws < asked:
        parts.append(say("{n_asked} would take too long at this size.", n_asked=asked))
    return joined(parts)


def _points(drawn: Sample) -> Said:
    if not drawn.whole:
        return say(
            "Points: medians of the training sets so far; bands: the middle {share} of them.",
            share=SHARE,
        )
    if drawn.draws == 1:
        return say("Points: one training set at each place.")
    return say(
        "Points: medians of {n_sets} training sets; bands: the middle {share} of them.",
        n_sets=drawn.draws,
        share=SHARE,
    )
