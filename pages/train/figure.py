"""The curves of a run over its epochs as a Plotly figure, in plain JSON; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import cycle
from typing import Any

import numpy as np

from pages.shared.palette import FAINT, PENALTY, TEST, TEXT, TRAIN
from pages.shared.plotting import DEEPEST, FEW_EPOCHS, Series, Trace, log_axis

# Pinned runs are told apart by these marks, a few on each curve.
PIN_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star")
PIN_MARKS = 8

# On a phone each legend entry takes a line of its own: the panels make room for them.
NARROW = {
    "height": 720,
    "margin.t": 128,
    "yaxis.domain": [0.53, 1],
    "yaxis2.domain": [0, 0.33],
    "legend2.y": 0.34,
}


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
    """A horizontal line with its caption, across the loss panel (row 1) or the norm panel (2)."""

    name: str
    value: float
    colour: str
    dash: str
    row: int = 1


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
) -> dict[str, Any]:
    """Losses above, ‖w‖ below, over epochs, both logarithmic.

    Traces with `meta.series` are drawn by the browser from `series`, as far as the shown epoch.
    The epochs are those of the longest run that is drawn.
    """
    epochs = max([epochs, *(int(curve.x[-1] or 0) for curve in pinned if curve.x)])
    present = f"λ = {weight_decay}"
    traces = [
        _grows("train_loss", f"train, {present}", TRAIN, "solid", 1),
        _grows("test_loss", f"test, {present}", TEST, "dash", 1),
        _grows("weight_norm", f"‖w‖, {present}", PENALTY, "solid", 2),
        _grows("unreachable", names.unreachable, TEXT, "dash", 2),
        _grows("predicted", names.predicted, TEXT, "markers", 2),
    ]
    if "train_loss_0" in series:
        traces += [
            _grows("train_loss_0", "train, λ = 0", TRAIN, "solid", 1, FAINT),
            _grows("test_loss_0", "test, λ = 0", TEST, "dash", 1, FAINT),
            _grows("weight_norm_0", "‖w‖, λ = 0", PENALTY, "solid", 2, FAINT),
        ]
    for curve, symbol in zip(pinned, cycle(PIN_SYMBOLS)):
        traces += _pinned(curve, symbol)
    traces = [t for t in traces if "meta" not in t or t["meta"]["series"] in series]
    traces += [_level(level, epochs) for level in levels]
    layout = _training_layout(filename)
    for axis in ("xaxis", "xaxis2"):
        layout[axis]["range"] = [0, epochs]
        if epochs <= FEW_EPOCHS:
            layout[axis]["dtick"] = 1
    pinned_losses = [values for curve in pinned for values in (curve.train, curve.test)]
    losses = _drawn(series, ("train_loss", "test_loss"), levels, 1, pinned_losses)
    norms = _drawn(series, ("weight_norm", "unreachable"), levels, 2, [c.norm for c in pinned])
    layout["yaxis"] |= log_axis(losses, DEEPEST)
    layout["yaxis2"] |= log_axis(norms, DEEPEST)
    if any(x is not None for x in (*losses, *norms)):  # else the points are still to come
        _say_what_is_missing(traces, layout, series)
    return {"data": traces, "layout": layout}


def _say_what_is_missing(traces: list[Trace], layout: dict[str, Any], series: Series) -> None:
    """Leave out of the legends what has no point in its panel; say why a panel is empty."""
    layout["annotations"] = []
    for axis, what in (("", "Every loss is 0"), ("2", "Every norm is 0")):
        limits = layout[f"yaxis{axis}"].get("range")
        for trace in traces:
            if trace["yaxis"] == f"y{axis}" and not _has_a_point(trace, series, limits):
                trace["showlegend"] = False
        if limits is None:
            layout[f"yaxis{axis}"] |= {"range": [-1, 1], "showticklabels": False}
            layout["annotations"].append(
                {
                    "xref": f"x{axis} domain",
                    "yref": f"y{axis} domain",
                    "x": 0.5,
                    "y": 0.5,
                    "text": f"{what}: a logarithmic axis has no place for it.",
                    "showarrow": False,
                }
            )


def _has_a_point(trace: Trace, series: Series, limits: Sequence[float] | None) -> bool:
    """Whether the browser finds something to draw of a trace within these powers of ten."""
    if limits is None:
        return False
    values = series[trace["meta"]["series"]] if "meta" in trace else trace["y"]
    low, high = limits
    return any(x is not None and x > 0 and low <= np.log10(x) <= high for x in values)


def _scatter(row: int, **style: Any) -> Trace:
    """A trace of the loss panel (row 1) or the norm panel (2)."""
    panel = "" if row == 1 else "2"
    return {
        "type": "scatter",
        "xaxis": f"x{panel}",
        "yaxis": f"y{panel}",
        "legend": f"legend{panel}",
        "hovertemplate": "%{y:.4g}",
        **style,
    }


def _grows(key: str, name: str, colour: str, dash: str, row: int, opacity: float = 1.0) -> Trace:
    """A trace that the browser fills from the series of this name."""
    style: dict[str, Any] = {"mode": "lines", "line": {"color": colour, "dash": dash, "width": 2.5}}
    if dash == "markers":
        style = {
            "mode": "markers",
            "marker": {"color": colour, "size": 8, "symbol": "circle-open"},
            "cliponaxis": False,
        }
    if opacity < 1:
        style["line"]["width"] = 1.8
    return _scatter(row, name=name, meta={"series": key}, opacity=opacity, **style)


def _pinned(curve: Curve, symbol: str) -> list[Trace]:
    parts = (
        ("train", curve.train, TRAIN, "dot", 1),
        ("test", curve.test, TEST, "longdashdot", 1),
        ("‖w‖", curve.norm, PENALTY, "dot", 2),
    )
    name = escape(curve.name, quote=False)  # Plotly reads names as HTML
    return [
        _scatter(
            row,
            name=f"{what}, {name}",
            x=curve.x,
            y=values,
            mode="lines+markers",
            opacity=0.75,
            line={"color": colour, "dash": dash, "width": 1.6},
            marker={"color": colour, "symbol": symbol, "size": 8, "maxdisplayed": PIN_MARKS},
            legendgroup=curve.name,
            showlegend=what != "train",
        )
        for what, values, colour, dash, row in parts
    ]


def _level(level: Level, epochs: int) -> Trace:
    return _scatter(
        level.row,
        name=level.name,
        x=[0, epochs],
        y=[level.value, level.value],
        mode="lines",
        line={"color": level.colour, "dash": level.dash, "width": 1.8},
    )


def _drawn(
    series: Series,
    names: Sequence[str],
    levels: Sequence[Level],
    row: int,
    others: Sequence[Sequence[float | None]],
) -> list[float | None]:
    """Every number that a panel shows."""
    drawn = [series.get(key) or [] for name in names for key in (name, f"{name}_0")]
    values = [x for part in (*drawn, *others) for x in part]
    return [*values, *(level.value for level in levels if level.row == row)]


def _training_layout(filename: str) -> dict[str, Any]:
    axis = {"zeroline": False, "automargin": True}
    epoch = {**axis, "unifiedhovertitle": {"text": "epoch %{x}"}, "exponentformat": "none"}
    log = {**axis, "type": "log", "exponentformat": "power"}
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "yanchor": "bottom"}
    legend["font"] = {"size": 12}
    return {
        "height": 540,
        "margin": {"l": 64, "r": 24, "t": 56, "b": 44},
        "hovermode": "x unified",
        "uirevision": "training",
        "modebar": {"orientation": "v"},
        "xaxis": {
            **epoch,
            "domain": [0, 1],
            "anchor": "y",
            "matches": "x2",
            "showticklabels": False,
        },
        "yaxis": {**log, "domain": [0.48, 1], "title": {"text": "loss (half mean square)"}},
        "xaxis2": {**epoch, "domain": [0, 1], "anchor": "y2", "title": {"text": "epoch"}},
        "yaxis2": {**log, "domain": [0, 0.32], "title": {"text": "norm ‖w‖"}},
        "legend": {**legend, "y": 1.01},
        "legend2": {**legend, "y": 0.33},
        "meta": {
            "filename": filename,
            "alt": "Training and test loss over epochs above, the norm of the weights below.",
            "narrow": NARROW,
        },
    }
