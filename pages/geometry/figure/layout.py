"""How the panels share the picture: their places, axes and titles, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from pages.geometry.answer.solutions import Box
from pages.geometry.figure.traces import CURVE, LARGE, SMALL_LOSS, SMALL_OBJECTIVE, SMALL_PENALTY

Domains = dict[str, tuple[tuple[float, float], tuple[float, float]]]

DOMAINS: Domains = {
    LARGE: ((0.0, 0.565), (0.0, 1.0)),
    SMALL_LOSS: ((0.6, 0.79), (0.59, 0.95)),
    SMALL_PENALTY: ((0.81, 1.0), (0.59, 0.95)),
    SMALL_OBJECTIVE: ((0.6, 0.79), (0.1, 0.46)),
    CURVE: ((0.84, 1.0), (0.125, 0.46)),
}
# On a phone the large panel takes the whole width, and the small ones lie below it.
NARROW_DOMAINS: Domains = {
    LARGE: ((0.0, 1.0), (0.53, 1.0)),
    SMALL_LOSS: ((0.0, 0.47), (0.24, 0.44)),
    SMALL_PENALTY: ((0.53, 1.0), (0.24, 0.44)),
    SMALL_OBJECTIVE: ((0.0, 0.47), (0.0, 0.2)),
    CURVE: ((0.63, 1.0), (0.02, 0.2)),
}
# Pixels of the panels and of what lies below them: the axis, and the legend's lines.
PANELS, BELOW, ENTRY = 505, 48, 20
NARROW_PANELS, NARROW_BELOW = 720, 28
# Entries of the legend side by side, on a desk; on a phone each has a line of its own.
ABREAST = 3
TITLES = {
    SMALL_LOSS: "loss L",
    SMALL_PENALTY: "penalty (λ/2)‖w‖²",
    SMALL_OBJECTIVE: "objective J",
    CURVE: "θ(λ) = ‖w*(λ)‖²",
}


@dataclass(frozen=True)
class Frame:
    """What the axes span: the box of the four panels, and the ends of the axes of θ(λ).

    `at_zero` is the place of λ = 0 on the axis of log₁₀ λ, `last` its largest λ's.
    """

    box: Box
    names: tuple[str, str]
    at_zero: float
    last: float
    most_theta: float


def whole(
    traces: Sequence[Any], frame: Frame, revision: str, *, clicks: bool, notes: Sequence[str]
) -> dict[str, Any]:
    """The figure of these traces: the large panel with its notes, three small ones and θ(λ)."""
    entries = sum(trace.showlegend is not False and trace.type == "scatter" for trace in traces)
    plain: dict[str, Any] = go.Figure(
        data=list(traces), layout=_layout(frame, revision, clicks, entries)
    ).to_plotly_json()
    plain["layout"]["annotations"] += [_note(text, k) for k, text in enumerate(notes)]
    return plain


def _layout(frame: Frame, revision: str, clicks: bool, entries: int) -> dict[str, Any]:
    legend = ENTRY * -(-entries // ABREAST)
    layout: dict[str, Any] = {
        "template": "none",
        "height": PANELS + BELOW + legend,
        "margin": {"l": 52, "r": 12, "t": 12, "b": BELOW + legend},
        "hovermode": "closest",
        "dragmode": "pan",
        "uirevision": revision,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": -BELOW / PANELS,
            "yanchor": "top",
            "font": {"size": 12},
            "itemwidth": 40,
            "tracegroupgap": 0,
        },
        "meta": {
            "filename": "weight-decay-geometry",
            "clicks": clicks,
            "alt": "Level sets of the data loss, the disc of the constraint, and w*, the best"
            " point of it; beside it loss, penalty and objective alone, and θ as a function of λ.",
            "narrow": {
                "height": NARROW_PANELS + NARROW_BELOW + ENTRY * entries,
                "margin.l": 36,
                "margin.b": NARROW_BELOW + ENTRY * entries,
                "legend.y": -NARROW_BELOW / NARROW_PANELS,
                "dragmode": False,
                **_domains(NARROW_DOMAINS),
            },
        },
        "annotations": [_title(panel, text) for panel, text in TITLES.items()],
    }
    for panel in (LARGE, SMALL_LOSS, SMALL_PENALTY, SMALL_OBJECTIVE):
        layout |= _square(panel, frame)
    layout |= _curve_axes(frame)
    for path, value in _domains(DOMAINS).items():
        axis, _, part = path.partition(".")
        layout[axis][part] = value
    return layout


def _border() -> dict[str, Any]:
    return {
        "showline": True,
        "mirror": True,
        "linewidth": 1,
        "zeroline": False,
        "automargin": True,
        "exponentformat": "power",
    }


def _square(panel: str, frame: Frame) -> dict[str, Any]:
    """The two axes of a panel, one unit as long on the one as on the other."""
    left, right, bottom, top = frame.box
    axis = {**_border(), "zeroline": True, "constrain": "domain", "showticklabels": panel == LARGE}
    if panel != LARGE:
        axis |= {"fixedrange": True, "nticks": 5, "ticks": ""}
    x = {**axis, "anchor": f"y{panel}", "range": [left, right]}
    y = {
        **axis,
        "anchor": f"x{panel}",
        "range": [bottom, top],
        "scaleanchor": f"x{panel}",
        "scaleratio": 1,
        "constraintoward": "top",
    }
    if panel == LARGE:
        x |= {"title": {"text": frame.names[0], "standoff": 4}, "constraintoward": "left"}
        y["title"] = {"text": frame.names[1], "standoff": 4}
    return {f"xaxis{panel}": x, f"yaxis{panel}": y}


def _curve_axes(frame: Frame) -> dict[str, Any]:
    axis = {**_border(), "tickfont": {"size": 11}, "fixedrange": True}
    most = frame.most_theta or 1.0
    return {
        f"xaxis{CURVE}": {
            **axis,
            "anchor": f"y{CURVE}",
            "range": [frame.at_zero - 0.4, frame.last + 0.4],
            "tickvals": [frame.at_zero, 0, 3, 6],
            "ticktext": ["0", "1", "10³", "10⁶"],
        },
        f"yaxis{CURVE}": {
            **axis,
            "anchor": f"x{CURVE}",
            "range": [-0.05 * most, 1.1 * most],
            "nticks": 4,
        },
    }


def _title(panel: str, text: str) -> dict[str, Any]:
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


def _note(text: str, line: int) -> dict[str, Any]:
    """A line of words along the lower side of the large panel, above those before it."""
    return {
        "text": text,
        "xref": "x domain",
        "yref": "y domain",
        "x": 0.5,
        "y": 0.02 + 0.05 * line,
        "xanchor": "center",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 14},
    }


def _domains(of: Domains) -> dict[str, Any]:
    return {
        f"{letter}axis{panel}.domain": list(span)
        for panel, spans in of.items()
        for letter, span in zip("xy", spans, strict=True)
    }
