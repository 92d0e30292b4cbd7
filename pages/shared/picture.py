"""The Train page's picture of a run, as the live chart takes it: whole, or as a stream."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np

from pages.shared import cached, figures, story
from pages.shared.link import Pin, query_of
from pages.shared.numbers import number_text
from pages.shared.settings import FRONT, SETTINGS, Settings, Steps, as_text, relevant, within
from wd_core import (
    OPTIMIZERS,
    make_dataset,
    max_stable_lr,
    train,
    unreachable_norm,
)
from wd_core.spectrum import unreachable_factor
from wd_core.training import batch_order
from wd_core.types import Array, EpochRecord

Payload = dict[str, Any]

# A streamed picture is sent at this pace, however fast the epochs come.
PACE_SECONDS = 0.1
# The last tenth of a run says how much its test loss still moves.
LATELY = 10
# Below this share of the start's norm, the part out of reach is rounding.
NOTHING_LEFT = 1e-9
# So many batches are looked at for the one that allows the smallest learning rate.
MOST_BATCHES = 200

TILES = [
    {
        "label": "Train loss",
        "series": "train_loss",
        "role": "train",
        "help": "L = 1/(2n) Σ (x·w + b − y)² on the training data, without the penalty.",
    },
    {
        "label": "Test loss",
        "series": "test_loss",
        "role": "test",
        "help": "The same half mean square on data the run has never seen.",
    },
    {
        "label": "Gap",
        "series": "gap",
        "help": "Test loss minus train loss.",
    },
    {
        "label": "‖w‖",
        "series": "weight_norm",
        "role": "penalty",
        "help": "Euclidean norm of the weights; the bias is not in it.",
    },
    {
        "label": "Data loss + penalty = objective",
        "help": "J = L + (λ/2)‖w‖²: coupled decay descends it, decoupled decay need not.",
        "terms": [
            {"label": "L", "series": "train_loss"},
            {"label": "(λ/2)‖w‖²", "series": "penalty"},
            {"label": "J", "series": "objective"},
        ],
    },
]


TAKES_A_WHILE = "This run takes a while: its curves are drawn as they come."

COLUMNS = ("train_loss", "test_loss", "weight_norm", "penalty", "gap", "objective")
DERIVED = ("gap", "objective")


def training_picture(settings: Settings, pins: Sequence[Pin] = ()) -> Payload:
    """The payload for these settings: finished for a short run, or with the address of its stream.

    Raises ValueError where the data set refuses the settings.
    """
    query, read = query_of(settings, pins), relevant(settings.data.source, settings.run.optimizer)
    front = [key for key in FRONT if key in read]
    payload: Payload = {
        "run": query or "defaults",
        "query": query,
        "tiles": TILES,
        "total": settings.run.epochs,
        "stream": None,
        "live": {
            "url": f"/api/train?{query}",
            "controls": {key: {"param": key, "values": _steps(key, settings)} for key in front},
        },
    }
    if records := cached.known(settings):
        return payload | _finished(settings, records, pins)
    suffixes = ("", "_0") if settings.run.weight_decay else ("",)
    series: figures.Series = {name + suffix: [] for name in COLUMNS for suffix in suffixes}
    return payload | {
        "stream": f"/api/train/stream?{query}",
        "work": settings.query(),
        "series": {"epoch": []} | series,
        "figure": _figure(settings, series, None, pins),
        "sentence": TAKES_A_WHILE,
    }


def stream(settings: Settings, pins: Sequence[Pin] = ()) -> Iterator[tuple[str, Payload]]:
    """The events of a long run: `rows` at a fixed pace, then the finished `picture`, then `done`.

    Where the training data take a while to draw, a `picture` of the start comes first. Closing the
    iterator ends the run.
    """
    epochs = settings.run.epochs
    slow = cached.draws_slowly(settings.data)
    if slow:
        n, d = settings.data.n_train, settings.data.n_features
        yield (
            "picture",
            {
                "series": _start(settings),
                "sentence": f"Drawing {n} × {d} numbers of training data first.",
            },
        )
    data, every = cached.dataset(settings.data), cached.record_every(epochs)
    began = sent = time.monotonic()
    records: list[EpochRecord] = []
    new = 0
    with closing(train(data, cached.compared(settings.run), record_every=every)) as run:
        for record in run:
            records.append(record)
            new += 1
            now = time.monotonic()
            if slow and record.epoch == 0:
                yield "picture", {"series": _series(records), "sentence": TAKES_A_WHILE}
                new = 0
            elif record.epoch in (0, epochs) or now - sent >= PACE_SECONDS:
                left = (
                    (now - began) / record.epoch * (epochs - record.epoch) if record.epoch else None
                )
                yield (
                    "rows",
                    {
                        "series": _series(records[-new:]),
                        "epoch": record.epoch,
                        "seconds_left": left,
                    },
                )
                sent, new = now, 0
    cached.remember(settings, records, _reach(settings, _until_divergence(records)))
    yield "picture", _finished(settings, records, pins)
    yield "done", {}


def _start(settings: Settings) -> figures.Series:
    """Epoch 0 as far as it needs no training data: the test rows are the same for every n."""
    runs = [replace(run, epochs=0) for run in cached.compared(settings.run)]
    series = _series(list(train(make_dataset(replace(settings.data, n_train=1)), runs)))
    unknown = {"train_loss", "gap", "objective"}
    return {
        name: [None] if name.removesuffix("_0") in unknown else values
        for name, values in series.items()
    }


def final_numbers(settings: Settings) -> dict[str, float] | None:
    """The last losses, norm and ratio of a run that is short or has been streamed; else None."""
    records = cached.known(settings)
    if records is None:
        return None
    last = records[-1]
    return {
        "train": float(last.train_loss[0]),
        "test": float(last.test_loss[0]),
        "norm": float(last.weight_norm[0]),
    }


def _steps(key: str, settings: Settings) -> list[str]:
    """What the slider of this setting offers, in its order."""
    setting = SETTINGS[key]
    assert isinstance(setting, Steps)
    offered = within(setting, settings.data.source)
    return [as_text(value) for value in offered.with_value(float(settings.values()[key]))]


def _finished(settings: Settings, records: Sequence[EpochRecord], pins: Sequence[Pin]) -> Payload:
    """What is known only at the end: all curves, the figure with its baselines, the sentence."""
    baselines = cached.baselines(settings.data, settings.run.weight_decay)
    shown, kept = _until_divergence(records), cached.streamed(settings)
    last = max(1, shown[-1].epoch) if records[-1].diverged[0] else None
    series = _series(shown) | (kept.reach if kept else _reach(settings, shown))
    return {
        "series": series,
        "figure": _figure(settings, series, baselines, pins, last),
        "sentence": _sentence(settings, records, baselines),
    }


def _until_divergence(records: Sequence[EpochRecord]) -> Sequence[EpochRecord]:
    """The records before the run left the range of numbers; the start in any case."""
    return [record for record in records if not record.diverged[0]] or records[:1]


def _series(records: Sequence[EpochRecord]) -> figures.Series:
    """The curves of the run, and with `_0` behind their names those of its twin without decay."""
    series: figures.Series = {"epoch": [record.epoch for record in records]}
    for row, suffix in zip(range(len(records[0].train_loss)), ("", "_0"), strict=False):
        curves = {name: _column(records, name, row) for name in COLUMNS if name not in DERIVED}
        with np.errstate(invalid="ignore"):
            curves["gap"] = curves["test_loss"] - curves["train_loss"]
            curves["objective"] = curves["train_loss"] + curves["penalty"]
        series |= {name + suffix: _listed(values) for name, values in curves.items()}
    return series


def _column(records: Sequence[EpochRecord], name: str, row: int) -> Array:
    """One number of one run over the epochs, NaN once it has diverged."""
    return np.array(
        [np.nan if record.diverged[row] else getattr(record, name)[row] for record in records]
    )


def _listed(values: Array) -> list[float | None]:
    """Numbers for JSON: six digits, and null where there is none."""
    return [float(f"{x:.6g}") if math.isfinite(x) else None for x in values.tolist()]


def _reach(settings: Settings, records: Sequence[EpochRecord]) -> figures.Series:
    """The norm of the part of w that no example reaches, and where theory says it must be."""
    if cached.svd_seconds(settings.data) > cached.SVD_SECONDS:
        return {}
    data = cached.dataset(settings.data)
    weights = np.array([record.weights[0] for record in records])
    left = unreachable_norm(data.X_train, weights)
    if not left[0] > NOTHING_LEFT * float(np.linalg.norm(weights[0])):
        return {}
    series: figures.Series = {"unreachable": _listed(left)}
    factor = abs(unreachable_factor(settings.run, data.n_train))
    if math.isfinite(factor):
        epochs = np.array([record.epoch for record in records])
        marked = np.full(len(epochs), np.nan)
        places = np.linspace(0, len(epochs) - 1, figures.MARKS + 1).round().astype(int)
        marked[places] = left[0] * factor ** epochs[places]
        series["predicted"] = _listed(marked)
    return series


def _sentence(
    settings: Settings,
    records: Sequence[EpochRecord],
    baselines: cached.Baselines,
) -> str:
    run, last = settings.run, records[-1]
    if last.diverged[0]:
        epoch = next(record.epoch for record in records if record.diverged[0])
        label = OPTIMIZERS[run.optimizer].label
        limit, shrink = _lowest_limit(settings, epoch), run.lr * run.weight_decay
        if math.isnan(limit.lr) and run.decay == "decoupled" and shrink > 2:
            return story.decay_diverged(epoch, shrink)
        return story.diverged(epoch, run.lr, limit, label, run.batch_size)
    lately, data = records[-max(1, len(records) // LATELY) :], cached.dataset(settings.data)
    end = story.Outcome(
        weight_decay=run.weight_decay,
        train=float(last.train_loss[0]),
        test=float(last.test_loss[0]),
        test_without=float(last.test_loss[1]) if run.weight_decay else None,
        without_diverged=bool(last.diverged[-1]),
        unclear=bool(run.weight_decay) and _overlap([r.test_loss for r in lately]),
        start=float(records[0].train_loss[0]),
        untrained=cached.untrained_loss(data),
        n_test=len(data.y_test),
    )
    return story.sentence(end, baselines)


def _overlap(losses: Sequence[Array]) -> bool:
    """Whether what two runs lately moved through has a part in common: no verdict then."""
    low, high = np.min(losses, 0), np.max(losses, 0)
    return bool(low.max() <= high.min() and (low < high).any())


def _lowest_limit(settings: Settings, epochs: int) -> story.Limit:
    """The smallest stable learning rate over the whole batches of the first epochs."""
    data, run, size = cached.dataset(settings.data), settings.run, settings.run.batch_size
    all_at_once = size == data.n_train
    epochs = 1 if all_at_once else max(1, min(epochs, MOST_BATCHES // (data.n_train // size)))
    batches = [
        order[i : i + size]
        for order in batch_order(run.seed, data.n_train, epochs)
        for i in range(0, len(order) - size + 1, size)
    ]
    lowest, without = (
        min(max_stable_lr(data.X_train[batch], one) for batch in batches)
        for one in (run, replace(run, weight_decay=0.0))
    )
    return story.Limit(lowest, without, None if all_at_once else epochs)


def _figure(
    settings: Settings,
    series: figures.Series,
    baselines: cached.Baselines | None,
    pins: Sequence[Pin],
    last: int | None = None,
) -> Payload:
    """The figure over all epochs, or up to the last one before the run diverged."""
    lam = number_text(settings.run.weight_decay)
    return figures.training(
        series,
        lam,
        settings.run.epochs if last is None else last,
        _levels(settings, baselines),
        [curve for pin in pins if (curve := _pinned(pin))],
        filename=f"weight-decay-{lam}",
    )


def _levels(settings: Settings, baselines: cached.Baselines | None) -> list[figures.Level]:
    if baselines is None:
        return []
    constant, ridge = baselines.constant_test, baselines.ridge_test
    levels = [figures.Level("test, constant predictor", constant, figures.TEXT, "dashdot")]
    if ridge is not None:
        name = "exact ridge" if settings.run.weight_decay else "least squares"
        levels.append(figures.Level(f"test, {name}", ridge, figures.OPTIMUM, "dot"))
    return levels


def _pinned(pin: Pin) -> figures.Curve | None:
    records = cached.known(pin.settings)
    if records is None:
        return None
    s = _series(records)
    return figures.Curve(pin.name, s["epoch"], s["train_loss"], s["test_loss"], s["weight_norm"])
