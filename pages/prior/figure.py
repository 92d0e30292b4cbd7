"""Likelihood, prior and posterior side by side, in plain JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from pages.shared.axes import border, title
from pages.shared.palette import LEVEL, OPTIMUM, PENALTY, TEXT
from pages.shared.plotting import (
    Plain,
    Trace,
    arrange,
    heading,
    hover,
    layout,
    legend,
    rearranged,
    scatter,
    stroke,
)
from pages.shared.words import tell
from wd_core.arrays import Array

LIKELIHOOD, PRIOR, POSTERIOR = PANELS = ("", "2", "3")
DOMAINS = {
    panel: ((0.35 * place, 0.3 + 0.35 * place), (0.0, 1.0)) for place, panel in enumerate(PANELS)
}
NARROW_DOMAINS = {
    panel: ((0.0, 1.0), (0.72 - 0.36 * place, 1.0 - 0.36 * place))
    for place, panel in enumerate(PANELS)
}
# The further out a line, the thinner.
STROKES = (2.6, 1.8, 1.1)
# Beyond what has to be in view, in shares of it; and how many of a likelihood's lines have to be.
ROOM, IN_VIEW = 0.08, 2
# So have to be weights about zero, where every prior has its peak.
ABOUT_ZERO = 0.5 * np.array([[-1.0, -1.0], [1.0, 1.0]])


def box(points: Sequence[Array]) -> tuple[tuple[float, float], tuple[float, float]]:
    """The smallest square around these points [P, 2], with some room."""
    every = np.concatenate(points)
    low, high = every.min(0), every.max(0)
    half = (0.5 + ROOM) * float((high - low).max())
    middle = (low + high) / 2
    (left, right), (below, above) = ((m - half, m + half) for m in middle.tolist())
    return (left, right), (below, above)


def whole(
    likelihood: Sequence[Array],
    shape: Array,
    data_alone: Array,
    true: Array,
    name: str,
) -> Plain:
    """The figure; `shape`: a level set of the prior, which the browser widens."""
    across, upwards = box([*likelihood[:IN_VIEW], ABOUT_ZERO, true[None]])
    figure = layout(
        "prior",
        tell("Level sets of likelihood, prior and posterior of two weights, each with its peak."),
        height=430,
        margin={"l": 72, "r": 16, "t": 84, "b": 52},
        narrow={
            "height": 1200,
            "margin.t": 120,
            "legend.y": 1.035,
            **rearranged(NARROW_DOMAINS),
            **{f"yaxis{panel}.showticklabels": True for panel in (PRIOR, POSTERIOR)},
        },
        uirevision=f"prior {name}",
        legend=legend(1.12),
        annotations=[
            heading(LIKELIHOOD, tell("what the data say")),
            heading(PRIOR, tell("× what was believed before")),
            heading(POSTERIOR, tell("= both together")),
        ],
    )
    for panel in PANELS:
        figure[f"xaxis{panel}"] = border(
            range=list(across), nticks=5, title=title(tell("weight 1"))
        )
        figure[f"yaxis{panel}"] = border(
            range=list(upwards), nticks=5, showticklabels=panel == LIKELIHOOD
        )
        figure[f"yaxis{panel}"] |= {"scaleanchor": f"x{panel}", "constrain": "domain"}
    figure["yaxis"] |= {"title": title(tell("weight 2"))}
    arrange(figure, DOMAINS)
    return {"data": list(_traces(likelihood, shape, data_alone, true)), "layout": figure}


def _traces(
    likelihood: Sequence[Array], shape: Array, data_alone: Array, true: Array
) -> Iterator[Trace]:
    for place, (line, width) in enumerate(zip(likelihood, STROKES, strict=True)):
        yield _line(LIKELIHOOD, line, LEVEL, "solid", width)
        yield _line(PRIOR, shape, PENALTY, "dash", width, f"prior {place}")
        yield _line(POSTERIOR, line, OPTIMUM, "solid", width, f"posterior {place}")
    for panel in (LIKELIHOOD, POSTERIOR):
        first = panel == LIKELIHOOD
        yield _point(
            panel, data_alone, tell("what the data alone say"), LEVEL, "cross", legend=first
        )
        yield _point(panel, true, tell("true weights"), TEXT, "star-open", legend=first)
    yield _point(PRIOR, np.zeros(2), tell("peak of the prior"), PENALTY, "square", legend=True)
    yield _point(POSTERIOR, data_alone, tell("most probable"), OPTIMUM, "diamond", legend=True) | {
        "meta": {"moves": "mode"}
    }


def _line(
    panel: str, points: Array, colour: str, dash: str, width: float, moves: str = ""
) -> Trace:
    own: dict[str, Any] = {"meta": {"moves": moves}} if moves else {}
    return scatter(
        panel,
        x=points[:, 0],
        y=points[:, 1],
        mode="lines",
        name=moves or "likelihood",
        showlegend=False,
        hoverinfo="skip",
        line=stroke(colour, dash, width),
        **own,
    )


def _point(panel: str, at: Array, name: str, colour: str, symbol: str, *, legend: bool) -> Trace:
    return scatter(
        panel,
        x=[float(at[0])],
        y=[float(at[1])],
        mode="markers",
        name=name,
        legendgroup=name,
        showlegend=legend,
        marker={"color": colour, "size": 11, "symbol": symbol},
        hovertemplate=hover("%{x:.3g}, %{y:.3g}", name),
    )
