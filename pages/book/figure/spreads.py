"""A histogram of what the seeds give for every printed number, as a Plotly figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.shared.palette import PENALTY, TEST, TEXT, TRAIN
from wd_core.arrays import Array

BINS = 24
# A spread wider than this factor is drawn on a logarithmic axis.
WIDE = 4.0
COLUMNS, NARROW_COLUMNS = 4, 2
# Pixels of a panel, of its ticks and title beneath it, and of the legend above them all.
PANEL, BENEATH, ABOVE, NARROW_ABOVE = 140, 92, 36, 90
COLOURS = {"norm": PENALTY, "train": TRAIN, "test": TEST}


@dataclass(frozen=True, eq=False)
class Panel:
    """One number: what it is and where it lies, its colour's role, all seeds, one, as printed."""

    title: str
    verdict: str
    role: str
    all: Array
    interval: tuple[float, float]
    one: float
    printed: float | None


def spreads(panels: Sequence[Panel], seed: int, count: int, filename: str) -> dict[str, Any]:
    """A histogram for every number, with the printed one and one seed on it."""
    columns = min(COLUMNS, len(panels))
    rows, narrow_rows = -(-len(panels) // columns), -(-len(panels) // NARROW_COLUMNS)
    layout: dict[str, Any] = {
        "template": "none",
        "height": ABOVE + (PANEL + BENEATH) * rows,
        "margin": {"l": 24, "r": 24, "t": ABOVE, "b": BENEATH},
        "bargap": 0.05,
        "hovermode": "closest",
        "uirevision": f"book {len(panels)}",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    }
    narrow: dict[str, Any] = {
        "height": NARROW_ABOVE + (PANEL + BENEATH) * narrow_rows,
        "margin.t": NARROW_ABOVE,
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
            "title": {
                "text": f"{panel.title}<br><b>{panel.verdict}</b>",
                "standoff": 6,
                "font": {"size": 13},
            },
            "zeroline": False,
            **({"dtick": "D2"} if log else {"nticks": 5}),
            "tickformat": ".3~g" if not log else "~g",
            "tickfont": {"size": 12},
        }
        layout[f"yaxis{mark}"] = {
            "anchor": f"x{mark}",
            "domain": _from_top(k // columns, rows),
            "showticklabels": False,
            "ticks": "",
            "showgrid": False,
            "zeroline": False,
            "automargin": False,
        }
        narrow[f"xaxis{mark}.domain"] = _slot(k % NARROW_COLUMNS, NARROW_COLUMNS, 0.06)
        narrow[f"yaxis{mark}.domain"] = _from_top(k // NARROW_COLUMNS, narrow_rows)
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
    return _slot(rows - 1 - row, rows, BENEATH / ((PANEL + BENEATH) * rows - BENEATH))


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
