"""What λ does at the end of training, beside what needs no training, as a Plotly figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.shared.palette import OPTIMUM, PENALTY, TEST, TEXT
from wd_core.arrays import Array

FAINT_TEST = "rgba(213, 94, 0, 0.15)"
# So many decades left of the least λ stands λ = 0.
BEFORE = 0.6
# The middle panel reaches so far below and above the curves that do without the random start.
ENLARGED = (0.94, 1.25)
# Where the three panels lie, the upper first: on a wide screen and on a phone.
DOMAINS = ((0.66, 1.0), (0.36, 0.62), (0.0, 0.26))
NARROW_DOMAINS = ((0.67, 1.0), (0.4, 0.63), (0.0, 0.25))


@dataclass(frozen=True, eq=False)
class Band:
    """A number over λ, for all seeds: median and where nine in ten lie, [L] each."""

    median: Array
    low: Array
    high: Array


@dataclass(frozen=True, eq=False)
class Losses:
    """Test losses over λ: from the random start, from 0, of the mean of y, of exact ridge.

    ridge: None where it is not what the code goes to.
    """

    random: Band
    zero: Array
    constant: float
    ridge: Array | None


@dataclass(frozen=True, eq=False)
class Norms:
    """‖w‖ over λ: from the random start, from 0; its part out of reach, measured and predicted."""

    random: Band
    zero: Array
    hidden: Array
    predicted: Array


def finding(
    weight_decay: Array, test: Losses, norm: Norms, marked: float, filename: str
) -> dict[str, Any]:
    """Test loss above, the same enlarged around the baselines, and ‖w‖ below, over λ."""
    least = weight_decay[weight_decay > 0].min()
    zero_at = float(np.log10(least) - BEFORE)
    x = np.log10(np.where(weight_decay > 0, weight_decay, 10**zero_at))
    words = [f"λ = {lam:g}" for lam in weight_decay]

    def curve(name: str, y: Any, colour: str, style: str, row: int) -> go.Scatter:
        marks = style == "markers"
        return go.Scatter(
            name=name,
            x=x,
            y=y,
            text=words,
            mode="markers" if marks else "lines",
            line={"color": colour, "dash": "solid" if marks else style, "width": 2.5},
            marker={"color": colour, "size": 8, "symbol": "circle-open"},
            hovertemplate="%{text}: %{y:.4g}<extra>" + name + "</extra>",
            legendgroup=name,
            showlegend=row != 2,
            legend="legend" if row < 3 else "legend3",
            **_axes(row),
        )

    traces: list[go.Scatter] = []
    for row in (1, 2):
        traces += [
            *_band(x, test.random, row),
            curve("test, its random start", test.random.median, TEST, "solid", row),
            curve("test, start at 0", test.zero, TEST, "dash", row),
            curve("test, constant predictor", np.full(len(x), test.constant), TEXT, "dashdot", row),
        ]
        if test.ridge is not None:
            traces.append(curve("test, exact ridge", test.ridge, OPTIMUM, "dot", row))
    traces += [
        curve("‖w‖, its random start", norm.random.median, PENALTY, "solid", 3),
        curve("‖w‖, start at 0", norm.zero, PENALTY, "dash", 3),
        curve("its part out of reach", norm.hidden, TEXT, "dash", 3),
        curve("predicted: start · (1−η·wd)<sup>t</sup>", norm.predicted, TEXT, "markers", 3),
    ]
    figure = go.Figure(data=traces, layout=_layout(x, zero_at, test, norm, marked, filename))
    plain: dict[str, Any] = figure.to_plotly_json()
    return plain


def _axes(row: int) -> dict[str, str]:
    mark = "" if row == 1 else str(row)
    return {"xaxis": f"x{mark}", "yaxis": f"y{mark}"}


def _band(x: Array, band: Band, row: int) -> list[go.Scatter]:
    edge: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "x": x}
    edge |= {"legendgroup": "band", **_axes(row)}
    filled = {"name": "nine seeds in ten", "fill": "tonexty", "fillcolor": FAINT_TEST}
    return [
        go.Scatter(y=band.low, showlegend=False, **edge),
        go.Scatter(y=band.high, showlegend=row == 1, **filled, **edge),
    ]


def _layout(
    x: Array, zero_at: float, test: Losses, norm: Norms, marked: float, filename: str
) -> dict[str, Any]:
    whole = [k for k in range(-3, 3) if x[1] - 1e-9 <= k <= x[-1] + 1e-9]
    at = float(np.log10(marked))
    ticks = {
        "tickvals": [zero_at, *(float(k) for k in whole), at],
        "ticktext": ["0", *(f"{10.0**k:g}" for k in whole), f"{marked:g}"],
        "zeroline": False,
        "range": [zero_at - 0.12, float(x[-1]) + 0.12],
    }
    log = {"type": "log", "exponentformat": "power", "dtick": 1, "zeroline": False}
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "yanchor": "bottom"}
    legend |= {"traceorder": "normal", "groupclick": "togglegroup", "tracegroupgap": 0}
    steady = [test.constant, *test.zero, *([] if test.ridge is None else test.ridge)]
    seen = [float(np.min(part)) for part in (norm.zero[norm.zero > 0], norm.random.low)]
    floor = float(np.log10(min(seen))) - 0.6
    return {
        "template": "none",
        "height": 760,
        "margin": {"l": 72, "r": 24, "t": 56, "b": 44},
        "hovermode": "closest",
        "uirevision": "finding",
        "xaxis": {**ticks, "anchor": "y", "matches": "x3", "showticklabels": False},
        "xaxis2": {**ticks, "anchor": "y2", "matches": "x3", "showticklabels": False},
        "xaxis3": {**ticks, "anchor": "y3", "title": {"text": "weight decay λ"}},
        "yaxis": {**log, "domain": DOMAINS[0], "title": {"text": "test loss at the end"}},
        "yaxis2": {
            "domain": DOMAINS[1],
            "title": {"text": "the same, enlarged"},
            "range": [ENLARGED[0] * min(steady), ENLARGED[1] * max(steady)],
            "tickformat": ".4~g",
            "nticks": 5,
            "zeroline": False,
        },
        "yaxis3": {
            **log,
            "domain": DOMAINS[2],
            "title": {"text": "‖w‖ at the end"},
            "range": [floor, float(np.log10(norm.random.high.max())) + 0.2],
        },
        "legend": {**legend, "y": 1.01},
        "legend3": {**legend, "y": DOMAINS[2][1] + 0.01},
        "shapes": [_mark(at, axis) for axis in ("", "2", "3")],
        "meta": {
            "filename": filename,
            "alt": "Test loss, the same enlarged, and the norm of the weights, over weight decay.",
            "narrow": {
                "height": 920,
                "margin.t": 130,
                "yaxis.domain": NARROW_DOMAINS[0],
                "yaxis2.domain": NARROW_DOMAINS[1],
                "yaxis3.domain": NARROW_DOMAINS[2],
                "legend3.y": NARROW_DOMAINS[2][1] + 0.01,
            },
        },
    }


def _mark(at: float, axis: str) -> dict[str, Any]:
    """A line across one panel; between the panels stand legends."""
    return {
        "type": "line",
        "xref": f"x{axis}",
        "yref": f"y{axis} domain",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1,
        "line": {"color": TEXT, "width": 1, "dash": "dot"},
    }
