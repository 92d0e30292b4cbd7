"""Runs that are walked step by step, kept for the next question; several sessions share them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from threading import Lock

import numpy as np

from pages.shared import cached
from pages.shared.settings import Settings
from pages.shared.work import count_again, heavy, kept
from wd_core import OPTIMIZERS, DatasetSpec
from wd_core.arrays import Array
from wd_core.linear.inspection import Inspection, Replay
from wd_core.linear.phases import Curvature, Limits, limits
from wd_core.linear.spectrum import row_space
from wd_core.records import Run
from wd_core.trials import looked_at

# What measuring the curvature may take.
MEASURE_SECONDS = 2.0
# Weights that end every epoch this far below where a replay stops for good have not been there.
FAR_BELOW = 1e-4
# The λ that the phase picture shows.
WEIGHT_DECAYS = (1e-3, 1e3)


@dataclass(eq=False)
class Walked:
    """A replay that one session at a time moves."""

    settings: Settings
    replay: Replay
    furthest: int = 0
    lock: Lock = field(default_factory=Lock, repr=False)

    def step(self, number: int) -> Inspection:
        """The step of this number, or the last one that can be shown."""
        with self.lock:
            seen = self.replay.step(number)
        if number > self.furthest:
            self.furthest = number
            count_again(begun, self.settings)
        return seen

    def weights(self, steps: Iterable[int]) -> Array:
        """w after each of these numbers of steps, 0 the start, [K, D]."""
        with self.lock:
            return np.array([self.replay.after(number)[:-1] for number in steps])


@kept
def begun(settings: Settings) -> Walked:
    """The replay of a run, walked as far as somebody has asked."""
    return Walked(settings, Replay(cached.dataset(settings.data), settings.run))


def walked(settings: Settings) -> Walked:
    """The same; its last step is known of a short one, which may have to be walked to its end."""
    replay = begun(settings)
    last = replay.replay.last
    if cached.is_short(settings) and replay.furthest < last and not _stays(settings, replay):
        replay.step(last)
    return replay


def _stays(settings: Settings, replay: Walked) -> bool:
    """Whether the run's epochs say that it can be shown to its end."""
    run = ended(settings)
    if run is None or run.diverged_at[0] >= 0:
        return False
    largest = max(float(np.abs(part[:, 0]).max()) for part in (run.weight_norm, run.bias))
    return bool(largest <= FAR_BELOW * replay.replay.limit)


def other_decay(settings: Settings, kind: str) -> Settings:
    """The same run with a kind of decay; of another optimizer where this one knows one kind alone.

    That is the first that divides its gradients, for there the kinds differ most.
    """
    run, optimizer = settings.run, settings.run.optimizer
    if OPTIMIZERS[optimizer].one_decay:
        optimizer = next(k for k, o in OPTIMIZERS.items() if not (o.one_decay or o.linear))
    return replace(settings, run=replace(run, optimizer=optimizer, decay=kind))  # type: ignore[arg-type]


@kept
def ended(settings: Settings) -> Run | None:
    """The run to its end, beside the same with the bias decayed; None where it takes a while."""
    if not cached.is_short(settings):
        return None
    both = [settings.run, replace(settings.run, decay_bias=True)]
    return looked_at(cached.dataset(settings.data), both)


def measurable(settings: Settings) -> bool:
    """Whether the curvature of this training set is measured before the eye can follow."""
    return cached.svd_seconds(settings.data) <= MEASURE_SECONDS


@kept
def measured(settings: Settings) -> Limits:
    """The stability limits of a run."""
    return limits(cached.dataset(settings.data), settings.run)


@heavy(cached.svd_seconds)
def curvature(spec: DatasetSpec) -> Curvature:
    """The curvature of a training set for any λ."""
    return Curvature.of(cached.dataset(spec).X_train)


@heavy(cached.svd_seconds)
def reached(spec: DatasetSpec) -> bool:
    """Whether the training examples reach every direction of (w, b)."""
    X = cached.dataset(spec).X_train
    rank = row_space(np.column_stack([X, np.ones(len(X))])).shape[1]
    return bool(rank > X.shape[1])


@kept
def edge(spec: DatasetSpec) -> tuple[Array, Array]:
    """The λ of the phase picture, and the largest curvature at each."""
    weight_decays = np.geomspace(*WEIGHT_DECAYS, 121)
    return weight_decays, curvature(spec).largest(weight_decays)
