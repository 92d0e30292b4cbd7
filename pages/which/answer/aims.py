"""Where the trained runs go, and so what they may be compared with; no Streamlit."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from pages.shared import cached
from pages.shared.words import joined, say, told
from pages.shared.work import kept
from pages.which.answer.measured import Seen
from pages.which.answer.rounding import rounding_share, without_rounding
from pages.which.answer.solutions import MOST_SVD
from pages.which.question import Problem
from wd_core import DatasetSpec, ridge_path
from wd_core.arrays import Array
from wd_core.linear.behaviour import behaviour
from wd_core.linear.outcomes import End
from wd_core.optimizers import Known


class Aim(NamedTuple):
    """The λ of the exact solution that a run aims at, and its test loss."""

    weight_decay: Known
    test: float


def end(problem: Problem, weight_decay: float) -> End:
    """Where the problem's run with this λ goes."""
    run = replace(problem.run, weight_decay=weight_decay)
    return behaviour(run, problem.data.n_train).end


def elsewhere(problem: Problem, weight_decay: float) -> bool:
    """Whether it goes anywhere but to the exact solution of the same λ."""
    aim = end(problem, weight_decay).weight_decay
    return aim is None or aim.value != weight_decay


def finding(seen: Seen) -> str:
    """What the trained runs are to be compared with, where it is not the curve at their own λ."""
    problem = seen.problem
    if seen.exact is None or not seen.trained.count:
        return ""
    aim = end(problem, problem.span.most)
    if aim.kind == "unknown":
        return say(
            "The trained runs are compared with none of the exact curves. {why}", why=told(aim.why)
        )
    if aim.bound is not None:
        return say(
            "With λ > 0 the trained runs aim at no exact solution on this axis: they end in a box, "
            "every |wⱼ| at most {formula}.",
            formula=aim.bound.text,
        )
    if not elsewhere(problem, problem.span.most):
        return ""
    assert aim.weight_decay is not None
    return say(
        "A trained run at λ aims at the exact solution of {formula}: compare it with the curves "
        "there, not at λ.",
        formula=aim.weight_decay.text,
    )


def each(seen: Seen) -> list[Aim | None]:
    """Where the runs of every λ of the grid aim, None where at the exact solution of that λ."""
    problem, grid = seen.problem, seen.grid.tolist()
    if seen.exact is None or not elsewhere(problem, problem.span.most):
        return [None] * len(grid)
    ends = [end(problem, lam).weight_decay for lam in grid]
    # of those that aim at no exact solution nothing is said
    tests = _tests(problem.data, tuple(0.0 if aim is None else aim.value for aim in ends))
    return [
        None if aim is None or aim.value == lam else Aim(aim, float(test))
        for aim, lam, test in zip(ends, grid, tests, strict=True)
    ]


def at(seen: Seen, k: int, aim: Aim | None) -> str:
    """Where the runs of the grid's k-th λ aim, where it is not the exact solution of that λ."""
    if seen.grid[k] == 0 and many(seen):
        return say(
            "Without decay many solutions fit the training data alike: the exact one is the "
            "shortest, and a run need not end at it."
        )
    if aim is None:
        return ""
    return say(
        "It aims at the exact solution of {formula} = {end}, which has {end_test}.",
        formula=aim.weight_decay.text,
        end=aim.weight_decay.value,
        end_test=aim.test,
    )


def tile(seen: Seen, text: str) -> str:
    """The help text of a trained run's tile, with where the run aims."""
    said = finding(seen)
    return joined([text, said])


def many(seen: Seen) -> bool:
    """Whether several solutions fit the training data alike without decay."""
    exact = seen.exact
    return exact is not None and round(float(exact.at.dof[0])) - 1 < seen.problem.data.n_features


@kept
def _tests(spec: DatasetSpec, weight_decays: tuple[float, ...]) -> Array:
    """The exact test loss at each of these λ."""
    assert cached.svd_seconds(spec) <= MOST_SVD
    data = cached.dataset(spec)
    loss = ridge_path(data, np.array(weight_decays)).test_loss
    return without_rounding(loss, float(np.mean(data.y_test**2)), rounding_share(data))
