"""The few kinds of trace that every panel is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.shared.palette import TEXT
from pages.shared.shapes import ARROW_POINTS
from wd_core.arrays import Array

LARGE, SMALL_LOSS, SMALL_PENALTY, SMALL_OBJECTIVE, CURVE = "", "2", "3", "4", "5"
# Words stay legible on lines; where the theme is unknown, as in a file, without a halo.
HALO = " ".join(["0 0 3px var(--st-background-color),"] * 3).rstrip(",")
NOWHERE = np.zeros((1, 2))


def axes(panel: str) -> dict[str, str]:
    """The pair of axes of a panel."""
    return {"xaxis": f"x{panel}", "yaxis": f"y{panel}"}


def line(
    name: str,
    points: Array,
    colour: str,
    dash: str,
    width: float,
    *,
    moves: str | None = None,
    panel: str = LARGE,
    legend: bool = True,
    **more: Any,
) -> go.Scatter:
    """A line through points [P, 2]; one that moves has the shape of them."""
    return go.Scatter(
        name=name,
        meta={"moves": moves} if moves else None,
        x=points[:, 0],
        y=points[:, 1],
        mode="lines",
        line={"color": colour, "dash": dash, "width": width},
        showlegend=legend,
        hoverinfo="skip",
        **axes(panel),
        **more,
    )


def dot(
    name: str,
    colour: str,
    symbol: str,
    *,
    moves: str | None = None,
    at: Array = NOWHERE[0],
    panel: str = LARGE,
    size: int = 12,
    side: str = "",
) -> go.Scatter:
    """A point; `side` says where its name stands, if the point itself bears it."""
    return go.Scatter(
        name=name,
        meta={"moves": moves} if moves else None,
        x=at[:1],
        y=at[1:],
        mode="markers+text" if side else "markers",
        marker={
            "color": colour,
            "symbol": symbol,
            "size": size,
            "line": {"color": TEXT, "width": 1},
        },
        text=[name],
        textposition=side or None,
        textfont={"color": TEXT, "size": 12, "shadow": HALO},
        showlegend=False,
        hovertemplate=f"{name} = (%{{x:.4g}}, %{{y:.4g}})<extra></extra>",
        **axes(panel),
    )


def word(text: str, moves: str, *, size: int = 16, panel: str = LARGE) -> go.Scatter:
    """A word that moves."""
    return go.Scatter(
        meta={"moves": moves},
        x=NOWHERE[:, 0],
        y=NOWHERE[:, 1],
        mode="text",
        text=[text],
        textposition="middle center",
        textfont={"color": TEXT, "size": size, "shadow": HALO},
        showlegend=False,
        hoverinfo="skip",
        **axes(panel),
    )


def arrow(moves: str, label: str, colour: str) -> list[go.Scatter]:
    """A shaft with a head, and its word; the browser puts the points of both."""
    nothing = np.full((ARROW_POINTS, 2), np.nan)
    shaft = line(
        label,
        nothing,
        colour,
        "solid",
        4,
        moves=moves,
        legend=False,
        fill="toself",
        fillcolor=colour,
    )
    return [shaft, word(label, f"{moves} label")]


def origin(panel: str = LARGE) -> go.Scatter:
    """A cross at 0."""
    return go.Scatter(
        name="0",
        x=[0],
        y=[0],
        mode="markers",
        marker={"color": TEXT, "symbol": "cross-thin-open", "size": 9, "line": {"color": TEXT}},
        showlegend=False,
        hoverinfo="skip",
        **axes(panel),
    )
