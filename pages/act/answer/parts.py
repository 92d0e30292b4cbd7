"""The weights of a run in two parts: where its examples reach, and where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pages.shared import cached
from pages.shared.settings import Settings
from pages.shared.work import heavy
from wd_core import Dataset, collect, ridge_path, train
from wd_core.arrays import Array
from wd_core.linear.behaviour import Behaviour, behaviour
from wd_core.linear.spectrum import decompose, row_space, unreachable_norm
from wd_core.records import EpochRecord
from wd_core.training import expected_seconds

# A part of w below this share of ‖w‖, at its largest so far, or of weights as large as the data
# would ask for, is rounding: 0.
ROUNDING = 1e-13
# Taking a run apart may take so long, and takes so many decompositions of its rows.
LONGEST, DECOMPOSITIONS = 1.5, 4


@dataclass(frozen=True, eq=False)
class Split:
    """Norms after each recorded epoch, [E], NaN once the run has diverged.

    weight_norm: ‖w‖; reached: ‖Pw‖, P onto the row space; to_end: the distance of Pw to the exact
    solution that the run goes to, NaN where that is none or not known; left: ‖w − Pw‖; predicted:
    left at the start times the factor of each epoch, NaN where none exists.
    rank: of the rows; centred: of the centred rows, less by one where their mean is a direction of
    its own; does: what is known of the run.
    """

    epoch: NDArray[np.int64]
    weight_norm: Array
    reached: Array
    to_end: Array
    left: Array
    predicted: Array
    rank: int
    centred: int
    n_features: int
    diverged_at: int
    does: Behaviour

    @property
    def beyond(self) -> int:
        """The dimensions of the null space."""
        return self.n_features - self.rank


def seconds(settings: Settings) -> float:
    """Roughly what a run and its parts take."""
    spec = settings.data
    run = expected_seconds(spec.n_train, spec.n_features, [settings.run])
    return run + DECOMPOSITIONS * cached.svd_seconds(spec)


def soon(settings: Settings) -> bool:
    """Whether a run and its parts are there before one asks what they wait for."""
    return seconds(settings) <= LONGEST


def _records(settings: Settings) -> Sequence[EpochRecord]:
    if cached.is_short(settings):
        return cached.short_run(settings).records
    every = cached.record_every(settings.run.epochs)
    return collect(train(cached.dataset(settings.data), [settings.run], record_every=every)).records


@heavy(seconds)
def split(settings: Settings) -> Split:
    """The parts of w over the epochs of a run that is `soon` there."""
    data = cached.dataset(settings.data)
    does = behaviour(settings.run, data.n_train)
    basis = row_space(data.X_train)
    records = _records(settings)
    epoch = np.array([record.epoch for record in records])
    diverged = np.array([bool(record.diverged[0]) for record in records])
    weights = np.array([record.weights[0] for record in records])
    weights[diverged] = np.nan
    norm = np.linalg.norm(weights, axis=1)
    rounding = ROUNDING * np.fmax(np.fmax.accumulate(norm), _natural_size(data))

    def seen(part: Array) -> Array:
        return np.where(part < rounding, 0.0, part)

    left = seen(unreachable_norm(data.X_train, weights))
    factor = float(does.epoch_factor.value) if does.has_factor else np.nan
    with np.errstate(over="ignore", invalid="ignore"):
        predicted = left[0] * np.abs(factor) ** np.where(np.isnan(factor), np.nan, epoch)
    return Split(
        epoch=epoch,
        weight_norm=seen(norm),
        reached=seen(np.linalg.norm(weights @ basis, axis=1)),
        to_end=seen(_to_end(data, does, weights, basis)),
        left=left,
        predicted=np.where(diverged, np.nan, predicted),
        rank=basis.shape[1],
        centred=len(decompose(data).s),
        n_features=data.n_features,
        diverged_at=int(epoch[diverged.argmax()]) if diverged.any() else -1,
        does=does,
    )


def _natural_size(data: Dataset) -> float:
    """A size of weights: that of the targets over that of the features."""
    features = float(np.abs(data.X_train).max())
    return float(np.abs(data.y_train).max()) / features if features else 0.0


def _to_end(data: Dataset, does: Behaviour, weights: Array, basis: Array) -> Array:
    """How far the part in the row space is from where the run goes.

    Where many weights fit the data alike, to the nearest of them: that they fit fixes what lies
    along the directions of the centred data, and nothing else.
    """
    end = does.end.weight_decay
    if end is None:
        return np.full(len(weights), np.nan)
    best = ridge_path(data, [end.value]).weights[0]
    fixed = basis if end.value else decompose(data).V
    return np.asarray(np.linalg.norm((weights - best) @ fixed, axis=1))
