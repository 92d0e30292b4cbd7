"""Before a map is trained: what its cells are near to on the maps that were there before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pages.map.answer import overlap
from pages.map.answer.cells import middle_so_far
from pages.map.question import Plan
from wd_core.arrays import Array

Known = NDArray[np.bool_]
# A cell is near to another up to half a step of the other's map, and rounding.
NEAR = 0.5 + 1e-6


def filled(plan: Plan, losses: Array, lost: Array, known: Known) -> tuple[Array, Array, Known]:
    """Losses and divergence [P, L, E], of unknown cells as the nearest known cell elsewhere has it.

    And what is known then. Maps of the same data and settings are looked at, the last begun first.
    """
    losses, lost, known = losses.copy(), lost.copy(), known.copy()
    for other in overlap.others(plan):
        if known.all():
            break
        theirs = middle_so_far(other)
        if theirs is None:
            continue
        columns = nearest(plan.lr, other.lr)
        for p, panel in enumerate(plan.panels):
            if panel not in other.panels or plan.by_step(panel) != other.by_step(panel):
                continue
            rows = nearest(plan.rows(panel), other.rows(panel))
            q, at = other.panels.index(panel), np.ix_(rows, columns)
            near = (rows >= 0)[:, None] & (columns >= 0)
            new = ~known[p] & near & (theirs.trained[q][at] > 0)
            losses[p][new] = theirs.sound[q][at][new]
            lost[p][new] = theirs.diverged[q][at][new]
            known[p] |= new
    return losses, lost, known


def nearest(values: tuple[float, ...], among: tuple[float, ...]) -> NDArray[np.int64]:
    """The place of the nearest of `among` to each value, in decades; −1: none. Only 0 is near 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs, others = np.log10(values), np.log10(among)
        away = np.abs(logs[:, None] - others)
    away[np.array(values)[:, None] == np.array(among)] = 0
    finite = others[np.isfinite(others)]
    step = (finite[-1] - finite[0]) / (len(finite) - 1) if len(finite) > 1 else 0.0
    return np.where(away.min(1) <= NEAR * step, away.argmin(1), -1)
