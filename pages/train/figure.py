"""The curves of a run over its epochs as a Plotly figure, in plain JSON; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
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
    rearranged,
    scatter,
    stroke,
)

# Pinned runs are told apart by these marks, a few on each curve.
PIN_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star")
PIN_MARKS = 8

# So many decades below the largest number of a panel a number is rounding, or nobody looks at it.
DEEPEST = 14.0
# On a phone each legend entry takes a line of its own: the panels make room for them.
LOSS, NORM = "", "2"
WIDE = (0.0, 1.0)
DOMAINS = {LOSS: (WIDE, (0.48, 1.0)), NORM: (WIDE, (0.0, 0.32))}
NARROW_DOMAINS = {LOSS: (WIDE, (0.53, 1.0)), NORM: (WIDE, (0.0, 0.33))}


@dataclass(frozen=True)
class Curve:
    """A curve that is drawn whole, whatever epoch is shown: a pinned run's, say."""

    name: str
    x: Sequence[float | None]
    train: Sequence[float | None]
    test: Sequence[float | None]
    norm: Sequence[float | None]


@dataclass(frozen=True)
class Level:
    """A horizontal line with its caption, across a panel."""

    name: str
    value: float
    colour: str
    dash: str
    panel: str = LOSS


@dataclass(frozen=True)
class Names:
    """What the two curves are called that only some runs have."""

    unreachable: str = "its part out of reach"
    predicted: str = "predicted (1−ηλ)<sup>t</sup>"


NAMES = Names()


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
    present = f"λ = {weight_decay}"
    traces = [
        _grows("train_loss", f"train, {present}", TRAIN, "solid", LOSS),
        _grows("test_loss", f"test, {present}", TEST, "dash", LOSS),
        _grows("weight_norm", f"‖w‖, {present}", PENALTY, "solid", NORM),
        _grows("unreachable", names.unreachable, TEXT, "dash", NORM),
        _grows("predicted", names.predicted, TEXT, "markers", NORM),
    ]
    if "train_loss_0" in series:
        traces += [
            _grows("train_loss_0", "train, λ = 0", TRAIN, "solid", LOSS, FAINT),
            _grows("test_loss_0", "test, λ = 0", TEST, "dash", LOSS, FAINT),
            _grows("weight_norm_0", "‖w‖, λ = 0", PENALTY, "solid", NORM, FAINT),
        ]
    for curve, symbol in zip(pinned, cycle(PIN_SYMBOLS)):
        traces += _pinned(curve, symbol)
    traces = [t for t in traces if "meta" not in t or t["meta"]["series"] in series]
    traces += [_level(level, epochs) for level in levels]
    pinned_losses = [values for curve in pinned for values in (curve.train, curve.test)]
    losses = _drawn(series, ("train_loss", "test_loss"), levels, LOSS, pinned_losses)
    norms = _drawn(series, ("weight_norm", "unreachable"), levels, NORM, [c.norm for c in pinned])
    figure = _layout(filename, epochs, log_axis(losses, DEEPEST), log_axis(norms, DEEPEST))
    if any(x is not None for x in (*losses, *norms)):  # else the points are still to come
        _say_what_is_missing(traces, figure, series)
    return {"data": traces, "layout": figure}


def _say_what_is_missing(traces: list[Trace], figure: Plain, series: Series) -> None:
    """Leave out of the legends what has no point in its panel; say why a panel is empty."""
    figure["annotations"] = []
    for panel, what in ((LOSS, "Every loss is 0"), (NORM, "Every norm is 0")):
        limits = figure[f"yaxis{panel}"].get("range")
        for trace in traces:
            if trace["yaxis"] == f"y{panel}" and not _has_a_point(trace, series, limits):
                trace["showlegend"] = False
        if limits is None:
            figure[f"yaxis{panel}"] |= {"range": [-1, 1], "showticklabels": False}
            text = f"{what}: a logarithmic axis has no place for it."
            figure["annotations"].append(note(panel, text))


def _has_a_point(trace: Trace, series: Series, limits: Sequence[float] | None) -> bool:
    """Whether the browser finds something to draw of a trace within these powers of ten."""
    if limits is None:
        return False
    values = series[trace["meta"]["series"]] if "meta" in trace else trace["y"]
    low, high = limits
    return any(x is not None and x > 0 and low <= np.log10(x) <= high for x in values)


def _curve(panel: str, **style: Any) -> Trace:
    """A trace of a panel, which has a legend of its own."""
    return scatter(panel, legend=f"legend{panel}", hovertemplate="%{y:.4g}", **style)


def _grows(key: str, name: str, colour: str, dash: str, panel: str, opacity: float = 1.0) -> Trace:
    own = {"legend": f"legend{panel}", "opacity": opacity}
    return grown(panel, key, name, colour, dash, 2.5 if opacity == 1 else 1.8, **own)


def _pinned(curve: Curve, symbol: str) -> list[Trace]:
    parts = (
        ("train", curve.train, TRAIN, "dot", LOSS),
        ("test", curve.test, TEST, "longdashdot", LOSS),
        ("‖w‖", curve.norm, PENALTY, "dot", NORM),
    )
    name = escape(curve.name, quote=False)  # Plotly reads names as HTML
    return [
        _curve(
            panel,
            name=f"{what}, {name}",
            x=curve.x,
            y=values,
            mode="lines+markers",
            opacity=0.75,
            line=stroke(colour, dash, 1.6),
            marker={"color": colour, "symbol": symbol, "size": 8, "maxdisplayed": PIN_MARKS},
            legendgroup=curve.name,
            showlegend=what != "train",
        )
        for what, values, colour, dash, panel in parts
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


def _drawn(
    series: Series,
    names: Sequence[str],
    levels: Sequence[Level],
    panel: str,
    others: Sequence[Sequence[float | None]],
) -> list[float | None]:
    """Every number that a panel shows."""
    drawn = [series.get(key) or [] for name in names for key in (name, f"{name}_0")]
    values = [x for part in (*drawn, *others) for x in part]
    return [*values, *(level.value for level in levels if level.panel == panel)]


def _layout(filename: str, epochs: int, losses: Plain, norms: Plain) -> Plain:
    figure = layout(
        filename,
        "Training and test loss over epochs above, the norm of the weights below.",
        height=540,
        margin={"l": 80, "r": 27, "t": 66, "b": 56},
        narrow={"height": 720, "margin.t": 128, "legend2.y": 0.34} | rearranged(NARROW_DOMAINS),
        hovermode="x unified",
        uirevision="training",
        xaxis=epochs_axis(epochs, named=False, matches="x2"),
        yaxis={**LOG, **losses, "title": {"text": "loss (half mean square)"}},
        xaxis2=epochs_axis(epochs),
        yaxis2={**LOG, **norms, "title": {"text": "norm ‖w‖"}},
        legend=legend(1.01),
        legend2=legend(0.33),
    )
    arrange(figure, DOMAINS)
    return figure
