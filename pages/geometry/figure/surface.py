"""Loss and objective as surfaces over the two weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.geometry.figure.panels import LOSS
from pages.shared.palette import OPTIMUM, PENALTY, TEXT
from wd_core.arrays import Array

# Where the eye is, and how many times as far away on a phone, whose picture is higher than wide.
EYE, NARROW_AWAY = {"x": -0.75, "y": -1.15, "z": 1.35}, 1.6
# What it looks at there: to the left of the middle, where the height's axis stands.
NARROW_CENTRE = {"x": -0.13, "y": 0.08, "z": -0.2}


@dataclass(frozen=True, eq=False)
class Relief:
    """What is drawn: grid x [A], y [B], heights [B, A], the rim [P, 3], points [3] by their name.

    `top`: what is higher is cut off.
    """

    x: Array
    y: Array
    loss: Array
    objective: Array
    rim: Array
    free: Array
    best: Array
    best_on_objective: Array
    top: float
    names: tuple[str, str]


def surface(relief: Relief, revision: str) -> dict[str, Any]:
    """Both surfaces, the rim of the disc on the loss, and the minimisers on poles."""
    floor = min(0.0, float(relief.loss.min()))
    beside_best, beside_free = _sides(relief.best, relief.free)
    traces: list[Any] = [
        _sheet("data loss L", relief, relief.loss, LOSS, 0.6),
        _sheet("objective J = L + penalty", relief, relief.objective, OPTIMUM, 0.35),
        _line("rim of the disc, on L", relief.rim, PENALTY, "dash", 8),
        *_point("w̃", relief.free, TEXT, "x", (relief.top, beside_free)),
        *_point("w*", relief.best, OPTIMUM, "circle", (relief.top, beside_best)),
        *_point("w*, on J", relief.best_on_objective, OPTIMUM, "diamond"),
    ]
    plain: dict[str, Any] = go.Figure(
        data=traces, layout=_layout(relief, floor, revision)
    ).to_plotly_json()
    return plain


def _sides(best: Array, free: Array) -> tuple[str, str]:
    """Where the names of w* and w̃ stand, so that they stay apart where the points are close."""
    to_the_right = np.array([-EYE["y"], EYE["x"]])
    across = float((best - free)[:2] @ to_the_right)
    return ("top right", "top left") if across > 0 else ("top left", "top right")


def _layout(relief: Relief, floor: float, revision: str) -> dict[str, Any]:
    axis = {"color": TEXT, "exponentformat": "power"}
    height = {**axis, "title": {"text": "height"}, "range": [floor, relief.top]}
    return {
        "template": "none",
        "height": 620,
        "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
        "uirevision": revision,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1,
            "yanchor": "bottom",
            "itemsizing": "constant",
        },
        "scene": {
            "xaxis": {**axis, "title": {"text": relief.names[0]}},
            "yaxis": {**axis, "title": {"text": relief.names[1]}},
            "zaxis": height,
            "aspectmode": "manual",
            "aspectratio": {"x": 1, "y": 1, "z": 0.7},
            "camera": {"eye": EYE, "center": {"z": -0.2}},
        },
        "meta": {
            "filename": "weight-decay-surface",
            "alt": "The data loss and the objective as surfaces over the two weights.",
            "narrow": {
                "height": 540,
                "scene.camera": {
                    "eye": {letter: NARROW_AWAY * at for letter, at in EYE.items()},
                    "center": NARROW_CENTRE,
                },
                "scene.zaxis": {**height, "nticks": 6},
            },
        },
    }  # fmt: skip


def _sheet(name: str, relief: Relief, z: Array, colour: str, opacity: float) -> go.Surface:
    return go.Surface(
        name=name,
        x=relief.x,
        y=relief.y,
        z=z,
        colorscale=[[0, colour], [1, colour]],
        showscale=False,
        showlegend=True,
        opacity=opacity,
        contours={"z": {"show": True, "color": colour, "usecolormap": False, "width": 1}},
        hovertemplate="w = (%{x:.3g}, %{y:.3g}), height %{z:.4g}",
    )


def _line(name: str, points: Array, colour: str, dash: str, width: float) -> go.Scatter3d:
    x, y, z = points.T
    return go.Scatter3d(
        name=name,
        x=x,
        y=y,
        z=z,
        mode="lines",
        line={"color": colour, "width": width, "dash": dash},
        showlegend=bool(name),
        hoverinfo="skip",
    )


def _point(
    name: str, at: Array, colour: str, symbol: str, pole: tuple[float, str] | None = None
) -> list[go.Scatter3d]:
    """A point; with a pole (its top, a side) its name stands there, where no surface hides it."""
    x, y, z = at.tolist()
    point = go.Scatter3d(
        name=name,
        x=[x],
        y=[y],
        z=[z],
        mode="markers",
        marker={"color": colour, "size": 6, "symbol": symbol},
        hovertemplate="height %{z:.4g}",
    )
    if pole is None:
        return [point]
    top, side = pole
    word = go.Scatter3d(
        x=[x],
        y=[y],
        z=[top],
        mode="text",
        text=[name],
        textposition=side,
        textfont={"color": TEXT, "size": 16},
        showlegend=False,
        hoverinfo="skip",
    )
    return [point, _line("", np.array([[x, y, z], [x, y, top]]), TEXT, "solid", 3), word]
