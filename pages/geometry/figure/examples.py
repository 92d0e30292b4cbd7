"""The examples behind a loss of two features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages.shared.palette import GREY, SCALE
from pages.shared.plotting import Plain, hover, layout, scatter
from pages.shared.words import tell
from wd_core.arrays import Array


def points(X: Array, y: Array, names: Sequence[str]) -> Plain:
    """Two features of the examples by their names, the target as colour."""
    size = float(np.abs(y).max()) or 1.0
    trace = scatter(
        "",
        x=X[:, 0],
        y=X[:, 1],
        mode="markers",
        marker={
            "color": y,
            "colorscale": SCALE,
            "cmin": -size,
            "cmax": size,
            "size": 7,
            "line": {"color": GREY, "width": 0.5},
            "colorbar": {"title": {"text": "y"}, "thickness": 10, "exponentformat": "power"},
        },
        hovertemplate=hover("%{x:.3g}, %{y:.3g}, y = %{marker.color:.3g}"),
    )
    x_axis, y_axis = ({"title": {"text": name}, "exponentformat": "power"} for name in names)
    figure = layout(
        "weight-decay-examples",
        tell("The examples in their two features."),
        height=240,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis=x_axis,
        yaxis=y_axis,
    )
    return {"data": [trace], "layout": figure}
