"""The parts of w over the epochs as a Plotly figure; no Streamlit."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pages.act.figure.directions import Plain, legend
from pages.shared.palette import OPTIMUM, PENALTY, TEXT, TRAIN
from pages.shared.plotting import FEW_EPOCHS, MARKS, Series, Trace, log_ticks

# So far down the picture goes from its largest norm.
DECADES = 10.0


@dataclass(frozen=True)
class Part:
    """A curve over the epochs, drawn by the browser from the series of this name."""

    key: str
    name: str
    colour: str
    dash: str  # "markers": dots instead of a line


NOTHING: Plain = {
    "text": "none: every weight is 0 at every epoch",
    "xref": "x domain",
    "yref": "y domain",
    "x": 0.5,
    "y": 0.5,
    "showarrow": False,
    "font": {"size": 13},
}

PARTS = (
    Part("weight_norm", "", PENALTY, "longdash"),
    Part("reached", "in the row space", TRAIN, "solid"),
    Part("to_end", "", OPTIMUM, "dot"),
    Part("left", "in the null space", TEXT, "dash"),
    Part("predicted", "predicted by decay alone", TEXT, "markers"),
)


def split(series: Series, epochs: int, filename: str, *, to_end: str, norm: str) -> Plain:
    """The norms of the two parts of w over the epochs, logarithmic.

    `to_end`, `norm`: what the distance to where the run goes and ‖w‖ are called, if they are among
    the series.
    """
    names = {"to_end": to_end, "weight_norm": norm}
    traces: list[Trace] = []
    for part in PARTS:
        if part.key not in series:
            continue
        traces.append(
            {
                "type": "scatter",
                "name": part.name or names[part.key],
                "meta": {"series": part.key},
                "hovertemplate": "%{y:.4g}",
                **_style(part),
            }
        )
    values = [x for part in PARTS for x in series.get(part.key, []) if x is not None and x > 0]
    axis: Plain = {"zeroline": False, "automargin": True}
    y: Plain = {**axis, "type": "log", "exponentformat": "power", "title": {"text": "norm"}}
    if values:
        high = math.log10(max(values))
        low = max(math.log10(min(values)), high - DECADES)
        room = max(0.06 * (high - low), 0.1)
        y["range"] = [low - room, high + room]
        y |= log_ticks(low - room, high + room)
    layout: Plain = {
        "height": 400,
        "margin": {"l": 64, "r": 20, "t": 56, "b": 48},
        "hovermode": "x unified",
        "uirevision": "split",
        "xaxis": {
            **axis,
            "range": [0, epochs],
            **({"dtick": 1} if epochs <= FEW_EPOCHS else {}),
            "title": {"text": "epoch"},
            "unifiedhovertitle": {"text": "epoch %{x}"},
        },
        "yaxis": y,
        "legend": legend(1.02),
        "annotations": [] if values else [NOTHING],
        "meta": {
            "filename": filename,
            "alt": "Norm of the weights over the epochs and of its parts, in the row space of the"
            " training data and in its null space.",
            "narrow": {"height": 440, "margin.t": 104},
        },
    }
    if not values:
        layout |= {"yaxis": {**y, "showticklabels": False}}
    return {"data": traces, "layout": layout}


def _style(part: Part) -> Plain:
    if part.dash != "markers":
        return {
            "mode": "lines",
            "line": {"color": part.colour, "dash": part.dash, "width": 2.5},
        }
    marker = {"color": part.colour, "size": 8, "symbol": "circle-open", "maxdisplayed": MARKS}
    return {"mode": "markers", "marker": marker, "cliponaxis": False}
