"""Heat maps of test loss over η and λ as a Plotly figure; no Streamlit."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pages.map.figure.axes import Frame, boxes
from pages.map.figure.overlays import CASING, Map, overlays
from pages.map.words.legend import CHOSEN, CONSTANT, LOST
from pages.shared import plotting
from pages.shared.axes import title
from pages.shared.numbers import plain
from pages.shared.palette import SCALE, TEXT
from pages.shared.plotting import (
    Plain,
    Trace,
    arrange,
    heading,
    hover,
    on,
    over,
    panel_at,
    rearranged,
)
from pages.shared.words import label, say, tell, told
from wd_core.arrays import Array

# The colours end at this quantile of the losses: what is on its way to diverge has no top.
TOP = 0.9
# By rows of panels, and on a phone by optimizers: what the first takes, and each.
HEIGHT, NARROW_HEIGHT = (276, 240), (375, 290)
# Colours over more decades than this are ticked at powers of ten, over fewer than the other evenly.
FEW_DECADES, NARROW = 1.5, 0.8
# Below the panels; of it for the colour bar and its numbers.
BELOW, BAR = 116, 40
# Between the parts of a title; Chinese has one of its own.
COMMA = re.compile(r", |，")
BETWEEN = label("no cell: between λ = 0 and the smallest λ > 0")


@dataclass(frozen=True)
class Chosen:
    """The present run: its panel (None: it has none), η, λ as the rows have it, and ηλ."""

    panel: int | None
    lr: float
    strength: float
    shrink: float


def traces(maps: Sequence[Map]) -> list[Trace]:
    """Everything that follows from the runs: it is sent again whenever cells have come."""
    span = _span([m.losses for m in maps])
    drawn: list[Trace] = []
    for place, m in enumerate(maps):
        panel = panel_at(place)
        drawn += [_heat(m, span) | on(panel) | {"showscale": place == 0}, *overlays(m, panel)]
    return _named_once(drawn)


def legend(figure: Plain) -> frozenset[str]:
    """What lies over the colours, by LOST, FULL, ...: that the legend names."""
    parts = [*figure["data"], *figure["layout"]["shapes"]]
    return frozenset(str(part["legendgroup"]) for part in parts if part.get("showlegend"))


def layout(frames: Sequence[Frame], optimizers: int, chosen: Chosen) -> Plain:
    """Axes, titles, and the present run; the panels are all coupled ones, then the decoupled."""
    columns = max(optimizers, 2)  # a single optimizer has its two panels beside each other
    rows = len(frames) // columns
    figure = plotting.layout(
        "learning-rate-weight-decay",
        tell("Heat maps of the final test loss over learning rate and weight decay."),
        height=HEIGHT[0] + HEIGHT[1] * rows,
        margin={"l": 66, "r": 18, "t": 116, "b": BELOW},
        narrow=_narrow(frames, optimizers),
        least=0.68,  # so that the bar of colours is seen at once
        clicks="panels",
        dragmode=False,
        uirevision=repr([(frame.title, *frame.x_edges, *frame.y_edges) for frame in frames]),
        legend=plotting.legend(1, yanchor="top", yref="container"),
        annotations=_titles(frames, 13),
        shapes=_shapes(frames, chosen),
    )
    # over λ and over λ′ beside each other
    named = any(a.by_step != b.by_step for a, b in pairwise(frames[:columns]))
    for place, frame in enumerate(frames):
        # the same η above each other are named once, and leave the titles below them their room
        lowest = place // columns == rows - 1
        below = tell("learning rate η") if lowest else ""
        beside = tell("weight decay λ′ = ηλ") if frame.by_step else tell("weight decay λ")
        first = place % columns == 0 or named
        figure[f"xaxis{panel_at(place)}"] = frame.across | {
            "title": title(below),
            "showticklabels": lowest,
        }
        figure[f"yaxis{panel_at(place)}"] = frame.upwards | {
            "title": title(beside if first else "")
        }
    places = boxes(rows, columns, named=named)
    arrange(figure, {panel_at(place): box for place, box in enumerate(places)})
    return figure


def _narrow(frames: Sequence[Frame], optimizers: int) -> Plain:
    """On a phone coupled and decoupled lie beside each other, the optimizers below each other."""
    places = boxes(optimizers, 2, narrow=True)
    height = NARROW_HEIGHT[0] + NARROW_HEIGHT[1] * optimizers
    fitted: Plain = {"height": height, "margin.t": 260}
    fitted["annotations"] = _titles(frames, 11, 4 * "<br>&nbsp;")  # the note has lines of its own
    domains = {}
    for place, frame in enumerate(frames):
        kind, row = divmod(place, optimizers)
        panel, ticks = panel_at(place), frame.across
        domains[panel] = places[2 * row + kind]
        fitted |= {
            f"xaxis{panel}.title": title("η" if row == optimizers - 1 else ""),
            f"xaxis{panel}.showticklabels": True,
            f"xaxis{panel}.tickvals": ticks["tickvals"][::2],
            f"xaxis{panel}.ticktext": ticks["ticktext"][::2],
            f"yaxis{panel}.title": title(""),
        }
    return fitted | rearranged(domains)


def _named_once(drawn: Sequence[Plain]) -> list[Plain]:
    """The legend names what has a name at its first appearance, and hides all of it together."""
    named: set[str] = set()
    for trace in drawn:
        name = trace.get("name")
        trace["showlegend"] = name is not None and name not in named
        if name is not None:
            named.add(name)
    return list(drawn)


def _span(losses: Sequence[Array]) -> tuple[float, float]:
    """The decimal logarithms between which the colours run."""
    known = np.concatenate([part[np.isfinite(part) & (part > 0)] for part in losses])
    if len(known) == 0:
        return -2.0, 0.0
    low, high = np.log10([known.min(), np.quantile(known, TOP)]).tolist()
    return low, max(high, low + 0.02)


def _heat(m: Map, span: tuple[float, float]) -> Plain:
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.maximum(np.log10(m.losses), span[0])  # 0 is no worse than the best
    gap = np.full((1, len(m.lr)), np.nan)
    trace: Plain = {
        "type": "heatmap",
        "x": m.x_edges,
        "y": m.y_edges,
        "z": np.concatenate([z[:1], gap, z[1:]]),
        "meta": _cells(m),
        "zmin": span[0],
        "zmax": span[1],
        "colorscale": SCALE,
        "reversescale": True,
        "hoverongaps": True,  # a diverged cell has a text, too
        "hovertemplate": hover(tell("not trained yet")),
        "colorbar": _bar(span),
    }
    if m.hover is not None:
        trace["text"] = [m.hover[0], [told(BETWEEN)] * len(m.lr), *m.hover[1:]]
        trace["hovertemplate"] = hover("%{text}")
    return trace


def _cells(m: Map) -> Plain:
    """What is said of the cells elsewhere: their η and λ, what they hold, or there is instead."""
    lost = [[told(LOST) if cell else None for cell in row] for row in m.diverged]
    none = [None] * len(m.lr)
    return {
        "across": m.lr,
        "upwards": [float(m.strength[0]), None, *m.strength[1:].tolist()],
        "instead": [lost[0], none, *lost[1:]],
        "measure": tell("final test loss"),
    }


def _bar(span: tuple[float, float]) -> Plain:
    at = round_numbers(*span)
    return {
        "orientation": "h",
        "x": 0.5,
        "xanchor": "center",
        "len": 0.9,
        "thickness": 12,
        "y": 0,
        "yref": "container",
        "yanchor": "bottom",
        "outlinewidth": 0,
        "tickvals": np.log10(at),
        "ticktext": [plain(x) for x in at],
    }


def round_numbers(low: float, high: float) -> list[float]:
    """A few round numbers between two that are given as decimal logarithms."""
    if high - low < NARROW:
        return _even(10**low, 10**high)
    few = high - low <= FEW_DECADES
    powers = range(math.floor(low), math.ceil(high) + 1)
    every = 1 if few else max(1, round((high - low) / 5))
    numbers = [
        float(f"{digit}e{k}") for k in powers[::every] for digit in ((1, 2, 5) if few else (1,))
    ]
    return [x for x in numbers if low - 1e-9 <= math.log10(x) <= high + 1e-9]


def _even(least: float, most: float) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten, some four of them."""
    wanted = (most - least) / 4
    power = math.floor(math.log10(wanted))
    step = min((d * 10.0**power for d in (1, 2, 5, 10)), key=lambda s: abs(math.log(s / wanted)))
    first, last = math.ceil(least / step), math.floor(most / step)
    return [float(f"{step * k:.6g}") for k in range(first, last + 1)]


def _titles(frames: Sequence[Frame], size: int, end: str = "") -> list[Plain]:
    """Optimizer and kind of decay above each panel, and what the colours are."""
    above = [
        heading(
            panel_at(place),
            COMMA.sub("<br>", frame.title) + end,
            align="left",
            y=1,
            font={"size": size},
        )
        for place, frame in enumerate(frames)
    ]
    paper = {"xref": "paper", "yref": "paper", "y": 0, "yshift": BAR - BELOW}
    text = tell("final test loss: darker is worse")
    return [*above, heading("", text, x=0.5, xanchor="center", **paper, font={"size": size})]


def _shapes(frames: Sequence[Frame], chosen: Chosen) -> list[Plain]:
    """The line of the present ηλ in every panel, and a frame of one cell around the present run."""
    shapes = [
        part | over(panel_at(place))
        for place, frame in enumerate(frames)
        for part in _constant(frame, chosen.shrink)
    ]
    if chosen.panel is not None:
        around = _around(frames[chosen.panel], chosen)
        shapes += [part | over(panel_at(chosen.panel)) for part in around]
    return _named_once(shapes)


def _constant(frame: Frame, shrink: float) -> list[Plain]:
    """Where ηλ is that of the present run: falling, or level where the rows are λ′ = ηλ."""
    if shrink <= 0:
        return []
    (left, right), height = frame.x_edges[[0, -1]].tolist(), float(np.log10(shrink))
    low, high = frame.y_edges[[2, -1]].tolist()
    ends = [(left, height), (right, height)]
    if not frame.by_step:
        at = np.clip([height - high, height - low], left, right).tolist()
        ends = [(x, height - x) for x in at]
    (x0, y0), (x1, y1) = ends
    if x0 == x1 or not low <= min(y0, y1) + 1e-9 or not max(y0, y1) <= high + 1e-9:
        return []
    line = {"type": "line", "x0": x0, "y0": y0, "x1": x1, "y1": y1}
    drawn = {"color": TEXT, "width": 2, "dash": "dash"}
    return [
        line | {"line": {"color": CASING, "width": 4}},
        line
        | {
            "line": drawn,
            "name": say("ηλ = {product}", product=shrink),
            "legendgroup": CONSTANT,
        },
    ]


def _around(frame: Frame, chosen: Chosen) -> list[Plain]:
    x, y = float(np.log10(chosen.lr)), float(frame.height(chosen.strength))
    wide, high = frame.width / 2, frame.depth / 2
    box = {"type": "rect", "x0": x - wide, "x1": x + wide, "y0": y - high, "y1": y + high}
    if not frame.holds(x, y):
        return []
    return [
        box | {"line": {"color": CASING, "width": 6}},
        box | {"line": {"color": TEXT, "width": 3}, "name": told(CHOSEN), "legendgroup": CHOSEN},
    ]
