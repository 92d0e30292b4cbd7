"""The step page's pictures as Plotly figures; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.shared.figures import PENALTY, TEXT
from wd_core.types import Array

DATA = "#0072B2"  # what the training data do has the colour of the training loss
COUPLED, DECOUPLED = "#56B4E9", "#8A8A8A"
SHADES = {
    "monotone": "rgba(86, 180, 233, 0.18)",
    "ripples": "rgba(0, 114, 178, 0.38)",
    "flips": "rgba(230, 159, 0, 0.45)",
    "diverges": "rgba(138, 138, 138, 0.30)",
}
# Room around the arrows, in lengths of the picture's longer side.
ROOM = 0.28


@dataclass(frozen=True)
class Arrow:
    """A line with a head and its name."""

    name: str
    tail: Array
    tip: Array
    colour: str
    dash: str


@dataclass(frozen=True)
class Pull:
    """What decay adds to weights of these sizes: a line, or a dot for each weight."""

    name: str
    w: Array
    pull: Array
    colour: str
    style: str  # a dash for a line, a symbol for dots


@dataclass(frozen=True)
class Mark:
    """A point of the phase picture."""

    name: str
    weight_decay: float
    lr: float
    symbol: str


Plain = dict[str, Any]


def plane(arrows: Sequence[Arrow], old: Array, new: Array, names: Sequence[str]) -> Plain:
    """One step in the plane of two weights, both axes of one scale; the dots lead to 0."""
    drawn = [arrow for arrow in arrows if np.any(arrow.tip != arrow.tail)]
    points = np.array([old, new, *(p for arrow in drawn for p in (arrow.tail, arrow.tip))])
    middle = (points.min(0) + points.max(0)) / 2
    half = (0.5 + ROOM) * float((points.max(0) - points.min(0)).max()) or 1.0
    way = float(np.linalg.norm(old))
    end = old * max(0.0, 1 - 4 * half / way) if way > 0 else old
    traces = [
        go.Scatter(
            name="the way to 0",
            x=[old[0], end[0]],
            y=[old[1], end[1]],
            mode="lines",
            line={"color": TEXT, "width": 1.2, "dash": "dot"},
            hoverinfo="skip",
        ),
        *(_arrow(arrow) for arrow in drawn),
        _point("old w", old, "circle-open"),
        _point("new w", new, "circle"),
    ]
    axis = {"zeroline": True, "automargin": True, "exponentformat": "power", "nticks": 6}
    layout = _layout("One update in the plane of two weights.", "one-step", 430)
    layout |= {
        "xaxis": {**axis, "title": {"text": names[0]}, "range": _range(middle[0], half)},
        "yaxis": {
            **axis,
            "title": {"text": names[1]},
            "range": _range(middle[1], half),
            "scaleanchor": "x",
            "scaleratio": 1,
        },
        "hovermode": "closest",
    }
    return _plain(traces, layout)


def pulls(given: Sequence[Pull], reach: float) -> Plain:
    """What decay adds to a weight in one step, over the weight, up to ±reach."""
    traces = []
    for pull in given:
        dots = pull.style not in ("solid", "dash", "dot")
        traces.append(
            go.Scatter(
                name=pull.name,
                x=pull.w,
                y=pull.pull,
                mode="markers" if dots else "lines",
                marker={"color": pull.colour, "symbol": pull.style, "size": 6} if dots else None,
                line=None if dots else {"color": pull.colour, "dash": pull.style, "width": 2.5},
                hovertemplate="w = %{x:.4g}: %{y:.4g}",
            )
        )
    axis = {"zeroline": True, "automargin": True, "exponentformat": "power"}
    layout = _layout("What decay adds to each weight in one step.", "pulls", 420)
    layout |= {
        "xaxis": {**axis, "title": {"text": "weight w before the step"}},
        "yaxis": {
            **axis,
            "title": {"text": "what decay adds to it"},
            "range": [-reach, reach] if reach > 0 else None,
        },
        "hovermode": "closest",
    }
    return _plain(traces, layout)


def shrinking(
    steps: Array,
    remains: Array,
    measured: tuple[Array, Array] | None,
    half_life: float | None,
    now: tuple[int, float] | None,
    unit: str,
) -> Plain:
    """What decay alone leaves of a weight, over the steps."""
    few = len(steps) <= 60
    traces = [
        go.Scatter(
            name="(1 − ηλ)<sup>t</sup>",
            x=steps,
            y=remains,
            mode="lines+markers" if few else "lines",
            line={"color": PENALTY, "width": 2.5},
            marker={"size": 5},
            hovertemplate="step %{x}: %{y:.4g}",
        )
    ]
    if measured is not None:
        traces.append(
            go.Scatter(
                name="measured, out of the data's reach",
                x=measured[0],
                y=measured[1],
                mode="markers",
                marker={"color": TEXT, "size": 8, "symbol": "circle-open"},
                hovertemplate="step %{x}: %{y:.4g}",
            )
        )
    if half_life is not None:
        traces.append(
            go.Scatter(
                name="half-life",
                x=[half_life, half_life, 0],
                y=[0, 0.5, 0.5],
                mode="lines",
                line={"color": TEXT, "width": 1.3, "dash": "dash"},
                hoverinfo="skip",
            )
        )
    if now is not None:
        traces.append(
            go.Scatter(
                name="this step",
                x=[now[0]],
                y=[now[1]],
                mode="markers",
                marker={"color": TEXT, "size": 11, "symbol": "diamond"},
                hovertemplate="step %{x}: %{y:.4g}",
            )
        )
    axis = {"automargin": True, "exponentformat": "power"}
    layout = _layout("What decay alone leaves of a weight, over the steps.", "shrinking", 420)
    layout |= {
        "xaxis": {**axis, "zeroline": False, "title": {"text": unit}},
        "yaxis": {**axis, "zeroline": True, "title": {"text": "share of w that is left"}},
        "hovermode": "closest",
    }
    return _plain(traces, layout)


def phases(
    weight_decay: Array,
    monotone: Array,
    stable: Array,
    marks: Sequence[Mark],
    lr_range: tuple[float, float],
) -> Plain:
    """The regions over λ and η: 1/h and 2/h over λ, and between them 1/λ where it lies there."""
    low, high = lr_range
    flips = np.minimum(stable, 1 / weight_decay)
    x = weight_decay
    traces = [
        _edge(x, np.full_like(x, low), None),
        _edge(x, monotone, "monotone", "monotone: no direction changes its sign", "solid"),
        _edge(x, flips, "ripples", "ripples: some directions overshoot, all arrive", "dash"),
        _edge(x, stable, "flips", "sign flips: ηλ > 1, all but the bias’s overshoot", "solid", 2.5),
        _edge(x, np.full_like(x, high), "diverges", "diverges: η ≥ 2/(largest curvature)"),
    ]
    traces += [
        go.Scatter(
            name=mark.name,
            x=[mark.weight_decay],
            y=[mark.lr],
            mode="markers",
            marker={"color": TEXT, "size": 13, "symbol": mark.symbol},
            hovertemplate="λ = %{x:.4g}, η = %{y:.4g}",
        )
        for mark in marks
    ]
    log = {"type": "log", "zeroline": False, "automargin": True, "exponentformat": "power"}
    log["dtick"] = 1
    layout = _layout("How descent behaves, over weight decay and learning rate.", "phases", 520)
    layout |= {
        "xaxis": {
            **log,
            "title": {"text": "weight decay λ"},
            "range": [float(np.log10(x[0])), float(np.log10(x[-1]))],
        },
        "yaxis": {
            **log,
            "title": {"text": "learning rate η"},
            "range": [float(np.log10(low)), float(np.log10(high))],
        },
        "hovermode": "closest",
    }
    layout["meta"]["narrow"] = {"height": 600}
    return _plain(traces, layout)


def _arrow(arrow: Arrow) -> go.Scatter:
    return go.Scatter(
        name=arrow.name,
        x=[arrow.tail[0], arrow.tip[0]],
        y=[arrow.tail[1], arrow.tip[1]],
        mode="lines+markers",
        line={
            "color": arrow.colour,
            "width": 3 if arrow.dash == "solid" else 1.5,
            "dash": arrow.dash,
        },
        marker={
            "color": arrow.colour,
            "symbol": "arrow",
            "angleref": "previous",
            "size": [0, 15],
        },
        hovertemplate="%{x:.5g}, %{y:.5g}",
    )


def _point(name: str, at: Array, symbol: str) -> go.Scatter:
    return go.Scatter(
        name=name,
        x=[at[0]],
        y=[at[1]],
        mode="markers",
        marker={"color": TEXT, "size": 10, "symbol": symbol, "line": {"width": 2}},
        hovertemplate="%{x:.5g}, %{y:.5g}",
    )


def _edge(
    x: Array, y: Array, region: str | None, name: str = "", dash: str = "dot", width: float = 1.2
) -> go.Scatter:
    """The upper edge of a region, filled down to the edge before it."""
    return go.Scatter(
        name=name,
        x=x,
        y=y,
        mode="lines",
        line={
            "color": TEXT,
            "width": width if region not in (None, "diverges") else 0,
            "dash": dash,
        },
        fill=None if region is None else "tonexty",
        fillcolor=None if region is None else SHADES[region],
        showlegend=region is not None,
        hoverinfo="skip",
    )


def _range(middle: float, half: float) -> list[float]:
    return [float(middle) - half, float(middle) + half]


def _layout(alt: str, filename: str, height: int) -> dict[str, Any]:
    return {
        "template": "none",
        "height": height,
        "margin": {"l": 64, "r": 16, "t": 8, "b": 44},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 12},
            "traceorder": "normal",
        },
        "meta": {"filename": filename, "alt": alt},
    }


def _plain(traces: Sequence[go.Scatter], layout: dict[str, Any]) -> Plain:
    plain: Plain = go.Figure(data=list(traces), layout=layout).to_plotly_json()
    return plain
