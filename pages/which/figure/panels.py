"""The panels below the losses: chosen λ, weights, norm; no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pages.shared.palette import GREY, OPTIMUM, PENALTY, TEXT, faint
from pages.shared.plotting import Plain, Trace, hover, stroke
from pages.shared.words import say, tell
from pages.which.answer.solutions import NAMED, Paths
from pages.which.figure.scale import number
from pages.which.figure.traces import (
    CHOSEN,
    NORM,
    PANELS,
    RULES,
    UPRIGHT,
    WEIGHTS,
    Shown,
    curve,
    dots_at_zero,
    parted,
    positive,
    scatter,
)
from wd_core.arrays import Array

# Bins of the chosen λ, and the height of the fullest, of a row of 1.
BINS, FULL = 40, 0.72
OTHERS = faint(GREY, 0.55)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def panels(shown: Shown) -> list[Trace]:
    """All that these panels hold but the upright lines that move."""
    return [*_rows(shown), *_norm(shown), *_weights(shown)]


def missing(shown: Shown) -> list[tuple[int, str]]:
    """The panels below the losses that are empty, each with the reason in a sentence."""
    said = []
    if shown.paths is None:
        said.append((WEIGHTS, str(say("Left out at this size."))))
    if not any(np.isfinite(positive(norm)).any() for norm in _norms(shown)):
        if shown.fine is not None or shown.found.count:
            said.append((NORM, str(say("Every ‖w‖ shown is 0."))))
        else:
            said += [(NORM, str(mark.why)) for mark in shown.marks if mark.rule == "trained"]
    return said


def _norms(shown: Shown) -> list[Array]:
    return [shown.found.norm] + ([shown.fine.norm] if shown.fine is not None else [])


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
                    "xaxis": f"x{PANELS[CHOSEN]}",
                    "yaxis": f"y{UPRIGHT[CHOSEN]}",
                    "x": centres,
                    "y": FULL * counts / counts.max(),
                    "base": row + 0.12,
                    "width": width,
                    "customdata": counts,
                    "marker": {"color": rule.colour, "opacity": 0.45},
                    "showlegend": False,
                    "hovertemplate": hover(
                        tell("%{{customdata}} of {n}", n=len(others)), rule.name
                    ),
                }
            )
        if not math.isnan(mark.weight_decay):
            traces.append(
                scatter(
                    CHOSEN,
                    x=shown.scale.place(np.array([mark.weight_decay])),
                    y=[row + 0.3],
                    mode="markers",
                    marker={
                        "color": rule.colour,
                        "symbol": rule.symbol,
                        "size": 11,
                        "line": {"width": 1.5, "color": TEXT},
                    },
                    cliponaxis=False,
                    showlegend=False,
                    hovertemplate=hover(
                        tell(
                            "λ = {weight_decay} on these data",
                            weight_decay=number(mark.weight_decay),
                        ),
                        rule.name,
                    ),
                )
            )
    return traces


def _norm(shown: Shown) -> list[Trace]:
    fine, traces = shown.fine, list[Trace]()
    if fine is not None:
        traces = curve(
            NORM,
            shown.scale,
            fine.weight_decay,
            positive(fine.norm),
            tell("‖w*‖, exact"),
            line={"color": OPTIMUM},
            showlegend=False,
        )
    if shown.found.count:
        traces.append(
            scatter(
                NORM,
                x=shown.scale.place(shown.grid),
                y=positive(shown.found.norm),
                customdata=shown.grid,
                mode="markers",
                marker={"color": PENALTY, "size": 5, "symbol": "square-open"},
                showlegend=False,
                hovertemplate=hover("λ = %{customdata:.3g}: %{y:.4g}", tell("‖w‖, trained")),
            )
        )
    return traces


def _weights(shown: Shown) -> list[Trace]:
    """The largest weights dashed apart and named, the rest grey, in one trace with gaps."""
    paths = shown.paths
    if paths is None:
        return []
    x = shown.scale.place(paths.weight_decay)
    named, rest = range(min(NAMED, len(paths.names))), range(NAMED, len(paths.names))
    bare, colours = paths.weights[0, ::-1], [OTHERS] * len(rest) + [OPTIMUM] * len(named)
    return [
        *([_line(paths, x, rest, {"color": OTHERS, "width": 0.8})] if rest else []),
        *(_line(paths, x, [j], stroke(OPTIMUM, DASHES[j], 2)) for j in reversed(named)),
        dots_at_zero(WEIGHTS, x, bare, {"color": colours, "size": 5}),
    ]


def _line(paths: Paths, x: Array, which: Sequence[int], line: Plain) -> Trace:
    """Some weights, one after the other, each with its name."""
    lines = [np.append(parted(paths.weights[:, j]), np.float32(np.nan)) for j in which]
    return scatter(
        WEIGHTS,
        x=np.tile(np.append(parted(x), np.float32(np.nan)), len(which)),
        y=np.concatenate(lines),
        customdata=[paths.names[j] for j in which for _ in lines[0]],
        mode="lines",
        line=line,
        showlegend=False,
        hovertemplate=hover("%{y:.4g}", "%{customdata}"),
    )
