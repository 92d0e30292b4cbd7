"""One group of runs, moved a step at a time, whatever its model."""

from __future__ import annotations

from collections.abc import Iterable

from wd_core.models.seam import Order, Problem
from wd_core.optimizers import Optimizer, Rates, State, Tensor


class Walk:
    """The state of one group of runs, moved an epoch at a time."""

    def __init__(self, problem: Problem, rule: Optimizer) -> None:
        self.problem, self.rule, self.v = problem, rule, problem.start
        self.state: State = (0 * self.v,) * len(rule.slots)
        self.t = 0
        self._rates: dict[int, Rates] = {}

    def epoch(self, order: Order) -> None:
        """One pass over the batches."""
        self.steps(self.problem.batches(order))

    def steps(self, batches: Iterable[Tensor]) -> None:
        """A step on each of these batches."""
        problem, update, v, state = self.problem, self.rule.update, self.v, self.state
        for batch in batches:
            rows = len(batch)
            if rows not in self._rates:
                self._rates[rows] = problem.rates(self.rule, rows)
            self.t += 1
            v, state = update(v, problem.gradient(v, batch), state, self._rates[rows], self.t)
            problem.project(v)
        self.v, self.state = v, state
