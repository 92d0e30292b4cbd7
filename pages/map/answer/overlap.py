"""What other maps of the same data and settings have trained: their cells are this map's, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pages.map.question import Plan
from pages.shared import work
from pages.shared.store import Entry
from wd_core.sweep import SweepPart

# So many maps are looked through: those that were begun last.
MAPS = 12

Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Batch:
    """Runs that have ended: their places in the plan [k, 4], and their numbers."""

    places: Index
    part: SweepPart

    def of(self, chosen: NDArray[np.bool_], places: Index) -> Batch:
        """Some of the runs, at their places in another plan."""
        of_runs = ("rows", "train_loss", "test_loss", "penalty", "weight_norm", "diverged_at")
        numbers = {name: getattr(self.part, name)[chosen] for name in of_runs}
        return Batch(places[chosen], replace(self.part, **numbers))


class Begun(Entry):
    """The maps of the same data and settings that were begun, the last one last."""

    plans: tuple[Plan, ...] = ()
    busy = False


def others(plan: Plan) -> tuple[Plan, ...]:
    """The maps with runs on the same data, begun before; the last one first."""
    return tuple(other for other in _begun(plan).plans[::-1] if other != plan)


def note(plan: Plan) -> None:
    """Remember that this map is begun."""
    begun = _begun(plan)
    before = (other for other in begun.plans if other != plan)
    begun.plans = (*before, plan)[-MAPS:]
    work.STORE.add(begun, plan)


def _begun(plan: Plan) -> Begun:
    return work.STORE.entry((Begun, plan.data, plan.base), Begun)


def _moved(plan: Plan, other: Plan) -> Iterator[Index]:
    """Of each panel, row, column and seed of the other plan: which one of this it is, −1: none.

    Panels [P], rows [P, L], columns [E], seeds [S].
    """
    panels = [plan.panels.index(panel) if panel in plan.panels else -1 for panel in other.panels]
    yield np.array(
        [
            at if plan.by_step(panel) == other.by_step(panel) else -1
            for at, panel in zip(panels, other.panels, strict=True)
        ]
    )
    yield np.array([_places(other.rows(panel), plan.rows(panel)) for panel in other.panels])
    yield np.array(_places(other.lr, plan.lr))
    yield np.array([seed if seed < plan.seeds else -1 for seed in range(other.seeds)])


def _places(values: tuple[float, ...], among: tuple[float, ...]) -> list[int]:
    at = {value: place for place, value in enumerate(among)}
    return [at.get(value, -1) for value in values]


def shared(
    plan: Plan, other: Plan, batches: Iterable[Batch]
) -> Iterator[tuple[Batch, Index, NDArray[np.bool_]]]:
    """Each of the other plan's batches, where its runs are in this plan [k, 4], and which are."""
    panels, rows, columns, seeds = _moved(plan, other)
    for batch in batches:
        panel, row, column, seed = batch.places.T
        places = np.column_stack([panels[panel], rows[panel, row], columns[column], seeds[seed]])
        yield batch, places, (places >= 0).all(1) & np.isin(places[:, 0], plan.own)
