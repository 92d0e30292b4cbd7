"""What λ does at the end of training, beside what needs no training, in plain JSON."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pages.shared.axes import LOG, ticked
from pages.shared.palette import OPTIMUM, PENALTY, TEST, TEXT, faint
from pages.shared.plotting import (
    Plain,
    Trace,
    Values,
    arrange,
    band,
    hover,
    layout,
    legend,
    over,
    rearranged,
    scatter,
    stroke,
)
from pages.shared.words import tell
from wd_core.arrays import Array

# So many decades left of the least λ stands λ = 0.
BEFORE = 0.6
# The middle panel reaches so far below and above the curves that do without the random start.
ENLARGED = (0.94, 1.25)
# The test loss, the same enlarged, and the norm: where they lie, on a wide screen and on a phone.
LOSS, LARGER, NORM = "", "2", "3"
WIDE = (0.0, 1.0)
DOMAINS = {LOSS: (WIDE, (0.66, 1.0)), LARGER: (WIDE, (0.36, 0.62)), NORM: (WIDE, (0.0, 0.26))}
NARROW_DOMAINS = {
    LOSS: (WIDE, (0.67, 1.0)),
    LARGER: (WIDE, (0.4, 0.63)),
    NORM: (WIDE, (0.0, 0.25)),
}
# The legend of the norm stands so far above its panel.
ABOVE = 0.01


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


def finding(weight_decay: Array, test: Losses, norm: Norms, marked: float, filename: str) -> Plain:
    """Test loss above, the same enlarged around the baselines, and ‖w‖ below, over λ."""
    least = weight_decay[weight_decay > 0].min()
    zero_at = float(np.log10(least) - BEFORE)
    x = np.log10(np.where(weight_decay > 0, weight_decay, 10**zero_at))
    words = [f"λ = {lam:g}" for lam in weight_decay]

    def curve(name: str, y: Values, colour: str, style: str, panel: str) -> Trace:
        marks = style == "markers"
        return scatter(
            panel,
            name=name,
            x=x,
            y=y,
            text=words,
            mode="markers" if marks else "lines",
            line=stroke(colour, "solid" if marks else style),
            marker={"color": colour, "size": 8, "symbol": "circle-open"},
            hovertemplate=hover("%{text}: %{y:.4g}", name),
            legendgroup=name,
            showlegend=panel != LARGER,
            legend="legend3" if panel == NORM else "legend",
        )

    traces: list[Trace] = []
    seeds = {"name": tell("nine seeds in ten"), "legendgroup": "band"}
    for panel in (LOSS, LARGER):
        constant = np.full(len(x), test.constant)
        shown = {**seeds, "showlegend": panel == LOSS}
        traces += [
            *band(panel, x, test.random.low, test.random.high, faint(TEST, 0.15), **shown),
            curve(tell("test, its random start"), test.random.median, TEST, "solid", panel),
            curve(tell("test, start at 0"), test.zero, TEST, "dash", panel),
            curve(tell("test, constant predictor"), constant, TEXT, "dashdot", panel),
        ]
        if test.ridge is not None:
            traces.append(curve(tell("test, exact ridge"), test.ridge, OPTIMUM, "dot", panel))
    traces += [
        curve(tell("‖w‖, its random start"), norm.random.median, PENALTY, "solid", NORM),
        curve(tell("‖w‖, start at 0"), norm.zero, PENALTY, "dash", NORM),
        curve(tell("its part out of reach"), norm.hidden, TEXT, "dash", NORM),
        curve(
            tell("predicted: start · (1−η·wd)<sup>t</sup>"), norm.predicted, TEXT, "markers", NORM
        ),
    ]
    return {"data": traces, "layout": _layout(x, zero_at, test, norm, marked, filename)}


def _layout(
    x: Array, zero_at: float, test: Losses, norm: Norms, marked: float, filename: str
) -> Plain:
    at = float(np.log10(marked))
    rows = legend(1.01, traceorder="normal", groupclick="togglegroup", tracegroupgap=0)
    figure = layout(
        filename,
        tell("Test loss, the same enlarged, and the norm of the weights, over weight decay."),
        height=760,
        margin={"l": 80, "r": 24, "t": 68, "b": 56},
        narrow={
            "height": 920,
            "margin.t": 130,
            "legend3.y": NARROW_DOMAINS[NORM][1][1] + ABOVE,
            **rearranged(NARROW_DOMAINS),
        },
        uirevision="finding",
        legend=rows,
        legend3={**rows, "y": DOMAINS[NORM][1][1] + ABOVE},
        shapes=[_mark(at, panel) for panel in DOMAINS],
        **_across(x, zero_at, marked),
        **_upwards(test, norm),
    )
    arrange(figure, DOMAINS)
    return figure


def _across(x: Array, zero_at: float, marked: float) -> Plain:
    """The axes of λ: 0, powers of ten, and the λ that is marked."""
    whole = [k for k in range(-3, 3) if x[1] - 1e-9 <= k <= x[-1] + 1e-9]
    ticks = [(zero_at, "0"), *((float(k), f"{10.0**k:g}") for k in whole)]
    axis = {
        **ticked([*ticks, (float(np.log10(marked)), f"{marked:g}")]),
        "zeroline": False,
        "range": [zero_at - 0.12, float(x[-1]) + 0.12],
    }
    above = {**axis, "matches": "x3", "showticklabels": False}
    return {
        "xaxis": above,
        "xaxis2": above,
        "xaxis3": {**axis, "title": {"text": tell("weight decay λ")}},
    }


def _upwards(test: Losses, norm: Norms) -> Plain:
    steady = [test.constant, *test.zero, *([] if test.ridge is None else test.ridge)]
    seen = [float(np.min(part)) for part in (norm.zero[norm.zero > 0], norm.random.low)]
    floor, top = float(np.log10(min(seen))) - 0.6, float(np.log10(norm.random.high.max())) + 0.2
    log = {**LOG, "dtick": 1}
    return {
        "yaxis": {**log, "title": {"text": tell("test loss at the end")}},
        "yaxis2": {
            "title": {"text": tell("the same, enlarged")},
            "range": [ENLARGED[0] * min(steady), ENLARGED[1] * max(steady)],
            "tickformat": ".4~g",
            "nticks": 5,
            "zeroline": False,
        },
        "yaxis3": {**log, "title": {"text": tell("‖w‖ at the end")}, "range": [floor, top]},
    }


def _mark(at: float, panel: str) -> Plain:
    """A line across one panel; between the panels stand legends."""
    ends = {**over(panel), "yref": f"y{panel} domain", "x0": at, "x1": at, "y0": 0, "y1": 1}
    return {"type": "line", **ends, "line": stroke(TEXT, "dot", 1)}
