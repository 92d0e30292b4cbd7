"""The book page's pictures as Plotly figures; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.shared.figures import OPTIMUM, PENALTY, TEST, TEXT, TRAIN
from wd_core.types import Array

BINS = 24
# A spread wider than this factor is drawn on a logarithmic axis.
WIDE = 4.0
FAINT_TEST = "rgba(213, 94, 0, 0.15)"
# So many decades left of the least λ stands λ = 0.
BEFORE = 0.6


@dataclass(frozen=True, eq=False)
class Panel:
    """One number: its title, its colour's role, all seeds, one seed, the printed value if any."""

    title: str
    role: str
    all: Array
    interval: tuple[float, float]
    one: float
    printed: float | None


@dataclass(frozen=True, eq=False)
class Band:
    """A number over λ, for all seeds: median and where nine in ten lie, [L] each."""

    median: Array
    low: Array
    high: Array


COLOURS = {"norm": PENALTY, "train": TRAIN, "test": TEST}


def spreads(panels: Sequence[Panel], seed: int, count: int, filename: str) -> dict[str, Any]:
    """A histogram for every number, with the printed one and one seed on it."""
    columns = 2 if len(panels) <= 4 else 4
    layout: dict[str, Any] = {
        "template": "none",
        "height": 60 + 210 * -(-len(panels) // columns),
        "margin": {"l": 24, "r": 24, "t": 40, "b": 52},
        "bargap": 0.05,
        "hovermode": "closest",
        "uirevision": f"book {len(panels)}",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    }
    narrow: dict[str, Any] = {
        "height": 110 + 210 * -(-len(panels) // 2),
        "margin.t": 90,
    }
    traces: list[go.Scatter | go.Bar] = []
    for k, panel in enumerate(panels):
        mark = "" if k == 0 else str(k + 1)
        traces += _panel(panel, mark, seed, count, first=k == 0)
        log = _is_wide(panel)
        layout[f"xaxis{mark}"] = {
            "anchor": f"y{mark}",
            "type": "log" if log else "linear",
            "domain": _slot(k % columns, columns, 0.035),
            "title": {"text": panel.title, "standoff": 6, "font": {"size": 13}},
            "zeroline": False,
            **({"dtick": "D2"} if log else {"nticks": 5}),
            "tickformat": ".3~g" if not log else "~g",
            "tickfont": {"size": 12},
        }
        layout[f"yaxis{mark}"] = {
            "anchor": f"x{mark}",
            "domain": _from_top(k // columns, -(-len(panels) // columns)),
            "showticklabels": False,
            "ticks": "",
            "showgrid": False,
            "zeroline": False,
            "automargin": False,
        }
        narrow[f"xaxis{mark}.domain"] = _slot(k % 2, 2, 0.06)
        narrow[f"yaxis{mark}.domain"] = _from_top(k // 2, -(-len(panels) // 2))
        narrow[f"xaxis{mark}.nticks"] = 3
    layout["meta"] = {
        "filename": filename,
        "alt": "Histograms of what the seeds give, with the printed numbers marked.",
        "narrow": narrow,
    }
    plain: dict[str, Any] = go.Figure(data=traces, layout=layout).to_plotly_json()
    return plain


def _slot(k: int, of: int, gap: float) -> list[float]:
    width = (1 - gap * (of - 1)) / of
    return [k * (width + gap), k * (width + gap) + width]


def _from_top(row: int, rows: int) -> list[float]:
    low, high = _slot(rows - 1 - row, rows, 0.25 if rows == 2 else 0.11 if rows > 2 else 0.0)
    return [low, high]


def _is_wide(panel: Panel) -> bool:
    return bool(panel.all.min() > 0 and panel.all.max() > WIDE * panel.all.min())


def _panel(panel: Panel, mark: str, seed: int, count: int, *, first: bool) -> list[Any]:
    values = np.log10(panel.all) if _is_wide(panel) else panel.all
    heights, edges = np.histogram(values, BINS)
    centres, widths = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    if _is_wide(panel):
        centres, widths = 10**centres, 10 ** edges[1:] - 10 ** edges[:-1]
    top, axes = float(heights.max()), {"xaxis": f"x{mark}", "yaxis": f"y{mark}"}
    low, high = panel.interval
    traces: list[Any] = [
        go.Bar(
            name=f"{count} seeds",
            x=centres,
            y=heights,
            width=widths,
            marker={"color": COLOURS[panel.role], "opacity": 0.55, "line": {"width": 0}},
            legendgroup="seeds",
            showlegend=first,
            hovertemplate="%{y} seeds near %{x:.4g}<extra></extra>",
            **axes,
        ),
        go.Scatter(
            name="nine in ten",
            x=[low, high],
            y=[-0.06 * top] * 2,
            mode="lines+markers",
            line={"color": COLOURS[panel.role], "width": 5},
            marker={"symbol": "line-ns", "size": 9, "line": {"width": 2}},
            legendgroup="interval",
            showlegend=first,
            hovertemplate="%{x:.4g}<extra>nine seeds in ten</extra>",
            **axes,
        ),
        _line(f"seed {seed}", panel.one, 0.8 * top, "dot", "circle-open", first, axes),
    ]
    if panel.printed is not None:
        traces.append(_line("printed", panel.printed, 1.12 * top, "solid", "diamond", first, axes))
    return traces


def _line(
    name: str, x: float, top: float, dash: str, symbol: str, first: bool, axes: dict[str, str]
) -> go.Scatter:
    return go.Scatter(
        name=name,
        x=[x, x],
        y=[0, top],
        mode="lines+markers",
        line={"color": TEXT, "width": 2, "dash": dash},
        marker={"color": TEXT, "size": [0, 10], "symbol": symbol},
        legendgroup=name,
        showlegend=first,
        hovertemplate="%{x:.5g}<extra>" + name + "</extra>",
        **axes,
    )


def finding(
    weight_decay: Array,
    test: Band,
    test_zero: Array,
    constant: float,
    ridge: Array,
    norm: Band,
    norm_zero: Array,
    hidden: Array,
    predicted: Array,
    marked: float,
    filename: str,
) -> dict[str, Any]:
    """Test loss above, ‖w‖ below, over λ, at the end of training."""
    least = weight_decay[weight_decay > 0].min()
    zero_at = float(np.log10(least) - BEFORE)
    x = np.log10(np.where(weight_decay > 0, weight_decay, 10**zero_at))
    words = [f"λ = {lam:g}" for lam in weight_decay]

    def curve(name: str, y: Any, colour: str, style: str, row: int = 1) -> go.Scatter:
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
            legend="legend" if row == 1 else "legend2",
            xaxis="x" if row == 1 else "x2",
            yaxis="y" if row == 1 else "y2",
        )

    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "x": x}
    traces = [
        go.Scatter(y=test.low, showlegend=False, **edge),
        go.Scatter(
            y=test.high,
            name="nine seeds in ten",
            fill="tonexty",
            fillcolor=FAINT_TEST,
            **edge,
        ),
        curve("test, its random start", test.median, TEST, "solid"),
        curve("test, start at 0", test_zero, TEST, "dash"),
        curve("test, constant predictor", np.full(len(x), constant), TEXT, "dashdot"),
        curve("test, exact ridge", ridge, OPTIMUM, "dot"),
        curve("‖w‖, its random start", norm.median, PENALTY, "solid", 2),
        curve("‖w‖, start at 0", norm_zero, PENALTY, "dash", 2),
        curve("its part out of reach", hidden, TEXT, "dash", 2),
        curve("predicted: start · (1−η·wd)<sup>t</sup>", predicted, TEXT, "markers", 2),
    ]
    whole = [k for k in range(-3, 3) if x[1] - 1e-9 <= k <= x[-1] + 1e-9]
    ticks = {
        "tickvals": [zero_at, *(float(k) for k in whole), float(np.log10(marked))],
        "ticktext": ["0", *(f"{10.0**k:g}" for k in whole), f"{marked:g}"],
        "zeroline": False,
        "range": [zero_at - 0.12, float(x[-1]) + 0.12],
    }
    log = {"type": "log", "exponentformat": "power", "dtick": 1, "zeroline": False}
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "yanchor": "bottom"}
    at = float(np.log10(marked))
    seen = [float(np.min(part)) for part in (norm_zero[norm_zero > 0], norm.low)]
    floor = float(np.log10(min(seen))) - 0.6
    layout = {
        "template": "none",
        "height": 600,
        "margin": {"l": 64, "r": 24, "t": 56, "b": 44},
        "hovermode": "closest",
        "uirevision": "finding",
        "xaxis": {**ticks, "anchor": "y", "matches": "x2", "showticklabels": False},
        "xaxis2": {**ticks, "anchor": "y2", "title": {"text": "weight decay λ"}},
        "yaxis": {**log, "domain": [0.5, 1], "title": {"text": "test loss at the end"}},
        "yaxis2": {
            **log,
            "domain": [0, 0.36],
            "title": {"text": "‖w‖ at the end"},
            "range": [floor, float(np.log10(norm.high.max())) + 0.2],
        },
        "legend": {**legend, "y": 1.01},
        "legend2": {**legend, "y": 0.37},
        "shapes": [
            {
                "type": "line",
                "xref": "x2",
                "yref": "paper",
                "x0": at,
                "x1": at,
                "y0": 0,
                "y1": 1,
                "line": {"color": TEXT, "width": 1, "dash": "dot"},
            }
        ],
        "meta": {
            "filename": filename,
            "alt": "Test loss above and the norm of the weights below, over weight decay.",
            "narrow": {
                "height": 760,
                "margin.t": 130,
                "yaxis.domain": [0.56, 1],
                "yaxis2.domain": [0, 0.33],
                "legend2.y": 0.34,
            },
        },
    }
    plain: dict[str, Any] = go.Figure(data=traces, layout=layout).to_plotly_json()
    return plain
