"""The curves that an edition plots beside the half mean square, in plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.shared.axes import LOG
from pages.shared.palette import TEST, TRAIN
from pages.shared.plotting import (
    MARKS,
    Plain,
    Trace,
    arrange,
    hover,
    layout,
    legend,
    panel_at,
    rearranged,
    scatter,
    stroke,
)
from pages.shared.words import Names, label, tell
from wd_core.arrays import Array

STYLES = {"train": (TRAIN, "solid", "circle-open"), "test": (TEST, "dash", "square-open")}
PLOTTED = Names({"train": label("train, as plotted"), "test": label("test, as plotted")})
ALONE = Names(
    {
        "train": label("train, half mean square alone"),
        "test": label("test, half mean square alone"),
    }
)
# Where the panels lie: side by side, and on a phone one above the other.
SIDES = (((0.0, 0.46), (0.0, 1.0)), ((0.54, 1.0), (0.0, 1.0)))
ABOVE = (((0.0, 1.0), (0.58, 1.0)), ((0.0, 1.0), (0.0, 0.42)))


@dataclass(frozen=True, eq=False)
class Panel:
    """One code: its title, epochs [E], and the losses [E] alone and as it plots them."""

    title: str
    epoch: Array
    alone: dict[str, Array]
    plotted: dict[str, Array]


def plots(panels: Sequence[Panel], filename: str) -> Plain:
    """A panel for each code, over epochs: what it plots, and the half mean square alone."""
    traces = [
        _curve(panel, k, part, plotted)
        for k, panel in enumerate(panels)
        for part in STYLES
        for plotted in (True, False)
    ]
    axes: Plain = {}
    for k, panel in enumerate(panels):
        axes[f"xaxis{panel_at(k)}"] = {
            "range": [0, float(panel.epoch[-1])],
            "zeroline": False,
            "title": {"text": tell("epoch, {code}", code=panel.title)},
        }
        first = {"title": {"text": tell("loss")}} if k == 0 else {"matches": "y"}
        axes[f"yaxis{panel_at(k)}"] = {**LOG, "dtick": 1, **first}
    places = [panel_at(k) for k in range(len(panels))]
    arrange(axes, dict(zip(places, SIDES, strict=False)))
    figure = layout(
        filename,
        tell("The losses over epochs as each code plots them, and without its additions."),
        height=400,
        margin={"l": 80, "r": 27, "t": 48, "b": 56},
        narrow={"height": 700, "margin.t": 120}
        | rearranged(dict(zip(places, ABOVE, strict=False))),
        uirevision=filename,
        legend=legend(1.02),
        **axes,
    )
    return {"data": traces, "layout": figure}


def _curve(panel: Panel, place: int, part: str, plotted: bool) -> Trace:
    colour, dash, symbol = STYLES[part]
    name = (PLOTTED if plotted else ALONE)[part]
    return scatter(
        panel_at(place),
        name=name,
        x=panel.epoch,
        y=(panel.plotted if plotted else panel.alone)[part],
        mode="lines+markers" if plotted else "lines",
        line=stroke(colour, dash, 1.6),
        marker={"color": colour, "symbol": symbol, "size": 8, "maxdisplayed": MARKS},
        legendgroup=name,
        showlegend=place == 0,
        hovertemplate=hover(tell("epoch %{{x}}: %{{y:.4g}}"), name),
    )
