"""The weights under both penalties over λ, their test losses, and one step; in plain JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pages.shared.axes import LOG, log_ticks, title
from pages.shared.palette import GREY, OPTIMUM, PENALTY, TEST, TEXT
from pages.shared.plotting import (
    Plain,
    Trace,
    Values,
    arrange,
    heading,
    hover,
    layout,
    legend,
    rearranged,
    scatter,
    stroke,
)
from pages.shared.words import tell
from wd_core.arrays import Array

SHARP, SMOOTH, LOSS, STEP = PANELS = ("", "2", "3", "4")
DOMAINS = {
    SHARP: ((0.0, 0.45), (0.57, 1.0)),
    SMOOTH: ((0.55, 1.0), (0.57, 1.0)),
    LOSS: ((0.0, 0.45), (0.0, 0.4)),
    STEP: ((0.55, 1.0), (0.0, 0.4)),
}
NARROW_DOMAINS = {
    panel: ((0.0, 1.0), (0.81 - 0.27 * place, 1.0 - 0.27 * place))
    for place, panel in enumerate(PANELS)
}
# Over the λ axis, as over all others that are logarithmic, in shares of a decade.
ROOM = 0.03
# Weights before a step: from minus this to this.
REACH = 0.5
DASHES = {SHARP: "solid", SMOOTH: "dash"}


@dataclass(frozen=True, eq=False)
class Drawn:
    """One penalty: its weights [K, D], of which the first `matter` should not be 0, and losses."""

    name: str
    panel: str
    weights: Array
    test_loss: Array


def whole(
    weight_decays: Values, drawn: tuple[Drawn, Drawn], matter: int, true: float
) -> tuple[Plain, dict[str, tuple[float, float]]]:
    """The figure without what moves, and between which ends the marks of its panels stand."""
    x = np.asarray(weight_decays)
    ends = _ends(drawn, true)
    traces: list[Trace] = []
    for one in drawn:
        traces += _weights(x, one, matter)
        traces.append(_truth(x, one.panel, true))
    for one in drawn:
        traces += _losses(x, one)
    traces += _step()
    traces += [
        _moves(panel, f"mark {panel}", line=stroke(TEXT, width=1.2), opacity=0.75)
        for panel in (SHARP, SMOOTH, LOSS)
    ]
    return {"data": traces, "layout": _layout(x, ends)}, ends


def _ends(drawn: tuple[Drawn, Drawn], true: float) -> dict[str, tuple[float, float]]:
    """The ranges upwards of the panels over λ."""
    weights = np.concatenate([one.weights.ravel() for one in drawn])
    low, high = min(float(weights.min()), true, 0.0), max(float(weights.max()), true, 0.0)
    room = 0.05 * (high - low)
    most = 1.08 * max(float(one.test_loss.max()) for one in drawn)
    both = (low - room, high + room)
    return {SHARP: both, SMOOTH: both, LOSS: (0.0, most)}


def _weights(x: Array, one: Drawn, matter: int) -> list[Trace]:
    """Two traces: the weights that matter, and the others; gaps between the lines of each."""
    parts = (
        (tell("features that matter"), one.weights[:, :matter], stroke(OPTIMUM, width=2.2)),
        (tell("the others"), one.weights[:, matter:], stroke(GREY, "dot", 1.2)),
    )
    return [
        scatter(
            one.panel,
            **_lines(x, weights),
            mode="lines",
            name=name,
            line=line,
            legendgroup=name,
            showlegend=one.panel == SHARP,
            hovertemplate=hover("λ = %{x:.3g}: %{y:.3g}", name),
        )
        for name, weights, line in parts
        if weights.size
    ]


def _truth(x: Array, panel: str, true: float) -> Trace:
    return scatter(
        panel,
        x=[x[0], x[-1]],
        y=[true, true],
        mode="lines",
        name=tell("true weight"),
        legendgroup="true weight",
        showlegend=panel == SHARP,
        line=stroke(TEXT, "longdash", 1.2),
        hovertemplate=hover("%{y:.3g}", tell("true weight")),
    )


def _lines(x: Array, y: Array) -> dict[str, Array]:
    """Every column of y [K, D] as a line over x, with a gap after each."""
    gap = np.full((1, y.shape[1]), np.nan)
    along = np.tile(np.append(x, np.nan), y.shape[1])
    return {"x": along, "y": np.concatenate([y, gap]).T.ravel()}


def _losses(x: Array, one: Drawn) -> list[Trace]:
    """The loss over λ, and a mark with the penalty's name where it is least."""
    best = int(one.test_loss.argmin())
    return [
        scatter(
            LOSS,
            x=x,
            y=one.test_loss,
            mode="lines",
            name=one.name,
            showlegend=False,
            line=stroke(TEST, DASHES[one.panel]),
            hovertemplate=hover("λ = %{x:.3g}: %{y:.3g}", one.name),
        ),
        scatter(
            LOSS,
            x=[x[best]],
            y=[one.test_loss[best]],
            mode="markers+text",
            name=tell("{penalty}, best", penalty=one.name),
            showlegend=False,
            text=[one.name],
            textposition="bottom center",
            textfont={"color": TEST, "size": 13},
            marker={"color": TEST, "size": 9, "symbol": "circle-open", "line": {"width": 2}},
            hovertemplate=hover(
                "λ = %{x:.3g}: %{y:.3g}", tell("{penalty}, best", penalty=one.name)
            ),
        ),
    ]


def _step() -> list[Trace]:
    """One step of either penalty, what no step would be, and the marked weight after both."""
    ends = [-REACH, REACH]
    untouched = {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
    return [
        scatter(
            STEP, x=ends, y=ends, name=tell("no step"), line=stroke(TEXT, "dot", 1.0), **untouched
        ),
        _moves(STEP, "smooth step", line=stroke(PENALTY, DASHES[SMOOTH], 2.0)),
        _moves(STEP, "sharp step", line=stroke(PENALTY, DASHES[SHARP], 2.5)),
        *(
            _moves(
                STEP,
                f"{key} weight",
                mode="markers+text",
                text=[text],
                textposition=side,
                textfont={"color": TEXT, "size": 12},
                marker={"color": PENALTY, "size": 9, "symbol": symbol},
                hovertemplate=hover(tell("%{{x:.3g}} becomes %{{y:.3g}}"), text),
            )
            for key, text, symbol, side in (
                ("smooth", tell("decay"), "circle-open", "top left"),
                ("sharp", tell("lasso"), "circle", "bottom right"),
            )
        ),
    ]


def _moves(panel: str, key: str, mode: str = "lines", **style: Any) -> Trace:
    """A trace whose points the browser takes from the moves of this key."""
    quiet = {"showlegend": False, "name": key, "hoverinfo": "skip"} | style
    return scatter(panel, x=[1], y=[0], mode=mode, meta={"moves": key}, **quiet)


def _layout(x: Array, ends: dict[str, tuple[float, float]]) -> Plain:
    low, high = float(np.log10(x[0])) - ROOM, float(np.log10(x[-1])) + ROOM
    lam = {**LOG, "range": [low, high], **log_ticks(low, high), "tickformat": "~g"}
    figure = layout(
        "exact-zeros",
        tell(
            "Weights over λ under the lasso, many of them exactly zero, and under weight decay, "
            "none; below them the test losses, and what one step of either makes of a weight."
        ),
        height=620,
        margin={"l": 70, "r": 26, "t": 72, "b": 54},
        narrow={"height": 1280, "margin.t": 96, "legend.y": 1.03, **rearranged(NARROW_DOMAINS)},
        uirevision="zeros",
        legend=legend(1.06),
        annotations=[
            heading(SHARP, tell("weights under the lasso")),
            heading(SMOOTH, tell("weights under decay")),
            heading(LOSS, tell("loss of new examples")),
            heading(STEP, tell("one step of the penalty alone")),
        ],
    )
    for panel in (SHARP, SMOOTH, LOSS):
        name = tell("test loss") if panel == LOSS else tell("weight")
        figure[f"xaxis{panel}"] = {**lam, "title": title("λ")}
        figure[f"yaxis{panel}"] = {
            "range": list(ends[panel]),
            "zeroline": True,
            "nticks": 6,
            "title": title(name),
        }
    square = {"range": [-REACH, REACH], "zeroline": True, "dtick": 0.25}
    figure[f"xaxis{STEP}"] = {**square, "title": title(tell("weight before"))}
    figure[f"yaxis{STEP}"] = {**square, "title": title(tell("weight after"))}
    arrange(figure, DOMAINS)
    return figure
