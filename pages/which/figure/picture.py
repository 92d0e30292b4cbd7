"""The picture of the page “Which λ” as a Plotly figure, in plain JSON; no Streamlit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pages.shared.palette import TEXT
from pages.shared.plotting import Trace, log_axis
from pages.which.answer.measured import NAMED
from pages.which.figure import freedom
from pages.which.figure.losses import losses, notes, span
from pages.which.figure.panels import missing, panels
from pages.which.figure.scale import Scale, number
from pages.which.figure.traces import (
    CHOSEN,
    FREEDOM,
    LOSS,
    NORM,
    PANELS,
    RULES,
    UPRIGHT,
    WEIGHTS,
    WHOLE_HEIGHT,
    Mark,
    Shown,
    scatter,
    upright,
)

DOMAINS = (
    ((0.0, 1.0), (0.56, 1.0)),
    ((0.0, 1.0), (0.31, 0.5)),
    ((0.0, 0.44), (0.0, 0.21)),
    ((0.56, 1.0), (0.0, 0.21)),
)
# On a phone the panels lie below each other.
NARROW_DOMAINS = (
    ((0.0, 1.0), (0.62, 1.0)),
    ((0.0, 1.0), (0.4, 0.57)),
    ((0.0, 1.0), (0.2, 0.31)),
    ((0.0, 1.0), (0.0, 0.11)),
)
# The legend stands above the numbers and the title of the upper axis.
LEGEND, NARROW_LEGEND = 1.075, 1.06
UPPER = {"xaxis": f"x{FREEDOM}", "yaxis": f"y{PANELS[LOSS]}"}
# An axis over another one would otherwise have its ticks where that has them.
FEW_TICKS = {"tickmode": "auto", "nticks": 5, "exponentformat": "power"}
# Over fewer decades than this 1, 2 and 5 are ticked in each.
FEW = 3.5
# Names of weights that would stand closer than this share of the panel are left to the hover.
APART = 0.11
# Above and below the weights, of what they span.
ROOM = 0.06


def picture(shown: Shown) -> tuple[dict[str, Any], dict[str, Any]]:
    """The figure, and where the upright lines at the marked λ are for every λ of the grid."""
    traces = [*losses(shown), *panels(shown), *_freedom(shown)]
    places = shown.scale.place(shown.grid)
    moves = {}
    for panel, mark in enumerate(PANELS):
        name = f"marked {mark}"
        ends = [list(WHOLE_HEIGHT)] * len(places)
        moves[name] = {"x": [[x, x] for x in places.tolist()], "y": ends}
        line = {"color": TEXT, "width": 1.4}
        traces.append(upright(panel, float(places[0]), line=line, meta={"moves": name}))
    return {"data": traces, "layout": _layout(shown, span(shown))}, moves


def _layout(shown: Shown, ends: tuple[float, float]) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "height": 900,
        "margin": {"l": 64, "r": 24, "t": 128, "b": 44},
        "hovermode": "closest",
        "barmode": "overlay",
        "uirevision": shown.revision,
        "modebar": {"orientation": "v"},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": LEGEND,
            "yanchor": "bottom",
            "font": {"size": 12},
        },
        "annotations": [
            *(_break(shown.scale, mark) for mark in PANELS),
            *_words(shown),
            *_notes(shown),
        ],
    }
    narrow: dict[str, Any] = {"height": 1180, "margin.t": 218, "legend.y": NARROW_LEGEND}
    for panel, mark in enumerate(PANELS):
        (left, right), (bottom, top) = DOMAINS[panel]
        layout[f"xaxis{mark}"] = {
            "domain": [left, right],
            "anchor": f"y{mark}",
            "range": shown.scale.range,
            "zeroline": False,
            "title": _title("" if panel == LOSS else "λ"),
            "tickangle": 0,
            **shown.scale.ticks(small=panel in (WEIGHTS, NORM)),
            **({"matches": "x"} if panel else {}),
        }
        layout[f"yaxis{mark}"] = {
            "domain": [bottom, top],
            "anchor": f"x{mark}",
            "range": list(WHOLE_HEIGHT),
            "visible": False,
            "fixedrange": True,
        }
        layout[f"yaxis{UPRIGHT[panel]}"] = {
            "overlaying": f"y{mark}",
            "anchor": f"x{mark}",
            "side": "left",
            "zeroline": False,
            **_upwards(shown, panel, ends),
        }
        narrow[f"xaxis{mark}.domain"], narrow[f"yaxis{mark}.domain"] = NARROW_DOMAINS[panel]
        for name, few in shown.scale.ticks(small=True).items():
            narrow[f"xaxis{mark}.{name}"] = few
    if shown.fine is not None:
        few = freedom.ticks(shown.fine, shown.scale, freedom.NARROW_APART)
        layout[f"xaxis{FREEDOM}"] = _upper(shown, freedom.ticks(shown.fine, shown.scale))
        narrow |= {f"xaxis{FREEDOM}.{name}": value for name, value in few.layout.items()}
    layout["meta"] = {
        "filename": "which-lambda",
        "clicks": True,
        "alt": _alternative(shown),
        "narrow": narrow,
    }
    return layout


def _alternative(shown: Shown) -> str:
    """What is drawn, for who cannot see it."""
    if shown.fine is None:
        return "Loss of the trained runs over λ; below it the λ of the least, and the norm."
    return (
        "Loss over λ and over the degrees of freedom of the exact solution; below it the λ that "
        "each rule chooses, weights and their norm."
    )


def _notes(shown: Shown) -> list[dict[str, Any]]:
    """Why a panel has less in it than one would look for."""
    said = [(LOSS, note) for note in notes(shown)] + missing(shown)
    return [
        {
            "text": note,
            "x": 0.5,
            "y": 0.95 - 0.1 * sum(panel == other for other, _ in said[:k]),
            "xref": f"x{PANELS[panel]} domain",
            "yref": f"y{PANELS[panel]} domain",
            "showarrow": False,
            "yanchor": "top",
        }
        for k, (panel, note) in enumerate(said)
    ]


def _upwards(shown: Shown, panel: int, ends: tuple[float, float]) -> dict[str, Any]:
    """The upright axis of a panel."""
    if panel == LOSS:
        title = _title("loss (half mean square)")
        return {"title": title, "range": list(ends), **_log_ticks(ends[1] - ends[0])}
    if panel == CHOSEN:
        names = [RULES[mark.rule].name for mark in reversed(shown.marks)]
        rows = [row + 0.4 for row in range(len(names))]
        grid = {"showgrid": False, "range": [0, len(names)], "fixedrange": True}
        return {"tickvals": rows, "ticktext": names, **grid}
    if panel == NORM:
        norms = [*(shown.fine.norm if shown.fine else ()), *shown.found.norm]
        axis = {"type": "log", "tickmode": "linear", "exponentformat": "power"}
        return {"title": _title("‖w‖"), **axis, **log_axis(norms)}
    title = {"title": _title("weights w*<sub>j</sub>"), **FEW_TICKS}
    if shown.paths is None:
        return title
    low, high = shown.paths.ends
    room = ROOM * (high - low) or 1.0
    return {**title, "range": [low - room, high + room]}


def _title(text: str) -> dict[str, Any]:
    """The title of an axis; all are of one size."""
    return {"text": text, "standoff": 4, "font": {"size": 13}}


def _upper(shown: Shown, ticks: freedom.Ticks) -> dict[str, Any]:
    """The axis along the top of the losses, which is zoomed with that of λ."""
    return {
        "overlaying": "x",
        "matches": "x",
        "anchor": f"y{UPRIGHT[LOSS]}",
        "side": "top",
        "range": shown.scale.range,
        "zeroline": False,
        "showgrid": False,
        "ticks": "outside",
        "ticklen": 4,
        "tickangle": 0,
        "title": _title("degrees of freedom (exact)"),
        **ticks.layout,
    }


def _freedom(shown: Shown) -> list[Trace]:
    """Nothing to be seen, on the axis of degrees of freedom: without a trace it is not drawn."""
    if shown.fine is None:
        return []
    unseen = {"mode": "markers", "opacity": 0, "hoverinfo": "skip", "showlegend": False}
    return [scatter(LOSS, x=[shown.scale.zero], y=[0.5], **unseen) | UPPER]


def _log_ticks(decades: float) -> dict[str, Any]:
    """1, 2 and 5 over a few decades, whole ones or every few of them over many."""
    if decades < FEW:
        return {"type": "log", "tickformat": "~g", "dtick": "D2"}
    return {"type": "log", "exponentformat": "power", "dtick": math.ceil(decades / 7)}


def _break(scale: Scale, mark: str) -> dict[str, Any]:
    """The sign that the axis is cut between 0 and the smallest λ."""
    return {
        "x": (scale.zero + scale.ends[0]) / 2,
        "y": 0,
        "xref": f"x{mark}",
        "yref": f"y{mark} domain",
        "text": "//",
        "showarrow": False,
        "yanchor": "middle",
        "font": {"size": 12},
    }


def _beyond(scale: Scale, mark: Mark, row: int) -> dict[str, Any]:
    """The λ that a rule chooses beyond the axis, beside its symbol at the nearer end."""
    value, left = number(mark.weight_decay), mark.weight_decay < scale.least
    return {
        "text": f"← λ = {value}" if left else f"λ = {value} →",
        "x": float(scale.place(np.array(mark.weight_decay))),
        "y": row + 0.4,
        "xref": f"x{PANELS[CHOSEN]}",
        "yref": f"y{UPRIGHT[CHOSEN]}",
        "xanchor": "left" if left else "right",
        "xshift": 10 if left else -10,
    }


def _words(shown: Shown) -> list[dict[str, Any]]:
    """Why a rule chooses nothing, in its row; the names of the largest weights at their start."""
    notes = []
    for row, mark in enumerate(reversed(shown.marks)):
        if math.isnan(mark.weight_decay):
            at = {"x": 0.02, "y": row + 0.4, "xref": "x2 domain", "yref": f"y{UPRIGHT[CHOSEN]}"}
            notes.append({"text": str(mark.why), "xanchor": "left", **at})
        elif not shown.scale.shows(mark.weight_decay):
            notes.append(_beyond(shown.scale, mark, row))
    paths = shown.paths
    if paths is not None:
        reach = float(np.ptp(paths.ends)) or 1.0
        placed: list[float] = []
        for j in range(min(NAMED, len(paths.names))):
            y = float(paths.weights[1, j])
            if all(abs(y - other) > APART * reach for other in placed):
                placed.append(y)
                at = {
                    "x": shown.scale.ends[0],
                    "y": y,
                    "xref": f"x{PANELS[WEIGHTS]}",
                    "yref": f"y{UPRIGHT[WEIGHTS]}",
                }
                notes.append({"text": paths.names[j], "xanchor": "left", "yshift": 8, **at})
    style = {"showarrow": False, "font": {"size": 11}}
    return [{**note, **style} for note in notes]
