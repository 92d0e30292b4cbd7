"""What is drawn on the page “which”, and the traces that its panels share; no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pages.shared import plotting
from pages.shared.palette import TEST, TEXT, TRAIN
from pages.shared.plotting import Trace, hover
from pages.shared.words import label, tells
from pages.which.answer.measured import Found
from pages.which.answer.solutions import Curves, Paths
from pages.which.figure.scale import Scale
from wd_core.arrays import Array

# Loss, chosen λ, weights, norm: the mark of a panel's axes, and its place.
LOSS, CHOSEN, WEIGHTS, NORM = range(4)
PANELS = ("", "2", "3", "4")
# The panels' own upright axes have no ticks and go from 0 to 1, for lines over their whole height
# and for clicks; these lie over them, and have the numbers.
UPRIGHT = ("11", "12", "13", "14")
# The axis along the top of the losses, of degrees of freedom.
FREEDOM = "9"
WHOLE_HEIGHT = (0.0, 1.0)


@tells("name")
@dataclass(frozen=True)
class Rule:
    """A way to choose λ: what its row is called, and how it is drawn."""

    name: str
    colour: str
    dash: str
    symbol: str


RULES: Mapping[str, Rule] = {
    "test": Rule(label("least test, exact"), TEST, "dash", "diamond"),
    "trained": Rule(label("least test, trained"), TEST, "dot", "diamond-open"),
    "bayes": Rule(label("Bayes"), TEXT, "dashdot", "star"),
    "gcv": Rule("GCV", TRAIN, "solid", "square"),
    "loo": Rule(label("leave one out"), TRAIN, "longdash", "circle"),
    "validation": Rule(label("validation"), TRAIN, "longdashdot", "triangle-up"),
}


@dataclass(frozen=True)
class Mark:
    """What a rule chooses: λ (NaN: nothing, and why), the test loss there, the λ of repetitions."""

    rule: str
    weight_decay: float
    test: float
    others: Array
    why: str = ""


@dataclass(frozen=True, eq=False)
class Shown:
    """Everything that is drawn; None or empty where there is nothing."""

    scale: Scale
    grid: Array
    fine: Curves | None
    paths: Paths | None
    found: Found
    marks: Sequence[Mark]
    constant: float | None
    revision: str


def scatter(panel: int, **style: Any) -> Trace:
    """A trace in a panel, on the axis with the numbers."""
    return plotting.scatter(PANELS[panel], **{"yaxis": f"y{UPRIGHT[panel]}", **style})


def upright(panel: int, x: float, **style: Any) -> Trace:
    """A line over the whole height of a panel, whatever its axis shows."""
    return plotting.upright(PANELS[panel], x, WHOLE_HEIGHT, **style)


def curve(panel: int, scale: Scale, lams: Array, y: Array, name: str, **style: Any) -> list[Trace]:
    """A line, and a mark at λ = 0, which a click in the legend hides with it."""
    line, x = style.pop("line"), scale.place(lams)
    symbol = style.pop("symbol", "circle")
    drawn = scatter(
        panel,
        name=name,
        legendgroup=name,
        x=parted(x),
        y=parted(y),
        customdata=parted(lams),
        mode="lines",
        line={"width": 2.4, **line},
        hovertemplate=hover("λ = %{customdata:.3g}: %{y:.4g}", name),
        **style,
    )
    group = {"legendgroup": name, **style}
    dot = {"color": line["color"], "size": 7, "symbol": symbol}
    return [drawn, dots_at_zero(panel, x, y[:1], dot, **group)]


def dots_at_zero(panel: int, x: Array, y: Array, marker: Mapping[str, Any], **style: Any) -> Trace:
    """What is seen at λ = 0 of lines with a gap after it; the pointer reads the lines.

    As markers of the lines they would bring an unseen one at every other point, and each of these
    costs the browser as much as one that is seen.
    """
    given = {"mode": "markers", "marker": {"opacity": 1, "line": {"width": 0}, **marker}}
    return scatter(
        panel,
        x=np.full(len(y), x[0], dtype=np.float32),
        y=y.astype(np.float32),
        **given,
        **style | {"hoverinfo": "skip", "showlegend": False},
    )


def parted(values: Array) -> NDArray[np.float32]:
    """Values over λ, the first of them at 0, with a gap after it; as many digits as one can see."""
    return np.insert(values, 1, np.nan).astype(np.float32)


def labelled(inside: NDArray[np.bool_]) -> dict[str, bool]:
    """The legend names a trace only where a point of it is seen."""
    return {"showlegend": bool(inside.any())}


def positive(values: Array) -> Array:
    """A logarithmic axis has no place for 0: a gap."""
    return np.where(values > 0, values, np.nan)
