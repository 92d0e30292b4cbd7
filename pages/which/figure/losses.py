"""The panel of losses: exact curves, trained runs, and a mark for each rule; no Streamlit."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pages.shared.palette import TEST, TEXT, TRAIN, faint
from pages.shared.plotting import Plain, Trace, hatched, hover, stroke
from pages.shared.words import Said, say, tell
from pages.which.figure.traces import (
    LOSS,
    RULES,
    Mark,
    Shown,
    curve,
    labelled,
    positive,
    scatter,
    upright,
)
from wd_core.arrays import Array

# The loss axis goes so many decades below and above what predicting the mean gives, at most.
DECADES = 5.0
ROOM = 0.05
FAINT_TRAIN, FAINT_TEST = faint(TRAIN, 0.18), faint(TEST, 0.2)
# What tells the band of the test losses from that of the training losses without its colour.
HATCHED = hatched("/", TEST, faint(TEST, 0.12))


def losses(shown: Shown) -> list[Trace]:
    """All that the panel holds but the upright line that moves."""
    curves = [*_band(shown), *_exact(shown), *_runs(shown), *_constant(shown), *_estimates(shown)]
    return [*curves, *(part for mark in shown.marks for part in _mark(shown, mark))]


def notes(shown: Shown) -> list[str]:
    """Why the panel has less in it than one would look for: each a sentence."""
    found, (low, high) = shown.found, span(shown)
    said: list[str] = []
    for name, y in (("training", found.train), ("test", found.test)):
        drawn = positive(y)[np.isfinite(positive(y))]
        if len(drawn) and not _inside(drawn, low, high).any():
            said.append(_off(name, math.log10(drawn.max()) < low))
    nothing = not any(np.isfinite(positive(y)).any() for y in _all(shown))
    if nothing and (shown.fine is not None or found.count):
        said.append(say("Every loss is 0, and a logarithmic axis has no place for it."))
    elif nothing:
        said += [mark.why for mark in shown.marks if mark.rule == "trained"]
    return [str(note) for note in said]


def _off(name: str, below: bool) -> Said:
    """Where the trained runs' losses are that the panel does not hold."""
    if name == "training":
        if below:
            return say("The trained runs' training losses lie below the picture.")
        return say("The trained runs' training losses lie above the picture.")
    if below:
        return say("The trained runs' test losses lie below the picture.")
    return say("The trained runs' test losses lie above the picture.")


def _inside(y: Array, low: float, high: float) -> NDArray[np.bool_]:
    """Which losses lie within the panel."""
    with np.errstate(invalid="ignore", divide="ignore"):
        place = np.log10(y)
    return np.asarray((place >= low) & (place <= high))


def _exact(shown: Shown) -> list[Trace]:
    fine = shown.fine
    if fine is None:
        return []
    ends = span(shown)
    return [
        trace
        for y, name, colour, dash, symbol in (
            (positive(fine.train), tell("train, exact"), TRAIN, "solid", "circle"),
            (positive(fine.test), tell("test, exact"), TEST, "dash", "diamond"),
        )
        for trace in curve(
            LOSS,
            shown.scale,
            fine.weight_decay,
            y,
            name,
            line={"color": colour, "dash": dash},
            symbol=symbol,
            **labelled(_inside(y, *ends)),
        )
    ]


def _runs(shown: Shown) -> list[Trace]:
    found, ends = shown.found, span(shown)
    if not found.count:
        return []
    return [
        scatter(
            LOSS,
            name=name,
            x=shown.scale.place(shown.grid),
            y=positive(y),
            customdata=shown.grid,
            mode="markers",
            marker={"color": colour, "size": 7, "symbol": symbol},
            hovertemplate=hover("λ = %{customdata:.3g}: %{y:.4g}", name),
            **labelled(_inside(y, *ends)),
        )
        for y, name, colour, symbol in (
            (found.train, tell("train, trained"), TRAIN, "circle-open"),
            (found.test, tell("test, trained"), TEST, "diamond-open"),
        )
    ]


def _band(shown: Shown) -> list[Trace]:
    if shown.found.count < 2:
        return []
    return [
        trace
        for band, colour, pattern in (
            (shown.found.train_band, FAINT_TRAIN, {}),
            (shown.found.test_band, FAINT_TEST, HATCHED),
        )
        for trace in _filled(shown, band, colour, pattern)
    ]


def _filled(shown: Shown, band: Array, colour: str, pattern: Plain) -> list[Trace]:
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
        fill |= {"fillpattern": pattern} if pattern else {}
        traces.append(scatter(LOSS, x=across, y=positive(rim), **fill, **style))
    if seen[0]:
        line = stroke(colour, "1px,2px" if pattern else "solid", 9)
        traces.append(scatter(LOSS, x=[x[0], x[0]], y=positive(band[:, 0]), line=line, **style))
    return traces


def _constant(shown: Shown) -> list[Trace]:
    if not shown.constant:
        return []
    name = tell("test, predicting the mean")
    return [
        scatter(
            LOSS,
            name=name,
            x=shown.scale.range,
            y=[shown.constant] * 2,
            mode="lines",
            line=stroke(TEXT, "longdashdot", 1.3),
            hovertemplate=hover("%{y:.4g}", name),
        )
    ]


def _estimates(shown: Shown) -> list[Trace]:
    """What GCV and LOO make least, halved as the losses are; drawn when they are asked for."""
    fine = shown.fine
    if fine is None:
        return []
    return [
        trace
        for y, name, dash in ((fine.gcv, "½ GCV", "solid"), (fine.loo, "½ LOO", "dash"))
        if (y > 0).any()
        for trace in curve(
            LOSS,
            shown.scale,
            fine.weight_decay,
            positive(y / 2),
            name,
            line=stroke(TEXT, dash, 1.5),
            visible="legendonly",
        )
    ]


def _mark(shown: Shown, mark: Mark) -> list[Trace]:
    """An upright line in the loss panel with the rule's symbol on the test loss there."""
    if not shown.scale.shows(mark.weight_decay):
        return []
    rule, x = RULES[mark.rule], float(shown.scale.place(np.array(mark.weight_decay)))
    traces = [upright(LOSS, x, line=stroke(rule.colour, rule.dash, 1.1), opacity=0.65)]
    if mark.test > 0:
        traces.append(
            scatter(
                LOSS,
                name=rule.name,
                x=[x],
                y=[mark.test],
                customdata=[mark.weight_decay],
                mode="markers",
                marker={"color": rule.colour, "symbol": rule.symbol, "size": 11},
                hovertemplate=hover("λ = %{customdata:.3g}: %{y:.4g}", rule.name),
                showlegend=False,
            )
        )
    return traces


def _all(shown: Shown) -> list[Array]:
    """Every loss that is to be drawn."""
    found, fine = shown.found, shown.fine
    parts = [found.train, found.test, found.test_band.ravel()]
    if fine is not None:
        parts += [fine.train, fine.test]
    if shown.constant:
        parts.append(np.array([shown.constant]))
    return parts


def span(shown: Shown) -> tuple[float, float]:
    """log₁₀ of the least and largest loss shown."""
    values = np.concatenate(_all(shown))
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return -3.0, 0.0
    low, high = math.log10(values.min()), math.log10(values.max())
    if shown.constant:
        middle = math.log10(shown.constant)
        low, high = max(low, middle - DECADES), min(high, middle + DECADES)
    room = max(ROOM * (high - low), 0.05)
    return low - room, high + room
