"""The few kinds of trace that every panel is made of.

One whose `meta` is {"moves": name} is drawn by the browser: its own points are the shape, and
`moves[name]` says for every picture where they go.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pages.geometry.figure.shapes import ARROW_POINTS
from pages.shared.palette import BACKGROUND, TEXT
from pages.shared.plotting import Plain, Trace, hover, scatter, stroke
from wd_core.arrays import Array

LARGE, SMALL_LOSS, SMALL_PENALTY, SMALL_OBJECTIVE, CURVE = "", "2", "3", "4", "5"
# Words stay legible on lines; where the theme is unknown, as in a file, without a halo.
HALO = " ".join([f"0 0 3px {BACKGROUND},"] * 3).rstrip(",")
NOWHERE = np.zeros((1, 2))


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
) -> Trace:
    """A line through points [P, 2]; one that moves has the shape of them."""
    return scatter(
        panel,
        name=name,
        **_moving(moves),
        x=points[:, 0],
        y=points[:, 1],
        mode="lines",
        line=stroke(colour, dash, width),
        showlegend=legend,
        hoverinfo="skip",
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
    says: str = "",
) -> Trace:
    """A point; `side`: where its name stands, if the point itself bears it; `says`: to the pointer,
    unless its place.
    """
    named = {"text": [name], "textposition": side, "textfont": _font(12)} if side else {}
    return scatter(
        panel,
        name=name,
        **_moving(moves),
        x=at[:1],
        y=at[1:],
        mode="markers+text" if side else "markers",
        marker={
            "color": colour,
            "symbol": symbol,
            "size": size,
            "line": {"color": TEXT, "width": 1},
        },
        **named,
        showlegend=False,
        hovertemplate=hover(says or f"{name} = (%{{x:.4g}}, %{{y:.4g}})"),
    )


def word(text: str, moves: str, *, size: int = 16, panel: str = LARGE) -> Trace:
    """A word that moves."""
    return scatter(
        panel,
        **_moving(moves),
        x=NOWHERE[:, 0],
        y=NOWHERE[:, 1],
        mode="text",
        text=[text],
        textposition="middle center",
        textfont=_font(size),
        showlegend=False,
        hoverinfo="skip",
    )


def arrow(moves: str, label: str, colour: str) -> list[Trace]:
    """A shaft with a head, and its word; the browser puts the points of both."""
    nothing = np.full((ARROW_POINTS, 2), np.nan)
    filled: Plain = {"fill": "toself", "fillcolor": colour}
    shaft = line(label, nothing, colour, "solid", 4, moves=moves, legend=False, **filled)
    return [shaft, word(label, f"{moves} label")]


def origin(panel: str = LARGE) -> Trace:
    """A cross at 0."""
    return scatter(
        panel,
        name="0",
        x=[0],
        y=[0],
        mode="markers",
        marker={"color": TEXT, "symbol": "cross-thin-open", "size": 9, "line": {"color": TEXT}},
        showlegend=False,
        hoverinfo="skip",
    )


def _moving(moves: str | None) -> Plain:
    return {"meta": {"moves": moves}} if moves else {}


def _font(size: int) -> Plain:
    return {"color": TEXT, "size": size, "shadow": HALO}
