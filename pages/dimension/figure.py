"""The dimension page's picture as a Plotly figure, in plain JSON; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pages.shared.palette import OPTIMUM, PENALTY, TEXT
from pages.shared.plotting import Trace
from pages.shared.words import listed, say
from wd_core.arrays import Array

# Risk, bias² and variance: the mark of a panel's axes, whether upwards is logarithmic, its place.
PANELS = ("", "2", "3")
LOG = (True, False, True)
# Over fewer decades than this 1, 2 and 5 are ticked in each.
FEW = (2.8, 0.0, 1.6)
DOMAINS = (
    ((0.0, 1.0), (0.45, 1.0)),
    ((0.0, 0.44), (0.0, 0.28)),
    ((0.56, 1.0), (0.0, 0.28)),
)
# On a phone the panels lie below each other.
NARROW_DOMAINS = (
    ((0.0, 1.0), (0.6, 1.0)),
    ((0.0, 1.0), (0.31, 0.49)),
    ((0.0, 1.0), (0.0, 0.19)),
)
# A logarithmic axis goes down this many decades below its top at most.
DECADES = 5.0
ROOM = 0.06
# The range of a logarithmic axis with nothing on it.
EMPTY = (-3.0, 0.0)


@dataclass(frozen=True)
class Kind:
    """One of the three ways to choose λ, and how it is drawn."""

    name: str
    colour: str
    faint: str
    dash: str
    symbol: str


@dataclass(frozen=True, eq=False)
class Drawn:
    """A kind's numbers: limits over the fine places, medians and a band over the measured ones.

    limit and median: risk, bias², variance, in this order.
    """

    kind: Kind
    limit: tuple[Array, Array, Array]
    median: tuple[Array, Array, Array]
    low: Array
    high: Array


@dataclass(frozen=True, eq=False)
class Axis:
    """What stands along the axis: fine places, measured ones with their words, and the peak.

    peak_name: empty where the axis does not reach the peak.
    """

    titles: tuple[str, str]  # in full and in short
    fine: Array
    at: Array
    words: Sequence[str]
    peak: float
    peak_name: str


def kinds(weight_decay: str) -> tuple[Kind, Kind, Kind]:
    """λ → 0, this fixed λ, and the best λ."""
    return (
        Kind("λ → 0", TEXT, "rgba(128, 128, 128, 0.2)", "dash", "circle-open"),
        Kind(f"λ = {weight_decay}", PENALTY, "rgba(230, 159, 0, 0.2)", "dot", "square-open"),
        Kind("best λ", OPTIMUM, "rgba(204, 121, 167, 0.25)", "solid", "diamond-open"),
    )


def descent(
    axis: Axis, drawn: Sequence[Drawn], without: Array, titles: Sequence[str], filename: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Risk above, bias² and variance below, with what moves: an upright line in every panel."""
    spans = [
        _log_span([one.median[0] for one in drawn], [*(d.limit[0] for d in drawn[1:]), without]),
        _span([part for one in drawn for part in (one.median[1], one.limit[1])]),
        _log_span([one.median[2] for one in drawn], [one.limit[2] for one in drawn[1:]]),
    ]
    traces: list[Trace] = [part for one in drawn for part in _band(axis, one)]
    for panel in range(len(PANELS)):
        traces += [_line(axis, one, panel) for one in drawn]
        traces += [_points(axis, one, panel) for one in drawn]
    traces.append(
        _scatter(
            0,
            name="w = 0: no features used",
            x=axis.fine,
            y=without,
            mode="lines",
            line={"color": TEXT, "dash": "longdashdot", "width": 1.5},
            hovertemplate="%{y:.4g}<extra>w = 0</extra>",
        )
    )
    moves = {}
    for panel, (low, high) in enumerate(spans):
        name = f"marked {PANELS[panel]}"
        ends = [10**low, 10**high] if LOG[panel] else [low, high]
        moves[name] = {"x": [[x, x] for x in axis.at.tolist()], "y": [ends] * len(axis.at)}
        if axis.peak_name:
            traces.append(_upright(panel, ends, axis.peak, "dot"))
        traces.append(
            {**_upright(panel, ends, float(axis.at[0]), "solid"), "meta": {"moves": name}}
        )
    return {"data": traces, "layout": _layout(axis, drawn, spans, titles, filename)}, moves


def _log_span(medians: Sequence[Array], lines: Sequence[Array]) -> tuple[float, float]:
    """log₁₀ of the least and largest value shown; a limit that goes to infinity leaves the top."""
    values = np.concatenate([*medians, *lines])
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return EMPTY
    high = float(np.log10(values.max()))
    # the highest of every curve is seen, however far below the peak
    tops = [part[part > 0].max() for part in (*medians, *lines) if (part > 0).any()]
    deepest = min(high - DECADES, float(np.log10(min(tops))) - ROOM)
    low = max(float(np.log10(values.min())), deepest)
    room = max(ROOM * (high - low), 0.05)
    return low - room, high + room


def _span(parts: Sequence[Array]) -> tuple[float, float]:
    values = np.concatenate(parts)
    most = float(values[np.isfinite(values)].max(initial=0.0)) or 1.0
    return -ROOM * most, (1 + ROOM) * most


def _scatter(panel: int, **style: Any) -> Trace:
    mark = PANELS[panel]
    return {"type": "scatter", "xaxis": f"x{mark}", "yaxis": f"y{mark}", **style}


def _band(axis: Axis, one: Drawn) -> list[Trace]:
    seen = np.isfinite(one.low)
    edge = {
        "x": axis.at[seen],
        "mode": "lines",
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        "legendgroup": one.kind.name,
    }
    return [
        _scatter(0, y=one.low[seen], **edge),
        _scatter(0, y=one.high[seen], fill="tonexty", fillcolor=one.kind.faint, **edge),
    ]


def _line(axis: Axis, one: Drawn, panel: int) -> Trace:
    kind = one.kind
    return _scatter(
        panel,
        name=f"{kind.name}, limit",
        x=axis.fine,
        y=np.where(np.isfinite(one.limit[panel]), one.limit[panel], np.nan),
        mode="lines",
        line={"color": kind.colour, "dash": kind.dash, "width": 2.2},
        legendgroup=kind.name,
        showlegend=panel == 0 and _positive(one.limit[0]),
        hovertemplate="%{y:.4g}<extra>" + kind.name + ", limit</extra>",
    )


def _positive(values: Array) -> bool:
    """Whether a logarithmic axis has a place for any of these."""
    return bool((np.isfinite(values) & (values > 0)).any())


def _points(axis: Axis, one: Drawn, panel: int) -> Trace:
    kind = one.kind
    return _scatter(
        panel,
        name="measured",
        x=axis.at,
        y=one.median[panel],
        text=axis.words,
        mode="markers",
        marker={"color": kind.colour, "size": 8 if panel == 0 else 6, "symbol": kind.symbol},
        legendgroup=kind.name,
        showlegend=panel == 0 and _positive(one.median[0]),
        hovertemplate="%{text}: %{y:.4g}<extra>" + kind.name + ", median</extra>",
    )


def _upright(panel: int, ends: Sequence[float], x: float, dash: str) -> Trace:
    return _scatter(
        panel,
        x=[x, x],
        y=list(ends),
        mode="lines",
        line={"color": TEXT, "width": 1.2, "dash": dash},
        opacity=0.75,
        showlegend=False,
        hoverinfo="skip",
    )


def _layout(
    axis: Axis,
    drawn: Sequence[Drawn],
    spans: Sequence[tuple[float, float]],
    titles: Sequence[str],
    filename: str,
) -> dict[str, Any]:
    low, high = float(axis.fine[0]), float(axis.fine[-1])
    room = 0.02 * (np.log10(high / low) or 1.0)
    across = {
        "type": "log",
        "range": [np.log10(low) - room, np.log10(high) + room],
        "tickformat": "~g",
        "dtick": "D2",
        "zeroline": False,
    }
    layout: dict[str, Any] = {
        "height": 640,
        "margin": {"l": 64, "r": 24, "t": 72, "b": 44},
        "hovermode": "closest",
        "uirevision": f"dimension {axis.titles[0]}",
        "modebar": {"orientation": "v"},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 12},
            "traceorder": "grouped",
        },
        "annotations": [
            {
                "x": float(np.log10(axis.peak)),
                "y": 0,
                "xref": "x",
                "yref": "y domain",
                "text": axis.peak_name,
                "bgcolor": "var(--st-background-color)",  # what is behind would strike it through
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "bottom",
                "xshift": 6,
            },
            *_emptiness(drawn, spans),
        ],
    }
    narrow: dict[str, Any] = {"height": 980, "margin.t": 150}
    for panel, mark in enumerate(PANELS):
        (left, right), (bottom, top) = DOMAINS[panel]
        below = {"title": {"text": axis.titles[panel > 0], "standoff": 4}}
        layout[f"xaxis{mark}"] = {**across, "domain": [left, right], "anchor": f"y{mark}", **below}
        layout[f"yaxis{mark}"] = {
            "domain": [bottom, top],
            "anchor": f"x{mark}",
            "range": list(spans[panel]),
            "title": {"text": titles[panel]},
            "zeroline": False,
            **(
                _log_axis(spans[panel], FEW[panel])
                if LOG[panel]
                else {"rangemode": "tozero", "nticks": 5, "exponentformat": "power"}
            ),
        }
        narrow[f"xaxis{mark}.domain"], narrow[f"yaxis{mark}.domain"] = NARROW_DOMAINS[panel]
    layout["meta"] = {
        "filename": filename,
        "alt": f"{titles[0]} above, {titles[1]} and {titles[2]} below: limits, and medians of "
        "many draws.",
        "narrow": narrow,
    }
    return layout


def _emptiness(
    drawn: Sequence[Drawn], spans: Sequence[tuple[float, float]]
) -> list[dict[str, Any]]:
    """A word in every panel whose logarithmic axis has no place for all, or some, of its curves."""
    flat = [one.kind.name for one in drawn if not _positive(one.limit[0])]
    notes = [
        (mark, str(say("0 everywhere")), 0.5)
        for mark, span in zip(PANELS, spans, strict=True)
        if span == EMPTY
    ]
    if flat and spans[0] != EMPTY:
        notes.append((PANELS[0], str(say("{kinds}: 0 everywhere", kinds=listed(flat))), 0.1))
    return [
        {
            "x": 0.25,
            "y": height,
            "xref": f"x{mark} domain",
            "yref": f"y{mark} domain",
            "text": text,
            "showarrow": False,
        }
        for mark, text, height in notes
    ]


def _log_axis(span: tuple[float, float], few: float) -> dict[str, Any]:
    fine = span[1] - span[0] < few
    return {"type": "log", "tickformat": "~g", "dtick": "D2" if fine else 1}
