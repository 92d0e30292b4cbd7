"""The cells of the maps: trained in one sweep, from coarse to fine, shared by all who look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.map.answer import overlap
from pages.map.answer.overlap import Batch
from pages.map.question import Plan
from pages.shared import cached
from pages.shared.words import say
from pages.shared.work import Growth, Parts, kept, resumable, taking
from wd_core.arrays import Array
from wd_core.optimizers import Runs
from wd_core.sweep import LEAST_CHUNK, sweep
from wd_core.training import expected_seconds

# The first cells are every 8th in both directions, then every 4th, every 2nd, and all.
STRIDES = (8, 4, 2, 1)
# A map may take so long, and its training data so many numbers.
MOST_SECONDS, MOST_NUMBERS = 60.0, 20_000_000

Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Middle:
    """The run in the middle of each cell's seeds by test loss; all [P, L, E].

    Of an even number, the lower of the two in the middle; a diverged run counts as infinite.
    `seed`: which one it is; `trained`, `lost`: how many seeds are finished, and have diverged.
    Where none is finished the losses and ‖w‖ are NaN; `diverged_at` is −1 for a run that did not.
    `spread`: the largest test loss of the finished seeds over the smallest.
    """

    test: Array
    train: Array
    norm: Array
    diverged_at: Index
    seed: Index
    trained: Index
    lost: Index
    spread: Array

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Whether the run in the middle has diverged."""
        return self.diverged_at >= 0

    @property
    def sound(self) -> Array:
        """The test losses, NaN where the run has diverged or none is finished."""
        return np.where(self.diverged, np.nan, self.test)


def trained(plan: Plan) -> Growth[Batch]:
    """The runs of a plan as far as they have come, with what other maps have of them."""
    runs = _trained(plan)
    if not runs.parts:
        finished = np.zeros(plan.shape, dtype=bool)
        elsewhere = list(_elsewhere(plan, finished))
        if elsewhere:
            runs.have(elsewhere, whole=bool(finished[list(plan.own)].all()))
    overlap.note(plan)
    return runs


def _bytes(plan: Plan) -> float:
    """All seeds' data are there at once."""
    spec = plan.spec(0)
    numbers = plan.seeds * (spec.n_train + spec.n_test) * spec.n_features
    return cached.training_bytes(spec, LEAST_CHUNK) + 8.0 * numbers


@taking(_bytes, lambda plan: expected(plan))
@resumable
def _trained(so_far: Sequence[Batch], plan: Plan) -> Parts[Batch]:
    """Train the runs of a plan from coarse to fine. ValueError where the data refuse their spec."""
    finished = np.zeros(plan.shape, dtype=bool)
    for batch in so_far:
        finished[tuple(batch.places.T)] = True
    data = []
    for seed in range(plan.seeds):
        data.append(cached.dataset(plan.spec(seed)))
        yield None
    for wave in coarse_to_fine(plan):
        order = wave[~finished[tuple(wave.T)]]
        if len(order) == 0:
            continue
        with closing(sweep(data[int(order[0, 3])], plan.runs(order))) as parts:
            for part in parts:
                yield Batch(order[part.rows], part) if len(part.rows) else None


def _elsewhere(plan: Plan, finished: NDArray[np.bool_]) -> Iterator[Batch]:
    """The runs of a plan that other maps have and that are not finished; then they are."""
    for other in overlap.others(plan):
        for batch, places, here in overlap.shared(plan, other, _trained(other).parts):
            here[here] = ~finished[tuple(places[here].T)]
            if here.any():
                finished[tuple(places[here].T)] = True
                yield batch.of(here, places)


class Cells:
    """The numbers of every run of a plan, [P, L, E, S], as far as they have come."""

    def __init__(self, plan: Plan, batches: Iterable[Batch] = ()) -> None:
        self.plan = plan
        self.test, self.train, self.norm = (np.full(plan.shape, np.nan) for _ in range(3))
        self.diverged_at = np.full(plan.shape, -1)
        self.finished = np.zeros(plan.shape, dtype=bool)
        self._twins = [plan.twin(panel) for panel in range(len(plan.panels))]
        for batch in batches:
            self.add(batch)

    def add(self, batch: Batch) -> None:
        """Take in what has come; a panel that is another's twin has the same."""
        for panel, twin in enumerate(self._twins):
            which = batch.places[:, 0] == twin
            at = (np.full(int(which.sum()), panel), *batch.places[which, 1:].T)
            self.test[at] = batch.part.test_loss[which]
            self.train[at] = batch.part.train_loss[which]
            self.norm[at] = batch.part.weight_norm[which]
            self.diverged_at[at] = batch.part.diverged_at[which]
            self.finished[at] = True

    @property
    def total(self) -> int:
        """How many runs are trained."""
        return len(self.plan.own) * int(np.prod(self.plan.shape[1:]))

    @property
    def done(self) -> int:
        """How many of them are finished."""
        return int(self.finished[list(self.plan.own)].sum())

    @property
    def complete(self) -> bool:
        """Whether nothing is left to train."""
        return bool(self.finished.all())

    def middle(self) -> Middle:
        """Each cell's run in the middle, of the seeds that are finished by now."""
        finished = self.finished.copy()
        trained = finished.sum(-1)
        lost = finished & (self.diverged_at >= 0)
        rank = np.where(finished, np.where(lost, np.inf, self.test), np.nan)  # NaN is sorted last
        half = np.maximum(trained - 1, 0)[..., None] // 2
        high = np.where(finished, rank, -np.inf).max(-1)
        low = np.where(finished, rank, np.inf).min(-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(trained > 0, high / low, np.nan)
        seed = np.take_along_axis(np.argsort(rank, axis=-1, kind="stable"), half, -1)

        def of(values: Array) -> Array:
            taken: Array = np.take_along_axis(values, seed, -1)[..., 0]
            return np.where(trained > 0, taken, -1 if values.dtype.kind == "i" else np.nan)

        return Middle(
            test=of(self.test),
            train=of(self.train),
            norm=of(self.norm),
            diverged_at=of(self.diverged_at),  # type: ignore[arg-type]
            seed=seed[..., 0],
            trained=trained,
            lost=lost.sum(-1),
            spread=ratio,
        )


def cells(plan: Plan) -> Cells:
    """The cells of a plan as they are now."""
    runs = trained(plan)
    return all_cells(plan) if runs.whole else Cells(plan, runs.parts)


def middle(plan: Plan) -> Middle:
    """Each cell's run in the middle, of the seeds that are finished by now."""
    return _whole_middle(plan) if trained(plan).whole else cells(plan).middle()


def middle_so_far(plan: Plan) -> Middle | None:
    """The same, as it is, of a map that nobody may look at; None where nothing of it has come."""
    runs = _trained(plan)
    if not runs.parts:
        return None
    return _whole_middle(plan) if runs.whole else Cells(plan, runs.parts).middle()


@kept
def _whole_middle(plan: Plan) -> Middle:
    return all_cells(plan).middle()


@kept
def all_cells(plan: Plan) -> Cells:
    """All cells of a plan, trained where they are not yet."""
    return Cells(plan, trained(plan).finish())


def coarse_to_fine(plan: Plan) -> Iterator[Index]:
    """Every (panel, row, column, seed) that is trained, [k, 4] at a time, in the order of training.

    A seed at a time: the first seed goes from every 8th cell to all, the others follow whole.
    """
    _, rows, columns, seeds = plan.shape
    level = _levels(rows, columns)
    panels = np.array(plan.own)
    waves = [(0, np.argwhere(level == stride)) for stride in STRIDES]
    waves += [(seed, np.argwhere(level > 0)) for seed in range(1, seeds)]
    for seed, places in waves:
        if len(places):
            panel = np.repeat(panels, len(places))
            cells = np.tile(places, (len(panels), 1))
            yield np.column_stack([panel, cells, np.full(len(panel), seed)])


def _levels(rows: int, columns: int) -> Index:
    """The stride at which each cell is trained; λ = 0 is a row of its own in every one."""
    level = np.ones((rows, columns), dtype=np.int64)
    for stride in sorted(STRIDES):
        level[np.ix_([0, *range(1, rows, stride)], range(0, columns, stride))] = stride
    return level


def spread(values: Array, known: NDArray[np.bool_]) -> Array:
    """values [P, L, E], with every cell that is not known yet filled by the coarser one it is in.

    NaN where that one is not known either.
    """
    _, rows, columns = values.shape
    filled = np.where(known, values, np.nan)
    for stride in sorted(STRIDES)[1:]:
        row = np.array([0, *(1 + (r - 1) // stride * stride for r in range(1, rows))])
        coarse = np.ix_(np.arange(len(values)), row, np.arange(columns) // stride * stride)
        filled = np.where(known, filled, values[coarse])
        known = known | known[coarse]
    return np.where(known, filled, np.nan)


def expected(plan: Plan) -> float:
    """Roughly the seconds that the maps take on one core."""
    rows, columns, seeds = plan.shape[1:]
    return sum(
        expected_seconds(
            plan.data.n_train,
            plan.data.n_features,
            Runs(plan.run(panel, 0, 0, 0), {}, rows * columns),
        )
        * seeds
        for panel in plan.own
    )


def too_much(plan: Plan) -> str | None:
    """Why these maps are not trained here, and what to do; None where they are."""
    runs = len(plan.own) * int(np.prod(plan.shape[1:]))
    seconds = expected(plan)
    numbers = plan.seeds * plan.data.n_features * (plan.data.n_train + plan.data.n_test)
    if seconds <= MOST_SECONDS and numbers <= MOST_NUMBERS:
        return None
    if seconds > 2 * MOST_SECONDS:
        return say(
            "These {runs} runs of {epochs} epochs would take about {minutes} minutes; this server "
            "trains maps of up to {most} seconds, so that everybody gets a turn. Choose fewer "
            "cells, seeds or epochs, or fewer examples or dimensions.",
            runs=runs,
            epochs=plan.base.epochs,
            minutes=round(seconds / 60),
            most=round(MOST_SECONDS),
        )
    if seconds > MOST_SECONDS:
        return say(
            "These {runs} runs of {epochs} epochs would take about {seconds} seconds; this server "
            "trains maps of up to {most} seconds, so that everybody gets a turn. Choose fewer "
            "cells, seeds or epochs, or fewer examples or dimensions.",
            runs=runs,
            epochs=plan.base.epochs,
            seconds=seconds,
            most=round(MOST_SECONDS),
        )
    return say(
        "The data of these maps have about {numbers} million numbers; this server trains maps of "
        "up to {most} million, so that everybody gets a turn. Choose fewer seeds, examples or "
        "dimensions.",
        numbers=numbers / 1e6,
        most=round(MOST_NUMBERS / 1e6),
    )
