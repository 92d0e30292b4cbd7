"""The Train page's picture of a run, as the live chart takes it: whole, or as a stream."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from pages.shared import cached
from pages.shared.encoding import DIGITS, as_series
from pages.shared.fields import Steps, as_text
from pages.shared.numbers import number_text
from pages.shared.pace import Pace, waiting
from pages.shared.palette import OPTIMUM, TEXT
from pages.shared.payload import Events, Figure, Part, Payload, Rows
from pages.shared.plotting import MARKS, Series
from pages.shared.remedies import Remedies, course, remedies
from pages.shared.run import RUN, Asked, Pin
from pages.shared.settings import FRONT, SETTINGS, Settings, relevant, within
from pages.shared.sources import data_source
from pages.shared.words import Said, joined, say, tell, told
from pages.train.answer import beyond_of, known, long_run, records_of, until_divergence
from pages.train.figure import curves as figure
from pages.train.figure.first import first
from pages.train.payload import tiles
from pages.train.question import DEFAULT, EVERY, FORM, Shown
from pages.train.words import diverged, outside, rivals, story
from pages.train.words import plain as plain_words
from pages.train.words.pins import called
from wd_core import train
from wd_core.arrays import Array
from wd_core.linear.behaviour import behaviour
from wd_core.records import EpochRecord

# A streamed picture is sent at this pace, however fast the epochs come.
PACE_SECONDS = 0.1
# The last tenth of a run says how much its test loss still moves.
LATELY = 10
TAKES_A_WHILE = say("This run takes a while: its curves are drawn as they come.")

COLUMNS = ("train_loss", "test_loss", "weight_norm", "penalty", "gap", "objective")
DERIVED = ("gap", "objective")


def training_picture(
    settings: Settings, pins: Sequence[Pin] = (), shown: Shown = DEFAULT, *, waits: bool = True
) -> Payload:
    """The payload for these settings: finished for a short run, or with the address of its stream.

    `waits`: whether somebody waits for what has to be tried, as nobody does during a drag.
    Raises ValueError where the data set refuses the settings.
    """
    query = FORM.query(Asked(settings, shown, tuple(pins)))
    read = relevant(settings.data.source, settings.run.optimizer)
    front = [key for key in FRONT if key in read]
    records = known(settings)
    part = (
        _finished(settings, records, pins, shown, waits)
        if records
        else _begun(settings, pins, shown)
    )
    payload: Payload = {
        "run": query or "defaults",
        "query": query,
        "figure": part["figure"],
        "series": part["series"],
        "sentence": part["sentence"],
        "tiles": tiles.of(settings),
        "total": settings.run.epochs,
        "stream": None if records else f"/api/train/stream?{query}",
        "live": {
            "url": f"/api/train?{query}",
            "controls": {key: {"param": key, "values": _steps(key, settings)} for key in front},
        },
    }
    if not records:
        payload |= {"work": RUN.query(settings), "tells_end": True}
    return payload


def _begun(settings: Settings, pins: Sequence[Pin], shown: Shown) -> Part:
    """What is known before a stream: the figure, its curves still empty."""
    suffixes = ("", "_0") if settings.run.weight_decay else ("",)
    series: Series = {name + suffix: [] for name in COLUMNS for suffix in suffixes}
    return {
        "series": {"epoch": [], **series},
        "figure": _as_shown(
            shown, settings, _figure(settings, series, None, _curves(settings, pins)), series
        ),
        "sentence": told(TAKES_A_WHILE),
    }


def stream(settings: Settings, pins: Sequence[Pin] = (), shown: Shown = DEFAULT) -> Events:
    """The events of a long run: `rows` at a fixed pace, then the finished `picture`, then `done`.

    Where the training data take a while to draw, a `picture` of the start comes first, once there
    is a place for the run. Closing the iterator ends the run.
    """
    epochs = settings.run.epochs
    slow, drawing = cached.draws_slowly(settings.data), False
    records: list[EpochRecord] = []
    new: list[EpochRecord] = []
    pace = Pace(PACE_SECONDS)
    run = long_run(settings)
    with closing(run.watch()) as coming:
        for turn, parts in enumerate(coming):
            # where it may have to wait for a place, that is known after a turn
            if slow and not drawing and run.ahead is None and (turn or not run.is_large):
                yield "picture", _drawing(settings)
                drawing = True
            came = records_of(parts)
            records, new = [*records, *came], [*new, *came]
            if slow and came == records and came:
                yield "picture", Part(series=_series(records), sentence=told(TAKES_A_WHILE))
                new = []
            elif new and (new[-1].epoch == epochs or pace.due()):
                epoch = new[-1].epoch
                left = pace.seconds_left(epoch, epochs)
                yield "rows", Rows(series=_series(new), epoch=epoch, seconds_left=left)
                pace.sent()
                new = []
            else:
                yield waiting(run)
    yield "picture", _finished(settings, records, pins, shown)
    yield "done", {}


def _drawing(settings: Settings) -> Part:
    """What there is to see while the training data are drawn."""
    sentence = say(
        "Drawing {n_train} × {n_features} numbers of training data first.",
        n_train=settings.data.n_train,
        n_features=settings.data.n_features,
    )
    return Part(series=_start(settings), sentence=sentence)


def _start(settings: Settings) -> Series:
    """Epoch 0 as far as it needs no training data: the test rows are the same for every n."""
    runs = [replace(run, epochs=0) for run in cached.compared(settings.run)]
    series = _series(list(train(cached.dataset(replace(settings.data, n_train=1)), runs)))
    unknown = {"train_loss", "gap", "objective"}
    return {
        name: [None] if name.removesuffix("_0") in unknown else values
        for name, values in series.items()
    }


@dataclass(frozen=True)
class Ended:
    """What a run ended with, a loss that is rounding as 0; of one that diverged, the last it had.

    diverged_at: the epoch by which it had; None where it did not.
    """

    train: float
    test: float
    norm: float
    diverged_at: int | None


def ended(settings: Settings) -> Ended | None:
    """The end of a run that is short or has been streamed, as the tiles show it; else None."""
    records = known(settings)
    if records is None:
        return None
    last, told = until_divergence(records)[-1], _outcome(settings, records).told
    return Ended(
        train=told(float(last.train_loss[0])),
        test=told(float(last.test_loss[0])),
        norm=float(last.weight_norm[0]),
        diverged_at=_diverged_at(records),
    )


def _diverged_at(records: Sequence[EpochRecord]) -> int | None:
    """The first of the epochs at which the run had diverged."""
    return next((record.epoch for record in records if record.diverged[0]), None)


def _steps(key: str, settings: Settings) -> list[str]:
    """What the slider of this setting offers, in its order."""
    setting = SETTINGS[key]
    assert isinstance(setting, Steps)
    offered = within(setting, data_source(settings.data))
    return [as_text(value) for value in offered.with_value(float(settings.values()[key]))]


def _finished(
    settings: Settings,
    records: Sequence[EpochRecord],
    pins: Sequence[Pin],
    shown: Shown,
    waits: bool = True,
) -> Part:
    """What is known only at the end: all curves, the figure with its baselines, the sentence."""
    baselines = _baselines(settings)
    lasted = until_divergence(records)
    last = None if _diverged_at(records) is None else max(1, lasted[-1].epoch)
    series, pinned = _series(lasted) | _beyond(settings, lasted), _curves(settings, pins)
    drawn = _figure(settings, series, baselines, pinned, last)
    said = _sentence(settings, records, baselines, waits)
    beside = outside.sentences(*figure.outside(drawn, series, pinned))
    drawn = _as_shown(shown, settings, drawn, series, _levels(settings, baselines), pinned)
    return {"series": series, "figure": drawn, "sentence": joined([said, *beside])}


def _as_shown(
    shown: Shown,
    settings: Settings,
    drawn: Figure,
    series: Series,
    levels: Sequence[figure.Level] = (),
    pinned: Sequence[figure.Curve] = (),
) -> Figure:
    """The whole figure, or as much of it as the question is about."""
    if shown.curves == EVERY:
        return drawn
    lam = number_text(settings.run.weight_decay)
    return first(drawn, series, figure.asked(series, lam, levels, pinned))


def _series(records: Sequence[EpochRecord]) -> Series:
    """The curves of the run, and with `_0` behind their names those of its twin without decay."""
    series: Series = {"epoch": [record.epoch for record in records]}
    kept = {name: _columns(records, name) for name in COLUMNS if name not in DERIVED}
    for row, suffix in zip(range(len(records[0].train_loss)), ("", "_0"), strict=False):
        curves = {name: columns[:, row] for name, columns in kept.items()}
        with np.errstate(invalid="ignore"):
            curves["gap"] = curves["test_loss"] - curves["train_loss"]
            curves["objective"] = curves["train_loss"] + curves["penalty"]
        series |= {name + suffix: as_series(values, DIGITS) for name, values in curves.items()}
    return series


def _columns(records: Sequence[EpochRecord], name: str) -> Array:
    """One number of all runs over the epochs, [E, R], NaN once a run has diverged."""
    diverged = np.array([record.diverged_at for record in records]) >= 0
    return np.where(diverged, np.nan, np.array([getattr(record, name) for record in records]))


def _beyond(settings: Settings, records: Sequence[EpochRecord]) -> Series:
    """The norm of the part of w that no example reaches, and where theory says it must be."""
    found = beyond_of(settings, records)
    if found is None:
        return {}
    series: Series = {"unreachable": as_series(found.norm, DIGITS)}
    if found.predicted is not None:
        marked = np.full(len(records), np.nan)
        places = np.linspace(0, len(records) - 1, MARKS + 1).round().astype(int)
        marked[places] = found.predicted[places]
        series["predicted"] = as_series(marked, DIGITS)
    return series


def _sentence(
    settings: Settings,
    records: Sequence[EpochRecord],
    baselines: cached.Baselines,
    waits: bool,
) -> str:
    epoch = _diverged_at(records)
    if epoch is not None:
        return plain_words.diverged(epoch, remedies(settings) if waits else Remedies())
    end = _tried(settings, records) if waits else _outcome(settings, records)
    grows = end.course is not None and end.course.grows
    return plain_words.sentence(end, baselines, remedies(settings) if grows else Remedies())


def _tried(settings: Settings, records: Sequence[EpochRecord]) -> story.Outcome:
    """The end of a run, and where it has grown what it does when it goes on."""
    end = _outcome(settings, records)
    return replace(end, course=course(settings)) if end.has_grown else end


def advised(settings: Settings) -> Remedies:
    """What makes the run settle, where it has diverged or goes on growing."""
    records = known(settings)
    if records is None:
        return Remedies()
    if _diverged_at(records) is not None:
        return remedies(settings)
    course_of = _tried(settings, records).course
    return remedies(settings) if course_of and course_of.grows else Remedies()


def in_numbers(settings: Settings) -> str:
    """How the run ended, with its causes and all numbers; nothing before it has."""
    records = known(settings)
    if records is None:
        return ""
    epoch = _diverged_at(records)
    if epoch is not None:
        return diverged.sentence(settings, epoch)
    end, found, why = _tried(settings, records), Remedies(), list[Said]()
    if end.course and end.course.grows:
        found, why = remedies(settings), list(diverged.causes(settings))
    return story.sentence(end, _baselines(settings), found, why)


def _baselines(settings: Settings) -> cached.Baselines:
    """What the run is compared with: the simplest prediction, and the solution it goes to."""
    goal = behaviour(settings.run, settings.data.n_train).end
    aim = None if goal.weight_decay is None else goal.weight_decay.value
    return cached.baselines(settings.data, aim)


def beside_exact(settings: Settings) -> Sequence[Said]:
    """The run beside the exact solution, once its end is known and where it is a result."""
    records = known(settings)
    if records is None or _diverged_at(records) is not None:
        return ()
    end = _outcome(settings, records)
    if end.has_grown:
        return ()
    goal = behaviour(settings.run, settings.data.n_train).end
    baselines = _baselines(settings)
    if baselines.ridge_test is not None:
        baselines = replace(baselines, ridge_test=end.told(baselines.ridge_test))
    fits = end.told(end.train) == 0
    return tuple(rivals.exact(end.told(end.test), baselines, goal, fits))


def _outcome(settings: Settings, records: Sequence[EpochRecord]) -> story.Outcome:
    run, last, data = settings.run, records[-1], cached.dataset(settings.data)
    lately, twin = records[-max(1, len(records) // LATELY) :], bool(run.weight_decay)
    return story.Outcome(
        weight_decay=run.weight_decay,
        train=float(last.train_loss[0]),
        test=float(last.test_loss[0]),
        test_without=float(last.test_loss[1]) if twin else None,
        train_without=float(last.train_loss[1]) if twin else 0.0,
        without_diverged=bool(last.diverged[-1]),
        unclear=twin and _overlap([r.test_loss for r in lately]),
        start=float(records[0].train_loss[0]),
        untrained=cached.untrained_loss(data),
        n_test=len(data.y_test),
        scale=cached.zero_loss(data),
    )


def _overlap(losses: Sequence[Array]) -> bool:
    """Whether what two runs lately moved through has a part in common: no verdict then."""
    low, high = np.min(losses, 0), np.max(losses, 0)
    return bool(low.max() <= high.min() and (low < high).any())


def _figure(
    settings: Settings,
    series: Series,
    baselines: cached.Baselines | None,
    pinned: Sequence[figure.Curve],
    last: int | None = None,
) -> Figure:
    """The figure over all epochs, or up to the last one before the run diverged."""
    lam = number_text(settings.run.weight_decay)
    return figure.training(
        series,
        lam,
        settings.run.epochs if last is None else last,
        _levels(settings, baselines),
        pinned,
        filename=f"weight-decay-{lam}",
        names=_names(settings),
    )


def _names(settings: Settings) -> figure.Names:
    """How the part that no example reaches, and what is predicted of it, are to be called."""
    found = behaviour(settings.run, settings.data.n_train)
    alone, names = found.shrinking, figure.Names()
    if not found.rule.spans:  # its steps reach that part
        names = replace(names, unreachable=tell("its part outside the span of the examples"))
    if alone.full != alone.last:
        share = f"{found.short_rows}/{settings.run.batch_size}"
        product = f"((1−ηλ)<sup>{alone.an_epoch - 1}</sup>(1−ηλ·{share}))<sup>epoch</sup>"
        names = replace(names, predicted=tell("predicted {product}", product=product))
    return names


def _levels(settings: Settings, baselines: cached.Baselines | None) -> list[figure.Level]:
    """The constant predictor, and the exact solution that the run goes to if there is one."""
    if baselines is None:
        return []
    constant, ridge = baselines.constant_test, baselines.ridge_test
    simplest = figure.Level(
        tell("test, constant predictor"), constant, TEXT, "dashdot", simplest=True
    )
    levels = [simplest]
    if ridge is not None:
        name = _name_of_exact(settings, baselines)
        levels.append(figure.Level(name, ridge, OPTIMUM, "dot"))
    return levels


def _name_of_exact(settings: Settings, baselines: cached.Baselines) -> str:
    goal = behaviour(settings.run, settings.data.n_train).end.weight_decay
    assert goal is not None
    if goal.value == 0:
        return (
            tell("test, least squares of least norm")
            if baselines.many
            else tell("test, least squares")
        )
    if goal.value == settings.run.weight_decay:
        return tell("test, exact ridge")
    return tell("test, exact ridge, λ = {end}", end=goal.value)


def _curves(settings: Settings, pins: Sequence[Pin]) -> list[figure.Curve]:
    """Those of the pinned runs that are known."""
    return [curve for pin in called(settings, pins) if (curve := _pinned(pin))]


def _pinned(pin: Pin) -> figure.Curve | None:
    records = known(pin.settings)
    if records is None:
        return None
    s = _series(records)
    return figure.Curve(pin.name, s["epoch"], s["train_loss"], s["test_loss"], s["weight_norm"])
