"""The weights of a run in two parts: where its examples reach, and where they do not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pages.shared import cached
from pages.shared.settings import Settings
from wd_core import ridge_path
from wd_core.spectrum import row_space, unreachable_factor, unreachable_norm
from wd_core.types import Array

# A part of w below this share of ‖w‖, at its largest so far, is rounding: 0.
ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class Split:
    """Norms after each recorded epoch, [E], NaN once the run has diverged.

    weight_norm: ‖w‖; reached: ‖Pw‖, P onto the row space; to_ridge: ‖Pw − w*(λ)‖; left: ‖w − Pw‖;
    predicted: left at the start times the factor of each epoch, NaN where none exists.
    """

    epoch: NDArray[np.int64]
    weight_norm: Array
    reached: Array
    to_ridge: Array
    left: Array
    predicted: Array
    factor: float
    rank: int
    n_features: int
    diverged_at: int


@lru_cache(maxsize=64)
def split(settings: Settings) -> Split:
    """The parts of w over the epochs of a short run."""
    data, run = cached.dataset(settings.data), settings.run
    basis = row_space(data.X_train)
    best = ridge_path(data, [run.ridge_weight_decay]).weights[0] @ basis
    records = cached.short_run(settings).records
    epoch = np.array([record.epoch for record in records])
    diverged = np.array([bool(record.diverged[0]) for record in records])
    weights = np.array([record.weights[0] for record in records])
    weights[diverged] = np.nan
    along, norm = weights @ basis, np.linalg.norm(weights, axis=1)
    rounding = ROUNDING * np.fmax.accumulate(norm)

    def seen(part: Array) -> Array:
        return np.where(part < rounding, 0.0, part)

    left = seen(unreachable_norm(data.X_train, weights))
    factor = unreachable_factor(run, data.n_train)
    with np.errstate(over="ignore", invalid="ignore"):
        predicted = left[0] * np.abs(factor) ** np.where(np.isnan(factor), np.nan, epoch)
    return Split(
        epoch=epoch,
        weight_norm=norm,
        reached=np.linalg.norm(along, axis=1),
        to_ridge=seen(np.linalg.norm(along - best, axis=1)),
        left=left,
        predicted=np.where(diverged, np.nan, predicted),
        factor=factor,
        rank=basis.shape[1],
        n_features=data.n_features,
        diverged_at=int(epoch[diverged.argmax()]) if diverged.any() else -1,
    )
