"""Loss and objective as surfaces over the two weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pages.shared import plotting
from pages.shared.palette import BACKGROUND, LEVEL, OPTIMUM, PENALTY, TEXT
from pages.shared.plotting import Plain, Trace, stroke
from pages.shared.words import tell, told
from wd_core.arrays import Array

# Where the eye is, and how many times as far away on a phone, whose picture is higher than wide.
EYE, NARROW_AWAY = {"x": -0.45, "y": -0.7, "z": 1.9}, 1.6
# What lies on a sheet is drawn above it by this share of the height, or half of it would sink in.
LIFT = 0.025
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


def surface(relief: Relief, revision: str) -> Plain:
    """Both surfaces, the rim of the disc on the loss, and the minimisers on poles."""
    floor = min(0.0, float(relief.loss.min()))
    lift = np.array([0.0, 0.0, LIFT * (relief.top - floor)])
    beside_best, beside_free = _sides(relief.best, relief.free)
    traces = [
        _sheet(tell("data loss L"), relief, relief.loss, LEVEL, 0.6),
        _sheet(tell("objective J = L + penalty"), relief, relief.objective, OPTIMUM, 0.25),
        _line(tell("rim of the disc, on L"), relief.rim + lift, PENALTY, "solid", 10),
        # not an x, which here is a letter that not every system has
        *_point("w̃", relief.free, lift, TEXT, "cross", (relief.top, beside_free)),
        *_point("w*", relief.best, lift, OPTIMUM, "circle", (relief.top, beside_best)),
        *_point(tell("w*, on J"), relief.best_on_objective, lift, OPTIMUM, "diamond"),
    ]
    return {"data": traces, "layout": _layout(relief, floor, revision)}


def _sides(best: Array, free: Array) -> tuple[str, str]:
    """Where the names of w* and w̃ stand, so that they stay apart where the points are close."""
    to_the_right = np.array([-EYE["y"], EYE["x"]])
    across = float((best - free)[:2] @ to_the_right)
    return ("top right", "top left") if across > 0 else ("top left", "top right")


def _layout(relief: Relief, floor: float, revision: str) -> Plain:
    axis = {"color": TEXT, "exponentformat": "power"}
    height = {**axis, "title": {"text": tell("height")}, "range": [floor, relief.top]}
    return plotting.layout(
        "weight-decay-surface",
        tell("The data loss and the objective as surfaces over the two weights."),
        height=620,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        narrow={
            "height": 540,
            "scene.camera": {
                "eye": {letter: NARROW_AWAY * at for letter, at in EYE.items()},
                "center": NARROW_CENTRE,
            },
            "scene.zaxis": {**height, "nticks": 6},
        },
        uirevision=revision,
        legend=plotting.legend(1, itemsizing="constant"),
        scene={
            "xaxis": {**axis, "title": {"text": told(relief.names[0])}},
            "yaxis": {**axis, "title": {"text": told(relief.names[1])}},
            "zaxis": height,
            "aspectmode": "manual",
            "aspectratio": {"x": 1, "y": 1, "z": 0.7},
            "camera": {"eye": EYE, "center": {"z": -0.2}},
        },
    )


def _sheet(name: str, relief: Relief, z: Array, colour: str, opacity: float) -> Trace:
    return {
        "type": "surface",
        "name": name,
        "x": relief.x,
        "y": relief.y,
        "z": z,
        "colorscale": [[0, colour], [1, colour]],
        "showscale": False,
        "showlegend": True,
        "opacity": opacity,
        "contours": {"z": {"show": True, "color": colour, "usecolormap": False, "width": 1}},
        "hovertemplate": tell("w = (%{{x:.3g}}, %{{y:.3g}}), height %{{z:.4g}}"),
    }


def _solid(points: Array, **style: Any) -> Trace:
    """Lines, marks or words through points [P, 3]."""
    x, y, z = points.T
    return {"type": "scatter3d", "x": x, "y": y, "z": z, **style}


def _line(name: str, points: Array, colour: str, dash: str, width: float) -> Trace:
    return _solid(
        points,
        name=name,
        mode="lines",
        line=stroke(colour, dash, width),
        showlegend=bool(name),
        hoverinfo="skip",
    )


def _point(
    name: str,
    at: Array,
    lift: Array,
    colour: str,
    symbol: str,
    pole: tuple[float, str] | None = None,
) -> list[Trace]:
    """A point; with a pole (its top, a side) its name stands there, where no surface hides it."""
    point = _solid(
        (at + lift)[None],
        name=name,
        mode="markers",
        marker={
            "color": colour,
            "size": 12 if symbol == "cross" else 8,
            "symbol": symbol,
            "line": {"color": BACKGROUND, "width": 0 if symbol == "cross" else 2},
        },
        customdata=at[2:],
        hovertemplate=tell("height %{{customdata:.4g}}"),
    )
    if pole is None:
        return [point]
    top, side = pole
    above = np.array([*at[:2], top])
    word = _solid(
        above[None],
        mode="text",
        text=[name],
        textposition=side,
        textfont={"color": TEXT, "size": 16},
        showlegend=False,
        hoverinfo="skip",
    )
    return [point, _line("", np.array([at, above]), TEXT, "solid", 3), word]
