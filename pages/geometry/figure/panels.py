"""What each panel shows: the large one, the three small ones, and θ(λ)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pages.geometry.figure import shapes
from pages.geometry.figure.traces import (
    CURVE,
    LARGE,
    SMALL_LOSS,
    SMALL_OBJECTIVE,
    SMALL_PENALTY,
    arrow,
    dot,
    line,
    origin,
    word,
)
from pages.shared.moves import placed
from pages.shared.palette import LEVEL, OPTIMUM, PENALTY, SKY, TEXT, faint
from pages.shared.plotting import Trace, hover, scatter, stroke
from pages.shared.words import label, tell, told
from wd_core.arrays import Array

# How much of the disc's colour is seen.
FILLED = 0.13
# Level sets of a small panel; the loss has twice as many in the large one, at half the distance.
RINGS = 10
RADII = np.arange(1.0, RINGS + 1)
FINE_RADII = np.arange(0.5, RINGS + 0.5, 0.5)
SMALL_CORNERS, THIN = 40, 1.3
OBJECTIVE = label("level sets of the objective J")
# Steps of a descent that have a mark each.
MARKED = 20


@dataclass(frozen=True)
class Path:
    """A moving line with its points: a descent."""

    key: str
    name: str
    colour: str
    dash: str
    symbol: str


def ground(x: Array, y: Array, loss: Array) -> Trace:
    """The loss under the pointer, anywhere in the large panel: unseen, but it can be pointed at."""
    return {
        "type": "heatmap",
        "x": x,
        "y": y,
        "z": loss,
        "opacity": 0,
        "showscale": False,
        "hovertemplate": hover("w = (%{x:.3g}, %{y:.3g}), L = %{z:.4g}"),
    }


def level_sets(turned: Array | None, *, flat: bool) -> list[Trace]:
    """Level sets of the loss, large and small: at their place, or moving where that is None.

    None for a flat loss.
    """
    if flat:
        return []
    moves = "loss rings" if turned is None else None
    fine, coarse = shapes.rings(FINE_RADII), shapes.rings(RADII, SMALL_CORNERS)
    if turned is not None:
        fine, coarse = placed(fine, turned), placed(coarse, turned)
    name = tell("level sets of the data loss L")
    small: dict[str, Any] = {"panel": SMALL_LOSS, "legend": False}
    return [
        line(name, fine, LEVEL, "solid", 1, moves=moves, opacity=0.65),
        line(name, coarse, LEVEL, "solid", THIN, moves=moves, **small),
    ]


def objective_levels() -> Trace:
    """The objective's level sets in the large panel."""
    return line(told(OBJECTIVE), shapes.rings(RADII), OPTIMUM, "dot", THIN, moves="objective rings")


def disc(path: Array, *, turns: bool, flat: bool) -> list[Trace]:
    """The disc, the way of w* as λ grows, and the level set of L that touches the disc.

    Where the plane `turns` with λ, each point of the way has the coordinates of its own. A `flat`
    loss has no level set.
    """
    round_ = shapes.circle()
    fill: dict[str, Any] = {"fill": "toself", "fillcolor": faint(PENALTY, FILLED)}
    way = tell("w*(λ), each in its own plane") if turns else tell("path of w*(λ), λ from 0 to ∞")
    touching = line(tell("level set of L through w*"), round_, LEVEL, "solid", 4, moves="touching")
    return [
        line(tell("disc ‖w‖² ≤ θ"), round_, PENALTY, "dash", 2.5, moves="disc", **fill),
        *([] if flat else [touching]),
        line(way, path, OPTIMUM, "solid", 2.5),
    ]


def minimisers(free: Array | None) -> list[Trace]:
    """w̃ (moving where it is None), w* with the two arrows, and their names."""
    moves = "minimiser" if free is None else None
    at = np.zeros(2) if free is None else free
    return [
        origin(),
        *arrow("force", "−∇L", LEVEL),
        *arrow("pull", "−λw", PENALTY),
        dot("w̃", TEXT, "x", moves=moves, at=at),
        dot("w*", OPTIMUM, "circle", moves="optimum"),
        word("w̃", "minimiser label"),
        word("w*", "optimum label"),
    ]


def small_panels(free: Array | None) -> list[Trace]:
    """Penalty and objective beside the loss, each with its lowest point; "flat" where one is."""
    shape = shapes.rings(RADII, SMALL_CORNERS)
    moves = "minimiser" if free is None else None
    at = np.zeros(2) if free is None else free
    penalty: dict[str, Any] = {"panel": SMALL_PENALTY, "legend": False}
    objective: dict[str, Any] = {"panel": SMALL_OBJECTIVE, "legend": False}
    named: dict[str, Any] = {"size": 7, "side": "top right"}
    return [
        line(tell("penalty"), shape, PENALTY, "dash", THIN, moves="penalty rings", **penalty),
        line(told(OBJECTIVE), shape, OPTIMUM, "dot", THIN, moves="objective rings", **objective),
        dot("w̃", TEXT, "x", moves=moves, at=at, panel=SMALL_LOSS, **named),
        origin(SMALL_PENALTY),
        dot("w*", OPTIMUM, "circle", moves="optimum", panel=SMALL_OBJECTIVE, **named),
        word(tell("flat"), "flat loss", size=13, panel=SMALL_LOSS),
        word(tell("λ = 0: flat"), "flat penalty", size=13, panel=SMALL_PENALTY),
        word(tell("flat"), "flat objective", size=13, panel=SMALL_OBJECTIVE),
    ]


def valley(ends: Array) -> list[Trace]:
    """The line of minimisers of a loss that is flat in one direction, in both panels of L."""
    name = tell("all minimisers of L; w̃ is the shortest")
    return [
        line(name, ends, TEXT, "dashdot", 2),
        line(name, ends, TEXT, "dashdot", THIN, panel=SMALL_LOSS, legend=False),
    ]


def l1(path: Array, *, flat: bool) -> list[Trace]:
    """The diamond, the loss's level set that touches it, its minimiser and their path."""
    circle = shapes.circle()
    name = tell("level set of L through w(L1)")
    through = line(name, circle, LEVEL, "longdash", 2, moves="touching diamond")
    diamond = np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1], [1, 0]])
    return [
        line(tell("diamond |w₁| + |w₂| ≤ √θ"), diamond, PENALTY, "longdashdot", 2, moves="diamond"),
        *([] if flat else [through]),
        line(tell("path of w(L1) as θ falls"), path, OPTIMUM, "dashdot", 2),
        dot("w(L1)", OPTIMUM, "diamond", moves="optimum l1"),
        word("w(L1)", "optimum l1 label", size=14),
    ]


def descent(path: Path, steps: int) -> list[Trace]:
    """A path down the loss, in two parts: its first steps are marked, the others a line alone."""
    first, rest = min(steps, MARKED), steps - MARKED
    traces = [
        scatter(
            LARGE,
            name=path.name,
            legendgroup=path.key,
            meta={"moves": path.key},
            x=np.zeros(first + 1),
            y=np.zeros(first + 1),
            mode="lines+markers",
            line=stroke(path.colour, path.dash, 1.6),
            marker={"color": path.colour, "size": 5, "symbol": path.symbol},
            hovertemplate="%{x:.3g}, %{y:.3g}",
        )
    ]
    if rest > 0:
        traces.append(
            line(
                path.name,
                np.zeros((rest + 1, 2)),
                path.colour,
                path.dash,
                1.6,
                moves=f"{path.key} rest",
                legend=False,
                legendgroup=path.key,
            )
        )
    return traces


def start(at: Array) -> Trace:
    """Where the paths begin."""
    return dot(tell("start"), SKY, "square", at=at, size=11, side="top right")


def curve(log_weight_decay: Array, theta: Array) -> list[Trace]:
    """θ(λ), and the present point on it."""
    points = np.column_stack([log_weight_decay, theta])
    line_ = line("θ(λ)", points, PENALTY, "solid", 2.5, panel=CURVE, legend=False)
    line_["meta"] = {"data": True}
    says = "θ = %{y:.3g}"
    now = dot(tell("now"), OPTIMUM, "circle", moves="curve", panel=CURVE, size=11, says=says)
    return [line_, now]
