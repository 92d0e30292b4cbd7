"""The picture of a run as it opens: the curves of the question alone, their names at their ends."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from pages.shared.axes import log_axis
from pages.shared.plotting import Plain, Series, Trace

# Of the height of the picture: names do not stand closer.
APART = 0.06
# What the names take beside the picture, and how long they may be for it.
ROOM, LONGEST = 176, 26
# Of a decade.
PARTS = 4
# On a phone a legend above the picture names the curves.
NARROW: Plain = {"height": 430, "margin.t": 88, "showlegend": True}

Values = Sequence[float]


def first(figure: Plain, series: Series, names: Collection[str]) -> Plain:
    """The same figure with the traces of these names alone, in one panel that has all the room."""
    traces = [t if t["name"] in names else {**t, "visible": False} for t in figure["data"]]
    full = figure["layout"]
    axis = {key: value for key, value in full["xaxis2"].items() if key != "domain"}
    layout = {
        **full,
        "uirevision": "first",
        "xaxis": {**axis, "domain": [0.0, 1.0], "anchor": "y"},
        "yaxis": {**full["yaxis"], "domain": [0.0, 1.0]},
        "xaxis2": {**full["xaxis2"], "visible": False},
        "yaxis2": {**full["yaxis2"], "visible": False},
    }
    alt, narrow = f"Over the epochs: {'; '.join(names)}.", NARROW
    ends = list(_ends(traces, series, full["yaxis"].get("range")))
    if ends:
        layout["yaxis"] |= _steady(log_axis(value for _, values in ends for value in values))
    if len(ends) == len(names) and max(map(len, names)) <= LONGEST:
        layout |= {"showlegend": False, "margin": {**full["margin"], "r": ROOM, "t": 24}}
        beside = [_name(*placed) for placed in _placed(ends, layout["yaxis"]["range"])]
        notes = full.get("annotations", [])
        narrow = {**narrow, "annotations": notes}
        layout["annotations"] = [*notes, *beside]
    layout["meta"] = {**full["meta"], "alt": alt, "narrow": narrow}
    return {"data": traces, "layout": layout}


def _steady(axis: Plain) -> Plain:
    """An axis that stays where it is while a curve moves a little: by whole parts of a decade."""
    low, high = axis["range"]
    if high - low < 1:
        return axis
    return axis | {"range": [math.floor(PARTS * low) / PARTS, math.ceil(PARTS * high) / PARTS]}


def _ends(
    traces: Sequence[Trace], series: Series, limits: Sequence[float] | None
) -> Iterator[tuple[Trace, Values]]:
    """The traces that are seen, with what of them lies within these powers of ten."""
    for trace in traces:
        if limits is None or trace.get("visible") is False:
            continue
        values = series[trace["meta"]["series"]] if "meta" in trace else trace["y"]
        within = [v for v in values if v and limits[0] <= math.log10(v) <= limits[1]]
        if within and values[-1] == within[-1]:
            yield trace, within


def _placed(
    ends: Sequence[tuple[Trace, Values]], limits: Sequence[float]
) -> Iterator[tuple[Trace, float]]:
    """Where each name stands, in log₁₀: at the end of its curve, and on no other name."""
    gap = APART * (limits[1] - limits[0])
    lowest = limits[0]
    places = []
    for trace, values in sorted(ends, key=lambda end: end[1][-1]):
        lowest = max(lowest + gap, math.log10(values[-1]))
        places.append((trace, lowest))
    highest = limits[1]
    for trace, place in reversed(places):
        highest = min(highest, place)
        yield trace, highest
        highest -= gap


def _name(trace: Trace, place: float) -> Plain:
    return {
        "text": trace["name"],
        "font": {"color": trace["line"]["color"]},
        "x": 1,
        "xref": "x domain",
        "xanchor": "left",
        "xshift": 6,
        "y": place,
        "yref": "y",
        "yanchor": "middle",
        "showarrow": False,
    }
