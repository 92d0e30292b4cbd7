"""Heat maps of test loss over η and λ as a Plotly figure; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pages.map.figure.axes import Frame, Plain, domains, on, refs, suffix
from pages.map.figure.overlays import CASING, Map, overlays
from pages.map.words.legend import CHOSEN, CONSTANT
from pages.shared.numbers import plain
from pages.shared.palette import TEXT
from pages.shared.words import say
from wd_core.arrays import Array

# The colours end at this quantile of the losses: what is on its way to diverge has no top.
TOP = 0.9
# By rows of panels, and on a phone by optimizers: what the first takes, and each.
HEIGHT, NARROW_HEIGHT = (260, 240), (330, 250)
# Colours over more decades than this are ticked at powers of ten, over fewer than the other evenly.
FEW_DECADES, NARROW = 1.5, 0.8
# Below the panels; of it for the colour bar and its numbers.
BELOW, BAR = 116, 40
BETWEEN = "no cell: between λ = 0 and the smallest λ > 0"


@dataclass(frozen=True)
class Chosen:
    """The present run: its panel (None: it has none), η, λ as the rows have it, and ηλ."""

    panel: int | None
    lr: float
    strength: float
    shrink: float


def traces(maps: Sequence[Map]) -> list[Plain]:
    """Everything that follows from the runs: it is sent again whenever cells have come."""
    span = _span([m.losses for m in maps])
    drawn = []
    for place, m in enumerate(maps):
        parts = [
            _heat(m, span) | {"showscale": place == 0},
            *overlays(m),
        ]
        drawn += [part | on(place) for part in parts]
    return _named_once(drawn)


def legend(figure: Plain) -> frozenset[str]:
    """What lies over the colours, by LOST, FULL, ...: that the legend names."""
    parts = [*figure["data"], *figure["layout"]["shapes"]]
    return frozenset(str(part["legendgroup"]) for part in parts if part.get("showlegend"))


def layout(frames: Sequence[Frame], optimizers: int, chosen: Chosen) -> Plain:
    """Axes, titles, and the present run; the panels are all coupled ones, then the decoupled."""
    columns = max(optimizers, 2)  # a single optimizer has its two panels beside each other
    rows = len(frames) // columns
    figure: Plain = {
        "template": "none",
        "height": HEIGHT[0] + HEIGHT[1] * rows,
        "margin": {"l": 60, "r": 16, "t": 100, "b": BELOW},
        "hovermode": "closest",
        "dragmode": False,
        "uirevision": repr([(frame.title, *frame.x_edges, *frame.y_edges) for frame in frames]),
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "font": {"size": 12},
            "y": 1,
            "yanchor": "top",
            "yref": "container",
        },
        "annotations": _titles(frames, 13),
        "shapes": _shapes(frames, chosen),
        "meta": {
            "filename": "learning-rate-weight-decay",
            "alt": "Heat maps of the final test loss over learning rate and weight decay.",
            "clicks": "panels",
            "narrow": _narrow(frames, optimizers),
        },
    }
    # over λ and over λ′ beside each other
    named = any(a.by_step != b.by_step for a, b in pairwise(frames[:columns]))
    places = domains(rows, columns, named=named)
    for place, (frame, (x, y)) in enumerate(zip(frames, places, strict=True)):
        across, up = frame.axes(place).items()
        title = f"weight decay {'λ′ = ηλ' if frame.by_step else 'λ'}"
        first = place % columns == 0 or named
        figure[across[0]] = across[1] | {
            "domain": x,
            "title": _named("learning rate η" if place // columns == rows - 1 else ""),
        }
        figure[up[0]] = up[1] | {
            "domain": y,
            "title": _named(title if first else ""),
        }
    return figure


def _named(text: str) -> Plain:
    """The title of an axis, close to its numbers."""
    return {"text": text, "standoff": 4, "font": {"size": 13}}


def _narrow(frames: Sequence[Frame], optimizers: int) -> Plain:
    """On a phone coupled and decoupled lie beside each other, the optimizers below each other."""
    places = domains(optimizers, 2, narrow=True)
    height = NARROW_HEIGHT[0] + NARROW_HEIGHT[1] * optimizers
    fitted: Plain = {"height": height, "margin.t": 215}
    fitted["annotations"] = _titles(frames, 11, "<br>&nbsp;")  # the note has its own line
    for panel, frame in enumerate(frames):
        kind, row = divmod(panel, optimizers)
        x, y = places[2 * row + kind]
        ticks = frame.axes(panel)[f"xaxis{suffix(panel)}"]
        fitted |= {
            f"xaxis{suffix(panel)}.domain": x,
            f"xaxis{suffix(panel)}.title": _named("η" if row == optimizers - 1 else ""),
            f"xaxis{suffix(panel)}.tickvals": ticks["tickvals"][::2],
            f"xaxis{suffix(panel)}.ticktext": ticks["ticktext"][::2],
            f"yaxis{suffix(panel)}.domain": y,
            f"yaxis{suffix(panel)}.title": _named(""),
        }
    return fitted


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
        "zmin": span[0],
        "zmax": span[1],
        "colorscale": "Cividis",
        "reversescale": True,
        "hoverongaps": True,  # a diverged cell has a text, too
        "hovertemplate": "still coming<extra></extra>",
        "colorbar": _bar(span),
    }
    if m.hover is not None:
        trace["text"] = [m.hover[0], [BETWEEN] * len(m.lr), *m.hover[1:]]
        trace["hovertemplate"] = "%{text}<extra></extra>"
    return trace


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
    common = {"xanchor": "left", "yanchor": "bottom", "showarrow": False, "font": {"size": size}}
    above = [
        {
            "text": frame.title.replace(", ", "<br>") + end,
            "align": "left",
            "x": 0,
            "y": 1,
            **{key: f"{ref} domain" for key, ref in refs(place).items()},
            **common,
        }
        for place, frame in enumerate(frames)
    ]
    colours = {
        "text": "final test loss: the darker, the worse",
        "x": 0.5,
        "y": 0,
        "xref": "paper",
        "yref": "paper",
        "yshift": BAR - BELOW,
        **common,
        "xanchor": "center",
    }
    return [*above, colours]


def _shapes(frames: Sequence[Frame], chosen: Chosen) -> list[Plain]:
    """The line of the present ηλ in every panel, and a frame of one cell around the present run."""
    shapes = [
        part | refs(place)
        for place, frame in enumerate(frames)
        for part in _constant(frame, chosen.shrink)
    ]
    if chosen.panel is not None:
        around = _around(frames[chosen.panel], chosen)
        shapes += [part | refs(chosen.panel) for part in around]
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
        box | {"line": {"color": TEXT, "width": 3}, "name": CHOSEN, "legendgroup": CHOSEN},
    ]
