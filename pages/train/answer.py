"""What Train computes: long runs as they come, and the part of w that no example reaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from pages.shared import cached
from pages.shared.settings import Settings
from pages.shared.work import Growth, Parts, growing, heavy, taking
from wd_core import collect, train, unreachable_norm
from wd_core.arrays import Array
from wd_core.export import to_csv
from wd_core.linear.behaviour import behaviour
from wd_core.records import EpochRecord
from wd_core.training import interruptible

# Below this share of the start's norm, the part out of reach is rounding.
NOTHING_LEFT = 1e-9


@dataclass(frozen=True, eq=False)
class Beyond:
    """The norm of the part of w that no example reaches after each record [E], and as predicted.

    None: no factor of an epoch is known.
    """

    norm: Array
    predicted: Array | None


Part = EpochRecord | Beyond


def _long_run(settings: Settings) -> Parts[Part]:
    """The records of the run beside the same without decay, without their weights.

    At the end what those say, where some part of w is out of reach.
    """
    data, every = cached.dataset(settings.data), cached.record_every(settings.run.epochs)
    records: list[EpochRecord] = []
    runs = cached.compared(settings.run)
    with closing(interruptible(data, runs, record_every=every)) as stream:
        for record in stream:
            if record is None:
                yield None
            else:
                records.append(record)
                yield _light(record)
    left = beyond(settings, until_divergence(records))
    if left is not None:
        yield left


_grown: Callable[[Settings], Growth[Part]] = growing(_long_run)
long_run = taking(lambda settings: cached.training_bytes(settings.data), cached.run_seconds)(_grown)


def _light(record: EpochRecord) -> EpochRecord:
    return replace(record, expand=_forgotten)


def _forgotten() -> Array:
    raise LookupError("the weights of a long run are not kept")


@heavy(cached.run_seconds, lambda settings: cached.training_bytes(settings.data, runs=1))
def every_epoch(settings: Settings) -> str:
    """The run's losses, penalty and norm after every epoch, as CSV."""
    stream = train(cached.dataset(settings.data), [settings.run])
    return to_csv(collect(map(_light, stream)))


def known(settings: Settings) -> Sequence[EpochRecord] | None:
    """The records of a run that is short, or long and at its end; else None."""
    if cached.is_short(settings):
        return cached.short_run(settings).records
    run = long_run(settings)
    return records_of(run.parts) if run.whole else None


def records_of(parts: Sequence[Part]) -> list[EpochRecord]:
    """The records among these parts."""
    return [part for part in parts if isinstance(part, EpochRecord)]


def beyond_of(settings: Settings, records: Sequence[EpochRecord]) -> Beyond | None:
    """The part out of reach of a run that is known."""
    if records[0].expand is not _forgotten:
        return beyond(settings, records)
    return next((part for part in long_run(settings).parts if isinstance(part, Beyond)), None)


def beyond(settings: Settings, records: Sequence[EpochRecord]) -> Beyond | None:
    """The same of these records; None where no part is out of reach, or finding it takes long."""
    if cached.svd_seconds(settings.data) > cached.SVD_SECONDS:
        return None
    data = cached.dataset(settings.data)
    weights = np.array([record.weights[0] for record in records])
    norm = unreachable_norm(data.X_train, weights)
    if not norm[0] > NOTHING_LEFT * float(np.linalg.norm(weights[0])):
        return None
    does = behaviour(settings.run, data.n_train)
    if not does.has_factor:
        return Beyond(norm, None)
    epochs, alone = np.array([record.epoch for record in records]), does.shrinking
    with np.errstate(over="ignore"):
        return Beyond(norm, norm[0] * np.abs(alone.left(epochs * alone.an_epoch)))


def until_divergence(records: Sequence[EpochRecord]) -> Sequence[EpochRecord]:
    """The records before the run left the range of numbers; the start in any case."""
    return [record for record in records if not record.diverged[0]] or records[:1]
