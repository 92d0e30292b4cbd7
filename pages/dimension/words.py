"""What the dimension page's numbers show, in sentences; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pages.dimension.answer import BAND, Sample, Seen
from pages.dimension.question import Problem
from pages.shared.numbers import Digits, every_digit, percent, plain
from pages.shared.payload import Tile
from pages.shared.words import Said, say
from wd_core.arrays import Array

NOUNS = {"risk": "test risk", "excess": "excess risk", "loss": "test loss"}
# How many of the draws the band holds.
SHARE = percent(round(BAND[1] - BAND[0], 9))
# A hump this much above the valleys at both its sides is called a peak, and it is looked for at
# places within this share of where the limit is infinite, the two next to it among them.
HUMP, NEAR = 1.05, 0.25
# A fall of a limit by less than this share is rounding.
ROUNDING = 1e-12


def number(value: float) -> Digits:
    """A number to three digits, infinity as ∞."""
    return Digits("∞", value) if math.isinf(value) else plain(value)


def place(problem: Problem, x: int) -> Said:
    """A place of the axis: d = 49 (d/n = 0.98)."""
    n, d = problem.sizes.pair(x)
    if problem.axis == "n_features":
        return say("d = {n_features} (d/n = {ratio})", n_features=d, ratio=d / n)
    return say("n = {n_train} (d/n = {ratio})", n_train=n, ratio=d / n)


def short_place(problem: Problem, x: int) -> Said:
    """A place of the axis where there is little room: d = 49."""
    n, d = problem.sizes.pair(x)
    if problem.axis == "n_features":
        return say("d = {n_features}", n_features=d)
    return say("n = {n_train}", n_train=n)


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
    exact = problem.shown(problem.model.expected_without_decay(*problem.pairs(grid)).excess)
    return [" ".join((_at(seen, k), _in_the_limit(seen, k, exact[k]))) for k in range(len(grid))]


def _at(seen: Seen, k: int) -> Said:
    """What was measured at a place."""
    problem, count = seen.problem, int(seen.found.count[k])
    about = {"place": place(problem, seen.drawn.grid[k]), "noun": NOUNS[problem.measure]}
    if not count:
        return say("At {place} the {noun} has not been measured yet.", **about)
    zero, fixed, best = (number(float(x)) for x in seen.median[:, k])
    rest = {"n_sets": count, "best_weight_decay": float(seen.at.best[k])}
    if 1 not in problem.kinds:
        return say(
            "At {place} the {noun} is {zero} for λ → 0 and {best} for the best λ = "
            "{best_weight_decay} (medians of {n_sets} training sets).",
            zero=zero,
            best=best,
            **about,
            **rest,
        )
    return say(
        "At {place} the {noun} is {zero} for λ → 0, {fixed} for λ = {weight_decay} and {best} for "
        "the best λ = {best_weight_decay} (medians of {n_sets} training sets).",
        zero=zero,
        fixed=fixed,
        best=best,
        weight_decay=every_digit(problem.weight_decay),
        **about,
        **rest,
    )


def _in_the_limit(seen: Seen, k: int, mean: float) -> Said:
    """What the limits at a place are, and the exact mean for λ → 0."""
    zero, fixed, best = (number(float(x)) for x in seen.limit[:, k])
    if 1 not in seen.problem.kinds:
        return say(
            "In the limit it is {zero_limit} and {best_limit}; its exact mean for λ → 0 is "
            "{exact_mean}.",
            zero_limit=zero,
            best_limit=best,
            exact_mean=number(mean),
        )
    return say(
        "In the limit it is {zero_limit}, {fixed_limit} and {best_limit}; its exact mean for "
        "λ → 0 is {exact_mean}.",
        zero_limit=zero,
        fixed_limit=fixed,
        best_limit=best,
        exact_mean=number(mean),
    )


def kind_names(seen: Seen, k: int) -> tuple[str, str, str]:
    """The three kinds of λ at a place, with their values."""
    return (
        say("λ → 0"),
        say("λ = {weight_decay}", weight_decay=every_digit(seen.problem.weight_decay)),
        say("the best λ = {best_weight_decay}", best_weight_decay=float(seen.at.best[k])),
    )


def finding(seen: Seen) -> str:
    """Where the peak is and how high, what the best λ makes of it, and what lies beyond."""
    parts = (*_peak(seen), *_best(seen), _beyond(seen.problem, seen.drawn))
    return " ".join(part for part in parts if part)


def _peak(seen: Seen) -> list[Said]:
    problem, drawn, noun = seen.problem, seen.drawn, NOUNS[seen.problem.measure]
    if problem.noise == 0:
        return [say("Without noise (σ = 0) λ → 0 has no variance, and no peak.")]
    if not seen.found.count.all():
        return []
    zero, best = seen.median[[0, 2]]
    infinite = drawn.sizes.peak
    name, top = peak_name(problem), _top(zero, drawn.grid, infinite)
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


def _best(seen: Seen) -> list[Said]:
    """What the best λ makes of the peak, in the limit and in the medians."""
    limit, median = seen.limit[2], seen.median[2]
    steps, rounding = np.diff(limit), ROUNDING * limit.max()
    grows = "d" if seen.problem.axis == "n_features" else "n"
    if not limit.any():
        course = say("With the best λ for each {size} it is 0 in the limit.", size=grows)
    elif (steps >= -rounding).all():
        course = say(
            "With the best λ for each {size} it has no peak: its limit never falls as {size} "
            "grows.",
            size=grows,
        )
    elif (steps <= rounding).all():
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
    return f"{said} {where}" if where else said


def drawing(drawn: Sample, asked: int) -> str:
    """How much has been measured."""
    parts = [
        say(
            "Points: medians of {n_sets} training sets; bands: the middle {share} of them.",
            n_sets=drawn.draws,
            share=SHARE,
        )
    ]
    if drawn.draws < asked:
        parts.append(say("{n_asked} would take too long at this size.", n_asked=asked))
    if not drawn.whole:
        parts.append(
            say(
                "Drawing: part {part} of {n_parts}.",
                part=drawn.parts,
                n_parts=drawn.strides * drawn.blocks,
            )
        )
    return " ".join(parts)
