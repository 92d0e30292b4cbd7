"""The page's pictures as Plotly figures; no Streamlit.

The axes of a picture that moves are linear in log₁₀, with ticks of their own: the browser can move
points on such axes without asking Plotly to lay everything out again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pages.shared.palette import OPTIMUM, TEXT
from pages.shared.plotting import Trace
from wd_core.arrays import Array

Plain = dict[str, Any]

RIDGE, STOPPED, BOTH = OPTIMUM, "#56B4E9", "#8A8A8A"
NAMES = {"ridge": "ridge", "stopped": "early stopping", "both": "both together"}
STYLE = {
    "ridge": (RIDGE, "solid", "circle"),
    "stopped": (STOPPED, "dash", "triangle-up"),
    "both": (BOTH, "dashdot", "square-open"),
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
        *_sizes("least squares", "x", given.least, given),
        *_sizes("truth", "diamond-open", given.truth, given),
        *(_dots(key, f"{key} sizes", texts, SIZE) for key in NAMES),
        *_freedom(given),
    ]
    return {"data": traces, "layout": _directions_layout(given, revision)}


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
    return _scatter(
        SHARE,
        name=NAMES[key],
        meta={"moves": key},
        x=[0.0],
        y=[0.0],
        mode="lines",
        line={"color": colour, "dash": dash, "width": 2.5},
        legendgroup=key,
        showlegend=shown,
        hoverinfo="skip",
    )


def _dots(key: str, moves: str, texts: Sequence[str], panel: str) -> Trace:
    colour, _, symbol = STYLE[key]
    value = "%{y:.1%}" if panel == SHARE else "log₁₀|w| = %{y:.3g}"
    return _scatter(
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
        _scatter(
            SHARE,
            name="s = 0",
            x=[zero_place(given.low, given.high)],
            y=[0],
            mode="markers",
            marker={"color": TEXT, "symbol": "line-ns-open", "size": 12, "line": {"width": 3}},
            showlegend=False,
            hovertemplate="s = 0: nothing to learn from",
        )
    ]


def _sizes(name: str, symbol: str, values: Array, given: Directions) -> list[Trace]:
    """The weights of one solution, where they are not all 0: 0 has no logarithm."""
    if not (values > 0).any():
        return []
    with np.errstate(divide="ignore"):
        logs = np.where(values > 0, np.log10(values), np.nan)
    return [
        _scatter(
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
    hover = "%{y:.3g} degrees of freedom"
    curves = [
        ("ridge", OVER_LAMBDA, over_weight_decay(given.weight_decay, given), given.ridge_dof),
        ("stopped", OVER_STEPS, np.log10(given.steps), given.stopped_dof),
    ]
    traces = [
        _scatter(
            panel,
            name=NAMES[key],
            x=x,
            y=y,
            mode="lines",
            line={"color": STYLE[key][0], "dash": STYLE[key][1], "width": 2.5},
            showlegend=False,
            hovertemplate=hover,
        )
        for key, panel, x, y in curves
    ]
    colour, dash, _ = STYLE["both"]
    traces.append(
        _scatter(
            OVER_STEPS,
            name=NAMES["both"],
            meta={"moves": "both dof"},
            x=np.log10(given.steps),
            y=given.stopped_dof,
            mode="lines",
            line={"color": colour, "dash": dash, "width": 2},
            showlegend=False,
            hoverinfo="skip",
        )
    )
    for key, panel in (("ridge", OVER_LAMBDA), ("stopped", OVER_STEPS), ("both", OVER_STEPS)):
        colour, _, symbol = STYLE[key]
        traces.append(
            _scatter(
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


def decade_ticks(low: float, high: float, most: int = 7) -> tuple[list[float], list[str]]:
    """Places and texts of the ticks of an axis in log₁₀: decades; with 2 and 5 if they are few."""
    digits = (1, 2, 5) if high - low < FEW_DECADES else (1,)
    every = max(1, math.ceil((high - low) / most))
    powers = range(math.floor(low), math.ceil(high) + 1)
    ticks = [(d, k) for k in powers if k % every == 0 for d in digits]
    ticks = [(d, k) for d, k in ticks if low <= math.log10(d) + k <= high]
    return [math.log10(d) + k for d, k in ticks], [_power(d, k) for d, k in ticks]


def _power(digit: int, power: int) -> str:
    if -2 <= power <= 3:
        return f"{digit * 10.0**power:g}"
    return f"10<sup>{power}</sup>" if digit == 1 else f"{digit}·10<sup>{power}</sup>"


def _log_axis(low: float, high: float, title: str, zero: str = "", most: int = 7) -> Plain:
    """An axis in log₁₀; `zero`: what stands at the place of 0, where the axis has one."""
    places, texts = decade_ticks(low, high, most)
    edge = zero_place(low, high) if zero else low
    if zero:
        first = edge + APART / most * (high - edge)
        apart = [tick for tick in zip(places, texts, strict=True) if tick[0] >= first]
        places, texts = [edge, *(at for at, _ in apart)], [zero, *(text for _, text in apart)]
    room = 0.04 * (high - edge)
    return {
        **_frame(),
        "range": [edge - room, high + room],
        "tickvals": places,
        "ticktext": texts,
        "tickangle": 0,
        "title": {"text": title, "standoff": 4, "font": {"size": 13}},
    }


def _directions_layout(given: Directions, revision: str) -> Plain:
    zero = f"0<br>({given.nothing}×)" if given.nothing else ""
    sizes = np.concatenate([given.least, given.truth])
    sizes = np.log10(sizes[sizes > 0]) if (sizes > 0).any() else np.array([0.0])
    faintest = np.log10(given.faintest[given.faintest > 0]).min(initial=0.0)
    bottom = max(float(faintest), float(sizes.min()) - DEEPEST) - 0.3
    top = float(sizes.max()) + 0.3
    size_places, size_texts = decade_ticks(bottom, top) if sizes.any() else ([], [])
    layout: Plain = {
        "height": 620,
        "margin": {"l": 64, "r": 20, "t": 84, "b": 56},
        "hovermode": "closest",
        "uirevision": revision,
        "legend": legend(1.08),
        "xaxis": _log_axis(given.low, given.high, "", zero),
        "yaxis": {
            **_frame(),
            "range": [-0.05, given.top + 0.06],
            "tickformat": ".0%",
            "zeroline": True,
        },
        "xaxis2": _log_axis(given.low, given.high, "s: variance along a direction", zero)
        | {"matches": "x"},
        "yaxis2": {
            **_frame(),
            "range": [bottom, top],
            "tickvals": size_places,
            "ticktext": size_texts,
        },
        "xaxis3": _log_axis(*given.weight_decay_ends, "λ", zero="0", most=4),
        "xaxis4": _log_axis(
            float(np.log10(given.steps[0])), float(np.log10(given.steps[-1])), "t", most=4
        ),
        "annotations": [
            _title(SHARE, "Share of least squares that is kept"),
            _title(SIZE, "|w| along the direction"),
            _title(OVER_LAMBDA, "Degrees of freedom over λ"),
            _title(OVER_STEPS, "Degrees of freedom over t"),
            *_empty(given),
        ],
        "meta": {
            "filename": "weight-decay-directions",
            "alt": "What ridge, early stopping and both keep of each direction of the training"
            " data, the weights that result, and the degrees of freedom over λ and over t.",
            "narrow": {"height": 1080, "margin.t": 120, "legend.y": 1.045}
            | _domains(NARROW_DOMAINS),
        },
    }
    for panel in (OVER_LAMBDA, OVER_STEPS):
        layout[f"yaxis{panel}"] = {
            **_frame(),
            "range": [0, 1.06 * np.nanmax([given.most_dof, *given.stopped_dof])],
            "nticks": 5,
        }
    for panel in DOMAINS:
        layout[f"xaxis{panel}"]["anchor"] = f"y{panel}"
        layout[f"yaxis{panel}"]["anchor"] = f"x{panel}"
    for path, value in _domains(DOMAINS).items():
        axis, _, part = path.partition(".")
        layout[axis][part] = value
    return layout


def _scatter(panel: str, **style: Any) -> Trace:
    return {"type": "scatter", "xaxis": f"x{panel}", "yaxis": f"y{panel}", **style}


def _frame() -> Plain:
    return {"showline": True, "mirror": True, "linewidth": 1, "zeroline": False, "automargin": True}


def _title(panel: str, text: str) -> Plain:
    return {
        "text": text,
        "xref": f"x{panel} domain",
        "yref": f"y{panel} domain",
        "x": 0,
        "y": 1.01,
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 13},
    }


def _empty(given: Directions) -> list[Plain]:
    """Why there is nothing over t, or no weight along any direction."""
    notes = []
    if np.isnan(given.stopped_dof).all():
        notes.append(_title(OVER_STEPS, "none: descent diverges at this η"))
    if not (given.least > 0).any():
        notes.append(_title(SIZE, "none: y does not vary"))
    middle = {"x": 0.5, "y": 0.5, "xanchor": "center", "yanchor": "middle"}
    return [note | middle for note in notes]


def legend(y: float) -> Plain:
    """A legend in rows above the picture."""
    return {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "y": y,
        "yanchor": "bottom",
        "font": {"size": 12},
        "itemwidth": 30,
    }


def _domains(of: dict[str, tuple[tuple[float, float], tuple[float, float]]]) -> Plain:
    return {
        f"{letter}axis{panel}.domain": list(span)
        for panel, spans in of.items()
        for letter, span in zip("xy", spans, strict=True)
    }
