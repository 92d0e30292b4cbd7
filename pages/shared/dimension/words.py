"""What the dimension page's numbers show, in sentences; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pages.shared.dimension.measured import BAND, Sample, Seen
from pages.shared.dimension.problem import Problem
from pages.shared.numbers import number_text, plain
from pages.shared.payload import Tile
from pages.shared.words import listed
from wd_core.types import Array

NOUNS = {"risk": "test risk", "excess": "excess risk", "loss": "test loss"}
# How many of the draws the band holds.
SHARE = f"{round(100 * (BAND[1] - BAND[0]))} %"
# A hump this much above the valleys at both its sides is called a peak, and it is looked for at
# places within this share of where the limit is infinite, the two next to it among them.
HUMP, NEAR = 1.05, 0.25
# A fall of a limit by less than this share is rounding.
ROUNDING = 1e-12


def number(value: float) -> str:
    """A number to three digits, infinity as ∞."""
    return "∞" if math.isinf(value) else plain(value)


def place(problem: Problem, x: int) -> str:
    """A place of the axis: d = 49 (d/n = 0.98)."""
    n, d = problem.sizes.pair(x)
    return f"{short_place(problem, x)} (d/n = {plain(d / n)})"


def short_place(problem: Problem, x: int) -> str:
    """A place of the axis where there is little room: d = 49."""
    return f"{'d' if problem.axis == 'n_features' else 'n'} = {x}"


def axis_titles(problem: Problem) -> tuple[str, str]:
    """What the axis counts, in full and in short."""
    if problem.axis == "n_features":
        return f"features per example d/n, n = {problem.n_train}", "d/n"
    return f"training examples n, d = {problem.n_features}", "n"


def peak_name(problem: Problem) -> str:
    """Where the limit for λ → 0 is infinite if there is noise."""
    on = problem.sizes.intercept
    if problem.axis == "n_features":
        return "d = n − 1" if on else "d = n"
    return "n = d + 1" if on else "n = d"


def titles(problem: Problem) -> tuple[str, str, str]:
    """What the three panels show."""
    if problem.measure == "loss":
        return "test loss (half mean square)", "½ bias²", "½ variance"
    return f"{NOUNS[problem.measure]} (mean square)", "bias²", "variance"


def slider(problem: Problem) -> tuple[str, str]:
    """The label of the chart's slider, and its help."""
    if problem.axis == "n_features":
        return "Features d", "d: moves the mark along the axis; the numbers below are those at it."
    return "Examples n", "n: moves the mark along the axis; the numbers below are those at it."


def tiles(problem: Problem) -> list[Tile]:
    """The parts of the limit at the mark, without decay and with the best λ."""
    _, bias2, variance = titles(problem)
    parts = [("bias2", bias2), ("variance", variance)]
    if problem.measure != "excess":
        parts.append(("noise", "½ σ²" if problem.measure == "loss" else "σ²"))
    parts.append(("risk", NOUNS[problem.measure]))
    return [
        {
            "label": f"{name}, limit",
            "help": "What the risk tends to as n and d grow at this d/n, and its parts.",
            "terms": [{"label": label, "series": f"{kind} {part}"} for part, label in parts],
        }
        for kind, name in (("zero", "λ → 0"), ("best", "Best λ"))
    ]


def sentences(seen: Seen) -> list[str]:
    """What was measured at every place of the axis, and what the limits and the exact mean say."""
    problem, grid = seen.problem, seen.drawn.grid
    exact = problem.model.expected_without_decay(*problem.pairs(grid))
    return [
        f"At {place(problem, x)} the {NOUNS[problem.measure]} {_values(seen, k)}; its exact mean "
        f"for λ → 0 is {number(mean)}."
        for k, (x, mean) in enumerate(zip(grid, problem.shown(exact.excess).tolist(), strict=True))
    ]


def _values(seen: Seen, k: int) -> str:
    names = kind_names(seen, k)
    kinds, count = seen.problem.kinds, int(seen.found.count[k])
    limits = [number(float(seen.limit[j, k])) for j in kinds]
    if not count:
        known = zip(limits, kinds, strict=True)
        said = listed([f"{value} for {names[j]}" for value, j in known])
        return f"has not been measured yet; its limit is {said}"
    medians = listed([f"{number(float(seen.median[j, k]))} for {names[j]}" for j in kinds])
    return f"is {medians} (medians of {count} training sets); its limit is {listed(limits)}"


def kind_names(seen: Seen, k: int) -> tuple[str, str, str]:
    """The three kinds of λ at a place, with their values."""
    fixed = number_text(seen.problem.weight_decay)
    return "λ → 0", f"λ = {fixed}", f"the best λ = {plain(float(seen.at.best[k]))}"


def finding(seen: Seen) -> str:
    """Where the peak is and how high, what the best λ makes of it, and what lies beyond."""
    parts = (_peak(seen), _best(seen), _beyond(seen.problem, seen.drawn))
    return " ".join(part for part in parts if part)


def _peak(seen: Seen) -> str:
    problem, drawn, noun = seen.problem, seen.drawn, NOUNS[seen.problem.measure]
    if problem.noise == 0:
        return "Without noise (σ = 0) λ → 0 has no variance, and no peak."
    if not seen.found.count.all():
        return ""
    zero, best = seen.median[[0, 2]]
    infinite = drawn.sizes.peak
    where = f"limit is infinite at {peak_name(problem)} = {infinite}."
    top = _top(zero, drawn.grid, infinite)
    if top is None:
        text = f"Without decay (λ → 0) the median {noun} shows no peak on this axis"
        return f"{text}, though its {where}" if drawn.sizes.diverges else f"{text}."
    high, there = float(zero[top]), float(best[top])
    is_there = "is highest" if top == zero.argmax() else "has a peak"
    if drawn.grid[top] == infinite:
        where = f"limit is infinite there, at {peak_name(problem)}."
    return (
        f"Without decay (λ → 0) the median {noun} {is_there} at {place(problem, drawn.grid[top])}: "
        f"{plain(high)}, {plain(high / there)} times that of the best λ there ({plain(there)}). "
        f"Its {where}"
    )


def _top(values: Array, grid: Sequence[int], infinite: int) -> int | None:
    """Where the hump is that stands out most near the place of the infinite limit, if one does."""
    near = [k for k, x in enumerate(grid) if abs(x - infinite) <= max(1, NEAR * infinite)]
    top = max(near, key=lambda k: _stands_out(values, k))
    return top if _stands_out(values, top) >= HUMP else None


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


def _best(seen: Seen) -> str:
    limit, median = seen.limit[2], seen.median[2]
    steps, rounding = np.diff(limit), ROUNDING * limit.max()
    grows = "d" if seen.problem.axis == "n_features" else "n"
    if (steps >= -rounding).all():
        course = f"has no peak: its limit never falls as {grows} grows"
    elif (steps <= rounding).all():
        course = f"has no peak: its limit never rises as {grows} grows"
    else:
        course = f"is not monotone in {grows} in the limit"
    known = (seen.found.count > 0) & (limit > 0)
    apart = _apart(median[known], limit[known])
    near = f", and its medians stay within {apart} of it" if apart else ""
    return f"With the best λ for each {grows} it {course}{near}."


def _apart(median: Array, limit: Array) -> str:
    if not len(median):
        return ""
    return f"{math.ceil(100 * float(np.abs(median / limit - 1).max()))} %"


def _beyond(problem: Problem, drawn: Sample) -> str:
    """What the limit of λ → 0 does beyond where it is infinite, while features are added."""
    model, n = problem.model, problem.sizes.fixed
    if problem.axis != "n_features" or problem.noise == 0:
        return ""
    nothing = float(problem.shown(model.without_features(n) - problem.noise**2))
    d = model.second_minimum * float(model.rows(n))
    if math.isinf(d):
        return (
            f"Past {peak_name(problem)} the limit of λ → 0 only falls, towards that of w = 0 "
            f"({plain(nothing)}): the signal is no stronger than the noise (r² ≤ σ²)."
        )
    least = float(problem.shown(model.limit(n, d, 0.0).excess))
    relation = "below" if least < nothing else "not below"
    inside = "" if d <= drawn.sizes.ends[1] else ", beyond this axis"
    return (
        f"Past {peak_name(problem)} the limit of λ → 0 falls once more, to {plain(least)} at "
        f"d/n = {plain(d / n)}{inside}, {relation} using no features at all ({plain(nothing)})."
    )


def drawing(drawn: Sample, asked: int) -> str:
    """How much has been measured."""
    text = f"Points: medians of {drawn.draws} training sets; bands: the middle {SHARE} of them."
    if drawn.draws < asked:
        text += f" {asked} would take too long at this size."
    if not drawn.whole:
        text += f" Drawing: part {drawn.parts} of {drawn.strides * drawn.blocks}."
    return text
