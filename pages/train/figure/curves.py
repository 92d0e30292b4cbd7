"""The curves of a run over its epochs as a Plotly figure, in plain JSON; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np

from pages.shared.axes import LOG, epochs_axis, log_axis
from pages.shared.palette import FAINT, PENALTY, TEST, TEXT, TRAIN
from pages.shared.plotting import (
    Plain,
    Series,
    Trace,
    arrange,
    grown,
    layout,
    legend,
    note,
    quoted,
    rearranged,
    scatter,
    stroke,
)
from pages.shared.words import label, tell, tells, told

# Pinned runs are told apart by these marks, a few on each curve.
PIN_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star")
PIN_MARKS = 8

# So many decades below the largest number of the present run a number is rounding, or nobody looks
# at it.
DEEPEST = 14.0
# A run beside the present one whose training loss climbs so many times above all that the present
# one has, and above its own start, leaves the picture.
FAR_ABOVE = 100.0
# On a phone each legend entry takes a line of its own: the panels make room for them.
LOSS, NORM = "", "2"
# What the present run has in each panel.
OWN = {LOSS: ("train_loss", "test_loss"), NORM: ("weight_norm", "unreachable")}
WIDE = (0.0, 1.0)
DOMAINS = {LOSS: (WIDE, (0.48, 1.0)), NORM: (WIDE, (0.0, 0.32))}
NARROW_DOMAINS = {LOSS: (WIDE, (0.53, 1.0)), NORM: (WIDE, (0.0, 0.33))}


Values = Sequence[float | None]


@dataclass(frozen=True)
class Curve:
    """The curves of a run beside the present one, None once it has diverged."""

    name: str
    x: Values
    train: Values
    test: Values
    norm: Values

    def of(self, panel: str) -> Values:
        """What a panel has of it."""
        return (*self.train, *self.test) if panel == LOSS else self.norm

    def leaves(self, top: float) -> bool:
        """Whether it diverged, or climbed far above its start and the present run's `top`."""
        if not self.train or not top:
            return False
        first, last = self.train[0] or 0.0, self.train[-1]
        return last is None or _highest(self.train) > FAR_ABOVE * max(first, top)

    @property
    def calm(self) -> Curve:
        """The same until it has climbed far above its start, for axes that fit what is drawn."""
        start = self.train[0] if self.train else None
        if not start:
            return self
        wild = (x is None or x > FAR_ABOVE * start for x in self.train)
        count = next((epoch for epoch, is_wild in enumerate(wild) if is_wild), len(self.train))
        parts = (self.x, self.train, self.test, self.norm)
        return Curve(self.name, *(part[:count] for part in parts))


@dataclass(frozen=True)
class Level:
    """A horizontal line with its caption, across a panel; simplest: what every run is beside."""

    name: str
    value: float
    colour: str
    dash: str
    panel: str = LOSS
    simplest: bool = False


@tells("unreachable", "predicted")
@dataclass(frozen=True)
class Names:
    """What the two curves are called that only some runs have."""

    unreachable: str = label("its part out of reach")
    predicted: str = label("predicted (1−ηλ)<sup>t</sup>")


NAMES = Names()
_NO_LOSS = label("Every loss is 0: a logarithmic axis has no place for it.")
_NO_NORM = label("Every norm is 0: a logarithmic axis has no place for it.")


def training(
    series: Series,
    weight_decay: str,
    epochs: int,
    levels: Sequence[Level],
    pinned: Sequence[Curve],
    filename: str,
    names: Names = NAMES,
) -> Plain:
    """Losses above, ‖w‖ below, over epochs, both logarithmic.

    Traces with `meta.series` are drawn by the browser from `series`, as far as the shown epoch.
    The epochs are those of the longest run that is drawn.
    """
    epochs = max([epochs, *(int(curve.x[-1] or 0) for curve in pinned if curve.x)])
    come = bool(series["train_loss"])
    traces = [
        _grows(
            "train_loss",
            tell("train, λ = {weight_decay}", weight_decay=weight_decay),
            TRAIN,
            "solid",
            LOSS,
        ),
        _grows(
            "test_loss",
            tell("test, λ = {weight_decay}", weight_decay=weight_decay),
            TEST,
            "dash",
            LOSS,
        ),
        _grows(
            "weight_norm",
            tell("‖w‖, λ = {weight_decay}", weight_decay=weight_decay),
            PENALTY,
            "solid",
            NORM,
        ),
        _grows("unreachable", names.unreachable, TEXT, "dash", NORM),
        _grows("predicted", names.predicted, TEXT, "markers", NORM),
    ]
    if "train_loss_0" in series:
        traces += [
            _grows("train_loss_0", tell("train, λ = 0"), TRAIN, "solid", LOSS, FAINT),
            _grows("test_loss_0", tell("test, λ = 0"), TEST, "dash", LOSS, FAINT),
            _grows("weight_norm_0", tell("‖w‖, λ = 0"), PENALTY, "solid", NORM, FAINT),
        ]
    for curve, symbol in zip(pinned, cycle(PIN_SYMBOLS)):
        traces += _pinned(curve if come else curve.calm, symbol)
    traces = [t for t in traces if "meta" not in t or t["meta"]["series"] in series]
    traces += [_level(level, epochs) for level in levels]
    beside = [*_twin(series), *pinned]
    ranges = {panel: _range(panel, series, beside, levels) if come else {} for panel in DOMAINS}
    figure = _layout(filename, epochs, ranges)
    if come:
        _say_what_is_missing(traces, figure, series)
    return {"data": traces, "layout": figure}


def _twin(series: Series) -> list[Curve]:
    """The run without decay, if the present one is compared with it."""
    if "train_loss_0" not in series:
        return []
    losses = (series["train_loss_0"], series["test_loss_0"])
    return [Curve("λ = 0", series.get("epoch", []), *losses, series.get("weight_norm_0", []))]


def _range(panel: str, series: Series, beside: Sequence[Curve], levels: Sequence[Level]) -> Plain:
    """The axis on which the present run is seen well, and all beside it that does not leave it."""
    own = [x for key in OWN[panel] for x in series.get(key) or []]
    top = _highest(series["train_loss"])
    others = [x for curve in beside if not curve.leaves(top) for x in curve.of(panel)]
    straight = [level.value for level in levels if level.panel == panel]
    floor = _highest(own) * 10**-DEEPEST
    return log_axis(x for x in (*own, *others, *straight) if x is not None and x >= floor)


def _highest(values: Values) -> float:
    return max((x for x in values if x is not None), default=0.0)


def _log(value: float) -> float:
    return math.log10(value) if value > 0 else -math.inf


def outside(figure: Plain, series: Series, pinned: Sequence[Curve]) -> tuple[list[str], list[str]]:
    """The runs beside the present one that climb above a panel; those with losses below theirs."""
    above: dict[str, None] = {}
    for panel in (NORM, LOSS):
        low, high = figure["layout"][f"yaxis{panel}"]["range"]
        tops = {c.name: _log(_highest(c.of(panel))) for c in (*_twin(series), *pinned)}
        above |= {name: None for name, top in tops.items() if top > high}
    return list(above), [name for name, top in tops.items() if -math.inf < top < low]


def _say_what_is_missing(traces: list[Trace], figure: Plain, series: Series) -> None:
    """Leave out of the legends what has no point in its panel; say why a panel is empty."""
    figure["annotations"] = []
    for panel, what in ((LOSS, _NO_LOSS), (NORM, _NO_NORM)):
        limits = figure[f"yaxis{panel}"].get("range")
        for trace in traces:
            if trace["yaxis"] == f"y{panel}" and not _has_a_point(trace, series, limits):
                trace["showlegend"] = False
        if limits is None:
            figure[f"yaxis{panel}"] |= {"range": [-1, 1], "showticklabels": False}
            figure["annotations"].append(note(panel, told(what)))


def _has_a_point(trace: Trace, series: Series, limits: Sequence[float] | None) -> bool:
    """Whether the browser finds something to draw of a trace within these powers of ten."""
    if limits is None:
        return False
    values = series[trace["meta"]["series"]] if "meta" in trace else trace["y"]
    low, high = limits
    return any(x is not None and x > 0 and low <= np.log10(x) <= high for x in values)


def asked(
    series: Series, weight_decay: str, levels: Sequence[Level], pinned: Sequence[Curve]
) -> list[str]:
    """The names of the curves that the page's question is about, and of what it is said beside."""
    present = {"weight_decay": weight_decay}
    names: list[str] = [tell("test, λ = {weight_decay}", **present)]
    names.append(
        tell("test, λ = 0")
        if "test_loss_0" in series
        else tell("train, λ = {weight_decay}", **present)
    )
    names += [level.name for level in levels if level.simplest]
    return [*names, *(tell("test, {run}", run=quoted(curve.name)) for curve in pinned)]


def _curve(panel: str, **style: Any) -> Trace:
    """A trace of a panel, which has a legend of its own."""
    return scatter(panel, legend=f"legend{panel}", hovertemplate="%{y:.4g}", **style)


def _grows(key: str, name: str, colour: str, dash: str, panel: str, opacity: float = 1.0) -> Trace:
    own = {"legend": f"legend{panel}", "opacity": opacity}
    return grown(panel, key, name, colour, dash, 2.5 if opacity == 1 else 1.5, **own)


def _pinned(curve: Curve, symbol: str) -> list[Trace]:
    run = quoted(curve.name)
    train = tell("train, {run}", run=run)
    parts = (
        (train, curve.train, TRAIN, "dot", LOSS),
        (tell("test, {run}", run=run), curve.test, TEST, "longdashdot", LOSS),
        (tell("‖w‖, {run}", run=run), curve.norm, PENALTY, "dot", NORM),
    )
    return [
        _curve(
            panel,
            name=name,
            x=curve.x,
            y=values,
            mode="lines+markers",
            opacity=0.75,
            line=stroke(colour, dash, 1.6),
            marker={"color": colour, "symbol": symbol, "size": 8, "maxdisplayed": PIN_MARKS},
            legendgroup=curve.name,
            showlegend=name != train,
        )
        for name, values, colour, dash, panel in parts
    ]


def _level(level: Level, epochs: int) -> Trace:
    return _curve(
        level.panel,
        name=level.name,
        x=[0, epochs],
        y=[level.value, level.value],
        mode="lines",
        line=stroke(level.colour, level.dash, 1.8),
    )


def _layout(filename: str, epochs: int, ranges: Mapping[str, Plain]) -> Plain:
    figure = layout(
        filename,
        tell("Training and test loss over epochs above, the norm of the weights below."),
        height=540,
        margin={"l": 80, "r": 27, "t": 66, "b": 56},
        narrow={"height": 720, "margin.t": 128, "legend2.y": 0.34} | rearranged(NARROW_DOMAINS),
        hovermode="x unified",
        uirevision="training",
        xaxis=epochs_axis(epochs, named=False, matches="x2"),
        yaxis={**LOG, **ranges[LOSS], "title": {"text": tell("loss (half mean square)")}},
        xaxis2=epochs_axis(epochs),
        yaxis2={**LOG, **ranges[NORM], "title": {"text": tell("norm ‖w‖")}},
        legend=legend(1.01),
        legend2=legend(0.33),
    )
    arrange(figure, DOMAINS)
    return figure
