"""The picture of the page “which” as a Plotly figure, in plain JSON; no Streamlit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pages.shared.axes import LOG, log_axis, log_ticks, title
from pages.shared.moves import Moves, uprights
from pages.shared.palette import TEXT
from pages.shared.plotting import (
    Plain,
    Trace,
    arrange,
    layout,
    legend,
    note,
    rearranged,
    unseen,
)
from pages.shared.words import tell
from pages.which.answer.solutions import NAMED
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
    upright,
)

DOMAINS = {
    PANELS[LOSS]: ((0.0, 1.0), (0.56, 1.0)),
    PANELS[CHOSEN]: ((0.0, 1.0), (0.31, 0.5)),
    PANELS[WEIGHTS]: ((0.0, 0.44), (0.0, 0.21)),
    PANELS[NORM]: ((0.56, 1.0), (0.0, 0.21)),
}
# On a phone the panels lie below each other.
NARROW_DOMAINS = {
    PANELS[LOSS]: ((0.0, 1.0), (0.62, 1.0)),
    PANELS[CHOSEN]: ((0.0, 1.0), (0.4, 0.57)),
    PANELS[WEIGHTS]: ((0.0, 1.0), (0.2, 0.31)),
    PANELS[NORM]: ((0.0, 1.0), (0.0, 0.11)),
}
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


def picture(shown: Shown) -> tuple[Plain, Moves]:
    """The figure, and where the upright lines at the marked λ are for every λ of the grid."""
    traces = [*losses(shown), *panels(shown), *_freedom(shown)]
    places = shown.scale.place(shown.grid)
    moves: Moves = {}
    for panel, mark in enumerate(PANELS):
        name = f"marked {mark}"
        moves[name] = uprights(places, WHOLE_HEIGHT)
        line = {"color": TEXT, "width": 1.4}
        traces.append(upright(panel, float(places[0]), line=line, meta={"moves": name}))
    return {"data": traces, "layout": _layout(shown, span(shown))}, moves


def _layout(shown: Shown, ends: tuple[float, float]) -> Plain:
    narrow: Plain = {"height": 1180, "margin.t": 218, "legend.y": NARROW_LEGEND}
    narrow |= rearranged(NARROW_DOMAINS)
    narrow |= {
        f"xaxis{mark}.{name}": few
        for mark in PANELS
        for name, few in shown.scale.ticks(small=True).items()
    }
    if shown.fine is not None:
        few = freedom.ticks(shown.fine, shown.scale, freedom.NARROW_APART)
        narrow |= {f"xaxis{FREEDOM}.{name}": value for name, value in few.layout.items()}
    figure = layout(
        "which-lambda",
        _alternative(shown),
        height=868,
        margin={"l": 146, "r": 24, "t": 134, "b": 53},
        narrow=narrow,
        clicks=True,
        barmode="overlay",
        uirevision=shown.revision,
        legend=legend(LEGEND, traceorder="normal"),
        annotations=[
            *(_break(shown.scale, mark) for mark in PANELS),
            *_words(shown),
            *_notes(shown),
        ],
    )
    for panel in range(len(PANELS)):
        figure |= _axes(shown, panel, ends)
    arrange(figure, DOMAINS)
    if shown.fine is not None:
        figure[f"xaxis{FREEDOM}"] = _upper(shown, freedom.ticks(shown.fine, shown.scale))
    return figure


def _axes(shown: Shown, panel: int, ends: tuple[float, float]) -> Plain:
    """The axes of a panel: across, upwards without numbers, and over that the one with them."""
    mark = PANELS[panel]
    return {
        f"xaxis{mark}": {
            "range": shown.scale.range,
            "zeroline": False,
            "title": title("" if panel == LOSS else "λ"),
            "tickangle": 0,
            **shown.scale.ticks(small=panel in (WEIGHTS, NORM)),
            **({"matches": "x"} if panel else {}),
        },
        f"yaxis{mark}": {"range": list(WHOLE_HEIGHT), "visible": False, "fixedrange": True},
        f"yaxis{UPRIGHT[panel]}": {
            "overlaying": f"y{mark}",
            "anchor": f"x{mark}",
            "side": "left",
            "zeroline": False,
            **_upwards(shown, panel, ends),
        },
    }


def _alternative(shown: Shown) -> str:
    """What is drawn, for who cannot see it."""
    if shown.fine is None:
        return tell("Loss of the trained runs over λ; below it the λ of the least, and the norm.")
    return tell(
        "Loss over λ and over the degrees of freedom of the exact solution; below it the λ that "
        "each rule chooses, weights and their norm."
    )


def _notes(shown: Shown) -> list[Plain]:
    """Why a panel has less in it than one would look for."""
    said = [(LOSS, text) for text in notes(shown)] + missing(shown)
    lines = [sum(panel == other for other, _ in said[:k]) for k, (panel, _) in enumerate(said)]
    return [
        note(PANELS[panel], text, y=0.95 - 0.1 * line, yanchor="top")
        for (panel, text), line in zip(said, lines, strict=True)
    ]


def _upwards(shown: Shown, panel: int, ends: tuple[float, float]) -> Plain:
    """The upright axis of a panel."""
    if panel == LOSS:
        named = {"title": title(tell("loss (half mean square)")), "range": list(ends)}
        return {**LOG, **named, **log_ticks(*ends, FEW)}
    if panel == CHOSEN:
        names = [RULES[mark.rule].name for mark in reversed(shown.marks)]
        rows = [row + 0.4 for row in range(len(names))]
        grid = {"showgrid": False, "range": [0, len(names)], "fixedrange": True}
        return {"tickvals": rows, "ticktext": names, **grid}
    if panel == NORM:
        norms = [*(shown.fine.norm if shown.fine else ()), *shown.found.norm]
        return {**LOG, "tickmode": "linear", "title": title("‖w‖"), **log_axis(norms)}
    axis: Plain = {"title": title(tell("weights w*<sub>j</sub>")), **FEW_TICKS}
    if shown.paths is None:
        return axis
    low, high = shown.paths.ends
    room = ROOM * (high - low) or 1.0
    return {**axis, "range": [low - room, high + room]}


def _upper(shown: Shown, ticks: freedom.Ticks) -> Plain:
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
        "title": title(tell("degrees of freedom (exact)")),
        **ticks.layout,
    }


def _freedom(shown: Shown) -> list[Trace]:
    """Nothing to be seen, on the axis of degrees of freedom: without a trace it is not drawn."""
    return [] if shown.fine is None else [unseen(PANELS[LOSS]) | UPPER]


def _break(scale: Scale, mark: str) -> Plain:
    """The sign that the axis is cut between 0 and the smallest λ."""
    middle = (scale.zero + scale.ends[0]) / 2
    at = {"x": middle, "y": 0, "xref": f"x{mark}", "yanchor": "middle"}
    return note(mark, "//", **at, font={"size": 12})


def _at(panel: int, x: float, y: float, text: str, **style: Any) -> Plain:
    """Small words at a point of a panel, on the axis with the numbers."""
    place = {"x": x, "y": y, "xref": f"x{PANELS[panel]}", "yref": f"y{UPRIGHT[panel]}"}
    return note(PANELS[panel], text, **place | style, font={"size": 11})


def _beyond(scale: Scale, mark: Mark, row: float) -> Plain:
    """The λ that a rule chooses beyond the axis, beside its symbol at the nearer end."""
    value, left = number(mark.weight_decay), mark.weight_decay < scale.least
    x = float(scale.place(np.array(mark.weight_decay)))
    if left:
        return _at(CHOSEN, x, row, f"← λ = {value}", xanchor="left", xshift=10)
    return _at(CHOSEN, x, row, f"λ = {value} →", xanchor="right", xshift=-10)


def _words(shown: Shown) -> list[Plain]:
    """Why a rule chooses nothing, in its row; the names of the largest weights at their start."""
    words = []
    for row, mark in enumerate(reversed(shown.marks)):
        if math.isnan(mark.weight_decay):
            across = {"xref": f"x{PANELS[CHOSEN]} domain", "xanchor": "left"}
            words.append(_at(CHOSEN, 0.02, row + 0.4, str(mark.why), **across))
        elif not shown.scale.shows(mark.weight_decay):
            words.append(_beyond(shown.scale, mark, row + 0.4))
    paths = shown.paths
    if paths is not None:
        reach = float(np.ptp(paths.ends)) or 1.0
        placed: list[float] = []
        for j in range(min(NAMED, len(paths.names))):
            y = float(paths.weights[1, j])
            if all(abs(y - other) > APART * reach for other in placed):
                placed.append(y)
                at = (WEIGHTS, shown.scale.ends[0], y, paths.names[j])
                words.append(_at(*at, xanchor="left", yshift=8))
    return words
