"""The picture of a run as it opens: the curves of the question alone, their names at their ends."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from pages.shared.axes import log_axis
from pages.shared.palette import BACKGROUND
from pages.shared.plotting import Plain, Series, Trace
from pages.shared.words import say, tell

# Of the height of the picture: names do not stand closer.
APART = 0.06
# What the names take beside the picture, and how long they may be for it.
ROOM, LONGEST = 176, 26
# Of the width: a name has room to the right of a curve that ends before here.
EARLY = 0.7
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
    alt, narrow = tell("Over the epochs: {curves}.", curves="; ".join(names)), NARROW
    drawn = list(_drawn(traces, series, full["yaxis"].get("range")))
    if drawn:
        layout["yaxis"] |= _steady(log_axis(value for _, values, _ in drawn for value in values))
    ends = [(trace, values) for trace, values, to_the_end in drawn if to_the_end]
    if len(ends) == len(names) and max(map(len, names)) <= LONGEST:
        layout |= {"showlegend": False, "margin": {**full["margin"], "r": ROOM, "t": 24}}
        shares = {trace["name"]: _share(trace, series, axis["range"]) for trace, _ in ends}
        beside = [
            _name(trace, place, shares[trace["name"]])
            for early in (False, True)
            for trace, place in _placed(
                [end for end in ends if (shares[end[0]["name"]] < 1) == early],
                layout["yaxis"]["range"],
            )
        ]
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


def _drawn(
    traces: Sequence[Trace], series: Series, limits: Sequence[float] | None
) -> Iterator[tuple[Trace, Values, bool]]:
    """The traces that are seen, what of each lies within these powers of ten, and if to its end."""
    for trace in traces:
        if limits is None or trace.get("visible") is False:
            continue
        values = series[trace["meta"]["series"]] if "meta" in trace else trace["y"]
        within = [v for v in values if v and limits[0] <= math.log10(v) <= limits[1]]
        if within:
            yield trace, within, values[-1] == within[-1]


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


def _share(trace: Trace, series: Series, epochs: Sequence[float]) -> float:
    """Of the width of the picture, what a curve takes: a run beside a longer one ends early."""
    x = series["epoch"] if "meta" in trace else trace["x"]
    first, last = epochs
    return (float(x[-1] or 0) - first) / (last - first)


def _name(trace: Trace, place: float, share: float) -> Plain:
    """The name of a curve: beside the picture, or in it, where the curve ends before its edge."""
    name = {
        "text": say("{name}", name=trace["name"]),
        "font": {"color": trace["line"]["color"]},
        "x": share,
        "xref": "x domain",
        "xanchor": "left",
        "xshift": 6,
        "y": place,
        "yref": "y",
        "yanchor": "middle",
        "showarrow": False,
    }
    if share == 1:
        return name
    inside = name | {"bgcolor": BACKGROUND}  # what goes on behind would strike it through
    if share < EARLY:
        return inside
    return inside | {"xanchor": "right", "xshift": 0, "yanchor": "bottom", "yshift": 4}
