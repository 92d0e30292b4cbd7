"""What the dimension page's numbers show, in sentences; no Streamlit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pages.shared.dimension.measured import BAND, Sample, Seen
from pages.shared.dimension.problem import Problem
from pages.shared.settings import number_text
from pages.shared.story import plain
from wd_core.types import Array

NOUNS = {"risk": "test risk", "excess": "excess risk", "loss": "test loss"}
# How many of the draws the band holds.
SHARE = f"{round(100 * (BAND[1] - BAND[0]))} %"
# A hump this much above both ends of the axis is called a peak.
HUMP = 1.05
# A fall of a limit by less than this share is rounding.
ROUNDING = 1e-12


def number(value: float) -> str:
    """A number to three digits, infinity as ∞."""
    return "∞" if math.isinf(value) else plain(value)


def place(problem: Problem, x: int) -> str:
    """A place of the axis: d = 49 (d/n = 0.98)."""
    n, d = problem.sizes.pair(x)
    name = "d" if problem.axis == "n_features" else "n"
    return f"{name} = {x} (d/n = {plain(d / n)})"


def axis_titles(problem: Problem) -> tuple[str, str]:
    """What the axis counts, in full and in short."""
    if problem.axis == "n_features":
        return f"features per example d/n, n = {problem.n_train}", "d/n"
    return f"training examples n, d = {problem.n_features}", "n"


def peak_name(problem: Problem) -> str:
    """Where the limit for λ → 0 is infinite."""
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


def tiles(problem: Problem) -> list[dict[str, Any]]:
    """The parts of the limit at the mark, without decay and with the best λ, and that λ."""
    _, bias2, variance = titles(problem)
    parts = [("bias2", bias2), ("variance", variance)]
    if problem.measure != "excess":
        parts.append(("noise", "½ σ²" if problem.measure == "loss" else "σ²"))
    parts.append(("risk", NOUNS[problem.measure]))
    wide = [
        {
            "label": f"{name}, limit",
            "help": "What the risk tends to as n and d grow at this d/n, and its parts.",
            "terms": [{"label": label, "series": f"{kind} {part}"} for part, label in parts],
        }
        for kind, name in (("zero", "λ → 0"), ("best", "Best λ"))
    ]
    best = {"label": "Best λ", "series": "best", "help": "λ* = dσ²/(n r²), the λ of least risk."}
    return [*wide, best]


def sentences(seen: Seen) -> list[str]:
    """What was measured at every place of the axis, and what the limits and the exact mean say."""
    problem, grid = seen.problem, seen.drawn.grid
    exact = problem.model.expected_without_decay(*problem.pairs(grid))
    return [
        f"At {place(problem, x)} the {NOUNS[problem.measure]} {_values(seen, k)}; its exact mean "
        f"for λ → 0 is {number(mean)}"
        + (", for so close to the peak it has none." if math.isinf(mean) else ".")
        for k, (x, mean) in enumerate(zip(grid, problem.shown(exact.excess).tolist(), strict=True))
    ]


def _values(seen: Seen, k: int) -> str:
    names = kind_names(seen, k)
    kinds, count = seen.problem.kinds, int(seen.found.count[k])
    limits = [number(float(seen.limit[j, k])) for j in kinds]
    if not count:
        known = zip(limits, kinds, strict=True)
        said = _listed([f"{value} for {names[j]}" for value, j in known])
        return f"has not been measured yet; its limit is {said}"
    medians = _listed([f"{number(float(seen.median[j, k]))} for {names[j]}" for j in kinds])
    return f"is {medians} (medians of {count} training sets); its limit is {_listed(limits)}"


def kind_names(seen: Seen, k: int) -> tuple[str, str, str]:
    """The three kinds of λ at a place, with their values."""
    fixed = number_text(seen.problem.weight_decay)
    return "λ → 0", f"λ = {fixed}", f"the best λ = {plain(float(seen.at.best[k]))}"


def _listed(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


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
    top = int(zero.argmax())
    high, there = float(zero[top]), float(best[top])
    if high < HUMP * max(zero[0], zero[-1], there):
        return f"Without decay (λ → 0) the median {noun} shows no peak on this axis."
    if drawn.grid[top] == drawn.sizes.peak:
        relation = f"That is {peak_name(problem)}, where its limit is infinite."
    else:
        relation = f"Its limit is infinite at {peak_name(problem)} = {drawn.sizes.peak}."
    return (
        f"Without decay (λ → 0) the median {noun} is highest at {place(problem, drawn.grid[top])}: "
        f"{plain(high)}, {plain(high / there)} times that of the best λ there ({plain(there)}). "
        + relation
    )


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
    """The second descent of λ → 0, while features are added."""
    model, n = problem.model, problem.sizes.fixed
    if problem.axis != "n_features" or problem.noise == 0:
        return ""
    nothing = float(problem.shown(model.without_features(n) - problem.noise**2))
    d = model.second_minimum * float(model.rows(n))
    if math.isinf(d):
        return (
            f"Beyond the peak λ → 0 only falls towards w = 0 ({plain(nothing)}): the signal is no "
            "stronger than the noise (r² ≤ σ²)."
        )
    least = float(problem.shown(model.limit(n, d, 0.0).excess))
    relation = "below" if least < nothing else "not below"
    inside = "" if d <= drawn.sizes.ends[1] else ", beyond this axis"
    return (
        f"Past the peak λ → 0 falls once more, in the limit to {plain(least)} at d/n = "
        f"{plain(d / n)}{inside}, {relation} using no features at all ({plain(nothing)})."
    )


def drawing(drawn: Sample, asked: int) -> str:
    """How much has been measured."""
    text = f"Points: medians of {drawn.draws} training sets; bands: the middle {SHARE} of them."
    if drawn.draws < asked:
        text += f" {asked} would take too long at this size."
    if not drawn.whole:
        text += f" Drawing: part {drawn.parts} of {drawn.strides * drawn.blocks}."
    return text
