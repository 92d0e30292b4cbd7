"""The examples behind a loss of two features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from wd_core.arrays import Array


def points(X: Array, y: Array, names: Sequence[str]) -> dict[str, Any]:
    """Two features of the examples by their names, the target as colour."""
    size = float(np.abs(y).max()) or 1.0
    trace = go.Scatter(
        x=X[:, 0],
        y=X[:, 1],
        mode="markers",
        marker={
            "color": y,
            "colorscale": "Cividis",
            "cmin": -size,
            "cmax": size,
            "size": 7,
            "line": {"color": "#8A8A8A", "width": 0.5},
            "colorbar": {"title": {"text": "y"}, "thickness": 10, "exponentformat": "power"},
        },
        hovertemplate="%{x:.3g}, %{y:.3g}, y = %{marker.color:.3g}<extra></extra>",
    )
    layout = {
        "template": "none",
        "height": 240,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "meta": {"filename": "weight-decay-examples", "alt": "The examples in their two features."},
        "xaxis": {"title": {"text": names[0]}, "exponentformat": "power"},
        "yaxis": {"title": {"text": names[1]}, "exponentformat": "power"},
    }
    plain: dict[str, Any] = go.Figure(data=[trace], layout=layout).to_plotly_json()
    return plain
