"""What the numbers show at one place of the axis, in sentences; no Streamlit."""

from __future__ import annotations

import math

from pages.dimension.answer import Seen
from pages.dimension.words.names import NOUNS, number, place
from pages.shared.numbers import every_digit
from pages.shared.words import Said, joined, say, say_n


def sentences(seen: Seen) -> list[str]:
    """What was measured at every place of the axis, and what the limits and the exact mean say."""
    problem, grid = seen.problem, seen.drawn.grid
    exact = problem.shown(problem.model.expected_without_decay(*problem.pairs(grid)).excess)
    return [
        joined((_at(seen, k), _in_the_limit(seen, k, exact[k]), _boundless(exact[k])))
        for k in range(len(grid))
    ]


def _at(seen: Seen, k: int) -> Said:
    """What was measured at a place."""
    problem, count = seen.problem, int(seen.found.count[k])
    about = {"place": place(problem, seen.drawn.grid[k]), "noun": NOUNS[problem.measure]}
    if not count:
        return say("At {place} the {noun} has not been measured yet.", **about)
    zero, fixed, best = (number(float(x)) for x in seen.median[:, k])
    rest = {"best_weight_decay": float(seen.at.best[k])}
    if 1 not in problem.kinds:
        return say_n(
            "At {place} the {noun} is {zero} for λ → 0 and {best} for the best λ = "
            "{best_weight_decay} (of one training set).",
            "At {place} the {noun} is {zero} for λ → 0 and {best} for the best λ = "
            "{best_weight_decay} (medians of {n} training sets).",
            count,
            zero=zero,
            best=best,
            **about,
            **rest,
        )
    return say_n(
        "At {place} the {noun} is {zero} for λ → 0, {fixed} for λ = {weight_decay} and {best} for "
        "the best λ = {best_weight_decay} (of one training set).",
        "At {place} the {noun} is {zero} for λ → 0, {fixed} for λ = {weight_decay} and {best} for "
        "the best λ = {best_weight_decay} (medians of {n} training sets).",
        count,
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


def _boundless(mean: float) -> str:
    """Why a mean is infinite beside a median that is not."""
    if not math.isinf(mean):
        return ""
    return say(
        "Where the mean is ∞ and the median is not, a few training sets go so wrong that they "
        "decide the mean alone."
    )
