"""The dimension page's picture as a Plotly figure, in plain JSON; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pages.shared.axes import log_ticks
from pages.shared.moves import Moves, uprights
from pages.shared.palette import BACKGROUND, GREY, OPTIMUM, PENALTY, TEXT, faint
from pages.shared.plotting import (
    Plain,
    Trace,
    arrange,
    band,
    hatched,
    hover,
    layout,
    legend,
    note,
    rearranged,
    scatter,
    stroke,
    upright,
)
from pages.shared.words import listed, say, tell
from wd_core.arrays import Array

# Risk, bias² and variance: their panels, whether upwards is logarithmic, their places.
RISK, BIAS2, VARIANCE = PANELS = ("", "2", "3")
LOG = (True, False, True)
# Over fewer decades than this 1, 2 and 5 are ticked in each.
FEW = (2.8, 0.0, 1.6)
DOMAINS = {
    RISK: ((0.0, 1.0), (0.45, 1.0)),
    BIAS2: ((0.0, 0.44), (0.0, 0.28)),
    VARIANCE: ((0.56, 1.0), (0.0, 0.28)),
}
# On a phone the panels lie below each other.
NARROW_DOMAINS = {
    RISK: ((0.0, 1.0), (0.6, 1.0)),
    BIAS2: ((0.0, 1.0), (0.31, 0.49)),
    VARIANCE: ((0.0, 1.0), (0.0, 0.19)),
}
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
    hatch: str
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
        Kind("λ → 0", TEXT, faint(GREY, 0.2), "", "dash", "circle-open"),
        Kind(f"λ = {weight_decay}", PENALTY, faint(PENALTY, 0.2), ".", "dot", "square-open"),
        Kind(tell("best λ"), OPTIMUM, faint(OPTIMUM, 0.25), "/", "solid", "diamond-open"),
    )


def descent(
    axis: Axis, drawn: Sequence[Drawn], without: Array, titles: Sequence[str], filename: str
) -> tuple[Plain, Moves]:
    """Risk above, bias² and variance below, with what moves: an upright line in every panel."""
    spans = [
        _log_span([one.median[0] for one in drawn], [*(d.limit[0] for d in drawn[1:]), without]),
        _span([part for one in drawn for part in (one.median[1], one.limit[1])]),
        _log_span([one.median[2] for one in drawn], [one.limit[2] for one in drawn[1:]]),
    ]
    traces: list[Trace] = [part for one in drawn for part in _band(axis, one)]
    for place in range(len(PANELS)):
        traces += [_line(axis, one, place) for one in drawn]
        traces += [_points(axis, one, place) for one in drawn]
    traces.append(
        scatter(
            RISK,
            name=tell("w = 0: no features used"),
            x=axis.fine,
            y=without,
            mode="lines",
            line=stroke(TEXT, "longdashdot", 1.5),
            hovertemplate=hover("%{y:.4g}", "w = 0"),
        )
    )
    moves: Moves = {}
    for panel, (low, high), log in zip(PANELS, spans, LOG, strict=True):
        name, ends = f"marked {panel}", (10**low, 10**high) if log else (low, high)
        moves[name] = uprights(axis.at, ends)
        if axis.peak_name:
            traces.append(_upright(panel, axis.peak, ends, "dot"))
        marked = _upright(panel, float(axis.at[0]), ends, "solid")
        traces.append(marked | {"meta": {"moves": name}})
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


def _band(axis: Axis, one: Drawn) -> list[Trace]:
    seen, kind = np.isfinite(one.low), one.kind
    own = {"showlegend": False, "legendgroup": kind.name}
    lower, upper = band(RISK, axis.at[seen], one.low[seen], one.high[seen], kind.faint, **own)
    if kind.hatch:
        upper["fillpattern"] = hatched(kind.hatch, kind.colour, kind.faint)
    return [lower, upper]


def _line(axis: Axis, one: Drawn, place: int) -> Trace:
    kind = one.kind
    return scatter(
        PANELS[place],
        name=tell("{curve}, limit", curve=kind.name),
        x=axis.fine,
        y=np.where(np.isfinite(one.limit[place]), one.limit[place], np.nan),
        mode="lines",
        line=stroke(kind.colour, kind.dash, 2.2),
        legendgroup=kind.name,
        showlegend=place == 0 and _positive(one.limit[0]),
        hovertemplate=hover("%{y:.4g}", tell("{curve}, limit", curve=kind.name)),
    )


def _positive(values: Array) -> bool:
    """Whether a logarithmic axis has a place for any of these."""
    return bool((np.isfinite(values) & (values > 0)).any())


def _points(axis: Axis, one: Drawn, place: int) -> Trace:
    kind = one.kind
    return scatter(
        PANELS[place],
        name=tell("measured"),
        x=axis.at,
        y=one.median[place],
        text=axis.words,
        mode="markers",
        marker={"color": kind.colour, "size": 8 if place == 0 else 6, "symbol": kind.symbol},
        legendgroup=kind.name,
        showlegend=place == 0 and _positive(one.median[0]),
        hovertemplate=hover("%{text}: %{y:.4g}", tell("{curve}, median", curve=kind.name)),
    )


def _upright(panel: str, x: float, ends: Sequence[float], dash: str) -> Trace:
    return upright(panel, x, ends, line=stroke(TEXT, dash, 1.2), opacity=0.75)


def _layout(
    axis: Axis,
    drawn: Sequence[Drawn],
    spans: Sequence[tuple[float, float]],
    titles: Sequence[str],
    filename: str,
) -> Plain:
    figure = layout(
        filename,
        tell(
            "{first} above, {second} and {third} below: limits, and medians of many draws.",
            first=titles[0],
            second=titles[1],
            third=titles[2],
        ),
        height=640,
        margin={"l": 64, "r": 24, "t": 72, "b": 56},
        narrow={"height": 980, "margin.t": 150} | rearranged(NARROW_DOMAINS),
        uirevision=f"dimension {axis.titles[0]}",
        legend=legend(1.02, traceorder="grouped"),
        annotations=[
            note(
                RISK,
                axis.peak_name,
                x=float(np.log10(axis.peak)),
                y=0,
                xref="x",
                bgcolor=BACKGROUND,  # what is behind would strike it through
                xanchor="left",
                yanchor="bottom",
                xshift=6,
            ),
            *_emptiness(drawn, spans),
        ],
    )
    across = _across(axis)
    for place, panel in enumerate(PANELS):
        below = {"title": {"text": axis.titles[place > 0], "standoff": 4}}
        figure[f"xaxis{panel}"] = {**across, **below}
        figure[f"yaxis{panel}"] = {
            "range": list(spans[place]),
            "title": {"text": titles[place]},
            "zeroline": False,
            **_upwards(spans[place], place),
        }
    arrange(figure, DOMAINS)
    return figure


def _upwards(span: tuple[float, float], place: int) -> Plain:
    if LOG[place]:
        return {"type": "log", **log_ticks(*span, FEW[place]), "tickformat": "~g"}
    return {"rangemode": "tozero", "nticks": 5, "exponentformat": "power"}


def _across(axis: Axis) -> Plain:
    low, high = float(np.log10(axis.fine[0])), float(np.log10(axis.fine[-1]))
    room = 0.02 * ((high - low) or 1.0)
    ticks = {"tickformat": "~g", "dtick": "D2"}
    return {"type": "log", "range": [low - room, high + room], "zeroline": False, **ticks}


def _emptiness(drawn: Sequence[Drawn], spans: Sequence[tuple[float, float]]) -> list[Plain]:
    """A word in every panel whose logarithmic axis has no place for all, or some, of its curves."""
    flat = [one.kind.name for one in drawn if not _positive(one.limit[0])]
    notes = [
        (panel, str(say("0 everywhere")), 0.5)
        for panel, span in zip(PANELS, spans, strict=True)
        if span == EMPTY
    ]
    if flat and spans[0] != EMPTY:
        notes.append((RISK, str(say("{kinds}: 0 everywhere", kinds=listed(flat))), 0.1))
    return [note(panel, text, x=0.25, y=height) for panel, text, height in notes]
