"""The page's picture as a Plotly figure; no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pages.shared.palette import PENALTY, TEST, TEXT, TRAIN
from pages.shared.plotting import FEW_EPOCHS, MARKS, Series, Trace, log_axis

# Losses, norms, differences: what stands behind the names of their axes and legends.
PANELS = {1: "", 2: "2", 3: "3"}
# What stands in a panel of which every number is 0.
NOTHING = {1: "none: every loss is 0", 2: "none: every weight is 0", 3: "none: nothing differs"}
# The axis of the differences goes so far beyond them: rounding alone should look like nothing else.
ROOM = 10.0
# Width and opacity of the scratch curves: where the codes agree, the concise ones run inside.
BAND = (8, 0.4)
# On a phone each legend entry takes a line of its own: the panels make room for them.
NARROW = {
    "height": 960,
    "margin.t": 160,
    "yaxis.domain": [0.62, 1],
    "yaxis2.domain": [0.38, 0.54],
    "yaxis3.domain": [0, 0.24],
    "legend2.y": 0.545,
    "legend3.y": 0.245,
}


def lock_step(series: Series, epochs: int, filename: str) -> dict[str, Any]:
    """Losses, ‖w‖ and differences over epochs, all logarithmic.

    Every trace is drawn by the browser from `series`, as far as the shown epoch.
    """
    curves = [
        ("train_scratch", "train, scratch", TRAIN, "solid", 1),
        ("train_concise", "train, concise", TRAIN, "solid", 1),
        ("test_scratch", "test, scratch", TEST, "dash", 1),
        ("test_concise", "test, concise", TEST, "dash", 1),
        ("norm_scratch", "‖w‖, scratch", PENALTY, "solid", 2),
        ("norm_concise", "‖w‖, concise", PENALTY, "solid", 2),
        ("apart", "scratch − concise", TEXT, "solid", 3),
        ("engine_scratch", "scratch − our engine", TEXT, "dot", 3),
        ("engine_concise", "concise − our engine", TEXT, "dot", 3),
    ]
    traces = [_line(*curve) for curve in curves if any(series[curve[0]])]
    for code, symbol in (("scratch", "circle-open"), ("concise", "diamond-open")):
        marks = [
            (f"train_engine_{code}", TRAIN, 1),
            (f"test_engine_{code}", TEST, 1),
            (f"norm_engine_{code}", PENALTY, 2),
        ]
        drawn = [mark for mark in marks if any(series[mark[0]])]
        traces += [
            _marks(key, f"our engine as {code}", colour, symbol, row, first=mark == 0)
            for mark, (key, colour, row) in enumerate(drawn)
        ]
    layout = _layout(filename)
    for row, panel in PANELS.items():
        on_it = [t["meta"]["series"] for t in traces if t["yaxis"] == f"y{panel}"]
        layout[f"yaxis{panel}"] |= log_axis(_shown(series, on_it, ROOM if row == 3 else 1.0))
        if not on_it:  # a logarithmic axis has no place for 0
            traces.append(_invisible(panel))
            layout["annotations"].append(_nothing(panel, NOTHING[row]))
            layout[f"yaxis{panel}"]["showticklabels"] = False
        layout[f"xaxis{panel}"]["range"] = [0, epochs]
        if epochs <= FEW_EPOCHS:
            layout[f"xaxis{panel}"]["dtick"] = 1
    return {"data": traces, "layout": layout}


def _shown(series: Series, names: Sequence[str], room: float) -> list[float]:
    """The positive numbers of these series, and their ends with so much room around them."""
    values = [x for name in names for x in series[name] if x]
    return [*values, min(values) / room, max(values) * room] if values else []


def _scatter(row: int, key: str, **style: Any) -> Trace:
    """A trace of a panel that the browser fills from the series of this name."""
    panel = PANELS[row]
    axes = {"xaxis": f"x{panel}", "yaxis": f"y{panel}", "legend": f"legend{panel}"}
    return {"type": "scatter", "meta": {"series": key}, **axes, **style}


def _line(key: str, name: str, colour: str, dash: str, row: int) -> Trace:
    width, opacity = BAND if key.endswith("scratch") else (2, 1)
    return _scatter(
        row,
        key,
        name=name,
        mode="lines",
        line={"color": colour, "dash": dash, "width": width},
        opacity=opacity,
        hovertemplate="%{y:.4g}",
    )


def _marks(
    key: str, name: str, colour: str, symbol: str, row: int, *, first: bool = False
) -> Trace:
    return _scatter(
        row,
        key,
        name=name,
        mode="markers",
        marker={"color": colour, "size": 8, "symbol": symbol, "maxdisplayed": MARKS},
        cliponaxis=False,
        legend="legend",  # one entry for all panels
        legendgroup=name,
        showlegend=first,
        hoverinfo="skip",
    )


def _invisible(panel: str) -> Trace:
    """A trace that keeps the axes of a panel, which Plotly leaves out where nothing stands."""
    nothing = {"x": [None], "y": [None], "showlegend": False, "hoverinfo": "skip"}
    return {"type": "scatter", "name": "", "xaxis": f"x{panel}", "yaxis": f"y{panel}", **nothing}


def _nothing(panel: str, text: str) -> dict[str, Any]:
    """Why a panel is empty."""
    return {
        "text": text,
        "xref": f"x{panel} domain",
        "yref": f"y{panel} domain",
        "x": 0.5,
        "y": 0.5,
        "showarrow": False,
        "font": {"size": 13},
    }


def _title(text: str) -> dict[str, Any]:
    """A title that keeps clear of the ticks, however long they are."""
    return {"text": text, "standoff": 8}


def _layout(filename: str) -> dict[str, Any]:
    epoch = {"zeroline": False, "automargin": True, "unifiedhovertitle": {"text": "epoch %{x}"}}
    log = {"zeroline": False, "automargin": True, "type": "log", "exponentformat": "power"}
    legend: dict[str, Any] = {"orientation": "h", "x": 0, "xanchor": "left", "yanchor": "bottom"}
    legend["font"] = {"size": 12}
    above = {**epoch, "matches": "x3", "showticklabels": False}
    return {
        "height": 700,
        "margin": {"l": 64, "r": 24, "t": 56, "b": 44},
        "annotations": [],
        "hovermode": "x unified",
        "uirevision": "codes",
        "modebar": {"orientation": "v"},
        "xaxis": {**above, "anchor": "y"},
        "xaxis2": {**above, "anchor": "y2"},
        "xaxis3": {**epoch, "anchor": "y3", "title": {"text": "epoch"}},
        "yaxis": {**log, "domain": [0.62, 1], "title": _title("half mean square")},
        "yaxis2": {**log, "domain": [0.36, 0.54], "title": _title("norm ‖w‖")},
        "yaxis3": {**log, "domain": [0, 0.28], "title": _title("largest difference")},
        "legend": {**legend, "y": 1.01},
        "legend2": {**legend, "y": 0.545},
        "legend3": {**legend, "y": 0.285},
        "meta": {
            "filename": filename,
            "alt": "Losses of both codes over epochs, the norm of w, and how far they are apart.",
            "narrow": NARROW,
        },
    }
