"""The curves that an edition plots beside the half mean square, as a Plotly figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from pages.shared.palette import TEST, TRAIN
from wd_core.arrays import Array

MARKS = 20
STYLES = {"train": (TRAIN, "solid", "circle-open"), "test": (TEST, "dash", "square-open")}
# Where the panels lie: side by side, and on a phone one above the other.
SIDES = ((0.0, 0.46), (0.54, 1.0))
ABOVE = ((0.58, 1.0), (0.0, 0.42))


@dataclass(frozen=True, eq=False)
class Panel:
    """One code: its title, epochs [E], and the losses [E] alone and as it plots them."""

    title: str
    epoch: Array
    alone: dict[str, Array]
    plotted: dict[str, Array]


def plots(panels: Sequence[Panel], filename: str) -> dict[str, Any]:
    """A panel for each code, over epochs: what it plots, and the half mean square alone."""
    traces = [
        _curve(panel, k, part, plotted)
        for k, panel in enumerate(panels)
        for part in STYLES
        for plotted in (True, False)
    ]
    layout: dict[str, Any] = {
        "template": "none",
        "height": 400,
        "margin": {"l": 72, "r": 24, "t": 40, "b": 52},
        "hovermode": "closest",
        "uirevision": filename,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "meta": {
            "filename": filename,
            "alt": "The losses over epochs as each code plots them, and without its additions.",
            "narrow": {"height": 700, "margin.t": 120},
        },
    }
    for k, panel in enumerate(panels):
        mark = "" if k == 0 else str(k + 1)
        layout[f"xaxis{mark}"] = {
            "domain": SIDES[k],
            "anchor": f"y{mark}",
            "range": [0, float(panel.epoch[-1])],
            "zeroline": False,
            "title": {"text": f"epoch, {panel.title}"},
        }
        layout[f"yaxis{mark}"] = {
            "type": "log",
            "anchor": f"x{mark}",
            "zeroline": False,
            "exponentformat": "power",
            "dtick": 1,
            "matches": "y" if k else None,
            "title": {"text": "loss"} if k == 0 else None,
        }
        layout["meta"]["narrow"] |= {
            f"xaxis{mark}.domain": [0, 1],
            f"yaxis{mark}.domain": ABOVE[k],
        }
    plain: dict[str, Any] = go.Figure(data=traces, layout=layout).to_plotly_json()
    return plain


def _curve(panel: Panel, place: int, part: str, plotted: bool) -> go.Scatter:
    colour, dash, symbol = STYLES[part]
    name = f"{part}, as plotted" if plotted else f"{part}, half mean square alone"
    mark = "" if place == 0 else str(place + 1)
    return go.Scatter(
        name=name,
        x=panel.epoch,
        y=(panel.plotted if plotted else panel.alone)[part],
        mode="lines+markers" if plotted else "lines",
        line={"color": colour, "dash": dash, "width": 1.6},
        marker={"color": colour, "symbol": symbol, "size": 8, "maxdisplayed": MARKS},
        legendgroup=name,
        showlegend=place == 0,
        hovertemplate="epoch %{x}: %{y:.4g}<extra>" + name + "</extra>",
        xaxis=f"x{mark}",
        yaxis=f"y{mark}",
    )
