"""Where descent stops converging on a map: exact for full batches, estimated for smaller ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pages.shared import cached
from pages.shared.map.plan import Plan
from wd_core import DatasetSpec
from wd_core.phases import Curvature
from wd_core.spectrum import limit_scale
from wd_core.training import batch_order
from wd_core.types import Array

# What measuring the curvature of all the seeds' data may take.
MEASURE_SECONDS = 1.0
# More batches than this are not looked at one by one.
MOST_BATCHES = 50
# λ of the curves, from far below to far above every range; λ = 0 first.
STRENGTHS = np.array([0.0, *np.geomspace(1e-8, 1e8, 161)])


@dataclass(frozen=True, eq=False)
class Edge:
    """A limit: the learning rate [K] at λ [K], or λ′ as the panel's rows have it; λ = 0 first."""

    lr: Array
    weight_decay: Array


@lru_cache(maxsize=64)
def full_batch(plan: Plan, panel: int) -> Edge | None:
    """The exact limit of descent on all examples: η < 2/(c·h(λ)); the median over the seeds.

    h is the largest curvature of J, c as in `wd_core.spectrum.limit_scale`. None for Adam, which
    has no such limit, and where measuring h would take long.
    """
    if plan.seeds * cached.svd_seconds(plan.data) > MEASURE_SECONDS:
        return None
    return _edge(plan, panel, _curvatures(_data_of(plan)))


@lru_cache(maxsize=64)
def batches(plan: Plan, panel: int) -> Edge | None:
    """The smallest such limit of a batch of the first epoch, the median over the seeds.

    An estimate of where SGD in batches fails, and no bound. None for full batches and every other
    optimizer, too: a velocity carries what one batch stirred up through the next ones, and runs
    diverge far below the limit of each batch alone.
    """
    size, n = plan.base.batch_size, plan.data.n_train
    many = -(-n // size) * plan.seeds > MOST_BATCHES
    slow = cached.svd_seconds(plan.data) * plan.seeds > MEASURE_SECONDS
    if plan.panels[panel].optimizer != "sgd" or size >= n or many or slow:
        return None
    return _edge(plan, panel, _batch_curvatures(_data_of(plan), size))


def _edge(plan: Plan, panel: int, largest: Array) -> Edge | None:
    run = plan.run(panel, 0, 0, 0)
    c = limit_scale(run)
    if np.isnan(c):
        return None
    lr = 2 / (c * largest)
    strength = STRENGTHS * (1 if run.decay == "coupled" else c)
    return Edge(lr, strength * lr if plan.by_step(plan.panels[panel]) else strength)


def _data_of(plan: Plan) -> tuple[DatasetSpec, ...]:
    return tuple(plan.spec(seed) for seed in range(plan.seeds))


@lru_cache(maxsize=16)
def _curvatures(specs: tuple[DatasetSpec, ...]) -> Array:
    found = [_largest(cached.dataset(spec).X_train) for spec in specs]
    return np.asarray(np.median(found, axis=0))


@lru_cache(maxsize=16)
def _batch_curvatures(specs: tuple[DatasetSpec, ...], size: int) -> Array:
    found = []
    for spec in specs:
        X = cached.dataset(spec).X_train
        order = next(batch_order(spec.seed, len(X), 1))
        rows = [order[i : i + size] for i in range(0, len(X), size)]
        # a short batch counts its rows over B, and so does its limit
        found.append(np.max([_largest(X[r]) * (len(r) / size) for r in rows], axis=0))
    return np.asarray(np.median(found, axis=0))


def _largest(X: Array) -> Array:
    return Curvature.of(X).largest(STRENGTHS)
