"""A histogram of what the seeds give for every printed number, in plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pages.shared.palette import PENALTY, TEST, TEXT, TRAIN
from pages.shared.plotting import (
    Domains,
    Plain,
    Trace,
    arrange,
    grid,
    hover,
    layout,
    legend,
    on,
    panel_at,
    rearranged,
    scatter,
    stroke,
)
from pages.shared.words import tell, tell_n
from wd_core.arrays import Array

BINS = 24
# A spread wider than this factor is drawn on a logarithmic axis.
WIDE = 4.0
COLUMNS, NARROW_COLUMNS = 4, 2
# Pixels of a panel, of its ticks and title beneath it, and of the legend above them all.
PANEL, BENEATH, ABOVE, NARROW_ABOVE = 140, 92, 36, 90
COLOURS = {"norm": PENALTY, "train": TRAIN, "test": TEST}


@dataclass(frozen=True, eq=False)
class Panel:
    """One number: what it is and where it lies, its colour's role, all seeds, one, as printed."""

    title: str
    verdict: str
    role: str
    all: Array
    interval: tuple[float, float]
    one: float
    printed: float | None


def spreads(panels: Sequence[Panel], seed: int, count: int, filename: str) -> Plain:
    """A histogram for every number, with the printed one and one seed on it."""
    columns = min(COLUMNS, len(panels))
    rows, narrow_rows = -(-len(panels) // columns), -(-len(panels) // NARROW_COLUMNS)
    traces: list[Trace] = []
    axes: Plain = {}
    for k, panel in enumerate(panels):
        traces += _panel(panel, panel_at(k), seed, count, first=k == 0)
        axes[f"xaxis{panel_at(k)}"] = _across(panel)
        axes[f"yaxis{panel_at(k)}"] = {
            "showticklabels": False,
            "ticks": "",
            "showgrid": False,
            "zeroline": False,
            "automargin": False,
        }
    arrange(axes, _domains(len(panels), columns, rows, 0.035))
    figure = layout(
        filename,
        tell("Histograms of what the seeds give, with the printed numbers marked."),
        height=ABOVE + (PANEL + BENEATH) * rows,
        margin={"l": 24, "r": 24, "t": ABOVE + 13, "b": BENEATH},
        narrow={
            "height": NARROW_ABOVE + (PANEL + BENEATH) * narrow_rows,
            "margin.t": NARROW_ABOVE,
            **{f"xaxis{panel_at(k)}.nticks": 3 for k in range(len(panels))},
            **rearranged(_domains(len(panels), NARROW_COLUMNS, narrow_rows, 0.06)),
        },
        bargap=0.05,
        uirevision=f"book {len(panels)}",
        legend=legend(1.02),
        **axes,
    )
    return {"data": traces, "layout": figure}


def _across(panel: Panel) -> Plain:
    """The axis of a number, with what it is and where it lies below it."""
    log = {"type": "log", "dtick": "D2", "tickformat": "~g"}
    linear = {"type": "linear", "nticks": 5, "tickformat": ".3~g"}
    text = f"{panel.title}<br><b>{panel.verdict}</b>"
    return {
        "title": {"text": text, "standoff": 6, "font": {"size": 13}},
        "zeroline": False,
        "tickfont": {"size": 12},
        **(log if _is_wide(panel) else linear),
    }


def _domains(count: int, columns: int, rows: int, gap: float) -> Domains:
    """Where so many panels lie."""
    boxes = grid(rows, columns, gap, BENEATH / ((PANEL + BENEATH) * rows - BENEATH))
    return {panel_at(k): box for k, box in enumerate(boxes[:count])}


def _is_wide(panel: Panel) -> bool:
    return bool(panel.all.min() > 0 and panel.all.max() > WIDE * panel.all.min())


def _panel(panel: Panel, mark: str, seed: int, count: int, *, first: bool) -> list[Trace]:
    values = np.log10(panel.all) if _is_wide(panel) else panel.all
    heights, edges = np.histogram(values, BINS)
    centres, widths = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    if _is_wide(panel):
        centres, widths = 10**centres, 10 ** edges[1:] - 10 ** edges[:-1]
    top, colour = float(heights.max()), COLOURS[panel.role]
    traces: list[Trace] = [
        {
            "type": "bar",
            **on(mark),
            "name": tell_n("{n} seed", "{n} seeds", count),
            "x": centres,
            "y": heights,
            "width": widths,
            "marker": {"color": colour, "opacity": 0.55, "line": {"width": 0}},
            "legendgroup": "seeds",
            "showlegend": first,
            "hovertemplate": hover(tell("%{{y}} seeds near %{{x:.4g}}")),
        },
        scatter(
            mark,
            name=tell("nine in ten"),
            x=list(panel.interval),
            y=[-0.06 * top] * 2,
            mode="lines+markers",
            line={"color": colour, "width": 5},
            marker={"symbol": "line-ns", "size": 9, "line": {"color": colour, "width": 2}},
            legendgroup="interval",
            showlegend=first,
            hovertemplate=hover("%{x:.4g}", tell("nine seeds in ten")),
        ),
        _line(
            mark, tell("seed {seed}", seed=seed), panel.one, 0.8 * top, "dot", "circle-open", first
        ),
    ]
    if panel.printed is not None:
        traces.append(
            _line(mark, tell("printed"), panel.printed, 1.12 * top, "solid", "diamond", first)
        )
    return traces


def _line(mark: str, name: str, x: float, top: float, dash: str, symbol: str, first: bool) -> Trace:
    return scatter(
        mark,
        name=name,
        x=[x, x],
        y=[0, top],
        mode="lines+markers",
        line=stroke(TEXT, dash, 2),
        marker={"color": TEXT, "size": [0, 10], "symbol": symbol},
        legendgroup=name,
        showlegend=first,
        hovertemplate=hover("%{x:.5g}", name),
    )
