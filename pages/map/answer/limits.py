"""Where descent stops converging on a map: exact for full batches, estimated for smaller ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pages.map.question import Plan
from pages.shared import cached
from pages.shared.work import heavy, kept
from wd_core import OPTIMIZERS, DatasetSpec, Hyperparameters
from wd_core.arrays import Array
from wd_core.linear.behaviour import behaviour
from wd_core.linear.cycles import cycle_limit, cycle_seconds
from wd_core.linear.phases import Curvature

# What measuring the curvature of all the seeds' data may take.
MEASURE_SECONDS = 1.0
# What finding the limit of the batches of a panel may take, at a few λ and for all the seeds.
CYCLE_SECONDS = 0.5
# λ of the curves, from far below to far above every range.
STRENGTHS = np.geomspace(1e-8, 1e8, 161)
# λ at which the limit of the batches is looked for, as shares of the largest curvature: beyond them
# it is the same share of the limit for all examples everywhere.
SHARES = np.geomspace(1 / 30, 10, 9)
# From here down that share is what it is at λ = 0.
LEAST_SHARE = 1e-3


@dataclass(frozen=True, eq=False)
class Edge:
    """A limit: `lr` [K] at λ > 0 [K], or at λ′ as the panel's rows have it; `bare` is at λ = 0.

    NaN where there is none at λ = 0.
    """

    lr: Array
    weight_decay: Array
    bare: float


@dataclass(frozen=True)
class Edges:
    """The limits of a panel: of all examples, of the first epoch's batches, of decay alone.

    `alone` is there where no other is known. None: unknown, or too costly to find.
    """

    full: Edge | None
    cycle: Edge | None
    alone: Edge | None


def is_linear(plan: Plan, panel: int) -> bool:
    """Whether the limits of this panel's rule are known, be they costly to find or not."""
    optimizer, decay = plan.panels[panel]
    return OPTIMIZERS[optimizer].decays[decay].limit is not None


def _run(plan: Plan, panel: int, seed: int = 0) -> Hyperparameters:
    """A run of the panel, the same wherever the map begins: no limit reads its η."""
    return replace(plan.run(panel, 0, 0, seed), lr=plan.base.lr)


def measurable(plan: Plan) -> bool:
    """Whether the curvature of all the seeds' data is found soon."""
    return plan.seeds * cached.svd_seconds(plan.data) <= MEASURE_SECONDS


def repeatable(plan: Plan, panel: int) -> bool:
    """Whether the limit of the panel's batches is found soon."""
    run = _run(plan, panel)
    once = cycle_seconds(plan.data.n_train, plan.data.n_features, run)
    seconds = (once + cached.svd_seconds(plan.data)) * plan.seeds * (1 + len(SHARES))
    return measurable(plan) and seconds <= CYCLE_SECONDS


def edges(plan: Plan, panel: int, *, whole: bool = True) -> Edges:
    """The limits of a panel; `whole`: also that of its batches, which takes its time."""
    full = full_batch(plan, panel)
    return Edges(
        full=full,
        cycle=batches(plan, panel) if whole else None,
        alone=None if full else alone(plan, panel),
    )


def full_batch(plan: Plan, panel: int) -> Edge | None:
    """The exact limit of descent on all examples, the median over the seeds.

    At the curvature that the `Limit` of the rule asks for. None where none is known, and where
    measuring the curvature would take long.
    """
    if not is_linear(plan, panel) or not measurable(plan):
        return None
    return _edge(plan, panel, _full(_data_of(plan), _run(plan, panel)))


@kept
def _full(specs: tuple[DatasetSpec, ...], run: Hyperparameters) -> Array:
    """The limit at λ = 0 and at STRENGTHS, [1 + K], the median over the data sets."""
    found = behaviour(run, specs[0].n_train)
    limit = found.decay.limit
    assert limit is not None
    counted = tuple(
        limit.counted.at({**found.symbols, "λ": float(lam)}).value for lam in (0.0, *STRENGTHS)
    )
    curvatures = _curvatures(specs, counted)
    return np.array([limit.lr.at({**found.symbols, "h": h}).value for h in curvatures.tolist()])


def batches(plan: Plan, panel: int) -> Edge | None:
    """The limit of repeating the first epoch's batches for ever, the median over the seeds.

    An estimate of where descent in batches fails, for later epochs have other orders. Between the
    λ at which it is looked for, its share of the limit for all examples is interpolated, both
    logarithmic. None for full batches, where none is known, and where it would take long.
    """
    full_size = plan.base.batch_size >= plan.data.n_train
    if full_size or not is_linear(plan, panel) or not repeatable(plan, panel):
        return None
    specs, runs = _data_of(plan), tuple(_run(plan, panel, seed) for seed in range(plan.seeds))
    full, h = _full(specs, runs[0]), float(_curvatures(specs, (0.0,))[0])
    found = _cycles(specs, runs, (0.0, *(h * SHARES).tolist()))
    if np.isnan(found).any():
        return None
    log, at = np.log(STRENGTHS), np.log(h * np.array([LEAST_SHARE, *SHARES]))
    there = np.array([np.log(full[0]), *np.interp(at[1:], log, np.log(full[1:]))])
    shares = np.log(found) - there
    lr = full * np.exp([shares[0], *np.interp(log, at, shares)])
    return _edge(plan, panel, lr)


def alone(plan: Plan, panel: int) -> Edge | None:
    """The limit of decay alone; None where no step multiplies w by a factor as such."""
    run = replace(_run(plan, panel), weight_decay=1.0)
    limit = behaviour(run, plan.data.n_train).limit_alone
    if limit is None:
        return None
    return _edge(plan, panel, np.array([np.nan, *limit.value / STRENGTHS]))


def _edge(plan: Plan, panel: int, lr: Array) -> Edge:
    """A limit at λ = 0 and at STRENGTHS, [1 + K], as the panel's rows have it."""
    by_step = plan.by_step(plan.panels[panel])
    return Edge(lr[1:], STRENGTHS * lr[1:] if by_step else STRENGTHS, float(lr[0]))


def _data_of(plan: Plan) -> tuple[DatasetSpec, ...]:
    return tuple(plan.spec(seed) for seed in range(plan.seeds))


@kept
def _curvatures(specs: tuple[DatasetSpec, ...], counted: tuple[float, ...]) -> Array:
    found = [_curvature(spec).largest(counted) for spec in specs]
    return np.asarray(np.median(found, axis=0))


@heavy(cached.svd_seconds)
def _curvature(spec: DatasetSpec) -> Curvature:
    return Curvature.of(cached.dataset(spec).X_train)


def _seconds(
    specs: tuple[DatasetSpec, ...], runs: tuple[Hyperparameters, ...], strengths: tuple[float, ...]
) -> float:
    once = cycle_seconds(specs[0].n_train, specs[0].n_features, runs[0])
    return len(specs) * len(strengths) * once


@heavy(_seconds)
def _cycles(
    specs: tuple[DatasetSpec, ...], runs: tuple[Hyperparameters, ...], strengths: tuple[float, ...]
) -> Array:
    """The limit at each λ, the median over the seeds, each with its own data and order."""
    found = [
        [cycle_limit(cached.dataset(spec), replace(run, weight_decay=lam)) for lam in strengths]
        for spec, run in zip(specs, runs, strict=True)
    ]
    return np.asarray(np.median(found, axis=0))
