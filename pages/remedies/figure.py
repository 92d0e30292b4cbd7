"""Test losses by remedy, a dot for each draw; in plain JSON."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages.shared.axes import LOG, log_axis, title
from pages.shared.palette import GREY, TEST, TEXT, faint
from pages.shared.plotting import Plain, Trace, hover, layout, note, scatter, stroke, upright
from pages.shared.words import tell
from wd_core.arrays import Array

PANEL = ""
# How far a median's bar reaches up and down, and the dots stand off its row.
BAR, OFF = 0.3, 0.16
WIDTH = 16


def whole(losses: Array, median: Array, band: Array, constant: float, rows: Sequence[str]) -> Plain:
    """The figure of losses [S, 6], the first draw marked; the first remedy stands on top."""
    heights = np.arange(len(rows), 0, -1.0)
    ends = (0.4, len(rows) + 0.75)
    figure = layout(
        "remedies",
        tell(
            "The loss on new examples without a remedy and with each of five, a dot for every draw "
            "of the data, a bar at the median."
        ),
        height=470,
        margin={"l": 160, "r": 16, "t": 28, "b": 52},
        narrow={"height": 480, "margin.l": 136},
        uirevision="remedies",
        showlegend=False,
        annotations=[
            note(
                PANEL,
                tell("predicting the mean"),
                x=float(np.log10(constant)),
                y=1.0,
                xref="x",
                yanchor="bottom",
            )
        ],
    )
    figure["xaxis"] = {
        **LOG,
        **log_axis([*losses.ravel().tolist(), constant]),
        "title": title(tell("loss of new examples")),
    }
    figure["yaxis"] = {
        "range": list(ends),
        "tickvals": heights.tolist(),
        "ticktext": list(rows),
        "showgrid": False,
        "zeroline": False,
    }
    return {"data": list(_traces(losses, median, band, constant, heights, ends)), "layout": figure}


def _traces(
    losses: Array,
    median: Array,
    band: Array,
    constant: float,
    heights: Array,
    ends: tuple[float, float],
) -> list[Trace]:
    draws, rows = losses.shape
    off = OFF * np.where(np.arange(draws) % 2, 1, -1)[:, None]
    gaps = np.full(rows, np.nan)
    return [
        upright(PANEL, constant, ends, line=stroke(TEXT, "dot", 1.2), opacity=0.75),
        upright(PANEL, float(median[0]), ends, line=stroke(TEST, "dash", 1.2), opacity=0.75),
        scatter(
            PANEL,
            x=np.column_stack([*band, gaps]).ravel(),
            y=np.repeat(heights, 3),
            mode="lines",
            name=tell("middle of the draws"),
            hoverinfo="skip",
            line=stroke(faint(TEST, 0.22), width=WIDTH),
        ),
        scatter(
            PANEL,
            x=losses[1:].ravel(),
            y=(heights + off[1:]).ravel(),
            mode="markers",
            name=tell("a draw"),
            marker={"color": GREY, "size": 5, "symbol": "circle-open"},
            hovertemplate=hover("%{x:.3g}", tell("a draw")),
        ),
        scatter(
            PANEL,
            x=np.column_stack([median, median, gaps]).ravel(),
            y=np.column_stack([heights - BAR, heights + BAR, gaps]).ravel(),
            mode="lines",
            name=tell("median"),
            line=stroke(TEST, width=3.5),
            hovertemplate=hover("%{x:.3g}", tell("median")),
        ),
        scatter(
            PANEL,
            x=losses[0],
            y=heights,
            mode="markers",
            name=tell("marked draw"),
            marker={"color": TEXT, "size": 9, "symbol": "diamond-open", "line": {"width": 2}},
            hovertemplate=hover("%{x:.3g}", tell("marked draw")),
        ),
    ]
