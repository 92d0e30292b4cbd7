"""The geometry page's pictures as Plotly figures; no Streamlit.

A trace whose `meta` is {"moves": name} is drawn by the browser: its own points are the shape, and
`moves[name]` says for every picture where they go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.shared.figures import OPTIMUM, PENALTY, TEXT
from wd_core.types import Array

LOSS = "#009E73"
DESCENT, MINIBATCH = "#56B4E9", "#8A8A8A"
FAINT_PENALTY = "rgba(230, 159, 0, 0.13)"
# Points of a circle, and how many level sets a panel holds.
TURN = np.linspace(0, 2 * np.pi, 97)
LEVELS = 7
ARROW_POINTS = 7
# A level set is drawn up to this many frames wide: in a valley it has no end.
WIDEST = 1e3
# log₁₀ λ at which λ = 0 stands on the axis of θ(λ).
AT_ZERO = -3.5

LARGE, SMALL_LOSS, SMALL_PENALTY, SMALL_OBJECTIVE, CURVE = "", "2", "3", "4", "5"
DOMAINS = {
    LARGE: ((0.0, 0.565), (0.0, 1.0)),
    SMALL_LOSS: ((0.6, 0.79), (0.59, 0.95)),
    SMALL_PENALTY: ((0.81, 1.0), (0.59, 0.95)),
    SMALL_OBJECTIVE: ((0.6, 0.79), (0.1, 0.46)),
    CURVE: ((0.84, 1.0), (0.125, 0.46)),
}
# On a phone the large panel takes the whole width, and the small ones lie below it.
NARROW_DOMAINS = {
    LARGE: ((0.0, 1.0), (0.53, 1.0)),
    SMALL_LOSS: ((0.0, 0.47), (0.24, 0.44)),
    SMALL_PENALTY: ((0.53, 1.0), (0.24, 0.44)),
    SMALL_OBJECTIVE: ((0.0, 0.47), (0.0, 0.2)),
    CURVE: ((0.63, 1.0), (0.02, 0.2)),
}

Moves = dict[str, dict[str, Any]]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Field:
    """Values of √(2L) on a grid: x [A], y [B], z [B, A]; drawn at multiples of `level`."""

    x: Array
    y: Array
    z: Array
    level: float


@dataclass(frozen=True)
class Path:
    """A moving line with its points: a descent."""

    key: str
    name: str
    colour: str
    dash: str
    symbol: str


def affine(matrix: Array, offset: Array) -> Array:
    """Rows a ... f of x = a·u + b·v + e, y = c·u + d·v + f: [K, 2, 2], [K, 2] -> [K, 6]."""
    return np.column_stack([matrix.reshape(-1, 4), offset])


def arrows(tails: Array, vectors: Array, head: float) -> Array:
    """Shaft and head of K arrows, [K, 7, 2], with a gap between the two."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    along = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    size = np.minimum(head, 0.6 * length)
    across = 0.45 * size * np.column_stack([-along[:, 1], along[:, 0]])
    tips = tails + vectors
    neck = tips - size * along
    gap = np.full_like(tips, np.nan)
    return np.stack([tails, neck, gap, neck + across, tips, neck - across, neck + across], axis=1)


def circle(points: Array = TURN) -> tuple[Array, Array]:
    """The unit circle."""
    return np.cos(points), np.sin(points)


def rings(count: int = LEVELS) -> tuple[Array, Array]:
    """Circles of radius 1, 2, ..., with gaps between them."""
    x, y = circle()
    gap = np.array([np.nan])
    radii = range(1, count + 1)
    return (
        np.concatenate([part for r in radii for part in (r * x, gap)]),
        np.concatenate([part for r in radii for part in (r * y, gap)]),
    )


def large_panel(field: Field | None, minimiser: Array, path: Array) -> list[Any]:
    """Level sets, disc, minimisers, path and the two arrows; without a field the loss moves."""
    name = "level sets of the data loss L"
    return [
        _shape("loss rings", name, *rings(2 * LEVELS), LOSS, "solid", 1.3)
        if field is None
        else _contours(field, name),
        _shape("disc", "disc ‖w‖² ≤ θ", *circle(), PENALTY, "dash", 2.5, fill=FAINT_PENALTY),
        go.Scatter(
            name="path of w*(λ)",
            x=path[:, 0],
            y=path[:, 1],
            mode="lines",
            line={"color": OPTIMUM, "width": 2.5, "dash": "longdash"},
            hoverinfo="skip",
        ),
        _shape("touching", "level set of L through w*", *circle(), LOSS, "solid", 3),
        *_arrow("force", "−∇L", LOSS),
        *_arrow("pull", "−λw", PENALTY),
        _origin(),
        _dot(
            None if field else "minimiser",
            *("w̃", TEXT, "x", LARGE),
            at=minimiser,
            side="bottom right",
        ),
        _dot("optimum", "w*", OPTIMUM, "circle", LARGE, side="top left"),
    ]


def small_panels() -> list[go.Scatter]:
    """Loss, penalty and their sum: level sets at the same heights above each one's lowest point."""
    thin: dict[str, Any] = {"width": 1.4, "showlegend": False}
    return [
        _shape("loss rings", "loss", *rings(), LOSS, "solid", panel=SMALL_LOSS, **thin),
        _dot("minimiser", "w̃", TEXT, "x", SMALL_LOSS, small=True),
        _shape("penalty rings", "penalty", *rings(), PENALTY, "dash", panel=SMALL_PENALTY, **thin),
        _origin(SMALL_PENALTY),
        _shape(
            "objective rings", "objective", *rings(), OPTIMUM, "dot", panel=SMALL_OBJECTIVE, **thin
        ),
        _dot("optimum", "w*", OPTIMUM, "circle", SMALL_OBJECTIVE, small=True),
    ]


def valley(at: Array, along: Array) -> go.Scatter:
    """The line of minimisers of a loss that is flat in one direction."""
    ends = at + np.array([[-WIDEST], [WIDEST]]) * along
    return go.Scatter(
        name="all minimisers of L; w̃ is the shortest",
        x=ends[:, 0],
        y=ends[:, 1],
        mode="lines",
        line={"color": TEXT, "width": 2, "dash": "dashdot"},
        hoverinfo="skip",
    )


def objective_levels() -> go.Scatter:
    """The objective's level sets in the large panel."""
    return _shape("objective rings", "level sets of J", *rings(), OPTIMUM, "dot", 1.4)


def l1(path: Array) -> list[go.Scatter]:
    """The diamond, the loss's level set that touches it, its minimiser and their path."""
    x, y = np.array([1.0, 0, -1, 0, 1]), np.array([0.0, 1, 0, -1, 0])
    return [
        _shape("diamond", "diamond |w₁| + |w₂| ≤ √θ", x, y, PENALTY, "solid", 2),
        _shape("touching diamond", "level set of L through w(L1)", *circle(), LOSS, "dot", 2),
        go.Scatter(
            name="path of w(L1)",
            x=path[:, 0],
            y=path[:, 1],
            mode="lines",
            line={"color": OPTIMUM, "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
        ),
        _dot("optimum l1", "w(L1)", OPTIMUM, "diamond", LARGE, side="bottom left"),
    ]


def descent(path: Path, points: int) -> go.Scatter:
    """A path down the loss; the browser puts its points."""
    return go.Scatter(
        name=path.name,
        meta={"moves": path.key},
        x=np.full(points, np.nan),
        y=np.full(points, np.nan),
        mode="lines+markers",
        line={"color": path.colour, "width": 1.6, "dash": path.dash},
        marker={"color": path.colour, "size": 5, "symbol": path.symbol},
        hovertemplate="%{x:.3g}, %{y:.3g}",
    )


def start(x: float, y: float) -> go.Scatter:
    """Where the paths begin."""
    return _dot(None, "start", DESCENT, "square", LARGE, at=np.array([x, y]))


def named(key: str, text: str, colour: str) -> go.Scatter:
    """A word that moves."""
    return go.Scatter(
        meta={"moves": key},
        x=[0.0],
        y=[0.0],
        mode="text",
        text=[text],
        textposition="middle center",
        textfont={"color": colour, "size": 15},
        showlegend=False,
        hoverinfo="skip",
    )


def curve(log_weight_decay: Array, theta: Array) -> list[go.Scatter]:
    """θ(λ), and the present point on it."""
    axes = _axes(CURVE)
    return [
        go.Scatter(
            name="θ(λ)",
            x=log_weight_decay,
            y=theta,
            mode="lines",
            line={"color": PENALTY, "width": 2.5},
            showlegend=False,
            hovertemplate="θ = %{y:.3g}",
            **axes,
        ),
        go.Scatter(
            name="now",
            meta={"moves": "curve"},
            x=[0.0],
            y=[0.0],
            mode="markers",
            marker=_marker(OPTIMUM, "circle", 11),
            showlegend=False,
            hovertemplate="θ = %{y:.3g}",
            **axes,
        ),
    ]


def whole(
    traces: Sequence[Any],
    box: Box,
    names: Sequence[str],
    most_theta: float,
    revision: str,
    *,
    clicks: bool,
) -> dict[str, Any]:
    """The figure of these traces: the large panel, the three small ones and θ(λ)."""
    plain: dict[str, Any] = go.Figure(
        data=list(traces), layout=_layout(box, names, most_theta, revision, clicks)
    ).to_plotly_json()
    return plain


def points(X: Array, y: Array, names: Sequence[str]) -> go.Figure:
    """Two features of the examples, the target as colour."""
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
            "colorbar": {"title": {"text": "y"}, "thickness": 10},
        },
        hovertemplate="%{x:.3g}, %{y:.3g}, y = %{marker.color:.3g}<extra></extra>",
    )
    layout = {
        "height": 240,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "xaxis": {"title": {"text": names[0]}},
        "yaxis": {"title": {"text": names[1]}},
    }
    return go.Figure(data=[trace], layout=layout)


def surface(
    x: Array,
    y: Array,
    loss: Array,
    penalty: Array,
    marks: dict[str, tuple[Array, float]],
    rim: tuple[Array, Array],
    at_zero: float,
    names: Sequence[str],
) -> dict[str, Any]:
    """Loss and objective over the plane, the rim of the disc on the loss, and the minimisers."""
    # what is higher than this is cut off: twice the larger of the loss at 0 and the objective at w*
    lowest = float(loss.min())
    top = lowest + 2.2 * (max(marks["w*, on J"][1], rim[1].min(), at_zero) - lowest) or 1.0
    traces: list[Any] = [
        _sheet("data loss L", x, y, loss, LOSS, 0.85),
        _sheet("objective J", x, y, loss + penalty, OPTIMUM, 0.5),
        go.Scatter3d(
            name="rim of the disc, on L",
            x=rim[0][:, 0],
            y=rim[0][:, 1],
            z=rim[1],
            mode="lines",
            line={"color": PENALTY, "width": 8, "dash": "dash"},
            hoverinfo="skip",
        ),
    ]
    colours = {"w̃": TEXT, "w*": OPTIMUM, "w*, on J": OPTIMUM}
    symbols = {"w̃": "x", "w*": "circle", "w*, on J": "circle-open"}
    for name, (at, height) in marks.items():
        traces.append(
            go.Scatter3d(
                name=name,
                x=[at[0]],
                y=[at[1]],
                z=[height],
                mode="markers+text",
                text=["" if "on J" in name else name],
                textfont={"color": TEXT, "size": 16},
                marker={"color": colours[name], "size": 5, "symbol": symbols[name]},
                hovertemplate="height %{z:.4g}",
            )
        )
    axis = {"color": TEXT}
    layout = {
        "template": "none",
        "height": 620,
        "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
        "uirevision": "surface",
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        "scene": {
            "xaxis": {**axis, "title": {"text": names[0]}},
            "yaxis": {**axis, "title": {"text": names[1]}},
            "zaxis": {**axis, "title": {"text": "height"}, "range": [min(0.0, lowest), top]},
            "aspectmode": "manual",
            "aspectratio": {"x": 1, "y": 1, "z": 0.7},
            "camera": {"eye": {"x": -1.05, "y": -1.4, "z": 1.15}, "center": {"z": -0.15}},
        },
        "meta": {
            "filename": "weight-decay-surface",
            "alt": "The data loss and the objective as surfaces over the two weights.",
        },
    }  # fmt: skip
    plain: dict[str, Any] = go.Figure(data=traces, layout=layout).to_plotly_json()
    return plain


# ---------------------------------------------------------------- parts


def _axes(panel: str) -> dict[str, str]:
    return {"xaxis": f"x{panel}", "yaxis": f"y{panel}"}


def _sheet(name: str, x: Array, y: Array, z: Array, colour: str, opacity: float) -> go.Surface:
    return go.Surface(
        name=name,
        x=x,
        y=y,
        z=z,
        colorscale=[[0, colour], [1, colour]],
        showscale=False,
        showlegend=True,
        opacity=opacity,
        contours={"z": {"show": True, "color": colour, "usecolormap": False, "width": 1}},
        hovertemplate="w = (%{x:.3g}, %{y:.3g}), height %{z:.4g}",
    )


def _contours(field: Field, name: str) -> go.Contour:
    return go.Contour(
        name=name,
        x=field.x,
        y=field.y,
        z=field.z,
        contours={
            "coloring": "lines",
            "start": field.level,
            "end": 40 * field.level,
            "size": field.level,
        },
        colorscale=[[0, LOSS], [1, LOSS]],
        showscale=False,
        showlegend=True,
        line={"width": 1.3, "smoothing": 1.3},
        opacity=0.65,
        hovertemplate="w = (%{x:.3g}, %{y:.3g})<extra></extra>",
    )


def _shape(
    key: str,
    name: str,
    x: Array,
    y: Array,
    colour: str,
    dash: str,
    width: float,
    panel: str = LARGE,
    fill: str | None = None,
    showlegend: bool = True,
) -> go.Scatter:
    return go.Scatter(
        name=name,
        meta={"moves": key},
        x=x,
        y=y,
        mode="lines",
        line={"color": colour, "dash": dash, "width": width},
        fill="toself" if fill else "none",
        fillcolor=fill,
        showlegend=showlegend,
        hoverinfo="skip",
        **_axes(panel),
    )


def _arrow(key: str, label: str, colour: str) -> list[go.Scatter]:
    """A shaft with a head; the browser puts its seven points and the label."""
    shaft = go.Scatter(
        name=label,
        meta={"moves": key},
        x=np.full(ARROW_POINTS, np.nan),
        y=np.full(ARROW_POINTS, np.nan),
        mode="lines",
        line={"color": colour, "width": 4},
        fill="toself",
        fillcolor=colour,
        showlegend=False,
        hoverinfo="skip",
    )
    return [shaft, named(f"{key} label", label, TEXT)]


def _marker(colour: str, symbol: str, size: float) -> dict[str, Any]:
    return {"color": colour, "symbol": symbol, "size": size, "line": {"color": TEXT, "width": 1}}


def _dot(
    key: str | None,
    label: str,
    colour: str,
    symbol: str,
    panel: str,
    *,
    at: Array | None = None,
    small: bool = False,
    side: str = "top right",
) -> go.Scatter:
    x, y = (0.0, 0.0) if at is None or key else at.tolist()
    return go.Scatter(
        name=label,
        meta={"moves": key} if key else None,
        x=[x],
        y=[y],
        mode="markers+text",
        marker=_marker(colour, symbol, 7 if small else 12),
        text=[label],
        textposition=side,
        textfont={"color": TEXT, "size": 12 if small else 17},
        showlegend=False,
        hovertemplate=f"{label} = (%{{x:.4g}}, %{{y:.4g}})<extra></extra>",
        **_axes(panel),
    )


def _origin(panel: str = LARGE) -> go.Scatter:
    return go.Scatter(
        name="0",
        x=[0],
        y=[0],
        mode="markers",
        marker={"color": TEXT, "symbol": "cross-thin-open", "size": 9, "line": {"color": TEXT}},
        showlegend=False,
        hoverinfo="skip",
        **_axes(panel),
    )


def _layout(
    box: Box, names: Sequence[str], most_theta: float, revision: str, clicks: bool
) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "template": "none",
        "height": 610,
        "margin": {"l": 52, "r": 12, "t": 12, "b": 96},
        "hovermode": "closest",
        "dragmode": "pan",
        "uirevision": revision,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": -0.09,
            "yanchor": "top",
            "font": {"size": 12},
            "itemwidth": 30,
        },
        "meta": {
            "filename": "weight-decay-geometry",
            "clicks": clicks,
            "alt": "Level sets of the data loss, the disc of the constraint, and w* where they"
            " touch; beside it loss, penalty and objective alone, and θ as a function of λ.",
            "narrow": {"height": 860, "margin.l": 36, "margin.b": 130, "legend.y": -0.04}
            | {"dragmode": False}
            | _domains(NARROW_DOMAINS),
        },
        "annotations": [
            _title(SMALL_LOSS, "loss L"),
            _title(SMALL_PENALTY, "penalty (λ/2)‖w‖²"),
            _title(SMALL_OBJECTIVE, "objective J"),
            _title(CURVE, "θ(λ) = ‖w*(λ)‖²"),
        ],
    }
    for panel in (LARGE, SMALL_LOSS, SMALL_PENALTY, SMALL_OBJECTIVE):
        layout |= _square(panel, box, names)
    layout |= {
        f"xaxis{CURVE}": {
            **_frame(),
            "anchor": f"y{CURVE}",
            "range": [AT_ZERO - 0.4, 6.4],
            "tickvals": [AT_ZERO, 0, 3, 6],
            "ticktext": ["0", "1", "10³", "10⁶"],
            "tickfont": {"size": 11},
            "fixedrange": True,
        },
        f"yaxis{CURVE}": {
            **_frame(),
            "anchor": f"x{CURVE}",
            "range": [-0.05 * (most_theta or 1), 1.1 * (most_theta or 1)],
            "nticks": 4,
            "tickfont": {"size": 11},
            "fixedrange": True,
        },
    }
    for path, value in _domains(DOMAINS).items():
        axis, _, part = path.partition(".")
        layout[axis][part] = value
    return layout


def _frame() -> dict[str, Any]:
    return {"showline": True, "mirror": True, "linewidth": 1, "zeroline": False, "automargin": True}


def _square(panel: str, box: Box, names: Sequence[str]) -> dict[str, Any]:
    """The two axes of a panel, one unit as long on the one as on the other."""
    axis = {**_frame(), "zeroline": True, "constrain": "domain", "showticklabels": panel == LARGE}
    if panel != LARGE:
        axis |= {"fixedrange": True, "nticks": 5, "ticks": ""}
    x = {**axis, "anchor": f"y{panel}", "range": [box[0], box[1]]}
    y = {
        **axis,
        "anchor": f"x{panel}",
        "range": [box[2], box[3]],
        "scaleanchor": f"x{panel}",
        "scaleratio": 1,
        "constraintoward": "top",
    }
    if panel == LARGE:
        x |= {"title": {"text": names[0], "standoff": 4}, "constraintoward": "left"}
        y["title"] = {"text": names[1], "standoff": 4}
    return {f"xaxis{panel}": x, f"yaxis{panel}": y}


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


def _domains(of: dict[str, tuple[tuple[float, float], tuple[float, float]]]) -> dict[str, Any]:
    return {
        f"{letter}axis{panel}.domain": list(span)
        for panel, spans in of.items()
        for letter, span in zip("xy", spans, strict=True)
    }
