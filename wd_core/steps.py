"""One group of runs, moved a step at a time, whatever its model."""

from __future__ import annotations

from collections.abc import Iterable

from wd_core.models.seam import Order, Problem
from wd_core.optimizers import Optimizer, Rates, State, Tensor
from wd_core.optimizers.pace import Pace


class Walk:
    """The state of one group of runs, moved an epoch at a time; `pace` None: η never changes."""

    def __init__(self, problem: Problem, rule: Optimizer, pace: Pace | None = None) -> None:
        self.problem, self.rule, self.v = problem, rule, problem.start
        self.state: State = (0 * self.v,) * len(rule.slots)
        self.t, self._pace = 0, pace
        self._rates: dict[int, Rates] = {}

    def epoch(self, order: Order) -> None:
        """One pass over the batches."""
        self.steps(self.problem.batches(order))

    def steps(self, batches: Iterable[Tensor]) -> None:
        """A step on each of these batches."""
        problem, update, rates = self.problem, self.rule.update, self._rates
        gradient, project = problem.gradient, problem.project
        v, state, t = self.v, self.state, self.t
        for batch in batches:
            rows = len(batch)
            if rows not in rates:
                rates[rows] = problem.rates(self.rule, rows)
            its = rates[rows] if self._pace is None else self._rates_at(t, rows)
            t += 1
            v, state = update(v, gradient(v, batch), state, its, t)
            project(v, its)
        self.v, self.state, self.t = v, state, t

    def _rates_at(self, t: int, rows: int) -> Rates:
        """The numbers of step t = 0, 1, ..., where η changes."""
        assert self._pace is not None
        each = self.problem.each
        lr, decay = (s if isinstance(s, float) else each(s) for s in self._pace.at(t))
        return self._rates[rows].at(lr, decay)
