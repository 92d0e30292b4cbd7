"""The step page's pictures as Plotly figures; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pages.shared import plotting
from pages.shared.axes import LOG
from pages.shared.palette import GREY, PENALTY, SKY, TEXT, TRAIN, faint
from pages.shared.plotting import Plain, Trace, Values, legend, note, scatter, stroke
from pages.shared.words import tell
from wd_core.arrays import Array

SHADES = {
    "monotone": faint(SKY, 0.18),
    "ripples": faint(TRAIN, 0.38),
    "flips": faint(PENALTY, 0.45),
    "diverges": faint(GREY, 0.3),
}
# A curve of so few steps shows each of them.
FEW_STEPS = 60
# So few of them are ticked one by one.
FEW_TICKS = 10
# The axis of a share, from 0 to 1.
SHARE = [-0.05, 1.08]
# Room around the arrows, in lengths of the picture's longer side.
ROOM = 0.28
# A step that moves weights by less than this share of themselves is rounding, and no arrow.
ROUNDING = 1e-9


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
    size: float


def plane(arrows: Sequence[Arrow], old: Array, new: Array, names: Sequence[str]) -> Plain:
    """One step in the plane of two weights, both axes of one scale; the dots lead to 0."""
    size = max(float(np.abs([old, new]).max()), np.finfo(np.float64).tiny)
    drawn = [a for a in arrows if np.abs(a.tip - a.tail).max() > ROUNDING * size]
    points = np.array(
        [old, *([new] if drawn else []), *(p for a in drawn for p in (a.tail, a.tip))]
    )
    middle = (points.min(0) + points.max(0)) / 2
    # where nothing moves, the way to 0 gives the scale
    half = (0.5 + ROOM) * float((points.max(0) - points.min(0)).max() or np.abs(old).max()) or 1.0
    way = float(np.linalg.norm(old))
    end = old * max(0.0, 1 - 4 * half / way) if way > 0 else old
    traces = [
        _line(tell("the way to 0"), [old[0], end[0]], [old[1], end[1]], TEXT, "dot", 1.2),
        *(_arrow(arrow) for arrow in drawn),
        _dots(tell("old w"), [old[0]], [old[1]], TEXT, "circle-open", 10, "%{x:.5g}, %{y:.5g}"),
        _dots(tell("new w"), [new[0]], [new[1]], TEXT, "circle", 10, "%{x:.5g}, %{y:.5g}"),
    ]
    x, y = (
        _axis(title, nticks=6, range=[float(at) - half, float(at) + half])
        for title, at in zip(names, middle, strict=True)
    )
    y |= {"scaleanchor": "x", "scaleratio": 1}
    return _figure(
        traces,
        tell("One update in the plane of two weights."),
        "one-step",
        (430, 44),
        x,
        y,
        narrow={"margin.l": 77, "margin.t": 84},
    )


def pulls(given: Sequence[Pull], reach: float, notes: Sequence[str]) -> Plain:
    """What decay adds to a weight in one step, over the weight, up to ±reach."""
    hover = "w = %{x:.4g}: %{y:.4g}"
    traces = [
        _line(pull.name, pull.w, pull.pull, pull.colour, pull.style, 2.5, hover)
        if pull.style in ("solid", "dash", "dot")
        else _dots(pull.name, pull.w, pull.pull, pull.colour, pull.style, 6, hover)
        for pull in given
    ]
    span = [-reach, reach] if reach > 0 else None
    alt = tell("What decay adds to each weight in one step.")
    x, y = _axis(tell("weight w before the step")), _axis(tell("what decay adds to it"), range=span)
    figure = _figure(traces, alt, "pulls", (420, 69), x, y)
    figure["layout"]["annotations"] = [
        note("", text, y=0.02 + 0.06 * k) for k, text in enumerate(notes)
    ]
    return figure


def shrinking(
    name: str,
    steps: Array,
    remains: Array,
    measured: tuple[Array, Array] | None,
    half_life: float | None,
    now: tuple[int, float] | None,
    unit: str,
    *,
    either: bool = False,
) -> Plain:
    """What decay alone leaves of a weight, over the steps; where it is so in the run, with now.

    `either`: `remains` is its length, and its sign changes: it is on this line or on the mirrored.
    """
    hover = tell("step %{{x}}: %{{y:.4g}}")
    curve = _line(name, steps, remains, PENALTY, "solid", 2.5, hover)
    if len(steps) <= FEW_STEPS:
        curve |= {"mode": "lines+markers", "marker": {"size": 5}}
    traces = [curve]
    if either:
        mirrored = _line(name, steps, -remains, PENALTY, "solid", 2.5, hover)
        traces.append(mirrored | {"showlegend": False})
    if measured is not None:
        called = tell("measured, out of the data's reach")
        traces.append(_dots(called, *measured, TEXT, "circle-open", 8, hover))
    if half_life is not None:
        x, y = [half_life, half_life, 0], [0, 0.5, 0.5]
        traces.append(_line(tell("half-life"), x, y, TEXT, "dash", 1.3))
    if now is not None:
        traces.append(_dots(tell("this step"), [now[0]], [now[1]], TEXT, "diamond", 11, hover))
    alt = tell("What decay alone leaves of a weight, over the steps.")
    if either:
        alt = tell(
            "What decay alone leaves of a weight, over the steps: one of two lines, + and −."
        )
    whole = {"dtick": 1} if len(steps) <= FEW_TICKS else {}  # there is no half step
    # without a range of its own the axis would enlarge rounding
    share = {"range": SHARE} if 0 <= remains.min() <= remains.max() <= 1 and not either else {}
    across, up = (
        _axis(unit, zeroline=False, **whole),
        _axis(tell("share of w that is left"), **share),
    )
    return _figure(traces, alt, "shrinking", (420, 106), across, up)


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
        _edge(x, monotone, "monotone", tell("monotone: no direction changes its sign"), "solid"),
        _edge(x, flips, "ripples", tell("ripples: some directions overshoot, all arrive"), "dash"),
    ]
    if (flips < stable).any():
        words = tell("sign flips: ηλ > 1, all but the bias’s overshoot")
        traces.append(_edge(x, stable, "flips", words, "solid", 2.5))
    traces.append(
        _edge(x, np.full_like(x, high), "diverges", tell("diverges: η ≥ 2/(largest curvature)"))
    )
    hover = "λ = %{x:.4g}, η = %{y:.4g}"
    traces += [
        _dots(mark.name, [mark.weight_decay], [mark.lr], TEXT, mark.symbol, mark.size, hover)
        for mark in marks
    ]
    log = LOG | {"dtick": 1}
    across = _axis(tell("weight decay λ"), **log, range=[float(np.log10(x[k])) for k in (0, -1)])
    up = _axis(tell("learning rate η"), **log, range=[float(np.log10(edge)) for edge in lr_range])
    alt = tell("How descent behaves, over weight decay and learning rate.")
    return _figure(traces, alt, "phases", (520, 146), across, up, narrow={"height": 600})


def _arrow(arrow: Arrow) -> Trace:
    width = 3 if arrow.dash == "solid" else 1.5
    x, y = ([arrow.tail[k], arrow.tip[k]] for k in (0, 1))
    line = _line(arrow.name, x, y, arrow.colour, arrow.dash, width, "%{x:.5g}, %{y:.5g}")
    head = {"color": arrow.colour, "symbol": "arrow", "angleref": "previous", "size": [0, 15]}
    # markers of several sizes are pale and have a rim by default
    opaque = {"opacity": 1, "line": {"width": 0}}
    return line | {"mode": "lines+markers", "marker": head | opaque}


def _line(
    name: str, x: Values, y: Values, colour: str, dash: str, width: float, hover: str = ""
) -> Trace:
    """A line; without a text for it, the pointer passes over it."""
    says = {"hovertemplate": hover} if hover else {"hoverinfo": "skip"}
    return scatter("", name=name, x=x, y=y, mode="lines", line=stroke(colour, dash, width), **says)


def _dots(
    name: str, x: Values, y: Values, colour: str, symbol: str, size: float, hover: str
) -> Trace:
    marker: Plain = {"color": colour, "size": size, "symbol": symbol}
    if symbol.endswith("-open"):
        marker["line"] = {"width": 2}
    return scatter("", name=name, x=x, y=y, mode="markers", marker=marker, hovertemplate=hover)


def _edge(
    x: Array, y: Array, region: str | None, name: str = "", dash: str = "dot", width: float = 1.2
) -> Trace:
    """The upper edge of a region, filled down to the edge before it."""
    line = _line(name, x, y, TEXT, dash, 0 if region in (None, "diverges") else width)
    if region is None:
        return line | {"showlegend": False}
    return line | {"fill": "tonexty", "fillcolor": SHADES[region]}


def _axis(title: str, **given: Any) -> Plain:
    return {"zeroline": True, "exponentformat": "power", "title": {"text": title}, **given}


def _figure(
    traces: Sequence[Trace],
    alt: str,
    filename: str,
    heights: tuple[int, int],
    x: Plain,
    y: Plain,
    narrow: Plain | None = None,
) -> Plain:
    height, above = heights
    layout = plotting.layout(
        filename,
        alt,
        height=height,
        margin={"l": 84, "r": 29, "t": above, "b": 68},
        narrow=narrow,
        legend=legend(1.02, traceorder="normal"),
        xaxis=x,
        yaxis=y,
    )
    return {"data": list(traces), "layout": layout}
