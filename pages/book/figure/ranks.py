"""Where every printed number stands among the seeds, in plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pages.shared.palette import TEST, TEXT, TRAIN, faint
from pages.shared.plotting import Plain, Trace, hover, layout, legend, scatter
from pages.shared.words import tell

# Pixels of a row, and of what stands around all rows.
ROW, AROUND = 46, 110
# How far above its dots an edition's name stands, in rows.
ABOVE = 0.36
BAND = faint(TRAIN, 0.14)


@dataclass(frozen=True)
class Rank:
    """A printed number: its edition, what it is, the share of seeds below it, whether inside."""

    edition: str
    title: str
    share: float
    inside: bool


def ranks(given: Sequence[Rank], interval: tuple[float, float]) -> Plain:
    """The share of seeds that end below each printed number; a row for each edition."""
    names = list(dict.fromkeys(rank.edition for rank in given))
    rows = {name: -k for k, name in enumerate(names)}
    low, high = (100 * edge for edge in interval)
    bottom, top = 0.5 - len(names), 0.75

    def dots(name: str, inside: bool, marker: Plain) -> Trace:
        kept = [rank for rank in given if rank.inside == inside]
        return scatter(
            "",
            name=name,
            x=np.array([100 * rank.share for rank in kept]),
            y=np.array([rows[rank.edition] for rank in kept]),
            text=[f"{rank.edition}: {rank.title}" for rank in kept],
            mode="markers",
            marker=marker,
            hovertemplate=hover(tell("%{{text}}<br>%{{x:.3g}} % of the seeds end below it")),
        )

    traces = [
        scatter(
            "",
            name=tell("nine seeds in ten"),
            x=[low, high, high, low, low],
            y=[bottom, bottom, top, top, bottom],
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor=BAND,
            hoverinfo="skip",
        ),
        dots(tell("inside"), True, {"color": TEXT, "size": 10, "symbol": "circle-open"}),
        dots(tell("outside nine in ten"), False, {"color": TEST, "size": 13, "symbol": "diamond"}),
        scatter(
            "",
            x=[0] * len(names),
            y=[rows[name] + ABOVE for name in names],
            text=names,
            mode="text",
            textposition="middle right",
            textfont={"size": 12},
            showlegend=False,
            hoverinfo="skip",
        ),
    ]
    axis = {"zeroline": False, "showline": False}
    figure = layout(
        "book-every-edition",
        tell("Where every printed number stands among the seeds, a row for each edition."),
        height=AROUND + ROW * len(names),
        margin={"l": 18, "r": 24, "t": 48, "b": 56},
        uirevision="ranks",
        legend=legend(1.01),
        xaxis={
            **axis,
            "range": [-2, 102],
            "ticksuffix": " %",
            "title": {"text": tell("of the seeds end below it")},
        },
        yaxis={
            **axis,
            "range": [bottom, top],
            "tickvals": [*rows.values()],
            "showticklabels": False,
        },
    )
    return {"data": traces, "layout": figure}
