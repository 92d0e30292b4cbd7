"""What lies over the colours of a map: what diverged, lines and marks; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pages.map.answer.limits import Edge, Edges
from pages.map.figure.axes import Frame
from pages.map.words.legend import ALONE, BEST, CROSSING, CYCLE, FULL, LOST
from pages.shared.palette import BACKGROUND, GREY, LEVEL, OPTIMUM, RIM, TEXT, faint
from pages.shared.plotting import Trace, scatter, stroke
from pages.shared.words import told
from wd_core.arrays import Array

# Lines and marks lie on all colours of the map: what is behind them sets them off.
CASING = BACKGROUND
Points = tuple[Array, Array]


@dataclass(frozen=True, eq=False)
class Map(Frame):
    """What is in a panel: losses [L, E], NaN where there is none, what diverged, what lies over it.

    Over it, as (η, λ): `crossing` where the loss passes the level, and the `best` cells; `edges` of
    stability; `note`, of up to three lines, stands above it on the right.
    """

    losses: Array
    diverged: Array
    hover: list[list[str]] | None
    best: Points
    crossing: Points
    edges: Edges
    note: str


def overlays(m: Map, panel: str) -> list[Trace]:
    """The traces over the colours, what lies deepest first."""
    return [
        _hatched(m, panel),
        *_edge(m, panel, m.edges.full, FULL, "solid"),
        *_edge(m, panel, m.edges.cycle, CYCLE, "dot"),
        *_edge(m, panel, m.edges.alone, ALONE, "dashdot"),
        *_line(m, panel, *_logs(m, m.crossing), CROSSING, LEVEL, "solid"),
        _best(m, panel),
        _note(m, panel),
    ]


def _hatched(m: Map, panel: str) -> Trace:
    """The diverged cells: a polygon for every stretch of a row."""
    x_edges = m.x_edges
    bottoms, tops = (np.delete(ends, 1).tolist() for ends in (m.y_edges[:-1], m.y_edges[1:]))
    xs: list[float | None] = []
    ys: list[float | None] = []
    for lost, low, high in zip(m.diverged, bottoms, tops, strict=True):
        turns = np.flatnonzero(np.diff([0, *lost.astype(int), 0]))
        for left, right in x_edges[turns].reshape(-1, 2).tolist():
            xs += [left, right, right, left, left, None]
            ys += [low, low, high, high, low, None]
    pattern = {
        "shape": "/",
        "size": 7,
        "solidity": 0.2,
        "fgcolor": TEXT,
        "bgcolor": faint(GREY, 0.2),
    }
    return scatter(
        panel,
        name=told(LOST) if xs else None,
        x=xs or [None],
        y=ys or [None],
        mode="lines",
        line={"width": 0, "color": TEXT},
        fill="toself",
        fillpattern=pattern,
        hoverinfo="skip",
        meta={"data": False},  # a table has it in the cells themselves
        legendgroup=LOST,
    )


def _edge(m: Map, panel: str, edge: Edge | None, name: str, dash: str) -> list[Trace]:
    """A limit: upright through the row of λ = 0 at what it is there, and over the other rows."""
    if edge is None:
        return []
    lr, height = np.log10(edge.lr), np.log10(edge.weight_decay)
    low = float(m.y_edges[2])
    x: list[float | None] = []
    y: list[float | None] = []
    above = np.flatnonzero(height > low)
    if len(above):
        first = int(above[0])
        if first:
            pair = slice(first - 1, first + 1)
            x, y = [float(np.interp(low, height[pair], lr[pair]))], [low]
        x, y = [*x, *lr[first:].tolist()], [*y, *height[first:].tolist()]
    bare = float(np.log10(edge.bare))
    if np.isfinite(bare):
        x, y = [bare, bare, None, *x], [*m.y_edges[:2].tolist(), None, *y]
    return _line(m, panel, x, y, name, TEXT, dash)


def _logs(m: Map, points: Points) -> tuple[Sequence[float | None], Sequence[float | None]]:
    """Where these η and λ lie."""
    return np.log10(points[0]).tolist(), m.height(points[1]).tolist()


def _line(
    m: Map,
    panel: str,
    x: Sequence[float | None],
    y: Sequence[float | None],
    name: str,
    colour: str,
    dash: str,
) -> list[Trace]:
    """A line that is set off from what is behind it; none where all of it lies elsewhere."""
    there = m.holds(*(np.array(values, dtype=np.float64) for values in (x, y)))
    if not there.any():
        return []
    mode = "lines" if len(x) > 1 else "markers"
    base = scatter(panel, x=x, y=y, mode=mode, hoverinfo="skip", legendgroup=name)
    casing = {"line": {"color": CASING, "width": 5}, "marker": {"color": CASING, "size": 11}}
    drawn = {"line": stroke(colour, dash, 2.2), "marker": {"color": colour, "size": 8}}
    return [base | casing, base | {"name": told(name)} | drawn]


def _best(m: Map, panel: str) -> Trace:
    x, y = _logs(m, m.best)
    star = {"symbol": "star", "size": 14, "color": OPTIMUM, "line": {"color": RIM, "width": 1}}
    return scatter(
        panel,
        name=told(BEST) if x else None,
        x=x,
        y=y,
        mode="markers",
        marker=star,
        hoverinfo="skip",
        legendgroup=BEST,
    )


def _note(m: Map, panel: str) -> Trace:
    return scatter(
        panel,
        x=m.x_edges[-1:],
        y=m.y_edges[-1:],
        mode="text",
        text=[m.note],
        textposition="top left",
        textfont={"size": 13},
        cliponaxis=False,
        hoverinfo="skip",
    )
