"""The picture of the page “Which λ” as a Plotly figure, in plain JSON; no Streamlit.

λ stands at log₁₀ λ on a linear axis, on which 0 can have a place of its own.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pages.shared.figures import OPTIMUM, PENALTY, TEST, TEXT, TRAIN, Trace
from pages.shared.which.measured import NAMED, Curves, Found, Paths
from wd_core.types import Array

# Loss, chosen λ, degrees of freedom, weights, norm: the mark of a panel's axes, and its place.
LOSS, CHOSEN, DOF, WEIGHTS, NORM = range(5)
PANELS = ("", "2", "3", "4", "5")
# The panels' own upright axes have no ticks and go from 0 to 1, for lines over their whole height
# and for clicks; these lie over them, and have the numbers.
UPRIGHT = ("11", "12", "13", "14", "15")
WHOLE_HEIGHT = (0.0, 1.0)
DOMAINS = (
    ((0.0, 1.0), (0.56, 1.0)),
    ((0.0, 1.0), (0.3, 0.52)),
    ((0.0, 0.26), (0.0, 0.19)),
    ((0.37, 0.63), (0.0, 0.19)),
    ((0.74, 1.0), (0.0, 0.19)),
)
# On a phone the panels lie below each other.
NARROW_DOMAINS = (
    ((0.0, 1.0), (0.66, 1.0)),
    ((0.0, 1.0), (0.47, 0.63)),
    ((0.0, 1.0), (0.32, 0.41)),
    ((0.0, 1.0), (0.16, 0.25)),
    ((0.0, 1.0), (0.0, 0.09)),
)
# λ = 0 stands this share of the axis left of the smallest λ, and the axis is cut half-way.
GAP = 0.08
EDGE = 0.03
# The loss axis goes so many decades below and above what predicting the mean gives, at most.
DECADES = 5.0
ROOM = 0.05
# Over fewer decades than this 1, 2 and 5 are ticked in each.
FEW = 3.5
# Bins of the chosen λ, and the height of the fullest, of a row of 1.
BINS, FULL = 40, 0.72
FAINT_TRAIN, FAINT_TEST = "rgba(0, 114, 178, 0.18)", "rgba(213, 94, 0, 0.2)"
GREY = "rgba(128, 128, 128, 0.55)"
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
# Names of weights that would stand closer than this share of the panel are left to the hover.
APART = 0.11


@dataclass(frozen=True)
class Rule:
    """A way to choose λ: what its row is called, and how it is drawn."""

    name: str
    colour: str
    dash: str
    symbol: str


RULES: Mapping[str, Rule] = {
    "test": Rule("least test, exact", TEST, "dash", "diamond"),
    "trained": Rule("least test, trained", TEST, "dot", "diamond-open"),
    "bayes": Rule("Bayes", TEXT, "dashdot", "star"),
    "gcv": Rule("GCV", TRAIN, "solid", "square"),
    "loo": Rule("leave one out", TRAIN, "dash", "circle"),
    "validation": Rule("validation", TRAIN, "dot", "triangle-up"),
}


@dataclass(frozen=True)
class Mark:
    """What a rule chooses: λ (NaN: nothing, and why), the test loss there, the λ of repetitions."""

    rule: str
    weight_decay: float
    test: float
    others: Array
    why: str = ""


@dataclass(frozen=True)
class Scale:
    """Where λ stands along every panel."""

    least: float
    most: float

    @property
    def ends(self) -> tuple[float, float]:
        """log₁₀ of the smallest and the largest λ."""
        return math.log10(self.least), math.log10(self.most)

    @property
    def zero(self) -> float:
        """Where λ = 0 stands."""
        low, high = self.ends
        return low - GAP * (high - low)

    @property
    def range(self) -> list[float]:
        """What the axis shows."""
        low, high = self.ends
        return [self.zero - EDGE * (high - low), high + EDGE * (high - low)]

    def place(self, weight_decay: Array) -> Array:
        """Where these λ stand; what lies beside the axis, at its nearer end."""
        low, high = self.ends
        with np.errstate(divide="ignore"):
            return np.where(weight_decay > 0, np.clip(np.log10(weight_decay), low, high), self.zero)

    def weight_decay(self, x: float) -> float:
        """The λ that stands there: 0 left of where the axis is cut, else one between its ends."""
        low, high = self.ends
        return 0.0 if x < (self.zero + low) / 2 else 10.0 ** min(max(x, low), high)

    def ticks(self, small: bool) -> dict[str, Any]:
        """0, and whole powers of ten; in a small panel a few, and none close to 0."""
        low, high = self.ends
        first = math.ceil(low - 1e-9)
        powers = list(range(first, math.floor(high + 1e-9) + 1))
        if small:
            powers = powers[1 :: max(1, round((high - low) / 2))]
        words = [f"{10.0**k:g}" if -3 <= k <= 3 else f"10<sup>{k}</sup>" for k in powers]
        return {"tickvals": [self.zero, *powers], "ticktext": ["0", *words]}


@dataclass(frozen=True, eq=False)
class Shown:
    """Everything that is drawn; None or empty where there is nothing."""

    scale: Scale
    grid: Array
    fine: Curves | None
    paths: Paths | None
    found: Found
    marks: Sequence[Mark]
    constant: float | None
    revision: str


def picture(shown: Shown) -> tuple[dict[str, Any], dict[str, Any]]:
    """The figure, and where the upright lines at the marked λ are for every λ of the grid."""
    span = _loss_span(shown)
    traces = [*_band(shown), *_exact(shown), *_runs(shown), *_constant(shown), *_estimates(shown)]
    traces += [part for mark in shown.marks for part in _mark(shown, mark)]
    traces += [*_rows(shown), *_small(shown), *_weights(shown)]
    places = shown.scale.place(shown.grid)
    moves = {}
    for panel, mark in enumerate(PANELS):
        name = f"marked {mark}"
        ends = [list(WHOLE_HEIGHT)] * len(places)
        moves[name] = {"x": [[x, x] for x in places.tolist()], "y": ends}
        line = {"color": TEXT, "width": 1.4}
        traces.append(_upright(panel, float(places[0]), line=line, meta={"moves": name}))
    return {"data": traces, "layout": _layout(shown, span)}, moves


# ---------------------------------------------------------------- the loss panel


def _scatter(panel: int, **style: Any) -> Trace:
    return {"type": "scatter", "xaxis": f"x{PANELS[panel]}", "yaxis": f"y{UPRIGHT[panel]}", **style}


def _upright(panel: int, x: float, **style: Any) -> Trace:
    """A line over the whole height of a panel, whatever its axis shows."""
    ends = {"x": [x, x], "y": list(WHOLE_HEIGHT), "yaxis": f"y{PANELS[panel]}"}
    return _scatter(panel, mode="lines", hoverinfo="skip", showlegend=False, **ends, **style)


def _parted(values: Array) -> dict[str, str]:
    """Values over λ, the first of them at 0, with a gap after it; as many digits as one can see."""
    return _packed(np.insert(values, 1, np.nan), "f4")


def _dot_at_zero(count: int, size: int) -> dict[str, str]:
    """Sizes of the markers of a parted curve: only the first is seen."""
    return _packed(np.append([size], np.zeros(count)), "i1")


def _packed(values: Array, kind: str) -> dict[str, str]:
    """An array as Plotly writes one: base64 of its numbers, and their kind."""
    return {"dtype": kind, "bdata": b64encode(values.astype(f"<{kind}").tobytes()).decode()}


def _curve(panel: int, scale: Scale, lams: Array, y: Array, name: str, **style: Any) -> Trace:
    """A line, and a dot at λ = 0."""
    line = style.pop("line")
    return _scatter(
        panel,
        name=name,
        x=_parted(scale.place(lams)),
        y=_parted(y),
        customdata=_parted(lams),
        mode="lines+markers",
        line={"width": 2.4, **line},
        marker={
            "color": line["color"],
            "size": _dot_at_zero(len(lams), 7),
            "opacity": 1,
            "line": {"width": 0},
        },
        hovertemplate="λ = %{customdata:.3g}: %{y:.4g}<extra>" + name + "</extra>",
        **style,
    )


def _exact(shown: Shown) -> list[Trace]:
    fine = shown.fine
    if fine is None:
        return []
    return [
        _curve(LOSS, shown.scale, fine.weight_decay, y, name, line={"color": colour, "dash": dash})
        for y, name, colour, dash in (
            (_positive(fine.train), "train, exact", TRAIN, "solid"),
            (_positive(fine.test), "test, exact", TEST, "dash"),
        )
    ]


def _runs(shown: Shown) -> list[Trace]:
    found = shown.found
    if not found.count:
        return []
    return [
        _scatter(
            LOSS,
            name=name,
            x=shown.scale.place(shown.grid),
            y=_positive(y),
            customdata=shown.grid,
            mode="markers",
            marker={"color": colour, "size": 7, "symbol": symbol},
            hovertemplate="λ = %{customdata:.3g}: %{y:.4g}<extra>" + name + "</extra>",
        )
        for y, name, colour, symbol in (
            (found.train, "train, trained", TRAIN, "circle-open"),
            (found.test, "test, trained", TEST, "diamond-open"),
        )
    ]


def _band(shown: Shown) -> list[Trace]:
    if shown.found.count < 2:
        return []
    return [
        trace
        for band, colour in (
            (shown.found.train_band, FAINT_TRAIN),
            (shown.found.test_band, FAINT_TEST),
        )
        for trace in _filled(shown, band, colour)
    ]


def _filled(shown: Shown, band: Array, colour: str) -> list[Trace]:
    """A band over the λ > 0 without gaps, cut where a run diverged; a bar at λ = 0."""
    x = shown.scale.place(shown.grid)
    style = {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
    traces = []
    seen = np.isfinite(band.sum(0))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], seen[1:], [False]]).astype(int))) + 1
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        across = np.concatenate([x[begin:end], x[begin:end][::-1]])
        rim = np.concatenate([band[0, begin:end], band[1, begin:end][::-1]])
        fill = {"fill": "toself", "fillcolor": colour, "line": {"width": 0}}
        traces.append(_scatter(LOSS, x=across, y=_positive(rim), **fill, **style))
    if seen[0]:
        line = {"color": colour, "width": 9}
        traces.append(_scatter(LOSS, x=[x[0], x[0]], y=_positive(band[:, 0]), line=line, **style))
    return traces


def _constant(shown: Shown) -> list[Trace]:
    if not shown.constant:
        return []
    name = "test, predicting the mean"
    return [
        _scatter(
            LOSS,
            name=name,
            x=shown.scale.range,
            y=[shown.constant] * 2,
            mode="lines",
            line={"color": TEXT, "dash": "longdashdot", "width": 1.3},
            hovertemplate="%{y:.4g}<extra>" + name + "</extra>",
        )
    ]


def _estimates(shown: Shown) -> list[Trace]:
    """What GCV and LOO make least, halved as the losses are; drawn when they are asked for."""
    fine = shown.fine
    if fine is None:
        return []
    return [
        _curve(
            LOSS,
            shown.scale,
            fine.weight_decay,
            _positive(y / 2),
            name,
            line={"color": TEXT, "dash": dash, "width": 1.5},
            visible="legendonly",
        )
        for y, name, dash in ((fine.gcv, "½ GCV", "solid"), (fine.loo, "½ LOO", "dash"))
        if not np.isnan(y).all()
    ]


def _mark(shown: Shown, mark: Mark) -> list[Trace]:
    """An upright line in the loss panel with the rule's symbol on the test loss there."""
    if math.isnan(mark.weight_decay):
        return []
    rule, x = RULES[mark.rule], float(shown.scale.place(np.array(mark.weight_decay)))
    line = {"color": rule.colour, "dash": rule.dash, "width": 1.1}
    traces = [_upright(LOSS, x, line=line, opacity=0.65)]
    if mark.test > 0:
        traces.append(
            _scatter(
                LOSS,
                name=rule.name,
                x=[x],
                y=[mark.test],
                customdata=[mark.weight_decay],
                mode="markers",
                marker={"color": rule.colour, "symbol": rule.symbol, "size": 11},
                hovertemplate="λ = %{customdata:.3g}: %{y:.4g}<extra>" + rule.name + "</extra>",
                showlegend=False,
            )
        )
    return traces


def _positive(values: Array) -> Array:
    """A logarithmic axis has no place for 0: a gap."""
    return np.where(values > 0, values, np.nan)


def _loss_span(shown: Shown) -> tuple[float, float]:
    """log₁₀ of the least and largest loss shown."""
    found, fine = shown.found, shown.fine
    parts = [found.train, found.test, found.test_band.ravel()]
    if fine is not None:
        parts += [fine.train, fine.test]
    if shown.constant:
        parts.append(np.array([shown.constant]))
    values = np.concatenate(parts)
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return -3.0, 0.0
    low, high = math.log10(values.min()), math.log10(values.max())
    if shown.constant:
        middle = math.log10(shown.constant)
        low, high = max(low, middle - DECADES), min(high, middle + DECADES)
    room = max(ROOM * (high - low), 0.05)
    return low - room, high + room


# ---------------------------------------------------------------- the chosen λ


def _rows(shown: Shown) -> list[Trace]:
    """A row for each rule: how often which λ was chosen on other data, and the choice on these."""
    traces = []
    low, high = shown.scale.ends
    edges = np.linspace(low, high, BINS + 1)
    width = float(edges[1] - edges[0])
    centres = np.concatenate([[shown.scale.zero], (edges[1:] + edges[:-1]) / 2])
    for row, mark in enumerate(reversed(shown.marks)):
        rule = RULES[mark.rule]
        others = mark.others[np.isfinite(mark.others)]
        if len(others):
            inside = np.histogram(shown.scale.place(others[others > 0]), edges)[0]
            counts = np.concatenate([[(others == 0).sum()], inside])
            traces.append(
                {
                    "type": "bar",
                    "xaxis": "x2",
                    "yaxis": f"y{UPRIGHT[CHOSEN]}",
                    "x": centres,
                    "y": FULL * counts / counts.max(),
                    "base": row + 0.12,
                    "width": width,
                    "customdata": counts,
                    "marker": {"color": rule.colour, "opacity": 0.45},
                    "showlegend": False,
                    "hovertemplate": "%{customdata} of "
                    + str(len(others))
                    + "<extra>"
                    + rule.name
                    + "</extra>",
                }
            )
        if not math.isnan(mark.weight_decay):
            traces.append(
                _scatter(
                    CHOSEN,
                    x=shown.scale.place(np.array([mark.weight_decay])),
                    y=[row + 0.3],
                    customdata=[mark.weight_decay],
                    mode="markers",
                    marker={
                        "color": rule.colour,
                        "symbol": rule.symbol,
                        "size": 11,
                        "line": {"width": 1.5, "color": TEXT},
                    },
                    cliponaxis=False,
                    showlegend=False,
                    hovertemplate="λ = %{customdata:.3g} on these data<extra>"
                    + rule.name
                    + "</extra>",
                )
            )
    return traces


# ---------------------------------------------------------------- the small panels


def _small(shown: Shown) -> list[Trace]:
    fine, traces = shown.fine, []
    if fine is not None:
        lams, pink = fine.weight_decay, {"color": OPTIMUM}
        traces = [
            _curve(DOF, shown.scale, lams, fine.dof, "exact", line=pink, showlegend=False),
            _curve(
                NORM,
                shown.scale,
                lams,
                _positive(fine.norm),
                "‖w*‖, exact",
                line=pink,
                showlegend=False,
            ),
        ]
    if shown.found.count:
        traces.append(
            _scatter(
                NORM,
                x=shown.scale.place(shown.grid),
                y=_positive(shown.found.norm),
                customdata=shown.grid,
                mode="markers",
                marker={"color": PENALTY, "size": 5, "symbol": "square-open"},
                showlegend=False,
                hovertemplate="λ = %{customdata:.3g}: %{y:.4g}<extra>‖w‖, trained</extra>",
            )
        )
    return traces


def _weights(shown: Shown) -> list[Trace]:
    """The largest weights dashed apart and named, the rest grey."""
    paths = shown.paths
    if paths is None:
        return []
    x = shown.scale.place(paths.weight_decay)
    traces = []
    for j in reversed(range(len(paths.names))):
        named = j < NAMED
        line = {"color": OPTIMUM, "dash": DASHES[j], "width": 2.0} if named else None
        traces.append(
            _scatter(
                WEIGHTS,
                x=_parted(x),
                y=_parted(paths.weights[:, j]),
                mode="lines+markers",
                marker={"size": _dot_at_zero(len(x), 5), "line": {"width": 0}}
                | {"color": OPTIMUM if named else GREY, "opacity": 1},
                line=line or {"color": GREY, "width": 0.8},
                showlegend=False,
                hovertemplate="%{y:.4g}<extra>" + paths.names[j] + "</extra>",
            )
        )
    return traces


# ---------------------------------------------------------------- the layout


def _layout(shown: Shown, span: tuple[float, float]) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "height": 900,
        "margin": {"l": 64, "r": 24, "t": 84, "b": 44},
        "hovermode": "closest",
        "barmode": "overlay",
        "uirevision": shown.revision,
        "modebar": {"orientation": "v"},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.01,
            "yanchor": "bottom",
            "font": {"size": 12},
        },
        "annotations": [_break(shown.scale, mark) for mark in PANELS] + _words(shown),
    }
    narrow: dict[str, Any] = {"height": 1280, "margin.t": 200}
    narrow[f"yaxis{UPRIGHT[DOF]}.title"] = {"text": "df"}
    for panel, mark in enumerate(PANELS):
        (left, right), (bottom, top) = DOMAINS[panel]
        layout[f"xaxis{mark}"] = {
            "domain": [left, right],
            "anchor": f"y{mark}",
            "range": shown.scale.range,
            "zeroline": False,
            "title": {"text": "" if panel == LOSS else "λ", "standoff": 2},
            "tickangle": 0,
            **shown.scale.ticks(small=panel not in (LOSS, CHOSEN)),
            **({"matches": "x"} if panel else {}),
        }
        layout[f"yaxis{mark}"] = {
            "domain": [bottom, top],
            "anchor": f"x{mark}",
            "range": list(WHOLE_HEIGHT),
            "visible": False,
            "fixedrange": True,
        }
        layout[f"yaxis{UPRIGHT[panel]}"] = {
            "overlaying": f"y{mark}",
            "anchor": f"x{mark}",
            "side": "left",
            "zeroline": False,
            **_upwards(shown, panel, span),
        }
        narrow[f"xaxis{mark}.domain"], narrow[f"yaxis{mark}.domain"] = NARROW_DOMAINS[panel]
        for name, few in shown.scale.ticks(small=True).items():
            narrow[f"xaxis{mark}.{name}"] = few
    layout["meta"] = {
        "filename": "which-lambda",
        "clicks": True,
        "alt": "Loss over λ; below it the λ that each rule chooses, degrees of freedom, weights "
        "and their norm.",
        "narrow": narrow,
    }
    return layout


def _upwards(shown: Shown, panel: int, span: tuple[float, float]) -> dict[str, Any]:
    """The upright axis of a panel."""
    if panel == LOSS:
        title = {"text": "loss (half mean square)"}
        return {"title": title, "range": list(span), **_log_ticks(span[1] - span[0])}
    if panel == CHOSEN:
        names = [RULES[mark.rule].name for mark in reversed(shown.marks)]
        rows = [row + 0.4 for row in range(len(names))]
        grid = {"showgrid": False, "range": [0, len(names)], "fixedrange": True}
        return {"tickvals": rows, "ticktext": names, **grid}
    if panel == DOF:
        return {"title": {"text": "degrees of freedom"}, "rangemode": "tozero", "nticks": 5}
    if panel == NORM:
        return {"title": {"text": "‖w‖"}, "type": "log", "nticks": 5, "tickformat": "~g"}
    return {"title": {"text": "weights w*<sub>j</sub>"}, "nticks": 5}


def _log_ticks(decades: float) -> dict[str, Any]:
    """1, 2 and 5 over a few decades, whole ones or every few of them over many."""
    if decades < FEW:
        return {"type": "log", "tickformat": "~g", "dtick": "D2"}
    return {"type": "log", "exponentformat": "power", "dtick": math.ceil(decades / 7)}


def _break(scale: Scale, mark: str) -> dict[str, Any]:
    """The sign that the axis is cut between 0 and the smallest λ."""
    return {
        "x": (scale.zero + scale.ends[0]) / 2,
        "y": 0,
        "xref": f"x{mark}",
        "yref": f"y{mark} domain",
        "text": "//",
        "showarrow": False,
        "yanchor": "middle",
        "font": {"size": 12},
    }


def _words(shown: Shown) -> list[dict[str, Any]]:
    """Why a rule chooses nothing, in its row; the names of the largest weights at their start."""
    notes = []
    for row, mark in enumerate(reversed(shown.marks)):
        if math.isnan(mark.weight_decay):
            at = {"x": 0.02, "y": row + 0.4, "xref": "x2 domain", "yref": f"y{UPRIGHT[CHOSEN]}"}
            notes.append({"text": f"– {mark.why}", "xanchor": "left", **at})
    paths = shown.paths
    if paths is not None:
        reach = float(np.ptp(paths.weights)) or 1.0
        placed: list[float] = []
        for j in range(min(NAMED, len(paths.names))):
            y = float(paths.weights[1, j])
            if all(abs(y - other) > APART * reach for other in placed):
                placed.append(y)
                at = {
                    "x": shown.scale.ends[0],
                    "y": y,
                    "xref": "x4",
                    "yref": f"y{UPRIGHT[WEIGHTS]}",
                }
                notes.append({"text": paths.names[j], "xanchor": "left", "yshift": 8, **at})
    style = {"showarrow": False, "font": {"size": 11}}
    return [{**note, **style} for note in notes]
