"""What ridge and early stopping keep of each direction as a Plotly figure, in plain JSON.

Its axes are linear in log₁₀, so that the browser can move points on them (axes.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pages.shared import plotting
from pages.shared.axes import Tick, border, log_places, ticked, title
from pages.shared.palette import GREY, OPTIMUM, SKY, TEXT
from pages.shared.plotting import (
    Plain,
    Trace,
    arrange,
    heading,
    legend,
    note,
    rearranged,
    scatter,
    stroke,
)
from pages.shared.words import Names, label, tell
from wd_core.arrays import Array

NAMES = Names(
    {"ridge": label("ridge"), "stopped": label("early stopping"), "both": label("both together")}
)
STYLE = {
    "ridge": (OPTIMUM, "solid", "circle"),
    "stopped": (SKY, "dash", "triangle-up"),
    "both": (GREY, "dashdot", "square-open"),
}
# How far from the rest the place of 0 stands on a logarithmic axis: a part of its length, and more.
TO_ZERO, AT_LEAST = 0.09, 0.2
# Ticks closer to 0 than this share of the distance between the most that an axis has are left out.
APART = 0.7
# The smallest weights drawn lie at most so many decades below those of least squares.
DEEPEST = 3.5
# Fewer decades than this get ticks at 2 and 5 too.
FEW_DECADES = 2.5

SHARE, SIZE, OVER_LAMBDA, OVER_STEPS = "", "2", "3", "4"
DOMAINS = {
    SHARE: ((0.0, 0.62), (0.47, 1.0)),
    SIZE: ((0.0, 0.62), (0.0, 0.32)),
    OVER_LAMBDA: ((0.7, 1.0), (0.59, 1.0)),
    OVER_STEPS: ((0.7, 1.0), (0.0, 0.4)),
}
NARROW_DOMAINS = {
    SHARE: ((0.0, 1.0), (0.7, 1.0)),
    SIZE: ((0.0, 1.0), (0.45, 0.6)),
    OVER_LAMBDA: ((0.0, 1.0), (0.21, 0.34)),
    OVER_STEPS: ((0.0, 1.0), (0.0, 0.13)),
}


@dataclass(frozen=True, eq=False)
class Directions:
    """What does not move: the directions that get a dot, and the curves of the two small panels.

    s, least, truth [J]: singular value squared over N, |w_j| of least squares and of the truth,
    which is empty where none is known;
    faintest [r]: |w_j| of ridge at the largest λ, or of a single step where that is smaller;
    nothing: how many directions have s = 0; low, high: ends of the axis of s; top: of the shares;
    drawn: which of ridge, stopping and both have a curve as the page opens.
    """

    s: Array
    least: Array
    truth: Array
    faintest: Array
    nothing: int
    low: float
    high: float
    top: float
    weight_decay: Array
    ridge_dof: Array
    steps: Array
    stopped_dof: Array
    most_dof: int
    drawn: tuple[str, ...]

    @property
    def weight_decay_ends(self) -> tuple[float, float]:
        """log₁₀ of the smallest λ above 0 and of the largest."""
        above = np.log10(self.weight_decay[self.weight_decay > 0])
        return float(above.min()), float(above.max())


def directions(given: Directions, revision: str) -> Plain:
    """Kept shares and sizes over s; degrees of freedom over λ and over t."""
    texts = [f"{s:.3g}" for s in given.s]
    traces = [
        *(_line(key, shown=key in given.drawn) for key in NAMES),
        *(_dots(key, f"{key} dots", texts, SHARE) for key in NAMES),
        *_nothing(given),
        *_sizes(tell("least squares"), "x", given.least, given),
        *_sizes(tell("truth"), "diamond-open", given.truth, given),
        *(_dots(key, f"{key} sizes", texts, SIZE) for key in NAMES),
        *_freedom(given),
    ]
    return {"data": traces, "layout": _layout(given, revision)}


def zero_place(low: float, high: float) -> float:
    """Where 0 stands on a logarithmic axis from `low` to `high`, all in log₁₀."""
    return low - TO_ZERO * (high - low) - AT_LEAST


def over_weight_decay(values: Array, given: Directions) -> Array:
    """Where these λ stand on the axis of λ."""
    low, high = given.weight_decay_ends
    logs = np.full(len(values), zero_place(low, high))
    np.log10(values, out=logs, where=values > 0)
    return np.asarray(np.clip(logs, zero_place(low, high), high))


def _line(key: str, *, shown: bool) -> Trace:
    colour, dash, _ = STYLE[key]
    return scatter(
        SHARE,
        name=NAMES[key],
        meta={"moves": key},
        x=[0.0],
        y=[0.0],
        mode="lines",
        line=stroke(colour, dash),
        legendgroup=key,
        showlegend=shown,
        hoverinfo="skip",
    )


def _dots(key: str, moves: str, texts: Sequence[str], panel: str) -> Trace:
    colour, _, symbol = STYLE[key]
    value = "%{y:.1%}" if panel == SHARE else "log₁₀|w| = %{y:.3g}"
    return scatter(
        panel,
        name=NAMES[key],
        meta={"moves": moves},
        x=np.zeros(len(texts)),
        y=np.zeros(len(texts)),
        mode="markers",
        marker={"color": colour, "symbol": symbol, "size": 7},
        text=texts,
        legendgroup=key,
        showlegend=False,
        hovertemplate=f"s = %{{text}}: {value}",
    )


def _nothing(given: Directions) -> list[Trace]:
    """The directions in which the training data do not vary: nothing is learned there."""
    if not given.nothing:
        return []
    return [
        scatter(
            SHARE,
            name="s = 0",
            x=[zero_place(given.low, given.high)],
            y=[0],
            mode="markers",
            marker={"color": TEXT, "symbol": "line-ns-open", "size": 12, "line": {"width": 3}},
            showlegend=False,
            hovertemplate=tell("s = 0: nothing to learn from"),
        )
    ]


def _sizes(name: str, symbol: str, values: Array, given: Directions) -> list[Trace]:
    """The weights of one solution, where they are not all 0: 0 has no logarithm."""
    if not (values > 0).any():
        return []
    with np.errstate(divide="ignore"):
        logs = np.where(values > 0, np.log10(values), np.nan)
    return [
        scatter(
            SIZE,
            name=name,
            x=np.log10(given.s),
            y=logs,
            mode="markers",
            marker={"color": TEXT, "symbol": symbol, "size": 8},
            text=[f"{s:.3g}" for s in given.s],
            hovertemplate="s = %{text}: log₁₀|w| = %{y:.3g}",
        )
    ]


def _freedom(given: Directions) -> list[Trace]:
    hover = tell("%{{y:.3g}} degrees of freedom")
    curves = [
        ("ridge", OVER_LAMBDA, over_weight_decay(given.weight_decay, given), given.ridge_dof),
        ("stopped", OVER_STEPS, np.log10(given.steps), given.stopped_dof),
    ]
    traces = [
        scatter(
            panel,
            name=NAMES[key],
            x=x,
            y=y,
            mode="lines",
            line=stroke(*STYLE[key][:2]),
            showlegend=False,
            hovertemplate=hover,
        )
        for key, panel, x, y in curves
    ]
    colour, dash, _ = STYLE["both"]
    traces.append(
        scatter(
            OVER_STEPS,
            name=NAMES["both"],
            meta={"moves": "both dof"},
            x=np.log10(given.steps),
            y=given.stopped_dof,
            mode="lines",
            line=stroke(colour, dash, 2),
            showlegend=False,
            hoverinfo="skip",
        )
    )
    for key, panel in (("ridge", OVER_LAMBDA), ("stopped", OVER_STEPS), ("both", OVER_STEPS)):
        colour, _, symbol = STYLE[key]
        traces.append(
            scatter(
                panel,
                name=NAMES[key],
                meta={"moves": f"{key} now"},
                x=[0.0],
                y=[0.0],
                mode="markers",
                marker={
                    "color": colour,
                    "symbol": symbol,
                    "size": 12,
                    "line": {"color": TEXT, "width": 1},
                },
                cliponaxis=False,
                showlegend=False,
                hovertemplate=hover,
            )
        )
    return traces


# ---------------------------------------------------------------- layout


def ticks(low: float, high: float, most: int = 7) -> list[Tick]:
    """Of an axis in log₁₀: decades; with 2 and 5 if they are few."""
    digits = (1, 2, 5) if high - low < FEW_DECADES else (1,)
    return log_places(low, high, digits, every=max(1, math.ceil((high - low) / most)))


def _log_axis(low: float, high: float, name: str, zero: str = "", most: int = 7) -> Plain:
    """An axis in log₁₀; `zero`: what stands at the place of 0, where the axis has one."""
    placed = ticks(low, high, most)
    edge = zero_place(low, high) if zero else low
    if zero:
        first = edge + APART / most * (high - edge)
        placed = [(edge, zero), *(tick for tick in placed if tick[0] >= first)]
    room = 0.04 * (high - edge)
    return border(
        range=[edge - room, high + room], **ticked(placed), tickangle=0, title=title(name)
    )


def _layout(given: Directions, revision: str) -> Plain:
    zero = "0" if given.nothing else ""
    counted = f"0<br>({given.nothing}×)" if given.nothing else ""
    first, last = np.log10(given.steps[[0, -1]]).tolist()
    figure = plotting.layout(
        "weight-decay-directions",
        tell(
            "What ridge, early stopping and both keep of each direction of the training data, the"
            " weights that result, and the degrees of freedom over λ and over t."
        ),
        height=620,
        least=0.88,
        margin={"l": 66, "r": 24, "t": 84, "b": 71},
        narrow={"height": 1080, "margin.t": 120, "legend.y": 1.045} | rearranged(NARROW_DOMAINS),
        uirevision=revision,
        legend=legend(1.08, itemwidth=30),
        annotations=[
            heading(SHARE, tell("Share of least squares that is kept")),
            heading(SIZE, tell("|w| along the direction")),
            heading(OVER_LAMBDA, tell("Degrees of freedom over λ")),
            heading(OVER_STEPS, tell("Degrees of freedom over t")),
            *_empty(given),
        ],
        xaxis=_log_axis(given.low, given.high, "", zero),
        yaxis=border(range=[-0.05, given.top + 0.06], tickformat=".0%", zeroline=True),
        xaxis2=_log_axis(given.low, given.high, tell("s: variance along a direction"), counted)
        | {"matches": "x"},
        yaxis2=_size_axis(given),
        xaxis3=_log_axis(*given.weight_decay_ends, "λ", zero="0", most=4),
        yaxis3=_freedom_axis(given),
        xaxis4=_log_axis(first, last, "t", most=4),
        yaxis4=_freedom_axis(given),
    )
    arrange(figure, DOMAINS)
    return figure


def _size_axis(given: Directions) -> Plain:
    sizes = np.concatenate([given.least, given.truth])
    sizes = np.log10(sizes[sizes > 0]) if (sizes > 0).any() else np.array([0.0])
    faintest = np.log10(given.faintest[given.faintest > 0]).min(initial=0.0)
    bottom = max(float(faintest), float(sizes.min()) - DEEPEST) - 0.3
    top = float(sizes.max()) + 0.3
    return border(range=[bottom, top], **ticked(ticks(bottom, top) if sizes.any() else []))


def _freedom_axis(given: Directions) -> Plain:
    most = float(np.nanmax([given.most_dof, *given.stopped_dof]))
    return border(range=[0, 1.06 * most], nticks=5)


def _empty(given: Directions) -> list[Plain]:
    """Why there is nothing over t, or no weight along any direction."""
    middle: Plain = {"font": {"size": 13}}
    notes = []
    if np.isnan(given.stopped_dof).all():
        notes.append(note(OVER_STEPS, tell("none: descent diverges at this η"), **middle))
    if not (given.least > 0).any():
        notes.append(note(SIZE, tell("none: y does not vary"), **middle))
    return notes
